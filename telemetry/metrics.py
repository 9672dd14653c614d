"""Metrics in the format of Prometheus. No label names a case, an episode or a person."""

from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from caseclock.store.sql import SqlStore
from caseclock.telemetry.standing import Waiting, waiting

if TYPE_CHECKING:
    from prometheus_client.core import Metric

#: what waits is looked at no more often than this, however often it is asked for
LOOK_EVERY_SECONDS = 5.0
#: what a recipient is called whose messages are not addressed yet
UNADDRESSED = "(not addressed)"


class NoMetrics(ImportError):
    """The library that metrics need is not installed. Says how to install it."""


class Metrics:
    """Counts what happens in this process, and looks at what waits in the database when it is asked."""

    def __init__(self, store: SqlStore | None = None, now: Callable[[], datetime] | None = None) -> None:
        """Take the store to look at and who tells the time, or neither where another process looks."""
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        except ImportError as error:
            raise NoMetrics(
                "Metrics need the library prometheus-client. Install it with `pip install 'caseclock[metrics]'`."
            ) from error
        self.registry = registry = CollectorRegistry()
        self._recorded = Counter("caseclock_events_recorded", "Events recorded.", registry=registry)
        self._refused = Counter("caseclock_refused", "Recordings refused.", ["kind"], registry=registry)
        self._raised = Counter("caseclock_breaches_raised", "Breaches raised by sweeps.", registry=registry)
        self._sweep_seconds = Histogram(
            "caseclock_sweep_seconds",
            "Time a sweep took.",
            buckets=(0.001, 0.01, 0.1, 1, 10, 60, 600),
            registry=registry,
        )
        self._postponed = Counter(
            "caseclock_sweeps_postponed",
            "Sweeps put off: the database was busy or away.",
            registry=registry,
        )
        self._swept_at = Gauge(
            "caseclock_last_sweep_timestamp_seconds", "When the last sweep ended.", registry=registry
        )
        self._handed_on = Counter(
            "caseclock_outbox_handed_on", "Messages that a recipient took.", ["recipient"], registry=registry
        )
        self._failures = Counter(
            "caseclock_outbox_failures", "Tries that failed.", ["recipient"], registry=registry
        )
        self._answers = Counter(
            "caseclock_desk_answers", "Requests the desk answered.", ["status"], registry=registry
        )
        self._answer_seconds = Histogram(
            "caseclock_desk_answer_seconds",
            "Time the desk took to answer.",
            buckets=(0.01, 0.05, 0.1, 0.2, 0.5, 1, 5, 30),
            registry=registry,
        )
        if store is not None and now is not None:
            registry.register(_WhatWaits(store, now))

    def recorded(self, events: int) -> None:
        self._recorded.inc(events)

    def refused(self, kind: str) -> None:
        """Count a refusal; `kind` is its class."""
        self._refused.labels(kind).inc()

    def swept(self, raised: int, seconds: float, at: datetime) -> None:
        self._raised.inc(raised)
        self._sweep_seconds.observe(seconds)
        self._swept_at.set(at.timestamp())

    def postponed(self) -> None:
        self._postponed.inc()

    def handed_on(self, recipient: str, taken: int, failed: int) -> None:
        self._handed_on.labels(recipient).inc(taken)
        self._failures.labels(recipient).inc(failed)

    def answered(self, status: int, seconds: float) -> None:
        """Count a request that the desk answered; neither its address nor who asked is kept."""
        self._answers.labels(str(status)).inc()
        self._answer_seconds.observe(seconds)

    def page(self) -> tuple[bytes, str]:
        """Give all of it as Prometheus asks for it: the text, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self.registry), CONTENT_TYPE_LATEST


class _WhatWaits:
    def __init__(self, store: SqlStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._looking = Lock()
        self._last: tuple[float, datetime, Waiting] | None = None

    def describe(self) -> "Iterable[Metric]":
        """Give nothing: registering would look at the database otherwise."""
        return ()

    def collect(self) -> "Iterable[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        at, found = self._look()
        yield GaugeMetricFamily(
            "caseclock_due_timers", "Timers that a sweep has yet to look at.", value=found.due
        )
        yield GaugeMetricFamily(
            "caseclock_sweep_lag_seconds", "How long the first of them is due.", found.sweep_lag_seconds
        )
        told = [
            ("caseclock_outbox_waiting", "Messages a recipient has yet to get."),
            ("caseclock_outbox_failed", "Of those, the messages that failed at least once."),
            ("caseclock_outbox_dead_letters", "Messages that were given up."),
            ("caseclock_outbox_lag_seconds", "How long the oldest message waits."),
            ("caseclock_outbox_resting", "1 where a recipient is left alone because it failed."),
        ]
        families = [GaugeMetricFamily(name, words, labels=["recipient"]) for name, words in told]
        for queue in found.queues:
            name = queue.recipient or UNADDRESSED
            lag, rests = found.outbox_lag_seconds(queue, at), float(name in found.resting)
            for family, value in zip(
                families, (queue.waiting, queue.failed, queue.dead, lag, rests), strict=True
            ):
                family.add_metric([name], value)
        yield from families

    def _look(self) -> tuple[datetime, Waiting]:
        with self._looking:
            if self._last is None or monotonic() - self._last[0] >= LOOK_EVERY_SECONDS:
                at = self._now()
                self._last = monotonic(), at, waiting(self._store, at)
            return self._last[1:]
