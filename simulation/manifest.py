"""What a run was made from, written beside everything it made: enough to make it again, to the byte."""

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from caseclock.simulation.scenario import Scenario
from caseclock.timers.rulebook import Rulebook

NAME = "manifest.json"
#: how far a run has come
RUNNING, COMPLETE, PARTIAL = "running", "complete", "partial"


class AnotherRun(ValueError):
    """A folder holds what another run made."""


def made_from(scenario: Scenario, seed: int, replications: int, authorities: int) -> dict[str, Any]:
    """Say what a run depends on: the scenario with every setting, seed, packs, calendar and program."""
    told = scenario.model_dump(mode="json")
    return {
        "program": f"caseclock {metadata.version('caseclock')}",
        "scenario": told,
        "scenario_digest": digest(told),
        "seed": seed,
        "replications": replications,
        "authorities": authorities,
        "packs": _packs(scenario.rulebook()),
        "calendar": scenario.calendar().as_known(None).version,
    }


def _packs(book: Rulebook) -> dict[str, str]:
    """Name each pack that holds, with a digest of its timescales: their versions, limits and sources."""
    held: dict[str, list[list[str]]] = {}
    for versions in book.rules.values():
        for version in versions:
            limits = [rule.limit.words() for rule in version.limits]
            held.setdefault(version.pack, []).append([version.id, version.version, *limits, version.source])
    return {pack: digest(sorted(held[pack])) for pack in sorted(held)}


def digest(told: object) -> str:
    """Give the first 16 hexadecimal digits of the SHA-256 of what is told, as canonical JSON."""
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def begin(folder: Path, made: Mapping[str, Any]) -> None:
    """Take a folder for a run, or go on in it where it holds the same one, unfinished or not.

    Raises AnotherRun where it holds something else: nothing is ever written over.
    """
    path = folder / NAME
    if path.exists():
        try:
            held = json.loads(path.read_text("utf-8"))
        except ValueError as broken:
            raise AnotherRun(
                f"{path} can't be read ({broken}). Give another --out, or remove that folder."
            ) from broken
        differs = [name for name in made if held.get(name) != made[name]]
        if differs:
            raise AnotherRun(
                f"{folder} holds another run: its {', '.join(differs)} differ. Give another --out, or remove it."
            )
        return
    if folder.exists() and any(folder.iterdir()):
        raise AnotherRun(
            f"{folder} holds something that no simulation made. Give an --out that is empty or is not there yet."
        )
    folder.mkdir(parents=True, exist_ok=True)
    mark(folder, made, RUNNING, 0)


def mark(folder: Path, made: Mapping[str, Any], state: str, finished: int) -> None:
    """Write how far a run has come."""
    write_whole(folder / NAME, json.dumps({"state": state, "finished": finished, **made}, indent=1) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all: a reader finds the old one or the new one, never a part."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
