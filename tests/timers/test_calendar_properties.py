"""Properties of counting, and a day-by-day count as oracle, on calendars with random added days and closures."""

from datetime import date, timedelta

from fault_table import times
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.timers.calendar import AddedDay, WorkingCalendar, england_and_wales
from caseclock.timers.durations import Counting, Limit, Unit, count_back, day_ledger, days_over, due_on

DAY = timedelta(days=1)
days = st.dates(date(1996, 1, 1), date(2064, 12, 31))
near = st.dates(date(2026, 1, 1), date(2027, 12, 31))
counts = st.integers(1, 300)
#: tries of a count that is held to one made day by day
held_to_an_oracle = settings(max_examples=times(100, 10_000), deadline=None)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Calendars as known on some day, with days added late and local closures crowded into two years."""
    known = st.dates(date(2009, 1, 1), date(2028, 1, 1))
    added = [AddedDay(day, "Added", draw(known)) for day in draw(st.lists(near, max_size=12))]
    return england_and_wales().as_known(draw(st.none() | known), added, draw(st.sets(near, max_size=20)))


def walk(calendar: WorkingCalendar, day: date, n: int) -> date:
    """Count day by day, as one does with a finger on a calendar."""
    step = DAY if n > 0 else -DAY
    left = abs(n)
    while left:
        day += step
        left -= calendar.is_working_day(day)
    return day


@held_to_an_oracle
@given(calendar=calendars(), start=near | days, n=st.integers(-300, 300))
def test_adding_is_walking_day_by_day(calendar: WorkingCalendar, start: date, n: int) -> None:
    assert walk(calendar, start, n) == calendar.add_working_days(start, n)


@held_to_an_oracle
@given(calendar=calendars(), start=near | days, n=counts)
def test_a_court_day_is_found_by_walking_from_the_day_before(
    calendar: WorkingCalendar, start: date, n: int
) -> None:
    assert walk(calendar, start - DAY, n) == calendar.nth_business_day(start, n)


@held_to_an_oracle
@given(calendar=calendars(), start=near | days, length=st.integers(0, 500))
def test_counting_between_is_counting_day_by_day(calendar: WorkingCalendar, start: date, length: int) -> None:
    end = start + length * DAY
    after_start = [start + n * DAY for n in range(1, length + 1)]
    before_end = [start + n * DAY for n in range(length)]

    assert sum(map(calendar.is_working_day, after_start)) == calendar.working_days_between(start, end)
    assert -sum(map(calendar.is_working_day, before_end)) == calendar.working_days_between(end, start)


@given(calendar=calendars(), start=near | days, n=st.integers(-300, 300))
def test_adding_then_counting_gives_the_number_back(calendar: WorkingCalendar, start: date, n: int) -> None:
    assert n == calendar.working_days_between(start, calendar.add_working_days(start, n))


@given(calendar=calendars(), start=near | days, n=st.integers(-300, 300).filter(bool))
def test_adding_never_lands_on_a_day_not_worked(calendar: WorkingCalendar, start: date, n: int) -> None:
    assert calendar.why_not_working(calendar.add_working_days(start, n)) is None


@given(calendar=calendars(), start=near | days, n=counts)
def test_adding_grows_with_the_number_and_never_shrinks_with_the_start(
    calendar: WorkingCalendar, start: date, n: int
) -> None:
    due = calendar.add_working_days(start, n)

    assert due < calendar.add_working_days(start, n + 1)
    assert due <= calendar.add_working_days(start + DAY, n)


@given(calendar=calendars(), start=near | days, n=counts, length=st.integers(0, 500))
def test_the_statistic_keeps_a_limit_exactly_when_the_timer_does(
    calendar: WorkingCalendar, start: date, n: int, length: int
) -> None:
    end = start + length * DAY

    assert (end <= calendar.add_working_days(start, n)) == (calendar.stat_working_days(start, end) <= n)


@given(start=near, n=st.integers(0, 60), added=near)
def test_a_day_announced_late_never_brings_a_due_date_nearer(start: date, n: int, added: date) -> None:
    before, after = date(2025, 12, 31), date(2026, 1, 1)
    early, late = (
        england_and_wales().as_known(on, [AddedDay(added, "Added", after)]) for on in (before, after)
    )

    assert early.add_working_days(start, n) <= late.add_working_days(start, n)


@given(calendar=calendars(), due=near | days, length=st.integers(-50, 300))
def test_late_is_at_least_one_over_and_in_time_is_none(
    calendar: WorkingCalendar, due: date, length: int
) -> None:
    over = days_over(due, due + length * DAY, Unit.WORKING_DAYS, calendar)

    assert (length > 0) == (over >= 1)


@given(
    calendar=calendars(),
    start=near | days,
    n=counts,
    unit=st.sampled_from([Unit.WORKING_DAYS, Unit.BUSINESS_DAYS]),
    counting=st.sampled_from([one for one in Counting if one is not Counting.CLEAR_DAYS]),
)
def test_the_ledger_of_a_limit_in_working_days_ends_on_its_due_day_with_its_number(
    calendar: WorkingCalendar, start: date, n: int, unit: Unit, counting: Counting
) -> None:
    limit = Limit(n, unit)
    due = due_on(start, limit, counting, calendar)
    ledger = day_ledger(start, due, limit, counting, calendar)
    counted = [row.count for row in ledger if row.why is None]

    assert (due, n, None) == (ledger[-1].day, ledger[-1].count, ledger[-1].why)
    assert list(range(1, n + 1)) == counted
    assert [start + k * DAY for k in range(len(ledger))] == [row.day for row in ledger]


@given(calendar=calendars(), appointed=near | days, n=counts)
def test_the_ledger_of_a_limit_counted_back_ends_where_the_count_does(
    calendar: WorkingCalendar, appointed: date, n: int
) -> None:
    limit = Limit(n, Unit.WORKING_DAYS)
    before = count_back(appointed, limit, calendar)
    ledger = day_ledger(appointed, before, limit, Counting.DAY_AFTER_TRIGGER, calendar)

    assert (appointed, before, n) == (ledger[0].day, ledger[-1].day, ledger[-1].count)
