"""Fitting records in: each whole or not at all, in whatever order they come."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from caseclock.timers.event import Event


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one record of an import."""

    #: recorded, unchanged (all of it was known before) or quarantined
    status: str
    #: events newly written
    events: int
    reason: str | None = None


def fit(
    records: Sequence[Sequence[Event]],
    attempt: Callable[[Sequence[Event]], Taken],
    is_known: Callable[[str], bool],
) -> list[Taken]:
    """Attempt all records at once; where they don't fit so, each in its order, and again as long as one more fits.

    At last those are attempted together that fit only together.

    `attempt` takes in events whole or not at all; `is_known` says of an event id whether it was.
    """
    if len(records) > 1 and (at_once := _at_once(records, attempt, is_known)) is not None:
        return at_once
    results: dict[int, Taken] = {}
    waiting = list(range(len(records)))
    while waiting:
        left = []
        for place in waiting:
            results[place] = attempt(records[place])
            if results[place].status == "quarantined":
                left.append(place)
        if len(left) == len(waiting):
            joined = _joined(records, left, attempt, is_known)
            if not joined:
                break
            results |= joined
            left = [place for place in left if place not in joined]
        waiting = left
    return [results[place] for place in range(len(records))]


def _at_once(
    records: Sequence[Sequence[Event]],
    attempt: Callable[[Sequence[Event]], Taken],
    is_known: Callable[[str], bool],
) -> list[Taken] | None:
    """Take in all records as one: what follows is worked out once, and is the same. None where one misfits."""
    fresh: dict[str, None] = {}
    new = []
    for record in records:
        before = len(fresh)
        fresh |= {event.event_id: None for event in record if not is_known(event.event_id)}
        new.append(len(fresh) - before)
    if attempt([event for record in records for event in record]).status == "quarantined":
        return None
    return [Taken("recorded", count) if count else Taken("unchanged", 0) for count in new]


def _joined(
    records: Sequence[Sequence[Event]],
    waiting: Sequence[int],
    attempt: Callable[[Sequence[Event]], Taken],
    is_known: Callable[[str], bool],
) -> dict[int, Taken]:
    """Take in what fits only together, such as a contact and its decision from before a referral told already."""
    for places in _together(records, waiting):
        new = {place: sum(not is_known(event.event_id) for event in records[place]) for place in places}
        if attempt([event for place in places for event in records[place]]).status == "recorded":
            return {place: Taken("recorded", count) for place, count in new.items()}
    return {}


def _together(records: Sequence[Sequence[Event]], waiting: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give the records to be tried together: those of each episode, then all; never one alone."""
    of_episode: dict[str, dict[int, None]] = {}
    for place in waiting:
        for event in records[place]:
            of_episode.setdefault(event.episode_id, {})[place] = None
    tried = dict.fromkeys((*(tuple(places) for places in of_episode.values()), tuple(waiting)))
    return (places for places in tried if len(places) > 1)
