"""Ahead: what years to come are taken to be like, from what was published by the last one fitted, and how unsure it is.

Each published figure goes on by one of three rules: as in the last year, as in the median of the last three, or on a
damped trend through the middle one of those. Which one is chosen by how each would have foretold the years known from
those before them (a rolling origin). The errors it would have made are what the prediction's interval is made of, so
that a figure that moved wildly before has a wide one. Settings move to where the figures foretold are met.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import exp, log
from statistics import fmean, median
from typing import Any

from caseclock.simulation.calibration import FIRST_FITTED, LAST_FITTED, Asking, Fitted
from caseclock.simulation.calibration_inputs import told
from caseclock.simulation.calibration_knobs import closeness, published_moments
from caseclock.simulation.calibration_search import apart, learnt, moved
from caseclock.simulation.running import Engine
from caseclock.simulation.targets import FIRST_YEAR, figure, targets

Series = Mapping[int, float]
Rule = Callable[[Series, int], float]

#: share of a trend that goes on from each year to the next (Gardner and McKenzie 1985), and the years it is taken from
_DAMPED, _TREND_YEARS = 0.8, 5
#: years that must be known before anything is foretold from them
_LEAST = 3
#: years ahead that are foretold
HORIZONS = (1, 2)
#: figures that began in April 2013 with the single assessment, and are of whole years from 2014-15
_SINGLE = ("assessments", "referrals.not_in_need")
NO_ACTION = "referrals.no_further_action"
#: the longest step of a setting, in those of the search
_LONGEST = 1.0


def _last(known: Series, _: int) -> float:
    return known[max(known)]


def _median_of_three(known: Series, _: int) -> float:
    return median(known[year] for year in sorted(known)[-3:])


def _damped_trend(known: Series, year: int) -> float:
    """Go on by the median slope of the last five years (Theil and Sen), less of it each year.

    It sets out from the middle one of the last three years along that slope, so that no one odd year tells the level.
    """
    years = sorted(known)[-_TREND_YEARS:]
    slope = median((known[two] - known[one]) / (two - one) for one, two in combinations(years, 2))
    level = median(known[one] + slope * (years[-1] - one) for one in years[-3:])
    return level + slope * sum(_DAMPED**step for step in range(1, year - years[-1] + 1))


RULES: Mapping[str, Rule] = {
    "as in the last year": _last,
    "median of the last three": _median_of_three,
    "damped trend": _damped_trend,
}


@dataclass(frozen=True, slots=True)
class Foretold:
    """How a figure's years to come are foretold, and how far off that would have been in years known."""

    rule: str
    #: years ahead -> origin -> what came less what was foretold, on the figure's own scale
    errors: Mapping[int, Series]


@cache
def known_series(area: str, until: int) -> Mapping[str, Series]:
    """Give every figure's published years up to one, on scales without bounds."""
    found: dict[str, dict[int, float]] = {}
    for year in range(FIRST_YEAR, until + 1):
        for name, value in published_moments(area, year, targets(area, year)).items():
            if year >= FIRST_FITTED or not name.startswith(_SINGLE):
                found.setdefault(name, {})[year] = value
        part, whole = figure("C1", area, year, "No_Further_Action"), figure("C1", area, year, "Referrals")
        if part and whole:
            found.setdefault(NO_ACTION, {})[year] = log(part / (whole - part))
    return found


def _rule_of(several: Sequence[Series]) -> str:
    """Choose the rule that would have been least off in the years known, over figures that go together.

    Each figure's errors, one and two years ahead, are counted in those of the last year taken on.
    """

    def off(name: str) -> float:
        found = []
        for known in several:
            for ahead in HORIZONS:
                errors, plain = (_errors(known, rule, ahead) for rule in (RULES[name], _last))
                if errors:
                    found.append(
                        fmean(map(abs, errors.values())) / max(1e-9, fmean(map(abs, plain.values())))
                    )
        return fmean(found) if found else 1.0

    return min(RULES, key=off)


def _errors(known: Series, rule: Rule, ahead: int) -> dict[int, float]:
    origins = sorted(known)[_LEAST - 1 :]
    return {
        origin: known[origin + ahead]
        - rule({year: value for year, value in known.items() if year <= origin}, origin + ahead)
        for origin in origins
        if origin + ahead in known
    }


@cache
def all_foretold(area: str) -> Mapping[str, Foretold]:
    """Give, for every figure of an area, its rule and the errors of that, from years up to the last one fitted.

    Bands of one duration have one rule, since they are shares of the same cases.
    """
    series = known_series(area, LAST_FITTED)
    together: dict[str, list[str]] = {}
    for name in series:
        together.setdefault(name.split(" to ")[0] + (" bands" if " to " in name else ""), []).append(name)
    found = {}
    for names in together.values():
        rule = _rule_of([series[name] for name in names])
        for name in names:
            errors = {ahead: _errors(series[name], RULES[rule], ahead) for ahead in HORIZONS}
            found[name] = Foretold(rule, errors)
    return found


def wanted_in(fitted: Fitted, year: int) -> dict[str, float]:
    """Give the figures of a year to come as they are foretold: those that settings follow.

    Demand is told, and is no setting: what it makes of timeliness is the simulator's to say.
    """
    known, rules = known_series(fitted.area, LAST_FITTED), all_foretold(fitted.area)
    names = [name for name in fitted.years[LAST_FITTED].answers if name in rules and name != "referrals"]
    return {name: RULES[rules[name].rule](known[name], year) for name in names}


def carried(fitted: Fitted, year: int) -> dict[str, float]:
    """Give the settings of a year to come, on scales without bounds: where slopes say that its figures are met."""
    last, wanted = fitted.years[LAST_FITTED], wanted_in(fitted, year)
    return moved(fitted.slopes, last.place, apart(last.answers, wanted), closeness(wanted), longest=_LONGEST)[
        0
    ]


def asked_again(fitted: Fitted, year: int, engine: Engine, replications: int) -> dict[str, float]:
    """Give the same, once the simulator was asked there: in the last year's service, with its random numbers.

    Slopes are wrong by what chance made of them, and the step to a year to come is long enough for it to be seen.
    """
    last, wanted, place = fitted.years[LAST_FITTED], wanted_in(fitted, year), carried(fitted, year)
    ask = Asking(engine, fitted.seed, lambda _done, _of: None, replications)
    (answer,) = ask(told(fitted.area, LAST_FITTED, LAST_FITTED), [place], replications)
    slopes = learnt(fitted.slopes, (last.place, last.answers), (place, answer))
    return moved(slopes, place, apart(answer, wanted), closeness(wanted), longest=_LONGEST)[0]


def base_of(area: str, year: int) -> dict[str, Any]:
    """Give what a year to come is told: the last figures known, demand and its threshold by their rules."""
    base = told(area, year, LAST_FITTED)
    known, rules = known_series(area, LAST_FITTED), all_foretold(area)
    base["demand"]["referrals_per_10000"] = exp(RULES[rules["referrals"].rule](known["referrals"], year))
    no_action = 1 / (1 + exp(-RULES[rules[NO_ACTION].rule](known[NO_ACTION], year)))
    referral = base["outcomes"]["referral"]
    rest = sum(share for name, share in referral.items() if name != "no_further_action")
    for name in referral:
        referral[name] = no_action if name == "no_further_action" else referral[name] * (1 - no_action) / rest
    return base


def given(base: dict[str, Any], area: str, year: int) -> dict[str, Any]:
    """Give the same with the year's own demand and staff, and nothing else of it."""
    own = told(area, year, year)
    base["demand"]["referrals_per_10000"] = own["demand"]["referrals_per_10000"]
    base["teams"], base["hub"] = own["teams"], own["hub"]
    return base
