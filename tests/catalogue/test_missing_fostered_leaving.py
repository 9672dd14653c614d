"""Every timescale of missing children, private fostering and leaving care, walked from its start to its stop.

Bank holidays on the way: 5 and 26 May, 25 and 26 December 2025.
"""

import pytest
from story import Told, begin
from walked import Walked
from walks import Step, Walk, step, tell

from caseclock.timers.timescale import Kind
from caseclock.workflow.positions import Position

RETURNED = (
    step("ChildMissing", "2026-03-27 18:00", "M-1"),
    step("ChildReturned", "2026-03-28 23:30", "M-1"),
)
NOTIFIED = step("PrivateFosteringNotified", "2025-05-06", "F-1", kind="existing")
PROPOSED = step("PrivateFosteringNotified", "2025-05-06", "F-1", kind="proposed")
STARTED = step(
    "LeavingCareStarted", "2025-09-01", "L-1", status="former_relevant", date_of_birth="2007-08-31"
)
ELIGIBLE = step("LeavingCareStarted", "2025-11-30", "L-1", status="eligible", date_of_birth="2009-11-30")
HOUSED = step("AccommodationProvided", "2025-12-22", "L-1", accommodation_id="flat")


def seen(on: str) -> Step:
    return step("ChildSeen", on, "F-1", alone=True)


def left(on: str) -> Step:
    return step("PrivateFosteringEnded", on, "F-1")


def leaving(event: str, on: str, **data: object) -> Step:
    return step(event, on, "L-1", **data)


MISSING = [
    Walk(
        "missing.rhi.72h",
        RETURNED,
        step("ReturnInterviewCompleted", "2026-04-01 00:30", "M-1"),
        "2026-04-01 01:00",
    ),
    Walk(
        "local.missing.interview.offered",
        RETURNED,
        step("ReturnInterviewOffered", "2026-04-01 00:30", "M-1"),
        "2026-04-01 01:00",
        authority="thurrock",
    ),
]

FOSTERED = [
    Walk(
        "pf.existing.48h",
        (PROPOSED, step("PrivateFosteringStarted", "2025-07-01 10:00", "F-1")),
        step("PrivateFosteringArrivalNotified", "2025-07-03 10:00", "F-1"),
        "2025-07-03 10:30",
    ),
    Walk(
        "pf.existing.48h.ended",
        (NOTIFIED, left("2025-10-24 22:00")),
        step("PrivateFosteringEndingNotified", "2025-10-26 21:00", "F-1"),  # summer time ended that morning
        "2025-10-26 21:30",
    ),
    Walk("pf.visit.7wd", (NOTIFIED,), seen("2025-05-15"), "2025-05-16", left("2025-05-12")),
    Walk(
        "pf.visit.7wd",
        (
            PROPOSED,
            seen("2025-05-14"),
            step("PrivateFosteringStarted", "2025-07-01", "F-1"),
            step("PrivateFosteringArrivalNotified", "2025-07-02", "F-1"),
        ),
        seen("2025-07-11"),
        "2025-07-14",
        left("2025-07-04"),
        note="after a proposed arrangement has begun",
    ),
    Walk(
        "pf.visit.7wd",
        (NOTIFIED.moved("2020-04-23"),),
        seen("2020-05-04"),
        "2020-05-05",
        note="on the last day of the old rule",
    ),
    Walk(
        "pf.visit.year1.6w",
        (NOTIFIED, seen("2025-05-14")),
        seen("2025-06-25"),
        "2025-06-26",
        left("2025-06-02"),
    ),
    Walk(
        "pf.visit.year1.6w",
        (NOTIFIED, seen("2026-05-05")),
        seen("2026-06-16"),
        "2026-06-17",
        note="on the last day of the first year",
    ),
    Walk(
        "pf.visit.later.12w",
        (NOTIFIED, seen("2026-05-06")),
        seen("2026-07-29"),
        "2026-07-30",
        left("2026-06-01"),
        note="on the first day of the second",
    ),
    *(
        Walk(rule, (NOTIFIED, seen(visited)), seen(last_day), late, left("2026-05-20"), "thurrock")
        for rule, visited, last_day, late in (
            ("local.pf.visit.6w", "2026-05-05", "2026-06-16", "2026-06-17"),
            ("local.pf.visit.12w", "2026-05-06", "2026-07-29", "2026-07-30"),
        )
    ),
]

LEAVING = [
    Walk(
        "leaving.needs.3m",
        (ELIGIBLE,),
        leaving("NeedsAssessmentCompleted", "2026-02-28"),
        "2026-03-01",
        leaving("LeavingCareEnded", "2026-01-05"),
    ),
    Walk(
        "leaving.needs.relevant.3m",
        (ELIGIBLE, leaving("LeavingCareStatusChanged", "2026-01-31", status="relevant")),
        leaving("NeedsAssessmentCompleted", "2026-04-30"),
        "2026-05-01",
        leaving("LeavingCareEnded", "2026-03-02"),
    ),
    *(
        Walk(
            rule,
            (STARTED, leaving("PathwayPlanPrepared", "2025-09-30"), *more),
            leaving("PathwayPlanReviewed", last_day, reason="routine"),
            late,
            leaving("LeavingCareEnded", "2026-03-02"),
            authority,
            note,
        )
        for rule, authority in (
            ("leaving.pathway.review.6m", "anywhere"),
            ("local.leaving.pathway", "thurrock"),
        )
        for note, more, last_day, late in (
            ("the first", (), "2026-03-30", "2026-03-31"),
            ("held early", (leaving("PathwayPlanReviewed", "2026-02-16"),), "2026-08-16", "2026-08-17"),
        )
    ),
    Walk(
        "leaving.accom.review.28d",
        (STARTED, HOUSED),
        leaving("PathwayPlanReviewed", "2026-01-19", reason="accommodation", accommodation_id="flat"),
        "2026-01-20",
        leaving("AccommodationEnded", "2026-01-05", accommodation_id="flat"),
    ),
    Walk(
        "leaving.visit.7d",
        (STARTED, HOUSED),
        leaving("PersonalAdviserVisited", "2025-12-29", at_accommodation=True),
        "2025-12-30",
        leaving("AccommodationEnded", "2025-12-27"),
    ),
    Walk(
        "leaving.visit.2m",
        (STARTED, HOUSED, leaving("PersonalAdviserVisited", "2025-12-31")),
        leaving("PersonalAdviserVisited", "2026-02-28"),
        "2026-03-01",
        leaving("AccommodationEnded", "2026-02-02"),
    ),
    *(
        Walk(
            rule,
            (STARTED, HOUSED, leaving("PersonalAdviserVisited", "2025-12-31")),
            leaving("CareLeaverContacted", "2026-02-25"),
            "2026-02-26",
            leaving("LeavingCareEnded", "2026-02-02"),
            authority,
        )
        for rule, authority in (("leaving.contact.8w", "anywhere"), ("local.leaving.contact", "thurrock"))
    ),
    Walk(
        "local.leaving.transition.17",
        (ELIGIBLE,),
        leaving("TransitionPlanAgreed", "2026-11-30"),
        "2026-12-01",
        leaving("LeavingCareEnded", "2026-03-02"),
        "thurrock",
    ),
]

WALKS = [*MISSING, *FOSTERED, *LEAVING]


def timers_of(case: Told, timescale: str) -> list[Position]:
    return [one for one in case.positions() if one.timer.timescale == timescale]


@pytest.mark.parametrize(
    ("begun", "standing"), [("2025-06-16", "too_early"), ("2025-06-17", "met"), ("2025-08-01", "met")]
)
def test_six_weeks_notice_of_a_proposed_arrangement_is_the_least(begun: str, standing: str) -> None:
    case = tell(begin(), (PROPOSED, step("PrivateFosteringStarted", begun, "F-1")))

    assert standing == case.standing("pf.notify.6w")


def test_an_arrangement_that_is_to_begin_soon_is_notified_at_once_and_no_minimum_runs() -> None:
    soon = step("PrivateFosteringNotified", "2025-05-06", "F-1", kind="proposed", short_notice=True)

    assert [] == timers_of(tell(begin(), (soon,)), "pf.notify.6w")


def test_from_24_april_to_25_september_2020_no_number_of_days_held_for_the_first_visit() -> None:
    for notified, clocks in (("2020-04-24", 0), ("2020-09-25", 0), ("2020-09-26", 1)):
        case = tell(begin(), (NOTIFIED.moved(notified),))

        assert clocks == len(timers_of(case, "pf.visit.7wd")), notified


def test_a_visit_to_a_proposed_arrangement_starts_no_rhythm_before_it_begins() -> None:
    case = tell(begin(), (PROPOSED, seen("2025-05-14")))

    assert [] == timers_of(case, "pf.visit.year1.6w")


def test_a_last_visit_on_the_day_the_child_leaves_asks_for_no_further_one() -> None:
    case = tell(begin(), (NOTIFIED, left("2025-06-02"), seen("2025-06-02")))

    assert [] == timers_of(case, "pf.visit.year1.6w")


@pytest.mark.parametrize(
    ("visited", "standing"), [("2025-12-20", "overdue"), ("2025-12-22", "met"), ("2026-01-19", "met")]
)
def test_the_review_after_a_move_needs_a_visit_since_the_move(visited: str, standing: str) -> None:
    """The move is on 22 December 2025, the review on 19 January 2026."""
    told = [
        STARTED,
        HOUSED,
        leaving("PersonalAdviserVisited", visited),
        leaving("PathwayPlanReviewed", "2026-01-19", reason="accommodation", accommodation_id="flat"),
    ]
    case = tell(begin(), sorted(told, key=lambda one: one.on))

    assert standing == case.standing("leaving.visit.prereview")


def test_a_visit_elsewhere_is_not_a_visit_to_the_accommodation() -> None:
    elsewhere = leaving("PersonalAdviserVisited", "2025-12-24", at_accommodation=False)
    case = tell(begin(), (STARTED, HOUSED, elsewhere))

    assert "overdue" == case.standing("leaving.visit.7d", "2025-12-30")


def test_a_transition_plan_is_not_asked_of_one_who_is_seventeen_already() -> None:
    case = tell(begin(authority="thurrock"), (STARTED,))

    assert [] == timers_of(case, "local.leaving.transition.17")


#: rows of the catalogue, section 9, and how far each was checked
CATALOGUE = {
    "missing.rhi.72h": "V2",
    "missing.record": "V2",
    "missing.strategy": "K",
    "pf.notify.6w": "V1",
    "pf.existing.48h": "V2",
    "pf.visit.7wd": "V1",
    "pf.visit.year1.6w": "V1",
    "pf.visit.later.12w": "V1",
    "pf.threshold.28d": "V2",
    "leaving.eligible.13w": "V1",
    "leaving.needs.3m": "V1",
    "leaving.needs.relevant.3m": "K",
    "leaving.pathway": "K",
    "leaving.pathway.review.6m": "V2",
    "leaving.accom.review.28d": "K",
    "leaving.visit.7d": "V1",
    "leaving.visit.prereview": "V1",
    "leaving.visit.2m": "V1",
    "leaving.contact.8w": "K",
    "leaving.stat.birthday": "K",
}
#: rows that run no clock: duties without a number, and how returns count
WITHOUT_CLOCK = {
    "missing.record": Kind.DEFINITION,
    "missing.strategy": Kind.NO_CLOCK,
    "pf.threshold.28d": Kind.DEFINITION,
    "leaving.eligible.13w": Kind.DEFINITION,
    "leaving.pathway": Kind.NO_CLOCK,
    "leaving.stat.birthday": Kind.DEFINITION,
}
#: a minimum and a gate, which have tests of their own above
NO_WALK = {"pf.notify.6w", "leaving.visit.prereview"}
#: the newest version of each that ships


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
    not_walked = NO_WALK
