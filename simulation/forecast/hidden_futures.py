"""The test of a forecast: histories are cut off on a day, what came after is hidden, and then held against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from caseclock.simulation.forecast.expecting import GROUPED, AtRisk, Expected
from caseclock.simulation.forecast.experience import Experience
from caseclock.simulation.forecast.looking_ahead import forecast_cases, ran_out
from caseclock.simulation.world import Simulated
from caseclock.timers.when import end_of_day


@dataclass(frozen=True, slots=True)
class Told:
    """One running timer at a cut: the chance it was given, the base rate of its timescale, and what came."""

    probability: float
    base_rate: float
    ran_out: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of some timers were expected to run out, and how many did."""

    grouped_by: str
    expected: Expected
    came: int

    @property
    def is_held(self) -> bool:
        return self.expected.low <= self.came <= self.expected.high

    @property
    def held(self) -> float:
        """Say how much of what came an interval of just LEVEL holds, were counts not whole (Counts.held)."""
        return self.expected.counts.held(self.came)


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of forecasts whose future was hidden."""

    timers: tuple[Told, ...]
    counts: tuple[Counted, ...]

    def brier(self) -> float:
        """Give the mean squared distance of chance and what came: 0 is perfect."""
        return fmean((one.probability - one.ran_out) ** 2 for one in self.timers)

    def brier_of_base_rate(self) -> float:
        """Give the same for the share of each timescale that had run out before."""
        return fmean((one.base_rate - one.ran_out) ** 2 for one in self.timers)

    def of(self, grouped_by: str) -> list[Counted]:
        """Give the counts of one way of grouping."""
        return [one for one in self.counts if one.grouped_by == grouped_by]

    def coverage(self, grouped_by: str) -> float:
        """Give the share of intervals of just LEVEL that held what came: LEVEL, if their distributions are right."""
        return fmean(one.held for one in self.of(grouped_by))

    def told_and_held(self, grouped_by: str) -> tuple[float, float]:
        """Give how often the intervals of whole numbers were told to hold, and how often they did."""
        counts = self.of(grouped_by)
        return fmean(one.expected.holds for one in counts), fmean(one.is_held for one in counts)

    def calibration(self, steps: int = 10) -> list[tuple[float, float, int]]:
        """Give, for each tenth of the chances told, their mean, the share that ran out, and how many there were."""
        curve = []
        for step in range(steps):
            within = [one for one in self.timers if min(int(one.probability * steps), steps - 1) == step]
            if within:
                curve.append(
                    (
                        fmean(one.probability for one in within),
                        fmean(one.ran_out for one in within),
                        len(within),
                    )
                )
        return curve


def hide_futures(simulated: Simulated, cuts: Iterable[date], days: int) -> Tested:
    """Forecast a simulated history on each of these days as known then, and hold it against its end.

    Each day must lie more than `days` before the history's last.
    """
    truth = ran_out(simulated.cases, simulated.setting, simulated.last_day)
    timers: list[Told] = []
    counts: list[Counted] = []
    for cut in cuts:
        if cut + timedelta(days=days) >= simulated.last_day:
            raise ValueError(
                f"Can't test a forecast of {days} days made on {cut}: the history ends too soon."
            )
        told = forecast_cases(
            simulated.authority,
            simulated.cases.items(),
            simulated.setting,
            as_at=cut,
            known_at=end_of_day(cut),
            days=days,
        )
        experience = told.known
        timers += [_told(one, experience, truth) for one in told.at_risk]
        for name, groups in (
            ("whole", (told.whole,)),
            ("week", told.by_week),
            ("team", told.by_team),
            ("timescale", told.by_timescale),
        ):
            counts += [Counted(name, group, _came(name, group.name, told.at_risk, truth)) for group in groups]
    return Tested(tuple(timers), tuple(counts))


def _told(one: AtRisk, experience: Experience, truth: dict[str, bool]) -> Told:
    return Told(
        one.chance.probability,
        experience.base_rate(one.timescale, one.process),
        truth.get(one.timer_id, False),
    )


def _came(grouped_by: str, name: str, at_risk: Sequence[AtRisk], truth: dict[str, bool]) -> int:
    key = GROUPED[grouped_by]
    return sum(truth.get(one.timer_id, False) for one in at_risk if key(one) == name)
