"""Experience: what became of timers whose last day has passed, and the chance drawn from it for those that run.

A chance is a share of real timers: of those of the same timescale that were just as near to their last day and not yet
known to be done, how many ran out. Where few are known, the share is drawn towards that of the wider group (the
timescale in every team, the process, everything), as if `WEIGHT` more timers had fared as that group did.
Recent ones count for more: one that ended `HALF_LIFE` days earlier counts half.
"""

from collections.abc import Callable, Iterable, Sequence
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


class Experience:
    """The fates of many timers, as known on a day."""

    def __init__(self, fates: Sequence[Fate], known_on: date) -> None:
        self.fates = fates
        self.known_on = known_on
        self._columns: _Group | None = None
        self._groups: dict[tuple[str, str | None], _Group] = {}
        self._asked: dict[tuple[str, str, str | None, int], Chance] = {}

    @classmethod
    def of(cls, fates: Iterable[Fate], known_on: date) -> "Experience":
        """Take those whose last day had passed by a day."""
        return cls([fate for fate in fates if fate.last_day < known_on], known_on)

    def __len__(self) -> int:
        return len(self.fates) if self._columns is None else len(self._columns.last)

    def as_on(self, day: date) -> "Experience":
        """Give what was known on an earlier day of what is known now."""
        self._sort()
        before = Experience((), day)
        before._columns = self._all().until(day)
        before._groups = {key: group.until(day) for key, group in self._groups.items()}
        return before

    def running_on(self, day: date, days: int) -> list[Fate]:
        """Give those that were thought to run on a day, and had their last day in the days from it on."""
        if not self.fates:
            return []
        columns, on = self._all(), day.toordinal()
        until = np.searchsorted(columns.last, on + days, side="right")
        since = np.searchsorted(columns.last, on)
        some = slice(since, until)
        running = (columns.last[some] - columns.began[some] <= on) & (
            columns.last[some] - columns.closed[some] > on
        )
        return [self.fates[columns.place[some][one]] for one in np.flatnonzero(running)]

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
        self._sort()
        return self._groups.get((name, team)) or _Group.of((), self.known_on)

    def _all(self) -> "_Group":
        if self._columns is None:
            self._columns = _Group.of(self.fates, self.known_on)
        return self._columns

    def _sort(self) -> None:
        if self._groups or not self.fates:
            return
        columns = self._all()
        found: dict[tuple[str, str | None], list[int]] = {}
        for row, place in enumerate(columns.place):
            fate = self.fates[place]
            found.setdefault((fate.process, None), []).append(row)
            found.setdefault((fate.timescale, None), []).append(row)
            if fate.team is not None:
                found.setdefault((fate.timescale, fate.team), []).append(row)
        self._groups = {key: columns.taken(rows) for key, rows in found.items()}
        self._groups["every", None] = columns


@dataclass
class _Group:
    """Fates side by side, by their last day: with how many days left each began and was closed, and what came of it."""

    #: as the calendar's ordinal numbers
    last: Any
    began: Any
    closed: Any
    ran_out: Any
    weights: Any
    #: which of the fates it is
    place: Any
    _shares: dict[int, tuple[float, float, int, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, fates: Sequence[Fate], known_on: date) -> "_Group":
        def column(value: Callable[[Fate], float]) -> Any:
            return np.fromiter(map(value, fates), dtype=float, count=len(fates))

        last = column(lambda fate: fate.last_day.toordinal())
        order = np.argsort(last, kind="stable")
        last = last[order]
        began = last - column(lambda fate: fate.started_on.toordinal())[order]
        closed = (
            last
            - column(lambda fate: np.inf if fate.closed_on is None else fate.closed_on.toordinal())[order]
        )
        ran_out = column(lambda fate: fate.ran_out)[order]
        return cls(last, began, closed, ran_out, 0.5 ** ((known_on.toordinal() - last) / HALF_LIFE), order)

    def taken(self, rows: Sequence[int]) -> "_Group":
        """Give some of them."""
        some = np.array(rows)
        return _Group(*(column[some] for column in self._columns()))

    def until(self, day: date) -> "_Group":
        """Give those whose last day had passed by a day, as known then: what was written up later was not done."""
        on = day.toordinal()
        last, began, closed, ran_out, _, place = (
            column[: np.searchsorted(self.last, on)] for column in self._columns()
        )
        unknown = last - closed >= on
        return _Group(
            last,
            began,
            np.where(unknown, -np.inf, closed),
            np.where(unknown, 1.0, ran_out),
            0.5 ** ((on - last) / HALF_LIFE),
            place,
        )

    def _columns(self) -> tuple[Any, ...]:
        return self.last, self.began, self.closed, self.ran_out, self.weights, self.place

    def _alike(self, days_left: int) -> tuple[float, float, int, int]:
        """Give the weight of those alike and of those of them that ran out, and how many both are."""
        if days_left not in self._shares:
            alike = (self.began >= days_left) & (self.closed < days_left)
            weights, ran_out = self.weights[alike], self.ran_out[alike]
            self._shares[days_left] = (
                float(weights.sum()),
                float(weights @ ran_out),
                int(alike.sum()),
                int(ran_out.sum()),
            )
        return self._shares[days_left]

    def share(self, days_left: int, wider: float) -> float:
        """Give the share that ran out of those not done with so many days left, drawn towards a wider group's."""
        known, ran_out, _, _ = self._alike(days_left)
        return (ran_out + WEIGHT * wider) / (known + WEIGHT)

    def base(self, wider: float) -> float:
        """Give the share that ran out of all, drawn towards a wider group's."""
        return (float(self.weights @ self.ran_out) + WEIGHT * wider) / (float(self.weights.sum()) + WEIGHT)

    def counted(self, days_left: int) -> tuple[int, int]:
        """Count those not done with so many days left, and those of them that ran out."""
        _, _, alike, ran_out = self._alike(days_left)
        return alike, ran_out
