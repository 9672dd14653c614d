"""Packs: timescales written as TOML, read strictly.

A timescale without id, duty, source, basis, effective date or counting does not load; an unknown key is refused
with its file, its line and the key it was probably meant to be.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from caseclock.timers.pack_entries import KEYS_OF, PackFile
from caseclock.timers.timescale import Timescale


class PackRefused(ValueError):
    """A pack does not load; the message gives file, line, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The timescales of one file."""

    id: str
    title: str
    process: str
    #: the one authority whose local standards these are; None for national packs
    authority: str | None
    timescales: tuple[Timescale, ...]


def load_pack(path: Path | Traversable) -> Pack:
    """Read one pack; raises PackRefused with file, line and remedy where it does not hold."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackRefused(
            f"{path} is not UTF-8 text: {error}. Save it as UTF-8 and load it again."
        ) from error
    return read_pack(text, str(path))


def read_pack(text: str, file: str) -> Pack:
    """Read a pack from its text; `file` is how messages name it."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackRefused(f"{file} is not valid TOML: {error}. Mend that line and load it again.") from error
    try:
        parsed = PackFile.model_validate(content)
    except ValidationError as error:
        raise PackRefused(_sentences(error, text, file)) from error
    return Pack(
        id=parsed.pack.id,
        title=parsed.pack.title,
        process=parsed.pack.process,
        authority=parsed.pack.authority,
        timescales=tuple(entry.built(parsed.pack) for entry in parsed.timescale),
    )


def _sentences(error: ValidationError, text: str, file: str) -> str:
    return "\n".join(
        f"{file}, line {_line(text, fault['loc'], missing=fault['type'] == 'missing')}: {_fault(dict(fault))}"
        for fault in error.errors()
    )


def _fault(fault: Mapping[str, Any]) -> str:
    path = [str(part) for part in fault["loc"]]
    where = ".".join(path) or "the pack"
    if fault["type"] == "extra_forbidden":
        return f"'{path[-1]}' is not a key here{_perhaps(path[-1], _keys(path))} Mend the name or remove it."
    if fault["type"] == "missing":
        return f"{where} is missing. A timescale is not answerable without it; add '{path[-1]} = ...'."
    message = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    end = "" if message.endswith("?") else "."
    return f"{where}: {message}{end} Mend the value and load it again."


def _perhaps(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; known are {', '.join(sorted(known))}."


def _keys(path: list[str]) -> list[str]:
    """List the keys that would have been known where `path` ends."""
    owners = [part for part in path[:-1] if part in KEYS_OF]
    model: type[BaseModel] = KEYS_OF[owners[-1]] if owners else PackFile
    return list(model.model_fields)


def _line(text: str, location: tuple[int | str, ...], *, missing: bool) -> int:
    """Find the line of a fault: its table, then the innermost key of its location that is written there."""
    lines = text.splitlines()
    first, last = _table(lines, location)
    keys = [part for part in location if isinstance(part, str)]
    for key in reversed(keys[:-1] if missing else keys):
        written = re.compile(rf"""(^|[\s{{,.])["']?{re.escape(key)}["']?\s*(=|\.)""")
        for n in range(first, last):
            if written.search(lines[n].split("#")[0]):
                return n + 1
    return first + 1


def _table(lines: list[str], location: tuple[int | str, ...]) -> tuple[int, int]:
    """Give the first line of the table a location begins with (the n-th of its name), and the line behind it."""
    heads = [n for n, line in enumerate(lines) if line.strip().startswith("[")]
    name, number = str(location[0]) if location else "", 0
    if len(location) > 1 and isinstance(location[1], int):
        number = location[1]
    named = [n for n in heads if lines[n].split("#")[0].strip().strip("[]").strip() == name]
    if number >= len(named):
        return 0, len(lines)
    others = (n for n in heads if n > named[number] and not _inside(lines[n], name))
    return named[number], next(others, len(lines))


def _inside(head: str, name: str) -> bool:
    """Say whether a table's head is that of one within the table named, such as [timescale.limit]."""
    return head.strip().strip("[]").strip().startswith(f"{name}.")
