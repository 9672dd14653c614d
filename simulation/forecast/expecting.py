"""What to expect: the timers at risk, and how many will run out by week, team and timescale, each with an interval.

Timers do not run out independently of one another (a team that falls behind falls behind with all its cases), so counts
spread wider than single chances say. How much wider is found on the past: the same forecast is made for the months of
the year before, with what was known then, and held against what came.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from caseclock.simulation.forecast.counts import Counts, shift_of
from caseclock.simulation.forecast.experience import Chance, Experience, Fate

#: past forecasts on which it is found how wide intervals must be, and the days from one to the next: a year
LOOKED_BACK, DAYS_APART = 13, 28
#: timers that must have been known for a past forecast to tell anything
FEWEST_KNOWN = 50


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
    #: the interval in which what comes lies, both ends included, with probability `holds`
    low: int
    high: int
    #: as near to LEVEL as whole numbers can come
    holds: float
    #: what the interval is taken from
    counts: Counts = field(repr=False, compare=False)


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
    shifts = _shifts(experience, days)

    def by(name: str) -> tuple[Expected, ...]:
        groups = _grouped(GROUPED[name], at_risk, [one.chance.probability for one in at_risk])
        return tuple(expected(key, groups[key], shifts[name]) for key in sorted(groups))

    return Forecast(
        authority,
        as_at,
        days,
        tuple(at_risk),
        expected("all", [one.chance.probability for one in at_risk], shifts["whole"]),
        by("week"),
        by("team"),
        by("timescale"),
        experience,
    )


def expected(name: str, chances: Sequence[float], shift: float) -> Expected:
    """Add up chances that are shifted together, with the interval of how many run out.

    >>> told = expected("all", [0.5] * 40, 0.0)
    >>> told.expected, told.low, told.high, round(told.holds, 2)
    (20.0, 16, 23, 0.79)
    """
    counts = Counts.of(chances, shift)
    interval = counts.interval()
    return Expected(name, len(chances), sum(chances), interval.low, interval.high, interval.holds, counts)


#: how counts are grouped, and the key of each timer
GROUPED: Mapping[str, Callable[[Fate | AtRisk], str]] = {
    "whole": lambda _: "all",
    "week": lambda one: week_of(one.last_day).isoformat(),
    "team": lambda one: one.team or "",
    "timescale": lambda one: one.timescale,
}


def _grouped(
    key: Callable[[Fate | AtRisk], str], timers: Sequence[Fate | AtRisk], values: Sequence[float]
) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for one, value in zip(timers, values, strict=True):
        groups.setdefault(key(one), []).append(value)
    return groups


def _shifts(experience: Experience, days: int) -> dict[str, float]:
    """Find, for each way of grouping, how much the chances of a group are shifted together."""
    past: dict[str, list[tuple[Sequence[float], int]]] = {name: [] for name in GROUPED}
    for number in range(LOOKED_BACK):
        cut = experience.known_on - timedelta(days=days + DAYS_APART * number + 1)
        before = experience.as_on(cut)
        if len(before) < FEWEST_KNOWN:
            break
        ran = experience.running_on(cut, days)
        chances = [
            before.chance(one.timescale, one.process, one.team, (one.last_day - cut).days).probability
            for one in ran
        ]
        for name, key in GROUPED.items():
            came = _grouped(key, ran, [one.ran_out for one in ran])
            told = _grouped(key, ran, chances)
            past[name] += [(told[group], round(sum(came[group]))) for group in told]
    return {name: shift_of(counts) for name, counts in past.items()}
