"""An event: a fact that happened to a case, with the two times that matter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from caseclock.timers.when import When, start_of_day

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
        # made by hand: dataclasses.replace takes three times as long, and every event comes by here
        return Event(
            self.event_id,
            self.type,
            self.authority,
            self.case_id,
            self.episode_id,
            self.occurred,
            self.recorded,
            self.by,
            self.because,
            self.data,
            seq,
        )


def _written(event: Event) -> tuple[object, ...]:
    return event.recorded.at or event.recorded.latest(), event.seq


#: gives the time at which an event happened
_happened: Callable[[Event], Any] = attrgetter("occurred.at")


def in_order(events: Iterable[Event]) -> list[Event]:
    """Put events in the order in which they happened.

    Days in order; within a day by time where times are known. A date-only event is somewhere on its day: it stands
    behind what was written before it, unless it was written before something of its episode that happened earlier. So
    the order within an episode depends on nothing else, and what is said aside (ASIDE) moves no fact.
    """
    every = list(events)
    if all(event.occurred.at is not None for event in every):
        every.sort(key=_written)
        every.sort(key=_happened)
        return every
    by_day = sorted(every, key=lambda event: event.occurred.on)
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
    time = event.occurred.at
    for other in reversed(ordered):
        if other.occurred.on != event.occurred.on:
            return other.occurred.on < event.occurred.on
        if other.recorded.latest() > event.recorded.latest():
            return False
        if other.occurred.at is None:
            continue
        if time is None and other.type in ASIDE and other.occurred.at > start_of_day(other.occurred.on):
            return False
        if time is not None and other.occurred.at > time:
            return False
    return True


def _within_day(written: list[Event]) -> list[Event]:
    """Put the events of one day, given in the order of writing, in the order in which they happened."""
    timed = [
        (place, event.episode_id, event.occurred.at)
        for place, event in enumerate(written)
        if event.occurred.at is not None and event.type not in ASIDE
    ]
    hours = [_hour(place, event, timed) for place, event in enumerate(written)]
    return [written[place] for place in sorted(range(len(written)), key=lambda place: (hours[place], place))]


def _hour(place: int, event: Event, timed: Sequence[tuple[int, str, datetime]]) -> datetime:
    """Say when an event happened, or, where only its day is known, the time behind which it stands.

    `place` is its place in the order of writing, `timed` are the places, episodes and times of the day's facts.
    """
    if event.occurred.at is not None:
        return event.occurred.at
    dawn = start_of_day(event.occurred.on)
    known = max((at for other, _, at in timed if other < place), default=dawn)
    own = max(
        (at for other, episode, at in timed if other < place and episode == event.episode_id), default=dawn
    )
    goes_on = (
        at for other, episode, at in timed if other > place and episode == event.episode_id and at >= own
    )
    return min(known, min(goes_on, default=known))
