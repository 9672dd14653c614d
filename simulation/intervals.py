"""Intervals over replications: no figure of a simulated service is told without one.

Two of them, and they answer different questions. The *interval of the mean* narrows as replications are added: it says
where the mean of endless replications lies. The *spread* does not: it says where one more year of such a service would
lie. A year that really happened is one year, and is held against the spread.

Both are Student's t: replications are independent, and sums over hundreds of children are close to normal. Neither goes
beyond what is possible: no count below none, no share above all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, stdev

from caseclock.simulation.results import MEASURES, Figures

#: probability with which an interval holds what it is of
LEVEL = 0.95
#: how the intervals are made, as outputs say it
METHOD = "Student's t over replications, 95%"


class TooFewReplications(ValueError):
    """One replication tells nothing of chance, so nothing is told of it."""

    def __init__(self, given: int, what: str) -> None:
        super().__init__(
            f"Can't {what} from {given} replication{'' if given == 1 else 's'}: chance can't be told from the "
            "service's own ways. Ask for more, such as --replications 10; at least 2."
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over replications, the interval of that mean, and the spread of single replications."""

    mean: float
    low: float
    high: float
    #: where one more replication would lie
    spread_low: float
    spread_high: float
    replications: int

    def holds(self, value: float) -> bool:
        """Say whether one year that really happened lies in the spread."""
        return self.spread_low <= value <= self.spread_high

    @property
    def is_certain(self) -> bool:
        """Say whether the interval of the mean leaves zero out: a difference that chance does not explain."""
        return self.low > 0 or self.high < 0


def interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Give the mean of replications with its intervals; TooFewReplications for fewer than two.

    >>> found = interval([10.0, 12.0, 14.0])
    >>> round(found.mean, 2), round(found.low, 2), round(found.high, 2)
    (12.0, 7.03, 16.97)
    """
    from scipy.stats import t

    count = len(values)
    if count < 2:
        raise TooFewReplications(count, "give an interval")
    mean, deviation = fmean(values), stdev(values)
    times = float(t.ppf((1 + level) / 2, count - 1))
    of_mean, of_one = times * deviation / sqrt(count), times * deviation * sqrt(1 + 1 / count)
    return Interval(mean, mean - of_mean, mean + of_mean, mean - of_one, mean + of_one, count)


def within(found: Interval, low: float, high: float) -> Interval:
    """Cut an interval off at what is possible."""
    return Interval(
        found.mean,
        max(found.low, low),
        min(found.high, high),
        max(found.spread_low, low),
        min(found.spread_high, high),
        found.replications,
    )


def across(replications: Sequence[Figures]) -> dict[str, Interval]:
    """Give each measure's interval over replications; one that nothing could be divided by is left out of it."""
    if len(replications) < 2:
        raise TooFewReplications(len(replications), "give results")
    found = {}
    for name in dict.fromkeys(name for one in replications for name in one):
        values = _values(replications, name)
        if len(values) >= 2:
            unit = MEASURES[name].unit if name in MEASURES else ""
            found[name] = within(interval(values), 0.0, 100.0 if unit == "percent" else inf)
    return found


def paired(base: Sequence[Figures], other: Sequence[Figures]) -> dict[str, Interval]:
    """Give the interval of each measure's difference, replication by replication: other less base.

    Replications of one number share their random numbers, so that what differs between them is what was changed.
    """
    if min(len(base), len(other)) < 2 or len(base) != len(other):
        raise TooFewReplications(min(len(base), len(other)), "compare scenarios")
    found = {}
    for name in base[0]:
        differences = [
            there.value - here.value
            for one, two in zip(base, other, strict=True)
            if (here := one.get(name)) is not None and (there := two.get(name)) is not None
            if here.value is not None and there.value is not None
        ]
        if len(differences) >= 2:
            found[name] = interval(differences)
    return found


def _values(replications: Sequence[Figures], name: str) -> list[float]:
    return [
        figure.value
        for one in replications
        if (figure := one.get(name)) is not None and figure.value is not None
    ]


def as_row(found: Interval) -> Mapping[str, float | int]:
    """Write an interval as the fields of a row, rounded to what can be read."""
    return {
        "mean": round(found.mean, 3),
        "low": round(found.low, 3),
        "high": round(found.high, 3),
        "spread_low": round(found.spread_low, 3),
        "spread_high": round(found.spread_high, 3),
        "replications": found.replications,
    }
