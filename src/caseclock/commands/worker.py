"""`caseclock run`: the worker: raises what runs out as it runs out, and hands on what Caseclock says of it."""

import signal
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands import clock
from caseclock.commands.faults import WrongCall
from caseclock.commands.handing_on import hand_on, to_file
from caseclock.commands.logs import configure, log
from caseclock.commands.options import AsTable, Db, Now, TableOrJson, opened, present
from caseclock.commands.output import write_json
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from caseclock.outbox.handing_on import Telling
    from caseclock.store.sql import SqlStore
    from caseclock.timers.scheduler import Alarm
    from caseclock.workflow.engine import Engine

#: seconds between two sweeps where nothing falls due in between
EVERY_SECONDS = 60.0


def run(
    db: Db = None,
    outbox: Annotated[
        Path | None,
        typer.Option(
            "--outbox",
            metavar="FILE",
            help="Hand on what is raised, withdrawn and moved: event lines at the end of this file, each at least "
            "once, in order. Without it they wait.",
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
            help="After so long in which another worker did not move, what it held is taken over.",
        ),
    ] = 60.0,
    once: Annotated[bool, typer.Option("--once", help="Sweep once, hand on, and end.")] = False,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Sweep: raise the breach of every timer that has run out, and go on doing so until stopped (SIGTERM, Ctrl-C)."""
    tellings = [] if outbox is None else [to_file(outbox)]
    if answer is TableOrJson.JSON and not once:
        raise WrongCall("--format json answers once, and a worker goes on. Give --once with it.")
    with opened(db) as store:
        if once:
            raised, cases, handed_on = _sweep_once(store, tellings, present(now), lease)
            if answer is TableOrJson.JSON:
                write_json({"raised": raised, "cases": cases, "handed_on": handed_on})
            else:
                said = f", and handed on {counted(handed_on, 'event line')}" if outbox else ""
                typer.echo(
                    f"Raised {counted(raised, 'breach', 'breaches')} in {counted(cases, 'case')}{said}."
                )
        else:
            _keep_on(store, tellings, every, lease)


def _sweep_once(
    store: "SqlStore", tellings: "Sequence[Telling]", at: datetime, lease: float
) -> tuple[int, int, int]:
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.sweep import sweep

    swept = sweep(Engine(store), at)
    return swept.raised, swept.cases, hand_on(store, tellings, at, lease_seconds=lease).taken


def _keep_on(store: "SqlStore", tellings: "Sequence[Telling]", every: float, lease: float) -> None:
    from caseclock.timers.scheduler import Alarm
    from caseclock.workflow.engine import Engine

    configure(verbose=True)
    alarm = Alarm(
        sweeping(Engine(store), store, tellings, lease), every=timedelta(seconds=every), now=clock.now
    )
    _stop_on_signals(alarm)
    log().info("worker.started", every_seconds=every)
    alarm.start()
    alarm.wait()
    log().info("worker.stopped")


def sweeping(
    engine: "Engine", store: "SqlStore", tellings: "Sequence[Telling]", lease: float = 60.0
) -> Callable[[datetime], datetime | None]:
    """Make the work of one waking: sweep, hand on, and say when something falls due next.

    Where the database is busy or away, that is logged and the next waking tries again: nothing is lost by waiting.
    """
    from sqlalchemy.exc import OperationalError

    from caseclock.store.protocol import StoreBusy
    from caseclock.workflow.refusals import CaseBusy
    from caseclock.workflow.sweep import sweep

    def work(at: datetime) -> datetime | None:
        try:
            swept = sweep(engine, at)
            handed_on = hand_on(store, tellings, at, lease_seconds=lease).taken
            with store.snapshot() as unit:
                next_wake = unit.next_wake()
        except (CaseBusy, StoreBusy, OperationalError) as fault:
            log().warning("sweep.postponed", fault=type(fault).__name__)
            return None
        if swept.raised or handed_on:
            log().info("sweep.done", raised=swept.raised, cases=swept.cases, handed_on=handed_on)
        return next_wake

    return work


def _stop_on_signals(alarm: "Alarm") -> None:
    """Stop after the work under way; a second signal ends the process at once, which loses nothing either."""

    def stop(number: int, _frame: FrameType | None) -> None:
        log().info("worker.stopping", signal=signal.Signals(number).name)
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        alarm.stop()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, stop)
