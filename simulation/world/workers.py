"""Workers: what they do first, how far a day's hours go, when they are away.

A worker does what carries risk first, then what is due soonest. What is not due for long gets only part of a day. So a
duty is late where hours ran out, and not because anything here said that it should be.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from math import log

from caseclock.simulation.assumptions import Staffing, Work
from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY, EVENING, MORNING, Days

#: what carries risk is done before what does not, whenever it is due
RISK, ORDINARY = 0, 1
#: rank of families that somebody held before the first day: they are given out whether anybody has room or not
HELD = -1
_ENOUGH = 1e-9
#: share of a year's leave that falls in each month, January first
_LEAVE = (0.6, 0.8, 0.9, 1.1, 0.9, 0.9, 1.3, 1.9, 0.7, 0.9, 0.7, 1.3)
_WEEKS = 52.2
#: calendar days to a working day
_CALENDAR = 1.4


class Task:
    """Something a worker is to do."""

    __slots__ = ("dropped", "due", "hours", "most", "rank", "then")

    def __init__(
        self,
        hours: float,
        due: int,
        then: Callable[[int], None],
        *,
        rank: int = ORDINARY,
        most: float = 24.0,
    ) -> None:
        #: hours still to be worked, and the most on one day
        self.hours, self.most = hours, most
        #: the last day in time
        self.due = due
        self.rank = rank
        #: what follows when it is done; told the moment
        self.then = then
        #: nobody needs it any more
        self.dropped = False


class Worker:
    """One worker, full-time or part-time."""

    __slots__ = (
        "_away",
        "_chance",
        "_days",
        "_keys",
        "_leave_chance",
        "families",
        "full_time",
        "name",
        "sick_until",
        "tasks",
        "team",
    )

    def __init__(
        self,
        name: str,
        team: str,
        full_time: float,
        days: Days,
        staffing: Staffing,
        seed: int,
        number: int,
    ) -> None:
        self.name, self.team = name, team
        #: share of full time worked
        self.full_time = full_time
        #: families, or children in care, held at the moment
        self.families = 0
        self.tasks: list[tuple[int, int, int, Task]] = []
        self.sick_until = -1
        self._keys = (seed, number)
        self._chance = Chance(seed, number, 0)
        self._days = days
        self._leave_chance = staffing.leave_days / 5 / _WEEKS
        self._away: dict[int, bool] = {}

    def is_away(self, day: int, staffing: Staffing) -> bool:
        """Say whether the worker is sick or on leave; to be asked once for each working day, in order."""
        falls_ill, how_long = self._chance.share(), self._chance.share()
        if day <= self.sick_until:
            return True
        well = staffing.absence_days * (1 - staffing.absence)
        if staffing.absence and falls_ill * well < staffing.absence:
            self.sick_until = day + int(-log(1 - how_long) * staffing.absence_days * _CALENDAR)
            return True
        return self._on_leave(day)

    def _on_leave(self, day: int) -> bool:
        week = self._days.ordinal(day) // 7
        away = self._away.get(week)
        if away is None:
            month = self._days.dates[day].month
            drawn = Chance(*self._keys, 1, week).share()
            away = self._away[week] = drawn < self._leave_chance * _LEAVE[month - 1]
        return away


class Staff:
    """All workers of one kind: assessment, protection or care."""

    def __init__(
        self,
        teams: list[tuple[str, float]],
        days: Days,
        work: Work,
        staffing: Staffing,
        seed: int,
        first_number: int,
    ) -> None:
        self._days, self._work, self._staffing = days, work, staffing
        self._order = count()
        self.workers: list[Worker] = []
        for team, posts in teams:
            filled = posts * (1 - staffing.vacancies)
            while filled > 0.05:
                number = first_number + len(self.workers)
                self.workers.append(
                    Worker(f"sw.{number:03d}", team, min(1.0, filled), days, staffing, seed, number)
                )
                filled -= 1.0
        #: families that wait for a worker: rank, order of arrival, and what follows when there is one
        self.waiting: list[tuple[int, int, Callable[[Worker, int], None]]] = []
        self.hours_worked = 0.0
        self.hours_there = 0.0

    def ask(self, rank: int, then: Callable[[Worker, int], None]) -> None:
        """Let a family wait for a worker; what carries risk is given out first."""
        heappush(self.waiting, (rank, next(self._order), then))

    def allocate(self, day: int) -> None:
        """Give what waits to whoever holds least, as long as somebody has room."""
        most = self._staffing.most_families
        while self.waiting:
            worker = min(
                (one for one in self.workers if one.sick_until < day),
                key=lambda one: (one.families / one.full_time, one.name),
                default=None,
            )
            full = worker is None or worker.families / worker.full_time >= most
            if worker is None or (full and self.waiting[0][0] != HELD):
                return
            _, _, then = heappop(self.waiting)
            worker.families += 1
            then(worker, day)

    def work(self, day: int) -> None:
        """Let everybody who is there work through one working day."""
        staffing = self._staffing
        for worker in self.workers:
            if worker.is_away(day, staffing):
                continue
            hours = staffing.hours_a_day * worker.full_time
            hours -= worker.families * self._work.each_week / 5
            hours = max(hours, 1.0 * worker.full_time)
            self.hours_there += hours
            if worker.tasks:
                self.hours_worked += self._work_through(worker, day, hours)

    def _work_through(self, worker: Worker, day: int, hours: float) -> float:
        days, work = self._days, self._work
        tomorrow = days.after(day, 1)
        soon = days.after(day, work.soon)
        longest = hours * (1 + work.overtime)
        early = hours * work.early_effort
        used = 0.0
        goes_on: list[tuple[int, int, int, Task]] = []
        tasks = worker.tasks
        per_hour = (EVENING - MORNING) / longest
        while tasks:
            entry = tasks[0]
            task = entry[3]
            if (
                task.dropped or entry[0] != task.rank
            ):  # nobody needs it, or it was given anew with another rank
                heappop(tasks)
                continue
            limit = longest if task.due <= tomorrow else hours if task.due <= soon else early
            if task.rank == RISK:
                limit = longest
            if used >= limit - _ENOUGH:
                break
            heappop(tasks)
            amount = min(task.hours, task.most, limit - used)
            used += amount
            task.hours -= amount
            if task.hours > _ENOUGH:
                goes_on.append(entry)
            else:
                task.hours = 0.0  # what rounding leaves is no work: nobody may take the task up again for it
                task.then(day * DAY + MORNING + int(used * per_hour))
        for entry in goes_on:
            heappush(tasks, entry)
        return used
