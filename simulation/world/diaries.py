"""Diaries of chairs, reviewing officers and the court; the desk of supervisors and the desk of papers.

A diary has room for so many meetings on each working day, and for none on any other.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY, MORNING, Days

#: how much the days spread after which a meeting put off can be held
_PUT_OFF_SPREAD = 0.8


def put_off_for(chance: Chance, median: float, least: int) -> int:
    """Give the working days after which a meeting put off can be held: mostly few, now and then many."""
    return max(least, int(chance.spread(median, _PUT_OFF_SPREAD)))


class Diary:
    """Meetings that can be held, by working day."""

    def __init__(self, days: Days, a_week: float) -> None:
        self._days, self._a_day = days, a_week / 5
        self._booked: dict[int, int] = {}
        #: meetings held, and how many working days they were behind the day wanted
        self.held, self.waited = 0, 0

    def _room(self, day: int) -> bool:
        """Say whether a working day has room; where slots a week do not come out even, some days have one more."""
        turn = self._days.between(0, day)
        slots = int((turn + 1) * self._a_day) - int(turn * self._a_day)
        return self._booked.get(day, 0) < slots

    def book(self, first: int, wanted: int, last: int) -> int:
        """Book a meeting: on the day wanted or after it up to the last, else before it, else as soon as there is room.

        All are working days; `first` is the first on which it could be held.
        """
        days = self._days
        wanted = max(first, wanted)
        day = self._first_with_room(wanted, last)
        if day > last:
            earlier = days.before(wanted, 1)
            while earlier >= first and not self._room(earlier):
                earlier = days.before(earlier, 1)
            day = earlier if earlier >= first else self._first_with_room(max(wanted, days.after(last, 1)))
        return self._entered(day, wanted)

    def _first_with_room(self, day: int, last: int | None = None) -> int:
        """Give the first working day from one on that has room, or one behind the last that was asked for.

        Where no day listed has room, the last one listed: what is booked there is not held within the run.
        """
        while not self._room(day) and (last is None or day <= last):
            following = self._days.after(day, 1)
            if following == day:
                break
            day = following
        return day

    def _entered(self, day: int, wanted: int) -> int:
        self._booked[day] = self._booked.get(day, 0) + 1
        self.held += 1
        if day > wanted:
            self.waited += self._days.between(wanted, day)
        return day


class Desk:
    """A pile worked through by what is due soonest, so many pieces on a working day."""

    def __init__(self, a_day: float) -> None:
        self._a_day, self._room = a_day, 0.0
        self._order = count()
        self._pile: list[tuple[int, int, Callable[[int], None]]] = []

    def __len__(self) -> int:
        return len(self._pile)

    def put(self, due: int, then: Callable[[int], None]) -> None:
        heappush(self._pile, (due, next(self._order), then))

    def work(self, day: int) -> None:
        self._room = min(self._room + self._a_day, max(1.0, self._a_day))
        done = 0
        while self._pile and self._room >= 1:
            self._room -= 1
            done += 1
            _, _, then = heappop(self._pile)
            then(day * DAY + MORNING + 60 + min(400, int(done * 400 / max(1.0, self._a_day))))


class Queue:
    """What is looked at in the order in which it came, so many a working day."""

    def __init__(self, a_day: float) -> None:
        self._a_day, self._room = a_day, 0.0
        self._waiting: deque[tuple[int, Callable[[int], None]]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, came: int, then: Callable[[int], None]) -> None:
        """Let something wait that came at a moment."""
        self._waiting.append((came, then))

    def work(self, day: int) -> None:
        """Look at as much as a working day holds; each half an hour or more after it came."""
        self._room = min(self._room + self._a_day, max(1.0, self._a_day))
        step, minute = 420 / max(self._a_day, 1.0), float(MORNING)
        evening = day * DAY + MORNING + 450
        while self._waiting and self._room >= 1:
            came, then = self._waiting[0]
            moment = max(day * DAY + int(minute), came + 30)
            if moment > evening:
                break
            self._waiting.popleft()
            self._room -= 1
            minute += step
            then(moment)
