"""Many children at once, each with the same beginnings: enough work to be in the middle of."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from story import ANYWHERE, instant, when

from caseclock.store.protocol import Store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line

#: when each child's story, as far as it is told here, was long written up and nothing of it was done
LONG_AFTER = instant("2026-11-30")
#: what runs out for each child when nothing more is done: twelve duties, of which the last on 8 May 2026
DUTIES = 12


def happened(
    case_id: str, number: int | str, event_type: str, on: str, episode: str, **data: object
) -> Event:
    """Give an event of a child, written up when it happened."""
    return Event(
        event_id=f"{case_id}/{number}",
        type=event_type,
        authority=ANYWHERE,
        case_id=case_id,
        episode_id=episode,
        occurred=when(on),
        recorded=when(on),
        by="sw.jones",
        data=data,
    )


def beginnings(case_id: str) -> list[Event]:
    """Let a child be referred on Monday 2 March 2026, assessed from Tuesday and in care from the Monday after."""
    care = {"legal_status": "section_20", "date_of_birth": "2015-06-10"}
    return [
        happened(case_id, 1, "ReferralReceived", "2026-03-02", "R-1", source="school"),
        happened(case_id, 2, "ReferralDecided", "2026-03-03", "R-1", outcome="assessment"),
        happened(case_id, 3, "AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1"),
        happened(case_id, 4, "PeriodOfCareStarted", "2026-03-09", "L-1", **care),
        happened(case_id, 5, "PlacementStarted", "2026-03-09", "L-1", placement_id="P-1", kind="foster"),
        happened(case_id, 6, "ChildSeen", "2026-03-12", "L-1", alone=True),
    ]


def late_news(case_id: str) -> list[Event]:
    """What was done, in time and not, and is written up only now: on 20 November 2026."""
    done = [
        happened(case_id, "late-1", "AssessmentAuthorised", "2026-05-05", "A-1", outcome="child_in_need"),
        happened(case_id, "late-2", "CarePlanPrepared", "2026-04-20", "L-1"),
        happened(case_id, "late-3", "ReviewHeld", "2026-04-08", "L-1", review_id="V-1"),
    ]
    return [replace(event, recorded=when("2026-11-20")) for event in done]


def names(count: int) -> list[str]:
    return [f"C-{number:04}" for number in range(count)]


def tell(store: Store, count: int) -> Engine:
    """Record the beginnings of so many children."""
    engine = Engine(store)
    for case_id in names(count):
        engine.record(*beginnings(case_id), at=LONG_AFTER)
    return engine


def write_lines(file: Path, events: Iterable[Event]) -> Path:
    """Write events as a file of event lines."""
    file.write_text("".join(json.dumps(event_line(event)) + "\n" for event in events), "utf-8")
    return file


def in_turns(stories: Iterable[Sequence[Event]]) -> list[Event]:
    """Put the first event of every child before the second of any, as a day's worth of lines has them."""
    return sorted((event for story in stories for event in story), key=lambda event: event.event_id[-1])
