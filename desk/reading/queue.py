"""The queue as at now: which timers, in which order, how many of each standing, asked of the stored tables.

Timers are found by the indexes alone, a page of them, and read afterwards: what a page costs does not grow with what
was ever recorded. Counting ends at a bound, behind which "more than" is said. For a past day see past.py: the same is
asked of a copy.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, select, true, union_all

from caseclock.desk.reading.conditions import Bool, days_over, last_day_within, stretches, together
from caseclock.desk.reading.filters import BREACHED, FURTHEST, Filters, Group, Order, Reason, Show
from caseclock.desk.reading.joins import InThisOrder
from caseclock.desk.reading.queue_rows import Asking, QueueRow, rows_of
from caseclock.desk.reading.rule_names import of_processes, recording_timescales
from caseclock.desk.reading.spans import due_span
from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.forecast_tables import timer_chances
from caseclock.store.protocol import BreachStanding
from caseclock.store.schema import DONE, LIVE, breaches, timers
from caseclock.timers.timer import Outcome, Standing
from caseclock.timers.when import LONDON

__all__ = ["Asking", "Heading", "QueuePage", "QueueRow", "queue"]

_GROUPED = {
    Group.TEAM: case_facts.c.team,
    Group.WORKER: case_facts.c.worker,
    Group.TIMESCALE: timers.c.timescale,
}
_SAID_WHY = ("explained", "exempted")
_TOLD = and_(timer_chances.c.authority == timers.c.authority, timer_chances.c.timer_id == timers.c.timer_id)
#: timers of one stretch that are counted: where the index alone tells them, and where each has to be looked up
COUNTED, LOOKED_UP = 200_000, FURTHEST


@dataclass(frozen=True, slots=True)
class Heading:
    """A group of a queue, with how much is in it."""

    #: None for what has none, such as cases without a worker
    name: str | None
    counts: Mapping[Standing, int]

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
    if filters.group in _GROUPED or filters.sort is Order.TEAM:
        ids, headings = _by_group(connection, asking, filters, start)
    else:
        ids = timer_ids(connection, asking, filters, start, filters.size)
    return QueuePage(rows_of(connection, asking, ids), counts, headings, more)


def count(
    connection: Connection, asking: Asking, filters: Filters, *within: Bool
) -> tuple[dict[Standing, int], bool]:
    """Count the timers of a queue by where they stand, and say whether there are more than were counted."""
    most = LOOKED_UP if _is_looked_up(filters) else COUNTED
    asked = []
    for told, part in _parts(asking, filters, connection.dialect.name, within):
        some = part.with_only_columns(told.label("stands")).limit(most + 1).subquery()
        asked.append(select(some.c.stands, func.count().label("number")).group_by(some.c.stands))
    counts: dict[Standing, int] = {}
    more = False
    for name, number in connection.execute(union_all(*asked)) if asked else ():
        more |= number > most
        counts[Standing(name)] = counts.get(Standing(name), 0) + number
    return counts, more


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
    order = _order(asking, filters, connection.dialect.name)
    parts = [
        part.with_only_columns(
            timers.c.timer_id, *(what.label(f"by_{n}") for n, (what, _) in enumerate(order))
        )
        .order_by(*(what.desc() if down else what for what, down in order))
        .limit(start + size)
        .subquery()
        for _, part in _parts(asking, filters, connection.dialect.name, within)
    ]
    if not parts:
        return []
    found = union_all(*(select(part) for part in parts)).subquery()
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
    if by is timers.c.timescale:
        names: list[str | None] = _timescales(connection, asking, filters)
    else:
        names = _names(connection, asking, filters, by)
    if filters.group not in _GROUPED and filters.down:
        names.reverse()
    ids: list[str] = []
    headings: list[Heading] = []
    for name in names:
        if len(ids) == filters.size:
            break
        is_in_it = by.is_(None) if name is None else by == name
        heading = Heading(name, count(connection, asking, filters, is_in_it)[0])
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
    asked = (
        select(by).where(case_facts.c.authority == asking.authority, *_of_case(asking, filters)).distinct()
    )
    found = list(connection.scalars(asked))
    return [*sorted(name for name in found if name is not None), *([None] if None in found else [])]


def _timescales(connection: Connection, asking: Asking, filters: Filters) -> list[str | None]:
    """Name the timescales of a queue, in order."""
    asked = [
        select(part.with_only_columns(timers.c.timescale).distinct().subquery())
        for _, part in _parts(asking, filters, connection.dialect.name)
    ]
    return sorted(set(connection.scalars(union_all(*asked)))) if asked else []


def _order(asking: Asking, filters: Filters, dialect: str) -> list[tuple[ColumnElement[Any], bool]]:
    """Give what a queue is ordered by, each with whether it goes down; by id at last, so that pages never overlap."""
    down = filters.down
    if filters.group in _GROUPED or filters.sort is Order.TEAM:
        down = filters.down and filters.sort is Order.DUE
    last: list[tuple[ColumnElement[Any], bool]] = [(timers.c.falls_at, down), (timers.c.timer_id, down)]
    if filters.sort is Order.CHANCE:
        last.insert(0, (timer_chances.c.chance, not filters.down))
    if filters.group in _GROUPED or filters.sort is Order.TEAM:
        return last
    if filters.group is Group.FAMILY:
        return [(case_facts.c.family, False), (case_facts.c.case_id, False), *last]
    if filters.sort is Order.CASE:
        return [(timers.c.case_id, down), *last]
    if filters.sort is Order.OVER:
        return [(days_over(asking.today, dialect), not down), *last]
    return last


def _parts(
    asking: Asking, filters: Filters, dialect: str, within: Sequence[Bool] = ()
) -> Iterator[tuple[ColumnElement[str], Select[Any]]]:
    """Give the queue as statements that are each led by the index that suits what is asked, and where its rows stand.

    Where some cases are asked for, they are gone through one by one; else a walk leads along each stretch.
    """
    of_case = _of_case(asking, filters)
    if any(_tells_facts(one) for one in within):
        of_case, within = [*of_case, *within], ()
    shared = [
        timers.c.authority == asking.authority,
        *within,
        *_of_timer(asking, filters, dialect),
        *asking.sees(timers.c.authority, timers.c.case_id),
    ]
    standings = filters.standings & BREACHED if filters.days_over else filters.standings
    # of what is open: a duty that ended undone is in breach, and nobody's work any more
    found = [
        one
        for one in stretches(standings, asking.now)
        if filters.show is not Show.OPEN or one.outcome is Outcome.RUNNING
        if not filters.asks_chance or one.is_forecast
    ]
    start: Any = timers
    if filters.asks_chance and not of_case:
        start = InThisOrder(timer_chances, timers, _TOLD)
    if of_case or filters.group is Group.FAMILY:
        joined = and_(timers.c.authority == case_facts.c.authority, timers.c.case_id == case_facts.c.case_id)
        led = start is not timers
        start = InThisOrder(start, case_facts, joined) if led else InThisOrder(case_facts, timers, joined)
        shared += [case_facts.c.authority == asking.authority, *of_case]
    if filters.asks_chance:
        start = InThisOrder(start, timer_chances, _TOLD) if of_case else start
        shared += [timer_chances.c.authority == asking.authority]
        shared += [] if filters.chance is None else [timer_chances.c.chance >= filters.chance / 100]
    statement = select(literal(1)).select_from(start).where(*shared)
    if of_case or filters.group is Group.FAMILY:
        family = case_facts.c.family
        ways = [family.is_not(None), family.is_(None)] if filters.group is Group.FAMILY else [true()]
        for live in (True, False):
            some = [one for one in found if one.is_live is live]
            if some:
                condition, told = together(some, asking.now)
                for way in ways:
                    yield told, statement.where(LIVE if live else DONE, condition, way)
    else:
        for one in found:
            yield one.told(asking.now), statement.where(LIVE if one.is_live else DONE, *one.conditions)


def _tells_facts(condition: Bool) -> bool:
    return any(getattr(one, "table", None) is case_facts for one in condition.get_children())


def _of_case(asking: Asking, filters: Filters) -> list[Bool]:
    found: list[Bool] = []
    if filters.team:
        found.append(case_facts.c.team.in_(filters.team))
    if asking.teams is not None:
        found.append(case_facts.c.team.in_(sorted(asking.teams)))
    if filters.worker:
        found.append(case_facts.c.worker == filters.worker)
    if filters.family:
        found.append(case_facts.c.family == filters.family)
    if filters.case:
        found.append(case_facts.c.case_id == filters.case)
    return found


def _of_timer(asking: Asking, filters: Filters, dialect: str) -> list[Bool]:
    found = list(last_day_within(*due_span(filters, asking.today, asking.calendar)))
    recordings = recording_timescales(asking.rules)
    if filters.show is Show.WRITTEN_LATE:
        found.append(timers.c.timescale.in_(recordings))
    elif filters.show is Show.BREACHES and recordings:
        found.append(timers.c.timescale.not_in(recordings))
    if filters.timescale:
        found.append(timers.c.timescale.in_(filters.timescale))
    if filters.process:
        found.append(timers.c.process.in_(filters.process))
        if filters.show is not Show.WRITTEN_LATE:  # told by the index, so that fewer rows need be read
            found.append(timers.c.timescale.in_(of_processes(asking.rules, filters.process)))
    if filters.version:
        found.append(timers.c.version == filters.version)
    if filters.days_over:
        found.append(days_over(asking.today, dialect) >= filters.days_over)
    if filters.reason is not None:
        said = _said_why()
        found.append(said if filters.reason is Reason.RECORDED else ~said)
    return found


def _said_why() -> Bool:
    """Give the condition that it was said why a timer's breach came about, or why it is exempt."""
    answered = breach_answers.join(
        breaches,
        and_(
            breaches.c.authority == breach_answers.c.authority,
            breaches.c.breach_id == breach_answers.c.breach_id,
        ),
    )
    return (
        select(literal(1))
        .select_from(answered)
        .where(
            breaches.c.authority == timers.c.authority,
            breaches.c.timer_id == timers.c.timer_id,
            breaches.c.standing != BreachStanding.WITHDRAWN,
            breach_answers.c.answer.in_(_SAID_WHY),
        )
        .exists()
    )


def prepare(connection: Connection) -> None:
    """Teach SQLite what PostgreSQL knows: the London date of an instant."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("london_date", 1, _london_date, deterministic=True)


def _london_date(text: str | None) -> str | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(LONDON).date().isoformat()
