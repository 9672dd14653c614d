"""A case that is written to after the calendar or the law changed and before its turn came to be moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from story import Told, begin, instant

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import AdoptedPack, CalendarChange, Store
from caseclock.store.sql import open_store
from caseclock.timers.when import When
from caseclock.workflow.adoption import adopt_pack
from caseclock.workflow.calendar_days import Moved, add_calendar_day, finish_changes
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

GUIDANCE = "assessment.single.45wd"
HOLIDAY = CalendarChange(
    When.parse("2026-04-24").on, "Day of thanksgiving", instant("2026-04-10 09:00"), "clerk", "proclaimed"
)
LONGER = """
[pack]
id = "longer"
title = "Assessment, longer"
process = "assessment"
reviewed_on = 2026-03-01

[[timescale]]
id = "assessment.stat.duration"
duty = "Complete the assessment"
basis = "statistic"
source = "An amendment"
verification = "K"
effective_from = 2026-01-01
counting = "day_after_trigger"
limit = { working_days = 60 }
starts = [{ event = "AssessmentStarted" }]
stops = [{ event = "AssessmentAuthorised" }]
"""
HUB = """
[pack]
id = "hub"
title = "The hub, with more time"
process = "front_door"
authority = "thurrock"
reviewed_on = 2026-03-01

[[timescale]]
id = "local.contact.decision.24h"
duty = "Decide a contact in the hub"
basis = "local"
source = "A decision of the board"
verification = "K"
effective_from = 2026-03-01
counting = "day_after_trigger"
limit = { hours = 48 }
starts = [{ event = "ContactReceived" }]
stops = [{ event = "ContactDecided" }]
"""
ADOPTION = AdoptedPack("longer", LONGER, instant("2026-04-10 09:00"), "head.of.service", "amended")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield InMemoryStore()
        return
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as opened:
        yield opened


def broken_off(case: Told, change: CalendarChange | AdoptedPack) -> None:
    """The change is known, and whoever made it went down before any case was moved."""
    with case.engine.store.transaction() as unit:
        if isinstance(change, CalendarChange):
            unit.add_calendar_change(change)
        else:
            unit.adopt_pack(change)


def told_of_moves(case: Told) -> list[tuple[str, str, str]]:
    with case.engine.store.snapshot() as unit:
        return [
            (one["timescale"], one["from"], one["to"])
            for event in unit.events(case.authority, case.case_id)
            if event.type == "TimersMoved"
            for one in event.data["moved"]
        ]


@pytest.mark.parametrize("anew", [False, True], ids=["at hand", "read anew"])
def test_an_event_recorded_before_its_case_was_moved_moves_it_first_and_says_so(
    store: Store, anew: bool
) -> None:
    case = begin(store=store)
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    broken_off(case, HOLIDAY)
    if anew:
        case.engine = Engine(store)
    case.happened("AssessmentAllocated", "2026-04-13", "A-1")

    assert (GUIDANCE, "2026-05-07", "2026-05-08") in told_of_moves(case)
    assert "AssessmentAllocated" == case.log()[-1]
    assert () == verify(case.engine, instant("2026-03-02")).findings
    assert Moved(0, 0) == add_calendar_day(case.engine, HOLIDAY)


def test_a_longer_limit_is_told_before_what_is_recorded_next(store: Store) -> None:
    case = begin(store=store)
    case.assessment("2026-03-02", follows="")
    broken_off(case, ADOPTION)
    case.happened("ChildSeen", "2026-04-13", "A-1")

    assert ("assessment.stat.duration", "2026-05-07", "2026-05-29") in told_of_moves(case)
    assert () == verify(case.engine, instant("2026-03-02")).findings


def test_a_sweep_raises_nothing_by_a_calendar_that_holds_no_more(store: Store) -> None:
    """Due on Thursday 7 May 2026, and on the 8th once the holiday is known: on the morning of the 8th it is in time."""
    case = begin(store=store)
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    case.swept("2026-04-09")
    broken_off(case, HOLIDAY)
    sweep(case.engine, instant("2026-05-08 09:00"))

    assert [] == [breach for breach in case.breaches() if breach.timescale == GUIDANCE]
    assert (GUIDANCE, "2026-05-07", "2026-05-08") in told_of_moves(case)


def test_what_has_reached_every_case_is_not_looked_at_again(store: Store) -> None:
    case = begin(store=store)
    case.referral("2026-03-02")
    broken_off(case, HOLIDAY)
    with store.snapshot() as unit:
        before = unit.unsettled()
    finish_changes(case.engine)
    with store.snapshot() as unit:
        after = unit.unsettled()

    assert ([HOLIDAY], []) == (before, after)


def test_a_longer_limit_in_hours_is_told_too() -> None:
    """A contact at ten on Monday 2 March 2026, to be decided in 24 hours, or in 48 as adopted since."""
    case = begin(authority="thurrock")
    case.happened("ContactReceived", "2026-03-02 10:00", "R-1", source="school")
    broken_off(case, AdoptedPack("hub", HUB, instant("2026-03-02 12:00"), "head", "decided", "thurrock"))
    case.happened("ContactDecided", "2026-03-04 09:00", "R-1", outcome="advice")

    assert [
        ("local.contact.decision.24h", "2026-03-03T10:00:00+00:00", "2026-03-04T10:00:00+00:00")
    ] == told_of_moves(case)


def test_a_pack_reaches_cases_in_which_nothing_runs() -> None:
    """A standard for what happened today, adopted this evening: the visit of this morning starts it."""
    case = begin()
    case.assessment("2026-03-02", follows="")
    case.happened("AssessmentCancelled", "2026-03-03", "A-1", reason="entered in error")
    text = LONGER.replace("assessment.stat.duration", "local.letter").replace("2026-01-01", "2026-03-03")
    text = text.replace("AssessmentStarted", "AssessmentCancelled").replace("60", "5")
    pack = AdoptedPack("letters", text, instant("2026-03-03 18:00"), "head", "decided")
    adopt_pack(case.engine, pack)

    assert "2026-03-10" == case.due("local.letter")
    assert () == verify(case.engine, instant("2026-03-03 19:00")).findings
