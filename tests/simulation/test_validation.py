"""Judging predictions: what a year's spread is made of, and the page that tells it."""

from collections.abc import Iterator
from statistics import variance

import pytest

from caseclock.indicators.catalogue import INDICATORS
from caseclock.processes.catalogue import rules_of
from caseclock.simulation.calibration import Fitted
from caseclock.simulation.calibration_check import Checked
from caseclock.simulation.calibration_knobs import KNOBS
from caseclock.simulation.calibration_surrogate import Solved
from caseclock.simulation.holding import held_against, held_lines
from caseclock.simulation.intervals import interval
from caseclock.simulation.results import BANDS, MEASURES, Figure, Figures
from caseclock.simulation.running import Piece
from caseclock.simulation.scenario import load_scenario
from caseclock.simulation.targets import targets
from caseclock.simulation.validation import GIVEN, Validated, validate
from caseclock.simulation.validation_page import page


def a_fit(area: str) -> Fitted:
    values = {knob.name: knob.start for knob in KNOBS}
    years = {year: Solved(values, dict.fromkeys(values, 0.1), {}) for year in range(2015, 2022)}
    return Fitted(area, 1, years, 100, {})


def shares_of(percent: float) -> Figures:
    """Give a replication in which so many percent of everything is in time, and everything is counted 100 times."""
    made = {name: Figure(100.0) for name, measure in MEASURES.items() if measure.unit == "count"}
    made |= {name: Figure(percent) for name, measure in MEASURES.items() if measure.unit != "count"}
    for family, bands in BANDS.items():
        made |= {f"{family}.{band}": Figure(100 / len(bands)) for band in bands}
    return made


def chance_alone(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
    """Answer 80 and 90 percent in turn: every draw has the same mean, and chance within it has a variance of 50."""
    for piece in pieces:
        yield piece, shares_of(80.0 if piece.replication == 1 else 90.0)


def settings_alone(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
    """Answer by the draw alone: what differs are the settings, and a nation is as uncertain as one service."""
    for piece in pieces:
        yield piece, shares_of(80.0 + int(piece.scenario.name.rsplit("-", 1)[1]))


def predicted(found: Validated, measure: str, year: int) -> tuple[float, float, float]:
    one = next(one for one in found.judged if (one.measure, one.year, one.kind) == (measure, year, GIVEN))
    return one.predicted.mean, one.predicted.spread_low, one.predicted.spread_high


def judged(area: str, engine: object) -> Validated:
    return validate(a_fit(area), (2022,), draws=4, seed=1, engine=engine, note=lambda _done, _of: None)  # type: ignore[arg-type]


def test_chance_within_a_year_all_but_vanishes_over_a_nation() -> None:
    """Standard deviation 7.1 in one service of 20,000 children, 0.3 over England: t with 3 degrees is 3.182."""
    mean, low, high = predicted(judged("England", chance_alone), "assessments.in_time", 2022)

    assert 85 == pytest.approx(mean)
    services = 11_762_878 / 20_000
    assert 3.182 * (50 / services * 1.25) ** 0.5 == pytest.approx((high - low) / 2, rel=0.01)


def test_what_is_not_known_of_settings_stays_however_large_the_area() -> None:
    mean, _, high = predicted(judged("England", settings_alone), "assessments.in_time", 2022)

    assert 81.5 == pytest.approx(mean)
    assert 3.182 * (variance([80, 81, 82, 83]) * 1.25) ** 0.5 == pytest.approx(high - mean, rel=0.01)


def test_volumes_of_a_service_are_those_of_the_area_when_as_many_children_live_there() -> None:
    found = judged("England", chance_alone)

    volume = next(one for one in found.judged if one.measure == "referrals")
    assert 100 * 11_762_878 / 20_000 == pytest.approx(volume.predicted.mean)
    assert 58_814 / 650_270 - 1 == pytest.approx(volume.off, abs=0.001)


def test_bands_are_told_apart_by_how_many_would_have_to_change() -> None:
    found = judged("England", chance_alone)

    bands = next(one for one in found.bands if one.family == "conferences")
    told = {"0-10": 7040, "11-15": 51400, "16-20": 7060, "21+": 8280}
    total = sum(told.values())
    assert sum(abs(count * 100 / total - 25) for count in told.values()) / 2 == pytest.approx(
        bands.distance.mean
    )


def test_the_page_names_every_miss_and_what_was_told() -> None:
    fit, found = a_fit("England"), judged("England", settings_alone)
    published = targets("England", 2021)["assessments.in_time"]
    checks = [Checked(2021, "assessments.in_time", interval([80.0, 81.0, 82.0]), published)]

    told = page([fit], {"England": checks}, [found], "The staff of 2022 were not those of 2021.")

    assert "Missed (ahead): England 2022, referrals received, off by -91%" in told
    assert "| assessments completed within 45 working days | 84.5% | 87.6% | 81.5% |" in told
    assert "no use" not in told
    assert told.endswith("The staff of 2022 were not those of 2021.\n")
    assert "81.0* / 87.6" in told


def test_every_published_line_of_2017_18_names_something_that_is_counted() -> None:
    lines = held_lines("thurrock-2017-18")

    known = {
        "indicator": {one.id for one in INDICATORS},
        "measure": set(MEASURES),
        "timescale": set(rules_of("thurrock").rules),
    }
    assert 42 == len(lines)
    assert [] == [line.words for line in lines if line.of not in known[line.kind]]
    scenario = load_scenario("thurrock-2017-18")
    assert all(scenario.begins <= line.as_at <= scenario.last_day for line in lines)


def test_a_line_of_which_nothing_was_counted_is_missed_and_any_other_scenario_has_none() -> None:
    held = held_against("thurrock-2017-18", {"held:001": interval([1500.0, 1510.0])})

    assert [True, False] == [one.is_inside for one in held[:2]]
    assert () == held_lines("small")
