"""Breaches as an officer asks for them: those that stood as at a day, as known at a moment, and those withdrawn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from caseclock.store.protocol import Breach, BreachStanding
from caseclock.timers.timer import BREACHED_STANDINGS
from caseclock.timers.when import london_date
from caseclock.workflow.positions import Position, Question
from caseclock.workflow.settling import breach_id, ran_out_at


@dataclass(frozen=True, slots=True)
class AskedBreach:
    """A breach, as the question had it."""

    breach_id: str
    authority: str
    case_id: str
    timer_id: str
    timescale: str
    #: the timer and where it stood; None where it was taken back since, and the breach with it
    position: Position | None
    #: as stored; None where no sweep had raised it by then
    stored: Breach | None
    #: the London date on which the timer ran out
    fell_on: date
    raised_at: datetime | None
    #: recorded_late, rescheduled, void or retracted, where withdrawn
    cause: str | None = None


def standing_breaches(
    positions: Iterable[Position], stored: Iterable[Breach], question: Question
) -> list[AskedBreach]:
    """List the breaches that stood, furthest past the limit first.

    One that no sweep has raised yet stands all the same: the timer ran out.
    """
    kept = {breach.breach_id: breach for breach in stored}
    found = [
        _standing(position, kept, question)
        for position in positions
        if position.standing in BREACHED_STANDINGS
    ]
    return sorted(found, key=lambda breach: _furthest_first(breach, question.as_at))


def withdrawn_breaches(
    positions: Iterable[Position], stored: Iterable[Breach], question: Question
) -> Iterator[AskedBreach]:
    """Give the breaches that had been raised and withdrawn by then, with the cause."""
    where = {position.timer.timer_id: position for position in positions}
    stand = {
        breach_id(position.timer) for position in where.values() if position.standing in BREACHED_STANDINGS
    }
    for breach in stored:
        if breach.standing is not BreachStanding.WITHDRAWN or breach.breach_id in stand:
            continue
        if breach.withdrawn_at is None or breach.withdrawn_at > question.known_at:
            continue
        yield AskedBreach(
            breach.breach_id,
            breach.authority,
            breach.case_id,
            breach.timer_id,
            breach.timescale,
            where.get(breach.timer_id),
            breach,
            london_date(breach.fell_at),
            breach.raised_at,
            breach.cause,
        )


def _standing(position: Position, kept: dict[str, Breach], question: Question) -> AskedBreach:
    timer = position.timer
    named = breach_id(timer)
    breach = kept.get(named)
    fell_at = ran_out_at(timer) or timer.falls_at
    raised_at = breach.raised_at if breach is not None and breach.raised_at <= question.known_at else None
    return AskedBreach(
        named,
        timer.authority,
        timer.case_id,
        timer.timer_id,
        timer.timescale,
        position,
        breach,
        london_date(fell_at),
        raised_at,
    )


def _furthest_first(breach: AskedBreach, as_at: date) -> tuple[int, int, str, str]:
    """Order by days on the calendar, which limits in hours, working days and months have in common."""
    timer = breach.position.timer if breach.position else None
    over = breach.position.over if breach.position else 0
    until = (timer.stopped_on if timer else None) or as_at
    return -(until - breach.fell_on).days, -over, breach.case_id, breach.timescale
