"""Where a timer stands, as conditions a database can look for. timers/standing.py defines it; a test holds them equal.

Each standing is a condition on one outcome, so that an index on outcome and falls_at leads to its rows.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, true
from sqlalchemy.types import Integer

from caseclock.store.schema import timers
from caseclock.timers.timer import AtEnd, Outcome, Standing
from caseclock.timers.when import london_date, start_of_day

#: what a timer with one of these outcomes stands at, at any moment
_SETTLED: Mapping[Outcome, Standing] = {
    Outcome.MET: Standing.MET,
    Outcome.RECORDED_LATE: Standing.RECORDED_LATE,
    Outcome.MET_LATE: Standing.MET_LATE,
    Outcome.TOO_EARLY: Standing.TOO_EARLY,
    Outcome.LAPSED: Standing.OVERDUE,
    Outcome.VOID: Standing.VOID,
    Outcome.UNKNOWN: Standing.UNKNOWN,
}
_AT_END: Mapping[AtEnd, Standing] = {
    AtEnd.OVERDUE: Standing.OVERDUE,
    AtEnd.STANDS: Standing.MET,
    AtEnd.UNKNOWN: Standing.UNKNOWN,
}
Bool = ColumnElement[bool]


def running_as(standing: Standing, moment: datetime) -> Bool:
    """Give the condition under which a running timer stands so at an instant."""
    has_end = timers.c.at_end != AtEnd.NOTHING
    ahead = and_(has_end, timers.c.falls_at > moment)
    extended = and_(timers.c.first_due_on.is_not(None), timers.c.first_due_on < london_date(moment))
    near = timers.c.warns_at <= moment
    if standing is Standing.EXTENDED:
        return and_(ahead, extended)
    if standing is Standing.DUE_SOON:
        return and_(ahead, ~extended, near)
    if standing is Standing.RUNNING:
        return or_(~has_end, and_(ahead, ~extended, ~near))
    ended = [at_end for at_end, found in _AT_END.items() if found is standing]
    return and_(timers.c.at_end.in_(ended), timers.c.falls_at <= moment) if ended else false()


def by_outcome(standings: Iterable[Standing], moment: datetime) -> dict[Outcome, Bool]:
    """Give, for each outcome with which a timer can stand so, the rest of the condition."""
    wanted = list(standings)
    found: dict[Outcome, Bool] = {
        outcome: true() for outcome, standing in _SETTLED.items() if standing in wanted
    }
    running = [
        running_as(one, moment)
        for one in wanted
        if one not in (Standing.RECORDED_LATE, Standing.MET_LATE, Standing.TOO_EARLY, Standing.VOID)
    ]
    if running:
        found[Outcome.RUNNING] = and_(or_(*running), *_range(wanted, moment))
    return found


def _range(wanted: list[Standing], moment: datetime) -> list[Bool]:
    """Say on which side of the moment all of them fall, where they do, so that the rest need not be looked at."""
    behind = {Standing.OVERDUE, Standing.MET, Standing.UNKNOWN}
    running = {*wanted} - {Standing.RECORDED_LATE, Standing.MET_LATE, Standing.TOO_EARLY, Standing.VOID}
    if running <= behind:
        return [timers.c.falls_at <= moment]
    if running <= {Standing.EXTENDED, Standing.DUE_SOON}:
        return [timers.c.falls_at > moment]
    return []


def standing_of(moment: datetime) -> ColumnElement[str]:
    """Give the standing of a timer at an instant as an expression."""
    running = timers.c.outcome == Outcome.RUNNING
    order = (Standing.OVERDUE, Standing.MET, Standing.UNKNOWN, Standing.EXTENDED, Standing.DUE_SOON)
    return case(
        *((and_(running, running_as(one, moment)), literal(one.value)) for one in order),
        (running, literal(Standing.RUNNING.value)),
        *((timers.c.outcome == outcome, literal(one.value)) for outcome, one in _SETTLED.items()),
    )


def last_day_within(first: date | None, last: date | None) -> list[Bool]:
    """Give the conditions under which the last day in time lies between two days, both included.

    A day's timers fall as the next one begins, an instant's just after it: so both lie behind the start of the first
    day and not behind the end of the last one.
    """
    found: list[Bool] = []
    if first is not None:
        found.append(timers.c.falls_at > start_of_day(first))
    if last is not None:
        found.append(timers.c.falls_at <= start_of_day(last + timedelta(days=1)))
    if found:
        found.append(or_(timers.c.due_on.is_not(None), timers.c.due_at.is_not(None)))
    return found


def days_over(today: date, dialect: str) -> ColumnElement[int]:
    """Give how many days on the calendar a timer is past its last day, or was when it was stopped; 0 where it is not.

    Needs the function london_date on SQLite (see `prepared`).
    """
    until = func.coalesce(timers.c.stopped_on, literal(today, timers.c.stopped_on.type))
    if dialect == "sqlite":
        last = func.coalesce(timers.c.due_on, func.london_date(timers.c.due_at))
        passed: ColumnElement[int] = (func.julianday(until) - func.julianday(last)).cast(Integer)
    else:
        at_london = func.timezone("Europe/London", timers.c.due_at).cast(timers.c.due_on.type)
        passed = (until - func.coalesce(timers.c.due_on, at_london)).cast(Integer)
    return case((passed > 0, passed), else_=0)
