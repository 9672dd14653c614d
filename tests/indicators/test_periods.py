"""Which days a scorecard's period holds, and what was known by its end.

The year to 31 March 2026 begins with 1 April 2025.
"""

from datetime import date

import pytest
from caseload import Caseload
from walks import Step, step

from caseclock.indicators.counting import Period, months_to


def contact(on: str) -> Step:
    return step("ContactReceived", on, f"F-{on}")


@pytest.mark.parametrize(
    ("on", "counted"),
    [
        ("2025-03-31", 0),  # the day after which the period begins
        ("2025-04-01", 1),
        ("2026-03-31", 1),  # its last day
        ("2026-04-01", 0),
    ],
)
def test_the_day_before_the_period_is_out_and_its_last_day_is_in(on: str, counted: int) -> None:
    load = Caseload()
    load.child(contact(on))

    assert (counted, 0) == load.counted("contacts.rate")


@pytest.mark.parametrize(
    ("until", "months", "after"),
    [
        ("2026-03-31", 12, "2025-03-31"),
        ("2026-06-30", 3, "2026-03-31"),  # April, May and June, and not the last day of March
        ("2026-04-30", 1, "2026-03-31"),
        ("2026-02-28", 12, "2025-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2025-02-28", 12, "2024-02-29"),
        ("2026-06-15", 3, "2026-03-15"),
        ("2026-05-30", 3, "2026-02-28"),  # no 30 February
    ],
)
def test_months_that_end_with_a_month_are_whole_months(until: str, months: int, after: str) -> None:
    assert Period(date.fromisoformat(after), date.fromisoformat(until)) == months_to(
        date.fromisoformat(until), months
    )


@pytest.mark.parametrize("on", ["2026-03-31", "2026-07-01"])
def test_a_quarter_holds_its_three_months_alone(on: str) -> None:
    load = Caseload()
    load.child(contact("2026-04-01"), contact("2026-06-30"))
    load.child(contact(on))

    assert (2, 0) == load.counted("contacts.rate", "2026-06-30", months=3)


def test_what_was_written_up_after_the_period_counts_only_where_asked_for() -> None:
    load = Caseload()
    load.child().happened("ContactReceived", "2026-03-30", "F-1", recorded="2026-04-09")
    counts = [load.counted("contacts.rate", known=known)[0] for known in (None, "2026-04-08", "2026-04-09")]

    assert [0, 0, 1] == counts


def test_an_episode_half_of_which_was_not_yet_known_is_counted_as_far_as_it_was() -> None:
    """The hub's decision was written up a week after the referral it led to."""
    load = Caseload()
    case = load.child(step("ContactReceived", "2026-03-02", "F-1"))
    decided = case.happened(
        "ContactDecided", "2026-03-03 09:00", "F-1", recorded="2026-03-20", outcome="referral"
    )
    case.happened("ReferralReceived", "2026-03-03 10:00", "F-1", recorded="2026-03-04")

    assert "2026-03-20" == str(decided.recorded)
    assert [(1, 1), (1, 1)] == [
        (scores["contacts.rate"].tally.numerator, scores["referrals.rate"].tally.numerator)
        for scores in (load.scores("2026-03-10"), load.scores("2026-03-31"))
    ]
