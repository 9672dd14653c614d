"""Story 16: court days. Issued on the Monday before Easter 2026, which is day 1."""

import pytest
from story import Told, begin


def issued() -> Told:
    case = begin()
    case.happened("ApplicationIssued", "2026-03-30", "P-1")
    return case


def test_allocation_is_on_day_2() -> None:
    assert "2026-03-31" == issued().due("court.pd12a.allocation")


def test_the_case_management_hearing_is_on_day_12_at_the_earliest_and_day_18_at_the_latest() -> None:
    timer = issued().timer("court.pd12a.cmh").timer

    assert ("2026-04-16", "2026-04-24") == (str(timer.not_before), str(timer.due_on))


@pytest.mark.parametrize(
    ("held", "standing", "over"),
    [
        ("2026-04-15", "too_early", 0),
        ("2026-04-16", "met", 0),
        ("2026-04-24", "met", 0),
        ("2026-04-27", "met_late", 1),
    ],
)
def test_a_hearing_is_held_in_its_window_or_not(held: str, standing: str, over: int) -> None:
    case = issued()
    case.happened("CaseManagementHearingHeld", held, "P-1")

    position = case.timer("court.pd12a.cmh")
    assert (standing, over) == (position.standing, position.over)


def test_a_hearing_on_a_saturday_between_two_days_of_its_window_is_inside_it() -> None:
    """18 April has no number of its own: it lies between day 13 and day 14."""
    case = issued()
    case.happened("CaseManagementHearingHeld", "2026-04-18", "P-1")

    assert "met" == case.standing("court.pd12a.cmh")
