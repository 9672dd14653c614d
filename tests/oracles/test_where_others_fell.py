"""Where other engines fell, told of this one. Each test is named after the report in which it was told of theirs."""

from datetime import date, timedelta

import pytest
from story import ANYWHERE, Told, begin, instant, under

from caseclock.store.protocol import AdoptedPack, CalendarChange
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.timer import Standing
from caseclock.timers.when import start_of_day
from caseclock.workflow.adoption import adopt_pack
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.verification import verify

DAY = timedelta(days=1)
DECISION = "referral.decision.1wd"
ASSESSMENT = "assessment.single.45wd"


def undecided(on: str) -> Told:
    """A referral that nobody decides on: it is to be decided within one working day."""
    case = begin()
    case.referral(on, decided="not yet")
    return case


def test_jbpm_233_a_bank_holiday_is_not_counted() -> None:
    """Good Friday is 3 April 2026, Easter Monday the 6th."""
    assert "2026-04-07" == undecided("2026-04-02 10:00").due(DECISION)


@pytest.mark.parametrize("at", ["00:01", "06:10", "18:30", "23:59"])
def test_jbpm_1342_and_1830_before_and_after_office_hours_is_the_day_on_the_wall(at: str) -> None:
    """Monday 2 March 2026 at any hour counts from the Monday."""
    assert "2026-03-03" == undecided(f"2026-03-02 {at}").due(DECISION)


def test_jmix_790_one_working_day_is_a_day_and_not_24_hours_of_work() -> None:
    """From Friday 27 March 2026 at 16:00 to the end of Monday; the clocks go forward in between."""
    case = undecided("2026-03-27 16:00")

    assert "2026-03-30" == case.due(DECISION)
    assert [0, 1] == [case.swept(at) for at in ("2026-03-30 23:59", "2026-03-31 00:00")]


def test_zeebe_process_test_975_ten_days_from_any_day_fall_ten_days_on() -> None:
    """From each day of 2027 and 2028, a leap year, with its changes of the clocks."""
    rules = under("limit = { calendar_days = 10 }")
    first, wrong = date(2027, 1, 1), []
    for day in (first + n * DAY for n in range(731)):
        case = begin(case_id=str(day), rulebooks=rules)
        case.referral(str(day), decided="not yet")
        with case.engine.store.snapshot() as unit:
            (kept,) = unit.timers(ANYWHERE, case.case_id)
        falls = start_of_day(day + 11 * DAY)
        if (day + 10 * DAY, falls, falls) != (kept.timer.due_on, kept.timer.falls_at, kept.wake_at):
            wrong.append(day)

    assert [] == wrong


def test_openregister_3935_a_closure_day_moves_everybody_s_due_date_and_says_why() -> None:
    """45 working days from Monday 2 March 2026 end on 7 May; without Friday 24 April, on 8 May."""
    cases = [begin(case_id="C-0")]
    cases += [Told(cases[0].engine, case_id=f"C-{number}") for number in range(1, 5)]
    for case in cases:
        case.referral("2026-03-02")
        case.assessment("2026-03-02")
    change = CalendarChange(
        date(2026, 4, 24),
        "Closed",
        instant("2026-04-10 09:00"),
        "clerk.adams",
        "No heating",
        authority=ANYWHERE,
    )
    add_calendar_day(cases[0].engine, change)

    assert ["2026-05-08"] * 5 == [case.due(ASSESSMENT) for case in cases]
    assert {"TimersMoved"} == {case.log()[-1] for case in cases}
    assert () == verify(cases[0].engine, instant("2026-04-30")).findings


def test_openregister_3935_a_calendar_says_how_far_it_is_official() -> None:
    """The list ends in 2028; what is counted beyond is by rule, and says so."""
    calendar = england_and_wales().as_known(None)

    assert ["official", "projected"] == [str(calendar.certainty(date(year, 12, 25))) for year in (2027, 2031)]


NEW_DUTY = """
[pack]
id = "seen-twice"
title = "Assessment, seen twice"
process = "assessment"
reviewed_on = 2026-03-01

[[timescale]]
id = "assessment.seen.twice"
duty = "See the child a second time"
basis = "local"
source = "An amendment for this test"
verification = "K"
effective_from = 2026-04-01
counting = "day_after_trigger"
limit = { calendar_days = 10 }
starts = [{ event = "AssessmentStarted" }]
stops = [{ event = "AssessmentAuthorised" }]
"""


def test_flowable_3074_a_duty_that_is_added_later_is_armed_and_falls() -> None:
    case = begin()
    at = instant("2026-03-10 09:00")
    adopt_pack(case.engine, AdoptedPack("seen-twice", NEW_DUTY, at, "head.of.service", "They asked for it."))
    case.happened("AssessmentStarted", "2026-04-01", "A-1", kind="single")

    assert "2026-04-11" == case.due("assessment.seen.twice")
    case.swept("2026-04-12 00:00")
    assert ["assessment.seen.twice"] == [breach.timescale for breach in case.breaches()]


def test_pittsburgh_571_and_539_what_is_written_up_late_keeps_its_real_date() -> None:
    """Decided on Tuesday, in time; written up on Friday, after a breach was raised."""
    case = undecided("2026-03-02 10:00")
    raised = case.swept("2026-03-05 06:00")
    case.happened(
        "ReferralDecided", "2026-03-03 11:00", "R-1", recorded="2026-03-06 09:00", outcome="assessment"
    )

    assert 1 == raised
    assert Standing.RECORDED_LATE == case.standing(DECISION)
    assert ["withdrawn"] == [str(breach.standing) for breach in case.breaches()]


def test_open_zaak_747_what_is_put_off_with_leave_moves_its_date_and_its_breach() -> None:
    """Sixteen weeks from Monday 2 March 2026 end on Monday 22 June; put off for four, on 20 July."""
    case = begin(
        rulebooks=under(
            'limit = { weeks = 16 }\nextension = { kind = "capped", by = { weeks = 8 }, times = 1 }'
        )
    )
    case.referral("2026-03-02", decided="not yet")
    timer = case.timer("test.limit").timer
    case.happened(
        "TimerExtended",
        "2026-06-15",
        "R-1",
        timer_id=timer.timer_id,
        until="2026-07-20",
        reason="a relative was found late",
        approved_by="head of service",
    )

    assert ("2026-06-22", "2026-07-20") == (str(timer.due_on), case.due("test.limit"))
    assert [0, 1] == [case.swept(at) for at in ("2026-06-23 00:00", "2026-07-21 00:00")]
