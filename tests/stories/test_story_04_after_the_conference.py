"""What is owed after the conference of 28 April 2026 made a plan; bank holidays are 4 and 25 May."""

import pytest
from story import LONG_AFTER, Told, begin

from caseclock.timers.durations import MonthPolicy
from caseclock.workflow.positions import asked, positions

NEXT_REVIEW = "cp.review.next.6m"


def plan(authority: str = "thurrock") -> Told:
    """The conference at one o'clock, and the plan it made."""
    case = begin(authority=authority)
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened("InitialConferenceHeld", "2026-04-28 13:00", "S-1", conference_id="IC-1", outcome="plan")
    case.happened(
        "PlanStarted", "2026-04-28", "P-1", follows="S-1", conference_held_on="2026-04-28", category="neglect"
    )
    return case


def due_by(case: Told, timescale: str, months: MonthPolicy) -> list[str]:
    with case.engine.store.snapshot() as unit:
        question = asked(now=LONG_AFTER)
        found = positions(case.engine, unit, question, authority=case.authority, months=months)
        return [str(one.timer.due_on) for one in found if one.timer.timescale == timescale]


@pytest.mark.parametrize(
    ("timescale", "due"),
    [
        ("local.cp.decisions.24h", "2026-04-29 13:00"),
        ("cp.coregroup.first.10wd", "2026-05-13"),
        ("local.cp.visit.10wd", "2026-05-13"),
        ("local.cp.minutes.20wd", "2026-05-28"),
        ("cp.review.first.3m", "2026-07-28"),
        ("cp.review.stat", "2026-07-28"),
    ],
)
def test_what_the_conference_starts(timescale: str, due: str) -> None:
    assert due == plan().due(timescale)


def test_the_outline_plan_is_agreed_at_the_conference() -> None:
    assert "met" == plan().standing("cp.plan.outline")


def test_what_comes_of_the_conference_is_told_under_the_plan() -> None:
    case = plan()

    assert ("P-1", "P-1") == (
        case.timer("local.cp.decisions.24h").timer.episode_id,
        case.timer("local.cp.minutes.20wd").timer.episode_id,
    )


def test_a_review_held_early_brings_the_next_one_forward() -> None:
    case = plan()
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", conference_id="RC-1", outcome="continue")

    assert ("met", "2027-01-14") == (case.standing("cp.review.first.3m"), case.due(NEXT_REVIEW))


def test_counted_in_days_the_first_review_is_due_the_same_day_and_the_next_a_day_sooner() -> None:
    case = plan()
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", conference_id="RC-1", outcome="continue")

    assert ["2026-07-28"] == due_by(case, "cp.review.first.3m", MonthPolicy.DAYS_91_183)
    assert ["2027-01-13"] == due_by(case, NEXT_REVIEW, MonthPolicy.DAYS_91_183)
    assert ["2027-01-14"] == due_by(case, NEXT_REVIEW, MonthPolicy.CALENDAR_MONTHS)


def test_a_plan_written_up_late_is_reviewed_from_its_conference() -> None:
    """The plan is recorded as starting on 30 April; the conference was on the 28th."""
    case = begin()
    case.happened("PlanStarted", "2026-04-30", "P-1", conference_held_on="2026-04-28")

    assert ("2026-07-28", "2026-05-13") == (
        case.due("cp.review.first.3m"),
        case.due("cp.coregroup.first.10wd"),
    )


def test_where_the_conference_is_not_told_the_plans_start_stands_in() -> None:
    case = begin()
    case.happened("PlanStarted", "2026-04-30", "P-1")

    assert "2026-07-30" == case.due("cp.review.first.3m")


def test_a_conference_without_a_plan_owes_its_record_and_nothing_else() -> None:
    case = begin(authority="thurrock")
    case.happened("InitialConferenceHeld", "2026-04-28", "S-1", conference_id="IC-1", outcome="no_plan")

    assert ["local.cp.decisions.24h", "local.cp.minutes.20wd"] == [
        one.timer.timescale for one in case.positions("2026-04-28") if not one.timer.is_of_recording
    ]


def test_minutes_come_after_the_plan_has_ended_and_to_their_own_conference() -> None:
    case = plan()
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", conference_id="RC-1", outcome="end")
    case.happened("PlanEnded", "2026-07-14", "P-1", reason="the child is safe")
    case.happened("ConferenceMinutesSent", "2026-08-12", "P-1", conference_id="RC-1")

    assert {"IC-1": "overdue", "RC-1": "met_late"} == {
        str(one.timer.key): str(one.standing)
        for one in case.positions("2026-08-12")
        if one.timer.timescale == "local.cp.minutes.20wd"
    }


def test_the_minutes_of_the_initial_conference_may_be_kept_with_the_plan() -> None:
    case = plan()
    case.happened("ConferenceMinutesSent", "2026-05-28", "P-1", conference_id="IC-1")

    assert "met" == case.standing("local.cp.minutes.20wd")


@pytest.mark.parametrize(
    ("conference", "appointed_for", "episode", "timescale", "due"),
    [
        ("IC-2", "2026-04-28", "S-2", "cp.icpc.report.2wd", "2026-04-24"),
        ("RC-1", "2026-05-06", "P-1", "cp.rcpc.report.5wd", "2026-04-28"),
    ],
)
def test_a_report_is_shared_so_many_working_days_before_its_conference(
    conference: str, appointed_for: str, episode: str, timescale: str, due: str
) -> None:
    case = begin(authority="example")
    case.happened("PlanStarted", "2026-02-06", "P-1")
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-2", initiates_section_47=True)
    case.happened(
        "ConferenceAppointed", "2026-04-10", episode, conference_id=conference, appointed_for=appointed_for
    )
    case.happened("ConferenceReportShared", due, episode, conference_id=conference)

    assert (due, "met") == (case.due(timescale), case.standing(timescale))


def test_a_conference_appointed_anew_takes_its_report_with_it() -> None:
    case = begin(authority="example")
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    for on, appointed_for in (("2026-04-10", "2026-04-28"), ("2026-04-20", "2026-04-30")):
        case.happened("ConferenceAppointed", on, "S-1", conference_id="IC-1", appointed_for=appointed_for)

    assert [("2026-04-24", "void"), ("2026-04-28", "running")] == sorted(
        (str(one.timer.due_on), str(one.standing))
        for one in case.positions("2026-04-20")
        if one.timer.timescale == "cp.icpc.report.2wd"
    )
