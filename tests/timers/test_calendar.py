"""Working days of England and Wales: worked examples, what was known when, and independent lists as oracles."""

from datetime import date, timedelta

import holidays
import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays as GovUkList  # type: ignore[import-untyped]

from caseclock.timers.calendar import AddedDay, england_and_wales

ENGLAND = england_and_wales()
NOW = ENGLAND.as_known(None)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(date(year, 12, 31).timetuple().tm_yday)]


# Independent lists


@pytest.fixture(scope="module")
def ministry_of_justice() -> GovUkList:
    return GovUkList(use_cached_holidays=True)


@pytest.mark.parametrize("year", range(2012, 2029))
def test_every_day_of_an_official_year_is_worked_or_not_as_the_ministry_of_justice_has_it(
    year: int, ministry_of_justice: GovUkList
) -> None:
    division = GovUkList.ENGLAND_AND_WALES
    theirs = [day for day in days_of(year) if ministry_of_justice.is_work_day(day, division=division)]

    assert theirs == [day for day in days_of(year) if NOW.is_working_day(day)]


@pytest.mark.parametrize("year", range(1990, 2101))
def test_every_day_official_or_projected_is_worked_or_not_as_the_holidays_library_has_it(year: int) -> None:
    listed = holidays.country_holidays("GB", subdiv="ENG", years=year)
    theirs = [day for day in days_of(year) if day.weekday() < 5 and day not in listed]

    assert theirs == [day for day in days_of(year) if NOW.is_working_day(day)]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2020, 5, 8), "bank holiday: Early May bank holiday (VE day)"),
        (date(2022, 9, 19), "bank holiday: Bank Holiday for the State Funeral of Queen Elizabeth II"),
        (date(2022, 12, 27), "bank holiday: Christmas Day (substitute day)"),
        (date(2023, 12, 26), "bank holiday: Boxing Day"),
    ],
)
def test_the_four_days_that_live_systems_get_wrong_are_not_worked(day: date, why: str) -> None:
    assert why == NOW.why_not_working(day)


def test_the_early_may_holiday_of_2020_left_its_monday_and_that_monday_is_worked() -> None:
    assert NOW.is_working_day(date(2020, 5, 4))


# Worked examples of the Ministry of Justice, HM Courts and Tribunals Service


@pytest.mark.parametrize(
    ("received", "n", "due"),
    [
        (date(2017, 5, 18), 3, date(2017, 5, 23)),
        (date(2017, 5, 18), 10, date(2017, 6, 2)),
        (date(2017, 5, 18), 20, date(2017, 6, 16)),
        (date(2021, 7, 3), 3, date(2021, 7, 7)),
        (date(2021, 7, 3), 10, date(2021, 7, 16)),
        (date(2021, 7, 3), 20, date(2021, 7, 30)),
        (date(2022, 10, 13), 5, date(2022, 10, 20)),
        (date(2022, 10, 13), -5, date(2022, 10, 6)),
    ],
)
def test_published_worked_examples(received: date, n: int, due: date) -> None:
    assert due == NOW.add_working_days(received, n)


# Counting


@pytest.mark.parametrize(
    ("referred", "due"),
    [
        (date(2026, 2, 27), date(2026, 5, 6)),
        (date(2026, 2, 28), date(2026, 5, 6)),
        (date(2026, 3, 2), date(2026, 5, 7)),
    ],
)
def test_a_referral_on_saturday_has_the_45_working_days_of_the_friday_before(
    referred: date, due: date
) -> None:
    assert due == NOW.add_working_days(referred, 45)


def test_no_working_days_after_a_saturday_is_that_saturday() -> None:
    assert date(2026, 2, 28) == NOW.add_working_days(date(2026, 2, 28), 0)


def test_one_working_day_before_a_sunday_is_the_friday() -> None:
    assert date(2026, 2, 27) == NOW.add_working_days(date(2026, 3, 1), -1)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 4, 2), date(2026, 4, 2), 0),
        (date(2026, 4, 2), date(2026, 4, 6), 0),  # Maundy Thursday to Easter Monday
        (date(2026, 4, 2), date(2026, 4, 7), 1),
        (date(2026, 4, 4), date(2026, 4, 7), 1),  # from the Saturday
        (date(2026, 4, 7), date(2026, 4, 2), -1),
        (date(2026, 4, 6), date(2026, 4, 2), -1),  # back from Easter Monday: the Thursday
    ],
)
def test_working_days_between_leave_out_the_start_and_hold_the_end(
    start: date, end: date, count: int
) -> None:
    assert count == NOW.working_days_between(start, end)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2025, 11, 17), date(2026, 1, 22), 45),  # timely, across Christmas
        (date(2025, 11, 17), date(2026, 1, 23), 46),
        (date(2026, 3, 6), date(2026, 3, 6), 0),
        (date(2026, 3, 7), date(2026, 3, 7), 0),  # a Saturday's work done that day
        (date(2026, 3, 6), date(2026, 3, 7), 1),  # Friday to Saturday was not the same day
        (date(2026, 3, 6), date(2026, 3, 9), 1),
        (date(2026, 3, 7), date(2026, 3, 9), 1),  # Saturday to Monday
        (date(2026, 3, 9), date(2026, 3, 6), -1),
    ],
)
def test_the_statistic_calls_the_start_day_0_and_never_calls_another_day_the_same_day(
    start: date, end: date, count: int
) -> None:
    assert count == NOW.stat_working_days(start, end)


@pytest.mark.parametrize(
    ("n", "day"),
    [
        (1, date(2026, 3, 30)),
        (2, date(2026, 3, 31)),
        (12, date(2026, 4, 16)),
        (18, date(2026, 4, 24)),
    ],
)
def test_court_days_from_monday_30_march_2026_step_over_easter(n: int, day: date) -> None:
    assert day == NOW.nth_business_day(date(2026, 3, 30), n)


def test_court_day_1_of_an_application_issued_on_good_friday_is_the_tuesday() -> None:
    assert date(2026, 4, 7) == NOW.nth_business_day(date(2026, 4, 3), 1)


def test_there_is_no_court_day_0() -> None:
    with pytest.raises(ValueError, match="Can't find day 0: the first day counted is day 1"):
        NOW.nth_business_day(date(2026, 3, 30), 0)


def test_five_working_days_beginning_with_a_monday_end_on_its_friday() -> None:
    assert date(2026, 3, 6) == NOW.beginning_with_working_days(date(2026, 3, 2), 5)


# What was known when


ANNOUNCED = [
    (date(2011, 4, 29), date(2010, 11, 23), None),
    (date(2012, 6, 4), date(2010, 1, 5), date(2012, 5, 28)),
    (date(2012, 6, 5), date(2010, 1, 5), None),
    (date(2020, 5, 8), date(2019, 6, 7), date(2020, 5, 4)),
    (date(2022, 6, 2), date(2020, 11, 12), date(2022, 5, 30)),
    (date(2022, 6, 3), date(2020, 11, 12), None),
    (date(2022, 9, 19), date(2022, 9, 10), None),
    (date(2023, 5, 8), date(2022, 11, 6), None),
]


@pytest.mark.parametrize(("day", "announced", "moved_from"), ANNOUNCED)
def test_a_bank_holiday_is_worked_until_the_day_it_is_announced(
    day: date, announced: date, moved_from: date | None
) -> None:
    before, after = ENGLAND.as_known(announced - timedelta(days=1)), ENGLAND.as_known(announced)

    assert before.is_working_day(day)
    assert not after.is_working_day(day)
    if moved_from:
        assert not before.is_working_day(moved_from)
        assert after.is_working_day(moved_from)


def test_the_day_of_the_funeral_moves_a_running_timer_by_one_day() -> None:
    referred = date(2022, 8, 1)

    assert date(2022, 10, 4) == ENGLAND.as_known(date(2022, 9, 9)).add_working_days(referred, 45)
    assert date(2022, 10, 5) == ENGLAND.as_known(date(2022, 9, 10)).add_working_days(referred, 45)


def test_30_working_days_from_20_march_2020_know_of_the_moved_holiday() -> None:
    # Easter takes two of six weeks' weekdays, so the 30th is Tuesday 5 May: Monday the 4th is worked
    assert date(2020, 5, 5) == NOW.add_working_days(date(2020, 3, 20), 30)
    assert date(2020, 5, 6) == ENGLAND.as_known(date(2019, 6, 6)).add_working_days(date(2020, 3, 20), 30)


LATE = AddedDay(date(2027, 6, 11), "A day of thanks", known_on=date(2027, 5, 20))


def test_a_day_announced_after_the_list_counts_from_its_announcement_on() -> None:
    assert ENGLAND.as_known(date(2027, 5, 19), [LATE]).is_working_day(LATE.day)
    assert (
        ENGLAND.as_known(date(2027, 5, 20), [LATE]).why_not_working(LATE.day)
        == "bank holiday: A day of thanks"
    )
    assert not ENGLAND.as_known(None, [LATE]).is_working_day(LATE.day)
    assert NOW.is_working_day(LATE.day)


def test_a_bank_holiday_announced_twice_is_known_from_the_first_announcement() -> None:
    again = LATE._replace(known_on=date(2027, 6, 1))

    assert not ENGLAND.as_known(date(2027, 5, 20), [again, LATE]).is_working_day(LATE.day)


def test_a_bank_holiday_moved_after_the_list_leaves_its_old_place() -> None:
    moved = AddedDay(date(2027, 5, 7), "Early May bank holiday", date(2026, 12, 1), replaces=date(2027, 5, 3))
    before, after = (ENGLAND.as_known(date(2026, month, 1), [moved]) for month in (11, 12))

    assert [False, True] == [before.is_working_day(day) for day in (date(2027, 5, 3), date(2027, 5, 7))]
    assert [True, False] == [after.is_working_day(day) for day in (date(2027, 5, 3), date(2027, 5, 7))]


@pytest.mark.parametrize("replaces", [date(2027, 5, 4), date(2022, 5, 30)])  # never one; moved already
def test_a_bank_holiday_can_be_moved_only_from_where_one_is(replaces: date) -> None:
    with pytest.raises(ValueError, match=f"Can't move a bank holiday from {replaces}"):
        ENGLAND.as_known(None, [LATE._replace(replaces=replaces)])


def test_an_authoritys_own_closure_counts_only_where_it_is_asked_for() -> None:
    closed = date(2026, 12, 29)

    assert NOW.is_working_day(closed)
    assert ENGLAND.as_known(None, closures=[closed]).why_not_working(closed) == "local closure"


def test_a_closure_on_christmas_day_does_not_hide_why_the_law_does_not_count_it() -> None:
    calendar = ENGLAND.as_known(None, closures=[date(2026, 12, 25)])

    assert calendar.why_not_working(date(2026, 12, 25)) == "bank holiday: Christmas Day"


def test_asking_again_gives_the_same_calendar_and_builds_none() -> None:
    extra, closures = (LATE,), frozenset({date(2026, 12, 29)})

    assert ENGLAND.as_known(date(2026, 3, 2)) is ENGLAND.as_known(date(2026, 3, 3))
    assert ENGLAND.as_known(None, extra, closures) is ENGLAND.as_known(None, list(extra), set(closures))


def test_calendars_that_count_differently_have_different_versions() -> None:
    calendars = [
        *(ENGLAND.as_known(announced) for _, announced, _ in ANNOUNCED),
        ENGLAND.as_known(date(2009, 12, 31)),
        ENGLAND.as_known(None, [LATE]),
        ENGLAND.as_known(None, [LATE._replace(day=date(2027, 6, 18))]),
        ENGLAND.as_known(None, closures=[date(2026, 12, 29)]),
    ]
    worked = {tuple(c.is_working_day(d) for y in range(2010, 2028) for d in days_of(y)) for c in calendars}

    assert len(worked) == len({calendar.version for calendar in calendars})


def test_an_announcement_not_yet_known_leaves_the_version_as_it_was() -> None:
    before = LATE.known_on - timedelta(days=1)

    assert NOW.version == ENGLAND.as_known(before, [LATE]).version
