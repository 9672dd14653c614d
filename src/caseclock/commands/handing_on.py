"""Handing on from a command: the recipients it names, and what they have been told by its end."""

import os
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from caseclock.commands import clock
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


def named_recipients(outbox: Path | None, recipients: Path | None) -> "list[Telling]":
    """Give the recipients a worker is told of; WrongCall where they can't be told."""
    from caseclock.outbox.configuration import BadRecipients, read_recipients

    tellings = [] if outbox is None else [to_file(outbox)]
    if recipients is not None:
        try:
            tellings += read_recipients(recipients.read_text("utf-8"), os.environ, clock.now)
        except (BadRecipients, UnicodeDecodeError) as error:
            raise WrongCall(f"{recipients}: {error}") from error
    if [one.name for one in tellings].count(FILE) > 1:
        raise WrongCall(
            f"--outbox names a recipient called {FILE!r}, and {recipients} another. Rename that one."
        )
    return tellings


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
