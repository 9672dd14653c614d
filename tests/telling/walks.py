"""Walks: one timescale from what starts it to its last day, the day after, and what ends the duty."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from story import ANYWHERE, Told, begin, instant

from caseclock.timers.timer import Timer
from caseclock.workflow.positions import Position


@dataclass(frozen=True)
class Step:
    """Something that happened, before it has a case."""

    event: str
    on: str
    episode: str
    data: dict[str, Any] = field(default_factory=dict)

    def moved(self, on: str) -> "Step":
        return Step(self.event, on, self.episode, self.data)


def step(event: str, on: str, episode: str, **data: Any) -> Step:
    return Step(event, on, episode, data)


@dataclass(frozen=True)
class Walk:
    """What happened until the clock ran, what stops it on its last day, and what would be one unit too late."""

    timescale: str
    before: tuple[Step, ...]
    #: happens on the last day in time, which the walk expects to be due
    stop: Step
    #: the first day, or moment, that is too late, told as 1 over
    late: str
    #: ends the duty before its last day; None for a duty that nothing ends
    void: Step | None = None
    authority: str = ANYWHERE
    #: what tells two walks of one timescale apart
    note: str = ""

    def __str__(self) -> str:
        return f"{self.timescale} {self.note}".strip()

    def stands_after(self, last: Step) -> tuple[str, int]:
        """Say where the timer stands once `last` has happened, and by how much it is over."""
        position = self._position((*self.before, last), None)
        return str(position.standing), position.over

    def stands_on(self, on: str) -> str:
        """Say where the timer stands on a day, or at a moment, when nothing more has happened."""
        return str(self._position(self.before, on).standing)

    def _position(self, steps: Iterable[Step], on: str | None) -> Position:
        case = tell(begin(authority=self.authority), steps)
        found = [
            position
            for position in case.positions(on)
            if position.timer.timescale == self.timescale and _due(position.timer) == instant(self.stop.on)
        ]
        assert 1 == len(found), f"{len(found)} timers of {self.timescale} are due {self.stop.on}"
        return found[0]


def tell(case: Told, steps: Iterable[Step]) -> Told:
    for one in steps:
        case.happened(one.event, one.on, one.episode, **one.data)
    return case


def _due(timer: Timer) -> datetime:
    """Give the last instant in time."""
    return timer.due_at or instant(str(timer.due_on))
