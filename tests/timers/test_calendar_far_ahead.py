"""Where the list of bank holidays ends: days projected by rule, how far they go, and what a version tells of them."""

from datetime import date, timedelta

import pytest

from caseclock.timers.calendar import AddedDay, CalendarExhausted, england_and_wales

ENGLAND = england_and_wales()
NOW = ENGLAND.as_known(None)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(date(year, 12, 31).timetuple().tm_yday)]


@pytest.mark.parametrize(
    ("day", "certainty"),
    [
        (date(2011, 12, 31), "projected"),
        (date(2012, 1, 1), "official"),
        (date(2028, 12, 31), "official"),
        (date(2029, 1, 1), "projected"),
    ],
)
def test_days_outside_the_official_years_are_projected_and_say_so(day: date, certainty: str) -> None:
    assert certainty == NOW.certainty(day)


def test_a_projected_bank_holiday_says_so() -> None:
    assert NOW.why_not_working(date(2029, 12, 25)) == "bank holiday: Christmas Day (projected)"


def test_a_day_announced_for_a_projected_year_is_official_once_known() -> None:
    added = AddedDay(date(2030, 5, 10), "A day of thanks", known_on=date(2029, 10, 1))

    assert ENGLAND.as_known(date(2029, 9, 30), [added]).certainty(added.day) == "projected"
    assert ENGLAND.as_known(date(2029, 10, 1), [added]).certainty(added.day) == "official"


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2121, 1, 1)])
def test_no_day_is_counted_beyond_the_years_that_can_be_projected(day: date) -> None:
    for ask in (NOW.is_working_day, NOW.why_not_working, NOW.certainty):
        with pytest.raises(CalendarExhausted, match=f"Can't count working days at {day}"):
            ask(day)
    with pytest.raises(CalendarExhausted):
        NOW.working_days_between(day, date(2026, 3, 2))
    with pytest.raises(CalendarExhausted):
        NOW.stat_working_days(day, day)
    with pytest.raises(CalendarExhausted):
        ENGLAND.as_known(None, closures=[day])


@pytest.mark.parametrize("n", [25_000, -10_000, 10**9, -(10**9)])
def test_a_count_that_runs_off_the_calendar_is_refused(n: int) -> None:
    with pytest.raises(CalendarExhausted):
        NOW.add_working_days(date(2026, 3, 2), n)


def test_the_first_and_the_last_day_can_be_counted_from() -> None:
    assert date(1990, 1, 2) == NOW.add_working_days(date(1990, 1, 1), 1)
    assert date(2120, 12, 30) == NOW.add_working_days(date(2120, 12, 31), -1)


#: Easter Sundays from 2101 on, as the library dateutil reckons them
EASTERS = (
    "04-17 04-09 03-25 04-13 04-05 04-18 04-10 04-01 04-21 04-06 "
    "03-29 04-17 04-02 04-22 04-14 03-29 04-18 04-10 03-26 04-14"
)


def test_beyond_the_library_easter_is_where_another_reckoning_has_it_and_every_day_off_is_projected() -> None:
    for year, told in enumerate(EASTERS.split(), start=2101):
        sunday = date.fromisoformat(f"{year}-{told}")
        off = [day for day in days_of(year) if day.weekday() < 5 and not NOW.is_working_day(day)]

        assert {sunday - timedelta(days=2), sunday + timedelta(days=1)} <= set(off)
        assert 8 == len(off)
        assert all(str(NOW.why_not_working(day)).endswith("(projected)") for day in off)
        assert {"projected"} == {NOW.certainty(day) for day in off}


def test_the_version_that_kept_timers_name_stays_though_years_further_ahead_are_projected() -> None:
    """It was made when the last year projected was 2070."""
    assert (
        "england_and_wales:12+6a0955cc7993" == ENGLAND.as_known(None, closures=[date(2026, 12, 29)]).version
    )


def test_days_far_ahead_that_are_announced_or_closed_are_told_by_the_version() -> None:
    closures = [[], [date(2101, 12, 29)], [date(2101, 12, 30)]]

    assert 3 == len({ENGLAND.as_known(None, closures=days).version for days in closures})
