"""Scenario files: which ship, what a file says laid over the one it is based on, and refusals that name the key."""

import difflib
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any


class ScenarioRefused(ValueError):
    """A scenario that can't be simulated; the message names each key at fault and what to do."""


def shipped_scenarios() -> list[str]:
    """Name the scenarios that ship."""
    room = files("caseclock.simulation") / "scenarios"
    return sorted(
        entry.name.removesuffix(".toml") for entry in room.iterdir() if entry.name.endswith(".toml")
    )


def told_by(name: str | Path, before: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read what a scenario says, laid over the one it is based on: one that ships, or a file named from its folder.

    `before` are the files that are based on this one.
    """
    if str(name) in before:
        raise ScenarioRefused(
            f"{name} is based on itself, by way of {before[-1]}. Base it on another scenario."
        )
    if str(name) in shipped_scenarios():
        text = (files("caseclock.simulation") / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            close = difflib.get_close_matches(str(name), shipped_scenarios(), n=1)
            perhaps = f" Did you mean {close[0]!r}?" if close else ""
            raise ScenarioRefused(
                f"There is no scenario {str(name)!r} and it can't be read as a file ({error}).{perhaps} "
                f"Those that ship: {', '.join(shipped_scenarios())}."
            ) from error
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioRefused(f"{name} is not valid TOML: {error}. Mend that line.") from error
    base = told.pop("based_on", None)
    if base is None:
        return told
    if base not in shipped_scenarios():
        base = Path(name).parent / base
    return _laid_over(told_by(base, (*before, str(name))), told)


def _laid_over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    laid = dict(below)
    for key, value in above.items():
        under = laid.get(key)
        laid[key] = _laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return laid


def no_such_key(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    perhaps = f"; did you mean {close[0]!r}?" if close else "."
    return f"{key} is not a key of a scenario{perhaps} Mend the name or remove it."
