"""Stores that go down at a point one chooses: before or after the n-th call or statement, at a commit, just after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from sqlalchemy import Engine

from caseclock.store.protocol import Store, Transaction


class Crash(Exception):
    """It went down."""


def crash(where: str) -> NoReturn:
    """Go down by an error that nobody expects."""
    raise Crash(where)


@dataclass
class Points:
    """Counts the points at which a store could go down, and goes down at one of them."""

    #: which, counted from 1; None to live
    at: int | None = None
    passed: int = 0
    #: how it goes down
    end: Callable[[str], NoReturn] = crash
    #: called after each commit
    committed: Callable[[], None] | None = None
    #: what was about to happen, or had happened, when it went down
    where: str = ""

    def go_down_at(self, point: int | None) -> None:
        """Count from now on, and go down at a point."""
        self.at, self.passed, self.where = point, 0, ""

    def passing(self, where: str) -> None:
        self.passed += 1
        if self.passed == self.at:
            self.at, self.where = None, where
            self.end(where)

    def has_committed(self) -> None:
        if self.committed is not None:
            self.committed()
        self.passing("after a commit")


def by_calls(store: Store) -> tuple[Store, Points]:
    """Give a store that does what another does, and can go down before and after each call of its units of work."""
    points = Points()
    return _CalledStore(store, points), points


def by_statements(engine: Engine) -> Points:
    """Let what works on a database go down before and after each statement and commit."""
    points = Points()
    dialect: Any = engine.dialect

    def watched(execute: Callable[..., None]) -> Callable[..., None]:
        def executing(cursor: Any, statement: Any, *rest: Any) -> None:
            points.passing(f"before {statement}")
            execute(cursor, statement, *rest)
            if str(statement).startswith("SELECT"):  # after reading is before whatever comes next
                return
            if getattr(cursor.connection, "autocommit", False) is True:  # it was a unit of work by itself
                points.has_committed()
            else:
                points.passing(f"after {statement}")

        return executing

    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        setattr(dialect, name, watched(getattr(dialect, name)))
    commit = dialect.do_commit

    def committing(connection: Any) -> None:
        points.passing("before a commit")
        commit(connection)
        points.has_committed()

    dialect.do_commit = committing
    return points


class _CalledStore:
    """The store given, which can go down before and after each call of its units of work."""

    def __init__(self, store: Store, points: Points) -> None:
        self._store = store
        self._points = points

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[Transaction]:
        with self._store.transaction(reads=reads) as unit:
            yield cast(Transaction, _Called(unit, self._points))
            self._points.passing("before a commit")
        self._points.has_committed()

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        with self._store.snapshot() as unit:
            yield cast(Transaction, _Called(unit, self._points))


class _Called:
    def __init__(self, unit: Transaction, points: Points) -> None:
        self._unit = unit
        self._points = points

    def __getattr__(self, name: str) -> Any:
        made: Callable[..., Any] = getattr(self._unit, name)

        def call(*args: Any, **named: Any) -> Any:
            self._points.passing(f"before {name}")
            result = made(*args, **named)
            self._points.passing(f"after {name}")
            return result

        return call
