"""Stories whose dates were worked out apart from this project, from the bank holidays GOV.UK lists."""

import pytest
from story import begin, standings, under

GUIDANCE = "assessment.single.45wd"
STATISTIC = "assessment.stat.duration"
DECISION = "referral.decision.1wd"
HUB = "local.contact.decision.24h"
SEEN = "local.assessment.child_seen.10wd"


def test_across_christmas_the_guidance_clock_is_missed_by_a_day_and_the_statistic_is_kept() -> None:
    case = begin()
    case.referral("2025-11-14")  # a Friday
    case.assessment("2025-11-17")
    case.authorised("2026-01-22")

    assert ("2026-01-21", "2026-01-22") == (case.due(GUIDANCE), case.due(STATISTIC))
    assert {
        DECISION: "met",
        GUIDANCE: "met_late, 1 over",
        STATISTIC: "met",
    } == standings(case.positions())


@pytest.mark.parametrize(
    ("referral", "due"),
    [
        ("2026-02-27", "2026-05-06"),  # Friday
        ("2026-02-28", "2026-05-06"),  # Saturday: the same
        ("2026-03-02", "2026-05-07"),  # Monday
    ],
)
def test_forty_five_working_days_from_a_saturday_end_with_those_from_the_friday(
    referral: str, due: str
) -> None:
    case = begin()
    case.referral(referral)
    case.assessment("2026-03-02")

    assert due == case.due(GUIDANCE)


def test_the_day_of_the_state_funeral_moves_a_timer_from_when_it_was_announced() -> None:
    case = begin()
    case.referral("2022-08-01")
    case.assessment("2022-08-02")

    assert "2022-10-04" == case.due(GUIDANCE, "2022-09-09")
    assert "2022-10-05" == case.due(GUIDANCE, "2022-09-10")  # announced that day
    assert "2022-10-04" == case.due(GUIDANCE, "2022-10-04", known="2022-09-09")


def test_an_assessment_authorised_before_the_funeral_was_announced_is_judged_without_it() -> None:
    case = begin()
    case.referral("2022-08-01")
    case.assessment("2022-08-02")
    case.authorised("2022-09-09")

    assert "2022-10-04" == case.due(GUIDANCE)


def test_in_2020_the_early_may_holiday_is_the_friday() -> None:
    """With the holiday left on Monday the 4th, as some calendars have it, the day would be 6 May."""
    case = begin(rulebooks=under("limit = { working_days = 30 }"))
    case.referral("2020-03-20")

    assert "2020-05-05" == case.due("test.limit")


def test_a_referral_on_the_last_friday_of_the_old_law_runs_under_it() -> None:
    case = begin()
    case.referral("2013-04-12")
    case.assessment("2013-04-12", kind="initial", episode="A-1")
    case.assessment("2013-04-24", kind="core", episode="A-2")

    assert "2013-04-26" == case.due("assessment.initial.10wd")
    assert "2013-06-14" == case.due("assessment.core.35wd")
    assert {DECISION, "assessment.initial.10wd", "assessment.core.35wd"} == set(standings(case.positions()))


def test_a_referral_on_the_monday_after_has_one_assessment_of_45_working_days() -> None:
    case = begin()
    case.referral("2013-04-15")
    case.assessment("2013-04-15")

    assert "2013-06-19" == case.due(GUIDANCE)
    assert {DECISION, GUIDANCE, STATISTIC} == set(standings(case.positions()))


def test_a_referral_on_a_friday_afternoon_is_decided_by_tuesday_and_in_the_hub_by_saturday() -> None:
    case = begin(authority="thurrock")
    case.referral("2026-05-22 16:40", decided="not yet")

    assert ("2026-05-26", "2026-05-23 16:40") == (
        case.due(DECISION),
        case.due(HUB),
    )  # Monday is a bank holiday


def test_an_assessment_written_up_late_was_done_in_time() -> None:
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    case.swept("2026-05-08")
    case.authorised("2026-05-06", recorded="2026-05-19")

    assert "2026-05-07" == case.due(GUIDANCE)
    assert "overdue" == case.standing(GUIDANCE, "2026-05-15")
    assert "recorded_late" == case.standing(GUIDANCE, "2026-05-20")
    assert "overdue" == case.standing(GUIDANCE, "2026-05-20", known="2026-05-15")
    assert [(GUIDANCE, "withdrawn", "recorded_late"), (STATISTIC, "withdrawn", "recorded_late")] == sorted(
        (breach.timescale, breach.standing, breach.cause) for breach in case.breaches()
    )


def test_a_visit_recorded_for_the_wrong_sibling_is_taken_back_and_her_own_clock_runs_on() -> None:
    anna = begin(authority="thurrock", case_id="C-ANNA")
    ben = begin(authority="thurrock", case_id="C-BEN", store=anna.engine.store)
    for child in (anna, ben):
        child.referral("2026-03-02")
        child.assessment("2026-03-02")
    visit = anna.happened("ChildSeen", "2026-03-12", "A-1")
    anna.swept("2026-03-20")
    anna.retracted(visit, recorded="2026-03-24")
    ben.happened("ChildSeen", "2026-03-12", "A-1", recorded="2026-03-24")
    anna.swept("2026-03-25")

    assert "2026-03-16" == anna.due(SEEN)
    assert "met" == anna.standing(SEEN, "2026-03-23")
    assert "met" == anna.standing(SEEN, "2026-03-17")
    assert "overdue" == anna.standing(SEEN, "2026-03-17", known="2026-03-24")
    assert [("2026-03-17", "2026-03-25")] == [
        (str(breach.fell_at.date()), str(breach.raised_at.date()))
        for breach in anna.breaches()
        if breach.timescale == SEEN and breach.standing == "open"
    ]
    assert ("overdue", "recorded_late") == (ben.standing(SEEN, "2026-03-23"), ben.standing(SEEN))
