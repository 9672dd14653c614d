"""`caseclock run`: the worker: raises what runs out as it runs out, and hands on what Caseclock says of it."""

import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands import clock
from caseclock.commands.faults import WrongCall
from caseclock.commands.handing_on import hand_on, named_recipients
from caseclock.commands.logs import configure, log
from caseclock.commands.options import AsTable, Db, Now, OutboxLimit, TableOrJson, opened, present
from caseclock.commands.output import write_json
from caseclock.commands.reporting import Reports, metrics_of
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from caseclock.outbox.handing_on import Telling
    from caseclock.store.sql import SqlStore
    from caseclock.telemetry.metrics import Metrics
    from caseclock.telemetry.pages import Pages
    from caseclock.timers.scheduler import Alarm
    from caseclock.workflow.engine import Engine

#: seconds between two sweeps where nothing falls due in between
EVERY_SECONDS = 60.0
#: seconds that a recipient in the middle of being told is given when the worker stops
GRACE_SECONDS = 30.0
#: messages looked at in one waking, to see whether they are old enough to be cleared away
CLEARED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class _Ways:
    """How a worker is to work."""

    tellings: "Sequence[Telling]"
    every: float
    lease: float
    keep: timedelta
    outbox_limit: int | None
    metrics_at: tuple[str, int] | None


def run(
    db: Db = None,
    outbox: Annotated[
        Path | None,
        typer.Option(
            "--outbox",
            metavar="FILE",
            help="Hand on what is said to a recipient called `file`: event lines at the end of this file, each at "
            "least once, in order. Without a recipient they wait.",
        ),
    ] = None,
    recipients: Annotated[
        Path | None,
        typer.Option(
            "--recipients",
            metavar="FILE.toml",
            help="Hand on to the recipients that this file names: files, webhooks, Python functions.",
        ),
    ] = None,
    every: Annotated[
        float,
        typer.Option("--every", metavar="SECONDS", min=0.05, help="The longest time between two sweeps."),
    ] = EVERY_SECONDS,
    lease: Annotated[
        float,
        typer.Option(
            "--lease",
            metavar="SECONDS",
            min=0.1,
            help="After so long in which another worker did not move, what it was handing on is taken over.",
        ),
    ] = 60.0,
    keep_days: Annotated[
        int,
        typer.Option(
            "--keep-days",
            min=0,
            help="How long to keep messages that everyone has, or that are for nobody while there is no recipient.",
        ),
    ] = 90,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            "--metrics-port",
            metavar="PORT",
            min=0,
            max=65535,
            help="Answer /metrics, /health and /ready there.",
        ),
    ] = None,
    metrics_host: Annotated[
        str,
        typer.Option("--metrics-host", metavar="ADDRESS", help="On which address of this machine."),
    ] = "127.0.0.1",
    traces: Annotated[
        bool,
        typer.Option("--traces", help="Send spans over OTLP, as the variables OTEL_EXPORTER_OTLP_* say."),
    ] = False,
    outbox_limit: OutboxLimit = None,
    once: Annotated[bool, typer.Option("--once", help="Sweep once, hand on, and end.")] = False,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Sweep: raise the breach of every timer that has run out, and go on doing so until stopped (SIGTERM, Ctrl-C)."""
    tellings = named_recipients(outbox, recipients)
    if answer is TableOrJson.JSON and not once:
        raise WrongCall("--format json answers once, and a worker goes on. Give --once with it.")
    metrics_at = None if metrics_port is None else (metrics_host, metrics_port)
    ways = _Ways(tellings, every, lease, timedelta(days=keep_days), outbox_limit, metrics_at)
    with opened(db) as store:
        if traces:
            ways = replace(ways, tellings=_traced(tellings))
        if once:
            _once(store, ways, present(now), answer)
        else:
            _keep_on(store, ways)


def _once(store: "SqlStore", ways: _Ways, at: datetime, answer: TableOrJson) -> None:
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.sweep import sweep

    swept = sweep(Engine(store, outbox_limit=ways.outbox_limit), at)
    told = hand_on(store, ways.tellings, at, lease_seconds=ways.lease)
    _clear(store, at - ways.keep)
    if answer is TableOrJson.JSON:
        done = {"raised": swept.raised, "cases": swept.cases, "handed_on": told.taken}
        write_json(done | ({"failed": told.failed, "dead_letters": told.dead} if told.failed else {}))
        return
    said = f", and handed on {counted(told.taken, 'event line')}" if ways.tellings else ""
    failed = f"; {counted(told.failed, 'message')} failed, to be tried again" if told.failed else ""
    raised = counted(swept.raised, "breach", "breaches")
    typer.echo(f"Raised {raised} in {counted(swept.cases, 'case')}{said}{failed}.")


def _keep_on(store: "SqlStore", ways: _Ways) -> None:
    from caseclock.outbox.handing_on import Clocks
    from caseclock.outbox.serving import Serving
    from caseclock.timers.scheduler import Alarm
    from caseclock.workflow.engine import Engine

    configure(verbose=True)
    metrics = metrics_of(store, clock.now) if ways.metrics_at is not None else None
    reports = Reports(metrics, clock.now())
    engine = Engine(store, outbox_limit=ways.outbox_limit)
    every = timedelta(seconds=ways.every)
    clocks = Clocks(clock.now, time.monotonic)
    serving = Serving(store, ways.tellings, clocks, reports, lease_seconds=ways.lease)
    work = sweeping(engine, store, reports, wake=serving.wake, keep=ways.keep)
    alarm = Alarm(work, every=every, now=clock.now)
    with ExitStack() as open_:
        if metrics is not None and ways.metrics_at is not None:
            open_.enter_context(_pages(store, metrics, reports, every, ways.metrics_at))
        _stop_on_signals(alarm)
        log().info("worker.started", every_seconds=ways.every, recipients=len(ways.tellings))
        _warn_of_unserved(store, ways.tellings)
        serving.start(alarm.stop)
        alarm.start()
        try:
            alarm.wait()
        finally:
            ended = serving.stop(GRACE_SECONDS)
            log().info("worker.stopped", hanging=int(not ended))


def sweeping(
    engine: "Engine",
    store: "SqlStore",
    reports: Reports,
    *,
    wake: Callable[[], object] = lambda: None,
    keep: timedelta = timedelta(days=90),
) -> Callable[[datetime], datetime | None]:
    """Make the work of one waking: sweep, wake those who hand on, and say when something falls due next.

    Where the database is busy or away, or the outbox full, that is logged and the next waking tries again: nothing is
    lost by waiting.
    """
    from sqlalchemy.exc import OperationalError

    from caseclock.store.protocol import StoreBusy
    from caseclock.telemetry.tracing import span
    from caseclock.workflow.refusals import CaseBusy, OutboxFull
    from caseclock.workflow.sweep import sweep

    def work(at: datetime) -> datetime | None:
        began = time.monotonic()
        try:
            with span("sweep"):
                swept = sweep(engine, at)
            with store.snapshot() as unit:
                next_wake = unit.next_wake()
            _clear(store, at - keep)
        except (CaseBusy, OutboxFull, StoreBusy, OperationalError) as fault:
            reports.sweep_postponed(fault)
            return None
        reports.swept(swept, time.monotonic() - began, clock.now())
        if swept.raised:
            wake()
        return next_wake

    return work


def _clear(store: "SqlStore", before: datetime) -> None:
    """Clear away some of what everyone was told long ago; looked for first, so that nothing is locked for nothing."""
    with store.snapshot() as unit:
        if not unit.has_old_messages(before, CLEARED_AT_ONCE):
            return
    with store.transaction() as writing:
        log().info("outbox.cleared", messages=writing.clear_outbox(before, CLEARED_AT_ONCE))


def _warn_of_unserved(store: "SqlStore", tellings: "Sequence[Telling]") -> None:
    served = {one.name for one in tellings}
    with store.snapshot() as unit:
        for recipient in unit.recipients():
            if recipient.name not in served:
                log().warning("outbox.unserved", recipient=recipient.name)


def _pages(
    store: "SqlStore", metrics: "Metrics", reports: Reports, every: timedelta, at: tuple[str, int]
) -> "Pages":
    from caseclock.telemetry.health import alive, ready
    from caseclock.telemetry.pages import Pages

    def measured() -> tuple[int, str, bytes]:
        body, kind = metrics.page()
        return 200, kind, body

    def health() -> tuple[int, str, bytes]:
        status, body = alive(reports.swept_at, clock.now(), every).page()
        return status, "application/json", body

    def readiness() -> tuple[int, str, bytes]:
        status, body = ready(store).page()
        return status, "application/json", body

    try:
        return Pages(*at, {"/metrics": measured, "/health": health, "/ready": readiness})
    except OSError as error:
        raise WrongCall(f"Can't answer at {at[0]}, port {at[1]}: {error.strerror}. Give another.") from error


def _traced(tellings: "Sequence[Telling]") -> "list[Telling]":
    """Send spans from now on, of telling each recipient too."""
    from caseclock.telemetry.tracing import NoTracing, set_up
    from caseclock.telemetry.watched import WatchedChannel

    try:
        set_up()
    except NoTracing as missing:
        raise WrongCall(str(missing)) from missing
    return [replace(one, channel=WatchedChannel(one.channel, one.name)) for one in tellings]


def _stop_on_signals(alarm: "Alarm") -> None:
    """Stop after the work under way; a second signal ends the process at once, which loses nothing either."""

    def stop(number: int, _frame: FrameType | None) -> None:
        log().info("worker.stopping", signal=signal.Signals(number).name)
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        alarm.stop()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, stop)
