"""Migration: running episodes move to another version of their process, all that can, or none and why.

What happened stays as it was told; only the state is carried over, by a declared mapping. Timers do not depend on the
version of a process, so each armed one is armed still, or says why not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseclock.processes.catalogue import OPENERS
from caseclock.processes.versions import MIGRATIONS, Migration, check_migration, version_named
from caseclock.store.protocol import Episode, StoredTimer, Transaction
from caseclock.timers.evaluation import evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Outcome
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import Refused
from caseclock.workflow.settling import settle


class MigrationRefused(Refused):
    """A migration that can't be done, with the episodes that stand in its way: (authority, case, episode, state)."""

    def __init__(self, message: str, stranded: Sequence[tuple[str, str, str, str]] = ()) -> None:
        super().__init__(message)
        self.stranded = tuple(stranded)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a migration would do: the dry run, and the report of the real one."""

    migration: Migration
    #: (authority, case, episode, state now, state then)
    moves: tuple[tuple[str, str, str, str, str], ...]
    #: timers armed in those cases before and after; 0 after while it is only planned
    armed_before: int = 0
    armed_after: int = 0


def plan_migration(engine: Engine, process: str, from_version: str, to_version: str) -> Plan:
    """Say what would move, without moving it; raises MigrationRefused where a state has no image."""
    migration = _declared(process, from_version, to_version)
    with engine.store.snapshot() as unit:
        return _planned(unit, migration)


def migrate(
    engine: Engine,
    process: str,
    from_version: str,
    to_version: str,
    *,
    at: datetime,
    by: str,
    because: str,
) -> Plan:
    """Move every running episode of a process to another version, case by case, each in its own transaction.

    Refused as a whole, before anything moves, where any running episode is in a state without an image. Safe to
    repeat after a crash: episodes moved already are left alone.
    """
    migration = _declared(process, from_version, to_version)
    with engine.store.snapshot() as unit:
        planned = _planned(unit, migration)
    before = after = 0
    cases = dict.fromkeys((authority, case_id) for authority, case_id, *_ in planned.moves)
    for authority, case_id in cases:

        def work(unit: Transaction, authority: str = authority, case_id: str = case_id) -> tuple[int, int]:
            return _migrate_case(engine, unit, authority, case_id, migration, at, by, because)

        armed = engine.repeated(work)
        before, after = before + armed[0], after + armed[1]
    return Plan(migration, planned.moves, before, after)


def _declared(process: str, from_version: str, to_version: str) -> Migration:
    version_named(process, from_version)
    version_named(process, to_version)
    migration = MIGRATIONS.get((process, from_version, to_version))
    if migration is None:
        raise MigrationRefused(
            f"Can't migrate {process} from version {from_version} to {to_version}: no migration is declared. Say where "
            "each state leads, in processes/versions.py."
        )
    check_migration(migration)
    return migration


def _planned(unit: Transaction, migration: Migration) -> Plan:
    moves = []
    stranded: list[tuple[str, str, str, str]] = []
    for authority, case_id in unit.case_ids():
        for episode in unit.episodes(authority, case_id):
            if not _concerned(episode, migration):
                continue
            image = migration.states.get(episode.state)
            if image is None:
                stranded.append((authority, case_id, episode.episode_id, episode.state))
            else:
                moves.append((authority, case_id, episode.episode_id, episode.state, image))
    if stranded:
        shown = ", ".join(f"{case}/{episode} ('{state}')" for _, case, episode, state in stranded[:5])
        shown += f" and {len(stranded) - 5} more" if len(stranded) > 5 else ""
        raise MigrationRefused(
            f"Can't migrate {migration.process} to version {migration.to_version}: {len(stranded)} running episodes "
            f"are in a state that leads nowhere in it: {shown}. Map those states, or bring the episodes out of them. "
            "Nothing was moved.",
            stranded,
        )
    cases = dict.fromkeys((authority, case_id) for authority, case_id, *_ in moves)
    armed = sum(_armed(unit.timers(authority, case_id)) for authority, case_id in cases)
    return Plan(migration, tuple(moves), armed)


def _concerned(episode: Episode, migration: Migration) -> bool:
    """Only episodes that run are moved; one that has ended stays on the version it ended on."""
    return (
        episode.process == migration.process
        and episode.process_version == migration.from_version
        and episode.closed_on is None
    )


def _migrate_case(
    engine: Engine,
    unit: Transaction,
    authority: str,
    case_id: str,
    migration: Migration,
    at: datetime,
    by: str,
    because: str,
) -> tuple[int, int]:
    file = engine.file(unit, authority, case_id)
    engine.catch_up(unit, file)
    armed = _armed(file.timers.values())
    events = []
    for episode in list(file.episodes.values()):
        if _concerned(episode, migration) and episode.state in migration.states:
            events += file.put([_moved(episode, migration, at, by, because)])
    if not events:
        engine.hold(file)
        return armed, armed
    changed = file.replay_episodes()
    timers = evaluate(History(file.events, OPENERS), engine.setting(unit, authority))
    settled = settle(file, timers, considered=None, at=at)
    engine.write_settled(unit, file, settled, at, before=events, episodes=changed)
    return armed, _armed(file.timers.values())


def _armed(timers: Iterable[StoredTimer]) -> int:
    return sum(kept.timer.outcome is Outcome.RUNNING for kept in timers)


def _moved(episode: Episode, migration: Migration, at: datetime, by: str, because: str) -> Event:
    return Event(
        event_id=f"EpisodeMigrated:{episode.case_id}:{episode.episode_id}:{migration.to_version}",
        type="EpisodeMigrated",
        authority=episode.authority,
        case_id=episode.case_id,
        episode_id=episode.episode_id,
        occurred=When.instant(at),
        recorded=When.instant(at),
        by=by,
        because=because,
        data={
            "process": migration.process,
            "from_version": migration.from_version,
            "to_version": migration.to_version,
            "from_state": episode.state,
            "to_state": migration.states[episode.state],
        },
    )
