"""A file of event lines as a recipient: each line whole, on the disk before it counts as handed on, in order."""

import json
import os
from collections.abc import Sequence
from io import SEEK_END
from pathlib import Path
from typing import IO

from caseclock.outbox.channels import NotTaken
from caseclock.store.protocol import OutboxMessage


class NotEventLines(ValueError):
    """The file ends with something that is no event line. Says which, and what to do now."""


class ToFile:
    """Writes event lines at the end of a file, which it opens anew each time: it may be moved away in between.

    After a crash the last lines may be written again, under the same event ids; a line that was cut off by the crash
    is taken out first, since its whole follows.
    """

    parts = 1
    at_once = 500

    def __init__(self, path: Path) -> None:
        self.path = path

    def tell(self, messages: Sequence[OutboxMessage]) -> None:
        try:
            with at_whole_line(self.path) as lines:
                for message in messages:
                    lines.write(json.dumps(message.payload, ensure_ascii=False).encode() + b"\n")
                lines.flush()
                os.fsync(lines.fileno())
        except NotEventLines as error:
            raise NotTaken(str(error), unreachable=True) from error
        except OSError as error:
            why = f"Can't write to {self.path}: {error.strerror or error}."
            raise NotTaken(why, unreachable=True) from error

    def close(self) -> None:
        """Do nothing: the file is open only while it is written to."""


def at_whole_line(file: Path) -> IO[bytes]:
    """Open a file behind its last whole line; raises NotEventLines where its end is something else."""
    if not file.exists():
        file.touch()
        _keep_name(file.absolute().parent)
    lines = file.open("r+b")
    end = lines.seek(0, SEEK_END)
    start, tail = end, b""
    while start > 0 and b"\n" not in tail:
        start = max(0, start - 4096)
        lines.seek(start)
        tail = lines.read(end - start)
    last = tail[tail.rfind(b"\n") + 1 :]
    lines.seek(end)
    if not last:
        return lines
    if _is_whole(last):
        lines.write(b"\n")
    elif last.startswith(b"{"):
        lines.truncate(lines.seek(end - len(last)))
    else:
        lines.close()
        raise NotEventLines(
            f"{file} ends with something that is no event line. Give the outbox a file of its own."
        )
    return lines


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _keep_name(folder: Path) -> None:
    """Write the folder to the disk too: a new file's name is in it, and a loss of power would take that away."""
    if os.name == "nt":  # a folder can't be opened there
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
