"""Counting days by walking them one at a time, from a list of bank holidays typed in from GOV.UK's page.

Nothing here is shared with Caseclock but Europe/London: it is what the model counts with.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")

#: England and Wales, https://www.gov.uk/bank-holidays, for the years in which the histories take place
_LISTED = {
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}
BANK_HOLIDAYS = frozenset(
    date.fromisoformat(f"{year}-{day}") for year, days in _LISTED.items() for day in days.split()
)


@cache
def is_worked(day: date, added: frozenset[date]) -> bool:
    """Neither a weekend, nor a bank holiday, nor one of the days added since."""
    return day.weekday() < 5 and day not in BANK_HOLIDAYS and day not in added


@cache
def working_days_on(day: date, number: int, added: frozenset[date]) -> date:
    """The day itself is day 0; with a negative number the days are counted back."""
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not is_worked(day, added):
            day += step
    return day


@cache
def working_days_within(after: date, until: date, added: frozenset[date]) -> int:
    """How many of the days after one, up to and with another, are worked."""
    return sum(is_worked(after + n * DAY, added) for n in range(1, (until - after).days + 1))


@cache
def months_on(day: date, number: int) -> date:
    """The same day of a later month, or the last one it has."""
    year, month = day.year, day.month
    for _ in range(number):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return _last_that_is(lambda number: date(year, month, number), day.day)


def _last_that_is(made: Callable[[int], date], number: int) -> date:
    while True:
        try:
            return made(number)
        except ValueError:
            number -= 1


@cache
def midnight(day: date) -> datetime:
    """The instant at which a day begins in London."""
    return datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)


def in_london(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()
