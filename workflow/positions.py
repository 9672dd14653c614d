"""Positions: where every timer stood, as at a day and as known at a moment, worked out from the log."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import Transaction
from caseclock.timers.durations import MonthPolicy
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.history import History
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.standing import over, standing
from caseclock.timers.timer import Standing, Timer
from caseclock.timers.when import end_of_day, london_date
from caseclock.workflow.engine import Engine


@dataclass(frozen=True, slots=True)
class Question:
    """As at which day, as known at which instant; and the instant at which standings are told."""

    as_at: date
    known_at: datetime
    moment: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """A timer and where it stood."""

    timer: Timer
    standing: Standing
    #: how far past its limit, in the timer's unit; 0 where it was not
    over: int


def asked(*, now: datetime, as_at: date | None = None, known_at: datetime | None = None) -> Question:
    """Make a question: as at today unless said, as known by the end of that day unless said.

    The position of a past day is told as at its end; of today as at `now`, an aware instant. What was known later
    than the day asked about changes the answer only when it is asked for.
    """
    today = london_date(now)
    day = as_at or today
    moment = now if day == today else end_of_day(day)
    return Question(day, known_at or end_of_day(day), moment)


def positions(
    engine: Engine,
    unit: Transaction,
    question: Question,
    *,
    authority: str | None = None,
    case_id: str | None = None,
    months: MonthPolicy | None = None,
    judged_by: Rulebook | None = None,
) -> Iterator[Position]:
    """Give every timer of an authority (or of one case) as the question asks, case by case, streaming.

    `months` re-evaluates under another month policy, `judged_by` under another rulebook, finished timers too;
    nothing stored is changed.
    """
    cases = unit.case_ids(authority)
    if case_id is not None:
        cases = (one for one in cases if one[1] == case_id)
    for of_authority, of_case in cases:
        setting = engine.setting(unit, of_authority)
        if months is not None:
            setting = replace(setting, months=months)
        if judged_by is not None:
            setting = replace(setting, rulebook=judged_by)
        yield from case_positions(unit, setting, question, of_authority, of_case)


def case_positions(
    unit: Transaction, setting: Setting, question: Question, authority: str, case_id: str
) -> list[Position]:
    """Give the timers of one case as the question asks."""
    events = unit.events(authority, case_id)
    history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
    calendar = setting.holidays.as_known(london_date(question.known_at))
    return [
        Position(timer, standing(timer, question.moment), over(timer, question.moment, calendar))
        for timer in evaluate(history, setting)
    ]
