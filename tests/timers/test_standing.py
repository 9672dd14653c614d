"""One function says where a timer stands. Here it is asked about every outcome, before, at and after each boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from caseclock.timers.calendar import england_and_wales
from caseclock.timers.standing import over, standing
from caseclock.timers.timer import BREACHED_STANDINGS, AtEnd, Outcome, Standing, Timer

CALENDAR = england_and_wales().as_known(None)
#: 45 working days from Monday 2 March 2026; due soon from 22 April; 8 May begins in London at 23:00 UTC
RUNNING = Timer(
    timer_id="t-1",
    authority="kent",
    case_id="C-1",
    episode_id="A-1",
    process="assessment",
    timescale="assessment.single.45wd",
    version="2013-04-15",
    key=None,
    started_on=date(2026, 3, 2),
    started_at=None,
    due_on=date(2026, 5, 7),
    due_at=None,
    first_due_on=None,
    not_before=None,
    warns_at=datetime(2026, 4, 21, 23, tzinfo=UTC),
    falls_at=datetime(2026, 5, 7, 23, tzinfo=UTC),
    at_end=AtEnd.OVERDUE,
    outcome=Outcome.RUNNING,
    stopped_on=None,
    stopped_at=None,
    recorded_on=None,
    over_at_stop=0,
    unit="working_days",
    basis="statutory_guidance",
    source="Working Together to Safeguard Children",
    trigger_event="e-1",
    stop_event=None,
    calendar="england_and_wales:12",
)
LAST_INSTANT = datetime(2026, 5, 7, 22, 59, 59, 999999, tzinfo=UTC)
FIRST_OVERDUE = datetime(2026, 5, 7, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "stands"),
    [
        (datetime(2026, 3, 2, tzinfo=UTC), Standing.RUNNING),
        (datetime(2026, 4, 21, 22, 59, 59, 999999, tzinfo=UTC), Standing.RUNNING),
        (datetime(2026, 4, 21, 23, tzinfo=UTC), Standing.DUE_SOON),
        (LAST_INSTANT, Standing.DUE_SOON),
        (FIRST_OVERDUE, Standing.OVERDUE),
        (datetime(2036, 1, 1, tzinfo=UTC), Standing.OVERDUE),
    ],
)
def test_a_running_timer_is_due_soon_then_overdue(moment: datetime, stands: Standing) -> None:
    assert stands is standing(RUNNING, moment)


@pytest.mark.parametrize("moment", [LAST_INSTANT, FIRST_OVERDUE])
@pytest.mark.parametrize(
    ("outcome", "stands"),
    [
        (Outcome.MET, Standing.MET),
        (Outcome.RECORDED_LATE, Standing.RECORDED_LATE),
        (Outcome.MET_LATE, Standing.MET_LATE),
        (Outcome.TOO_EARLY, Standing.TOO_EARLY),
        (Outcome.LAPSED, Standing.OVERDUE),  # the breach outlives the duty
        (Outcome.VOID, Standing.VOID),
        (Outcome.UNKNOWN, Standing.UNKNOWN),
    ],
)
def test_a_timer_that_has_ended_stands_as_it_ended(
    outcome: Outcome, stands: Standing, moment: datetime
) -> None:
    assert stands is standing(replace(RUNNING, outcome=outcome), moment)


def test_every_outcome_has_a_standing() -> None:
    for outcome in Outcome:
        assert standing(replace(RUNNING, outcome=outcome), FIRST_OVERDUE) in Standing


@pytest.mark.parametrize(
    ("at_end", "stands"),
    [
        (AtEnd.OVERDUE, Standing.OVERDUE),
        (AtEnd.STANDS, Standing.MET),
        (AtEnd.UNKNOWN, Standing.UNKNOWN),
        (AtEnd.NOTHING, Standing.RUNNING),
    ],
)
def test_what_a_limit_that_runs_out_means_is_told_by_its_end(at_end: AtEnd, stands: Standing) -> None:
    assert stands is standing(replace(RUNNING, at_end=at_end), FIRST_OVERDUE)


def test_an_extended_timer_is_extended_from_the_day_after_its_first_due_date() -> None:
    timer = replace(RUNNING, first_due_on=date(2026, 4, 30))

    assert [Standing.DUE_SOON, Standing.EXTENDED, Standing.EXTENDED, Standing.OVERDUE] == [
        standing(timer, moment)
        for moment in (
            datetime(2026, 4, 30, 22, 59, tzinfo=UTC),
            datetime(2026, 4, 30, 23, 0, tzinfo=UTC),
            LAST_INSTANT,
            FIRST_OVERDUE,
        )
    ]


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        (LAST_INSTANT, 0),
        (FIRST_OVERDUE, 1),  # Friday 8 May
        (datetime(2026, 5, 10, 12, tzinfo=UTC), 1),  # Sunday
        (datetime(2026, 5, 11, 12, tzinfo=UTC), 2),
    ],
)
def test_how_far_over_is_told_in_the_timers_own_unit(moment: datetime, days: int) -> None:
    assert days == over(RUNNING, moment, CALENDAR)


def test_hours_begun_count_whole() -> None:
    due_at = datetime(2026, 5, 23, 15, 40, tzinfo=UTC)
    timer = replace(RUNNING, due_on=None, due_at=due_at, falls_at=due_at.replace(microsecond=1), unit="hours")

    assert [(Standing.DUE_SOON, 0), (Standing.OVERDUE, 1), (Standing.OVERDUE, 1), (Standing.OVERDUE, 2)] == [
        (standing(timer, moment), over(timer, moment, CALENDAR))
        for moment in (
            due_at,
            due_at.replace(microsecond=1),
            due_at.replace(hour=16),
            due_at.replace(hour=16, microsecond=1),
        )
    ]


def test_a_timer_that_has_ended_keeps_what_it_was_over_by() -> None:
    assert 3 == over(replace(RUNNING, outcome=Outcome.MET_LATE, over_at_stop=3), FIRST_OVERDUE, CALENDAR)


def test_a_timer_is_over_only_where_its_standing_is_a_breach() -> None:
    """Nothing that is shown in time is shown with days over it."""
    for outcome in Outcome:
        for at_end in AtEnd:
            timer = replace(RUNNING, outcome=outcome, at_end=at_end)
            if over(timer, FIRST_OVERDUE, CALENDAR):
                assert standing(timer, FIRST_OVERDUE) in BREACHED_STANDINGS
