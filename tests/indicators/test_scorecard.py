"""The scorecard as a whole: what it says where numbers are small or missing, and beside which published figures."""

import csv
from importlib.resources import files

import pytest
from caseload import Caseload
from walks import step

from caseclock.indicators.catalogue import INDICATORS, Indicator
from caseclock.indicators.counting import Tally, each
from caseclock.indicators.published import NOT_GIVEN, comparators
from caseclock.indicators.scorecard import Line
from caseclock.processes.catalogue import rules_of
from caseclock.timers.timescale import Basis

PUBLISHED = list(
    csv.DictReader(
        (files("caseclock.indicators") / "data" / "comparators_2017_18.csv").read_text("utf-8").splitlines()
    )
)
COLUMNS = {
    "Thurrock, November 2017": "thurrock_nov17",
    "Statistical neighbours 2016-17": "statistical_neighbours_2016_17",
    "Eastern region, quarter 2 2017-18": "eastern_region_q2_2017_18",
    "England 2016-17": "england_2016_17",
}
#: what is asked for is in the published scorecard under another name, or not at all
OURS_ALONE = {"looked_after.reviews_in_time"}


def line(unit: str, numerator: int, denominator: int = 0, *, population: int | None = None) -> Line:
    """A line of an indicator of some unit, of which so many were counted."""
    indicator = Indicator("test", "test", "test", unit, "", "", "this test", each("ContactReceived"))
    return Line(indicator, Tally(numerator, denominator), population, {})


def test_every_line_of_the_published_scorecard_is_given_or_it_is_said_why_not() -> None:
    given = {(one.group, one.name) for one in INDICATORS if one.id not in OURS_ALONE}
    published = {(row["group"], row["indicator"]) for row in PUBLISHED}

    assert published == given | set(NOT_GIVEN)
    assert set() == given & set(NOT_GIVEN)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.id)
def test_comparators_are_the_published_figures(indicator: Indicator) -> None:
    rows = [row for row in PUBLISHED if (row["group"], row["indicator"]) == (indicator.group, indicator.name)]
    published = {
        words: float(row[column]) for row in rows for words, column in COLUMNS.items() if row[column]
    }

    assert published == comparators(indicator)


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["indicator"])
def test_units_are_those_of_the_published_scorecard(row: dict[str, str]) -> None:
    units = {
        "percent": "percent",
        "count": "count",
        "days": "days",
        "per 10000 children": "rate",
        "per 10000 children per year": "rate a year",
    }
    given = [
        f"{one.unit} a year" if one.a_year else one.unit
        for one in INDICATORS
        if (one.group, one.name) == (row["group"], row["indicator"])
    ]

    assert given in ([units[row["unit"]]], [])


def test_ids_are_used_once() -> None:
    assert len(INDICATORS) == len({one.id for one in INDICATORS})


def test_an_empty_authority_has_every_line_and_nothing_counted() -> None:
    scores = Caseload().scores(population=40_000)

    assert [one.id for one in INDICATORS] == list(scores)
    assert {Tally()} == {one.tally for one in scores.values()}
    assert {"percent": {None}, "days": {None}, "count": {0.0}, "rate": {0.0}} == {
        unit: {one.value for one in scores.values() if one.indicator.unit == unit}
        for unit in ("percent", "days", "count", "rate")
    }
    assert not any(one.small for one in scores.values())


def test_without_a_population_rates_are_counted_and_not_told() -> None:
    load = Caseload()
    load.child(step("ContactReceived", "2025-06-02", "C-1"))
    contacts = load.scores()["contacts.rate"]

    assert (1, None, None) == (contacts.tally.numerator, contacts.denominator, contacts.value)


@pytest.mark.parametrize(
    ("told", "small"),
    [
        (line("percent", 4, 4), True),
        (line("percent", 0, 4), True),  # nobody of four
        (line("percent", 4, 100), True),
        (line("percent", 5, 5), False),
        (line("percent", 0, 0), False),
        (line("percent", 0, 5), False),
        (line("rate", 4, population=40_000), True),
        (line("rate", 5, population=40_000), False),
        (line("count", 4), True),
        (line("count", 5), False),
        (line("count", 0), False),
        (line("days", 900, 4), True),  # of four children, however many days
        (line("days", 3, 5), False),
    ],
)
def test_numbers_below_five_are_marked_as_small(told: Line, small: bool) -> None:
    assert small == told.small


def test_only_what_is_to_be_done_in_time_has_a_side_of_recording() -> None:
    timely = {one.id for one in INDICATORS if one.timely}

    assert {
        "assessments.in_time",
        "conferences.in_time",
        "plans.reviews_in_time",
        "looked_after.reviews_in_time",
    } == timely
    assert line("percent", 5, 5).recording_value is None


def test_the_cases_of_another_authority_are_not_counted() -> None:
    load = Caseload()
    load.child(step("ContactReceived", "2025-06-02", "C-1"))
    elsewhere = Caseload(authority="elsewhere", store=load.store)
    elsewhere.child(
        step("ContactReceived", "2025-06-02", "C-1"), step("ContactReceived", "2025-06-03", "C-2")
    )

    assert [(1, 0), (2, 0)] == [load.counted("contacts.rate"), elsewhere.counted("contacts.rate")]


def test_national_statistics_are_counted_by_statistics_and_not_by_duties() -> None:
    """The statistic of an assessment runs from another event than the duty does."""
    rules = rules_of(None).rules
    bases = {rules[name][-1].basis for name in ("assessment.stat.duration", "cp.icpc.stat", "cp.review.stat")}

    assert {Basis.STATISTIC} == bases
