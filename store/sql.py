"""The store in SQL: one file of SQLite for one machine, PostgreSQL for many workers."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError

from caseclock.store.driver import begin_sqlite
from caseclock.store.engines import Synchronous, begun, database_url, open_engine, sqlite_of
from caseclock.store.protocol import CaseChanged, ConnectionOfTheStore, NoDatabase, StoreFull
from caseclock.store.revision import check_revision
from caseclock.store.sending import Sender, ToPostgres, ToSqlite
from caseclock.store.sql_blind import BlindTransaction
from caseclock.store.sql_transaction import SqlTransaction

#: what PostgreSQL says where a transaction can't go on beside others, and where two wait for each other
_CONFLICTS = ("40001", "40P01")
#: what PostgreSQL says where its disk is full
_FULL = "53100"
#: what it says of a prepared statement that is not there, and of one that is there already
_LENT_OUT = ("26000", "42P05")


class SqlStore:
    """Cases kept in SQLite or PostgreSQL. Safe to share between threads; not to carry over a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**({} if engine.dialect.name == "sqlite" else one_moment))
        self._begin = partial(begun, engine, to_write=True)
        self._sender: Sender = ToSqlite(engine) if engine.dialect.name == "sqlite" else ToPostgres(engine)

    @contextmanager
    def transaction(
        self, connection: Connection | None = None, *, reads: bool = True
    ) -> Iterator[SqlTransaction]:
        """Begin a unit of work that writes; commit when the block ends, roll back when it raises.

        One that is not expected to read goes to the database all at once, when it ends; what `append` refuses it may
        then refuse only there. Given a `connection`, work inside the transaction its owner has begun on it: nothing
        is committed here, and what the block did is undone, to a savepoint, when it raises.
        """
        with _faults_told():
            if connection is not None:
                if connection.dialect.name == "sqlite":
                    _refuse_unbegun(connection, self.engine)
                    # the driver begins at the first change; a savepoint before it would commit when it is released
                    begin_sqlite(sqlite_of(connection), "BEGIN IMMEDIATE")
                with connection.begin_nested():
                    yield from _unspoilt(_on(connection, read_only=False))
            elif reads:
                with begun(self.engine, to_write=True) as own:
                    yield from _unspoilt(_on(own, read_only=False))
            else:
                with BlindTransaction(self._begin, self._sender, self.engine.dialect.name) as blind:
                    yield blind

    @contextmanager
    def snapshot(self) -> Iterator[SqlTransaction]:
        """Begin a unit of work that only reads, all of it as of its first read, without blocking writers."""
        with _faults_told(), begun(self._reading, to_write=False) as connection:
            yield _on(connection, read_only=True)

    def close(self) -> None:
        """Close every connection. The store may not be used afterwards."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _faults_told() -> Iterator[None]:
    """Raise CaseChanged where PostgreSQL gave up for what others wrote, StoreFull where there is no room.

    NoDatabase where a pooler lends its connections out and knows nothing of what was prepared on them.
    """
    try:
        yield
    except DBAPIError as error:
        if _is_full(error):
            raise StoreFull(
                "Can't write: the disk of the database is full. Nothing was written; make room, and try again."
            ) from error
        state = getattr(error.orig, "sqlstate", None)
        if state in _LENT_OUT:
            raise NoDatabase(
                "Can't go on: a statement that was prepared on one connection was asked for on another, since a pooler "
                "lends them out and does not keep track of what is prepared. Take prepared=yes out of the URL (a host "
                "gives its own engine prepare_threshold None), or let PgBouncer, 1.22 or newer, keep track: "
                "max_prepared_statements = 200. Nothing was written."
            ) from error
        if state not in _CONFLICTS:
            raise
        raise CaseChanged(
            "Others were writing to the same rows, and the database ended this unit of work so that they could go on. "
            "Nothing was written; read it again and retry."
        ) from error


def _is_full(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL if code is not None else getattr(error.orig, "sqlstate", None) == _FULL


def _refuse_unbegun(connection: Connection, own: Engine) -> None:
    """Refuse a connection of the store's own engine on which SQLite has begun nothing.

    The store begins by itself: what was written on such a connection before would be kept, whatever comes after.
    """
    driver: Any = connection.connection.driver_connection
    if connection.engine.pool is own.pool and not driver.in_transaction:
        raise ConnectionOfTheStore(
            "Can't work on a connection of the store's own engine: on SQLite nothing has begun on it, and what you "
            "wrote before would be kept whatever comes after. Make an engine of your own for the same file."
        )


def _on(connection: Connection, *, read_only: bool) -> SqlTransaction:
    return SqlTransaction(lambda: connection, connection.dialect.name, read_only=read_only)


def _unspoilt(work: SqlTransaction) -> Iterator[SqlTransaction]:
    """Give a transaction, and never let it be committed with half a write in it, even where that was caught."""
    yield work
    work.finish()


def open_store(url: str | URL, *, create: bool = True, synchronous: Synchronous = "FULL") -> SqlStore:
    """Open the store at `sqlite:///file` or `postgresql://host/database`.

    An empty database is given its tables, unless `create` is false. Raises NoDatabase, DatabaseTooNew or
    DatabaseTooOld. `synchronous` is SQLite's: NORMAL is faster, and may lose the last commits when power fails.
    """
    target = database_url(url)
    engine = open_engine(target, synchronous=synchronous, create=create)
    try:
        if not _is_ready(engine):
            if not create:
                raise NoDatabase(
                    f"There is no Caseclock database at {target.render_as_string()}. "
                    "Make one with `caseclock db upgrade`, or check the URL."
                )
            # imported here: Alembic takes a third of the time a command needs to start, and is seldom needed
            from caseclock.store.upgrade import upgrade_engine

            upgrade_engine(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


def _is_ready(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return check_revision(connection)
    except DatabaseError as error:
        raise NoDatabase(
            f"Can't open {engine.url.render_as_string()}: {error.orig}. Check the URL."
        ) from error
