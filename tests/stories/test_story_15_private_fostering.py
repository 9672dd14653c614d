"""Story 15: private fostering, seen within seven working days, then every six weeks, later every twelve."""

from story import Told, begin

FIRST, YEAR_1, LATER = "pf.visit.7wd", "pf.visit.year1.6w", "pf.visit.later.12w"


def notified() -> Told:
    """On Tuesday 6 May 2025, the day after a bank holiday."""
    case = begin()
    case.happened("PrivateFosteringNotified", "2025-05-06", "F-1", kind="existing")
    return case


def next_due(case: Told, timescale: str, on: str) -> str:
    """The day on which the next visit is due, of the visits under way on a day."""
    (running,) = (
        one.timer
        for one in case.positions(on)
        if one.timer.timescale == timescale and one.standing in ("running", "due_soon")
    )
    return str(running.due_on)


def test_the_child_is_seen_within_seven_working_days() -> None:
    assert "2025-05-15" == notified().due(FIRST)


def test_a_visit_at_which_the_child_was_not_seen_discharges_nothing() -> None:
    case = notified()
    case.happened("VisitAttempted", "2025-05-13", "F-1")

    assert "overdue" == case.standing(FIRST, "2025-05-16")


def test_the_next_visit_is_six_weeks_after_the_one_that_was_made() -> None:
    case = notified()
    case.happened("ChildSeen", "2025-05-14", "F-1")

    assert "met" == case.standing(FIRST)
    assert "2025-06-25" == case.due(YEAR_1)


def test_from_the_second_year_it_is_twelve_weeks_which_are_not_three_months() -> None:
    """The year runs from the day the authority became aware; a visit on its last day has six weeks still."""
    case = notified()
    case.happened("ChildSeen", "2026-05-05", "F-1")

    assert "2026-06-16" == next_due(case, YEAR_1, "2026-05-05")

    case.happened("ChildSeen", "2026-06-08", "F-1")

    assert "2026-08-31" == next_due(case, LATER, "2026-06-08")  # a bank holiday; three months are 8 September
    assert ["met"] == [
        str(one.standing) for one in case.positions("2026-06-08") if one.timer.timescale == YEAR_1
    ]
