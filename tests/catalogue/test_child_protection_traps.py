"""Where an engine goes wrong on enquiries, conferences, plans and visits, each named as the catalogue names it."""

from datetime import date, timedelta

import pytest
from story import Told, begin

from caseclock.processes.catalogue import rules_of
from caseclock.workflow.refusals import ExtensionRefused


def due(case: Told, timescale: str) -> list[str]:
    """The last days of a timescale's timers, in order, with what became of them."""
    found = [one for one in case.positions() if one.timer.timescale == timescale]
    return sorted(f"{one.timer.due_on} {one.standing}" for one in found)


def on_a_plan(authority: str = "thurrock", case_id: str = "C-1042", first: Told | None = None) -> Told:
    case = begin(authority=authority, case_id=case_id, store=first.engine.store if first else None)
    case.happened("PlanStarted", "2026-04-28", "P-1", conference_held_on="2026-04-28")
    return case


def test_trap_1_the_same_duty_has_two_clocks_and_both_are_kept() -> None:
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened("Section47Started", "2026-04-13", "S-1")
    case.happened("InitialConferenceHeld", "2026-05-01", "S-1", conference_id="IC-1", outcome="no_plan")

    assert ["2026-04-28 met_late"] == due(case, "cp.icpc.15wd")
    assert ["2026-05-05 met"] == due(case, "cp.icpc.stat")


@pytest.mark.parametrize("initiating", [0, 1, 2])
def test_trap_2_the_discussion_that_initiated_the_enquiry_counts_not_the_first_or_last(
    initiating: int,
) -> None:
    case = begin()
    for place, day in enumerate(("2026-04-07", "2026-04-08", "2026-04-09")):
        case.happened("StrategyDiscussionHeld", day, "S-1", initiates_section_47=place == initiating)

    assert ["2026-04-28", "2026-04-29", "2026-04-30"][initiating] == case.due("cp.icpc.15wd")


def test_trap_2_of_two_discussions_said_to_initiate_the_enquiry_the_first_did() -> None:
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened("StrategyDiscussionHeld", "2026-04-14", "S-1", initiates_section_47=True)

    assert "2026-04-28" == case.due("cp.icpc.15wd")


def test_trap_3_a_visit_starts_the_next_interval_on_its_own_day_early_or_late() -> None:
    """Ten working days, not a grid: seen on the 5th, then late on the 20th; 4 and 25 May are bank holidays."""
    case = on_a_plan()
    case.happened("ChildSeen", "2026-05-05", "P-1")
    case.happened("ChildSeen", "2026-05-20", "P-1")

    assert ["2026-05-13 met", "2026-05-19 met_late", "2026-06-04 overdue"] == due(case, "local.cp.visit.10wd")


def test_trap_3_a_review_held_late_moves_the_next_one_back() -> None:
    case = on_a_plan()
    case.happened("ReviewConferenceHeld", "2026-08-03", "P-1", outcome="continue")

    assert ["2026-07-28 met_late"] == due(case, "cp.review.first.3m")
    assert ["2027-02-03 overdue"] == due(case, "cp.review.next.6m")


def test_trap_3_a_review_that_comes_to_light_later_splits_the_interval() -> None:
    case = on_a_plan()
    case.happened("ReviewConferenceHeld", "2027-01-14", "P-1", outcome="continue")
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", recorded="2027-02-01", outcome="continue")

    assert ["2026-07-28 recorded_late"] == due(case, "cp.review.first.3m")
    assert ["2027-01-14 met", "2027-07-14 overdue"] == due(case, "cp.review.next.6m")


def test_trap_3_a_review_that_ends_the_plan_starts_no_next() -> None:
    case = on_a_plan()
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", outcome="end")

    assert [] == due(case, "cp.review.next.6m")


def test_trap_6_a_report_is_counted_back_and_is_too_late_after_that_day() -> None:
    case = on_a_plan(authority="example")
    case.happened(
        "ConferenceAppointed", "2026-06-15", "P-1", conference_id="RC-1", appointed_for="2026-07-14"
    )
    case.happened("ConferenceReportShared", "2026-07-08", "P-1", conference_id="RC-1")

    assert ["2026-07-07 met_late"] == due(case, "cp.rcpc.report.5wd")


def test_trap_6_a_conference_held_without_its_report_leaves_the_breach_standing() -> None:
    case = on_a_plan(authority="example")
    case.happened(
        "ConferenceAppointed", "2026-06-15", "P-1", conference_id="RC-1", appointed_for="2026-07-14"
    )
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", conference_id="RC-1", outcome="continue")

    assert ["2026-07-07 overdue"] == due(case, "cp.rcpc.report.5wd")


def test_trap_7_four_weeks_are_not_twenty_working_days() -> None:
    dates = {}
    for authority, timescale in (("thurrock", "local.cin.visit.4w"), ("example", "cin.visit.20wd")):
        case = begin(authority=authority)
        case.happened("ChildInNeedPlanStarted", "2026-04-28", "N-1")
        dates[timescale] = case.due(timescale)

    assert {"local.cin.visit.4w": "2026-05-26", "cin.visit.20wd": "2026-05-28"} == dates


def test_trap_7_twenty_four_hours_are_not_one_working_day() -> None:
    """A conference that ends at one o'clock on the Friday before a bank holiday."""
    dates = {}
    for authority, timescale in (
        ("thurrock", "local.cp.decisions.24h"),
        ("example", "cp.conference.decision.1wd"),
    ):
        case = begin(authority=authority)
        case.happened(
            "InitialConferenceHeld", "2026-05-01 13:00", "S-1", conference_id="IC-1", outcome="plan"
        )
        dates[timescale] = case.due(timescale)

    assert {
        "local.cp.decisions.24h": "2026-05-02 13:00",
        "cp.conference.decision.1wd": "2026-05-05",
    } == dates


def test_trap_8_an_attempted_visit_is_no_visit() -> None:
    case = on_a_plan()
    case.happened("VisitAttempted", "2026-05-12", "P-1")

    assert ["2026-05-13 overdue"] == due(case, "local.cp.visit.10wd")


@pytest.mark.parametrize("authority", ["thurrock", "example"])
def test_trap_8_no_timescale_takes_an_attempt_for_a_visit(authority: str) -> None:
    versions = [version for found in rules_of(authority).rules.values() for version in found]

    assert [] == [
        version.id for version in versions if "VisitAttempted" in {clause.event for clause in version.stops}
    ]


def test_trap_11_a_familys_absence_suspends_nothing() -> None:
    """Reasons are recorded; the conference stays due when it was."""
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    timer = case.timer("cp.icpc.15wd").timer
    case.happened(
        "TimerExtended", "2026-04-24", "S-1", timer_id=timer.timer_id, reason="the family is away until May"
    )

    assert "2026-04-28" == case.due("cp.icpc.15wd")
    assert "overdue" == case.standing("cp.icpc.15wd", "2026-04-29")


def test_trap_11_a_visit_is_not_put_off() -> None:
    case = on_a_plan()
    timer = case.timer("local.cp.visit.10wd").timer

    with pytest.raises(ExtensionRefused, match="gives no extension"):
        case.happened(
            "TimerExtended",
            "2026-05-12",
            "P-1",
            timer_id=timer.timer_id,
            reason="on holiday",
            until="2026-06-01",
        )


def test_trap_16_one_conference_about_two_children_starts_a_clock_for_each() -> None:
    anna = on_a_plan(case_id="C-ANNA")
    ben = on_a_plan(case_id="C-BEN", first=anna)
    for child in (anna, ben):
        child.happened(
            "ReviewConferenceHeld", "2026-07-14", "P-1", conference_id="RC-SMITH", outcome="continue"
        )
    anna.happened("ConferenceMinutesSent", "2026-08-10", "P-1", conference_id="RC-SMITH")

    assert ("met", "overdue") == (
        anna.standing("local.cp.minutes.20wd"),
        ben.standing("local.cp.minutes.20wd"),
    )


def unborn() -> Told:
    case = begin(authority="example")
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened("BirthExpected", "2026-04-07", "S-1", expected_on="2026-10-07")
    return case


def test_trap_17_the_expected_birth_moves_and_the_clock_with_it() -> None:
    case = unborn()
    case.happened("BirthExpected", "2026-05-18", "S-1", expected_on="2026-09-23")

    assert ["2026-06-24 overdue", "2026-07-08 void"] == due(case, "cp.prebirth.icpc")


def test_trap_17_a_birth_before_its_day_ends_the_clock_and_the_guidances_own_runs_on() -> None:
    case = unborn()
    case.happened("ChildBorn", "2026-04-20", "S-1", date_of_birth="2026-04-20")

    assert ["2026-07-08 void"] == due(case, "cp.prebirth.icpc")
    assert ["2026-04-28 overdue"] == due(case, "cp.icpc.15wd")


def test_trap_17_after_birth_the_earlier_of_two_days_is_owed() -> None:
    """Three months from the conference are 28 July; 20 working days from a birth on 8 June are 6 July."""
    case = on_a_plan(authority="example")
    case.happened("ChildBorn", "2026-06-08", "P-1", date_of_birth="2026-06-08")
    case.happened("ReviewConferenceHeld", "2026-07-10", "P-1", outcome="continue")

    assert ["2026-07-06 met_late"] == due(case, "cp.prebirth.review")
    assert ["2026-07-28 met"] == due(case, "cp.review.first.3m")


def test_trap_17_a_birth_after_the_first_review_asks_for_no_other() -> None:
    case = on_a_plan(authority="example")
    case.happened("ReviewConferenceHeld", "2026-07-10", "P-1", outcome="continue")
    case.happened("ChildBorn", "2026-08-03", "P-1")

    assert [] == due(case, "cp.prebirth.review")


@pytest.mark.parametrize("days", range(0, 365, 13))
def test_trap_18_fifteen_working_days_never_end_on_a_weekend(days: int) -> None:
    discussed = date(2026, 1, 5) + timedelta(days=days)
    case = begin()
    case.happened("StrategyDiscussionHeld", str(discussed), "S-1", initiates_section_47=True)

    assert date.fromisoformat(case.due("cp.icpc.15wd")).weekday() < 5


def test_trap_18_a_conference_may_have_been_appointed_for_a_weekend() -> None:
    """A return queries such a day; only a conference held then is refused."""
    case = begin(authority="example")
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened(
        "ConferenceAppointed", "2026-04-08", "S-1", conference_id="IC-1", appointed_for="2026-04-25"
    )

    assert "2026-04-23" == case.due("cp.icpc.report.2wd")
