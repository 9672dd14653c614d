"""The state funeral of 19 September 2022, announced on the 10th; and 8 May 2020, to which Early May was moved.

The list of bank holidays is as it was before, and the day becomes known while timers run.
"""

from dataclasses import replace
from datetime import date

import pytest
from story import Told, begin, instant

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import CalendarChange
from caseclock.store.sentences import sentence
from caseclock.timers.calendar import BankHolidays, england_and_wales
from caseclock.timers.timer import Outcome, Timer
from caseclock.workflow.calendar_days import Moved, add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.verification import verify

FUNERAL = CalendarChange(
    date(2022, 9, 19),
    "Bank holiday for the State Funeral of Queen Elizabeth II",
    instant("2022-09-10 12:00"),
    "privy.council",
    "proclaimed by the King",
)
#: told on 7 June 2019 in fact: later here, so that timers run
VICTORY = CalendarChange(
    date(2020, 5, 8),
    "Early May bank holiday (VE day)",
    instant("2020-04-24 12:00"),
    "secretary.of.state",
    "75 years on",
    None,
    date(2020, 5, 4),
)


def as_it_was(change: CalendarChange) -> BankHolidays:
    """The list without what was announced."""
    now = england_and_wales()
    days = {day: title for day, title in now.days.items() if day != change.day}
    if change.replaces is not None:
        days[change.replaces] = "Early May bank holiday"
    announced = tuple(added for added in now.announcements if added.day != change.day)
    return BankHolidays(now.official_from, now.official_until, dict(sorted(days.items())), announced)


def begun() -> tuple[Told, Told]:
    """From Thursday 1 September 2022, one child assessed and looked after; another, whose referral is closed."""
    engine = Engine(InMemoryStore(), holidays=as_it_was(FUNERAL))
    running, finished = Told(engine, case_id="C-1"), Told(engine, case_id="C-2")
    running.referral("2022-09-01")
    running.assessment("2022-09-01")
    running.happened(
        "PeriodOfCareStarted", "2022-09-01", "L-1", legal_status="section_20", date_of_birth="2015-06-10"
    )
    finished.referral("2022-09-01", decided="2022-09-02")
    finished.happened("ReferralClosed", "2022-09-02", "R-1", reason="moved away")
    return running, finished


def timers(case: Told, on: str) -> dict[str, Timer]:
    return {one.timer.timer_id: one.timer for one in case.positions(on)}


def test_the_state_funeral_moves_what_runs_by_a_day_and_nothing_else() -> None:
    running, finished = begun()
    engine = running.engine
    before = {case.case_id: timers(case, "2022-09-09") for case in (running, finished)}
    logs = {case.case_id: case.log() for case in (running, finished)}
    moved = add_calendar_day(engine, FUNERAL)
    after = {case.case_id: timers(case, "2022-09-10") for case in (running, finished)}

    assert before["C-2"] == after["C-2"]
    assert logs["C-2"] == finished.log()
    assert [*logs["C-1"], "TimersMoved"] == running.log()
    calendar = england_and_wales().as_known(None)
    changed = 0
    for timer_id, was in before["C-1"].items():
        now = after["C-1"][timer_id]
        passes = was.due_on is not None and was.due_on >= date(2022, 9, 19) and was.unit == "working_days"
        if was.outcome is Outcome.RUNNING and passes and was.due_on is not None:
            assert now.due_on == calendar.add_working_days(was.due_on, 1)
            changed += 1
        else:
            assert _but_for_calendar(was) == _but_for_calendar(now)
    assert Moved(1, changed) == moved
    assert () == verify(engine, instant("2022-09-02 12:00")).findings


@pytest.mark.parametrize(
    ("timescale", "was", "now"),
    [
        ("assessment.single.45wd", "2022-11-03", "2022-11-04"),
        ("cla.review.first.20wd", "2022-09-29", "2022-09-30"),
    ],
)
def test_the_history_shows_both_dates_and_why(timescale: str, was: str, now: str) -> None:
    case, _ = begun()
    add_calendar_day(case.engine, FUNERAL)

    assert (was, now) == (case.due(timescale, "2022-09-09"), case.due(timescale, "2022-09-10"))
    assert was == case.due(timescale, "2022-09-20", known="2022-09-09")
    with case.engine.store.snapshot() as unit:
        event = unit.events(case.authority, case.case_id)[-1]
    assert {"from": was, "to": now} in [
        {"from": one["from"], "to": one["to"]} for one in event.data["moved"] if one["timescale"] == timescale
    ]
    assert "State Funeral" in event.because
    for day in (was, now):
        on = date.fromisoformat(day)
        assert f"{on.day} {on:%B %Y}" in sentence(event)


@pytest.mark.parametrize(
    ("began", "was", "now"),
    [
        ("2020-02-26", "2020-05-01", "2020-05-01"),  # over before
        ("2020-02-27", "2020-05-05", "2020-05-04"),  # the Monday is worked now
        ("2020-03-02", "2020-05-07", "2020-05-06"),
        ("2020-03-03", "2020-05-08", "2020-05-07"),
        ("2020-03-04", "2020-05-11", "2020-05-11"),  # goes over both
    ],
)
def test_early_may_moved_to_victory_day_moves_by_a_day_what_ends_between(
    began: str, was: str, now: str
) -> None:
    """45 working days; Good Friday and Easter Monday were 10 and 13 April 2020."""
    case = Told(Engine(InMemoryStore(), holidays=as_it_was(VICTORY)))
    case.assessment(began, follows="")
    finished = Told(case.engine, case_id="C-2")
    finished.assessment(began, follows="")
    finished.authorised("2020-04-15")
    before = timers(finished, "2020-04-23")
    add_calendar_day(case.engine, VICTORY)

    rule = "assessment.stat.duration"
    assert (was, now) == (case.due(rule, "2020-04-23"), case.due(rule, "2020-04-24"))
    assert (was != now) == ("TimersMoved" in case.log())
    assert before == timers(finished, "2020-04-24")
    assert () == verify(case.engine, instant(began)).findings


def test_the_list_that_ships_knows_since_when_the_day_was_known() -> None:
    """45 working days from Thursday 1 September 2022, with nothing added by anybody."""
    case = begin()
    case.assessment("2022-09-01", follows="")
    rule = "assessment.stat.duration"

    assert ("2022-11-03", "2022-11-04") == (case.due(rule, "2022-09-09"), case.due(rule, "2022-09-10"))
    assert "2022-11-03" == case.due(rule, "2022-10-01", known="2022-09-09")


def _but_for_calendar(timer: Timer) -> Timer:
    return replace(timer, calendar="")
