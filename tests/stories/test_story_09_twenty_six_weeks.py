"""Story 9: twenty-six weeks beginning with the day of issue, and what the court may add."""

from typing import Any

import pytest
from story import Told, begin

CLOCK = "court.s31.26w"


def issued(on: str = "2026-01-12") -> Told:
    """An application is issued, on a Monday."""
    case = begin()
    case.happened("ApplicationIssued", on, "P-1")
    return case


def extended(case: Told, on: str, **data: Any) -> None:
    case.happened("ProceedingsExtended", on, "P-1", by="judge", reason="an expert is awaited", **data)


def test_the_last_day_is_a_sunday_and_stays_there() -> None:
    case = issued()

    assert "2026-07-12" == case.due(CLOCK)
    assert "due_soon" == case.standing(CLOCK, "2026-07-12")
    assert "overdue" == case.standing(CLOCK, "2026-07-13")


def test_a_court_extends_by_eight_weeks() -> None:
    case = issued()
    extended(case, "2026-07-06")

    position = case.timer(CLOCK, "2026-07-20")
    assert ("2026-09-06", "2026-07-12", "extended") == (
        str(position.timer.due_on),
        str(position.timer.first_due_on),
        position.standing,
    )


@pytest.mark.parametrize(
    ("until", "due"),
    [
        ("2026-08-10", "2026-08-10"),  # less is for the court to say
        ("2026-09-06", "2026-09-06"),
        ("2026-09-07", "2026-09-06"),  # more is not
    ],
)
def test_an_extension_reaches_as_far_as_the_court_says_and_no_farther_than_eight_weeks(
    until: str, due: str
) -> None:
    case = issued()
    extended(case, "2026-07-06", until=until)

    assert due == case.due(CLOCK)


def test_a_court_may_extend_again_from_the_end_it_reached() -> None:
    case = issued()
    extended(case, "2026-07-06")
    extended(case, "2026-09-01")

    assert "2026-11-01" == case.due(CLOCK)


def test_a_period_that_is_over_is_extended_from_the_day_the_court_does_so() -> None:
    case = issued()
    extended(case, "2026-07-20")

    assert "2026-09-14" == case.due(CLOCK)


def test_a_final_order_on_the_last_day_is_in_time() -> None:
    case = issued()
    case.happened("FinalOrderMade", "2026-07-12", "P-1", order="care_order")

    assert "met" == case.standing(CLOCK)


def test_an_application_withdrawn_needs_no_order() -> None:
    case = issued()
    case.happened("ApplicationWithdrawn", "2026-05-01", "P-1")

    assert "void" == case.standing(CLOCK)
