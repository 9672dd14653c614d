"""The queue as at now: which timers, in which order, how many of each standing, asked of the stored tables.

Timers are found by the indexes alone, a page of them, and read afterwards: what a page costs does not grow with what
was ever recorded. Counting ends at a bound, behind which "more than" is said. For a past day see past.py: the same is
asked of a copy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, union_all

from caseclock.desk.reading.conditions import Bool
from caseclock.desk.reading.filters import BREACHED, FURTHEST, Filters, Group, Order, Show
from caseclock.desk.reading.parts import Part, cases_asked_for, goes_by_group, ordered, parts
from caseclock.desk.reading.queue_rows import Asking, QueueRow, rows_of
from caseclock.desk.reading.stepping import stepped
from caseclock.store.desk_tables import case_facts
from caseclock.store.schema import timers
from caseclock.timers.timer import Standing
from caseclock.timers.when import LONDON

__all__ = ["Asking", "Heading", "QueuePage", "QueueRow", "queue"]

_GROUPED = {
    Group.TEAM: case_facts.c.team,
    Group.WORKER: case_facts.c.worker,
    Group.TIMESCALE: timers.c.timescale,
}
_ALONE = select(func.set_config("max_parallel_workers_per_gather", "0", True))
#: timers that are counted: of one stretch where the index alone tells them, and in all where each has to be looked up
COUNTED, LOOKED_UP = 200_000, FURTHEST


@dataclass(frozen=True, slots=True)
class Heading:
    """A group of a queue, with how much is in it."""

    #: None for what has none, such as cases without a worker
    name: str | None
    counts: Mapping[Standing, int]
    #: whether there is more than was counted
    more: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def breached(self) -> int:
        return sum(number for one, number in self.counts.items() if one in BREACHED)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue, and how much the whole of it holds."""

    rows: tuple[QueueRow, ...]
    counts: Mapping[Standing, int]
    #: the groups that begin on the page, or went on from the one before
    headings: tuple[Heading, ...] = field(default=())
    #: whether there is more than was counted
    more: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def breached(self) -> int:
        return sum(number for one, number in self.counts.items() if one in BREACHED)

    def pages(self, size: int) -> int:
        """Count the pages that can be turned to."""
        return max(1, -(-min(self.total, FURTHEST) // size))


def queue(connection: Connection, asking: Asking, filters: Filters) -> QueuePage:
    """Give a page of the queue."""
    prepare(connection)
    counts, more = count(connection, asking, filters)
    start = (filters.page - 1) * filters.size
    headings: tuple[Heading, ...] = ()
    if goes_by_group(filters):
        ids, headings = _by_group(connection, asking, filters, start)
    else:
        ids = timer_ids(connection, asking, filters, start, filters.size)
    return QueuePage(rows_of(connection, asking, ids), counts, headings, more)


def count(
    connection: Connection, asking: Asking, filters: Filters, *within: Bool
) -> tuple[dict[Standing, int], bool]:
    """Count the timers of a queue by where they stand, and say whether there are more than were counted."""
    some = list(parts(asking, _in_any_order(filters), connection.dialect.name, *within))
    if not some:
        return {}, False
    if _is_looked_up(filters):
        return _looked_up(connection, some)
    asked: list[Select[str, int]] = []
    for part in some:
        if part.standing is not None:  # nothing to divide them by, which would be to sort them
            of_one = part.found.limit(COUNTED + 1).subquery()
            asked.append(select(literal(part.standing.value), func.count()).select_from(of_one))
        else:
            told = part.found.with_only_columns(part.told.label("stands")).limit(COUNTED + 1).subquery()
            asked.append(select(told.c.stands, func.count()).group_by(told.c.stands))
    counts: dict[Standing, int] = {}
    more = False
    for name, number in connection.execute(union_all(*asked)):
        more |= number > COUNTED
        if number:
            counts[Standing(name)] = counts.get(Standing(name), 0) + number
    return counts, more


def _looked_up(connection: Connection, some: Sequence[Part]) -> tuple[dict[Standing, int], bool]:
    """Count timers that have to be looked at one by one: so many in all, and then no more."""
    told = union_all(*(part.found.with_only_columns(part.told.label("stands")) for part in some))
    found = told.limit(LOOKED_UP + 1).subquery()
    rows = connection.execute(select(found.c.stands, func.count()).group_by(found.c.stands))
    counts = {Standing(name): number for name, number in rows}
    return counts, sum(counts.values()) > LOOKED_UP


def _in_any_order(filters: Filters) -> Filters:
    """Give filters under which as much is found, with nothing looked up for the sake of its order."""
    group = Group.NONE if filters.group is Group.FAMILY else filters.group
    sort = Order.DUE if filters.sort in (Order.CASE, Order.OVER) else filters.sort
    return replace(filters, group=group, sort=sort)


def _is_looked_up(filters: Filters) -> bool:
    """Say whether something is asked that the index on timers does not tell."""
    return bool(
        filters.show is Show.ALL
        or filters.reason is not None
        or filters.version
        or filters.process
        or filters.days_over
        or filters.asks_chance
    )


def timer_ids(
    connection: Connection, asking: Asking, filters: Filters, start: int, size: int, *within: Bool
) -> list[str]:
    """Give the ids of so many timers of a queue, from a place on, in its order."""
    dialect = connection.dialect.name
    order = ordered(asking, filters, dialect)
    columns = [timers.c.timer_id, *(what.label(f"by_{n}") for n, (what, _) in enumerate(order))]
    some = [
        part.found.with_only_columns(*columns)
        .order_by(*(what.desc() if down else what for what, down in part.order))
        .limit(start + size)
        .subquery()
        for part in parts(asking, filters, dialect, *within)
    ]
    if not some:
        return []
    found = union_all(*map(select, some)).subquery()
    outer: list[ColumnElement[Any]] = [
        found.c[f"by_{n}"].desc() if down else found.c[f"by_{n}"] for n, (_, down) in enumerate(order)
    ]
    if filters.group is Group.FAMILY:  # what has none comes last
        outer.insert(0, found.c.by_0.is_(None))
    return list(connection.scalars(select(found.c.timer_id).order_by(*outer).limit(size).offset(start)))


def _by_group(
    connection: Connection, asking: Asking, filters: Filters, start: int
) -> tuple[list[str], tuple[Heading, ...]]:
    """Give the ids of a page that goes group by group, and the groups on it; only those up to it are looked into."""
    by = _GROUPED.get(filters.group, case_facts.c.team)
    names = _names(connection, asking, filters, by)
    if filters.group not in _GROUPED and filters.down:
        names.reverse()
    ids: list[str] = []
    headings: list[Heading] = []
    for name in names:
        if len(ids) == filters.size:
            break
        is_in_it = by.is_(None) if name is None else by == name
        heading = Heading(name, *count(connection, asking, filters, is_in_it))
        if start >= heading.total:
            start -= heading.total
            continue
        ids += timer_ids(connection, asking, filters, start, filters.size - len(ids), is_in_it)
        headings.append(heading)
        start = 0
    return ids, tuple(headings) if filters.group in _GROUPED else ()


def _names(
    connection: Connection, asking: Asking, filters: Filters, by: ColumnElement[Any]
) -> list[str | None]:
    """Name the groups there could be, in order; what has none comes last."""
    of_case = cases_asked_for(asking, filters)
    if by is timers.c.timescale:
        return [*sorted(stepped(connection, by, timers.c.authority == asking.authority))]
    of_authority = case_facts.c.authority == asking.authority
    if not of_case:
        nobody = select(literal(1)).where(of_authority, by.is_(None)).limit(1)
        return [
            *sorted(stepped(connection, by, of_authority)),
            *([None] if connection.scalar(nobody) else []),
        ]
    found = list(connection.scalars(select(by).where(of_authority, *of_case).distinct()))
    return [*sorted(name for name in found if name is not None), *([None] if None in found else [])]


def prepare(connection: Connection) -> None:
    """Teach SQLite what PostgreSQL knows, the London date of an instant; let PostgreSQL use one process for a page.

    It would begin others for what ends early, each of which hashes every breach and answer for itself, on processors
    that other readers want. Holds until the transaction ends.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("london_date", 1, _london_date, deterministic=True)
    elif connection.dialect.name == "postgresql":
        connection.execute(_ALONE)


def _london_date(text: str | None) -> str | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(LONDON).date().isoformat()
