"""The last day in time, the first one overdue, and the two nights on which the clocks change."""

from datetime import UTC, datetime

import pytest
from story import Told, begin, instant, under

GUIDANCE = "assessment.single.45wd"
STATISTIC = "assessment.stat.duration"
LIMIT = "test.limit"


def assessed(authorised_on: str) -> Told:
    """An assessment from a referral of Monday 2 March 2026, whose 45th working day is Thursday 7 May."""
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    case.authorised(authorised_on)
    return case


def test_an_assessment_authorised_on_the_45th_working_day_is_in_time() -> None:
    timer = assessed("2026-05-07").timer(GUIDANCE)

    assert ("met", 0) == (timer.standing, timer.over)


@pytest.mark.parametrize(
    ("authorised_on", "over"),
    [
        ("2026-05-08", 1),  # Friday, the 46th working day
        ("2026-05-09", 1),  # Saturday: late, and no working day further
        ("2026-05-11", 2),
        ("2026-05-26", 12),  # the Tuesday after the spring bank holiday
    ],
)
def test_an_assessment_authorised_later_is_late_by_the_working_days_begun_since(
    authorised_on: str, over: int
) -> None:
    timer = assessed(authorised_on).timer(GUIDANCE)

    assert ("met_late", over) == (timer.standing, timer.over)


def test_while_it_runs_it_is_over_by_the_working_days_begun_since() -> None:
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")

    assert [0, 1, 1, 1, 2] == [
        case.timer(GUIDANCE, day).over
        for day in ("2026-05-07", "2026-05-08", "2026-05-09", "2026-05-10", "2026-05-11")
    ]


@pytest.mark.parametrize(
    ("limit", "referral", "last_moment", "falls_at_utc"),
    [
        # the Friday before the clocks go forward: midnight is midnight in UTC
        ("calendar_days = 4", "2026-03-23", "2026-03-27", datetime(2026, 3, 28, 0, tzinfo=UTC)),
        # the day on which they go forward has 23 hours, and ends in summer time
        ("calendar_days = 6", "2026-03-23", "2026-03-29", datetime(2026, 3, 29, 23, tzinfo=UTC)),
        ("working_days = 5", "2026-03-23", "2026-03-30", datetime(2026, 3, 30, 23, tzinfo=UTC)),
        # the Friday before they go back: midnight is 23:00 in UTC
        ("calendar_days = 4", "2026-10-19", "2026-10-23", datetime(2026, 10, 23, 23, tzinfo=UTC)),
        # the day on which they go back has 25 hours, begins in summer time and ends in winter time
        ("calendar_days = 6", "2026-10-19", "2026-10-25", datetime(2026, 10, 26, 0, tzinfo=UTC)),
        ("working_days = 5", "2026-10-19", "2026-10-26", datetime(2026, 10, 27, 0, tzinfo=UTC)),
        # a summer's night
        ("weeks = 1", "2026-06-23", "2026-06-30", datetime(2026, 6, 30, 23, tzinfo=UTC)),
        # the last night of a leap February
        ("months = 1", "2028-01-31", "2028-02-29", datetime(2028, 3, 1, 0, tzinfo=UTC)),
    ],
)
def test_overdue_begins_with_the_next_london_day(
    limit: str, referral: str, last_moment: str, falls_at_utc: datetime
) -> None:
    case = begin(rulebooks=under(f"limit = {{ {limit} }}\nwarn = {{ calendar_days = 0 }}"))
    case.referral(referral, decided="not yet")
    timer = case.timer(LIMIT).timer

    assert (last_moment, falls_at_utc) == (str(timer.due_on), timer.falls_at)
    assert "due_soon" == case.standing(LIMIT, f"{last_moment} 23:59:59.999999")
    assert "overdue" == case.standing(LIMIT, falls_at_utc.isoformat())


def test_a_sweep_raises_nothing_in_the_last_microsecond_and_the_breach_at_midnight() -> None:
    case = begin(rulebooks=under("limit = { working_days = 1 }"))
    case.referral("2026-06-30 16:40", decided="not yet")

    assert [0, 1, 0] == [
        case.swept(moment)
        for moment in ("2026-07-01 23:59:59.999999", "2026-07-02 00:00", "2026-07-02 00:00")
    ]


@pytest.mark.parametrize(
    ("referral", "last_moment", "first_overdue"),
    [
        # forward on Sunday 29 March 2026 at 01:00: an hour later by the clock on the wall
        ("2026-03-28 16:40", "2026-03-29 17:40", "2026-03-29 17:40:00.000001"),
        # back on Sunday 25 October 2026 at 02:00: an hour earlier
        ("2026-10-24 16:40", "2026-10-25 15:40", "2026-10-25 15:40:00.000001"),
        ("2026-05-22 16:40", "2026-05-23 16:40", "2026-05-23 16:40:00.000001"),
    ],
)
def test_hours_are_elapsed_hours_and_the_instant_itself_is_in_time(
    referral: str, last_moment: str, first_overdue: str
) -> None:
    case = begin(rulebooks=under("limit = { hours = 24 }\nwarn = { hours = 1 }"))
    case.referral(referral, decided="not yet")

    assert last_moment == case.due(LIMIT)
    assert "due_soon" == case.standing(LIMIT, last_moment)
    assert "overdue" == case.standing(LIMIT, first_overdue)


@pytest.mark.parametrize(
    ("decided", "standing", "over"),
    [
        ("2026-05-23 16:40", "met", 0),
        ("2026-05-23 16:40:00.000001", "met_late", 1),  # hours begun count whole
        ("2026-05-23 17:40", "met_late", 1),
        ("2026-05-23 17:40:00.000001", "met_late", 2),
        ("2026-05-23", "met", 0),  # known only to the day: it may have been at its start
        ("2026-05-24", "met_late", 8),  # at midnight it was 7 hours 20 minutes late at least
    ],
)
def test_a_limit_in_hours_gives_the_benefit_of_the_doubt(decided: str, standing: str, over: int) -> None:
    case = begin(rulebooks=under("limit = { hours = 24 }"))
    case.referral("2026-05-22 16:40", decided=decided)
    timer = case.timer(LIMIT)

    assert (standing, over) == (timer.standing, timer.over)


def test_hours_from_a_referral_known_only_to_the_day_run_from_its_end() -> None:
    case = begin(rulebooks=under("limit = { hours = 24 }"))
    case.referral("2026-05-22", decided="not yet")

    assert instant("2026-05-23") == case.timer(LIMIT).timer.due_at


def test_a_referral_just_before_a_summer_midnight_belongs_to_the_day_that_ends() -> None:
    """23:30 on Tuesday 30 June 2026 by the London clock, 22:30 in UTC; half past midnight is 1 July."""
    case = begin(rulebooks=under("limit = { calendar_days = 1 }"))
    case.referral("2026-06-30 23:30", decided="not yet", episode="R-1")
    late = begin(rulebooks=under("limit = { calendar_days = 1 }"))
    late.referral("2026-07-01 00:30", decided="not yet")

    assert ("2026-07-01", "2026-07-02") == (case.due(LIMIT), late.due(LIMIT))


def test_a_night_between_two_clocks_the_guidance_and_the_statistic_start_on_different_days() -> None:
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-09")
    case.authorised("2026-05-11")

    assert ("2026-05-07", "2026-05-14") == (case.due(GUIDANCE), case.due(STATISTIC))
    assert ("met_late", "met") == (case.standing(GUIDANCE), case.standing(STATISTIC))


def test_a_timer_is_due_soon_from_the_tenth_working_day_before_its_last() -> None:
    """The tenth working day before Thursday 7 May 2026, with Monday the 4th a bank holiday, is 22 April."""
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")

    assert ["running", "due_soon", "due_soon", "overdue"] == [
        case.standing(GUIDANCE, day) for day in ("2026-04-21", "2026-04-22", "2026-05-07", "2026-05-08")
    ]
