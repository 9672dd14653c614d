"""Several at work on one database at the same moments: each begins every unit of work together with the others."""

from collections.abc import Iterator, MutableSequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from threading import BrokenBarrierError
from typing import Protocol

from caseclock.store.protocol import CaseChanged, Store, Transaction
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

#: seconds within which everybody comes
PATIENCE = 60.0


class Meeting(Protocol):
    """Where so many wait for one another: a barrier of threads, or one of processes."""

    def wait(self, timeout: float | None = None) -> int: ...

    def abort(self) -> None: ...


class InStep:
    """A store whose units of work begin when those of others begin; once one of them is done, as they come."""

    def __init__(self, store: Store, meeting: Meeting) -> None:
        self._store = store
        self._meeting = meeting
        #: how often a unit of work was refused, since another had written first
        self.refused = 0

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[Transaction]:
        with suppress(BrokenBarrierError):  # once others are done
            self._meeting.wait(PATIENCE)
        try:
            with self._store.transaction(reads=reads) as unit:
                yield unit
        except CaseChanged:
            self.refused += 1
            raise

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._store.snapshot()


def sweep_in_step(
    url: str, at: datetime, batch: int, meeting: Meeting, raised: MutableSequence[int], place: int
) -> None:
    """Sweep with an engine and a connection of its own, and note at its place how many breaches it raised."""
    with open_store(url) as store:
        try:
            raised[place] = sweep(Engine(InStep(store, meeting)), at, batch=batch).raised
        finally:
            meeting.abort()
