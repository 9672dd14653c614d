"""Every timescale of visits, child in need plans, supervision and early help, walked from its start to its stop.

Bank holidays on the way: 4 and 25 May 2026.
"""

import pytest
from story import begin
from walked import Walked
from walks import Step, Walk, step, tell

from caseclock.processes.catalogue import shipped_packs
from caseclock.timers.timescale import Kind

PLAN = step("PlanStarted", "2026-04-28", "P-1", conference_held_on="2026-04-28")
PLAN_ENDED = step("PlanEnded", "2026-05-08", "P-1")
IN_NEED = step("ChildInNeedPlanStarted", "2026-04-28", "N-1")
IN_NEED_ENDED = step("ChildInNeedPlanEnded", "2026-05-18", "N-1")
ASSESSED = (
    step("AssessmentStarted", "2026-03-16", "A-1", kind="single"),
    step("AssessmentAuthorised", "2026-04-28", "A-1", outcome="child_in_need"),
)
HELPED = (
    step("EarlyHelpAssessmentStarted", "2026-04-28", "E-1"),
    step("EarlyHelpAssessmentCompleted", "2026-05-13", "E-1"),
)


def seen(on: str, episode: str) -> Step:
    return step("ChildSeen", on, episode, alone=True)


def reviewed(on: str) -> Step:
    return step("ChildInNeedReviewHeld", on, "N-1")


VISITS = [
    Walk(timescale, before, seen(due, episode), late, void, authority, note)
    for timescale, authority, before, episode, due, late, void, note in [
        ("cp.visit.10wd", "example", (PLAN,), "P-1", "2026-05-13", "2026-05-14", PLAN_ENDED, "first"),
        (
            "cp.visit.10wd",
            "example",
            (PLAN, seen("2026-05-11", "P-1")),
            "P-1",
            "2026-05-26",
            "2026-05-27",
            PLAN_ENDED.moved("2026-05-20"),
            "next",
        ),
        ("local.cp.visit.10wd", "thurrock", (PLAN,), "P-1", "2026-05-13", "2026-05-14", PLAN_ENDED, "first"),
        ("cin.visit.20wd", "example", (IN_NEED,), "N-1", "2026-05-28", "2026-05-29", IN_NEED_ENDED, "first"),
        (
            "local.cin.visit.4w",
            "thurrock",
            (IN_NEED,),
            "N-1",
            "2026-05-26",
            "2026-05-27",
            IN_NEED_ENDED,
            "first",
        ),
        (
            "local.cin.visit.4w",
            "thurrock",
            (IN_NEED, seen("2026-04-29", "N-1")),
            "N-1",
            "2026-05-27",
            "2026-05-28",
            IN_NEED_ENDED,
            "next",
        ),
        (
            "earlyhelp.visit.20wd",
            "example",
            HELPED,
            "E-1",
            "2026-06-11",
            "2026-06-12",
            step("EarlyHelpEnded", "2026-06-01", "E-1"),
            "",
        ),
    ]
]

PLANS = [
    Walk(
        "cin.plan.10wd",
        ASSESSED,
        IN_NEED.moved("2026-05-13"),
        "2026-05-14",
        step("PlanStarted", "2026-05-01", "P-1"),
        "example",
        "after an assessment",
    ),
    Walk(
        "cin.plan.10wd",
        (PLAN.moved("2026-01-13"), PLAN_ENDED.moved("2026-04-28")),
        IN_NEED.moved("2026-05-13"),
        "2026-05-14",
        authority="example",
        note="after a child protection plan",
    ),
    Walk("cin.review.first.3m", (IN_NEED,), reviewed("2026-07-21"), "2026-07-22", IN_NEED_ENDED, "example"),
    Walk(
        "cin.review.next.6m",
        (IN_NEED, reviewed("2026-07-21")),
        reviewed("2026-10-13"),
        "2026-10-14",
        IN_NEED_ENDED.moved("2026-09-01"),
        "example",
    ),
    Walk(
        "cin.review.next.6m",
        (step("ChildInNeedPlanStarted", "2026-04-28", "N-1", team="disability"), reviewed("2026-07-21")),
        reviewed("2027-01-19"),
        "2027-01-20",
        IN_NEED_ENDED.moved("2026-09-01"),
        "example",
        "of the disability team",
    ),
    Walk(
        "supervision.case.monthly",
        (PLAN,),
        step("SupervisionHeld", "2026-05-26", "P-1"),
        "2026-05-27",
        PLAN_ENDED,
        "example",
    ),
    Walk(
        "earlyhelp.review",
        HELPED[:1],
        HELPED[1],
        "2026-05-14",
        step("EarlyHelpEnded", "2026-05-05", "E-1"),
        "example",
        "the assessment",
    ),
    Walk(
        "earlyhelp.review",
        HELPED,
        step("EarlyHelpReviewHeld", "2026-06-24", "E-1"),
        "2026-06-25",
        step("EarlyHelpEnded", "2026-06-01", "E-1"),
        "example",
        "the first review",
    ),
    Walk(
        "earlyhelp.review",
        (*HELPED, step("EarlyHelpReviewHeld", "2026-06-24", "E-1")),
        step("EarlyHelpReviewHeld", "2026-09-24", "E-1"),
        "2026-09-25",
        step("EarlyHelpEnded", "2026-08-03", "E-1"),
        "example",
        "a later review",
    ),
]

WALKS = [*VISITS, *PLANS]


STEPPED_DOWN = (
    PLAN.moved("2026-01-13"),
    PLAN_ENDED.moved("2026-04-28"),
    step("ChildInNeedPlanStarted", "2026-04-29", "N-1", follows="P-1"),
)


@pytest.mark.parametrize(
    ("ended", "standing"), [("2026-07-27", "too_early"), ("2026-07-28", "met"), ("2026-12-01", "met")]
)
def test_a_plan_stepped_down_to_goes_on_for_three_months_at_least(ended: str, standing: str) -> None:
    case = tell(begin(authority="example"), (*STEPPED_DOWN, IN_NEED_ENDED.moved(ended)))

    assert standing == case.standing("cin.stepdown.3m")


def test_a_minimum_never_becomes_overdue() -> None:
    case = tell(begin(authority="example"), STEPPED_DOWN)

    assert "running" == case.standing("cin.stepdown.3m", "2029-12-31")


def test_a_new_child_protection_plan_ends_the_minimum() -> None:
    case = tell(
        begin(authority="example"), (*STEPPED_DOWN, step("PlanStarted", "2026-06-01", "P-2", follows="N-1"))
    )

    assert "void" == case.standing("cin.stepdown.3m")


#: rows of the catalogue and how far each was checked
CATALOGUE = {
    "cp.visit.10wd": "V2",
    "cin.plan.10wd": "V2",
    "cin.visit.20wd": "V2",
    "cin.review.first.3m": "V2",
    "cin.review.next.6m": "V2",
    "cin.stepdown.3m": "V2",
    "supervision.case.monthly": "V2",
    "recording.visit.2wd": "V2",
    "earlyhelp.review": "V2",
    "earlyhelp.visit.20wd": "V2",
}
#: minima and recording standards, which are not done within a limit: shown by tests of their own
NO_WALK = {"cin.stepdown.3m", "recording.visit.2wd"}
SHIPPED = [timescale for pack in shipped_packs() for timescale in pack.timescales]


def test_no_row_is_national() -> None:
    """What holds nationally for visits and plans of children in need is no number."""
    assert {"example"} == {timescale.authority for timescale in SHIPPED if timescale.id in CATALOGUE}


def test_the_supervision_of_a_worker_is_stated_without_a_clock() -> None:
    stated = [
        (timescale.kind, timescale.target_percent)
        for timescale in SHIPPED
        if timescale.id == "local.supervision.4w"
    ]

    assert [(Kind.NO_CLOCK, 90)] == stated


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    not_walked = NO_WALK
