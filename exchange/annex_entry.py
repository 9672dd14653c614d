"""A row of an Annex A list, its columns by name, and what every list's function reads it with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseclock.exchange.cells import cell_date, cell_text, child_id, header_key, plain, yes_or_no
from caseclock.exchange.possible import Horizon, not_after, not_before, not_long_before_birth
from caseclock.exchange.records import Source, Tally, Unfit
from caseclock.timers.event import Event


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list is read by: its title in Annex A, and the others people give it."""

    title: str
    also: tuple[str, ...] = ()
    needed: bool = False
    #: whether it holds dates
    is_day: bool = False

    def keys(self) -> set[str]:
        return {header_key(title) for title in (self.title, *self.also)}


CHILD = Column(
    "Child Unique ID",
    ("Child's Unique ID", "Child Unique Identifier", "Child ID", "LA Child ID", "Unique ID", "Person ID"),
    needed=True,
)
BORN = Column("Date of Birth", ("DOB", "Birth Date", "Child's Date of Birth"), is_day=True)
TEAM = Column("Allocated Team", ("Team",))
WORKER = Column("Allocated Worker", ("Worker", "Allocated Social Worker"))


@dataclass(slots=True)
class Entry:
    """One row of a list, its columns by the names `LISTS` gives them."""

    #: list and row, as `List 3 row 12`
    row: str
    columns: Mapping[str, Column]
    cells: Mapping[str, object]
    source: Source
    horizon: Horizon
    epoch: datetime
    #: episodes told so far in this list: the row that told each, and what it said
    told: dict[tuple[str, str], tuple[str, Mapping[str, object]]]
    unread: Tally

    @property
    def case_id(self) -> str:
        return child_id(self.columns["child"].title, self.cells.get("child"))

    def text(self, name: str) -> str | None:
        return plain(self.cells.get(name))

    def day(self, name: str) -> date:
        """Read a needed date that can have happened; raises Unfit."""
        on = self.day_if_told(name)
        if on is None:
            title, value = self.columns[name].title, self.cells.get(name)
            shown = f" ({value})" if value else ""
            raise Unfit(
                title, value, f"{title} is missing{shown}. Give the date and send the workbook again."
            )
        return on

    def day_if_told(self, name: str) -> date | None:
        title = self.columns[name].title
        on = cell_date(title, self.cells.get(name), self.epoch)
        if on is not None:
            not_after(title, on, self.horizon)
            not_long_before_birth(title, on, "the date of birth", self.born_on())
        return on

    def day_or_fault(self, name: str, *checks: Callable[[str, date], None]) -> date | Unfit | None:
        """Read a date that others do not depend on: the fault is given back where it can't be right."""
        try:
            on = self.day_if_told(name)
            if on is not None:
                for check in checks:
                    check(self.columns[name].title, on)
        except Unfit as unfit:
            return unfit
        return on

    def start_and_end(self) -> tuple[date, date | None]:
        """Read the columns `on` and `end`; raises Unfit."""
        start, end = self.day("on"), self.day_if_told("end")
        if end is not None:
            not_before(self.columns["end"].title, end, self.columns["on"].title, start)
        return start, end

    def born_on(self) -> date | None:
        """Give the date of birth where it is told and can be read: no record needs it."""
        try:
            return cell_date(BORN.title, self.cells.get("born"), self.epoch)
        except Unfit:
            return None

    def flag(self, name: str) -> bool | None:
        """Read a yes or no; one that says neither is counted."""
        value = self.cells.get(name)
        said = yes_or_no(value)
        if said is None and cell_text(value) is not None:
            self.count_unread(name, "neither yes nor no")
        return said

    def count_unread(self, name: str, why: str) -> None:
        """Count a cell that is left out, and why."""
        self.unread.add(f"{self.row.partition(' row ')[0]}: {self.columns[name].title} ({why})")

    def episode(self, name: str) -> str:
        """Take an episode's name for this row; raises Unfit where another row has taken it."""
        first, _ = self.told.setdefault((self.case_id, name), (self.row, self.cells))
        if first != self.row:
            title = self.columns["on"].title
            reason = f"This child has a row with the same {title} already ({first}). Take one out, or correct its date."
            raise Unfit(title, self.cells.get("on"), reason)
        return name

    def team(self) -> dict[str, str]:
        named = {"team": cell_text(self.cells.get("team")), "worker": cell_text(self.cells.get("worker"))}
        return {name: text for name, text in named.items() if text}

    def event(
        self, type_: str, episode: str, on: date, data: Mapping[str, Any] | None = None, *, which: str = ""
    ) -> Event:
        given = {name: value for name, value in (data or {}).items() if value is not None}
        return self.source.event(type_, self.case_id, episode, on, given, which=which)

    def telling(
        self, episode: str, on: date, data: Mapping[str, Any], *, in_part: bool = False
    ) -> tuple[Event, ...]:
        """Say how far the workbook tells of an episode whose opening event carries this data."""
        untold, told_from = data.get("untold", ()), data.get("told_from")
        return self.source.told(self.case_id, episode, on, untold, told_from, in_part=in_part)


#: one dated thing of a row: its kind and events, or why it can't be right
Dated = tuple[str, tuple[Event, ...]] | Unfit


@dataclass(frozen=True, slots=True)
class AnnexList:
    """A list that is read: its columns, and the function that tells a row of it.

    The function raises Unfit where nothing of the row can be told.
    """

    columns: Mapping[str, Column]
    tell: Callable[[Entry], Iterator[Dated]]


def latest_told(untold: Iterable[str], latest: Mapping[str, date | Unfit | None]) -> dict[str, Any]:
    """Say what a list leaves out that tells the latest of each type only: those before it, or all where it has none."""
    told_from = {kind: f"{on}" for kind, on in latest.items() if isinstance(on, date)}
    left_out = [kind for kind in latest if kind not in told_from]
    kept = [kind for kind in untold if kind not in told_from and kind not in left_out]
    return {"untold": [*kept, *left_out], **({"told_from": told_from} if told_from else {})}


def lies_within(on: date, start: date, end: date | None) -> bool:
    """Say whether a day lies between two others, either of them included; without end, whether it is not before."""
    return start <= on and (end is None or on <= end)
