"""What a worker can be watched by: counters, what waits, health, readiness, spans."""

import http.client
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from recipients import Clock, message, put
from sqlalchemy import text
from story import begin, instant

from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Post, Telling, register
from caseclock.store.outbox_protocol import Recipient
from caseclock.store.sql import SqlStore, open_store
from caseclock.telemetry import tracing
from caseclock.telemetry.health import alive, ready
from caseclock.telemetry.metrics import Metrics
from caseclock.telemetry.pages import Pages
from caseclock.telemetry.watched import WatchedChannel, WatchedEngine
from caseclock.workflow.refusals import Refused
from caseclock.workflow.sweep import sweep

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as opened:
        yield opened


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_what_is_recorded_and_what_is_refused_is_counted(store: SqlStore) -> None:
    metrics = Metrics()
    told = begin(store=store)
    told.engine = WatchedEngine(store, metrics)
    told.referral("2026-03-02", decided="not yet")
    with pytest.raises(Refused):
        told.happened("AssessmentAuthorised", "2026-03-03", "A-9", outcome="child_in_need")

    assert 1.0 == value(metrics, "caseclock_events_recorded_total")
    assert 1.0 == value(metrics, "caseclock_refused_total", kind="IllegalEvent")


def test_what_is_due_and_was_not_swept_is_seen_with_how_late_it_is(store: SqlStore) -> None:
    begin(store=store, authority="anywhere").referral("2026-03-02", decided="not yet")
    metrics = Metrics(store, lambda: NOON)

    # the decision on a referral of Monday 2 March 2026 was due on Tuesday: it fell at midnight
    assert 1.0 == value(metrics, "caseclock_due_timers")
    assert (2 * 24 + 12) * 3600.0 == value(metrics, "caseclock_sweep_lag_seconds")


def test_a_sweep_leaves_nothing_due_and_messages_that_wait(store: SqlStore) -> None:
    told = begin(store=store, authority="anywhere")
    told.referral("2026-03-02", decided="not yet")
    swept = sweep(told.engine, NOON - MINUTE)
    with store.transaction() as unit:
        unit.write_recipient(Recipient("log", 1, NOON, rests_until=NOON + MINUTE))
        unit.address(NOON, 1)
    metrics = Metrics(store, lambda: NOON)
    metrics.swept(swept.raised, 0.5, NOON)

    assert 0.0 == value(metrics, "caseclock_due_timers")
    assert 0.0 == value(metrics, "caseclock_sweep_lag_seconds")
    assert 1.0 == value(metrics, "caseclock_breaches_raised_total")
    assert 1.0 == value(metrics, "caseclock_outbox_waiting", recipient="(not addressed)")
    assert 60.0 == value(metrics, "caseclock_outbox_lag_seconds", recipient="(not addressed)")
    assert 1.0 == value(metrics, "caseclock_outbox_waiting", recipient="log")
    assert 1.0 == value(metrics, "caseclock_outbox_resting", recipient="log")
    assert 0.0 == value(metrics, "caseclock_outbox_dead_letters", recipient="log")


def test_no_metric_names_a_case(store: SqlStore) -> None:
    told = begin(store=store, authority="anywhere")
    told.referral("2026-03-02", decided="not yet")
    sweep(told.engine, NOON)
    body, kind = Metrics(store, lambda: NOON).page()

    assert kind.startswith("text/plain")
    assert b"caseclock_due_timers 0.0" in body
    assert b"C-1042" not in body
    assert b"R-1" not in body


def answer(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    got = connection.getresponse()
    body = got.read().decode()
    connection.close()
    return got.status, body


def test_pages_are_answered_on_loopback(store: SqlStore) -> None:
    def readiness() -> tuple[int, str, bytes]:
        status, body = ready(store).page()
        return status, "application/json", body

    with Pages("127.0.0.1", 0, {"/ready": readiness}) as pages:
        status, body = answer(pages.port, "/ready?why")
        missing, _ = answer(pages.port, "/cases")

    assert (200, {"status": "ok", "checks": {"database": "ok"}}, 404) == (status, json.loads(body), missing)


def test_a_database_of_another_version_is_not_ready(store: SqlStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE caseclock_version SET version_num = '9999'"))

    assert not ready(store).is_well
    assert 503 == ready(store).page()[0]


@pytest.mark.parametrize(
    ("since", "every", "is_well"),
    [(30, 1, True), (31, 1, False), (180, 60, True), (181, 60, False)],
)
def test_a_worker_that_has_not_swept_for_three_times_as_long_as_it_may_is_not_alive(
    since: int, every: int, is_well: bool
) -> None:
    last = NOON - timedelta(seconds=since)

    assert is_well == alive(last, NOON, timedelta(seconds=every)).is_well


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Where spans go."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", lambda: provider.get_tracer("caseclock"))
    return exporter


def test_a_span_says_what_it_may_and_no_more(spans: InMemorySpanExporter) -> None:
    with tracing.span("sweep", raised=2, case_id="C-1042"):
        pass

    (span,) = spans.get_finished_spans()
    assert ("caseclock.sweep", {"raised": 2}) == (span.name, dict(span.attributes or {}))


def test_a_span_of_what_fails_tells_the_class_of_the_fault_and_nothing_of_its_words(
    store: SqlStore, spans: InMemorySpanExporter
) -> None:
    told = begin(store=store)
    told.engine = WatchedEngine(store, Metrics())
    with pytest.raises(Refused, match="C-1042"):
        told.happened("AssessmentAuthorised", "2026-03-03", "A-9", outcome="child_in_need")

    (span,) = spans.get_finished_spans()
    assert (StatusCode.ERROR, "IllegalEvent") == (span.status.status_code, span.status.description)
    assert "C-1042" not in span.to_json()


def test_handing_on_takes_a_span_that_names_the_recipient(
    store: SqlStore, spans: InMemorySpanExporter
) -> None:
    def listen(line: dict[str, object]) -> None:
        if line["case_id"] == "C-2":
            raise ValueError("C-2 is not known here")

    put(store, message(1, "C-1"), message(2, "C-2"))
    clock = Clock()
    telling = Telling("desk", WatchedChannel(ByCalling(listen), "desk"))
    register(store, telling, clock.at)
    Post(store, telling, clock.clocks()).turn()

    told = [
        (span.name, dict(span.attributes or {}), span.status.description)
        for span in spans.get_finished_spans()
    ]
    about = {"recipient": "desk", "messages": 1}
    assert [("caseclock.hand_on", about, None), ("caseclock.hand_on", about, "NotTaken")] == told
    assert "C-2" not in "".join(span.to_json() for span in spans.get_finished_spans())


def test_without_the_library_a_span_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_tracer", lambda: None)
    with tracing.span("sweep", raised=2):
        done = instant("2026-03-02")

    assert done == instant("2026-03-02")


@pytest.mark.parametrize(
    ("library", "begin", "extra"),
    [("prometheus_client", Metrics, "metrics"), ("opentelemetry", tracing.set_up, "otel")],
)
def test_a_library_that_is_missing_is_named_with_the_extra_that_brings_it(
    library: str, begin: Callable[[], object], extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(ImportError, match=rf"pip install 'caseclock\[{extra}\]'"):
        begin()
