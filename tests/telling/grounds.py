"""Where work is done again and again, each time from the same beginnings: in memory, in a file, on a server."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Protocol

from crashing import Points, by_calls, by_statements
from killing import PATIENCE, mortal
from sqlalchemy import Connection, text
from whole import Whole, whole

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.schema import metadata
from caseclock.store.sql import open_store

#: prepares a store that is empty
Prepare = Callable[[Store], object]
#: a store to work on, and the points at which it can go down
Opened = AbstractContextManager[tuple[Store, Points]]


class Ground(Protocol):
    """A store that can be set back to its beginnings."""

    def set_back(self) -> None:
        """Forget whatever was done since it was prepared."""

    def opened(self) -> Opened:
        """Open it for work."""

    def seen(self) -> Whole:
        """Give everything that others see."""


class InMemory:
    """A store that goes down at each call."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self.set_back()

    def set_back(self) -> None:
        self._kept = InMemoryStore()
        self._prepare(self._kept)

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Points]]:
        yield by_calls(self._kept)

    def seen(self) -> Whole:
        return _apart_from_counts(whole(self._kept))


class InFile:
    """A file of SQLite, copied anew from one that was prepared; it goes down at each statement."""

    def __init__(self, folder: Path, prepare: Prepare) -> None:
        self._prepared, self._file = folder / "prepared.db", folder / "worked-on.db"
        self.url = f"sqlite:///{self._file}"
        with open_store(f"sqlite:///{self._prepared}", synchronous="NORMAL") as store:
            prepare(store)

    def set_back(self) -> None:
        for left in self._file.parent.glob(f"{self._file.name}*"):  # a process that was killed leaves its log
            left.unlink()
        shutil.copyfile(self._prepared, self._file)

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Points]]:
        with open_store(self.url, synchronous="NORMAL") as store:
            yield store, by_statements(store.engine)

    def seen(self) -> Whole:
        with open_store(self.url, synchronous="NORMAL") as others:
            return _apart_from_counts(whole(others))


class OnServer:
    """A database of PostgreSQL whose rows are put back from copies of them, which is quicker than a new database."""

    def __init__(self, url: str, prepare: Prepare) -> None:
        self.url = url
        self.others = open_store(url)
        prepare(self.others)
        with self.others.engine.begin() as connection:
            self._back = text(";\n".join(_keep(connection)))

    def set_back(self) -> None:
        with self.others.engine.begin() as connection:
            connection.execute(self._back)

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Points]]:
        with open_store(mortal(self.url)) as store:
            yield store, by_statements(store.engine)

    def seen(self) -> Whole:
        return _apart_from_counts(whole(self.others))

    def wait_until_gone(self, backend: int) -> None:
        """Wait until a process of the server has noticed that it has nobody to answer to, and given up its work."""
        give_up = monotonic() + PATIENCE
        there = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        with self.others.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while connection.scalar(there, {"pid": backend}):
                assert monotonic() < give_up, "It stays."

    def close(self) -> None:
        self.others.close()


def _keep(connection: Connection) -> Iterator[str]:
    """Copy every row to tables beside; gives the statements that put them back, and counters to where they stood."""
    yield "SET LOCAL session_replication_role = replica"  # no guard of the log is asked
    connection.execute(text("CREATE SCHEMA kept"))
    for name in metadata.tables:
        connection.execute(text(f"CREATE TABLE kept.{name} AS TABLE public.{name}"))
        yield f"DELETE FROM public.{name}"  # noqa: S608  # names of our own
        yield f"INSERT INTO public.{name} OVERRIDING SYSTEM VALUE TABLE kept.{name}"
    counted = text("SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences")
    for name, last, called in connection.execute(counted):
        yield f"SELECT setval('public.{name}', {last}, {called})"


def _apart_from_counts(held: Whole) -> Whole:
    """A file that was brought in again reports other counts than one brought in at once; these do not matter."""
    return replace(held, imports=[replace(note, report={}) for note in held.imports])
