"""Replay: the states of an episode, worked out from its events in the order in which they happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from caseclock.processes.catalogue import EVERYWHERE, OPENERS
from caseclock.processes.definition import NOT_BEGUN, Process
from caseclock.processes.versions import MIGRATIONS, version_in_use, version_named
from caseclock.store.protocol import Episode
from caseclock.timers.event import Event, in_order
from caseclock.timers.history import as_known

#: carries an episode to another version of its process
MIGRATED = "EpisodeMigrated"


class LogMisfit(ValueError):
    """A log that was accepted does not fit its processes any more."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first event of an episode that does not fit, and the state it met."""

    event: Event
    #: None where the episode has not begun
    process: Process | None
    state: str


def replay(events: Iterable[Event]) -> Episode | Misfit:
    """Walk one episode's events, given in the order in which they happened, through its process."""
    process: Process | None = None
    state = NOT_BEGUN
    opener: Event | None = None
    closed_on: date | None = None
    for event in events:
        if process is None:
            opened = OPENERS.get(event.type)
            if opened is None:
                return Misfit(event, None, state)
            process, opener = version_in_use(opened, event.recorded.on), event
        if event.type == MIGRATED:
            migration = MIGRATIONS.get((process.name, process.version, str(event.data["to_version"])))
            if migration is None or state not in migration.states:
                return Misfit(event, process, state)
            process, state = version_named(process.name, migration.to_version), migration.states[state]
            continue
        reached = process.next_state(state, event.type, event.data)
        if reached is None:
            return Misfit(event, process, state)
        if reached != state:
            closed_on = event.occurred.on if process.state(reached).final else None
        state = reached
    if process is None or opener is None:
        raise ValueError("An episode without events can't be replayed.")
    follows = opener.data.get("follows")
    return Episode(
        authority=opener.authority,
        case_id=opener.case_id,
        episode_id=opener.episode_id,
        process=process.name,
        process_version=process.version,
        state=state,
        opened_on=opener.occurred.on,
        closed_on=closed_on,
        follows=str(follows) if follows else None,
    )


def by_episode(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Sort a case's events, corrected, into episodes, each in the order in which it happened."""
    return told_by_episode(in_order(as_known(events, None)))


def told_by_episode(ordered: Iterable[Event]) -> dict[str, list[Event]]:
    """Sort events, corrected and in the order in which they happened, into episodes."""
    episodes: dict[str, list[Event]] = {}
    for event in ordered:
        if event.type not in EVERYWHERE or event.type == MIGRATED:
            episodes.setdefault(event.episode_id, []).append(event)
    return episodes


def episodes_of(events: Sequence[Event]) -> list[Episode]:
    """Rebuild every episode of a case from its log; raises LogMisfit where the log itself does not fit."""
    rebuilt = []
    for episode_id, told in by_episode(events).items():
        episode = replay(told)
        if isinstance(episode, Misfit):
            raise LogMisfit(
                f"{episode.event.type} ({episode.event.event_id}) does not fit in episode {episode_id}."
            )
        rebuilt.append(episode)
    return rebuilt
