"""Where a timer stands, as conditions a database can look for. timers/standing.py defines it; a test holds them equal.

What stands alike is found in a few stretches of the index on outcome, what the end means, and falls_at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, or_
from sqlalchemy.types import Integer

from caseclock.store.schema import timers
from caseclock.timers.evaluation import NEVER
from caseclock.timers.timer import BREACHED_OUTCOMES, AtEnd, Outcome, Standing
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
#: where a timer stands that has not run out
AHEAD = (Standing.EXTENDED, Standing.DUE_SOON, Standing.RUNNING)
Bool = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Timers that lie side by side in the index, in the order in which they fall."""

    outcome: Outcome
    #: what their end means; None where the index does not tell them apart by it
    at_end: AtEnd | None
    more: tuple[Bool, ...]
    #: where all of them stand; None where each has to be looked at
    standing: Standing | None

    @property
    def conditions(self) -> list[Bool]:
        """Give everything that holds of them."""
        of_end = [] if self.at_end is None else [timers.c.at_end == self.at_end]
        return [timers.c.outcome == self.outcome, *of_end, *self.more]

    @property
    def is_live(self) -> bool:
        """Say whether they are in the index of what a queue is made of, or in that of what is done."""
        return self.outcome is Outcome.RUNNING or self.outcome in BREACHED_OUTCOMES

    @property
    def is_forecast(self) -> bool:
        """Say whether it is told of them how likely they are to run out: they run, and that would be a breach."""
        return self.outcome is Outcome.RUNNING and self.at_end is AtEnd.OVERDUE and self.standing is None

    @property
    def may_be_breached(self) -> bool:
        """Say whether a breach of one of them may stand: a timer that ended in time, or for nothing, has none."""
        running = self.outcome is Outcome.RUNNING and self.at_end is AtEnd.OVERDUE
        return running or self.outcome in BREACHED_OUTCOMES

    @property
    def over_as_they_fall(self) -> bool:
        """Say whether those that fell sooner are further past their last day, or none of them is past it at all."""
        return self.outcome in (Outcome.RUNNING, Outcome.MET, Outcome.RECORDED_LATE)

    def told(self, moment: datetime) -> ColumnElement[str]:
        """Give where each of them stands, as an expression."""
        return _ahead_told(moment) if self.standing is None else literal(self.standing.value)


def stretches(standings: Iterable[Standing], moment: datetime) -> list[Stretch]:
    """Give the stretches that hold the timers that stand so at an instant, each timer in one of them."""
    wanted = frozenset(standings)
    found = [
        Stretch(outcome, at_end, (), one)
        for outcome, one in _SETTLED.items()
        if one in wanted
        for at_end in (AtEnd if outcome in BREACHED_OUTCOMES else (None,))
    ]
    ahead = [one for one in AHEAD if one in wanted]
    for at_end, ended in _AT_END.items():
        if ended in wanted:
            found.append(Stretch(Outcome.RUNNING, at_end, (timers.c.falls_at <= moment,), ended))
        if ahead:
            conditions = (timers.c.falls_at > moment, *_of(ahead, moment))
            found.append(Stretch(Outcome.RUNNING, at_end, conditions, None))
    if Standing.RUNNING in wanted:
        found.append(Stretch(Outcome.RUNNING, AtEnd.NOTHING, (), Standing.RUNNING))
    return found


def _of(wanted: Sequence[Standing], moment: datetime) -> tuple[Bool, ...]:
    return () if len(wanted) == len(AHEAD) else (or_(*(_ahead_as(one, moment) for one in wanted)),)


def _ahead_as(standing: Standing, moment: datetime) -> Bool:
    """Give the condition under which a timer that has not fallen stands so."""
    extended = and_(timers.c.first_due_on.is_not(None), timers.c.first_due_on < london_date(moment))
    near = timers.c.warns_at <= moment
    return {
        Standing.EXTENDED: extended,
        Standing.DUE_SOON: and_(~extended, near),
        Standing.RUNNING: and_(~extended, ~near),
    }[standing]


def _ahead_told(moment: datetime) -> ColumnElement[str]:
    """Give where a timer that has not fallen stands, as an expression."""
    return case(
        *((_ahead_as(one, moment), literal(one.value)) for one in (Standing.EXTENDED, Standing.DUE_SOON)),
        else_=literal(Standing.RUNNING.value),
    )


def together(found: Sequence[Stretch], moment: datetime) -> tuple[Bool, ColumnElement[str]]:
    """Give the condition that a timer is in one of the stretches, and where it then stands."""
    each = [(and_(*one.conditions), one.told(moment)) for one in found]
    return or_(*(condition for condition, _ in each)), case(*each)


def last_day_within(first: date | None, last: date | None) -> list[Bool]:
    """Give the conditions under which the last day in time lies between two days, both included.

    A day's timers fall as the next one begins, an instant's just after it: so both lie behind the start of the first
    day and not behind the end of the last one.
    """
    found: list[Bool] = []
    if first is not None:
        found.append(timers.c.falls_at > start_of_day(first))
    if last is not None and last < date.max:  # behind the last day there is, nothing lies
        found.append(timers.c.falls_at <= start_of_day(last + timedelta(days=1)))
    if first is not None or last is not None:
        found.append(timers.c.falls_at < NEVER)  # those without a last day
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
        passed = until.op("-", return_type=Integer())(func.coalesce(timers.c.due_on, at_london))
    return case((passed > 0, passed), else_=0)
