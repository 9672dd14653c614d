"""What to expect: the timers at risk, and how many will run out by week, team and timescale, each with an interval.

Timers do not run out independently of one another (a team that falls behind falls behind with all its cases), so counts
spread wider than single chances say. How much wider is found on the past: the same forecast is made for the weeks
before, with what was known then, and held against what came.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from scipy.stats import binom, nbinom, norm, poisson

from caseclock.simulation.forecast.experience import Chance, Experience, Fate

#: probability with which an interval holds what comes
LEVEL = 0.80
#: past weeks on which the spread is found
WEEKS_LOOKED_BACK = 16
#: variance over that of independent timers, where too little is known to find it
SPREAD_UNKNOWN = 2.0


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A running timer and the chance that it runs out."""

    timer_id: str
    case_id: str
    timescale: str
    process: str
    team: str | None
    worker: str | None
    #: last London date on which the duty is done in time
    last_day: date
    chance: Chance


@dataclass(frozen=True, slots=True)
class Expected:
    """How many of some timers will run out."""

    #: week (its Monday), team or timescale; "all" for the whole
    name: str
    timers: int
    expected: float
    #: the interval that holds what comes with probability LEVEL
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of timers that ran at the end of a day and have their last day in the days after it."""

    authority: str
    as_at: date
    days: int
    #: likeliest to run out first
    at_risk: tuple[AtRisk, ...]
    whole: Expected
    by_week: tuple[Expected, ...]
    by_team: tuple[Expected, ...]
    by_timescale: tuple[Expected, ...]
    #: what it was drawn from
    known: Experience


def week_of(last_day: date) -> date:
    """Give the Monday of the week in which a timer runs out, which is on the day after its last day."""
    runs_out_on = last_day + timedelta(days=1)
    return runs_out_on - timedelta(days=runs_out_on.weekday())


def expect(
    authority: str, as_at: date, days: int, running: Iterable[AtRisk], experience: Experience
) -> Forecast:
    """Add up the chances of running timers."""
    at_risk = sorted(running, key=lambda one: (-one.chance.probability, one.last_day, one.timer_id))
    spreads = _spreads(experience, days)

    def by(name: str) -> tuple[Expected, ...]:
        groups: dict[str, list[float]] = {}
        for one in at_risk:
            groups.setdefault(GROUPED[name](one), []).append(one.chance.probability)
        return tuple(expected(key, groups[key], spreads[name]) for key in sorted(groups))

    return Forecast(
        authority,
        as_at,
        days,
        tuple(at_risk),
        expected("all", [one.chance.probability for one in at_risk], spreads["whole"]),
        by("week"),
        by("team"),
        by("timescale"),
        experience,
    )


def expected(name: str, probabilities: Sequence[float], spread: float) -> Expected:
    """Add up chances, with an interval as wide as `spread` times the variance of independent timers makes it.

    >>> expected("all", [0.5] * 40, 1.0)
    Expected(name='all', timers=40, expected=20.0, low=16, high=24)
    """
    mean = sum(probabilities)
    variance = spread * sum(one * (1 - one) for one in probabilities)
    low, high = _interval(mean, variance, len(probabilities))
    return Expected(name, len(probabilities), mean, low, high)


def _interval(mean: float, variance: float, most: int) -> tuple[int, int]:
    """Give the interval of a count with this mean and variance: of the family of counts that can have them."""
    if mean <= 0:
        return 0, 0
    tails = (1 - LEVEL) / 2, (1 + LEVEL) / 2
    if variance > mean * 1.001:
        odds = mean / variance
        found = [nbinom.ppf(tail, mean * odds / (1 - odds), odds) for tail in tails]
    elif variance < mean * 0.999:
        share = 1 - variance / mean
        tries = mean / share
        if tries < most + 1 and abs(tries - round(tries)) < 1e-9:
            found = [binom.ppf(tail, round(tries), share) for tail in tails]
        else:
            found = [norm.ppf(tail, mean, sqrt(variance)) for tail in tails]
    else:
        found = [poisson.ppf(tail, mean) for tail in tails]
    low, high = (round(float(one)) for one in found)
    return max(low, 0), min(high, most)


#: how counts are grouped, and the key of each timer
GROUPED: Mapping[str, Callable[[Fate | AtRisk], str]] = {
    "whole": lambda _: "all",
    "week": lambda one: week_of(one.last_day).isoformat(),
    "team": lambda one: one.team or "",
    "timescale": lambda one: one.timescale,
}


def _spreads(experience: Experience, days: int) -> dict[str, float]:
    """Find, for each way of grouping, how many times the variance of independent timers past counts had."""
    off = dict.fromkeys(GROUPED, 0.0)
    independent = dict.fromkeys(GROUPED, 0.0)
    for weeks in range(1, WEEKS_LOOKED_BACK + 1):
        cut = experience.known_on - timedelta(days=days + 7 * (weeks - 1) + 1)
        before = Experience.of(experience.fates, cut)
        came = [
            fate
            for fate in experience.fates
            if fate.is_running_on(cut) and fate.last_day <= cut + timedelta(days=days)
        ]
        if len(before.fates) < 50:
            break
        chances = [
            before.chance(one.timescale, one.process, one.team, (one.last_day - cut).days).probability
            for one in came
        ]
        for name, key in GROUPED.items():
            groups: dict[str, tuple[float, float]] = {}
            for fate, chance in zip(came, chances, strict=True):
                missed, variance = groups.get(key(fate), (0.0, 0.0))
                groups[key(fate)] = missed + fate.ran_out - chance, variance + chance * (1 - chance)
            off[name] += sum(missed**2 for missed, _ in groups.values())
            independent[name] += sum(variance for _, variance in groups.values())
    return {
        name: max(off[name] / independent[name], 1.0) if independent[name] >= 5 else SPREAD_UNKNOWN
        for name in GROUPED
    }
