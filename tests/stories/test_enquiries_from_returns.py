"""What a return tells of enquiries and plans, and what it leaves out: what is not told is unknown, not missed."""

from typing import Any

import pytest
from story import Told, begin

GUIDANCE = "cp.icpc.15wd"
STATISTIC = "cp.icpc.stat"


def held(case: Told, on: str, episode: str = "S-1", conference: str = "IC-1", **data: Any) -> None:
    case.happened(
        "InitialConferenceHeld", on, episode, **{"conference_id": conference, "outcome": "plan", **data}
    )


def test_where_no_discussion_initiated_the_enquiry_its_start_stands_in() -> None:
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-01", "S-1", initiates_section_47=False)
    case.happened("Section47Started", "2026-04-08", "S-1")

    assert ("2026-04-29", "2026-04-29") == (case.due(GUIDANCE), case.due(STATISTIC))


def test_a_source_that_tells_no_discussions_leaves_the_guidance_clock_unknown_and_the_statistic_known() -> (
    None
):
    case = begin()
    case.happened("Section47Started", "2026-04-08", "S-1", untold=["StrategyDiscussionHeld"])
    held(case, "2026-05-15")

    assert ("unknown", "met_late") == (case.standing(GUIDANCE), case.standing(STATISTIC))


def test_a_discussion_that_comes_to_light_takes_the_place_of_the_start() -> None:
    case = begin()
    case.happened("Section47Started", "2026-04-08", "S-1")
    case.happened(
        "StrategyDiscussionHeld", "2026-04-07", "S-1", recorded="2026-04-20", initiates_section_47=True
    )

    assert ("2026-04-29", "2026-04-28") == (case.due(GUIDANCE, "2026-04-08"), case.due(GUIDANCE))


def test_a_discussion_told_after_the_start_of_the_same_day_runs_one_clock() -> None:
    case = begin()
    case.happened("Section47Started", "2026-04-08", "S-1")
    case.happened("StrategyDiscussionHeld", "2026-04-08", "S-1", initiates_section_47=True)

    assert [GUIDANCE] == [one.timer.timescale for one in case.positions() if one.timer.timescale == GUIDANCE]


def test_a_conference_may_be_all_that_is_told() -> None:
    case = begin(authority="thurrock")
    case.happened(
        "InitialConferenceHeld",
        "2026-04-28",
        "S-1",
        outcome="plan",
        untold=["ConferenceDecisionsSent", "ConferenceMinutesSent"],
    )
    case.happened("PlanStarted", "2026-04-28", "P-1", follows="S-1")

    assert {
        "cp.plan.outline": "met",
        "local.cp.decisions.24h": "unknown",
        "local.cp.minutes.20wd": "unknown",
        "local.recording.other.2w": "unknown",
    } == {
        one.timer.timescale: str(one.standing)
        for one in case.positions()
        if one.timer.trigger_event == "C-1042/1"
    }


@pytest.mark.parametrize(
    ("timescale", "standing"),
    [
        ("cp.coregroup.first.10wd", "unknown"),
        ("local.cp.visit.10wd", "unknown"),
        ("local.cp.plan.panel.12m", "unknown"),
        ("cp.review.first.3m", "met"),
        ("cp.review.next.6m", "void"),
    ],
)
def test_what_a_return_leaves_out_of_a_plan_is_unknown_and_its_reviews_are_known(
    timescale: str, standing: str
) -> None:
    case = begin(authority="thurrock")
    case.happened("PlanStarted", "2026-04-28", "P-1", untold=["CoreGroupHeld", "ChildSeen", "PlanPanelHeld"])
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1")
    case.happened("PlanEnded", "2026-12-01", "P-1")

    assert standing == case.standing(timescale)


def test_a_second_enquiry_after_the_same_referral_is_told_under_its_own_plan() -> None:
    """And one that came to no plan under itself, not under the plan of the one before."""
    case = begin(authority="thurrock")
    case.referral("2025-09-01", episode="R-1")
    for number, (on, outcome) in enumerate(
        [("2025-09-23", "plan"), ("2026-04-28", "plan"), ("2026-06-09", "no_plan")], start=1
    ):
        held(case, on, f"S-{number}", f"IC-{number}", outcome=outcome, follows="R-1")
    case.happened("PlanStarted", "2025-09-23", "P-1", follows="S-1")
    case.happened("PlanEnded", "2026-03-16", "P-1")
    case.happened("PlanStarted", "2026-04-28", "P-2", follows="S-2")

    assert {"IC-1": "P-1", "IC-2": "P-2", "IC-3": "S-3"} == {
        str(one.timer.key): one.timer.episode_id
        for one in case.positions()
        if one.timer.timescale == "local.cp.minutes.20wd"
    }


def test_a_transfer_in_is_counted_from_when_the_authority_is_told() -> None:
    case = begin()
    case.happened("TransferInNotified", "2026-04-07", "S-1", from_authority="southend")
    held(case, "2026-04-28")

    assert ("2026-04-28", "met") == (case.due("cp.transfer_in.15wd"), case.standing("cp.transfer_in.15wd"))
    assert set() == {GUIDANCE, STATISTIC} & {one.timer.timescale for one in case.positions()}


def test_a_conference_adjourned_at_its_first_sitting_was_held() -> None:
    case = begin(authority="thurrock")
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    held(case, "2026-04-28", outcome="adjourned")
    held(case, "2026-05-06")

    assert "met" == case.standing(GUIDANCE)
    assert "2026-06-04" == case.due("local.cp.minutes.20wd")


def test_an_enquiry_taken_up_again_is_owed_its_conference_from_the_first_discussion() -> None:
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened("Section47Concluded", "2026-04-15", "S-1", outcome="no_conference")
    case.happened("Section47Concluded", "2026-04-17", "S-1", outcome="conference")

    assert "void" == case.standing(GUIDANCE, "2026-04-16")
    assert "overdue" == case.standing(GUIDANCE, "2026-04-29")
