"""A file of event lines, read line by line; what each line may be is said in workflow/event_lines.py."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from caseclock.exchange.possible import Horizon, not_after
from caseclock.exchange.records import NotUsed, Refused, Told, Unfit
from caseclock.workflow.event_lines import BadLine, parse_line

#: a longer line (in bytes) is no event
LONGEST_LINE = 1_000_000
#: how much of a line that can't be read is kept with its refusal
_KEPT = 10_000


def read_event_lines(
    path: Path, *, authority: str, imported_at: datetime, horizon: date | None = None
) -> Iterator[Told | Refused | NotUsed]:
    """Read event lines; each is a record. Blank lines are none. `recorded_at` defaults to `imported_at`."""
    with path.open("rb") as file:
        for number, line, is_whole in _lines(file):
            row = f"line {number}"
            try:
                if not is_whole:
                    reason = (
                        f"The line is longer than {LONGEST_LINE:,} bytes, which no event is. Split the file."
                    )
                    raise Unfit("line", None, reason)
                event = parse_line(line, at=imported_at, authority=authority)
                if horizon is not None:
                    not_after("occurred_at", event.occurred.on, Horizon(horizon, "the last day asked for"))
            except BadLine as bad:
                yield Refused(row, bad.field, bad.value, str(bad), {"line": _as_text(line)}, None)
            except Unfit as unfit:
                yield Refused(row, unfit.column, unfit.value, unfit.reason, {"line": _as_text(line)}, None)
            else:
                yield Told(event.type, row, event.case_id, (event,), {"line": _as_text(line)})


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Give each line that is not blank, its number, and whether it is whole: memory is bounded whatever comes."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")  # written by some editors before the first line
        is_whole, end = True, line
        while not end.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            is_whole, end = False, rest
        if line.strip():
            yield number, line, is_whole


def _as_text(line: bytes) -> str:
    return (
        line[:_KEPT].decode("utf-8", errors="replace").replace("\x00", "\N{REPLACEMENT CHARACTER}").rstrip()
    )
