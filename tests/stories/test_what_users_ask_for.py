"""What users of comparable systems ask for in their issue trackers: each test is named after one wish."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from story import Told, begin, instant
from typer.testing import CliRunner

from caseclock.commands import app
from caseclock.desk.breaches import standing_breaches
from caseclock.desk.report import lines_of
from caseclock.store.protocol import BreachStanding, CalendarChange
from caseclock.store.sql import open_store
from caseclock.timers.timer import Standing
from caseclock.timers.when import When
from caseclock.workflow.answers import answered
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.positions import asked, positions
from caseclock.workflow.verification import verify

GUIDANCE = "assessment.single.45wd"
STATISTIC = "assessment.stat.duration"
REVIEW = "cla.review.first.20wd"


@pytest.fixture
def db(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
def case(db: str) -> Iterator[Told]:
    """A referral of Monday 2 March 2026: an assessment is due on Thursday 7 May, 45 working days on."""
    with open_store(db) as store:
        told = begin(store=store)
        told.referral("2026-03-02")
        told.assessment("2026-03-02")
        yield told


def listed_by(command: str, db: str, on: str) -> set[str]:
    """Which timescales a command lists as overdue on a day, from that database."""
    words = [command, "--db", db, "--now", f"{on}T23:00:00+01:00", "--format", "json"]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    return {row["timescale"] for row in json.loads(done.stdout) if row["standing"] == "overdue"}


def holiday(day: str, known: str) -> CalendarChange:
    return CalendarChange(
        When.parse(day).on, "Day of thanksgiving", instant(known), "clerk.adams", "Royal proclamation"
    )


@pytest.mark.parametrize(("on", "overdue"), [("2026-05-07", set()), ("2026-05-08", {GUIDANCE, STATISTIC})])
def test_one_definition_of_overdue_is_used_by_every_list_report_and_export(
    case: Told, db: str, on: str, overdue: set[str]
) -> None:
    """The evening of the due day and the next: nobody is a day ahead of anybody else."""
    question = asked(now=instant(on))
    case.swept(on)
    with case.engine.store.snapshot() as unit:
        found = list(positions(case.engine, unit, question, authority=case.authority))
        listed = standing_breaches(found, unit.breaches(case.authority, case.case_id), question)
    counted = {
        line.timescale for line in lines_of(found, case.authority) if line.counts.get(Standing.OVERDUE)
    }

    mine = {GUIDANCE, STATISTIC}
    assert overdue == mine & {one.timer.timescale for one in found if one.standing is Standing.OVERDUE}
    assert overdue == mine & {breach.timescale for breach in case.breaches()}
    assert overdue == mine & {one.position.timer.timescale for one in listed if one.position}
    assert overdue == mine & counted
    assert overdue == mine & listed_by("timers", db, on)
    assert overdue == mine & listed_by("breaches", db, on)
    assert () == verify(case.engine, instant(on)).findings


def test_a_duty_is_not_overdue_on_the_due_day_itself(case: Told) -> None:
    assert Standing.DUE_SOON == case.standing(GUIDANCE, "2026-05-07 23:59")
    assert Standing.OVERDUE == case.standing(GUIDANCE, "2026-05-08 00:00")

    case.authorised("2026-05-07 23:30")
    assert Standing.MET == case.standing(GUIDANCE)


def test_a_bank_holiday_announced_late_moves_running_timers_and_the_old_date_stays_in_the_record(
    case: Told,
) -> None:
    add_calendar_day(case.engine, holiday("2026-04-24", "2026-04-10 09:00"))

    assert "2026-05-08" == case.due(GUIDANCE, "2026-05-01")
    assert "2026-05-07" == case.due(GUIDANCE, "2026-05-01", known="2026-04-09")
    with case.engine.store.snapshot() as unit:
        (told,) = [one for one in unit.events(case.authority, case.case_id) if one.type == "TimersMoved"]
    assert ("clerk.adams", ("2026-05-07", "2026-05-08")) == (
        told.by,
        next((moved["from"], moved["to"]) for moved in told.data["moved"] if moved["timescale"] == GUIDANCE),
    )


def test_a_breach_survives_the_closing_of_the_case(case: Told) -> None:
    case.swept("2026-05-08")
    case.happened("AssessmentCancelled", "2026-05-11", "A-1", reason="moved away")
    case.happened("ReferralClosed", "2026-05-11", "R-1", reason="moved away")
    case.swept("2026-06-30")

    assert {GUIDANCE: BreachStanding.OPEN} == {
        one.timescale: one.standing for one in case.breaches() if one.timescale == GUIDANCE
    }
    assert Standing.OVERDUE == case.standing(GUIDANCE, "2026-06-30")


def test_a_breach_survives_the_end_of_the_arrangement() -> None:
    """Looked after from Monday 2 March 2026; the first review, due on 30 March, was never held."""
    child = begin()
    child.happened("PeriodOfCareStarted", "2026-03-02", "L-1", legal_status="section_20")
    child.swept("2026-03-31")
    child.happened("PeriodOfCareEnded", "2026-04-03", "L-1", reason="returned_home")
    child.swept("2026-12-31")

    assert (Standing.OVERDUE, "2026-03-30") == (
        child.standing(REVIEW, "2026-12-31"),
        child.due(REVIEW, "2026-12-31"),
    )
    assert REVIEW in {
        one.timescale for one in child.breaches() if one.standing is not BreachStanding.WITHDRAWN
    }


def test_an_early_or_late_completion_is_matched_to_the_right_occurrence_of_a_recurring_duty() -> None:
    """Reviews of 2026: the first early, which pulls the second forward; the second late; the third in time."""
    child = begin()
    child.happened("PlanStarted", "2026-01-05", "P-1", category="neglect", conference_held_on="2026-01-05")
    for number, on in enumerate(("2026-03-16", "2026-09-30", "2027-03-30"), start=1):
        child.happened("ReviewConferenceHeld", on, "P-1", conference_id=f"K-{number}", outcome="continue")
    reviews = [
        (str(one.timer.due_on), str(one.timer.stopped_on), str(one.standing), one.over)
        for one in child.positions("2027-04-01")
        if one.timer.timescale in ("cp.review.first.3m", "cp.review.next.6m")
    ]

    assert [
        ("2026-04-05", "2026-03-16", "met", 0),
        ("2026-09-16", "2026-09-30", "met_late", 14),
        ("2027-03-30", "2027-03-30", "met", 0),
        ("2027-09-30", "None", "running", 0),
    ] == sorted(reviews)


def test_an_exemption_can_be_entered_after_the_fact_with_who_and_why(case: Told) -> None:
    """Overdue from 8 May, authorised on the 12th; exempted in June, and still late."""
    case.swept("2026-05-08")
    case.authorised("2026-05-12")
    (breach,) = [one for one in case.breaches() if one.timescale == GUIDANCE]
    case.happened(
        "BreachExempted",
        "2026-06-15",
        "A-1",
        by="mgr.khan",
        breach_id=breach.breach_id,
        reason_code="family_unavailable",
        text="abroad until May",
    )
    with case.engine.store.snapshot() as unit:
        answer = answered(unit.events(case.authority, case.case_id), breach.breach_id)

    assert ("exempted", "mgr.khan", "2026-06-15", "family_unavailable", "abroad until May") == (
        str(answer.answer),
        answer.by,
        str(answer.on),
        answer.reason_code,
        answer.text,
    )
    assert ("met_late", 3) == (str(case.standing(GUIDANCE)), case.timer(GUIDANCE).over)


def test_a_date_is_never_computed_from_one_that_was_moved_already(case: Told) -> None:
    """Two days announced one after the other, the second on the very day to which the first moved the timer."""
    add_calendar_day(case.engine, holiday("2026-04-24", "2026-04-10 09:00"))
    add_calendar_day(case.engine, holiday("2026-05-08", "2026-04-20 09:00"))
    told_before = begin(case_id="C-2", store=case.engine.store)
    told_before.referral("2026-03-02 09:00", episode="R-1")
    told_before.assessment("2026-03-02")

    assert "2026-05-11" == case.due(GUIDANCE, "2026-05-01")  # a Monday: 45 working days from 2 March
    assert "2026-05-11" == told_before.due(GUIDANCE, "2026-05-01")


def test_an_extension_is_counted_from_the_first_date_and_not_from_a_rolled_one() -> None:
    """Issued Monday 12 January 2026: 26 weeks end on Sunday 12 July, and eight more on Sunday 6 September."""
    court = begin()
    court.happened("ApplicationIssued", "2026-01-12", "C-1")
    court.happened("ProceedingsExtended", "2026-07-01", "C-1", reason="a further assessment")

    assert "2026-09-06" == court.due("court.s31.26w", "2026-07-31")


def test_a_checker_lists_the_timers_that_should_have_fired_and_did_not(case: Told) -> None:
    missed = [finding.words for finding in verify(case.engine, instant("2026-05-08")).findings]

    assert f"{GUIDANCE} ran out (due 2026-05-07) and no breach was raised. Run a sweep." in missed
    case.swept("2026-05-08")
    assert () == verify(case.engine, instant("2026-05-08")).findings


def test_reminders_come_before_the_date_word_of_a_breach_after_it_and_no_flood_of_them(case: Told) -> None:
    """Due soon from ten working days before Thursday 7 May 2026 on; then one breach, though two sweeps a day run."""
    stood = [str(case.standing(GUIDANCE, day)) for day in ("2026-04-21", "2026-04-22", "2026-05-07")]
    for day in range(1, 32):
        case.swept(f"2026-05-{day:02}")
        case.swept(f"2026-05-{day:02} 06:00")

    assert ["running", "due_soon", "due_soon"] == stood
    assert 1 == sum(one.timescale == GUIDANCE for one in case.breaches())
    assert len(case.breaches()) == case.log().count("BreachRaised")
