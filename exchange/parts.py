"""A big file of event lines in parts, with all the lines of a case in one: so that each case is worked out once.

Only where lines begin is kept (16 bytes a line); the lines themselves are read when their part's turn has come.
"""

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

#: a longer line (in bytes) is no event
LONGEST_LINE = 1_000_000
#: bytes of a file that make a part, about: what is held in memory at a time is ten times as much
PART_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands in its file."""

    number: int
    text: bytes
    #: whether it is no longer than a line may be
    is_whole: bool = True


@dataclass(slots=True)
class Part:
    """Where the lines of some cases begin, and their numbers."""

    offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    numbers: "array[int]" = field(default_factory=lambda: array("Q"))

    def lines(self, path: Path) -> Iterator[Line]:
        """Read the lines of this part, in the order of the file."""
        with path.open("rb") as file:
            for offset, number in zip(self.offsets, self.numbers, strict=True):
                file.seek(offset)
                yield _line(file, number, file.readline(LONGEST_LINE))[0]


def all_lines(path: Path) -> Iterator[Line]:
    """Read every line that is not blank; memory is bounded whatever comes."""
    with path.open("rb") as file:
        for _, line in _lines(file):
            yield line


def parts_of(path: Path, *, processes: int = 1, part_bytes: int = PART_BYTES) -> list[Part]:
    """Divide a file by its cases, finer where several processes share it. A line that tells none is with any."""
    size = path.stat().st_size
    if processes > 1:
        part_bytes = min(part_bytes, size // (4 * processes) + 1)
    count = size // part_bytes + 1
    parts = [Part() for _ in range(count)]
    with path.open("rb") as file:
        for offset, line in _lines(file):
            part = parts[crc32(case_of(line).encode(errors="replace")) % count if count > 1 else 0]
            part.offsets.append(offset)
            part.numbers.append(line.number)
    return [part for part in parts if part.offsets]


def case_of(line: Line) -> str:
    """Name the case a line says it is of, though the rest of it may not be readable; empty where it says none."""
    try:
        named = json.loads(line.text)["case_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return named if isinstance(named, str) and named.isprintable() else ""


def _lines(file: BinaryIO) -> Iterator[tuple[int, Line]]:
    number = offset = 0
    while text := file.readline(LONGEST_LINE):
        number += 1
        line, length = _line(file, number, text)
        if line.text.strip():
            yield offset, line
        offset += length


def _line(file: BinaryIO, number: int, text: bytes) -> tuple[Line, int]:
    """Make the line of what was read of it, passing over what is too long; gives its length in the file too."""
    is_whole, length, end = True, len(text), text
    while not end.endswith(b"\n") and (end := file.readline(LONGEST_LINE)):
        is_whole, length = False, length + len(end)
    if number == 1:
        text = text.removeprefix(b"\xef\xbb\xbf")  # written by some editors before the first line
    return Line(number, text, is_whole), length
