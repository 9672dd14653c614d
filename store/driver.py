"""Statements spoken to the driver itself, each made once: what SQLAlchemy does around one can take longer than it does.

Every statement of the hot path goes through `execute`. Connections, transactions and the making of statements are
SQLAlchemy's, and errors are raised as it would raise them.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NoReturn, cast

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from caseclock.store.errors import StoreBusy

if TYPE_CHECKING:
    import psycopg

#: how long a writer waits for another one on SQLite
BUSY_SECONDS = 30.0
#: seconds between two looks of a writer that waits
LOOKS_EVERY = 0.001

#: rows of values, each by place
Bound = Sequence[Sequence[Any]]
#: a statement that reads, and its values by place
Asked = tuple[str, Sequence[Any]]


def execute(lent: PoolProxiedConnection, dialect: Dialect, statement: str, rows: Bound) -> Any:
    """Run a statement with one row of values or several, in whatever transaction the connection is in.

    Values go by place: `?` on SQLite; `$1` on PostgreSQL, where all are text. Gives the driver's cursor, and raises
    the driver's own errors. Who replaces the dialect's `do_execute` and `do_executemany` sees every statement.
    """
    driver: Any = lent.driver_connection
    cursor = driver.cursor() if dialect.name == "sqlite" else _cursor(driver)
    if len(rows) == 1:  # the PostgreSQL driver makes more of a list than it is worth
        dialect.do_execute(cursor, statement, cast(Any, rows[0]))
    else:
        dialect.do_executemany(cursor, statement, cast(Any, rows))
    return cursor


def run(connection: Connection, statement: str, rows: Bound) -> Any:
    """Do as `execute`, on a connection of SQLAlchemy's and with its errors: IntegrityError and their like."""
    lent = connection.connection
    try:
        return execute(lent, connection.dialect, statement, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, cast(Any, lent.driver_connection), None)
        if lost:
            connection.invalidate(error)
        _raise_as_sqlalchemy_does(error, connection.engine, lost=lost)


def run_by_itself(engine: Engine, statement: str, values: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """Run a statement on PostgreSQL as a unit of work by itself, which commits as it ends, and give its rows.

    One round trip. Raises what SQLAlchemy would.
    """
    with _committing_by_itself(engine) as lent:
        found: list[tuple[Any, ...]] = execute(lent, engine.dialect, statement, (values,)).fetchall()
    return found


def read_on_postgresql(engine: Engine, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
    """Give the rows of several statements, all as of one moment.

    One round trip, where the driver can send one statement behind the other. Raises what SQLAlchemy would.
    """
    import psycopg

    with _committing_by_itself(engine) as lent:
        driver = cast("psycopg.Connection[Any]", lent.driver_connection)
        with driver.pipeline() if psycopg.Pipeline.is_supported() else nullcontext():
            driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", prepare=False)
            cursors = [execute(lent, engine.dialect, text, (values,)) for text, values in asked]
            driver.execute("COMMIT", prepare=False)
        return [cursor.fetchall() for cursor in cursors]


@contextmanager
def _committing_by_itself(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """Give a connection to PostgreSQL on which each statement commits as it ends; it goes back as it came."""
    import psycopg  # the package can be used without it

    try:
        lent = engine.raw_connection()
    except psycopg.Error as error:
        _raise_as_sqlalchemy_does(error, engine, lost=False)
    driver = cast("psycopg.Connection[Any]", lent.driver_connection)
    try:
        driver.autocommit = True
        yield lent
    except psycopg.Error as error:
        _raise_as_sqlalchemy_does(error, engine, lost=driver.closed)
    finally:
        if driver.closed or driver.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            lent.invalidate()
        else:
            driver.autocommit = False  # whoever has it next counts on a transaction
        lent.close()


@contextmanager
def begun_on_sqlite(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """Give a connection to SQLite itself, in a transaction that holds its one writer's lock.

    It commits when the block ends, and is rolled back when it raises. Raises what SQLAlchemy would, and StoreBusy.
    """
    try:
        lent = engine.raw_connection()
        driver = cast(sqlite3.Connection, lent.driver_connection)
        try:
            begin_sqlite(driver, "BEGIN IMMEDIATE")
            yield lent
            engine.dialect.do_commit(cast(Any, lent))
        finally:
            if driver.in_transaction:  # it would hold the file, and whoever is lent it next would commit this
                driver.rollback()
            lent.close()
    except sqlite3.Error as error:
        _raise_as_sqlalchemy_does(error, engine, lost=False)


def begin_sqlite(driver: sqlite3.Connection, how: str) -> None:
    """Begin on the driver, unless it has begun; raises StoreBusy where another writer does not end.

    Waits as long as the connection is set to. Whoever waits looks every millisecond. SQLite itself would look ever more
    seldom, in the end ten times a second, and hardly ever just when one that writes a batch behind the other lets go.
    """
    if driver.in_transaction:
        return
    if how == "BEGIN":  # it takes no lock yet
        driver.execute(how)
        return
    ((patience,),) = driver.execute("PRAGMA busy_timeout").fetchall()  # a host may have set it otherwise
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        _begin_in_turn(driver, how, patience / 1000)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience}")


def _begin_in_turn(driver: sqlite3.Connection, how: str, seconds: float) -> None:
    until = None
    while True:
        try:
            driver.execute(how)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            until = until or monotonic() + seconds
            if monotonic() >= until:
                raise StoreBusy(
                    f"Can't write: another program has been writing to this database for {seconds:g} seconds. "
                    "Try again; if it stays so, see which program it is."
                ) from error
            sleep(LOOKS_EVERY)
        else:
            return


def _cursor(driver: "psycopg.Connection[Any]") -> Any:
    import psycopg

    return psycopg.RawCursor(driver)


def _raise_as_sqlalchemy_does(error: Any, engine: Engine, *, lost: bool) -> NoReturn:
    if lost:
        engine.dispose()  # where one was cut, the others that lie idle may be too: they are all made anew
    raise DBAPIError.instance(
        None,  # neither the statement nor its values: an error may end in a log, and a row is about a child
        None,
        error,
        engine.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=engine.dialect,
    ) from error
