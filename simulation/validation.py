"""Validation: years that nothing was fitted to, predicted, and held against what was published of them afterwards.

Two predictions of each year. *Ahead* is told nothing later than the last fitted year. *Given demand and staff* is also
told the year's own referrals and workers, which are what the service is asked to do and with whom, and no outcome.

The simulation gives the middle of a prediction. Its spread is how far off the years known would have been, foretold in
the same way from those before them: these errors hold a year's chance, and the change of practice that nobody foresaw.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import fmean, variance

from caseclock.simulation.calibration import LAST_FITTED, Fitted, settings_at
from caseclock.simulation.calibration_ahead import all_foretold, asked_again, base_of, given, known_series
from caseclock.simulation.calibration_inputs import year_scenario
from caseclock.simulation.intervals import LEVEL, Interval
from caseclock.simulation.results import BANDS, Figures, added_up
from caseclock.simulation.running import Engine, Piece
from caseclock.simulation.scenario import Scenario
from caseclock.simulation.targets import Target, children, shares, targets

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
#: measure -> the figures it is a chain of, or the one that has another name among those fitted to
_CHAINS: Mapping[str, tuple[str, ...]] = {
    "assessments.in_time": ("assessments to 41-45",),
    "conferences.in_time": ("conferences to 11-15",),
    "assessments": ("referrals", "assessments"),
    "enquiries": ("referrals", "enquiries"),
    "conferences": ("referrals", "enquiries", "conferences"),
    "plans.started": ("referrals", "enquiries", "conferences", "plans.started"),
    "plans.open": ("referrals", "enquiries", "conferences", "plans.started", "plans.open"),
}
#: a share is taken for no nearer to none or all than this, in percent
_EDGE = 0.3


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
    replications: int
    seed: int


def total_variation(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Give half the sum of the absolute differences of two sets of bands, in percent.

    >>> total_variation({"0-10": 40.0, "11+": 60.0}, {"0-10": 50.0, "11+": 50.0})
    10.0
    """
    return sum(abs(one[band] - other[band]) for band in other) / 2


def validate(
    fitted: Fitted, years: Sequence[int], *, replications: int, seed: int, engine: Engine,
    note: Callable[[int, int], None],
) -> Validated:  # fmt: skip
    """Predict years and judge them, each by so many replications at the settings foretold."""
    places = {year: asked_again(fitted, year, engine, replications) for year in years}
    pieces = [
        Piece(_scenario(fitted, year, kind, places[year]), seed, one, None, False)
        for kind in KINDS
        for year in years
        for one in range(1, replications + 1)
    ]
    found: dict[str, list[Figures]] = {}
    for done, (piece, figures) in enumerate(engine(pieces), start=1):
        found.setdefault(piece.scenario.name, []).append(figures)
        note(done, len(pieces))
    size = pieces[0].scenario.children
    judged: list[Judged] = []
    bands: list[BandsJudged] = []
    for kind in KINDS:
        for year in years:
            runs = found[_name(kind, year)]
            judged += _judged(fitted.area, year, kind, runs, size)
            bands += _bands(fitted.area, year, kind, runs)
    return Validated(judged, bands, replications, seed)


def _name(kind: str, year: int) -> str:
    return f"{kind.split(maxsplit=1)[0]}-{year}"


def _scenario(fitted: Fitted, year: int, kind: str, place: Mapping[str, float]) -> Scenario:
    base = base_of(fitted.area, year)
    if kind == GIVEN:
        base = given(base, fitted.area, year)
    return year_scenario(settings_at(base, place) | {"name": _name(kind, year)})


def past_errors(area: str, ahead: int, kind: str, measure: str) -> list[float]:
    """Give how far off a measure would have been in the years known, on the scale on which errors add up.

    A volume is a chain of ratios: enquiries are referrals times enquiries for each of them. Its error in a year is the
    sum of theirs, so that what was off together is off together. Demand that is told has none.
    """
    chain = [name for name in _CHAINS.get(measure, (measure,)) if not (name == "referrals" and kind == GIVEN)]
    rules = all_foretold(area)
    if not chain or any(name not in rules for name in chain):
        return []
    known = set.intersection(*(set(rules[name].errors[ahead]) for name in chain))
    return [sum(_as_logarithm(area, name, rules[name].errors[ahead][origin]) for name in chain)
            for origin in sorted(known)]  # fmt: skip


def _as_logarithm(area: str, name: str, error: float) -> float:
    """Turn an error of the log odds of a share into one of its logarithm, where it is a link of a chain of counts."""
    if name != "plans.started":
        return error
    share = 1 / (1 + exp(-known_series(area, LAST_FITTED)[name][LAST_FITTED]))
    return error * (1 - share)


def _interval(runs: Sequence[Figures], measure: str, errors: Sequence[float]) -> Interval | None:
    """Give a year's mean and spread: logarithms of counts, log odds of shares.

    Student's t, with as many degrees of freedom as there were years foretold.
    """
    from scipy.stats import t

    mean = added_up(runs)[measure].value
    is_share = measure in SHARES
    if mean is None:
        return None
    mean = mean if is_share else mean / len(runs)
    of_mean = variance([_scaled(one, measure) for one in runs]) / len(runs)
    of_years = fmean(one * one for one in errors) if errors else 0.0
    free = max(1, len(errors) or len(runs) - 1)
    times, times_mean = (float(t.ppf((1 + LEVEL) / 2, one)) for one in (free, len(runs) - 1))

    def ends(deviation: float) -> tuple[float, float]:
        middle = _scale(mean, is_share=is_share)
        return _back(middle - deviation, is_share=is_share), _back(middle + deviation, is_share=is_share)

    narrow, wide = ends(times_mean * sqrt(of_mean)), ends(times * sqrt(of_mean + of_years))
    return Interval(mean, *narrow, *wide, len(runs))


def _scaled(found: Figures, measure: str) -> float:
    return _scale(found[measure].value or 0.0, is_share=measure in SHARES)


def _scale(value: float, *, is_share: bool) -> float:
    if not is_share:
        return log(max(value, 0.5))
    share = min(100 - _EDGE, max(_EDGE, value)) / 100
    return log(share / (1 - share))


def _back(value: float, *, is_share: bool) -> float:
    if not is_share:
        return exp(value)
    percent = 100 / (1 + exp(-value))
    # within a child or so of all, or of none, it may as well be all or none
    return 0.0 if percent <= 1.5 * _EDGE else 100.0 if percent >= 100 - 1.5 * _EDGE else percent


def _judged(area: str, year: int, kind: str, runs: Sequence[Figures], size: int) -> list[Judged]:
    published, before = targets(area, year), targets(area, LAST_FITTED)
    services = children(area, year) / size
    judged = []
    for measure in (*VOLUMES, *SHARES):
        found = _interval(runs, measure, past_errors(area, year - LAST_FITTED, kind, measure))
        if measure not in published or found is None:
            continue
        last = before[measure].value if measure in before else None
        judged.append(
            Judged(area, year, kind, measure, _times(found, services) if measure in VOLUMES else found,
                   published[measure], last)
        )  # fmt: skip
    return judged


def _times(found: Interval, by: float) -> Interval:
    """Give a count of one service as that of so many like it."""
    return Interval(
        found.mean * by, found.low * by, found.high * by, found.spread_low * by, found.spread_high * by,
        found.replications,
    )  # fmt: skip


def _bands(area: str, year: int, kind: str, runs: Sequence[Figures]) -> list[BandsJudged]:
    judged = []
    together = added_up(runs)
    for family in FAMILIES:
        published, before = shares(area, year, family), shares(area, LAST_FITTED, family)
        if published is None:
            continue
        told = _told_bands(together, family)
        each = [total_variation(_told_bands(one, family), published) for one in runs]
        distance = total_variation(told, published)
        least, most = min(each), max(each)
        judged.append(
            BandsJudged(
                area, year, kind, family, {band: (told[band], published[band]) for band in BANDS[family]},
                Interval(distance, least, most, least, most, len(runs)),
                total_variation(before, published) if before else None,
            )
        )  # fmt: skip
    return judged


def _told_bands(found: Figures, family: str) -> dict[str, float]:
    return {band: found[f"{family}.{band}"].value or 0.0 for band in BANDS[family]}
