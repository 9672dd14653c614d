"""Figures of a history made by hand, with dates to check on a calendar; a simulated one beside the indicators."""

from collections.abc import Iterator
from datetime import date

import pytest

from caseclock.indicators.counting import Period
from caseclock.indicators.scorecard import scorecard
from caseclock.simulation.ledger import Ledger
from caseclock.simulation.results import Figures, added_up, figures
from caseclock.simulation.scenario import Scenario, load_scenario
from caseclock.simulation.storing import store
from caseclock.simulation.world import simulate
from caseclock.store.memory import InMemoryStore
from caseclock.timers.event import Event
from caseclock.timers.when import When, end_of_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked

YEAR = Period(date(2025, 3, 31), date(2026, 3, 31))


def told(case: str, episode: str, type_: str, on: str, **data: object) -> Event:
    when = When.parse(on)
    return Event(
        f"{case}-{episode}-{type_}-{on}", type_, "anywhere", case, episode, when, when, "sw.1", "", data
    )


def assessment(case: str, started: str, authorised: str | None) -> Iterator[Event]:
    yield told(case, "A-1", "AssessmentStarted", started, kind="single")
    if authorised:
        yield told(case, "A-1", "AssessmentAuthorised", authorised, outcome="no_further_action")


def counted(*events: Event) -> Figures:
    small = load_scenario("small")
    return figures(Ledger().take_all(events), YEAR, small.setting())


def values(found: Figures, *names: str) -> list[float | None]:
    return [found[name].value for name in names]


def test_an_assessment_started_on_a_friday_before_christmas_is_banded_by_days_worked() -> None:
    """From 14 November 2025: 45 working days on is 21 January 2026, past three bank holidays."""
    found = counted(
        *assessment("C-1", "2025-11-14", "2026-01-21"), *assessment("C-2", "2025-11-14", "2026-01-22")
    )

    assert [2, 50, 50, 50] == values(
        found, "assessments", "assessments.in_time", "assessments.41-45", "assessments.46-50"
    )


def test_an_assessment_still_open_is_backlog_and_in_no_band() -> None:
    found = counted(*assessment("C-1", "2026-01-05", None), *assessment("C-2", "2026-03-30", None))

    assert [0, 2, 1] == values(found, "assessments", "assessments.open", "assessments.open_late")
    assert found["assessments.in_time"].value is None


def test_a_conference_is_banded_from_the_start_of_the_enquiry() -> None:
    """1 to 22 September 2025 is 15 working days, to the 23rd 16."""
    found = counted(
        *(
            event
            for case, held in (("C-1", "2025-09-22"), ("C-2", "2025-09-23"))
            for event in (
                told(case, "E-1", "Section47Started", "2025-09-01"),
                told(case, "E-1", "Section47Concluded", "2025-09-10", outcome="conference"),
                told(case, "E-1", "InitialConferenceHeld", held, conference_id="K-1", outcome="plan"),
            )
        )
    )

    assert [2, 2, 50, 50] == values(
        found, "enquiries", "conferences", "conferences.11-15", "conferences.16-20"
    )
    assert 50 == found["conferences.in_time"].value


def test_a_child_whose_conference_is_not_held_yet_is_waiting() -> None:
    found = counted(
        told("C-1", "E-1", "Section47Started", "2026-03-23"),
        told("C-1", "E-1", "Section47Concluded", "2026-03-30", outcome="conference"),
    )

    assert [0, 1] == values(found, "conferences", "conferences.waiting")


def test_a_referral_on_the_corresponding_date_a_year_on_is_again_and_a_day_later_is_not() -> None:
    again = [
        told("C-1", f"R-{on}", "ReferralReceived", on, source="school") for on in ("2024-05-06", "2025-05-06")
    ]
    new = [
        told("C-2", f"R-{on}", "ReferralReceived", on, source="school") for on in ("2024-05-06", "2025-05-07")
    ]

    found = counted(*again, *new)

    assert [2, 50] == values(found, "referrals", "referrals.again")


def test_a_plan_of_exactly_three_months_is_in_the_first_band() -> None:
    """D7: three months or less."""
    found = counted(
        told("C-1", "P-1", "PlanStarted", "2025-05-12", conference_held_on="2025-05-12"),
        told("C-1", "P-1", "PlanEnded", "2025-08-12", reason="no longer needed"),
        told("C-2", "P-1", "PlanStarted", "2025-05-12", conference_held_on="2025-05-12"),
        told("C-2", "P-1", "PlanEnded", "2025-08-13", reason="no longer needed"),
    )

    assert [2, 50, 50] == values(found, "plans.ended", "plans.ended.0-3m", "plans.ended.3-6m")


def test_short_breaks_are_no_care() -> None:
    found = counted(
        told("C-1", "L-1", "PeriodOfCareStarted", "2025-06-02", legal_status="section_20"),
        told("C-2", "L-1", "PeriodOfCareStarted", "2025-06-02", legal_status="short_break_series"),
    )

    assert [1, 1] == values(found, "care.started", "care.open")


def test_shares_of_several_authorities_are_of_all_of_them_together() -> None:
    """One of two in time, and three of three: four of five."""
    one = counted(
        *assessment("C-1", "2025-11-14", "2026-01-21"), *assessment("C-2", "2025-11-14", "2026-01-22")
    )
    other = counted(
        *(event for case in ("C-3", "C-4", "C-5") for event in assessment(case, "2025-05-01", "2025-05-02"))
    )

    found = added_up([one, other])

    assert [5, 80] == values(found, "assessments", "assessments.in_time")


@pytest.fixture(scope="module")
def service() -> Scenario:
    return load_scenario("small").changed({"children": 2500, "months": 6, "warm_up_months": 3})


def test_figures_are_those_of_the_production_scorecard(service: Scenario) -> None:
    """The same history told to the engine and counted by the scorecard, indicator by indicator."""
    simulated = simulate(service, 5, 1)
    ledger = Ledger().take_all(simulated.events())
    found = figures(ledger, Period(date(2026, 3, 31), date(2026, 9, 30)), simulated.setting)
    engine = Engine(InMemoryStore())
    store(simulated.events(), engine, service.last_day)
    at = end_of_day(service.last_day)
    with engine.store.snapshot() as unit:
        lines = {
            line.indicator.id: line.tally
            for line in scorecard(
                engine, unit, asked(now=at, as_at=service.last_day), authority="anywhere", months=6
            )
        }

    def share(indicator: str) -> tuple[int, int]:
        return lines[indicator].numerator * 100, lines[indicator].denominator

    assert lines["referrals.rate"].numerator == found["referrals"].value
    assert lines["assessments.rate"].numerator == found["assessments"].value
    assert lines["plans.rate"].numerator == found["plans.open"].value
    assert lines["looked_after.rate"].numerator == found["care.open"].value
    for indicator in ("referrals.again", "assessments.in_time", "conferences.in_time", "plans.again",
                      "plans.reviews_in_time"):  # fmt: skip
        assert share(indicator) == (found[indicator].numerator, found[indicator].denominator), indicator
