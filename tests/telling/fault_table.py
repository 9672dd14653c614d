"""How often each fault came, and what held after it: one row a test, printed as a table by `make faults`.

`CASECLOCK_FAULTS=full` has the tests meet their faults in full numbers; otherwise they meet few.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

#: set to `full`, every fault comes as often as it is to
FULL = "CASECLOCK_FAULTS"
HEADINGS = ("fault", "database", "times", "checked after it", "seed", "result")


def in_full() -> bool:
    """Say whether the faults are to come in full numbers."""
    return os.environ.get(FULL) == "full"


def times(few: int, full: int) -> int:
    """Say how often a fault is to come in this run."""
    return full if in_full() else few


@dataclass(frozen=True, slots=True)
class Row:
    """One fault, as often as it came."""

    fault: str
    database: str
    times: int
    checked: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Writes down how often a fault came, and fails where it came less often than it should."""

    record: Callable[[str, object], None]

    def met(self, fault: str, database: str, times: int, *, of: int, checked: str) -> None:
        """Note a fault that came so often `of` so many times wanted."""
        self.record("fault", json.dumps(asdict(Row(fault, database, times, checked))))
        print(f"{fault} ({database}): {times} times")  # noqa: T201  # pytest shows it where the test fails
        assert 0 < of <= times, f"{fault}: came {times} of {of} times."


def table(rows: Iterable[tuple[Row, str, str]]) -> list[str]:
    """Lay rows out in columns, each with its seed, where it had one, and its result."""
    cells = [HEADINGS]
    cells += [
        (row.fault, row.database, f"{row.times:,}", row.checked, seed, result) for row, seed, result in rows
    ]
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def row_of(text: object) -> Row:
    """Read a row as `met` has written it."""
    return Row(**json.loads(str(text)))
