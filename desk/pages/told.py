"""How a timer is said on a page: its last day, how far past or before it, what the duty is called."""

from datetime import date, datetime
from urllib.parse import urlencode

from fastapi import Request

from caseclock.desk import words
from caseclock.desk.reading.queue import Asking, QueueRow
from caseclock.timers.calendar import CalendarExhausted, WorkingCalendar
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timer import Outcome, Standing, Timer
from caseclock.timers.when import london_date

#: no clock ends here: minimum periods, and duties the source gives no number
_NO_LAST_DAY = "No last day"


def last_day(timer: Timer) -> date | None:
    """Give the London day on which, or by an hour of which, the duty is last in time."""
    return timer.due_on or (london_date(timer.due_at) if timer.due_at else None)


def due_words(timer: Timer) -> str:
    """Say the last day in time, or the last instant of a clock in hours."""
    if timer.due_on is not None:
        return words.day(timer.due_on)
    return words.moment(timer.due_at) if timer.due_at is not None else _NO_LAST_DAY


def distance_words(row: QueueRow, asking: Asking) -> str:
    """Say how far past its last day a timer is, or was, or how much is left; empty where neither is told.

    Working days where the limit is in working days, else days on the calendar; of a clock in hours the hours left.
    """
    timer = row.timer
    if row.over:
        return f"{words.length(row.over, timer.unit)} over"
    due = last_day(timer)
    if timer.outcome is not Outcome.RUNNING or due is None or row.standing is Standing.UNKNOWN:
        return ""
    if timer.due_at is not None:
        return _hours_left(timer.due_at, asking.now)
    if due == asking.today:
        return "last day today"
    if due < asking.today:
        return ""
    if timer.unit == "working_days":
        left = working_days_left(asking.today, due, asking.calendar)
        return f"{words.length(left, 'working_days')} left" if left else "no working day left"
    return f"{words.length((due - asking.today).days, 'calendar_days').replace('calendar ', '')} left"


def chance_words(chance: float) -> str:
    """Say how likely a timer is to run out, in a word and in times of a hundred.

    >>> chance_words(0.72), chance_words(0.3), chance_words(0.001)
    ('Likely: 72 in 100', 'Possible: 30 in 100', 'Unlikely: fewer than 1 in 100')
    """
    word = "Likely" if chance >= 0.5 else "Possible" if chance >= 0.2 else "Unlikely"
    times = round(chance * 100)
    if times == 0:
        return f"{word}: fewer than 1 in 100"
    return f"{word}: {'more than 99' if times == 100 else times} in 100"


def _hours_left(due_at: datetime, now: datetime) -> str:
    minutes = int((due_at - now).total_seconds() // 60)
    if minutes < 0:
        return ""
    return f"{words.length(minutes // 60, 'hours')} left" if minutes >= 60 else "less than an hour left"


def working_days_left(today: date, due: date, calendar: WorkingCalendar) -> int:
    """Count the working days after today up to a day; its weekdays where the calendar does not reach so far."""
    try:
        return calendar.working_days_between(today, due)
    except CalendarExhausted:
        days = (due - today).days
        return sum((today.weekday() + n) % 7 < 5 for n in range(1, days + 1))


def duty_words(rules: Rulebook, timescale: str) -> str:
    """Say what has to be done; a timescale that no pack knows any more is called by its id."""
    versions = rules.rules.get(timescale)
    return versions[-1].duty if versions else timescale


def age_on(born: date | None, day: date) -> int | None:
    """Give somebody's age in years; born on 29 February, they are a year older on 1 March of other years."""
    if born is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def past_query(request: Request) -> str:
    """Give the part of an address that asks as at a day and as known at a moment, to keep it from page to page."""
    kept = [(name, value) for name in ("as_at", "known_at") if (value := request.query_params.get(name))]
    return f"?{urlencode(kept)}" if kept else ""
