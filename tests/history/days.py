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
BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in [
        "2025-01-01",
        "2025-04-18",
        "2025-04-21",
        "2025-05-05",
        "2025-05-26",
        "2025-08-25",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-03",
        "2027-05-31",
        "2027-08-30",
        "2027-12-27",
        "2027-12-28",
        "2028-01-03",
        "2028-04-14",
        "2028-04-17",
        "2028-05-01",
        "2028-05-29",
        "2028-08-28",
        "2028-12-25",
        "2028-12-26",
    ]
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
