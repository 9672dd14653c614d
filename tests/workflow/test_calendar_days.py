"""A bank holiday proclaimed, or a closure day added, after timers began to run."""

from typing import Any

import pytest
from story import Told, begin, instant, standings

from caseclock.store.protocol import CalendarChange
from caseclock.timers.when import When
from caseclock.workflow.calendar_days import Moved, add_calendar_day
from caseclock.workflow.refusals import BadData
from caseclock.workflow.verification import verify

DECISION = "referral.decision.1wd"
GUIDANCE = "assessment.single.45wd"


def proclaimed(day: str, *, known: str, authority: str | None = None) -> CalendarChange:
    return CalendarChange(
        day=When.parse(day).on,
        title="Day of thanksgiving",
        known_at=instant(known),
        by="clerk.adams",
        because="Royal proclamation",
        authority=authority,
    )


def last(case: Told, event_type: str) -> dict[str, Any]:
    with case.engine.store.snapshot() as unit:
        told = [event for event in unit.events(case.authority, case.case_id) if event.type == event_type]
    return {"because": told[-1].because, "by": told[-1].by, **told[-1].data}


def test_a_day_added_moves_a_running_timer_and_the_log_says_why() -> None:
    """45 working days from Monday 2 March 2026 end on 7 May; without Friday 24 April, on 8 May."""
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    moved = add_calendar_day(case.engine, proclaimed("2026-04-24", known="2026-04-10 09:00"))
    guidance = case.timer(GUIDANCE).timer

    assert Moved(cases=1, timers=2) == moved
    assert ("2026-05-07", "2026-05-08") == (
        case.due(GUIDANCE, "2026-04-09"),
        case.due(GUIDANCE, "2026-04-10"),
    )
    told = last(case, "TimersMoved")
    assert ("clerk.adams", "Day of thanksgiving on 2026-04-24 is not worked: Royal proclamation") == (
        told["by"],
        told["because"],
    )
    assert {
        "timer_id": guidance.timer_id,
        "timescale": GUIDANCE,
        "from": "2026-05-07",
        "to": "2026-05-08",
    } in list(told["moved"])
    assert () == verify(case.engine, instant("2026-04-30")).findings


def test_a_timer_that_has_ended_keeps_its_judgement() -> None:
    """Decided on Wednesday, a day late; that Tuesday is proclaimed a holiday a week later. The assessment runs on."""
    case = begin()
    case.referral("2026-03-02", decided="2026-03-04")
    add_calendar_day(case.engine, proclaimed("2026-03-03", known="2026-03-10 09:00"))

    assert "met_late, 1 over" == standings(case.positions("2026-03-11"))[DECISION]
    assert [GUIDANCE] == [one["timescale"] for one in last(case, "TimersMoved")["moved"]]
    assert 1 == case.swept("2026-03-11")  # the breach of Wednesday stands
    assert () == verify(case.engine, instant("2026-03-11")).findings


def test_a_breach_that_no_longer_stands_is_withdrawn_and_raised_again_on_its_new_day() -> None:
    case = begin()
    case.referral("2026-03-02", decided="not yet")
    case.swept("2026-03-04 06:00")
    add_calendar_day(case.engine, proclaimed("2026-03-03", known="2026-03-04 09:00"))

    assert [("2026-03-03", "withdrawn", "rescheduled")] == [
        (str(breach.due_on), str(breach.standing), breach.cause) for breach in case.breaches()
    ]
    assert [0, 1] == [case.swept("2026-03-04 23:59"), case.swept("2026-03-05 00:00")]
    assert {("2026-03-03", "withdrawn"), ("2026-03-04", "open")} == {
        (str(breach.due_on), str(breach.standing)) for breach in case.breaches()
    }
    assert () == verify(case.engine, instant("2026-03-05 01:00")).findings


def test_adding_the_same_day_again_moves_nothing_twice() -> None:
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    change = proclaimed("2026-04-24", known="2026-04-10 09:00")

    assert [Moved(1, 2), Moved(0, 0)] == [add_calendar_day(case.engine, change) for _ in range(2)]
    assert 1 == case.log().count("TimersMoved")


def test_a_closure_day_of_one_authority_moves_nothing_elsewhere() -> None:
    kent = begin(authority="kent")
    essex = Told(kent.engine, "essex")
    for case in (kent, essex):
        case.referral("2026-03-02", decided="not yet")
    add_calendar_day(kent.engine, proclaimed("2026-03-03", known="2026-03-02 20:00", authority="kent"))

    assert ("2026-03-04", "2026-03-03") == (kent.due(DECISION), essex.due(DECISION))


def test_a_day_that_is_not_worked_already_is_not_added() -> None:
    case = begin()

    with pytest.raises(BadData, match=r"Can't add 2026-04-03 to the calendar: .*Good Friday"):
        add_calendar_day(case.engine, proclaimed("2026-04-03", known="2026-03-01"))


def test_what_is_recorded_after_the_day_was_added_counts_with_it() -> None:
    case = begin()
    add_calendar_day(case.engine, proclaimed("2026-03-03", known="2026-03-01"))
    case.referral("2026-03-02", decided="not yet")

    assert "2026-03-04" == case.due(DECISION)
    assert () == verify(case.engine, instant("2026-03-03")).findings
