"""Calibration: settings of every year fitted to published figures by the simulated method of moments.

1. A Latin hypercube of runs over the settings and over what years differ in; one surrogate learnt of them.
2. For every year, the settings whose moments come nearest to the published ones, by bounded least squares.
3. The simulator asked again at and around what was found; the surrogate learnt anew, the runs near it weighing most,
   and corrected by what it is off there on average.

A prediction takes the last fitted year on, and lets every setting and input step as they stepped together from year to
year in the years fitted. Start at `calibrate`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from statistics import fmean
from typing import Any

from caseclock.simulation.calibration_inputs import UNIT, told, year_scenario
from caseclock.simulation.calibration_knobs import (
    BY_NAME,
    KNOBS,
    moments,
    published_moments,
    tolerances,
    turned,
)
from caseclock.simulation.calibration_surrogate import Solved, Surrogate, design, learn, solve
from caseclock.simulation.results import Figures
from caseclock.simulation.running import Engine, Piece
from caseclock.simulation.targets import targets

#: years fitted: single assessments began in April 2013 and a whole year of them was first counted in 2014-15
FIRST_FITTED, LAST_FITTED = 2015, 2021
#: half-width of the first design on the scale without bounds, by scale
_HALF = {"log": 0.55, "logit": 0.8, "plain": 0.8}
#: rounds in which the simulator is asked at and around what was found; runs for each year in each of them
_ROUNDS, _AROUND = 1, 2
#: half-width of the runs around what was found, as a share of the first design's
_CLOSER = 0.4

Row = Mapping[str, float]
Note = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted for an area."""

    area: str
    seed: int
    #: year -> what was found
    years: Mapping[int, Solved]
    #: runs of the simulator that it rests on
    runs: int
    #: moment -> standard deviation of one run about the surrogate
    off: Mapping[str, float]


def fitted_settings(fitted: Fitted, year: int) -> dict[str, Any]:
    """Give the settings of a fitted year: what was published of it, and what was fitted."""
    base = told(fitted.area, year, LAST_FITTED)
    return turned(base, fitted.years[year].values)


def inputs_of(settings: Mapping[str, Any]) -> dict[str, float]:
    """Give what years differ in apart from what is fitted, on scales without bounds."""
    demand, outcomes, caseload = settings["demand"], settings["outcomes"], settings["caseload"]
    per = settings["children"] / 10_000
    workers = sum(team["workers"] for team in settings["teams"].values())
    no_action = min(0.98, max(0.004, outcomes["referral"]["no_further_action"]))
    return {
        "in:demand": log(demand["referrals_per_10000"]),
        "in:workers": log(workers / per),
        "in:no_action": log(no_action / (1 - no_action)),
        "in:plan": log(outcomes["plan"] / (1 - outcomes["plan"])),
        "in:plans": log(max(1, caseload["protection_plans"]) / per),
        "in:need": log(max(1, caseload["need_plans"]) / per),
        "in:care": log(max(1, caseload["looked_after"]) / per),
    }


def with_inputs(settings: Mapping[str, Any], at: Row) -> dict[str, Any]:
    """Give settings in which what years differ in is as at a point; the rest is as it was."""
    from copy import deepcopy

    made = deepcopy(dict(settings))
    per = made["children"] / 10_000
    before = inputs_of(made)
    made["demand"]["referrals_per_10000"] = exp(at.get("in:demand", before["in:demand"]))
    more = exp(at.get("in:workers", before["in:workers"]) - before["in:workers"])
    for team in made["teams"].values():
        team["workers"] *= more
        team["supervisors"] *= more
    no_action = 1 / (1 + exp(-at.get("in:no_action", before["in:no_action"])))
    referral = made["outcomes"]["referral"]
    rest = sum(value for name, value in referral.items() if name != "no_further_action")
    for name in referral:
        referral[name] = no_action if name == "no_further_action" else referral[name] * (1 - no_action) / rest
    made["outcomes"]["plan"] = 1 / (1 + exp(-at.get("in:plan", before["in:plan"])))
    for key, name in (("plans", "protection_plans"), ("need", "need_plans"), ("care", "looked_after")):
        made["caseload"][name] = round(exp(at.get(f"in:{key}", before[f"in:{key}"])) * per)
    return made


def settings_at(base: Mapping[str, Any], at: Row, name: str) -> dict[str, Any]:
    """Give settings as at a point: inputs and knobs, both on the scale without bounds."""
    values = {knob.name: knob.outward(at[knob.name]) for knob in KNOBS if knob.name in at}
    made = turned(with_inputs(base, at), values)
    made["name"] = name
    return made


def asked(base: Mapping[str, Any], points: Sequence[Row], engine: Engine, seed: int, note: Note) -> list[Row]:
    """Run the simulator once at every point and give the moments of each, in their order."""
    pieces = [
        Piece(year_scenario(settings_at(base, point, f"point-{place:05d}")), seed, 1 + place % 4, None, False)
        for place, point in enumerate(points)
    ]
    found: dict[str, Row] = {}
    for piece, figures in engine(pieces):
        found[piece.scenario.name] = _moments(piece, figures)
        note(len(found), len(pieces))
    return [found[piece.scenario.name] for piece in pieces]


def _moments(piece: Piece, figures: Figures) -> Row:
    return moments(figures, piece.scenario.children)


def calibrate(area: str, *, seed: int, runs: int, engine: Engine, note: Note) -> Fitted:
    """Fit every year of an area from so many designed runs, and a few more at what was found."""
    years = range(FIRST_FITTED, LAST_FITTED + 1)
    bases = {year: told(area, year, LAST_FITTED, size=UNIT) for year in years}
    wanted = {year: published_moments(area, year, targets(area, year)) for year in years}
    inputs = {year: inputs_of(base) for year, base in bases.items()}
    varied = _varied(inputs.values())
    middle = years[len(years) // 2]
    total = runs + _ROUNDS * len(years) * _AROUND
    points: list[Row] = list(design(varied, runs, seed))
    answers = asked(bases[middle], points, engine, seed, _behind(note, 0, total))
    surrogate = learn(varied, points, answers)
    solved = _solve_all(surrogate, wanted, inputs, {})
    for number in range(1, _ROUNDS + 1):
        found = [_point(solved[year], inputs[year]) for year in years]
        at = [point for place in found for point in (place, *_around(place, varied, seed + number))]
        told_there = asked(bases[middle], at, engine, seed + number, _behind(note, len(points), total))
        points, answers = [*points, *at], [*answers, *told_there]
        surrogate = learn(varied, points, answers, found)
        shift = {
            moment: fmean(
                told_there[place * _AROUND][moment] - surrogate.answer(moment, at[place * _AROUND])
                for place in range(len(found))
            )
            for moment in surrogate.coefficients
        }
        solved = _solve_all(surrogate, wanted, inputs, shift)
    return Fitted(area, seed, solved, len(points), surrogate.off)


def _around(place: Row, varied: Mapping[str, tuple[float, float]], seed: int) -> list[Row]:
    """Give points close around a place; inputs stay as they are, since they are told and not fitted."""
    box = {name: (place[name], half * _CLOSER) for name, (_, half) in varied.items() if name in BY_NAME}
    kept = {name: value for name, value in place.items() if name not in BY_NAME}
    return [
        {name: bounded(name, value) for name, value in point.items()} | kept
        for point in design(box, _AROUND - 1, seed)
    ]


def bounded(name: str, value: float) -> float:
    """Keep a setting, on the scale without bounds, within what it may be."""
    knob = BY_NAME[name]
    return min(max(value, knob.inward(knob.low)), knob.inward(knob.high))


def _behind(note: Note, before: int, total: int) -> Note:
    """Count on from the runs that were made before."""
    return lambda done, _: note(before + done, total)


def _varied(inputs: Any) -> dict[str, tuple[float, float]]:
    varied = {
        knob.name: (knob.inward(knob.start) if knob.scale != "plain" else knob.start, _half(knob))
        for knob in KNOBS
    }
    rows = list(inputs)
    for name in rows[0]:
        low, high = min(row[name] for row in rows), max(row[name] for row in rows)
        varied[name] = ((low + high) / 2, max(0.1, (high - low) / 2 * 1.1))
    return varied


def _half(knob: Any) -> float:
    """Give a knob's half-width: never beyond its own bounds."""
    centre = knob.inward(knob.start)
    within = min(knob.inward(knob.high) - centre, centre - knob.inward(knob.low))
    return float(min(_HALF[knob.scale] * 1.5, within))


def _solve_all(
    surrogate: Surrogate, wanted: Mapping[int, Row], inputs: Mapping[int, Row], shift: Row
) -> dict[int, Solved]:
    """Solve year by year; each begins where the one before ended, so that what no figure speaks of stays."""
    close, solved, start = tolerances(), {}, None
    for year in wanted:
        solved[year] = solve(surrogate, wanted[year], inputs[year], close, shift, start)
        start = {name: BY_NAME[name].inward(value) for name, value in solved[year].values.items()}
    return solved


def _point(solved: Solved, inputs: Row) -> Row:
    return {name: BY_NAME[name].inward(value) for name, value in solved.values.items()} | dict(inputs)


def _mean(rows: Sequence[Row]) -> Row:
    return {name: fmean(row[name] for row in rows) for name in rows[0]}


def steps(fitted: Fitted) -> list[dict[str, float]]:
    """Give how settings and inputs stepped together from each fitted year to the next, on scales without bounds."""
    stepping = ("in:demand", "in:workers", "in:no_action", "in:plan")
    rows = []
    for year, solved in fitted.years.items():
        inputs = inputs_of(told(fitted.area, year, LAST_FITTED))
        point = _point(solved, {name: inputs[name] for name in stepping})
        rows.append(point)
    return [{name: two[name] - one[name] for name in one} for one, two in pairwise(rows)]


def drawn(fitted: Fitted, ahead: int, normal: Sequence[float]) -> dict[str, float]:
    """Give how far settings and inputs have moved so many years on, for as many normal numbers as there are steps.

    A random walk whose steps have the covariance of those seen: what moved together moves together.
    """
    seen = steps(fitted)
    by = (ahead / len(seen)) ** 0.5
    return {
        name: by * sum(chance * step[name] for chance, step in zip(normal, seen, strict=True))
        for name in seen[0]
    }
