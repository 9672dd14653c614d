"""Judging predictions: what a year's spread is made of, and the page that tells it."""

from collections.abc import Iterator
from math import log
from statistics import variance

import pytest

from caseclock.indicators.catalogue import INDICATORS
from caseclock.processes.catalogue import rules_of
from caseclock.simulation.calibration import Fitted
from caseclock.simulation.calibration_ahead import all_foretold
from caseclock.simulation.calibration_knobs import KNOBS, published_moments
from caseclock.simulation.calibration_search import Solved
from caseclock.simulation.holding import held_against, held_lines
from caseclock.simulation.intervals import Interval, interval
from caseclock.simulation.results import BANDS, MEASURES, Figure, Figures
from caseclock.simulation.running import Piece
from caseclock.simulation.scenario import load_scenario
from caseclock.simulation.targets import targets
from caseclock.simulation.validation import AHEAD, GIVEN, Validated, past_errors, validate
from caseclock.simulation.validation_page import page


def a_fit(area: str) -> Fitted:
    """Give a fit that meets every figure of the last year, and whose settings each move their own figure one to one."""
    values = {knob.name: knob.start for knob in KNOBS}
    answers = published_moments(area, 2021, targets(area, 2021))
    years = {year: Solved(values, dict.fromkeys(values, 0.1), answers) for year in range(2015, 2022)}
    return Fitted(area, 1, years, 100, {knob.name: {knob.moves[0]: 1.0} for knob in KNOBS})


def shares_of(percent: float, count: float = 100.0) -> Figures:
    """Give a replication in which so many percent of everything is in time, and everything is counted so many times."""
    made = {name: Figure(count) for name, measure in MEASURES.items() if measure.unit == "count"}
    made |= {
        name: Figure(percent * 100, 100) for name, measure in MEASURES.items() if measure.unit != "count"
    }
    for family, bands in BANDS.items():
        made |= {f"{family}.{band}": Figure(100.0, len(bands)) for band in bands}
    return made


def chance_alone(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
    """Answer 80 and 90 percent in turn; settings that stray answer as those that do not."""
    for piece in pieces:
        yield piece, shares_of(80.0 if piece.replication % 2 else 90.0)


def judged(area: str, engine: object) -> Validated:
    return validate(a_fit(area), (2022,), replications=4, seed=1, engine=engine, note=lambda _done, _of: None)  # type: ignore[arg-type]


def predicted(found: Validated, measure: str) -> Interval:
    return next(one for one in found.judged if (one.measure, one.kind) == (measure, GIVEN)).predicted


def test_a_year_lies_where_years_known_would_have_lain_and_where_chance_leaves_the_mean() -> None:
    """Log odds of 80 and 90% lie 0.81 apart: of twice each, the mean is off by 0.23. Four years were foretold."""
    found = predicted(judged("England", chance_alone), "assessments.in_time")
    errors = past_errors("England", 1, GIVEN, "assessments.in_time")

    low, high = log(0.8 / 0.2), log(0.9 / 0.1)
    of_mean = variance([low, low, high, high]) / 4
    of_years = sum(one * one for one in errors) / 4
    assert 4 == len(errors)
    assert 85 == pytest.approx(found.mean)
    assert log(0.85 / 0.15) - 2.776 * (of_mean + of_years) ** 0.5 == pytest.approx(
        log(found.spread_low / (100 - found.spread_low)), abs=0.002
    )


def test_a_volume_was_off_by_all_that_its_ratios_were_and_demand_that_is_told_is_not_off() -> None:
    """Enquiries are referrals times enquiries for each: logarithms add up, year by year."""
    rules = all_foretold("Thurrock")
    each, demand = (rules[name].errors[1] for name in ("enquiries", "referrals"))

    assert [each[year] + demand[year] for year in sorted(each)] == pytest.approx(
        past_errors("Thurrock", 1, AHEAD, "enquiries")
    )
    assert [each[year] for year in sorted(each)] == pytest.approx(
        past_errors("Thurrock", 1, GIVEN, "enquiries")
    )
    assert [] == past_errors("Thurrock", 1, GIVEN, "referrals")


def test_volumes_of_a_service_are_those_of_the_area_when_as_many_children_live_there() -> None:
    found = judged("England", chance_alone)

    volume = next(one for one in found.judged if one.measure == "referrals")
    assert 100 * 11_762_878 / 60_000 == pytest.approx(volume.predicted.mean)
    assert 19_605 / 650_270 - 1 == pytest.approx(volume.off, abs=0.001)


def test_bands_are_told_apart_by_how_many_would_have_to_change() -> None:
    found = judged("England", chance_alone)

    bands = next(one for one in found.bands if one.family == "conferences")
    told = {"0-10": 7040, "11-15": 51400, "16-20": 7060, "21+": 8280}
    total = sum(told.values())
    assert sum(abs(count * 100 / total - 25) for count in told.values()) / 2 == pytest.approx(
        bands.distance.mean
    )


def test_the_page_names_every_miss_and_what_was_told() -> None:
    fit, found = a_fit("England"), judged("England", chance_alone)

    told = page([fit], [found], "The staff of 2022 were not those of 2021.")

    assert "Missed (ahead): England 2022, referrals received, off by -97%" in told
    assert "| assessments completed within 45 working days | 84.5% | 87.6% | 85.0% |" in told
    assert "no use" not in told
    assert told.endswith("The staff of 2022 were not those of 2021.\n")
    assert "87.6% / 87.6%" in told


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
