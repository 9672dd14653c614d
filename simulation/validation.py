"""Validation: years that nothing was fitted to, predicted, and held against what was published of them afterwards.

Two predictions of each year. *Ahead* is told nothing later than the last fitted year. *Given demand and staff* is also
told the year's own referrals and workers, which are what the service is asked to do and with whom, and no outcome.

What a year may be is spread by two things: where its settings have moved to (drawn as they stepped before), and chance
in one year of so many families. The second is scaled to the area's size: England is 590 services of that simulated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, variance

from caseclock.simulation.calibration import (
    LAST_FITTED,
    Fitted,
    drawn,
    inputs_of,
    settings_at,
    steps,
)
from caseclock.simulation.calibration_inputs import told, year_scenario
from caseclock.simulation.calibration_knobs import BY_NAME
from caseclock.simulation.intervals import LEVEL, Interval, within
from caseclock.simulation.results import BANDS, Figures
from caseclock.simulation.running import Engine, Piece
from caseclock.simulation.targets import Target, children, shares, targets

#: services simulated at each draw of the settings where chance in one must be told from chance in the whole area
_EACH = 2
AHEAD, GIVEN = "ahead", "given demand and staff"
KINDS = (AHEAD, GIVEN)
#: measures that are volumes: predicted within this share of the published figure is close enough
VOLUMES = ("referrals", "assessments", "enquiries", "conferences", "plans.started", "plans.open", "care.open")
WITHIN = 0.10
SHARES = (
    "assessments.in_time",
    "conferences.in_time",
    "plans.reviews_in_time",
    "referrals.again",
    "plans.again",
)
FAMILIES = ("assessments", "conferences", "plans.ended")


@dataclass(frozen=True, slots=True)
class Judged:
    """One measure of one predicted year beside what was published."""

    area: str
    year: int
    kind: str
    measure: str
    predicted: Interval
    published: Target
    #: what was published of the last fitted year: the prediction that nothing changes
    before: float | None

    @property
    def is_inside(self) -> bool:
        return self.predicted.holds(self.published.value)

    @property
    def off(self) -> float:
        """How far the mean is off, as a share of the published figure."""
        return self.predicted.mean / self.published.value - 1 if self.published.value else 0.0


@dataclass(frozen=True, slots=True)
class BandsJudged:
    """One family of bands of one predicted year: how far it lies from the published bands."""

    area: str
    year: int
    kind: str
    family: str
    #: band -> predicted mean and published percentage
    bands: Mapping[str, tuple[float, float]]
    #: total variation distance: the share of cases that would have to change their band
    distance: Interval
    #: the same between the published bands of the last fitted year and this one
    distance_before: float | None


@dataclass(frozen=True, slots=True)
class Validated:
    judged: Sequence[Judged]
    bands: Sequence[BandsJudged]
    draws: int
    seed: int


def total_variation(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Give half the sum of the absolute differences of two sets of bands, in percent.

    >>> total_variation({"0-10": 40.0, "11+": 60.0}, {"0-10": 50.0, "11+": 50.0})
    10.0
    """
    return sum(abs(one[band] - other[band]) for band in other) / 2


def validate(
    fitted: Fitted, years: Sequence[int], *, draws: int, seed: int, engine: Engine,
    note: Callable[[int, int], None],
) -> Validated:  # fmt: skip
    """Predict years and judge them. Each draw moves the settings and simulates two services under them."""
    import numpy as np

    pieces, names = [], {}
    size = 0
    for kind in KINDS:
        for year in years:
            chance = np.random.default_rng([seed, year])
            for draw in range(draws):
                normal = [float(one) for one in chance.standard_normal(len(steps(fitted)))]
                settings = predicted_settings(fitted, year, kind, normal)
                settings["name"] = f"draw-{kind.replace(' ', '-')}-{year}-{draw:04d}"
                scenario = year_scenario(settings)
                size = scenario.children
                names[scenario.name] = (kind, year, draw)
                each = _EACH if size != children(fitted.area, LAST_FITTED) else 1
                pieces += [Piece(scenario, seed + draw, 1 + one, None, False) for one in range(each)]
    found: dict[tuple[str, int], list[list[Figures]]] = {
        (kind, year): [[] for _ in range(draws)] for kind in KINDS for year in years
    }
    for done, (piece, figures) in enumerate(engine(pieces), start=1):
        kind, year, draw = names[piece.scenario.name]
        found[kind, year][draw].append(figures)
        note(done, len(pieces))
    judged: list[Judged] = []
    bands: list[BandsJudged] = []
    for (kind, year), drawn_figures in found.items():
        judged += _judged(fitted.area, year, kind, drawn_figures, size)
        bands += _bands(fitted.area, year, kind, drawn_figures, size)
    return Validated(judged, bands, draws, seed)


def predicted_settings(fitted: Fitted, year: int, kind: str, normal: Sequence[float]) -> dict[str, object]:
    """Give the settings of a year that nothing was fitted to, as one draw has moved them."""
    base = told(fitted.area, year, LAST_FITTED)
    moved = drawn(fitted, year - LAST_FITTED, normal)
    at = {
        name: BY_NAME[name].inward(value) + moved[name]
        for name, value in fitted.years[LAST_FITTED].values.items()
    }
    inputs = inputs_of(base)
    at |= {name: value + moved.get(name, 0.0) for name, value in inputs.items()}
    if kind == GIVEN:
        given = inputs_of(told(fitted.area, year, year))
        at["in:demand"], at["in:workers"] = given["in:demand"], given["in:workers"]
    bounded = {
        name: min(
            max(value, BY_NAME[name].inward(BY_NAME[name].low)), BY_NAME[name].inward(BY_NAME[name].high)
        )
        if name in BY_NAME
        else value
        for name, value in at.items()
    }
    return settings_at(base, bounded, "draw")


def _interval(drawn_values: Sequence[Sequence[float]], services: float) -> Interval:
    """Give a year's spread: that of the draws, and chance within one, the second for so many services together.

    Where the area itself was simulated, once at each draw, its chance is in the spread of the draws.
    """
    from scipy.stats import t

    means = [fmean(values) for values in drawn_values]
    count = len(means)
    several = [variance(values) for values in drawn_values if len(values) > 1]
    inside = fmean(several) if several else 0.0
    between = max(0.0, variance(means) - inside / _EACH)
    deviation = sqrt(between + inside / services)
    times = float(t.ppf((1 + LEVEL) / 2, count - 1))
    mean = fmean(means)
    of_mean, of_one = times * sqrt(variance(means) / count), times * deviation * sqrt(1 + 1 / count)
    return Interval(mean, mean - of_mean, mean + of_mean, mean - of_one, mean + of_one, count)


def _values(found: Sequence[Sequence[Figures]], measure: str, by: float = 1.0) -> list[list[float]]:
    told_values = [
        [by * figure.value for one in draw if (figure := one.get(measure)) and figure.value is not None]
        for draw in found
    ]
    return [values for values in told_values if values]


def _judged(area: str, year: int, kind: str, found: Sequence[Sequence[Figures]], size: int) -> list[Judged]:
    published, before = targets(area, year), targets(area, LAST_FITTED)
    services = children(area, year) / size
    judged = []
    for measure in (*VOLUMES, *SHARES):
        if measure not in published:
            continue
        by = services if measure in VOLUMES else 1.0
        values = _values(found, measure, by)
        last = before[measure].value if measure in before else None
        predicted = within(_interval(values, services), 0.0, 100.0 if measure in SHARES else inf)
        judged.append(Judged(area, year, kind, measure, predicted, published[measure], last))
    return judged


def _bands(
    area: str, year: int, kind: str, found: Sequence[Sequence[Figures]], size: int
) -> list[BandsJudged]:
    judged = []
    for family in FAMILIES:
        published, before = shares(area, year, family), shares(area, LAST_FITTED, family)
        if published is None:
            continue
        means = {
            band: fmean(value for values in _values(found, f"{family}.{band}") for value in values)
            for band in BANDS[family]
        }
        distances = [
            [
                total_variation(
                    {band: figures[f"{family}.{band}"].value or 0.0 for band in BANDS[family]}, published
                )
                for figures in draw
            ]
            for draw in found
        ]
        judged.append(
            BandsJudged(
                area,
                year,
                kind,
                family,
                {band: (means[band], published[band]) for band in BANDS[family]},
                _interval(distances, children(area, year) / size),
                total_variation(before, published) if before else None,
            )
        )
    return judged
