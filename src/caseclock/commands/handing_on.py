"""Handing on from a command: the recipients it names, and what they have been told by its end."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from caseclock.commands.faults import WrongCall

if TYPE_CHECKING:
    from caseclock.outbox.handing_on import Telling, Told
    from caseclock.store.protocol import Store

#: the recipient that `--outbox FILE` names
FILE = "file"


def to_file(file: Path) -> "Telling":
    """Give the recipient of `--outbox FILE`; WrongCall where the file is not one of event lines."""
    from caseclock.outbox.files import NotEventLines, ToFile, at_whole_line
    from caseclock.outbox.handing_on import Telling

    if not file.absolute().parent.is_dir():
        raise WrongCall(f"There is no folder {file.parent} for {file.name}. Make it first.")
    try:
        at_whole_line(file).close()
    except NotEventLines as error:
        raise WrongCall(str(error)) from error
    return Telling(FILE, ToFile(file))


def hand_on(
    store: "Store", tellings: "Sequence[Telling]", at: datetime, *, lease_seconds: float | None = None
) -> "Told":
    """Tell each recipient all there is to tell now, and give what came of it."""
    from caseclock.outbox.handing_on import LEASE_SECONDS, Clocks, Post, Told, register

    total = Told()
    for telling in tellings:
        register(store, telling, at)
    for telling in tellings:
        clocks = Clocks(lambda: at, time.monotonic)
        post = Post(store, telling, clocks, lease_seconds=lease_seconds or LEASE_SECONDS)
        total += post.drain(Event().wait)
    return total
