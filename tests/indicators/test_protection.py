"""Conferences and child protection plans over the year from 1 April 2025 to 31 March 2026."""

import pytest
from caseload import Caseload, counted_of
from walks import Step, step

from caseclock.timers.durations import MonthPolicy

DISCUSSED = step("StrategyDiscussionHeld", "2026-02-02", "S-1", initiates_section_47=True)
ENQUIRY = step("Section47Started", "2026-02-05", "S-1")


def conference(on: str) -> Step:
    return step("InitialConferenceHeld", on, "S-1", conference_id="IC-1", outcome="no_plan")


def plan(on: str, episode: str = "P-1", **data: object) -> Step:
    return step("PlanStarted", on, episode, conference_held_on=on, **data)


def ended(on: str, episode: str = "P-1") -> Step:
    return step("PlanEnded", on, episode, reason="no longer needed")


def review(on: str, episode: str = "P-1") -> Step:
    return step("ReviewConferenceHeld", on, episode, conference_id=on, outcome="continue")


@pytest.mark.parametrize(("on", "expected"), [("2026-02-26", (1, 1)), ("2026-02-27", (0, 1))])
def test_a_conference_is_timely_up_to_the_15th_working_day_of_the_enquiry(
    on: str, expected: tuple[int, int]
) -> None:
    """From Thursday 5 February, when the enquiry began, and not from the discussion of the Monday before."""
    assert expected == counted_of("conferences.in_time", DISCUSSED, ENQUIRY, conference(on))


def test_a_conference_without_an_enquiry_and_an_enquiry_without_a_conference_are_in_neither_number() -> None:
    load = Caseload()
    load.child(
        step("TransferInNotified", "2026-01-12", "S-1"),
        step("InitialConferenceHeld", "2026-01-20", "S-1", conference_id="IC-1", outcome="no_plan"),
    )
    load.child(DISCUSSED, ENQUIRY)

    assert (0, 0) == load.counted("conferences.in_time")


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        ((plan("2026-03-31"),), 1),
        ((plan("2026-04-01"),), 0),
        ((plan("2025-06-02"), ended("2026-03-31")), 0),
        ((plan("2025-06-02"), ended("2026-04-01")), 1),
        ((plan("2025-06-02"), ended("2025-09-01"), plan("2025-11-03", "P-2")), 1),
    ],
)
def test_children_on_a_plan_are_those_on_one_as_the_last_day_ends(
    steps: tuple[Step, ...], counted: int
) -> None:
    assert (counted, 0) == counted_of("plans.rate", *steps)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((plan("2025-12-31"),), (1, 1)),  # open for exactly three months; its review is due today
        ((plan("2026-01-01"),), (0, 0)),  # not for three months yet
        ((plan("2025-12-30"),), (0, 1)),  # its review was due yesterday and is overdue
        ((plan("2025-12-30"), review("2026-03-30")), (1, 1)),
        ((plan("2025-12-30"), review("2026-03-31")), (0, 1)),
        ((plan("2025-06-02"), review("2025-09-02"), review("2026-03-02")), (1, 1)),
        ((plan("2025-06-02"), review("2025-09-02"), review("2026-03-03")), (0, 1)),
        ((plan("2025-06-02"), review("2025-09-03"), review("2026-03-03")), (0, 1)),  # once late, late
        ((plan("2025-06-02"), review("2025-09-03"), ended("2026-03-31")), (0, 0)),
    ],
)
def test_a_plan_is_in_time_where_each_of_its_reviews_was(
    steps: tuple[Step, ...], expected: tuple[int, int]
) -> None:
    assert expected == counted_of("plans.reviews_in_time", *steps)


@pytest.mark.parametrize(
    ("steps", "by_month", "by_days"),
    [
        # 3 months from 1 December are 90 days, to 1 March
        ((plan("2025-12-01"), review("2026-03-02")), (0, 1), (1, 1)),
        # and from 2 June 92, to 2 September
        ((plan("2025-06-02"), review("2025-09-02"), review("2026-02-27")), (1, 1), (0, 1)),
        # 6 months from 27 August are 184 days, to 27 February
        ((plan("2025-06-02"), review("2025-08-27"), review("2026-02-27")), (1, 1), (0, 1)),
    ],
)
def test_three_and_six_months_by_either_policy(
    steps: tuple[Step, ...], by_month: tuple[int, int], by_days: tuple[int, int]
) -> None:
    counted = [
        counted_of("plans.reviews_in_time", *steps, policy=policy)
        for policy in (MonthPolicy.CALENDAR_MONTHS, MonthPolicy.DAYS_91_183)
    ]

    assert [by_month, by_days] == counted


def test_a_plan_whose_reviews_are_not_told_is_in_neither_number() -> None:
    assert (0, 0) == counted_of("plans.reviews_in_time", plan("2025-06-02", untold=["ReviewConferenceHeld"]))


def test_a_review_in_time_and_written_up_late_leaves_the_practice_in_time() -> None:
    load = Caseload()
    case = load.child(plan("2025-12-01"))
    case.happened(
        "ReviewConferenceHeld",
        "2026-02-27",
        "P-1",
        recorded="2026-03-05",
        conference_id="RC-1",
        outcome="continue",
    )
    line = load.scores()["plans.reviews_in_time"]

    assert (100.0, 0.0, 1) == (line.value, line.recording_value, line.tally.recorded_late)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((plan("2025-06-02"),), (0, 1)),
        ((plan("2012-06-04"), ended("2013-01-07"), plan("2025-06-02", "P-2")), (1, 1)),  # ever
        ((plan("2025-06-02", previous_plans=1),), (1, 1)),  # as a return tells it
        ((plan("2025-06-02", previous_plans=0),), (0, 1)),
        ((plan("2025-06-02"), ended("2025-09-01"), plan("2026-01-05", "P-2")), (1, 2)),
        ((plan("2024-06-03"), ended("2025-09-01")), (0, 0)),  # none begun in the year
    ],
)
def test_a_second_plan_is_one_of_a_child_who_had_one_before(
    steps: tuple[Step, ...], expected: tuple[int, int]
) -> None:
    assert expected == counted_of("plans.again", *steps)
