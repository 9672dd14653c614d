"""What a list is as a file: its columns, what each means, and under which circumstances it was asked for.

A list is described once, here or beside its page; CSV and workbook are made from the same description.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

Row = TypeVar("Row")

#: what a cell may hold; instants are aware
Cell = str | int | float | bool | date | datetime | None

#: a cell that begins with one of these is a formula to a spreadsheet
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Kind(StrEnum):
    """What a column holds, which decides how a workbook types and shows it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a list."""

    #: as other tools find it: small letters, no spaces
    name: str
    #: as a person reads it
    heading: str
    #: a sentence: what it holds, in which unit, and what an empty cell means
    definition: str
    value: Callable[[Row], Cell]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One list as it can be taken away."""

    #: what the file is called, before what it is as at
    name: str
    title: str
    columns: Sequence[Column[Row]]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which a list was asked for: without them nobody can tell later what it says."""

    authority: str
    as_at: date
    #: aware
    known_at: datetime
    #: aware
    made_at: datetime
    made_by: str
    #: (what was filtered by, which value), as the page said it
    filters: Sequence[tuple[str, str]] = ()
    #: (pack, version) of the packs in force for the authority
    packs: Sequence[tuple[str, str]] = ()
    #: which bank holidays judged it, such as england_and_wales:7
    calendar: str = ""

    def file_name(self, listing: Listing[Row], ending: str) -> str:
        """Name a file by what it holds, of whom and as at when; safe in a header and on every disk.

        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 22, 9, tzinfo=UTC)
        >>> asked = Circumstances("LB Camden", date(2026, 11, 21), at, at, "a.officer")
        >>> asked.file_name(Listing("timers", "Timers", ()), "csv")
        'timers-lb-camden-as-at-2026-11-21.csv'
        """
        plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in self.authority)
        named = "-".join(part for part in plain.lower().split("-") if part) or "authority"
        return f"{listing.name}-{named}-as-at-{self.as_at.isoformat()}.{ending}"


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet would run a cell, leading spaces and all.

    >>> is_formula('=HYPERLINK("https://example.org")'), is_formula(" +44"), is_formula("C-1042")
    (True, True, False)
    """
    return text.startswith(FORMULA) or text.lstrip(" ").startswith(FORMULA)
