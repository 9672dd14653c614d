"""The rules of adding to a case's log, the same for every store: place, chain, and what is refused."""

from collections.abc import Sequence
from typing import NamedTuple

from caseclock.store.chain import hash_of, written
from caseclock.store.protocol import Case, CaseChanged, EventIdTaken
from caseclock.store.types import NotStorable, canonical_json
from caseclock.timers.event import Event


class Link(NamedTuple):
    """An event in its place in the chain."""

    event: Event
    seq: int
    #: its data as canonical JSON
    data: str
    previous: str
    hash: str


def linked(case: Case, events: Sequence[Event]) -> tuple[list[Link], Case]:
    """Chain events to a case: give their links, and the case as it will be.

    Raises NotStorable where an event is of another case or can't be kept, EventIdTaken where two bear one id.
    """
    links: list[Link] = []
    head, seq = case.head, case.version
    for event in events:
        if event.authority != case.authority or event.case_id != case.case_id:
            raise NotStorable(
                f"Can't add event {event.event_id!r} to case {case.case_id} of {case.authority}: it is of case "
                f"{event.case_id} of {event.authority}. Add it to its own case."
            )
        seq += 1
        data = canonical_json(event.data)
        previous, head = head, hash_of(head, written(event, seq, data))
        links.append(Link(event, seq, data, previous, head))
    if len(links) > 1:
        seen: set[str] = set()
        for event in events:
            if event.event_id in seen:
                raise event_id_taken(case.authority, event.event_id, case.case_id)
            seen.add(event.event_id)
    return links, Case(case.authority, case.case_id, seq, head)


def case_changed(case: Case) -> CaseChanged:
    """Say that a case is no longer as it was read."""
    return CaseChanged(
        f"Case {case.case_id} of {case.authority} has changed since it was read at version {case.version}. "
        "Read it again and retry; nothing was written."
    )


def several_changed(authority: str, count: int) -> CaseChanged:
    """Say that of cases that were to grow together one at least is no longer as it was read."""
    return CaseChanged(
        f"Of {count} cases of {authority} that were written to together, one at least has changed since it was read. "
        "Read them again and retry; nothing was written."
    )


def event_id_taken(authority: str, event_id: str, case_id: str) -> EventIdTaken:
    """Say whose id it is."""
    return EventIdTaken(
        f"Event id {event_id!r} is taken in {authority}, by an event of case {case_id}. "
        "Give a new event another id; nothing was written."
    )
