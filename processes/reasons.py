"""Reason codes: why a breach came about, or why it is exempt."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    words: str
    #: the answers it can be given with: explained, exempted
    answers: tuple[str, ...]
    #: last day on which it is offered; None while it is
    until: date | None = None


@cache
def reasons() -> dict[str, Reason]:
    """Give every reason code, by its code, in the order in which they are offered."""
    text = (files("caseclock.processes") / "packs" / "reasons.toml").read_text("utf-8")
    entries = (
        Reason(**{**entry, "answers": tuple(entry["answers"])}) for entry in tomllib.loads(text)["reason"]
    )
    return {reason.code: reason for reason in entries}
