"""How many of some timers run out: the distribution of a count, its interval, and how wide it must be.

Each timer has a chance of its own, and they do not run out independently: what makes a team fall behind (a worker who
leaves, a week of sickness) makes all its timers likelier to run out. So their chances are shifted together, on the
scale of log odds, by a normal amount of which only the standard deviation, the `shift`, is known; given the amount,
timers are independent. The shift is found on the past: it is as great as makes intervals hold as often as they should.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit, ndtr

#: probability with which an interval is to hold what comes
LEVEL = 0.80
#: the shift where too little is known to find it
SHIFT_UNKNOWN = 0.3
#: no service is as fickle as that: between a chance of 1 in 2 and one of 19 in 20
SHIFT_MOST = 3.0
#: counts that a shift is found on; with fewer it is unknown
FEWEST = 8
#: timers up to which a count is worked out exactly, one by one
_EXACT = 150
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_TAILS = (1 - LEVEL) / 2, (1 + LEVEL) / 2


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included, of which what comes lies within with probability `holds`."""

    low: int
    high: int
    holds: float


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The distribution of how many run out."""

    #: the probability of so many or fewer, from none to all
    up_to: Any

    @classmethod
    def of(cls, chances: Sequence[float], shift: float) -> "Counts":
        """Give that of timers with these chances, which are shifted together.

        >>> Counts.of([0.5, 0.5], 0.0).up_to.round(2).tolist()
        [0.25, 0.75, 1.0]
        """
        told = np.clip(np.asarray(chances, dtype=float), 1e-9, 1 - 1e-9)
        # drawn apart as much as a normal shift draws their mean together (Zeger, Liang and Albert, 1988)
        apart = logit(told) * np.sqrt(1 + 0.346 * shift**2)
        shifted = expit(apart + shift * _NODES[:, None])
        return cls(np.minimum(_one_by_one(shifted) if len(told) <= _EXACT else _as_normal(shifted), 1.0))

    def interval(self) -> Interval:
        """Give the interval that holds what comes with a probability as near to LEVEL as whole numbers can come.

        Where few are expected no interval has just that probability: with a mean of a half, none to none holds 61 times
        in a hundred and none to one 91 times.
        """
        low, high = (int(np.searchsorted(self.up_to, tail)) for tail in _TAILS)
        high = min(high, len(self.up_to) - 1)
        near = [
            Interval(first, last, self._between(first, last))
            for first in (low, low + 1)
            for last in (high, high - 1)
            if first <= last
        ]
        return min(near, key=lambda one: (abs(one.holds - LEVEL), -one.holds))

    def _between(self, low: int, high: int) -> float:
        return float(self.up_to[high] - (self.up_to[low - 1] if low else 0.0))

    def held(self, came: int) -> float:
        """Say how much of what came lies between the tails that an interval of just LEVEL leaves out, from 0 to 1.

        A count in which a tail ends is taken in part, as if it were decided by lot whether it is in: the mean over
        many counts is LEVEL, however small they are, if their distributions are right.
        """
        to, since = float(self.up_to[came]), float(self.up_to[came - 1]) if came else 0.0
        if to <= since:
            return 0.0
        return max(0.0, min(to, _TAILS[1]) - max(since, _TAILS[0])) / (to - since)


def _one_by_one(shifted: Any) -> Any:
    nodes, timers = shifted.shape
    shares = np.zeros((nodes, timers + 1))
    shares[:, 0] = 1
    for place in range(timers):
        chance = shifted[:, place : place + 1]
        shares[:, 1 : place + 2] = shares[:, 1 : place + 2] * (1 - chance) + shares[:, : place + 1] * chance
        shares[:, :1] *= 1 - chance
    return np.cumsum(_WEIGHTS @ shares)


def _as_normal(shifted: Any) -> Any:
    """Do without the single timers where there are many: given the shift, their count is as good as normal."""
    mean = shifted.sum(axis=1)[:, None]
    deviation = np.sqrt((shifted * (1 - shifted)).sum(axis=1))[:, None]
    return _WEIGHTS @ ndtr((np.arange(shifted.shape[1] + 1) + 0.5 - mean) / deviation)


def shift_of(past: Sequence[tuple[Sequence[float], int]]) -> float:
    """Find the shift with which intervals held what came of past counts: each its chances, and how many ran out."""
    if len(past) < FEWEST:
        return SHIFT_UNKNOWN

    def held(shift: float) -> float:
        return float(np.mean([Counts.of(chances, shift).held(came) for chances, came in past]))

    low, high = 0.0, SHIFT_MOST
    if held(low) >= LEVEL:
        return low
    while high - low > 0.02:
        middle = (low + high) / 2
        low, high = (middle, high) if held(middle) < LEVEL else (low, middle)
    return high
