"""Spans of days that a queue can be asked for: today, this week, the next ten working days."""

from datetime import date, timedelta

from caseclock.desk.reading.filters import Due, Filters
from caseclock.timers.calendar import CalendarExhausted, WorkingCalendar

#: working days ahead that a manager looks at
AHEAD_WORKING_DAYS = 10


def due_span(filters: Filters, today: date, calendar: WorkingCalendar) -> tuple[date | None, date | None]:
    """Give the first and last day of what is asked for, both included; None where there is no bound."""
    first, last = filters.due_from, filters.due_to
    if filters.due is not None:
        until = {
            Due.TODAY: today,
            Due.WEEK: today + timedelta(days=6 - today.weekday()),
        }.get(filters.due) or working_days_ahead(today, AHEAD_WORKING_DAYS, calendar)
        first = max(first or today, today)
        last = min(last or until, until)
    return first, last


def working_days_ahead(today: date, number: int, calendar: WorkingCalendar) -> date:
    """Give the day that is so many working days after today; where the calendar ends before, its weekdays go on."""
    day = today
    while number:
        day += timedelta(days=1)
        try:
            number -= calendar.is_working_day(day)
        except CalendarExhausted:
            number -= day.weekday() < 5
    return day
