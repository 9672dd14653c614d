"""An event: a fact that happened to a case, with the two times that matter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from caseclock.timers.when import When

#: told about facts, by people or by Caseclock itself, and no facts: where one of them stands moves no fact
ASIDE = frozenset(
    {
        "BreachEscalated",
        "BreachExempted",
        "BreachExplained",
        "BreachRaised",
        "BreachReopened",
        "BreachWithdrawn",
        "EpisodeMigrated",
        "EventCorrected",
        "EventRetracted",
        "SourceTold",
        "TimerExtended",
        "TimersMoved",
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of one case. Its content never changes; corrections are events of their own."""

    #: unique within the authority; the same id twice is the same event
    event_id: str
    #: past tense, such as ReferralReceived
    type: str
    authority: str
    case_id: str
    #: unique within the case
    episode_id: str
    #: when it happened in the world
    occurred: When
    #: when it was written down
    recorded: When
    #: who says so
    by: str
    because: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    #: its place in the case's log, from 1; 0 while it is not in a log
    seq: int = 0

    def at_place(self, seq: int) -> "Event":
        """Give this event its place in the case's log."""
        return replace(self, seq=seq)


def _written(event: Event) -> tuple[object, ...]:
    return event.recorded.latest(), event.seq


def in_order(events: Iterable[Event]) -> list[Event]:
    """Put events in the order in which they happened.

    Days in order; within a day by time where times are known. A date-only event is somewhere on its day: it
    keeps its place after the events of that day that were written before it. What is said aside (ASIDE) takes its
    place among the facts and moves none.
    """
    by_day = sorted(events, key=lambda event: event.occurred.on)
    ordered: list[Event] = []
    for _, same_day in groupby(by_day, key=lambda event: event.occurred.on):
        today = list(same_day)
        if len(today) > 1:
            today = _within_day(sorted(today, key=_written))
        ordered.extend(today)
    return ordered


def comes_last(ordered: Sequence[Event], event: Event) -> bool:
    """Say whether an event, written after all others, surely stands behind all of them in the order of happening.

    `ordered` is as `in_order` gives it. Only the last day is looked at.
    """
    for other in reversed(ordered):
        if other.occurred.on != event.occurred.on:
            return other.occurred.on < event.occurred.on
        if other.recorded.latest() > event.recorded.latest():
            return False
        if other.occurred.at and event.occurred.at and other.occurred.at > event.occurred.at:
            return False
    return True


def _within_day(written: list[Event]) -> list[Event]:
    """Place each event of one day, taken in the order of writing: the facts first, what is said aside among them."""
    placed: list[Event] = []
    for event in written:
        if event.type not in ASIDE:
            placed.insert(_before_later(placed, event), event)
    for event in written:
        if event.type in ASIDE:
            placed.insert(_behind_earlier(placed, event), event)
    return placed


def _before_later(placed: Sequence[Event], event: Event) -> int:
    """Give the place before the first event of a later time; the end where there is none."""
    if event.occurred.at is None:
        return len(placed)
    later = (
        place
        for place, other in enumerate(placed)
        if other.occurred.at is not None and other.occurred.at > event.occurred.at
    )
    return next(later, len(placed))


def _behind_earlier(placed: Sequence[Event], event: Event) -> int:
    """Give the place behind the last event of an earlier time, or, where a time is not known, written earlier.

    Never behind one of a later time.
    """
    time = event.occurred.at
    for place in range(_before_later(placed, event), 0, -1):
        other = placed[place - 1]
        if other.occurred.at is None or time is None or other.occurred.at == time:
            if _written(other) < _written(event):
                return place
        elif other.occurred.at < time:
            return place
    return 0
