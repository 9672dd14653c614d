"""A period of care as walks and stories tell it: the child comes into care on Monday 2 February 2026 unless told."""

from story import Told
from walks import Step, step

#: the day the child comes into care, a Monday
MONDAY = "2026-02-02"
BORN = "2015-06-10"


def into_care(on: str = MONDAY, legal_status: str = "section_20", *, born: str = BORN) -> Step:
    return step("PeriodOfCareStarted", on, "L-1", legal_status=legal_status, date_of_birth=born)


def placed(on: str = MONDAY, kind: str = "foster", placement: str = "P-1", **data: object) -> Step:
    return step("PlacementStarted", on, "L-1", placement_id=placement, kind=kind, **data)


def moved_out(on: str, placement: str = "P-1", **data: object) -> Step:
    return step("PlacementEnded", on, "L-1", placement_id=placement, **data)


def seen(on: str) -> Step:
    return step("ChildSeen", on, "L-1", alone=True)


def reviewed(on: str, review: str = "R-1", **data: object) -> Step:
    return step("ReviewHeld", on, "L-1", review_id=review, **data)


def status(on: str, legal_status: str) -> Step:
    return step("LegalStatusChanged", on, "L-1", legal_status=legal_status)


def out_of_care(on: str, reason: str = "special_guardianship") -> Step:
    return step("PeriodOfCareEnded", on, "L-1", reason=reason)


def done(event: str, on: str, **data: object) -> Step:
    return step(event, on, "L-1", **data)


def due(case: Told, timescale: str, on: str | None = None) -> list[str]:
    """The last days of a timescale's timers, in order, with what became of them."""
    found = [one for one in case.positions(on) if one.timer.timescale == timescale]
    return sorted(f"{one.timer.due_on or one.timer.due_at} {one.standing}" for one in found)


def running(case: Told, on: str, *, about: str) -> list[str]:
    """Which timescales about something still run, or are overdue and still owed, on a day."""
    return sorted(
        one.timer.timescale
        for one in case.positions(on)
        if about in one.timer.timescale and one.timer.outcome == "running"
    )
