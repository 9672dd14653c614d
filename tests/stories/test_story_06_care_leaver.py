"""Story 6, the care leaver: visited on the last day of December, two months and eight weeks are different duties."""

from story import Told, begin


def visited(on: str) -> Told:
    case = begin()
    case.happened("LeavingCareStarted", "2025-09-01", "L-1", status="former_relevant")
    case.happened("AccommodationProvided", "2025-12-01", "L-1", accommodation_id="flat")
    case.happened("PersonalAdviserVisited", on, "L-1")
    return case


def test_visited_on_31_december_the_next_visit_is_due_at_the_end_of_february_and_contact_before_it() -> None:
    case = visited("2025-12-31")

    assert "2026-02-28" == case.due("leaving.visit.2m")  # no 31 February, and no roll
    assert "2026-02-25" == case.due("leaving.contact.8w")


def test_a_telephone_call_keeps_in_touch_and_is_no_visit() -> None:
    case = visited("2025-12-31")
    case.happened("CareLeaverContacted", "2026-02-24", "L-1")

    assert "overdue" == case.standing("leaving.visit.2m", "2026-03-01")
    assert {"2026-02-25": "met", "2026-04-21": "running"} == {
        str(one.timer.due_on): str(one.standing)
        for one in case.positions("2026-03-01")
        if one.timer.timescale == "leaving.contact.8w"
    }


def test_a_visit_keeps_in_touch_too() -> None:
    case = visited("2025-12-31")
    case.happened("PersonalAdviserVisited", "2026-02-25", "L-1")

    assert ["met", "met"] == [
        str(one.standing)
        for one in case.positions("2026-02-26")
        if one.timer.started_on.isoformat() == "2025-12-31"
    ]
