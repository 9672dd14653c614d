"""The alarm: one job, woken at an interval and sooner where something falls due; a real scheduler, no sleeping."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import Event, Thread

import pytest

from caseclock.commands import clock
from caseclock.timers.scheduler import Alarm

#: longer than any machine takes; a test that waits so long has failed
PATIENCE = 20
HOUR = timedelta(hours=1)


class Sweeps:
    """Work that tells the test when it was woken, and says when something falls due next."""

    def __init__(self, *due_next: timedelta | None) -> None:
        self.woken: Queue[datetime] = Queue()
        self.due_next = list(due_next)

    def __call__(self, at: datetime) -> datetime | None:
        self.woken.put(at)
        due_in = self.due_next.pop(0) if self.due_next else None
        return None if due_in is None else at + due_in

    def next(self) -> datetime:
        return self.woken.get(timeout=PATIENCE)


@pytest.fixture
def alarms() -> Iterator[list[Alarm]]:
    """Alarms that are stopped when the test is over."""
    started: list[Alarm] = []
    yield started
    for alarm in started:
        alarm.stop()
        alarm.wait()


def started(alarms: list[Alarm], work: Sweeps, every: timedelta) -> Alarm:
    alarm = Alarm(work, every=every, now=clock.now)
    alarms.append(alarm)
    alarm.start()
    return alarm


def test_it_wakes_at_once_and_then_at_its_interval(alarms: list[Alarm]) -> None:
    work = Sweeps()
    started(alarms, work, timedelta(milliseconds=60))

    first, second, third = work.next(), work.next(), work.next()

    assert timedelta(0) < second - first
    assert timedelta(0) < third - second


def test_it_wakes_before_its_interval_where_something_falls_due(alarms: list[Alarm]) -> None:
    work = Sweeps(timedelta(milliseconds=80), None)
    started(alarms, work, HOUR)

    first, second = work.next(), work.next()

    assert timedelta(milliseconds=80) <= second - first < HOUR


def test_what_is_due_already_is_left_a_moment_to_gather(alarms: list[Alarm]) -> None:
    work = Sweeps(timedelta(days=-30), None)
    started(alarms, work, HOUR)

    first, second = work.next(), work.next()

    assert timedelta(milliseconds=40) <= second - first < HOUR


def test_work_is_never_done_twice_at_once(alarms: list[Alarm]) -> None:
    first_began, may_go_on, second_began = Event(), Event(), Event()
    under_way: list[int] = []
    most: list[int] = []

    def work(_at: datetime) -> datetime | None:
        under_way.append(1)
        most.append(len(under_way))
        (second_began if first_began.is_set() else first_began).set()
        may_go_on.wait(PATIENCE)
        under_way.pop()
        return None

    alarm = Alarm(work, every=timedelta(milliseconds=50), now=clock.now)
    alarms.append(alarm)
    alarm.start()
    assert first_began.wait(PATIENCE)
    overlapped = second_began.wait(0.3)
    may_go_on.set()

    assert (False, True) == (overlapped, second_began.wait(PATIENCE))
    assert {1} == set(most)


def test_stopping_finishes_the_work_under_way() -> None:
    began, may_end, ended = Event(), Event(), Event()

    def work(_at: datetime) -> datetime | None:
        began.set()
        may_end.wait(PATIENCE)
        ended.set()
        return None

    alarm = Alarm(work, every=HOUR, now=clock.now)
    alarm.start()
    assert began.wait(PATIENCE)
    waiting = Thread(target=alarm.wait)
    waiting.start()
    alarm.stop()
    may_end.set()
    waiting.join(PATIENCE)

    assert (True, False) == (ended.is_set(), waiting.is_alive())


def test_what_the_work_raises_reaches_whoever_waits() -> None:
    def work(_at: datetime) -> datetime | None:
        raise ZeroDivisionError("nobody expected this")

    alarm = Alarm(work, every=HOUR, now=clock.now)
    alarm.start()

    with pytest.raises(ZeroDivisionError, match="nobody expected this"):
        alarm.wait()


def test_an_interval_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="give at least"):
        Alarm(lambda _at: None, every=timedelta(0), now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
