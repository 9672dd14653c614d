"""Which timers a queue holds: statements, each led by the index that suits what is asked.

Where some cases are asked for, or an order by case, the cases are gone through one by one; where it is asked how
likely timers are to run out, those of which that is told; else a walk leads along each stretch of timers that stand
alike, in the order in which they fall.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select, true

from caseclock.desk.reading.conditions import Bool, Stretch, days_over, last_day_within, stretches, together
from caseclock.desk.reading.filters import BREACHED, Filters, Group, Order, Reason, Show
from caseclock.desk.reading.joins import InThisOrder
from caseclock.desk.reading.queue_rows import Asking
from caseclock.desk.reading.rule_names import of_processes, recording_timescales
from caseclock.desk.reading.spans import due_span
from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.forecast_tables import timer_chances
from caseclock.store.protocol import BreachStanding
from caseclock.store.schema import DONE, LIVE, breaches, timers
from caseclock.timers.timer import Outcome, Standing

#: what rows are ordered by, each with whether it goes down
Ordered = list[tuple[ColumnElement[Any], bool]]

_SAID_WHY = ("explained", "exempted")
_TOLD = and_(timer_chances.c.authority == timers.c.authority, timer_chances.c.timer_id == timers.c.timer_id)
_FACTS = and_(timers.c.authority == case_facts.c.authority, timers.c.case_id == case_facts.c.case_id)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the timers of a queue, found by one walk."""

    #: the timers, with no columns chosen
    found: Select[Any]
    #: where each of them stands, as an expression
    told: ColumnElement[str]
    #: where all of them stand; None where each has to be looked at
    standing: Standing | None
    #: what they are ordered by: what is the same for all of them, or follows from the rest, is left out
    order: Ordered


def parts(asking: Asking, filters: Filters, dialect: str, *within: Bool) -> Iterator[Part]:
    """Give the parts of a queue; together they hold each of its timers once."""
    of_case = cases_asked_for(asking, filters)
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
        if filters.reason is not Reason.RECORDED or one.may_be_breached
    ]
    by_case = goes_by_case(filters)
    # where few are wanted, they are found first and their cases looked up; else the cases are gone through in order
    led_by_case = bool(of_case) or (by_case and not filters.is_narrowed and not filters.asks_chance)
    start: Any = timers
    if led_by_case:
        start = InThisOrder(case_facts, timers, _FACTS)
    if filters.asks_chance:
        start = (
            InThisOrder(start, timer_chances, _TOLD)
            if led_by_case
            else InThisOrder(timer_chances, timers, _TOLD)
        )
        shared.append(timer_chances.c.authority == asking.authority)
        if filters.chance is not None:
            shared.append(timer_chances.c.chance >= filters.chance / 100)
    if by_case and not led_by_case:
        start = InThisOrder(start, case_facts, _FACTS)
    if by_case or led_by_case:
        shared += [case_facts.c.authority == asking.authority, *of_case]
    statement = select(literal(1)).select_from(start).where(*shared)
    order = ordered(asking, filters, dialect)
    if not led_by_case:
        for one in found:
            walk = statement.where(LIVE if one.is_live else DONE, *one.conditions, *_answered(filters, one))
            own = last_of(filters) if filters.sort is Order.OVER and one.over_as_they_fall else order
            yield Part(walk, one.told(asking.now), one.standing, own)
        return
    family = case_facts.c.family
    ways = [family.is_not(None), family.is_(None)] if filters.group is Group.FAMILY else [true()]
    for live in (True, False):
        for asked in (True, False):
            some = [one for one in found if one.is_live is live and bool(_answered(filters, one)) is asked]
            if some:
                condition, told = together(some, asking.now)
                for way in ways:
                    walk = statement.where(
                        LIVE if live else DONE, condition, way, *_answered(filters, some[0])
                    )
                    yield Part(walk, told, None, order)


def ordered(asking: Asking, filters: Filters, dialect: str) -> Ordered:
    """Give what a queue is ordered by, or a group of it; by id at last, so that pages never overlap."""
    last = last_of(filters)
    if filters.sort is Order.CHANCE:
        last.insert(0, (timer_chances.c.chance, not filters.down))
    if goes_by_group(filters):
        return last
    if filters.group is Group.FAMILY:
        return [(case_facts.c.family, False), (case_facts.c.case_id, False), *last]
    if filters.sort is Order.CASE:
        return [(case_facts.c.case_id, filters.down), *last]
    if filters.sort is Order.OVER:
        return [(days_over(asking.today, dialect), not filters.down), *last]
    return last


def last_of(filters: Filters) -> Ordered:
    """Give what rows are ordered by that are alike in all else: the last day in time, and the id."""
    down = filters.down and (filters.sort is Order.DUE or not goes_by_group(filters))
    return [(timers.c.falls_at, down), (timers.c.timer_id, down)]


def goes_by_group(filters: Filters) -> bool:
    """Say whether a page goes through named groups one by one."""
    return filters.group in (Group.TEAM, Group.WORKER, Group.TIMESCALE) or filters.sort is Order.TEAM


def goes_by_case(filters: Filters) -> bool:
    """Say whether a page is ordered by what is told of cases."""
    return not goes_by_group(filters) and (filters.group is Group.FAMILY or filters.sort is Order.CASE)


def _tells_facts(condition: Bool) -> bool:
    return any(getattr(one, "table", None) is case_facts for one in condition.get_children())


def cases_asked_for(asking: Asking, filters: Filters) -> list[Bool]:
    """Give the conditions that name cases by what is told of them."""
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
    return found


def _answered(filters: Filters, stretch: Stretch) -> list[Bool]:
    """Give the condition that it was said why a breach came about, or was not: of timers that may have one."""
    if filters.reason is None or not stretch.may_be_breached:
        return []
    said = _said_why()
    return [said if filters.reason is Reason.RECORDED else ~said]


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
