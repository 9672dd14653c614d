"""Endings: which event discharges a timer, or ends its duty."""

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
    void = _void(history, anchor, reach, stop)
    if stop is None:
        return None, None if void is None else history.events[void]
    stopped = history.events[stop]
    if void is not None and history.events[void].occurred.on < stopped.occurred.on:
        return None, history.events[void]
    return stopped, None


def _stop(history: History, anchor: Anchor, reach: tuple[str, ...]) -> int | None:
    """Find the first event behind the anchor (or before it, where that discharges too) that fits."""
    # What was done before can't be tied to an occurrence that isn't named.
    early = anchor.version.early and (anchor.version.key is None or anchor.key is not None)
    after = anchor.place
    if early:
        after = history.last_place(anchor.start.since, anchor.event.episode_id, anchor.place - 1) - 1
    first: int | None = None
    for clause in anchor.version.stops:
        for episode_id in reach:
            place = _first_of_occurrence(history, clause, episode_id, anchor, after)
            if place is not None and (first is None or place < first):
                first = place
    return first


def _first_of_occurrence(
    history: History, clause: Clause, episode_id: str, anchor: Anchor, after: int
) -> int | None:
    """Give the first place in an episode that fits the clause and belongs to the anchor's occurrence."""
    first = history.first_matching(clause, episode_id, after=after)
    if first is None or _is_of_occurrence(history, first, anchor):
        return first  # mostly the first: no chain is gone through
    later = history.matching(clause, (episode_id,), after=first)
    return next((place for place in later if _is_of_occurrence(history, place, anchor)), None)


def _is_of_occurrence(history: History, place: int, anchor: Anchor) -> bool:
    return place != anchor.place and _same_occurrence(history.events[place], anchor)


def _same_occurrence(event: Event, anchor: Anchor) -> bool:
    key = anchor.version.key
    return key is None or anchor.key is None or as_text(event.data.get(key)) == anchor.key


def _void(history: History, anchor: Anchor, reach: tuple[str, ...], before: int | None) -> int | None:
    """Find the first event, before a place, that ends the duty and is not taken back by one that revives it."""
    first = before
    for clauses in (anchor.version.voids, anchor.start.voids):
        for clause in clauses:
            if clause.event not in history.types:
                continue  # most ends never come
            for episode_id in reach:
                place = history.first_matching(clause, episode_id, after=anchor.place, before=first)
                if place is not None and not _ends_duty(history, place, anchor, reach):
                    later = history.matching(clause, (episode_id,), after=place)
                    place = next((one for one in later if _ends_duty(history, one, anchor, reach)), None)
                if place is not None and (first is None or place < first):
                    first = place
    return None if first == before else first


def _ends_duty(history: History, place: int, anchor: Anchor, reach: tuple[str, ...]) -> bool:
    """Say whether a void is about the anchor's occurrence, where it names one, and nothing later takes it back."""
    version, event = anchor.version, history.events[place]
    if version.key in event.data and not _same_occurrence(event, anchor):
        return False
    return all(
        history.first_matching(again, episode_id, after=place) is None
        for again in version.revives
        for episode_id in reach
    )
