"""`caseclock record`: event lines, strictly: where one does not fit, nothing of the file is written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import REFUSED, WrongCall
from caseclock.commands.options import (
    AsTable,
    Authority,
    Db,
    Now,
    OutboxLimit,
    TableOrJson,
    opened,
    present,
)
from caseclock.commands.output import progress, warn, write_json
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from datetime import datetime

    from caseclock.store.protocol import Transaction
    from caseclock.workflow.engine import Engine

STANDARD_INPUT = "-"


class LineRefused(Exception):
    """A line of the file that was not taken, and with it the file."""

    def __init__(self, number: int, reason: str):
        super().__init__(reason)
        self.number = number
        self.reason = reason


def record(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Event lines (.jsonl); - reads standard input.")
    ],
    db: Db = None,
    authority: Authority = None,
    outbox_limit: OutboxLimit = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Record event lines: all of a file, or nothing of it and the first line that does not fit.

    Lines recorded before are left as they are, so a file may be sent again with more at its end.
    """
    from caseclock.workflow.engine import Engine

    if file != STANDARD_INPUT and not Path(file).is_file():
        raise WrongCall(f"There is no file {file}. Check the name and the folder.")
    at = present(now)
    with opened(db, create=True) as store:
        try:
            with _lines(file) as lines, store.transaction() as unit:
                engine = Engine(store, outbox_limit=outbox_limit)
                events, unchanged, timers = _record_all(engine, unit, lines, authority, at)
        except LineRefused as refused:
            warn(f"{_named(file)}, line {refused.number}: {refused.reason} Nothing of the file was recorded.")
            if answer is TableOrJson.JSON:
                what = {"line": refused.number, "reason": refused.reason}
                write_json({"file": _named(file), "events": 0, "unchanged": 0, "timers": 0, "refused": what})
            raise typer.Exit(REFUSED) from refused
    if answer is TableOrJson.JSON:
        write_json(
            {
                "file": _named(file),
                "events": events,
                "unchanged": unchanged,
                "timers": timers,
                "refused": None,
            }
        )
    else:
        before = f"; {counted(unchanged, 'line')} recorded before" if unchanged else ""
        typer.echo(f"Recorded {counted(events, 'event')}{before}.")


def _record_all(
    engine: "Engine", unit: "Transaction", lines: IO[bytes], authority: str | None, at: "datetime"
) -> tuple[int, int, int]:
    """Record every line in one transaction; raises LineRefused at the first that does not fit."""
    from caseclock.store.protocol import EventIdTaken
    from caseclock.timers.calendar import CalendarExhausted
    from caseclock.workflow.event_lines import BadLine, parse_line
    from caseclock.workflow.refusals import Refused

    events = unchanged = timers = 0
    with progress("Recording") as shown:
        for number, line in enumerate(lines, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")  # noqa: PLW2901  # some editors write it before the first line
            if not line.strip():
                continue
            try:
                event = parse_line(line, at=at, authority=authority)
                recorded = engine.record(event, at=at, transaction=unit)
            except (BadLine, Refused, EventIdTaken, CalendarExhausted) as refusal:
                raise LineRefused(number, str(refusal)) from refusal
            # what Caseclock adds of its own (a breach withdrawn) is no line of the file
            events, unchanged = events + bool(recorded.events), unchanged + (not recorded.events)
            timers += recorded.timers
            shown.advance()
    return events, unchanged, timers


@contextmanager
def _lines(file: str) -> Iterator[IO[bytes]]:
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as opened_file:
            yield opened_file


def _named(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else Path(file).name
