"""Clear days, as court rules and orders count them: rule 2.9 of the Family Procedure Rules 2010.

The worked examples are those that stand in rule 2.8 of the Civil Procedure Rules, whose clear days are the same but
for where a short period ends: five days there, seven in family courts.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.timers.calendar import england_and_wales
from caseclock.timers.durations import (
    Counting,
    DurationRefused,
    Limit,
    Unit,
    count_back,
    day_ledger,
    due_on,
)

CALENDAR = england_and_wales().as_known(None)
CLEAR = Counting.CLEAR_DAYS
DAYS = st.dates(date(2010, 1, 1), date(2027, 12, 31))


def within(days: int, start: date) -> date:
    return due_on(start, Limit(days, Unit.CALENDAR_DAYS), CLEAR, CALENDAR)


def at_least_before(days: int, hearing: date) -> date:
    return count_back(hearing, Limit(days, Unit.CALENDAR_DAYS), CALENDAR, CLEAR)


@pytest.mark.parametrize(
    ("hearing", "last_day"),
    [
        (date(2017, 10, 20), date(2017, 10, 16)),  # a Friday: by the Monday
        (
            date(2025, 10, 20),
            date(2025, 10, 14),
        ),  # a Monday: by the Tuesday, over a weekend that does not count
    ],
)
def test_three_clear_days_before_a_hearing(hearing: date, last_day: date) -> None:
    assert last_day == at_least_before(3, hearing)


def test_fourteen_days_from_2_october_end_on_the_16th() -> None:
    assert date(2017, 10, 16) == within(14, date(2017, 10, 2))


def test_twenty_eight_clear_days_from_notice_on_1_october_leave_the_30th_as_the_earliest_hearing() -> None:
    assert date(2017, 10, 1) == at_least_before(28, date(2017, 10, 30))


def test_seven_days_are_a_short_period_and_eight_are_not() -> None:
    """Easter 2026: Good Friday is 3 April, Easter Monday the 6th. Under the civil rules seven would end on the 8th."""
    assert date(2026, 4, 14) == within(7, date(2026, 4, 1))
    assert date(2026, 4, 9) == within(8, date(2026, 4, 1))


def test_seven_clear_days_back_over_easter_and_eight() -> None:
    assert date(2026, 3, 31) == at_least_before(7, date(2026, 4, 14))
    assert date(2026, 4, 5) == at_least_before(
        8, date(2026, 4, 14)
    )  # Easter Sunday: a long period does not roll


def test_clear_days_and_working_days_before_a_hearing_differ_by_the_day_of_the_act() -> None:
    hearing = date(2026, 4, 28)

    assert date(2026, 4, 24) == count_back(hearing, Limit(2, Unit.WORKING_DAYS), CALENDAR)
    assert date(2026, 4, 23) == at_least_before(2, hearing)


@pytest.mark.parametrize("unit", [Unit.WEEKS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.HOURS])
def test_only_days_are_clear(unit: Unit) -> None:
    with pytest.raises(DurationRefused, match=r"as clear days\. Give the limit in calendar days"):
        due_on(date(2026, 3, 2), Limit(2, unit), CLEAR, CALENDAR)


def test_no_clear_day_at_all_is_the_day_itself() -> None:
    assert date(2026, 3, 2) == within(0, date(2026, 3, 2))


@given(start=DAYS, days=st.integers(1, 7))
def test_a_short_period_ends_on_a_day_on_which_the_court_works(start: date, days: int) -> None:
    last_day = within(days, start)

    assert CALENDAR.is_working_day(last_day)
    assert days == CALENDAR.working_days_between(start, last_day)


@given(hearing=DAYS, days=st.integers(1, 60))
def test_that_many_days_that_count_lie_between_the_act_and_the_hearing(hearing: date, days: int) -> None:
    act = at_least_before(days, hearing)

    between = [act + timedelta(days=n) for n in range(1, (hearing - act).days)]
    counted = [day for day in between if days > 7 or CALENDAR.is_working_day(day)]
    assert days == len(counted)


def test_the_days_before_a_hearing_are_ticked_off_one_by_one() -> None:
    hearing = date(2025, 10, 20)
    limit = Limit(3, Unit.CALENDAR_DAYS)

    rows = day_ledger(hearing, at_least_before(3, hearing), limit, CLEAR, CALENDAR)

    assert [
        (date(2025, 10, 20), 0, "the day counted from is day 0"),
        (date(2025, 10, 19), None, "Sunday"),
        (date(2025, 10, 18), None, "Saturday"),
        (date(2025, 10, 17), 1, None),
        (date(2025, 10, 16), 2, None),
        (date(2025, 10, 15), 3, None),
        (date(2025, 10, 14), None, "the day by which to act is not one of the clear days"),
    ] == [(row.day, row.count, row.why) for row in rows]


def test_the_days_after_an_order_are_ticked_off_one_by_one() -> None:
    ordered = date(2026, 4, 2)  # the day before Good Friday

    rows = day_ledger(ordered, within(2, ordered), Limit(2, Unit.CALENDAR_DAYS), CLEAR, CALENDAR)

    assert [(0, "2 April"), (1, "7 April"), (2, "8 April")] == [
        (row.count, f"{row.day.day} {row.day:%B}") for row in rows if row.count is not None
    ]
