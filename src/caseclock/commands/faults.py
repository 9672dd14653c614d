"""What can go wrong and is no fault of Caseclock: said as one sentence on standard error, with its exit status.

0 is done; 1 is done, but something was refused or found wrong; 2 is that the call itself was wrong, so that nothing
could be done.
"""

from errno import EPIPE
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

REFUSED = 1
WRONG_CALL = 2


class WrongCall(Exception):
    """The call can't be carried out as it was made; the message says what to give instead."""


class SayFaults(TyperGroup):
    """A group of commands that tells expected faults in a sentence. Anything else is a fault of Caseclock's own."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as fault:
            status = status_of(fault)
            if status is None:
                raise
            stop(sentence_of(fault), status)


def stop(sentence: str, status: int) -> NoReturn:
    """Say a sentence on standard error and end with a status."""
    typer.echo(sentence, err=True)
    raise typer.Exit(status)


def status_of(fault: Exception) -> int | None:
    """Give the exit status of an expected fault; None for one that nobody expected."""
    if isinstance(fault, _refusals()):
        return REFUSED
    if isinstance(fault, _wrong_calls()):
        return WRONG_CALL
    if (
        isinstance(fault, OSError) and fault.errno != EPIPE
    ):  # whoever read the answer has enough: click ends quietly
        return WRONG_CALL if fault.filename is not None else REFUSED
    return None


def sentence_of(fault: Exception) -> str:
    """Give an expected fault as a sentence."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(fault, DBAPIError):
        told = " ".join(str(fault.orig).split())
        return f"Can't use the database: {told}. Check that the URL is that of a Caseclock database, and that it runs."
    if isinstance(fault, OSError) and fault.filename is None:
        return f"Can't write: {fault.strerror or fault}. What was written before that is not whole."
    if isinstance(fault, OSError):
        return f"Can't open {fault.filename}: {fault.strerror}. Check its name, and that you may use it."
    return str(fault)


def _refusals() -> tuple[type[Exception], ...]:
    """What is said of the material: the call was right, what it brought was not taken."""
    from caseclock.exchange.records import FileRefused
    from caseclock.exchange.spreading import ProcessLost
    from caseclock.store.protocol import CaseChanged, EventIdTaken, StoreBusy, Unreadable
    from caseclock.workflow.event_lines import BadLine
    from caseclock.workflow.refusals import Refused

    return (Refused, FileRefused, ProcessLost, BadLine, CaseChanged, EventIdTaken, StoreBusy, Unreadable)


def _wrong_calls() -> tuple[type[Exception], ...]:
    """What keeps a command from beginning: its arguments, or what it was pointed at."""
    from sqlalchemy.exc import DBAPIError

    from caseclock.outbox.handing_on import AnotherRecipient, NoSuchRecipient
    from caseclock.processes.definition import ProcessRefused
    from caseclock.simulation.engines import NoDask
    from caseclock.simulation.intervals import TooFewReplications
    from caseclock.simulation.manifest import AnotherRun
    from caseclock.simulation.outputs import NoPolars
    from caseclock.simulation.scenario import ScenarioRefused
    from caseclock.simulation.storing import HasCases
    from caseclock.store.partitioning import CannotPartition
    from caseclock.store.protocol import DatabaseTooNew, DatabaseTooOld, NoDatabase
    from caseclock.timers.calendar import BankHolidaysRefused, CalendarExhausted
    from caseclock.timers.durations import DurationRefused
    from caseclock.timers.explain import NoSuchTimer
    from caseclock.timers.packs import PackRefused
    from caseclock.timers.rulebook import RulebookRefused

    return (
        WrongCall,
        CannotPartition,
        NoDatabase,
        DatabaseTooNew,
        DatabaseTooOld,
        DBAPIError,
        CalendarExhausted,
        DurationRefused,
        BankHolidaysRefused,
        PackRefused,
        ProcessRefused,
        RulebookRefused,
        NoSuchTimer,
        AnotherRecipient,
        NoSuchRecipient,
        ScenarioRefused,
        AnotherRun,
        TooFewReplications,
        NoDask,
        NoPolars,
        HasCases,
    )
