"""Limits and how they are counted: working days, calendar days, weeks, months, years, hours and court days.

The day of the trigger is day 0 unless the law says "beginning with". Only limits in working days step over
days that are not worked: a week, a month or 42 days may end on a Sunday or a bank holiday, and stays there.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.when import NaiveInstant


class Unit(StrEnum):
    """What a limit is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    #: days on which the court works; in England and Wales the same days as working days
    BUSINESS_DAYS = "business_days"


class Counting(StrEnum):
    """Which day is day 1."""

    #: the trigger's day is day 0, the next day (of the kind counted) is day 1
    DAY_AFTER_TRIGGER = "day_after_trigger"
    #: the trigger's day is day 1: "beginning with"
    BEGINNING_WITH = "beginning_with"
    #: the trigger's day is DAY 1 of a court timetable, or the next business day if it is none
    COURT_DAY = "court_day"
    #: whole days between, as court rules and orders count: the day it begins and the day of an event it ends
    #: with are left out, and in seven days or fewer so is every day that is no business day
    CLEAR_DAYS = "clear_days"


class MonthPolicy(StrEnum):
    """How long a month is."""

    #: to the corresponding date, or the last day of a month that has none: the law
    CALENDAR_MONTHS = "calendar_months"
    #: 3 months are 91 days and 6 months 183, as case-management systems report; the rest by calendar month
    DAYS_91_183 = "days_91_183"


class DurationRefused(ValueError):
    """A limit can't be counted in the way asked for."""


_DAYS_FOR_MONTHS = {3: 91, 6: 183}
_WORKED = frozenset({Unit.WORKING_DAYS, Unit.BUSINESS_DAYS})
_FIRST_DAY_COUNTS = frozenset({Counting.BEGINNING_WITH, Counting.COURT_DAY})
#: clear days up to this number are counted in business days: Family Procedure Rules 2010, r 2.9(4)
SHORT_PERIOD = 7


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of units, never negative."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.number < 0:
            raise DurationRefused(
                f"Can't set a limit of {self.number} {self.unit}: it is negative. To count back from an "
                "appointed day, give the positive number and count back."
            )

    def words(self) -> str:
        """Say the limit in words.

        >>> Limit(45, Unit.WORKING_DAYS).words(), Limit(1, Unit.WEEKS).words()
        ('45 working days', '1 week')
        """
        unit = self.unit.replace("_", " ")
        return f"{self.number} {unit.removesuffix('s') if self.number == 1 else unit}"


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """One day of a count, as an inspector would tick it off."""

    day: date
    #: which day of the limit it is; None for a day that does not count
    count: int | None
    #: why it does not count, or why it is day 0; None for a day that counts
    why: str | None


@lru_cache(maxsize=65536)
def add_months(day: date, months: int) -> date:
    """Give the corresponding date so many months on (or back), or the last day of a month that has none.

    >>> add_months(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise DurationRefused(
            f"Can't count {months} months from {day}: no calendar goes there. Check the limit."
        )
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(
    start: date,
    limit: Limit,
    counting: Counting,
    calendar: WorkingCalendar,
    months: MonthPolicy = MonthPolicy.CALENDAR_MONTHS,
) -> date:
    """Give the last day on which a duty is in time, for any limit but one in hours.

    "Beginning with" ends a day earlier: 26 weeks beginning with Monday 12 January 2026 end on Sunday 12 July.
    A month or year beginning with a date its last month lacks ends with that month: one month beginning with
    31 January ends on the last of February. Raises DurationRefused for hours, for court days counted in
    anything but working or business days, for clear days in anything but calendar days, and for a period of no
    length beginning with a day.
    """
    if counting in _FIRST_DAY_COUNTS and limit.number < 1:
        raise DurationRefused(f"Can't count {limit.words()} beginning with {start}: the first day is day 1.")
    if counting is Counting.CLEAR_DAYS:
        return _clear(start, limit, calendar, limit.number)
    if limit.unit in _WORKED:
        if counting is Counting.DAY_AFTER_TRIGGER:
            return calendar.add_working_days(start, limit.number)
        return calendar.nth_business_day(start, limit.number)
    if counting is Counting.COURT_DAY:
        raise DurationRefused(f"Can't count {limit.words()} in court days. Give the limit in business days.")
    end, corresponds = _calendar_end(start, limit, months)
    # where the month has no corresponding date, its last day already lies before that date
    return end - timedelta(days=1) if counting is Counting.BEGINNING_WITH and corresponds else end


def _calendar_end(start: date, limit: Limit, months: MonthPolicy, sign: int = 1) -> tuple[date, bool]:
    """Give the day on which a limit in days, weeks, months or years ends, and whether it is unclamped."""
    if limit.unit is Unit.CALENDAR_DAYS:
        return _plus_days(start, sign * limit.number), True
    if limit.unit is Unit.WEEKS:
        return _plus_days(start, sign * limit.number * 7), True
    if limit.unit is Unit.MONTHS:
        if months is MonthPolicy.DAYS_91_183 and limit.number in _DAYS_FOR_MONTHS:
            return _plus_days(start, sign * _DAYS_FOR_MONTHS[limit.number]), True
        end = add_months(start, sign * limit.number)
        return end, end.day == start.day
    if limit.unit is Unit.YEARS:
        end = add_months(start, sign * limit.number * 12)
        return end, end.day == start.day
    raise DurationRefused(
        f"Can't count {limit.words()} in days: hours run from an instant. Give the time of day it started."
    )


def calendar_end(start: date, limit: Limit) -> date:
    """Give the day so many days, weeks, months or years on; raises DurationRefused for any other unit."""
    return _calendar_end(start, limit, MonthPolicy.CALENDAR_MONTHS)[0]


def _clear(day: date, limit: Limit, calendar: WorkingCalendar, step: int) -> date:
    """Go so many days from a day: business days where the period is a short one, calendar days where it is not."""
    if limit.unit is not Unit.CALENDAR_DAYS:
        raise DurationRefused(f"Can't count {limit.words()} as clear days. Give the limit in calendar days.")
    return calendar.add_working_days(day, step) if counts_business_days(limit) else _plus_days(day, step)


def counts_business_days(limit: Limit) -> bool:
    """Say whether clear days leave out the days on which the court does not work: in seven days or fewer."""
    return limit.number <= SHORT_PERIOD


def _plus_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise DurationRefused(f"Can't count {days} days from {day}: no calendar goes there.") from None


def due_at(start: datetime, hours: int) -> datetime:
    """Give the UTC instant so many elapsed hours after an aware instant, whatever the clocks do between.

    >>> due_at(datetime(2026, 3, 27, 15, 30, tzinfo=UTC), 72).isoformat()
    '2026-03-30T15:30:00+00:00'
    """
    if start.tzinfo is None:
        raise NaiveInstant(f"{start.isoformat()} has no offset. Give one, such as +00:00 or Z.")
    return start.astimezone(UTC) + timedelta(hours=hours)


def count_back(
    from_day: date,
    limit: Limit,
    calendar: WorkingCalendar,
    counting: Counting = Counting.DAY_AFTER_TRIGGER,
) -> date:
    """Give the last day that leaves the whole limit before an appointed day, which is itself day 0.

    Two working days before Tuesday 28 April 2026 is Friday 24 April. As clear days the day of the act is left out
    too: two clear days before that Tuesday are Friday and Monday, so it is done by Thursday the 23rd. Raises
    DurationRefused for hours, and for clear days in anything but calendar days.
    """
    if counting is Counting.CLEAR_DAYS:
        return _clear(from_day, limit, calendar, -limit.number - 1)
    if limit.unit in _WORKED:
        return calendar.add_working_days(from_day, -limit.number)
    return _calendar_end(from_day, limit, MonthPolicy.CALENDAR_MONTHS, sign=-1)[0]


def days_over(due: date, stopped: date, unit: Unit, calendar: WorkingCalendar) -> int:
    """Count how far past its due day a duty was stopped: 0 up to and on that day, at least 1 after it.

    Working and business days for a limit in those, calendar days for any other. A duty due on Friday and done
    on Saturday is 1 working day over though no working day has passed: it was late. Raises DurationRefused
    for hours, which are told from instants.
    """
    if unit is Unit.HOURS:
        raise DurationRefused("Can't count hours over from two dates. Subtract the instants.")
    if stopped <= due:
        return 0
    if unit in _WORKED:
        return max(1, calendar.working_days_between(due, stopped))
    return (stopped - due).days


def day_ledger(
    start: date, due: date, limit: Limit, counting: Counting, calendar: WorkingCalendar
) -> list[LedgerDay]:
    """List each day from start to due: its number in the count, or why it does not count.

    The last row of a limit in working days carries the limit's own number; of weeks, months and years the
    number of days. With `due` before `start` the days are listed going back, as a limit is counted back; the day
    by which to act is no clear day, and so not one of the count. Raises DurationRefused for hours.
    """
    if limit.unit is Unit.HOURS:
        raise DurationRefused(f"Can't list {limit.words()} day by day: they run by the clock.")
    step = 1 if due >= start else -1
    rows: list[LedgerDay] = []
    count, day = 0, start
    clear = counting is Counting.CLEAR_DAYS
    worked = limit.unit in _WORKED or (clear and counts_business_days(limit))
    if step < 0 or counting not in _FIRST_DAY_COUNTS:
        rows.append(LedgerDay(start, 0, "the day counted from is day 0"))
        day += timedelta(days=step)
    while (due - day).days * step >= 0:
        why = calendar.why_not_working(day) if worked else None
        if clear and step < 0 and day == due:
            why = "the day by which to act is not one of the clear days"
        if why is None:
            count += 1
        rows.append(LedgerDay(day, None if why else count, why))
        day += timedelta(days=step)
    return rows
