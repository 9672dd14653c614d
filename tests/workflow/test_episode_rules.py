"""Rules between dates and between episodes: what a case may not hold, whatever its states allow."""

import pytest
from story import Told, begin, when

from caseclock.timers.event import Event
from caseclock.workflow.refusals import IllegalEvent


def plan(started: str = "2026-04-28", ended: str | None = None, episode: str = "P-1") -> Told:
    case = begin(authority="thurrock")
    more_plan(case, started, ended, episode)
    return case


def more_plan(case: Told, started: str, ended: str | None = None, episode: str = "P-2") -> None:
    case.happened("PlanStarted", started, episode)
    if ended:
        case.happened("PlanEnded", ended, episode)


@pytest.mark.parametrize(("day", "name"), [("2026-05-02", "Saturday"), ("2026-05-03", "Sunday")])
def test_no_initial_conference_is_held_on_a_weekend(day: str, name: str) -> None:
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-20", "S-1", initiates_section_47=True)

    with pytest.raises(IllegalEvent) as refusal:
        case.happened("InitialConferenceHeld", day, "S-1", conference_id="IC-1", outcome="plan")

    assert (
        f"Can't record InitialConferenceHeld of {day} on case C-1042: {day} is a {name}, and no initial child "
        "protection conference is held on a weekend (children in need census, rule 8875). Mend the date."
    ) == str(refusal.value)
    assert ["StrategyDiscussionHeld"] == case.log()


def test_a_conference_on_a_bank_holiday_is_taken() -> None:
    case = begin()
    case.happened("InitialConferenceHeld", "2026-05-04", "S-1", conference_id="IC-1", outcome="plan")

    assert ["InitialConferenceHeld"] == case.log()


def test_a_conference_is_not_moved_to_a_weekend_by_a_correction() -> None:
    case = begin()
    held = case.happened("InitialConferenceHeld", "2026-05-01", "S-1", conference_id="IC-1", outcome="plan")

    with pytest.raises(IllegalEvent, match=r"Can't record EventCorrected .* 2026-05-02 is a Saturday"):
        case.corrected(held, "2026-05-02", recorded="2026-05-05")


def test_a_review_conference_may_be_held_on_a_saturday() -> None:
    case = plan()
    case.happened("ReviewConferenceHeld", "2026-07-25", "P-1", conference_id="RC-1", outcome="continue")

    assert "met" == case.standing("cp.review.first.3m")


def test_a_plan_does_not_start_and_end_on_the_same_day() -> None:
    case = plan()

    with pytest.raises(
        IllegalEvent, match=r"no child protection plan starts and ends on the same day .*8840"
    ):
        case.happened("PlanEnded", "2026-04-28", "P-1")


def test_a_plans_end_is_not_moved_to_its_start_by_a_correction() -> None:
    case = plan()
    ended = case.happened("PlanEnded", "2026-06-01", "P-1")

    with pytest.raises(IllegalEvent, match="rule 8840"):
        case.corrected(ended, "2026-04-28", recorded="2026-06-02")


def test_a_review_is_held_after_the_plans_first_day() -> None:
    case = plan()

    with pytest.raises(IllegalEvent, match=r"a review conference is held after that day, not on it .*8841"):
        case.happened("ReviewConferenceHeld", "2026-04-28", "P-1", outcome="continue")
    case.happened("ReviewConferenceHeld", "2026-04-29", "P-1", outcome="continue")

    assert ["PlanStarted", "ReviewConferenceHeld"] == case.log()


def test_a_plans_start_is_not_moved_to_its_review_by_a_correction() -> None:
    case = begin()
    started = case.happened("PlanStarted", "2026-04-28", "P-1")
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", outcome="continue")

    with pytest.raises(IllegalEvent, match="rule 8841"):
        case.corrected(started, "2026-07-14", recorded="2026-07-15")


def test_a_child_is_on_one_plan_at_a_time() -> None:
    case = plan(started="2026-01-13")

    with pytest.raises(IllegalEvent) as refusal:
        more_plan(case, "2026-04-28")

    assert (
        "Can't record PlanStarted of 2026-04-28 on case C-1042: the child was on a child protection plan from "
        "2026-01-13, and is on one at a time. End that plan first, or mend the dates."
    ) == str(refusal.value)


@pytest.mark.parametrize("ended", ["2026-04-20", "2026-04-28"])
def test_a_plan_may_start_once_the_one_before_has_ended_and_on_that_very_day(ended: str) -> None:
    case = plan(started="2026-01-13", ended=ended)
    more_plan(case, "2026-04-28")

    assert ["PlanStarted", "PlanEnded", "PlanStarted"] == case.log()


def test_an_earlier_plan_that_comes_to_light_late_may_not_reach_into_the_next() -> None:
    case = plan(started="2026-04-28")
    more_plan(case, "2026-01-13")

    with pytest.raises(IllegalEvent, match="on a child protection plan from 2026-04-28, and is on one at a"):
        case.happened("PlanEnded", "2026-05-11", "P-2")
    case.happened("PlanEnded", "2026-04-28", "P-2")

    assert ["PlanStarted", "PlanStarted", "PlanEnded"] == case.log()


def test_a_plan_whose_end_its_source_does_not_tell_stands_in_no_others_way() -> None:
    case = begin()
    case.happened("PlanStarted", "2024-01-16", "P-1", untold=["PlanEnded"])
    more_plan(case, "2026-04-28")

    assert ["PlanStarted", "PlanStarted"] == case.log()


def care(started: str = "2026-01-13", ended: str | None = None) -> Told:
    case = begin()
    more_care(case, started, ended, "L-1")
    return case


def more_care(case: Told, started: str, ended: str | None = None, episode: str = "L-2") -> None:
    case.happened("PeriodOfCareStarted", started, episode, legal_status="section_20")
    if ended:
        case.happened("PeriodOfCareEnded", ended, episode, reason="returned_home")


@pytest.mark.parametrize("ended", [None, "2026-04-29"])
def test_a_child_is_in_one_period_of_care_at_a_time(ended: str | None) -> None:
    case = care(ended=ended)

    with pytest.raises(IllegalEvent) as refusal:
        more_care(case, "2026-04-28")

    assert (
        "Can't record PeriodOfCareStarted of 2026-04-28 on case C-1042: the child was looked after from 2026-01-13"
        f"{f' until {ended}' if ended else ''}, and is in one period of care at a time (SSDA903 rules 142 and 433). "
        "Record it in that period, end that one first, or mend the dates."
    ) == str(refusal.value)


@pytest.mark.parametrize("ended", ["2026-04-20", "2026-04-28"])
def test_a_child_may_come_into_care_again_on_the_very_day_the_period_before_ended(ended: str) -> None:
    case = care(ended=ended)
    more_care(case, "2026-04-28")

    assert 2 == case.log().count("PeriodOfCareStarted")


def test_an_earlier_period_that_comes_to_light_late_may_not_reach_into_the_next() -> None:
    case = care(started="2026-04-28")
    more_care(case, "2026-01-13")

    with pytest.raises(IllegalEvent, match="looked after from 2026-04-28, and is in one period of care"):
        case.happened("PeriodOfCareEnded", "2026-05-11", "L-2", reason="returned_home")
    case.happened("PeriodOfCareEnded", "2026-04-28", "L-2", reason="returned_home")

    assert "PeriodOfCareEnded" == case.log()[-1]


def test_a_planned_admission_is_no_period_of_care_before_it_begins() -> None:
    """Planned on 20 April while the child was in care until the 24th; begun on the 27th."""
    case = care(ended="2026-04-24")
    case.happened("AdmissionPlanned", "2026-04-20", "L-2")
    more_care(case, "2026-04-27")

    assert 2 == case.log().count("PeriodOfCareStarted")


@pytest.mark.parametrize("event", ["ChildSeen", "CoreGroupHeld", "ReviewConferenceHeld", "VisitAttempted"])
def test_nothing_happens_under_a_plan_after_its_end(event: str) -> None:
    case = plan(ended="2026-07-14")

    with pytest.raises(IllegalEvent, match=f"the plan ended on 2026-07-14, and {event} of 2026-07-15"):
        case.happened(event, "2026-07-15", "P-1")


def test_a_plans_end_is_not_moved_before_what_happened_under_it() -> None:
    case = plan()
    case.happened("ChildSeen", "2026-05-11", "P-1")
    ended = case.happened("PlanEnded", "2026-07-14", "P-1")

    with pytest.raises(IllegalEvent, match="ChildSeen of 2026-05-11 would come after it"):
        case.corrected(ended, "2026-05-08", recorded="2026-07-15")


def test_what_happened_on_a_plans_last_day_may_be_written_behind_its_end_and_starts_no_clock() -> None:
    case = plan(ended="2026-07-14")
    case.happened("ReviewConferenceHeld", "2026-07-14", "P-1", outcome="continue")
    case.happened("ChildSeen", "2026-07-14", "P-1")

    assert "met" == case.standing("cp.review.first.3m")
    assert set() == {str(one.timer.timescale) for one in case.positions() if one.standing == "running"}


def test_what_is_sent_round_may_be_sent_after_the_plans_end() -> None:
    case = plan(ended="2026-07-14")
    case.happened("ConferenceMinutesSent", "2026-08-03", "P-1", conference_id="RC-1")

    assert "ConferenceMinutesSent" == case.log()[-1]


def test_new_information_on_an_open_case_is_no_new_referral() -> None:
    case = begin()
    case.referral("2026-03-02")

    with pytest.raises(IllegalEvent, match="the case was open then, from the referral of 2026-03-02"):
        case.referral("2026-03-16", episode="R-2")


def test_an_import_keeps_what_breaks_a_rule_with_its_reason() -> None:
    case = begin()
    saturday, read = when("2026-05-02"), when("2026-05-05")
    conference = Event(
        "return/1", "InitialConferenceHeld", case.authority, case.case_id, "S-1", saturday, read, by="annex_a"
    )

    (taken,) = case.engine.take_in(case.authority, case.case_id, [[conference]], read.latest())

    assert "quarantined" == taken.status
    assert "rule 8875" in str(taken.reason)
