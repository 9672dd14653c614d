"""The queue as at now: which timers, in which order, how many of each standing, asked of the stored tables.

Rows are found first by the indexes alone, a page of them, and read afterwards: what a page costs does not grow with
what was ever recorded. For a past day see past.py, which answers the same questions from the log.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, select, union_all

from caseclock.desk.reading.conditions import (
    Bool,
    by_outcome,
    days_over,
    last_day_within,
    standing_of,
)
from caseclock.desk.reading.filters import BREACHED, FURTHEST, Filters, Group, Order, Reason, Show
from caseclock.desk.reading.spans import due_span
from caseclock.processes.catalogue import PROCESSES
from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.protocol import BreachAnswer, BreachStanding, CaseFacts
from caseclock.store.schema import DONE, LIVE, breaches, timers
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.standing import over, standing
from caseclock.timers.timer import BREACHED_OUTCOMES, Outcome, Standing, Timer
from caseclock.timers.timescale import Kind
from caseclock.timers.when import LONDON, london_date

#: gives the conditions under which a row with this authority and case may be shown
Sees = Callable[[ColumnElement[str], ColumnElement[str]], Sequence[Bool]]
_TIMER = tuple(one.name for one in fields(Timer))
_LIVE_OUTCOMES = BREACHED_OUTCOMES | {Outcome.RUNNING}
_GROUPED = {
    Group.TEAM: case_facts.c.team,
    Group.WORKER: case_facts.c.worker,
    Group.TIMESCALE: timers.c.timescale,
}
_SAID_WHY = ("explained", "exempted")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, of which authority, under which rules, and when."""

    authority: str
    rules: Rulebook
    calendar: WorkingCalendar
    now: datetime
    sees: Sees
    #: the teams whose cases alone may be seen; None for all
    teams: frozenset[str] | None = None

    @property
    def today(self) -> date:
        return london_date(self.now)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A timer as a queue lists it."""

    timer: Timer
    standing: Standing
    #: past the limit, in the timer's own unit
    over: int
    facts: CaseFacts
    breach_id: str | None = None
    answer: BreachAnswer | None = None


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
    headings: tuple[Heading, ...] = field(default=())

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
    """Give a page of the queue as at now."""
    prepare(connection)
    if filters.group in _GROUPED or filters.sort is Order.TEAM:
        return _by_group(connection, asking, filters)
    counts = count(connection, asking, filters)
    start = (filters.page - 1) * filters.size
    ids = timer_ids(connection, asking, filters, start, filters.size)
    return QueuePage(rows_of(connection, asking, ids), counts)


def count(connection: Connection, asking: Asking, filters: Filters) -> dict[Standing, int]:
    """Count the timers of a queue by where they stand."""
    told = standing_of(asking.now)
    counts: dict[Standing, int] = {}
    for part in _parts(asking, filters, connection.dialect.name):
        for name, number in connection.execute(part.with_only_columns(told, func.count()).group_by(told)):
            counts[Standing(name)] = counts.get(Standing(name), 0) + number
    return counts


def timer_ids(connection: Connection, asking: Asking, filters: Filters, start: int, size: int) -> list[str]:
    """Give the ids of so many timers of a queue, from a place on, in its order."""
    dialect = connection.dialect.name
    order = _order(asking, filters, dialect)
    parts = [
        part.with_only_columns(
            timers.c.timer_id, *(what.label(f"by_{n}") for n, (what, _) in enumerate(order))
        )
        .order_by(*(what.desc() if down else what for what, down in order))
        .limit(start + size)
        .subquery()
        for part in _parts(asking, filters, dialect)
    ]
    if not parts:
        return []
    found = union_all(*(select(part) for part in parts)).subquery()
    outer = [found.c[f"by_{n}"].desc() if down else found.c[f"by_{n}"] for n, (_, down) in enumerate(order)]
    return list(connection.scalars(select(found.c.timer_id).order_by(*outer).limit(size).offset(start)))


def rows_of(connection: Connection, asking: Asking, ids: Sequence[str]) -> tuple[QueueRow, ...]:
    """Read timers with the facts of their cases, their breaches and the answers, in the order of the ids."""
    if not ids:
        return ()
    found = (
        select(
            *(timers.c[name] for name in _TIMER),
            case_facts.c.team,
            case_facts.c.worker,
            case_facts.c.family,
            case_facts.c.date_of_birth,
            breaches.c.breach_id,
            *(
                breach_answers.c[name]
                for name in ("answer", "answered_by", "answered_on", "reason_code", "owner", "review_on")
            ),
        )
        .select_from(
            timers.outerjoin(
                case_facts,
                and_(case_facts.c.authority == timers.c.authority, case_facts.c.case_id == timers.c.case_id),
            )
            .outerjoin(
                breaches,
                and_(
                    breaches.c.authority == timers.c.authority,
                    breaches.c.timer_id == timers.c.timer_id,
                    breaches.c.standing != BreachStanding.WITHDRAWN,
                ),
            )
            .outerjoin(
                breach_answers,
                and_(
                    breach_answers.c.authority == breaches.c.authority,
                    breach_answers.c.breach_id == breaches.c.breach_id,
                ),
            )
        )
        .where(timers.c.authority == asking.authority, timers.c.timer_id.in_(ids))
    )
    rows = {row[0]: _row(row, asking) for row in connection.execute(found)}
    return tuple(rows[timer_id] for timer_id in ids if timer_id in rows)


def _row(row: Sequence[Any], asking: Asking) -> QueueRow:
    timer = Timer(*row[: len(_TIMER)])
    team, worker, family, born, breach_id, answer, *rest = row[len(_TIMER) :]
    return QueueRow(
        timer,
        standing(timer, asking.now),
        over(timer, asking.now, asking.calendar),
        CaseFacts(timer.authority, timer.case_id, team, worker, family, born),
        breach_id,
        BreachAnswer(timer.authority, breach_id, timer.case_id, answer, *rest) if answer else None,
    )


def headings(connection: Connection, asking: Asking, filters: Filters) -> list[Heading]:
    """Count a queue by what it is grouped by; what has none comes last."""
    by = _GROUPED.get(filters.group, case_facts.c.team)
    told = standing_of(asking.now)
    found: dict[str | None, dict[Standing, int]] = {}
    for part in _parts(asking, filters, connection.dialect.name, with_facts=by.table is case_facts):
        for name, stands, number in connection.execute(
            part.with_only_columns(by, told, func.count()).group_by(by, told)
        ):
            counts = found.setdefault(name, {})
            counts[Standing(stands)] = counts.get(Standing(stands), 0) + number
    return [Heading(name, found[name]) for name in sorted(found, key=lambda name: (name is None, name or ""))]


def _by_group(connection: Connection, asking: Asking, filters: Filters) -> QueuePage:
    """Give a page of a queue that goes group by group: only the groups on the page are looked into."""
    groups = headings(connection, asking, filters)
    if filters.sort is Order.TEAM and filters.down and filters.group not in _GROUPED:
        groups.reverse()
    counts: dict[Standing, int] = {}
    for group in groups:
        for one, number in group.counts.items():
            counts[one] = counts.get(one, 0) + number
    start, left, ids = (filters.page - 1) * filters.size, filters.size, list[str]()
    for group in groups:
        if not left:
            break
        if start >= group.total:
            start -= group.total
            continue
        found = _ids_of_group(connection, asking, filters, group.name, start, left)
        ids, left, start = [*ids, *found], left - len(found), 0
    shown = tuple(groups) if filters.group in _GROUPED else ()
    return QueuePage(rows_of(connection, asking, ids), counts, shown)


def _ids_of_group(
    connection: Connection, asking: Asking, filters: Filters, name: str | None, start: int, size: int
) -> list[str]:
    """Give the ids of so many timers of one group, from a place in it on, by the last day in time."""
    by = _GROUPED.get(filters.group, case_facts.c.team)
    down = filters.down and filters.sort is Order.DUE
    parts = [
        part.where(by.is_(None) if name is None else by == name)
        .with_only_columns(timers.c.timer_id, timers.c.falls_at)
        .order_by(*(one.desc() if down else one for one in (timers.c.falls_at, timers.c.timer_id)))
        .limit(start + size)
        .subquery()
        for part in _parts(asking, filters, connection.dialect.name, with_facts=by.table is case_facts)
    ]
    found = union_all(*(select(part) for part in parts)).subquery()
    outer = (one.desc() if down else one for one in (found.c.falls_at, found.c.timer_id))
    return list(connection.scalars(select(found.c.timer_id).order_by(*outer).limit(size).offset(start)))


def _order(asking: Asking, filters: Filters, dialect: str) -> list[tuple[ColumnElement[Any], bool]]:
    """Give what a queue is ordered by, each with whether it goes down; by id at last, so that pages never overlap."""
    down = filters.down
    last: list[tuple[ColumnElement[Any], bool]] = [(timers.c.falls_at, down), (timers.c.timer_id, down)]
    if filters.group is Group.FAMILY:
        return [(func.coalesce(case_facts.c.family, "\uffff"), False), (timers.c.case_id, False), *last]
    if filters.sort is Order.CASE:
        return [(timers.c.case_id, down), *last]
    if filters.sort is Order.OVER:
        return [
            (days_over(asking.today, dialect), not down),
            (timers.c.falls_at, down),
            (timers.c.timer_id, down),
        ]
    return last


def _parts(
    asking: Asking, filters: Filters, dialect: str, *, with_facts: bool = False
) -> Iterator[Select[Any]]:
    """Give the queue as one statement for each outcome, each led by the index that suits what is asked.

    With the facts of the case, where those are filtered, grouped or ordered by.
    """
    of_case = _of_case(asking, filters)
    facts = with_facts or bool(of_case) or filters.group is Group.FAMILY
    shared = [*_of_timer(asking, filters, dialect), *asking.sees(timers.c.authority, timers.c.case_id)]
    for outcome, condition in by_outcome(_standings(filters), asking.now).items():
        if filters.show is Show.OPEN and outcome is not Outcome.RUNNING:
            continue  # a duty that ended undone is in breach, and nobody's work any more
        statement = select(literal(1)).select_from(timers)
        if facts:
            joined = and_(
                case_facts.c.authority == timers.c.authority, case_facts.c.case_id == timers.c.case_id
            )
            statement = statement.join(case_facts, joined).where(case_facts.c.authority == asking.authority)
        named: ColumnElement[Any] = timers.c.outcome
        if of_case and dialect == "sqlite":
            # a plus keeps SQLite from walking over all timers of an outcome where it should go case by case
            named = timers.c.outcome.op("||")(literal(""))
        yield statement.where(
            timers.c.authority == asking.authority,
            named == outcome,
            LIVE if outcome in _LIVE_OUTCOMES else DONE,
            condition,
            *of_case,
            *shared,
        )


def _standings(filters: Filters) -> frozenset[Standing]:
    return filters.standings & BREACHED if filters.days_over else filters.standings


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
        if filters.show is not Show.WRITTEN_LATE:  # told by the index, so that the rows need not be read
            found.append(timers.c.timescale.in_(_of_processes(asking.rules, filters.process)))
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


def recording_timescales(rules: Rulebook) -> list[str]:
    """Name the timescales that are about how soon something is written up."""
    return sorted(
        name for name, versions in rules.rules.items() if any(one.kind is Kind.RECORDING for one in versions)
    )


def _of_processes(rules: Rulebook, processes: Sequence[str]) -> list[str]:
    """Name the timescales of processes, and those of recording, which belong to every process."""
    named = {rule for process in processes if process in PROCESSES for rule in rules.of_process(process)}
    return sorted(named | set(recording_timescales(rules)))


def prepare(connection: Connection) -> None:
    """Teach SQLite what PostgreSQL knows: the London date of an instant."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("london_date", 1, _london_date, deterministic=True)


def _london_date(text: str | None) -> str | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(LONDON).date().isoformat()
