"""A moment that may be known to the instant or only to the day.

Returns carry dates, live systems carry instants. Both become a `When`: its `on` is always a Europe/London
date, its `at` an aware UTC instant where the time of day is known.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class NaiveInstant(ValueError):
    """An instant without an offset was given where the law needs to know which moment is meant."""


def london_date(instant: datetime) -> date:
    """Say which Europe/London date an aware instant falls on.

    >>> london_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    datetime.date(2026, 7, 1)
    """
    if instant.tzinfo is None:
        raise NaiveInstant(f"{instant.isoformat()} has no offset. Give one, such as +00:00 or Z.")
    return instant.astimezone(LONDON).date()


@lru_cache(maxsize=65536)
def start_of_day(day: date) -> datetime:
    """Give the UTC instant at which a Europe/London day begins.

    >>> start_of_day(date(2026, 7, 1)).isoformat()
    '2026-06-30T23:00:00+00:00'
    """
    return datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Give the last microsecond of a Europe/London day, in UTC.

    >>> end_of_day(date(2026, 3, 29)).isoformat()
    '2026-03-29T22:59:59.999999+00:00'
    """
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class When:
    """A day in Europe/London, and the UTC instant within it where that is known."""

    #: the Europe/London date
    on: date
    #: the instant, aware and in UTC; None where only the date is known
    at: datetime | None = None

    @classmethod
    def instant(cls, instant: datetime) -> "When":
        """Make a When from an aware instant; raises NaiveInstant without an offset."""
        return cls(london_date(instant), instant.astimezone(UTC))

    @classmethod
    def parse(cls, text: str) -> "When":
        """Read a date (`2026-03-02`) or an instant with offset (`2026-03-02T09:30:00Z`).

        Raises ValueError where the text is neither, NaiveInstant where the offset is missing.

        >>> When.parse("2026-03-02")
        When(on=datetime.date(2026, 3, 2), at=None)
        >>> When.parse("2026-06-30T23:30:00Z").on
        datetime.date(2026, 7, 1)
        """
        if len(text) <= 10:
            return cls(date.fromisoformat(text))
        return cls.instant(datetime.fromisoformat(text))

    def earliest(self) -> datetime:
        """Give the first instant this may have been: itself, or the start of its day."""
        return self.at or start_of_day(self.on)

    def latest(self) -> datetime:
        """Give the last instant this may have been: itself, or the end of its day."""
        return self.at or end_of_day(self.on)

    def __str__(self) -> str:
        return self.at.isoformat() if self.at else self.on.isoformat()
