"""A store in memory that keeps every promise of the SQL one: for an embedding system's tests, and for simulation.

Rows are checked and made canonical as a database would, so that what passes here passes there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident

from caseclock.store.memory_shelves import Shelves
from caseclock.store.memory_transaction import MemoryTransaction


class InMemoryStore:
    """Cases kept in dictionaries. Safe to share between threads: one writer at a time, readers never wait long."""

    def __init__(self) -> None:
        self._shelves = Shelves()
        self._writing = Lock()
        self._writer: int | None = None
        self._committing = Lock()

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[MemoryTransaction]:
        """Begin a unit of work that writes; commit when the block ends, forget it when it raises.

        Reading costs nothing here: whether it is expected makes no difference.
        """
        del reads
        if self._writer == get_ident():
            raise RuntimeError(
                "A transaction is open in this thread already, and a second one would wait for it for ever. "
                "Use the one that is open, or end it first."
            )
        with self._writing:
            self._writer = get_ident()
            try:
                work = MemoryTransaction(self._shelves, read_only=False)
                yield work
                if work.spoilt is not None:
                    raise work.spoilt
                with self._committing:
                    work.commit()
            finally:
                self._writer = None

    @contextmanager
    def snapshot(self) -> Iterator[MemoryTransaction]:
        """Begin a unit of work that only reads, all of it as of this moment."""
        with self._committing:
            shelves = self._shelves.copy()
        yield MemoryTransaction(shelves, read_only=True)

    def close(self) -> None:
        """Do nothing: there is nothing to close. Here so that the stores can stand in for one another."""
