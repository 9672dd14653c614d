"""Rows of a queue: timers read by their ids, with the facts of their cases, their breaches and the answers to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from caseclock.desk.reading.conditions import Bool
from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.forecast_tables import timer_chances
from caseclock.store.forecasts import TimerChance
from caseclock.store.protocol import BreachAnswer, BreachStanding, CaseFacts
from caseclock.store.schema import breaches, timers
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.standing import over, standing
from caseclock.timers.timer import Outcome, Standing, Timer
from caseclock.timers.when import london_date

#: gives the conditions under which a row with this authority and case may be shown
Sees = Callable[[ColumnElement[str], ColumnElement[str]], Sequence[Bool]]
_TIMER = tuple(one.name for one in fields(Timer))
_CHANCE = ("chance", "alike", "ran_out")


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
    #: how likely it is to run out, as the kept forecast tells; None where it does not
    chance: TimerChance | None = None


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
            *(timer_chances.c[name] for name in _CHANCE),
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
                timer_chances,
                and_(
                    timer_chances.c.authority == timers.c.authority,
                    timer_chances.c.timer_id == timers.c.timer_id,
                    timers.c.outcome == Outcome.RUNNING,
                    timers.c.falls_at > asking.now,
                ),
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
    team, worker, family, born, *told = row[len(_TIMER) :]
    chance, (breach_id, answer, *rest) = told[: len(_CHANCE)], told[len(_CHANCE) :]
    return QueueRow(
        timer,
        standing(timer, asking.now),
        over(timer, asking.now, asking.calendar),
        CaseFacts(timer.authority, timer.case_id, team, worker, family, born),
        breach_id,
        BreachAnswer(timer.authority, breach_id, timer.case_id, answer, *rest) if answer else None,
        TimerChance(timer.authority, timer.timer_id, timer.case_id, *chance)
        if chance[0] is not None
        else None,
    )
