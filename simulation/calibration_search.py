"""The search: from what the simulator answers at one place, and how its answers slope there, to a better place.

Gauss-Newton with bounds. Slopes are differences of runs that share their random numbers, taken only of the figures that
a setting is known to move; a step is a bounded linear least squares (scipy), and no longer than slopes can be trusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseclock.simulation.calibration_knobs import BY_NAME, KNOBS

Row = Mapping[str, float]
#: knob -> figure -> how much it moves for each unit of the knob, both on scales without bounds
Slopes = Mapping[str, Row]

#: how far a setting is moved to see its slope, and the longest step taken by one, by its scale
_NUDGE = {"log": 0.30, "logit": 0.50}
_LONGEST = {"log": 0.60, "logit": 0.90}
#: weight with which a setting is held where it was, where no figure says otherwise
_HOLD = 0.7
#: the square of a step, in longest ones, of which half is learnt: of a shorter one chance says more than slopes do
_FAINT = 0.1


@dataclass(frozen=True, slots=True)
class Solved:
    """Settings found for one year, with how sure they are."""

    #: knob -> value on its own scale
    values: Row
    #: knob -> standard deviation on the scale without bounds
    unsure: Row
    #: figure -> what the simulator answered there, on the figure's scale
    answers: Row

    @property
    def place(self) -> dict[str, float]:
        """Give the settings on the scale without bounds."""
        return {name: BY_NAME[name].inward(value) for name, value in self.values.items()}


def bounded(name: str, value: float) -> float:
    """Keep a setting, on the scale without bounds, within what it may be."""
    knob = BY_NAME[name]
    return min(max(value, knob.inward(knob.low)), knob.inward(knob.high))


def nudged(place: Row) -> dict[str, dict[str, float]]:
    """Give, for every setting, the place with that one moved: upwards, or downwards where a bound is near."""
    found = {}
    for knob in KNOBS:
        by = _NUDGE[knob.scale]
        room = knob.inward(knob.high) - place[knob.name]
        found[knob.name] = dict(place) | {knob.name: place[knob.name] + (by if room > by else -by)}
    return found


def slopes_of(place: Row, answer: Row, others: Mapping[str, tuple[Row, Row]]) -> dict[str, dict[str, float]]:
    """Give the slopes at a place, from its answer and the places nudged with theirs."""
    found = {}
    for knob in KNOBS:
        there, told = others[knob.name]
        by = there[knob.name] - place[knob.name]
        found[knob.name] = {
            figure: (told[figure] - answer[figure]) / by
            for figure in dict.fromkeys(knob.moves)
            if figure in answer
        }
    return found


def learnt(slopes: Slopes, before: tuple[Row, Row], after: tuple[Row, Row]) -> dict[str, dict[str, float]]:
    """Give slopes corrected by what a step showed, between two places with their answers.

    Broyden's update, as Schubert has it where it is known which settings move a figure: others stay without a slope.
    """
    (place, answer), (there, told) = before, after
    found = {name: dict(moves) for name, moves in slopes.items()}
    steps = {knob.name: (there[knob.name] - place[knob.name]) / _LONGEST[knob.scale] for knob in KNOBS}
    for figure in answer.keys() & told.keys():
        movers = [name for name, moves in found.items() if figure in moves]
        expected = sum(found[name][figure] * (there[name] - place[name]) for name in movers)
        missed = told[figure] - answer[figure] - expected
        length = sum(steps[name] ** 2 for name in movers)
        for name in movers:
            share = steps[name] / (length + _FAINT) / _LONGEST[BY_NAME[name].scale]
            found[name][figure] += missed * share
    return found


def moved(
    slopes: Slopes, place: Row, by: Row, close: Row, *, longest: float = 1.0, hold: float = _HOLD
) -> tuple[dict[str, float], dict[str, float]]:
    """Give the place at which the figures have moved by so much, and how unsure each setting is of it.

    `close` is how far off each figure may be; a setting that no figure speaks of stays where it is.
    """
    import numpy as np
    from scipy.optimize import lsq_linear

    names = [knob.name for knob in KNOBS]
    figures = [figure for figure in by if figure in close]
    table = np.array(
        [[slopes[name].get(figure, 0.0) / close[figure] for name in names] for figure in figures]
    )
    steps = np.array([_LONGEST[knob.scale] for knob in KNOBS])
    pulls = np.diag(hold / steps)
    lines: Any = np.vstack([table, pulls])
    wanted = np.concatenate([[by[figure] / close[figure] for figure in figures], np.zeros(len(names))])
    low = np.array(
        [
            max(bounded(name, -1e9) - place[name], -longest * step)
            for name, step in zip(names, steps, strict=True)
        ]
    )
    high = np.array(
        [
            min(bounded(name, 1e9) - place[name], longest * step)
            for name, step in zip(names, steps, strict=True)
        ]
    )
    found = lsq_linear(lines, wanted, bounds=(np.minimum(low, -1e-9), np.maximum(high, 1e-9)))
    unsure = np.sqrt(np.diag(np.linalg.inv(lines.T @ lines)))
    there = {
        name: bounded(name, place[name] + float(step)) for name, step in zip(names, found.x, strict=True)
    }
    return there, {name: float(one) for name, one in zip(names, unsure, strict=True)}


def apart(answer: Row, wanted: Row) -> dict[str, float]:
    """Say how far the figures wanted lie from those answered; of a figure that was not answered, nothing."""
    return {figure: value - answer[figure] for figure, value in wanted.items() if figure in answer}


def badness(answer: Row, wanted: Row, close: Row) -> float:
    """Weigh what is missed: the sum of squares, in units of what is close enough; none counts for more than eight."""
    return sum(min(8.0, abs(miss) / close[figure]) ** 2 for figure, miss in apart(answer, wanted).items())


def best_of(looks: Sequence[tuple[Row, Row]], wanted: Row, close: Row) -> tuple[Row, Row]:
    """Give the place, and its answer, that misses least."""
    return min(looks, key=lambda look: badness(look[1], wanted, close))
