"""Months that have no such day: a review held on 31 August."""

import pytest
from care import into_care, placed, reviewed
from story import LONG_AFTER, begin
from walks import tell

from caseclock.timers.durations import MonthPolicy
from caseclock.workflow.positions import asked, positions


@pytest.mark.parametrize(
    ("months", "due"),
    [(MonthPolicy.CALENDAR_MONTHS, "2026-02-28"), (MonthPolicy.DAYS_91_183, "2026-03-02")],
)
def test_six_months_after_the_last_of_august_are_the_last_of_february(months: MonthPolicy, due: str) -> None:
    case = tell(
        begin(),
        (
            into_care("2025-05-06"),
            placed("2025-05-06"),
            reviewed("2025-06-02", "R-1"),
            reviewed("2025-08-31", "R-2"),
        ),
    )
    with case.engine.store.snapshot() as unit:
        found = list(positions(case.engine, unit, asked(now=LONG_AFTER), months=months))

    assert [due] == [str(one.timer.due_on) for one in found if one.timer.timescale == "cla.review.next.6m"]
