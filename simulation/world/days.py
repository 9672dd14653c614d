"""The days of a run: which are worked, and which UTC instant a minute of one is.

Inside the mechanism a day is a whole number, counted from some years before the first day simulated, and a moment
is counted in minutes from that day's midnight in London: adding and comparing them costs next to nothing.
"""

from datetime import UTC, date, datetime, time, timedelta

from caseclock.timers.calendar import BankHolidays
from caseclock.timers.making import maker_of
from caseclock.timers.when import LONDON, When

#: minutes of a day
DAY = 1440
#: days listed behind the last one simulated, since meetings are booked ahead
AHEAD = 500
#: days listed before the first one simulated: what the caseload began with goes back so far
PAST = 3_000
#: the hours in which workers work, in minutes from midnight
MORNING, EVENING = 540, 1020
_NOON = time(12)
_HALF_DAY = timedelta(hours=12)
_when = maker_of(When)
_MINUTES = [timedelta(minutes=minute) for minute in range(DAY)]


class Days:
    """The days from the first simulated to the last, with some before and some behind them."""

    def __init__(self, first: date, last: date, holidays: BankHolidays) -> None:
        #: the number of the first day simulated, and of the first one that is not simulated any more
        self.start = PAST
        self.count = PAST + (last - first).days + 1
        listed = self.count + AHEAD
        self.first = first - timedelta(days=PAST)
        self.dates = [self.first + timedelta(days=number) for number in range(listed)]
        calendar = holidays.as_known(None)
        self.works = [calendar.is_working_day(day) for day in self.dates]
        self.weekdays = [day.weekday() for day in self.dates]
        self._working = [number for number in range(listed) if self.works[number]]
        self._so_far: list[int] = []
        count = 0
        for works in self.works:
            count += works
            self._so_far.append(count)
        self._midnights: list[datetime | None] = [None] * listed
        self._first_ordinal = self.first.toordinal()
        self._end = listed - 1

    def number(self, day: date) -> int:
        """Give the number of a date."""
        return day.toordinal() - self._first_ordinal

    def working(self, day: int) -> int:
        """Give the day itself where it is worked, or the next one that is; the last one listed beyond those."""
        day = min(day, self._end)
        return day if self.works[day] else self.after(day, 1)

    def after(self, day: int, count: int) -> int:
        """Give the so-many-th working day after a day (0 gives the day itself); the last one listed beyond those."""
        if count <= 0:
            return day if count == 0 else self.before(day, -count)
        place = self._so_far[min(day, self._end)] + count - 1
        return self._working[place] if place < len(self._working) else self._end

    def before(self, day: int, count: int) -> int:
        """Give the so-many-th working day before a day; the first day where there is none."""
        day = min(day, self._end)
        place = self._so_far[day] - self.works[day] - count
        return self._working[place] if place >= 0 else 0

    def between(self, first: int, last: int) -> int:
        """Count the working days after one day up to and including another."""
        return self._so_far[min(last, self._end)] - self._so_far[first]

    def ordinal(self, day: int) -> int:
        """Give a day's number in the calendar, the same whatever day a run begins on."""
        return self._first_ordinal + day

    def date_of(self, day: int) -> date:
        """Give the date of any day, listed or not."""
        return date.fromordinal(self._first_ordinal + day)

    def when(self, moment: int) -> When:
        """Turn minutes since the first midnight into a When.

        Clocks change at one in the morning; nothing here happens before three.
        """
        day = moment // DAY
        minute = moment - day * DAY
        day = min(day, self._end)
        midnight = self._midnights[day]
        if midnight is None:
            midnight = datetime.combine(self.dates[day], _NOON, tzinfo=LONDON).astimezone(UTC) - _HALF_DAY
            self._midnights[day] = midnight
        return _when(self.dates[day], midnight + _MINUTES[minute])
