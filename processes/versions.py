"""Versions of processes: an episode runs on the version in use when it was opened, until it is migrated.

A new version is added beside the old one, with a migration that says where each state of the old one leads. The
current version of each is the one in the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from caseclock.processes.catalogue import PROCESSES
from caseclock.processes.definition import Process, ProcessRefused


@dataclass(frozen=True, slots=True)
class Migration:
    """Where each state of one version leads in another. A state left out has no image: episodes in it stay behind."""

    process: str
    from_version: str
    to_version: str
    states: Mapping[str, str]


#: every version of every process, oldest first
VERSIONS: dict[str, tuple[Process, ...]] = {name: (process,) for name, process in PROCESSES.items()}
#: (process, from version, to version) -> migration
MIGRATIONS: dict[tuple[str, str, str], Migration] = {}


def version_in_use(process: str, on: date) -> Process:
    """Give the version that an episode recorded on a London date runs on; the oldest for any day before them all."""
    versions = VERSIONS[process]
    begun = [version for version in versions if version.in_use_from <= on]
    return begun[-1] if begun else versions[0]


def version_named(process: str, version: str) -> Process:
    """Find a version of a process by its name; raises ProcessRefused."""
    for found in VERSIONS.get(process, ()):
        if found.version == version:
            return found
    known = ", ".join(found.version for found in VERSIONS.get(process, ()))
    raise ProcessRefused(f"There is no version {version} of {process}. Known: {known or 'none'}.")


def check_migration(migration: Migration) -> None:
    """Refuse a migration that names states its versions do not have."""
    old = version_named(migration.process, migration.from_version)
    new = version_named(migration.process, migration.to_version)
    named = f"The migration of {migration.process} from {migration.from_version} to {migration.to_version}"
    for state in sorted(set(migration.states) - {one.name for one in old.states}):
        raise ProcessRefused(f"{named} maps '{state}', which the old version does not have. Mend its name.")
    for state in sorted(set(migration.states.values()) - {one.name for one in new.states}):
        raise ProcessRefused(
            f"{named} leads to '{state}', which the new version does not have. Mend its name."
        )
