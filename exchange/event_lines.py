"""A file of event lines, read line by line; what each line may be is said in workflow/event_lines.py."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from caseclock.exchange.parts import LONGEST_LINE, Line, all_lines, case_of
from caseclock.exchange.possible import Horizon, not_after
from caseclock.exchange.records import NotUsed, Refused, Told, Unfit
from caseclock.workflow.event_lines import BadLine, parse_line

#: how much of a line that can't be read is kept with its refusal
_KEPT = 10_000


def read_event_lines(
    path: Path, *, authority: str, imported_at: datetime, horizon: date | None = None
) -> Iterator[Told | Refused | NotUsed]:
    """Read event lines; each is a record. Blank lines are none. `recorded_at` defaults to `imported_at`."""
    return told_by(all_lines(path), authority=authority, imported_at=imported_at, horizon=horizon)


def told_by(
    lines: Iterable[Line], *, authority: str, imported_at: datetime, horizon: date | None = None
) -> Iterator[Told | Refused | NotUsed]:
    """Read lines that were taken out of a file."""
    for line in lines:
        row = f"line {line.number}"
        try:
            if not line.is_whole:
                reason = f"The line is longer than {LONGEST_LINE:,} bytes, which no event is. Split the file."
                raise Unfit("line", None, reason)
            event = parse_line(line.text, at=imported_at, authority=authority)
            if horizon is not None:
                not_after("occurred_at", event.occurred.on, Horizon(horizon, "the last day asked for"))
        except BadLine as bad:
            told = {"line": _as_text(line.text)}
            yield Refused(row, bad.field, bad.value, str(bad), told, case_of(line) or None)
        except Unfit as unfit:
            told = {"line": _as_text(line.text)}
            yield Refused(row, unfit.column, unfit.value, unfit.reason, told, case_of(line) or None)
        else:
            yield Told(event.type, row, event.case_id, (event,), {"line": _as_text(line.text)})


def _as_text(line: bytes) -> str:
    return (
        line[:_KEPT].decode("utf-8", errors="replace").replace("\x00", "\N{REPLACEMENT CHARACTER}").rstrip()
    )
