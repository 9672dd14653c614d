"""How well a fit fits: the simulator run at what was found for each year, beside what was published of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from caseclock.simulation.calibration import Fitted, fitted_settings
from caseclock.simulation.calibration_inputs import year_scenario
from caseclock.simulation.intervals import Interval, across
from caseclock.simulation.results import Figures
from caseclock.simulation.running import Engine, Piece
from caseclock.simulation.targets import Target, children, targets

#: measures a fit is told by
MEASURES_TOLD = (
    "referrals",
    "referrals.again",
    "referrals.not_in_need",
    "assessments",
    "assessments.in_time",
    "enquiries",
    "conferences",
    "conferences.in_time",
    "plans.started",
    "plans.open",
    "plans.again",
    "plans.reviews_in_time",
    "care.started",
    "care.open",
    "caseload",
)
#: of those, what nothing was fitted to: told to show what the mechanism gives by itself
NOT_FITTED = frozenset({"plans.started", "plans.again", "plans.reviews_in_time", "caseload"})


@dataclass(frozen=True, slots=True)
class Checked:
    """One measure of one fitted year beside what was published."""

    year: int
    measure: str
    simulated: Interval
    published: Target

    @property
    def is_inside(self) -> bool:
        return self.simulated.holds(self.published.value)


def check(
    fitted: Fitted, *, replications: int, seed: int, engine: Engine, note: Callable[[int, int], None]
) -> list[Checked]:
    """Run every other fitted year so many times (two or more), and give each measure beside what was published."""
    pieces = []
    sizes = {}
    years = list(fitted.years)[::2]
    for year in years:
        settings = fitted_settings(fitted, year)
        settings["name"] = f"check-{year}"
        scenario = year_scenario(settings)
        sizes[year] = children(fitted.area, year) / scenario.children
        pieces += [Piece(scenario, seed, one, None, False) for one in range(1, replications + 1)]
    found: dict[int, list[Figures]] = {year: [] for year in years}
    for done, (piece, figures) in enumerate(engine(pieces), start=1):
        found[int(piece.scenario.name.removeprefix("check-"))].append(figures)
        note(done, len(pieces))
    return [
        one for year, figures in found.items() for one in _of_year(fitted.area, year, figures, sizes[year])
    ]


def _of_year(area: str, year: int, found: Sequence[Figures], services: float) -> list[Checked]:
    published, simulated = targets(area, year), across(found)
    checked = []
    for measure in MEASURES_TOLD:
        if measure in published and measure in simulated:
            is_count = published[measure].of is None and measure != "caseload"
            by = services if is_count else 1.0
            checked.append(Checked(year, measure, _times(simulated[measure], by), published[measure]))
    return checked


def _times(found: Interval, by: float) -> Interval:
    """Give a count of one service as that of so many like it, with the chance of as many."""
    if by == 1.0:
        return found
    mean = found.mean * by
    narrow = sqrt(by)

    def end(value: float) -> float:
        return mean + (value - found.mean) * narrow

    return Interval(
        mean,
        end(found.low),
        end(found.high),
        end(found.spread_low),
        end(found.spread_high),
        found.replications,
    )
