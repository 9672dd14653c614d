"""The queue at the heart of the service, against an oracle of its own kind and against the formula.

Arrivals wait for a worker, each of whom holds one family at a time and works it through: M/M/c, in days. What is
checked is Staff as the service uses it, with nothing taken out but sickness, leave and all work but this.
"""

from collections.abc import Generator
from datetime import date
from functools import partial
from math import ceil, factorial, sqrt
from statistics import mean, stdev
from typing import Any

import pytest
import simpy

from caseclock.simulation.assumptions import Staffing, Work
from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import Days
from caseclock.simulation.world.workers import ORDINARY, Staff, Task, Worker
from caseclock.timers.calendar import england_and_wales

HOURS = 5.0
ALWAYS_THERE = Staffing(
    hours_a_day=HOURS, vacancies=0, absence=0, leave_days=0, most_families=1, absence_days=1
)
NOTHING_ELSE = Work(overtime=0, early_effort=1, soon=0, each_week=0)


@pytest.fixture(scope="module")
def days() -> Days:
    """Fifty years of days; the queue is run through them as if each were worked."""
    return Days(date(2015, 1, 1), date(2064, 12, 31), england_and_wales())


def waits(days: Days, workers: int, arrivals: list[int], work: list[float]) -> list[int]:
    """Let families come at the beginning of days, with so many days of work each; gives the days each waited."""
    staff = Staff([("one", workers)], days, NOTHING_ELSE, ALWAYS_THERE, 1, 1)
    begun = [0] * len(arrivals)

    def given(number: int, worker: Worker, day: int) -> None:
        begun[number] = day
        task = Task(work[number] * HOURS, 10**6, partial(done, worker))
        worker.tasks.append((task.rank, task.due, number, task))

    def done(worker: Worker, _: int) -> None:
        worker.families -= 1

    comes, day = 0, 0
    while comes < len(arrivals) or staff.waiting or any(worker.families for worker in staff.workers):
        while comes < len(arrivals) and arrivals[comes] <= day:
            staff.ask(ORDINARY, partial(given, comes))
            comes += 1
        staff.allocate(day)
        staff.work(day)
        day += 1
    return [start - came for start, came in zip(begun, arrivals, strict=True)]


def by_simpy(workers: int, arrivals: list[int], work: list[int]) -> list[float]:
    """Let SimPy run the same families, first come, first served."""
    world = simpy.Environment()
    there = simpy.Resource(world, workers)
    waited = [0.0] * len(arrivals)

    def family(number: int) -> Generator[simpy.Event, Any, None]:
        yield world.timeout(arrivals[number])
        with there.request() as asked:
            yield asked
            waited[number] = world.now - arrivals[number]
            yield world.timeout(work[number])

    for number in range(len(arrivals)):
        world.process(family(number))
    world.run()
    return waited


def mean_wait(workers: int, between: float, work: float) -> float:
    """Give the mean wait in M/M/c by Erlang's formula C."""
    offered = work / between
    last = offered**workers / factorial(workers) * workers / (workers - offered)
    waiting = last / (sum(offered**n / factorial(n) for n in range(workers)) + last)
    return waiting * work / (workers - offered)


def families(chance: Chance, count: int, between: float, work: float) -> tuple[list[int], list[float]]:
    now, arrivals = 0.0, []
    for _ in range(count):
        now += chance.exponential(between)
        arrivals.append(int(now))
    return arrivals, [chance.exponential(work) for _ in range(count)]


@pytest.mark.parametrize("workers", [1, 3, 7])
def test_families_wait_exactly_as_long_as_in_simpy(days: Days, workers: int) -> None:
    """A worker who is done on a day begins the next family on the day after: work counts in days begun."""
    arrivals, work = families(Chance(4, workers), 400, 12.0 / workers, 10.0)

    assert by_simpy(workers, arrivals, [ceil(one) for one in work]) == waits(days, workers, arrivals, work)


def test_mean_waits_are_those_of_the_formula(days: Days) -> None:
    """Days begun and not moments: the wait lies between that of the work itself and of half a day or a day more.

    Twelve independent runs give the error of their mean; four of these on either side are allowed, so a right queue
    fails about once in a thousand. The first families, who find the service empty, are left out.
    """
    workers, between, work = 4, 12.0, 36.0
    runs = []
    for run in range(12):
        arrivals, works = families(Chance(6, run), 700, between, work)
        runs.append(mean(waits(days, workers, arrivals, works)[200:]))
    error = 4 * stdev(runs) / sqrt(len(runs))

    assert mean_wait(workers, between, work) - error < mean(runs)
    assert mean(runs) < mean_wait(workers, between, work + 1) + error


def test_the_formula_is_erlangs() -> None:
    """One server at four fifths of its time: the wait is four times the work (M/M/1), by hand."""
    assert 4.0 == pytest.approx(mean_wait(1, 1.0, 0.8) / 0.8)


def test_a_task_that_is_done_has_no_work_left_whatever_rounding_leaves(days: Days) -> None:
    """A tenth of an hour a day, and seven tenths to do: what is left after the seventh day is not quite nothing."""
    staff = Staff([("one", 1)], days, NOTHING_ELSE, ALWAYS_THERE, 1, 1)
    done: list[int] = []
    task = Task(0.7, 10**6, done.append, most=0.1)
    staff.workers[0].tasks.append((task.rank, task.due, 0, task))

    for day in range(9):
        staff.work(day)

    assert 0 < 0.7 - 0.1 - 0.1 - 0.1 - 0.1 - 0.1 - 0.1 - 0.1 < 1e-9
    assert (1, 0.0) == (len(done), task.hours)
