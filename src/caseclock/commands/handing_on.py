"""Handing on: what Caseclock itself says goes from the outbox to a file of event lines, at least once and in order."""

import json
import os
from datetime import datetime
from io import SEEK_END
from pathlib import Path
from typing import IO, TYPE_CHECKING

from caseclock.commands.faults import WrongCall

if TYPE_CHECKING:
    from caseclock.store.protocol import Store

#: messages handed on in one transaction
BATCH = 500


def hand_on(store: "Store", file: Path, at: datetime) -> int:
    """Write what waits in the outbox at the end of a file, and give how many lines that was.

    A line is marked as handed on only once it is on the disk. After a crash in between it is written again, under
    the same event id; a line that was cut off by the crash is taken out first, since its whole follows.
    """
    total = 0
    with _at_whole_line(file) as lines:
        while True:
            with store.transaction() as unit:
                messages = unit.take_outbox(BATCH)
                if not messages:
                    return total
                for message in messages:
                    lines.write(json.dumps(message.payload, ensure_ascii=False).encode() + b"\n")
                lines.flush()
                os.fsync(lines.fileno())
                unit.mark_handed_on([message.message_id for message in messages], at)
            total += len(messages)


def _at_whole_line(file: Path) -> IO[bytes]:
    """Open a file behind its last whole line; WrongCall where its end is not event lines."""
    lines = file.open("r+b" if file.exists() else "w+b")
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
        raise WrongCall(f"{file} ends with something that is no event line. Give --outbox a file of its own.")
    return lines


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
