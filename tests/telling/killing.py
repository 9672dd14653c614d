"""Work done in processes of its own, which are killed (SIGKILL) in the middle of it.

A process is forked from one that has read Caseclock already, so that many can be killed in little time; what it then
does is what the command line does.
"""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from sqlalchemy import Table, func, select, text

from caseclock.commands import app
from caseclock.store.protocol import Store
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import parse_line
from caseclock.workflow.sweep import sweep

#: how a mortal calls itself on PostgreSQL
MORTAL = "mortal"
#: done, and done but something was refused
ENDED = (0, 1)
#: a fault that nobody expected
_FAULT = 70
#: seconds between two looks at how far it has come: a process that is watched all the time has no time to work
LOOK_EVERY = 0.001
#: seconds after which something that should have happened never will
PATIENCE = 60.0


@cache
def context() -> ForkServerContext:
    """Give what processes are made of. Only where processes fork."""
    made = get_context("forkserver")
    made.set_forkserver_preload(
        [
            "caseclock.commands",
            "caseclock.exchange.importing",
            "caseclock.store.sql",
            "caseclock.workflow.sweep",
        ]
    )
    return made


def start(work: Callable[..., None], *args: object) -> ForkServerProcess:
    """Begin a piece of work in a process of its own."""
    process = context().Process(target=_live, args=(work, args))
    process.start()
    return process


def _live(work: Callable[..., None], args: tuple[object, ...]) -> None:
    told = sys.stderr
    threading.Thread(target=_die_with_the_tests, daemon=True).start()
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = sys.stderr = nowhere
        try:
            work(*args)
        except Exception:  # noqa: BLE001  # told, and the process ends by it
            traceback.print_exc(file=told)
            told.flush()
            os._exit(_FAULT)


def _die_with_the_tests() -> None:
    """Nobody goes on working when the tests themselves were killed."""
    tests = parent_process()
    if tests is not None:
        wait([tests.sentinel])
        os._exit(_FAULT)


def command(*words: str) -> None:
    """Do what `caseclock` does with these words."""
    app(list(words), prog_name="caseclock")


def recording(url: str, lines: Path, told: Path, at: datetime) -> None:
    """Record event lines one by one, and write down the id of each once it is acknowledged."""
    with open_store(url) as store, lines.open("rb") as events, told.open("ab", buffering=0) as acknowledged:
        engine = Engine(store)
        for line in events:
            event = parse_line(line, at=at)
            engine.record(event, at=at)
            acknowledged.write(event.event_id.encode() + b"\n")


def sweeping(url: str, at: datetime, batch: int) -> None:
    """Sweep once."""
    with open_store(url) as store:
        sweep(Engine(store), at, batch=batch)


def killed(process: ForkServerProcess, far_enough: Callable[[], bool]) -> bool:
    """Kill a process as soon as it has come far enough; False where it had ended its work by then."""
    give_up = monotonic() + PATIENCE
    while not far_enough() and not wait([process.sentinel], LOOK_EVERY):
        assert monotonic() < give_up, "It came no further."
    process.kill()
    process.join()
    return not has_ended(process)


def has_ended(process: ForkServerProcess) -> bool:
    """Say of a process that is no more whether it ended by itself; fails where it died of a fault of its own."""
    assert process.exitcode in (*ENDED, -signal.SIGKILL), f"It ended with {process.exitcode}."
    return process.exitcode != -signal.SIGKILL


def end(process: ForkServerProcess) -> None:
    """Let a process come to the end of its work."""
    process.join(PATIENCE)
    assert process.exitcode in ENDED, f"It ended with {process.exitcode}."


def rows(store: SqlStore, table: Table, **equal: str) -> Callable[[], int]:
    """Give what counts the rows of a table that others see."""
    counted = select(func.count()).select_from(table).where(*(table.c[name] == equal[name] for name in equal))

    def count() -> int:
        with store.engine.connect() as connection:
            return int(connection.scalar(counted) or 0)

    return count


def mortal(url: str) -> str:
    """Let connections to a PostgreSQL tell that they are a mortal's."""
    return (
        f"{url}{'&' if '?' in url else '?'}application_name={MORTAL}" if url.startswith("postgres") else url
    )


def until_gone(store: SqlStore) -> None:
    """Wait until the database has noticed that a process is no more, and has taken back what it had not committed."""
    if store.engine.dialect.name == "sqlite":
        return  # its locks went with it
    give_up = monotonic() + PATIENCE
    there = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(there, {"name": MORTAL}):
            assert monotonic() < give_up, "Its connection stays."


@dataclass
class Killer:
    """Kills pieces of work at random points, each with a part of it done and a part not."""

    rng: Random
    #: how often it is to kill
    times: int
    #: how far the work had come each time
    fired: list[int] = field(default_factory=list)

    def victims(self, make: Callable[[], str]) -> Iterator[str]:
        """Give URLs of new databases until it has killed often enough: work may end before it is killed."""
        for _ in range(self.times + 2):
            yield make()
            if len(self.fired) >= self.times:
                print(f"killed {len(self.fired)} times, with so much done: {self.fired}")  # noqa: T201  # pytest shows it
                return
        pytest.fail(f"{len(self.fired)} of {self.times} kills hit work under way.")

    def kill_through(
        self,
        store: SqlStore,
        begin: Callable[[], ForkServerProcess],
        done: Callable[[], int],
        *,
        of: int,
        still: Callable[[Store], None],
    ) -> None:
        """Begin the work, kill it, begin it again, until it was killed often enough or came to its end; then end it.

        `done` counts what of the whole, `of`, others can see; `still` looks after each kill at what must still hold.
        """
        step = max(1, 2 * of // (self.times + 1))
        while len(self.fired) < self.times and (left := of - done()) > 1:
            target = of - left + self.rng.randint(1, min(step, left - 1))
            if not killed(begin(), partial(_reached, done, target)):
                break
            until_gone(store)
            still(store)
            if (reached := done()) < of:
                self.fired.append(reached)
        end(begin())


def _reached(done: Callable[[], int], target: int) -> bool:
    return done() >= target
