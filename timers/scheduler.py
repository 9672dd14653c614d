"""The alarm: wakes one piece of work at an interval, and sooner where something falls due before that.

The store is the truth for timers: the scheduler is given one job, never one for each timer, and keeps nothing. What it
is late for, or misses while the machine is off, the next waking finds.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent  # type: ignore[import-untyped]
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

#: given the instant of waking, does what is due and gives the instant at which something falls due next, or None
Work = Callable[[datetime], datetime | None]

_JOB = "sweep"
#: a waking is never set closer to the one before: what has just fallen due is left for a moment to gather
_LEAST = timedelta(milliseconds=50)


class Alarm:
    """Runs one piece of work, never twice at once, on a thread of its own, until it is stopped or the work fails."""

    def __init__(self, work: Work, *, every: timedelta, now: Callable[[], datetime]) -> None:
        """Take the work, the longest time between two wakings (positive), and who tells the time, aware."""
        if every < _LEAST:
            raise ValueError(f"Can't wake every {every}: give at least {_LEAST.total_seconds()} seconds.")
        self._work = work
        self._every = every
        self._now = now
        self._failure: BaseException | None = None
        self._over = Event()
        # one thread: an engine serves one
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin; the first waking is at once."""
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)
        self._scheduler.add_job(
            self._wake,
            IntervalTrigger(seconds=self._every.total_seconds(), timezone="UTC"),
            id=_JOB,
            next_run_time=self._now(),
        )
        self._scheduler.start()

    def stop(self) -> None:
        """End: no waking begins any more, and one under way is finished. May be called from a signal handler."""
        self._over.set()

    def wait(self) -> None:
        """Wait until it is stopped, and until the work under way is done; raises what the work raised."""
        # in short stretches: a wait without end can't be interrupted on Windows
        while not self._over.wait(1):
            pass
        self._scheduler.shutdown(wait=True)
        if self._failure is not None:
            raise self._failure

    def _wake(self) -> None:
        if self._over.is_set():
            return
        due_at = self._work(self._now())
        if due_at is None:
            return
        now = self._now()
        wake_at = max(due_at, now + _LEAST)
        if wake_at < now + self._every:
            self._scheduler.modify_job(_JOB, next_run_time=wake_at)

    def _failed(self, event: JobExecutionEvent) -> None:
        self._failure = event.exception
        self._over.set()
