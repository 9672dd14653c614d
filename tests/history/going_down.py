"""A store whose units of work die when they are told to: at a call of theirs, as they commit, or just after."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from caseclock.store.protocol import Store, Transaction


class Crash(Exception):
    """The machine went down."""


class CrashingStore:
    """The store given, until it is told to die."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._calls_left: int | None = None
        self._after_commit = False
        self.died = 0

    def die_after(self, calls: int, *, after_commit: bool = False) -> None:
        """Die at the call after so many; at the end of a unit of work that makes fewer, before its commit or after."""
        self._calls_left, self._after_commit = calls, after_commit

    def live(self) -> None:
        """Die no more."""
        self._calls_left = None

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[Transaction]:
        with self._store.transaction(reads=reads) as unit:
            yield cast(Transaction, _Watched(unit, self))
            if self._calls_left is not None and not self._after_commit:
                self.die()
        if self._calls_left is not None:
            self.die()

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._store.snapshot()

    def called(self) -> None:
        if self._calls_left is None:
            return
        if self._calls_left == 0:
            self.die()
        self._calls_left -= 1

    def die(self) -> None:
        self._calls_left = None
        self.died += 1
        raise Crash


class _Watched:
    """A unit of work that tells the store of each call before it is made."""

    def __init__(self, unit: Transaction, store: CrashingStore) -> None:
        self._unit = unit
        self._store = store

    def __getattr__(self, name: str) -> Any:
        made: Callable[..., Any] = getattr(self._unit, name)

        def call(*args: Any, **named: Any) -> Any:
            self._store.called()
            return made(*args, **named)

        return call
