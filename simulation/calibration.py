"""Calibration: settings of every year fitted to published figures by the simulated method of moments.

What was published of demand, staff and the caseload is told. The other settings are found by asking the simulator:
1. Of the last year: its answers, and their slopes for every setting; a step to where the slopes say that they meet
   what was published; the simulator asked there, the slopes corrected by what the step showed, and a step again.
2. Of each year before it: the slopes say where its figures are met, and the simulator is asked there.

Start at `calibrate`; what years to come are told of it is in calibration_ahead.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseclock.simulation.calibration_inputs import told, year_scenario
from caseclock.simulation.calibration_knobs import KNOBS, closeness, moments, published_moments, turned
from caseclock.simulation.calibration_search import (
    Row,
    Slopes,
    Solved,
    apart,
    best_of,
    bounded,
    learnt,
    moved,
    nudged,
    slopes_of,
)
from caseclock.simulation.results import Figures, added_up
from caseclock.simulation.running import Engine, Piece
from caseclock.simulation.targets import targets

#: years fitted: single assessments began in April 2013 and a whole year of them was first counted in 2014-15
FIRST_FITTED, LAST_FITTED = 2015, 2021
#: looks at the last year, and at each year before it
_LOOKS, _LOOKS_BEFORE = 4, 1
#: looks at the last year of an area that sets out from another's settings, and how long its first step may be
_LOOKS_LIKE, _LONGEST_LIKE = 8, 2.0
#: children over whom slopes are taken, in as many replications as it takes: these share their random numbers
_SLOPED_BY = 100_000

#: figures whose level is told of each year
_TOLD = ("referrals", "care.open")

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
    #: how the figures of the last year fitted move with the settings
    slopes: Slopes


def fitted_settings(fitted: Fitted, year: int) -> dict[str, Any]:
    """Give the settings of a fitted year: what was published of it, and what was fitted."""
    return turned(told(fitted.area, year, LAST_FITTED), fitted.years[year].values)


def settings_at(base: Mapping[str, Any], place: Row) -> dict[str, Any]:
    """Give settings with every knob turned as at a place on the scale without bounds."""
    return turned(dict(base), {knob.name: knob.outward(place[knob.name]) for knob in KNOBS})


class Asking:
    """Asks the simulator, several replications at each place, and counts what was asked."""

    def __init__(self, engine: Engine, seed: int, note: Note, expected: int) -> None:
        self._engine, self._seed, self._note = engine, seed, note
        self._expected = expected
        self.runs = 0

    def __call__(self, base: Mapping[str, Any], places: Sequence[Row], replications: int) -> list[Row]:
        """Give the figures at each place: those of its replications added up."""
        pieces = list(self._pieces(base, places, replications))
        found: dict[str, list[Figures]] = {}
        for piece, figures in self._engine(pieces):
            found.setdefault(piece.scenario.name, []).append(figures)
            self.runs += 1
            self._note(min(self.runs, self._expected), self._expected)
        size = base["children"] * replications
        return [moments(added_up(found[f"place-{number:03d}"]), size) for number in range(len(places))]

    def _pieces(self, base: Mapping[str, Any], places: Sequence[Row], replications: int) -> Iterator[Piece]:
        for number, place in enumerate(places):
            settings = settings_at(base, place)
            settings["name"] = f"place-{number:03d}"
            scenario = year_scenario(settings)
            for one in range(1, replications + 1):
                yield Piece(scenario, self._seed, one, None, False)


def calibrate(
    area: str,
    *,
    seed: int,
    replications: int,
    engine: Engine,
    note: Note,
    since: int = FIRST_FITTED,
    like: Fitted | None = None,
) -> Fitted:
    """Fit every year of an area since one, with so many replications at each place that the search looks at.

    With `like`, the search sets out from another area's settings and slopes: those of a nation are less blurred by
    chance than those of one authority. What is then learnt at its own places makes them its own.
    """
    years = range(LAST_FITTED, since - 1, -1)
    few = -(-_SLOPED_BY // told(area, LAST_FITTED, LAST_FITTED)["children"])
    first = _LOOKS * replications + (len(KNOBS) + 1) * few if like is None else _LOOKS_LIKE * replications
    ask = Asking(engine, seed, note, first + _LOOKS_BEFORE * (len(years) - 1) * replications)
    wanted = {year: published_moments(area, year, targets(area, year)) for year in years}
    base = told(area, LAST_FITTED, LAST_FITTED)
    solved: dict[int, Solved] = {}
    if like is None:
        place: Row = {knob.name: bounded(knob.name, knob.inward(knob.start)) for knob in KNOBS}
        slopes, place = _sloped(ask, base, place, wanted[LAST_FITTED], few)
        longest, looks = 1.0, _LOOKS
    else:
        slopes, place = like.slopes, like.years[LAST_FITTED].place
        longest, looks = _LONGEST_LIKE, _LOOKS_LIKE
    solved[LAST_FITTED], slopes = _looked(
        ask, base, place, slopes, wanted[LAST_FITTED], replications, looks, longest=longest
    )
    for year in years[1:]:
        after = solved[year + 1]
        change = {name: by for name, by in apart(after.answers, wanted[year]).items() if name not in _TOLD}
        place, _ = moved(slopes, after.place, change, closeness(wanted[year]))
        base = told(area, year, LAST_FITTED)
        solved[year], _ = _looked(ask, base, place, slopes, wanted[year], replications, _LOOKS_BEFORE)
    return Fitted(area, seed, dict(sorted(solved.items())), ask.runs, slopes)


def _sloped(
    ask: Asking, base: Mapping[str, Any], place: Row, wanted: Row, replications: int
) -> tuple[Slopes, dict[str, float]]:
    """Take the slopes at a place, and give with them the place where they say that the figures wanted are met."""
    places = nudged(place)
    answer, *others = ask(base, [place, *places.values()], replications)
    slopes = slopes_of(
        place,
        answer,
        {name: (places[name], told_there) for name, told_there in zip(places, others, strict=True)},
    )
    return slopes, moved(slopes, place, apart(answer, wanted), closeness(wanted))[0]


def _looked(
    ask: Asking,
    base: Mapping[str, Any],
    place: Row,
    slopes: Slopes,
    wanted: Row,
    replications: int,
    looks: int,
    *,
    longest: float = 1.0,
) -> tuple[Solved, Slopes]:
    """Ask at a place, go to where the slopes say that the figures are met, ask there, and keep the best place.

    Every step corrects the slopes; they are given with what was found.
    """
    close = closeness(wanted)
    seen: list[tuple[Row, Row]] = []
    unsure: Row = {}
    came_from: tuple[Row, Row] = (place, {})
    for _ in range(looks):
        (answer,) = ask(base, [place], replications)
        seen.append((place, answer))
        slopes = learnt(slopes, came_from, seen[-1])
        place, answer = came_from = best_of(seen, wanted, close)
        place, unsure = moved(slopes, place, apart(answer, wanted), close, longest=longest / len(seen))
    best, answer = best_of(seen, wanted, close)
    values = {knob.name: knob.outward(best[knob.name]) for knob in KNOBS}
    return Solved(values, unsure, answer), slopes
