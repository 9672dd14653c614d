"""The surrogate: what the simulator answers to its settings, learnt from a designed set of runs.

Each moment is a sum of linear and squared terms of the settings, on scales without bounds, by ridge regression over a
Latin hypercube. It is fitted to in place of the simulator, which is asked again at what was found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseclock.simulation.calibration_knobs import KNOBS, Knob

#: pull of the ridge towards no effect, in units of one run: on lines, and on squares
_RIDGE, _RIDGE_ON_SQUARES = 0.5, 3.0
#: weight with which a setting is held near where it started, where no figure says otherwise
_HOLD = 0.35
#: how near a run is near, in half-widths on average over the settings; and the least weight of a run far off
_NEAR, _FAR = 0.4, 0.02

Row = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Surrogate:
    """Fitted answers: moment -> its coefficients, and how far single runs lie from them."""

    #: names of what is varied: knobs and inputs, each with its centre and half-width on the scale without bounds
    varied: Mapping[str, tuple[float, float]]
    coefficients: Mapping[str, Any]
    #: standard deviation of a run about the fitted answer, chance and lack of fit together
    off: Mapping[str, float]
    runs: int

    def features(self, at: Row) -> list[float]:
        """Give the terms of a point: 1, each setting, each squared."""
        placed = [(at[name] - centre) / half for name, (centre, half) in self.varied.items()]
        return [1.0, *placed, *(one * one for one in placed)]

    def answer(self, moment: str, at: Row) -> float:
        import numpy as np

        return float(np.dot(self.coefficients[moment], self.features(at)))


def learn(
    varied: Mapping[str, tuple[float, float]],
    points: Sequence[Row],
    answers: Sequence[Row],
    near: Sequence[Row] = (),
) -> Surrogate:
    """Fit every moment over the runs made at some points; those far from every place in `near` weigh less."""
    import numpy as np

    blank = Surrogate(varied, {}, {}, len(points))
    weights = np.sqrt([_weight(blank, point, near) for point in points])
    terms = np.array([blank.features(point) for point in points]) * weights[:, None]
    pull = np.diag([0.0, *([_RIDGE] * len(varied)), *([_RIDGE_ON_SQUARES] * len(varied))])
    coefficients, off = {}, {}
    for moment in answers[0]:
        told = np.array([answer[moment] for answer in answers]) * weights
        fitted = np.linalg.solve(terms.T @ terms + pull, terms.T @ told)
        coefficients[moment] = fitted
        spare = max(1.0, float(np.sum(weights**2)) * 0.6)
        off[moment] = float(np.sqrt(np.sum((told - terms @ fitted) ** 2) / spare))
    return Surrogate(varied, coefficients, off, len(points))


def _weight(blank: Surrogate, point: Row, near: Sequence[Row]) -> float:
    """Give a run's weight: 1 at a place in `near`, less the farther it lies from all of them."""
    from math import exp

    if not near:
        return 1.0
    placed = blank.features(point)[1 : 1 + len(blank.varied)]
    others = [blank.features(one)[1 : 1 + len(blank.varied)] for one in near]
    least = min(sum((a - b) ** 2 for a, b in zip(placed, other, strict=True)) for other in others)
    return max(_FAR, exp(-least / (2 * _NEAR**2 * len(placed))))


def design(varied: Mapping[str, tuple[float, float]], count: int, seed: int) -> list[dict[str, float]]:
    """Give points that fill the box of what is varied: a Latin hypercube, the same for the same seed."""
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(d=len(varied), rng=seed).random(count)
    return [
        {
            name: centre + half * (2 * float(one) - 1)
            for one, (name, (centre, half)) in zip(row, varied.items(), strict=True)
        }
        for row in unit
    ]


@dataclass(frozen=True, slots=True)
class Solved:
    """Settings found for one year, with how sure they are."""

    #: knob -> value on its own scale
    values: Mapping[str, float]
    #: knob -> standard deviation on the scale without bounds
    unsure: Mapping[str, float]
    #: moment -> how far the surrogate lies from the published figure, on the moment's scale
    misses: Mapping[str, float]


def solve(
    surrogate: Surrogate,
    wanted: Row,
    inputs: Row,
    close: Mapping[str, float],
    shift: Row,
    start: Row | None = None,
) -> Solved:
    """Find the settings whose answers come nearest to the figures wanted, by bounded least squares.

    `close` is how far off each may be; `shift` corrects the surrogate by what the simulator itself answered.
    A setting that no figure speaks of stays where it started.
    """
    import numpy as np
    from scipy.optimize import least_squares

    knobs: list[Knob] = [knob for knob in KNOBS if knob.name in surrogate.varied]
    names = [knob.name for knob in knobs]
    asked = [moment for moment in wanted if moment in surrogate.coefficients]
    centre = np.array([surrogate.varied[name][0] for name in names])
    halves = np.array([surrogate.varied[name][1] for name in names])
    held_at = np.array([(start or {}).get(name, surrogate.varied[name][0]) for name in names])
    # what the inputs make of each moment is settled; what is left is a line and a square in every setting
    known = {name: at for name, (at, _) in surrogate.varied.items()} | dict(inputs)
    places = [list(surrogate.varied).index(name) for name in names]
    table = np.array([surrogate.coefficients[moment] for moment in asked])
    count = len(surrogate.varied)
    linear, square = table[:, 1 : 1 + count], table[:, 1 + count :]
    terms = np.array(surrogate.features({**known, **dict(zip(names, centre, strict=True))}))
    settled = table @ terms + np.array([shift.get(moment, 0.0) - wanted[moment] for moment in asked])
    linear, square = linear[:, places], square[:, places]
    nearness = np.array([close[moment] for moment in asked])

    def off(point: Any) -> Any:
        placed = (point - centre) / halves
        misses = (settled + linear @ placed + square @ placed**2) / nearness
        return np.concatenate([misses, _HOLD * (point - held_at) / halves])

    def slope(point: Any) -> Any:
        placed = (point - centre) / halves
        of_misses = (linear + 2 * square * placed) / halves / nearness[:, None]
        return np.vstack([of_misses, np.diag(_HOLD / halves)])

    low = np.array([max(knob.inward(knob.low), surrogate.varied[knob.name][0] - 1.15 * half)
                    for knob, half in zip(knobs, halves, strict=True)])  # fmt: skip
    high = np.array([min(knob.inward(knob.high), surrogate.varied[knob.name][0] + 1.15 * half)
                     for knob, half in zip(knobs, halves, strict=True)])  # fmt: skip
    begin = np.clip(held_at, low + 1e-6, high - 1e-6)
    found = least_squares(off, begin, jac=slope, bounds=(low, high), max_nfev=300)
    slopes: Any = found.jac
    unsure = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)))
    return Solved(
        {knob.name: knob.outward(float(one)) for knob, one in zip(knobs, found.x, strict=True)},
        {name: float(one) for name, one in zip(names, unsure, strict=True)},
        {moment: float(one) * close[moment] for moment, one in zip(asked, found.fun, strict=False)},
    )
