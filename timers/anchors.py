"""Anchors: the events that start clocks, found in a case's history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timescale import Start, Timescale, as_text
from caseclock.timers.when import When


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event that starts a clock, from the moment it counts from, under the version in force then."""

    event: Event
    #: place of the event in the history
    place: int
    start: Start
    counts_from: When
    version: Timescale
    #: the occurrence it belongs to (a conference, a placement), or None
    key: str | None
    #: episode the timer is told under: one of the timescale's own process where there is one
    episode_id: str

    @property
    def timer_id(self) -> str:
        """Name the timer by its case, timescale, starting event and key: the same wherever it is computed."""
        event = self.event
        parts = (event.authority, event.case_id, self.version.id, event.event_id, self.key or "")
        return blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()


def anchors(history: History, versions: tuple[Timescale, ...]) -> Iterator[Anchor]:
    """Find every event that starts a clock of a timescale, each under the version in force on its day."""
    for version in versions:
        if version.has_clock():
            for start in version.starts:
                yield from _anchors_of(history, version, start)


def _anchors_of(history: History, version: Timescale, start: Start) -> Iterator[Anchor]:
    process = start.clause.process or version.process
    for episode in history.episodes.values():
        if episode.process != process:
            continue
        for ordinal, place in enumerate(history.matching(start.clause, (episode.episode_id,)), start=1):
            if start.nth is not None and ordinal != start.nth:
                continue
            if start.from_nth is not None and ordinal < start.from_nth:
                continue
            anchor = _anchor(history, version, start, place)
            if anchor is not None:
                yield anchor


def _anchor(history: History, version: Timescale, start: Start, place: int) -> Anchor | None:
    event = history.events[place]
    if not _starts(history, start, event, place):
        return None
    counts_from = _counts_from(start, event)
    if not version.in_force(_governing_day(history, version, event, counts_from)):
        return None
    key = as_text(event.data.get(version.key)) or None if version.key else None
    return Anchor(event, place, start, counts_from, version, key, _told_under(history, version, event))


def _starts(history: History, start: Start, event: Event, place: int) -> bool:
    """Say whether what else must hold for the event to start the clock does hold."""
    if start.open_case is not None:
        episode = history.episodes[event.episode_id]
        open_case = episode.follows is None or bool(event.data.get("open_case"))
        if open_case != start.open_case:
            return False
    if start.needs:
        linked = history.linked(event.episode_id)
        if not any(next(history.matching(clause, linked), None) is not None for clause in start.needs):
            return False
    return not any(
        found < place for clause in start.unless for found in history.matching(clause, (event.episode_id,))
    )


def _counts_from(start: Start, event: Event) -> When:
    if start.date_from and event.data.get(start.date_from):
        return When.parse(str(event.data[start.date_from]))
    return event.occurred


def _governing_day(history: History, version: Timescale, event: Event, counts_from: When) -> date:
    """Say on which day's law the timer runs: that of the governing event where there is one, else its start."""
    if version.governed_by is not None:
        linked = history.linked(event.episode_id)
        place = min(history.matching(version.governed_by, linked), default=None)
        if place is not None:
            return history.events[place].occurred.on
    return counts_from.on


def _told_under(history: History, version: Timescale, event: Event) -> str:
    """Name the episode a timer is told under: the first of its own process that its trigger is linked to."""
    if history.episodes[event.episode_id].process == version.process:
        return event.episode_id
    fitting = [
        episode
        for episode in (history.episodes[linked] for linked in history.linked(event.episode_id))
        if episode.process == version.process and not episode.opener.data.get("open_case")
    ]
    if not fitting:
        return event.episode_id
    return min(fitting, key=lambda episode: history.place(episode.opener)).episode_id
