"""Chance: streams of numbers that depend on what they are for and on nothing else.

Each family, worker and purpose has a stream of its own, named by whole numbers. So a change of staffing does not change
who comes, and two scenarios can be compared family by family. A stream costs nothing to begin.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from math import exp, log, sqrt
from statistics import NormalDist

_ALL = (1 << 64) - 1
#: the constants of SplitMix64 (Steele, Lea and Flood 2014), a mixing of 64 bits that passes the usual tests
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_UNIT = 2.0**-53
_NORMAL = NormalDist()


def mixed(number: int) -> int:
    """Mix 64 bits so that each depends on all."""
    number = ((number ^ (number >> 30)) * _FIRST) & _ALL
    number = ((number ^ (number >> 27)) * _SECOND) & _ALL
    return number ^ (number >> 31)


def named(*keys: int) -> int:
    """Give the beginning of a stream: the same for the same numbers, unlike that of any others."""
    state = 0
    for key in keys:
        state = mixed((state * 31 + key + _STEP) & _ALL)
    return state


def number_of(text: str) -> int:
    """Turn a name into a number that is the same on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Chooser:
    """Choices with their weights, looked up by bisection."""

    __slots__ = ("_ends", "_of")

    def __init__(self, weights: Mapping[str, float]) -> None:
        chosen = [(name, weight) for name, weight in weights.items() if weight > 0]
        total = sum(weight for _, weight in chosen)
        self._of = [name for name, _ in chosen]
        self._ends = [end / total for end in accumulate(weight for _, weight in chosen)][:-1]

    def at(self, share: float) -> str:
        return self._of[bisect(self._ends, share)]


def ends_of(weights: Iterable[float]) -> list[float]:
    """Give the upper ends, in shares of 1, of weights in order; the last is left out."""
    found = list(weights)
    total = sum(found)
    return [end / total for end in accumulate(found)][:-1]


class Chance:
    """One stream of chance."""

    __slots__ = ("_state",)

    def __init__(self, *keys: int) -> None:
        self._state = named(*keys)

    def share(self) -> float:
        """Give a number from 0 up to but not including 1."""
        self._state = number = (self._state + _STEP) & _ALL
        number = ((number ^ (number >> 30)) * _FIRST) & _ALL
        number = ((number ^ (number >> 27)) * _SECOND) & _ALL
        return ((number ^ (number >> 31)) >> 11) * _UNIT

    def holds(self, share: float) -> bool:
        """Say yes in this share of cases. Always draws, so that what follows stays the same for any share."""
        return self.share() < share

    def place(self, ends: Sequence[float]) -> int:
        """Choose a place by the upper ends of shares, as `ends_of` gives them."""
        return bisect(ends, self.share())

    def whole(self, below: int) -> int:
        """Give a whole number from 0 up to but not including one."""
        return int(self.share() * below)

    def exponential(self, mean: float) -> float:
        return -mean * log(1.0 - self.share())

    def spread(self, median: float, spread: float) -> float:
        """Give a number whose logarithm is normal, by its median and the spread of the logarithm."""
        share = self.share()
        return median * exp(spread * _NORMAL.inv_cdf(share)) if share else median

    def poisson(self, mean: float) -> int:
        """Count what comes by chance where so many are expected, by one draw: more expected is never fewer."""
        share, count = self.share(), 0
        if mean > 500:  # exp(-mean) would be 0 before long; the normal is near enough there
            return max(0, round(mean + sqrt(mean) * _NORMAL.inv_cdf(share or _UNIT)))
        chance = exp(-mean)
        so_far = chance
        while share >= so_far and chance > 0:
            count += 1
            chance *= mean / count
            so_far += chance
        return count
