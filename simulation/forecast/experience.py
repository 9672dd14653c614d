"""Experience: what became of timers whose last day has passed, and the chance drawn from it for those that run.

A chance is a share of real timers: of those of the same timescale that were just as near to their last day and not yet
known to be done, how many ran out. Where few are known, the share is drawn towards that of the wider group (the
timescale in every team, the process, everything), as if `WEIGHT` more timers had fared as that group did.
Recent ones count for more: one that ended `HALF_LIFE` days earlier counts half.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np

from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.when import london_date

#: timers of the wider group that a narrower one is mixed with
WEIGHT = 8.0
#: days
HALF_LIFE = 270.0

_DONE = frozenset({Outcome.MET, Outcome.RECORDED_LATE, Outcome.VOID})
_RAN_OUT = frozenset({Outcome.MET_LATE, Outcome.LAPSED})


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one timer whose last day has passed."""

    timescale: str
    process: str
    team: str | None
    started_on: date
    #: the last London date on which the duty could be done in time
    last_day: date
    #: the London date on which it was known to run no more; None while it still runs
    closed_on: date | None
    ran_out: bool

    def is_running_on(self, day: date) -> bool:
        """Say whether it was thought to run on a day, its last day not passed."""
        return self.started_on <= day <= self.last_day and (self.closed_on is None or self.closed_on > day)


def last_day(timer: Timer) -> date | None:
    """Give the last London date on which a duty is done in time; None where running out is no breach."""
    if timer.at_end is not AtEnd.OVERDUE or timer.is_of_recording:
        return None
    return timer.due_on or (london_date(timer.due_at) if timer.due_at else None)


def fate_of(timer: Timer, team: str | None, known_at: datetime) -> Fate | None:
    """Tell what became of a timer; None where that is not known yet, or it is of a kind that is not forecast."""
    day = last_day(timer)
    if day is None or timer.falls_at > known_at:
        return None
    if timer.outcome is Outcome.RUNNING:
        closed, ran_out = None, True
    elif timer.outcome in _DONE or timer.outcome in _RAN_OUT:
        closed, ran_out = timer.recorded_on, timer.outcome in _RAN_OUT
    else:
        return None
    return Fate(timer.timescale, timer.process, team, timer.started_on, day, closed, ran_out)


@dataclass(frozen=True, slots=True)
class Chance:
    """The probability that a timer runs out, and what it was drawn from."""

    probability: float
    #: timers of its timescale that were as near to their last day and not done, and how many of those ran out
    alike: int
    ran_out: int


@dataclass
class Experience:
    """The fates of many timers, as known on a day."""

    fates: list[Fate]
    known_on: date
    _groups: dict[tuple[str, str | None], "_Group"] = field(default_factory=dict, repr=False)
    _asked: dict[tuple[str, str, str | None, int], Chance] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, fates: Iterable[Fate], known_on: date) -> "Experience":
        """Take those whose last day had passed by a day."""
        return cls([fate for fate in fates if fate.last_day < known_on], known_on)

    def chance(self, timescale: str, process: str, team: str | None, days_left: int) -> Chance:
        """Give the chance that a timer with so many calendar days left, today not counted, is not done in time."""
        asked = timescale, process, team, days_left
        if asked not in self._asked:
            wider = self._of("every", None).share(days_left, 0.5)
            wider = self._of(process, None).share(days_left, wider)
            alike = self._of(timescale, None)
            share = alike.share(days_left, wider)
            if team is not None:
                share = self._of(timescale, team).share(days_left, share)
            known, ran_out = alike.counted(days_left)
            self._asked[asked] = Chance(share, known, ran_out)
        return self._asked[asked]

    def base_rate(self, timescale: str, process: str) -> float:
        """Give the share of a timescale's timers that ran out, however near their last day: what a chance must beat."""
        wider = self._of(process, None).base(self._of("every", None).base(0.5))
        return self._of(timescale, None).base(wider)

    def _of(self, name: str, team: str | None) -> "_Group":
        if not self._groups:
            self._sort()
        return self._groups.get((name, team), _NOBODY)

    def _sort(self) -> None:
        found: dict[tuple[str, str | None], list[Fate]] = {}
        for fate in self.fates:
            keys = [("every", None), (fate.process, None), (fate.timescale, None)]
            for key in [*keys, (fate.timescale, fate.team)] if fate.team is not None else keys:
                found.setdefault(key, []).append(fate)
        self._groups = {key: _Group.of(fates, self.known_on) for key, fates in found.items()} or {
            ("every", None): _NOBODY
        }


@dataclass(frozen=True, slots=True)
class _Group:
    """Fates side by side: for each, with how many days left it began and was closed, and what became of it."""

    began: Any
    closed: Any
    ran_out: Any
    weights: Any

    @classmethod
    def of(cls, fates: list[Fate], known_on: date) -> "_Group":
        def column(value: Callable[[Fate], float]) -> Any:
            return np.array([value(fate) for fate in fates], dtype=float)

        return cls(
            column(lambda fate: (fate.last_day - fate.started_on).days),
            column(lambda fate: -np.inf if fate.closed_on is None else (fate.last_day - fate.closed_on).days),
            column(lambda fate: fate.ran_out),
            column(lambda fate: 0.5 ** ((known_on - fate.last_day).days / HALF_LIFE)),
        )

    def _alike(self, days_left: int) -> Any:
        return (self.began >= days_left) & (self.closed < days_left)

    def share(self, days_left: int, wider: float) -> float:
        """Give the share that ran out of those not done with so many days left, drawn towards a wider group's."""
        alike = self._alike(days_left)
        known = float(self.weights[alike].sum())
        return (float((self.weights * self.ran_out)[alike].sum()) + WEIGHT * wider) / (known + WEIGHT)

    def base(self, wider: float) -> float:
        return (float((self.weights * self.ran_out).sum()) + WEIGHT * wider) / (
            float(self.weights.sum()) + WEIGHT
        )

    def counted(self, days_left: int) -> tuple[int, int]:
        alike = self._alike(days_left)
        return int(alike.sum()), int(self.ran_out[alike].sum())


_NOBODY = _Group.of([], date.min)
