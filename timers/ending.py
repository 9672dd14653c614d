"""Endings: which event discharges a timer, or ends its duty."""

from collections.abc import Iterator

from caseclock.timers.anchors import Anchor
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timescale import Clause, Kind, as_text


def ending(history: History, anchor: Anchor) -> tuple[Event | None, Event | None]:
    """Find what discharges a timer and what ends its duty; at most one of the two, the earlier.

    On the same day the discharge counts: a duty done on the day it ended was done. A recording standard is discharged
    by the event it looks at, since that is not known before it is written up.
    """
    if anchor.version.kind is Kind.RECORDING:
        return anchor.event, None
    reach = history.within(anchor.version.scope, anchor.event.episode_id)
    stop = _stop(history, anchor, reach)
    void = _void(history, anchor, reach)
    if stop and void:
        return (None, void) if void.occurred.on < stop.occurred.on else (stop, None)
    return stop, void


def _stop(history: History, anchor: Anchor, reach: tuple[str, ...]) -> Event | None:
    """Find the first event behind the anchor (or before it, where that discharges too) that fits."""
    # What was done before can't be tied to an occurrence that isn't named.
    early = anchor.version.early and (anchor.version.key is None or anchor.key is not None)
    after = anchor.place
    if early:
        after = history.last_place(anchor.start.since, anchor.event.episode_id, anchor.place - 1) - 1
    places = (
        place
        for clause in anchor.version.stops
        for episode_id in reach
        for place in _first_of_occurrence(history, clause, episode_id, anchor, after)
    )
    place = min(places, default=None)
    return None if place is None else history.events[place]


def _first_of_occurrence(
    history: History, clause: Clause, episode_id: str, anchor: Anchor, after: int
) -> Iterator[int]:
    """Yield the first place in an episode that fits the clause and belongs to the anchor's occurrence."""
    for place in history.matching(clause, (episode_id,), after=after):
        if place != anchor.place and _same_occurrence(history.events[place], anchor):
            yield place
            return


def _same_occurrence(event: Event, anchor: Anchor) -> bool:
    key = anchor.version.key
    return key is None or anchor.key is None or as_text(event.data.get(key)) == anchor.key


def _void(history: History, anchor: Anchor, reach: tuple[str, ...]) -> Event | None:
    """Find the first event that ends the duty and is not taken back by one that revives it."""
    version = anchor.version
    places = []
    for clause in (*version.voids, *anchor.start.voids):
        for place in history.matching(clause, reach, after=anchor.place):
            event = history.events[place]
            if version.key in event.data and not _same_occurrence(event, anchor):
                continue
            revived = (
                found for again in version.revives for found in history.matching(again, reach, after=place)
            )
            if next(revived, None) is None:
                places.append(place)
                break
    return history.events[min(places)] if places else None
