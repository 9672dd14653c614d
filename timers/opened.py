"""Opened episodes, and how far those who tell of them tell: read from the events that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from caseclock.timers.event import Event


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source says of how far it tells of an episode."""

    by: str
    #: the last day it tells of
    until: date
    #: event types it does not tell; None where it leaves that to the opening event
    untold: frozenset[str] | None
    #: event types it tells only from a day on, and that day; None where it leaves that to the opening event
    told_from: Mapping[str, date] | None


@dataclass(frozen=True, slots=True)
class DaysTold:
    """Days of which a type of event is told, both included; None where there is no bound."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class OpenedEpisode:
    """One run of a process, as its opening event tells it."""

    episode_id: str
    process: str
    opener: Event
    #: episode it follows, or None
    follows: str | None
    #: event types its source does not tell
    untold: frozenset[str]
    #: event types its source tells only from a day on, and that day
    told_from: Mapping[str, date] = field(default_factory=dict)


def opened_by(event: Event, process: str) -> OpenedEpisode:
    """Read what an opening event tells of the episode it opens."""
    follows = event.data.get("follows")
    return OpenedEpisode(
        event.episode_id,
        process,
        event,
        str(follows) if follows else None,
        _untold(event) or frozenset(),
        _told_from(event) or {},
    )


def telling_of(event: Event) -> Telling:
    """Read what a SourceTold event says of how far its source tells."""
    until, untold, told_from = date.fromisoformat(str(event.data["until"])), _untold(event), _told_from(event)
    if untold is None and told_from is None:
        return Telling(event.by, until, None, None)
    return Telling(event.by, until, untold or frozenset(), told_from or {})


def _untold(event: Event) -> frozenset[str] | None:
    untold = event.data.get("untold")
    return frozenset(str(one) for one in untold) if isinstance(untold, list | tuple) else None


def _told_from(event: Event) -> dict[str, date] | None:
    told_from = event.data.get("told_from")
    if not isinstance(told_from, Mapping):
        return None
    return {str(name): date.fromisoformat(str(day)) for name, day in told_from.items()}
