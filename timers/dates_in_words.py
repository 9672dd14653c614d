"""Days, moments and limits as sentences say them: in full, and by the clock on a London wall."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from caseclock.timers.durations import Limit
from caseclock.timers.when import LONDON, When


def day_words(day: date | None) -> str:
    """Say a day in full.

    >>> day_words(date(2026, 5, 7))
    'Thursday 7 May 2026'
    """
    return "an unknown day" if day is None else f"{day:%A} {day.day} {day:%B %Y}"


def instant_words(instant: datetime) -> str:
    """Say an aware instant by the London clock."""
    local = instant.astimezone(LONDON)
    return f"{local:%H:%M} on {day_words(local.date())}"


def when_words(when: When) -> str:
    """Say a moment as far as it is known."""
    return instant_words(when.at) if when.at is not None else day_words(when.on)


def either(limits: Iterable[Limit]) -> str:
    """Say several limits as alternatives, the unit once where they share it.

    >>> from caseclock.timers.durations import Unit
    >>> either([Limit(1, Unit.WORKING_DAYS), Limit(3, Unit.WORKING_DAYS), Limit(2, Unit.WEEKS)])
    '1 or 3 working days or 2 weeks'
    """
    told = []
    for _, same_unit in groupby(limits, key=lambda limit: limit.unit):
        *before, last = same_unit
        numbers = ", ".join(str(limit.number) for limit in before)
        told.append(f"{numbers} or {last.words()}" if numbers else last.words())
    return " or ".join(told)
