"""Timescales as rows, and their limits in words: the same on the command line, at the desk and in the API."""

from datetime import date
from typing import Any

from caseclock.timers.timescale import Timescale

RULE_COLUMNS = (
    "id",
    "duty",
    "process",
    "kind",
    "limit",
    "counting",
    "basis",
    "source",
    "source_url",
    "verification",
    "effective_from",
    "effective_to",
    "commenced",
    "in_force",
    "authority",
    "target_percent",
    "pack",
    "notes",
)


def rule_row(version: Timescale, on: date) -> dict[str, Any]:
    """Give a version of a timescale as a row, with whether it is in force on a day."""
    return {
        "id": version.id,
        "duty": version.duty,
        "process": version.process,
        "kind": str(version.kind),
        "limit": limit_words(version),
        "counting": str(version.counting),
        "basis": str(version.basis),
        "source": version.source,
        "source_url": version.source_url,
        "verification": str(version.verification),
        "effective_from": version.effective_from.isoformat(),
        "effective_to": None if version.effective_to is None else version.effective_to.isoformat(),
        "commenced": version.commenced,
        "in_force": version.in_force(on),
        "authority": version.authority,
        "target_percent": version.target_percent,
        "pack": version.pack,
        "notes": version.notes,
    }


def limit_words(version: Timescale) -> str:
    """Say a timescale's limit in words; 'no clock' where its source gives no number."""
    if not version.has_clock():
        return "definition" if str(version.kind) == "definition" else "no clock"
    limits = []
    for rule in version.limits:
        said = rule.limit.words()
        if rule.not_before is not None:
            said += f", not before {rule.not_before.words()}"
        limits.append(said)
    told = " or ".join(dict.fromkeys(limits))
    in_any = version.in_any
    return f"{told} in any {in_any.words()}" if in_any is not None else told
