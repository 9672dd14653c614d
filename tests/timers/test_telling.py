"""A return is a snapshot: what it leaves out is unknown and never a breach."""

from datetime import date

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


def told(event_id: str, kind: str, on: str, **data: object) -> Event:
    when = When.parse(on)
    return Event(event_id, kind, "thurrock", "C-1", "P-1", when, when, "return:cin_census", "", data)


def timers(*events: Event) -> dict[tuple[str, date], Timer]:
    worked_out = evaluate(History(events, OPENERS), SETTING)
    return {(timer.timescale, timer.started_on): timer for timer in worked_out}


def plan(**data: object) -> Event:
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
