"""Limits counted: months and weeks that do not roll, court days, elapsed hours, counting back, days over."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from caseclock.timers.calendar import england_and_wales
from caseclock.timers.durations import (
    Counting,
    DurationRefused,
    Limit,
    MonthPolicy,
    Unit,
    add_months,
    count_back,
    day_ledger,
    days_over,
    due_at,
    due_on,
)
from caseclock.timers.when import NaiveInstant

CALENDAR = england_and_wales().as_known(None)
AFTER, BEGINNING, COURT = Counting.DAY_AFTER_TRIGGER, Counting.BEGINNING_WITH, Counting.COURT_DAY
LONDON = ZoneInfo("Europe/London")


def due(
    start: date,
    number: int,
    unit: Unit,
    counting: Counting = AFTER,
    months: MonthPolicy = MonthPolicy.CALENDAR_MONTHS,
) -> date:
    return due_on(start, Limit(number, unit), counting, CALENDAR, months)


# Limits in words


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (45, Unit.WORKING_DAYS, "45 working days"),
        (1, Unit.WORKING_DAYS, "1 working day"),
        (1, Unit.WEEKS, "1 week"),
        (6, Unit.MONTHS, "6 months"),
        (72, Unit.HOURS, "72 hours"),
        (18, Unit.BUSINESS_DAYS, "18 business days"),
        (0, Unit.CALENDAR_DAYS, "0 calendar days"),
    ],
)
def test_a_limit_says_itself(number: int, unit: Unit, words: str) -> None:
    assert words == Limit(number, unit).words()


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(DurationRefused, match="Can't set a limit of -2 working_days: it is negative"):
        Limit(-2, Unit.WORKING_DAYS)


# Working days, weeks, months


@pytest.mark.parametrize(
    ("start", "number", "unit", "last_day"),
    [
        (date(2025, 11, 14), 45, Unit.WORKING_DAYS, date(2026, 1, 21)),  # across Christmas
        (date(2026, 4, 7), 15, Unit.WORKING_DAYS, date(2026, 4, 28)),
        (date(2026, 4, 28), 20, Unit.WORKING_DAYS, date(2026, 5, 28)),  # two bank holidays between
        (date(2025, 12, 19), 1, Unit.WEEKS, date(2025, 12, 26)),  # a week is a week: Boxing Day
        (date(2026, 1, 15), 3, Unit.MONTHS, date(2026, 4, 15)),
        (date(2026, 3, 31), 6, Unit.MONTHS, date(2026, 9, 30)),
        (date(2025, 8, 31), 6, Unit.MONTHS, date(2026, 2, 28)),
        (date(2025, 12, 31), 2, Unit.MONTHS, date(2026, 2, 28)),
        (date(2025, 12, 31), 8, Unit.WEEKS, date(2026, 2, 25)),  # eight weeks are not two months
        (date(2026, 2, 2), 16, Unit.WEEKS, date(2026, 5, 25)),  # a bank holiday, and no roll
        (date(2025, 5, 14), 6, Unit.WEEKS, date(2025, 6, 25)),
        (date(2026, 1, 8), 1, Unit.YEARS, date(2027, 1, 8)),
        (date(2026, 3, 2), 42, Unit.CALENDAR_DAYS, date(2026, 4, 13)),
        (date(2026, 5, 22), 1, Unit.WORKING_DAYS, date(2026, 5, 26)),  # over a bank holiday weekend
        (date(2026, 3, 2), 0, Unit.CALENDAR_DAYS, date(2026, 3, 2)),
    ],
)
def test_the_last_day_in_time(start: date, number: int, unit: Unit, last_day: date) -> None:
    assert last_day == due(start, number, unit)


@pytest.mark.parametrize(
    ("start", "number", "last_day"),
    [
        (date(2026, 4, 28), 3, date(2026, 7, 28)),
        (date(2026, 7, 14), 6, date(2027, 1, 13)),
        (date(2026, 1, 15), 3, date(2026, 4, 16)),
        (date(2025, 8, 31), 6, date(2026, 3, 2)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),  # only 3 and 6 months have a number of days
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
    ],
)
def test_months_as_91_and_183_days(start: date, number: int, last_day: date) -> None:
    assert last_day == due(start, number, Unit.MONTHS, months=MonthPolicy.DAYS_91_183)


@pytest.mark.parametrize(
    ("start", "number", "unit", "last_day"),
    [
        (date(2026, 1, 12), 26, Unit.WEEKS, date(2026, 7, 12)),  # a Sunday, and no roll to Monday
        (date(2026, 1, 12), 34, Unit.WEEKS, date(2026, 9, 6)),
        (date(2026, 3, 2), 1, Unit.CALENDAR_DAYS, date(2026, 3, 2)),
        (date(2026, 3, 1), 1, Unit.MONTHS, date(2026, 3, 31)),
        (date(2026, 1, 31), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2026, 1, 29), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, Unit.MONTHS, date(2026, 2, 27)),
        (date(2025, 5, 14), 1, Unit.YEARS, date(2026, 5, 13)),  # the day before the anniversary
        (date(2024, 2, 29), 1, Unit.YEARS, date(2025, 2, 28)),
        (date(2026, 3, 2), 5, Unit.WORKING_DAYS, date(2026, 3, 6)),
        (date(2026, 3, 7), 5, Unit.WORKING_DAYS, date(2026, 3, 13)),  # a Saturday is not the first
    ],
)
def test_beginning_with_makes_the_first_day_day_1(
    start: date, number: int, unit: Unit, last_day: date
) -> None:
    assert last_day == due(start, number, unit, BEGINNING)


def test_beginning_with_and_91_days_end_a_day_sooner() -> None:
    assert date(2026, 7, 27) == due(date(2026, 4, 28), 3, Unit.MONTHS, BEGINNING, MonthPolicy.DAYS_91_183)


@pytest.mark.parametrize(
    ("number", "day"), [(2, date(2026, 3, 31)), (12, date(2026, 4, 16)), (18, date(2026, 4, 24))]
)
def test_court_days_around_easter(number: int, day: date) -> None:
    assert day == due(date(2026, 3, 30), number, Unit.BUSINESS_DAYS, COURT)


@pytest.mark.parametrize("counting", [BEGINNING, COURT])
def test_no_period_of_no_length_begins_with_a_day(counting: Counting) -> None:
    with pytest.raises(DurationRefused, match="the first day is day 1"):
        due(date(2026, 3, 2), 0, Unit.WORKING_DAYS, counting)


def test_court_days_are_business_days_only() -> None:
    with pytest.raises(DurationRefused, match="Can't count 26 weeks in court days"):
        due(date(2026, 1, 12), 26, Unit.WEEKS, COURT)


def test_hours_have_no_last_day() -> None:
    hours = Limit(72, Unit.HOURS)
    day = date(2026, 3, 2)

    with pytest.raises(DurationRefused, match="hours run from an instant"):
        due_on(day, hours, AFTER, CALENDAR)
    with pytest.raises(DurationRefused, match="hours run from an instant"):
        count_back(day, hours, CALENDAR)
    with pytest.raises(DurationRefused, match="Can't count hours over from two dates"):
        days_over(day, day, Unit.HOURS, CALENDAR)
    with pytest.raises(DurationRefused, match="they run by the clock"):
        day_ledger(day, day, hours, AFTER, CALENDAR)


@pytest.mark.parametrize("unit", [Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS])
def test_a_limit_beyond_any_calendar_is_refused(unit: Unit) -> None:
    with pytest.raises(DurationRefused, match="no calendar goes there"):
        due(date(2026, 3, 2), 10**7, unit)


@given(
    start=st.dates(date(2000, 1, 1), date(2060, 1, 1)), number=st.integers(1, 60), unit=st.sampled_from(Unit)
)
def test_beginning_with_never_ends_later_than_after_and_at_most_a_day_sooner_where_days_do_not_roll(
    start: date, number: int, unit: Unit
) -> None:
    if unit in {Unit.HOURS, Unit.WORKING_DAYS, Unit.BUSINESS_DAYS}:
        unit = Unit.MONTHS
    sooner = due(start, number, unit) - due(start, number, unit, BEGINNING)

    assert sooner in {timedelta(0), timedelta(days=1)}


@given(start=st.dates(date(2000, 1, 1), date(2060, 1, 1)), number=st.integers(1, 60))
def test_a_period_of_months_beginning_a_day_later_never_ends_sooner(start: date, number: int) -> None:
    next_day = start + timedelta(days=1)

    assert due(start, number, Unit.MONTHS, BEGINNING) <= due(next_day, number, Unit.MONTHS, BEGINNING)


# Months


@given(day=st.dates(date(1900, 1, 1), date(2200, 1, 1)), months=st.integers(-1200, 1200))
def test_months_are_those_of_dateutil(day: date, months: int) -> None:
    assert day + relativedelta(months=months) == add_months(day, months)


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_around_29_february_and_new_year(day: date, months: int, there: date) -> None:
    assert there == add_months(day, months)


def test_reviews_chained_from_the_anchor_do_not_drift_from_the_31st() -> None:
    assert [date(2026, 2, 28), date(2026, 3, 31)] == [add_months(date(2026, 1, 31), n) for n in (1, 2)]


# Hours, across the changes of the clocks


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ((2026, 3, 27, 15, 30), 72, (2026, 3, 30, 16, 30)),  # clocks go forward on the 29th
        ((2026, 10, 23, 22, 0), 72, (2026, 10, 26, 21, 0)),  # and back on the 25th
        ((2026, 3, 28, 23, 30), 72, (2026, 4, 1, 0, 30)),
        ((2026, 5, 22, 16, 40), 24, (2026, 5, 23, 16, 40)),
    ],
)
def test_hours_are_elapsed_hours(start: tuple[int, ...], hours: int, end: tuple[int, ...]) -> None:
    year, month, day, hour, minute = start
    ends = due_at(datetime(year, month, day, hour, minute, tzinfo=LONDON), hours)

    assert end == ends.astimezone(LONDON).timetuple()[:5]


def test_an_hour_from_within_the_hour_that_happens_twice() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)

    assert datetime(2026, 10, 25, 2, 30, tzinfo=UTC) == due_at(second, 1)
    assert datetime(2026, 10, 25, 1, 30, tzinfo=UTC) == due_at(second.replace(fold=0), 1)


def test_an_instant_from_elsewhere_comes_back_in_utc() -> None:
    paris = timezone(timedelta(hours=1))

    assert due_at(datetime(2026, 3, 2, 9, 0, tzinfo=paris), 24).isoformat() == "2026-03-03T08:00:00+00:00"


def test_hours_need_to_know_which_instant() -> None:
    with pytest.raises(NaiveInstant, match="has no offset"):
        due_at(datetime(2026, 3, 2, 9, 0), 24)  # noqa: DTZ001 - the fault under test


# Counting back, and over


@pytest.mark.parametrize(
    ("appointed", "number", "unit", "last_day"),
    [
        (date(2026, 4, 28), 2, Unit.WORKING_DAYS, date(2026, 4, 24)),
        (date(2026, 5, 6), 5, Unit.WORKING_DAYS, date(2026, 4, 28)),  # over the early May holiday
        (date(2026, 3, 30), 6, Unit.WEEKS, date(2026, 2, 16)),
        (date(2026, 3, 31), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2026, 3, 31), 10, Unit.CALENDAR_DAYS, date(2026, 3, 21)),
        (date(2028, 2, 29), 1, Unit.YEARS, date(2027, 2, 28)),
    ],
)
def test_counting_back_from_an_appointed_day(
    appointed: date, number: int, unit: Unit, last_day: date
) -> None:
    assert last_day == count_back(appointed, Limit(number, unit), CALENDAR)


@pytest.mark.parametrize(
    ("due_day", "stopped", "unit", "over"),
    [
        (date(2026, 1, 21), date(2026, 1, 21), Unit.WORKING_DAYS, 0),  # on the day is in time
        (date(2026, 1, 21), date(2026, 1, 22), Unit.WORKING_DAYS, 1),
        (date(2026, 1, 21), date(2026, 1, 7), Unit.WORKING_DAYS, 0),
        (date(2026, 4, 2), date(2026, 4, 7), Unit.WORKING_DAYS, 1),  # Maundy Thursday to Tuesday
        (date(2026, 4, 2), date(2026, 4, 4), Unit.WORKING_DAYS, 1),  # the Saturday is late too
        (date(2026, 4, 2), date(2026, 4, 7), Unit.BUSINESS_DAYS, 1),
        (date(2026, 4, 2), date(2026, 4, 7), Unit.CALENDAR_DAYS, 5),
        (date(2026, 4, 2), date(2026, 4, 7), Unit.WEEKS, 5),
        (date(2026, 4, 2), date(2026, 4, 7), Unit.MONTHS, 5),
        (date(2026, 4, 2), date(2026, 4, 7), Unit.YEARS, 5),
    ],
)
def test_days_over(due_day: date, stopped: date, unit: Unit, over: int) -> None:
    assert over == days_over(due_day, stopped, unit, CALENDAR)


# The ledger


def test_the_ledger_tells_why_each_day_over_easter_did_not_count() -> None:
    ledger = day_ledger(date(2026, 4, 1), date(2026, 4, 8), Limit(3, Unit.WORKING_DAYS), AFTER, CALENDAR)

    assert [
        (1, 0, "the day counted from is day 0"),
        (2, 1, None),
        (3, None, "bank holiday: Good Friday"),
        (4, None, "Saturday"),
        (5, None, "Sunday"),
        (6, None, "bank holiday: Easter Monday"),
        (7, 2, None),
        (8, 3, None),
    ] == [(row.day.day, row.count, row.why) for row in ledger]


def test_the_ledger_of_a_week_counts_every_day_of_it() -> None:
    ledger = day_ledger(date(2025, 12, 19), date(2025, 12, 26), Limit(1, Unit.WEEKS), AFTER, CALENDAR)

    assert list(range(8)) == [row.count for row in ledger]


def test_the_ledger_of_court_days_from_a_saturday_starts_counting_on_monday() -> None:
    ledger = day_ledger(date(2026, 3, 7), date(2026, 3, 10), Limit(2, Unit.BUSINESS_DAYS), COURT, CALENDAR)

    assert [None, None, 1, 2] == [row.count for row in ledger]


def test_the_ledger_of_a_limit_counted_back_goes_back() -> None:
    ledger = day_ledger(date(2026, 4, 28), date(2026, 4, 24), Limit(2, Unit.WORKING_DAYS), AFTER, CALENDAR)

    assert [(28, 0), (27, 1), (26, None), (25, None), (24, 2)] == [(row.day.day, row.count) for row in ledger]
