"""A rhythm: what is done again and again, each time counted from when it was really done."""

from collections.abc import Callable
from functools import partial

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.ground import Ground
from caseclock.simulation.world.workers import ORDINARY, Task, Worker

#: share of the time until it is due after which it comes onto the worker's list
_READY = 0.6
#: days up to which a wait is short, and the share for those
_SHORT, _READY_SHORT = 10, 0.25


class Rhythm:
    """Visits and meetings of one plan, or of one child in care."""

    __slots__ = (
        "_again_at",
        "_chance",
        "_done",
        "_due",
        "_forgets",
        "_ground",
        "_hours",
        "_rank",
        "_who",
        "task",
    )

    def __init__(
        self,
        ground: Ground,
        chance: Chance,
        *,
        hours: float,
        due: Callable[[int], int],
        who: Callable[[], Worker | None],
        done: Callable[[int], bool],
        forgets: float = 0.0,
        rank: int = ORDINARY,
    ) -> None:
        """Set a rhythm up.

        `due` gives the last day of the next time from the day of the last, `who` the worker it falls to (None: it is
        over), and `done` tells of it at a moment and says whether it came about, or must be tried again.
        """
        self._ground, self._chance = ground, chance
        self._hours, self._due, self._who, self._done = hours, due, who, done
        self._forgets, self._rank = forgets, rank
        self.task: Task | None = None

    def count_from(self, day: int) -> None:
        """Plan the next time, counted from a day. What was planned before is dropped."""
        self.stop()
        due = self._due(day)
        wait = due - day
        if self._chance.holds(self._forgets):
            due += wait
            wait += wait // 2
        ready = _READY if wait > _SHORT else _READY_SHORT
        self._ground.at(day + max(1, int(wait * ready)), self._ready, self.task, due)

    def stop(self) -> None:
        if self.task is not None:
            self.task.dropped = True
        # a task of its own for each time planned, so that one planned before is known when its day comes
        self.task = Task(self._hours, 0, partial(self._happens), rank=self._rank)

    def _ready(self, task: Task, due: int) -> None:
        worker = self._who()
        if worker is None or task.dropped:
            return
        task.due = self._ground.days.before(due + 1, 1)
        self._ground.give(worker, task)

    def _happens(self, moment: int) -> None:
        worker = self._who()
        if worker is None:
            return
        if self._done(moment):
            self.count_from(moment // DAY)
            return
        task = self.task
        assert task is not None  # noqa: S101  it has just been worked on
        task.hours = self._hours
        self._ground.at(self._ground.days.after(moment // DAY, 2), self._ready, task, task.due)
