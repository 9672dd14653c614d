"""A return is a snapshot: what it leaves out is unknown and never a breach."""

from datetime import date
from typing import Any

import pytest

from caseclock.processes.catalogue import OPENERS, rules_of
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.standing import standing
from caseclock.timers.timer import Standing, Timer
from caseclock.timers.when import When, end_of_day

SETTING = Setting(rules_of(None), england_and_wales())


def told(event_id: str, kind: str, on: str, by: str = "return:cin_census", **data: Any) -> Event:
    when = When.parse(on)
    return Event(event_id, kind, "thurrock", "C-1", "P-1", when, when, by, "", data)


def timers(*events: Event) -> dict[tuple[str, date], Timer]:
    worked_out = evaluate(History(events, OPENERS), SETTING)
    return {(timer.timescale, timer.started_on): timer for timer in worked_out}


def plan(**data: Any) -> Event:
    return told("plan", "PlanStarted", "2023-01-10", category="NEG", **data)


def review(on: str) -> Event:
    return told(f"review {on}", "ReviewConferenceHeld", on, outcome="continue", conference_id=on)


FIRST = ("cp.review.first.3m", date(2023, 1, 10))
FROM_APRIL = {"ReviewConferenceHeld": "2023-04-01"}


def test_a_late_review_is_unknown_where_an_earlier_one_may_not_have_been_told() -> None:
    """Due 10 April; told from 1 April only, and the first told is of 20 April: one of March may be missing."""
    found = timers(plan(told_from=FROM_APRIL), review("2023-04-20"))[FIRST]

    assert Standing.UNKNOWN == standing(found, end_of_day(date(2023, 5, 1)))
    assert "only from 2023-04-01" in found.reason


def test_a_review_in_time_is_in_time_whatever_was_not_told() -> None:
    found = timers(plan(told_from=FROM_APRIL), review("2023-04-05"))[FIRST]

    assert Standing.MET == standing(found, end_of_day(date(2023, 5, 1)))


def test_between_two_told_reviews_everything_is_known() -> None:
    found = timers(plan(told_from=FROM_APRIL), review("2023-04-05"), review("2023-10-06"))

    assert Standing.MET_LATE == standing(
        found["cp.review.next.6m", date(2023, 4, 5)], end_of_day(date(2023, 10, 6))
    )


@pytest.mark.parametrize(
    ("until", "stands"),
    [
        ("2023-04-09", Standing.UNKNOWN),  # the last day is not told of
        ("2023-04-10", Standing.OVERDUE),  # told to its end: nothing was held by then
        ("2024-03-31", Standing.OVERDUE),
    ],
)
def test_a_duty_is_overdue_only_where_its_last_day_is_told(until: str, stands: Standing) -> None:
    found = timers(plan(), told("until", "SourceTold", "2023-01-10", until=until))[FIRST]

    assert stands == standing(found, end_of_day(date(2024, 6, 1)))
    assert Standing.DUE_SOON == standing(found, end_of_day(date(2023, 4, 9)))


def test_a_later_return_tells_further() -> None:
    first = told("until 2023", "SourceTold", "2023-01-10", until="2023-03-31")
    second = told("until 2024", "SourceTold", "2023-01-10", until="2024-03-31")

    assert Standing.UNKNOWN == standing(timers(plan(), first)[FIRST], end_of_day(date(2023, 6, 1)))
    assert Standing.OVERDUE == standing(timers(plan(), first, second)[FIRST], end_of_day(date(2023, 6, 1)))
    assert timers(plan(), first, second) == timers(plan(), second, first)


def source_told(until: str, by: str = "return:cin_census", **data: Any) -> Event:
    return told(f"{by} until {until}", "SourceTold", "2023-01-10", by, until=until, **data)


STATUTORY_YEARS = (
    source_told("2023-03-31", untold=[]),
    source_told("2024-03-31", untold=[], told_from={"ReviewConferenceHeld": "2023-04-01"}),
)


def test_returns_of_two_years_in_a_row_leave_no_gap() -> None:
    """The first review, due 10 April 2023, is in neither year's return: nobody held it in time."""
    found = timers(plan(), *STATUTORY_YEARS, review("2023-04-20"))[FIRST]

    assert Standing.MET_LATE == standing(found, end_of_day(date(2023, 5, 1)))


def test_a_year_of_which_no_return_was_sent_is_unknown_and_not_a_breach() -> None:
    """Reviewed in April 2022 and April 2024; the return of 2022-23 is missing, and with it what was held in between."""
    start = told("plan", "PlanStarted", "2022-01-10", category="NEG")
    found = timers(
        start,
        source_told("2022-04-30", untold=[]),
        source_told("2024-04-30", untold=[], told_from={"ReviewConferenceHeld": "2024-04-01"}),
        review("2022-04-05"),
        review("2024-04-10"),
    )
    between = found["cp.review.next.6m", date(2022, 4, 5)]

    assert Standing.UNKNOWN == standing(between, end_of_day(date(2024, 4, 30)))
    assert "from 2022-05-01 to 2024-03-31" in between.reason
    assert Standing.MET == standing(
        found["cp.review.first.3m", date(2022, 1, 10)], end_of_day(date(2022, 5, 1))
    )


def test_the_end_of_a_plan_does_not_make_known_what_no_source_tells() -> None:
    ended = told("end", "PlanEnded", "2024-04-20")
    start = told("plan", "PlanStarted", "2022-01-10", category="NEG")
    latest_only = source_told("2024-04-30", "return:annex_a", untold=["ReviewConferenceHeld"])
    found = timers(start, source_told("2022-04-30", untold=[]), latest_only, review("2022-04-05"), ended)

    assert Standing.UNKNOWN == standing(
        found["cp.review.next.6m", date(2022, 4, 5)], end_of_day(date(2024, 4, 30))
    )


def test_a_source_that_leaves_a_type_out_does_not_take_back_what_another_told() -> None:
    """Annex A tells visits until 1 May; the census after it tells the plan and no visits."""
    visits = source_told("2023-05-01", "return:annex_a", untold=[])
    census = source_told("2024-03-31", untold=["ReviewConferenceHeld"])
    found = timers(plan(untold=["ReviewConferenceHeld"]), visits, census)[FIRST]

    assert Standing.OVERDUE == standing(found, end_of_day(date(2023, 4, 11)))


def test_a_type_that_only_another_source_tells_late_may_have_been_done_before() -> None:
    found = timers(plan(untold=["ReviewConferenceHeld"]), review("2023-04-20"))[FIRST]

    assert Standing.UNKNOWN == standing(found, end_of_day(date(2023, 5, 1)))


def test_a_return_does_not_end_what_a_live_system_tells() -> None:
    """The plan was recorded live; that a return of March tells of it too makes nothing after March unknown."""
    live = told("plan", "PlanStarted", "2023-01-10", by="sw.jones", category="NEG")
    found = timers(live, source_told("2023-03-31", untold=[]))[FIRST]

    assert Standing.OVERDUE == standing(found, end_of_day(date(2023, 4, 11)))


def test_what_is_told_first_from_behind_its_own_end_is_not_told() -> None:
    until = source_told("2023-03-31", untold=[], told_from={"ReviewConferenceHeld": "2023-04-01"})
    found = timers(plan(), until)[FIRST]

    assert Standing.UNKNOWN == standing(found, end_of_day(date(2023, 4, 1)))
