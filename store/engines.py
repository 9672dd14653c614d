"""Connections: which URLs are taken, and what every connection is told before it is used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from caseclock.store.driver import BUSY_SECONDS, LOOKS_EVERY, begin_sqlite
from caseclock.store.protocol import NoDatabase

if TYPE_CHECKING:
    import psycopg

#: FULL keeps every commit through a loss of power; NORMAL may lose the last ones, and never the file
Synchronous = Literal["FULL", "NORMAL"]

#: pages after which SQLite brings its log of writes (16 MB of them) back into the file: many are written there again
#: and again, and each time costs two waits for the disk
CHECKPOINT_PAGES = 4000

#: after which a connection to PostgreSQL is tried before it is used again
IDLE_SECONDS = 10.0

#: a unit of work that held SQLite's one writer's lock for longer lets others write before it comes again
LONG_SECONDS = 0.01

#: what a URL says of PostgreSQL's connections: `yes` or `no`, whether statements may be prepared on them
PREPARED = "prepared"


def database_url(text: str | URL) -> URL:
    """Read a database URL; raises NoDatabase, with what is taken, for one Caseclock can't use.

    >>> database_url("postgres://clerk@db/caseclock").drivername
    'postgresql+psycopg'
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise NoDatabase(f"Can't open {text!r}: it is not a URL. {_TAKEN}") from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        if url.query.get(PREPARED, "yes") not in ("yes", "no"):
            raise NoDatabase(
                f"Can't open a database with {PREPARED}={url.query[PREPARED]!r}. Say `yes` where statements may be "
                "prepared on its connections, `no` where not, or leave it out."
            )
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise NoDatabase(f"Can't open a database of the kind {url.drivername!r}. {_TAKEN}")
    if url.database in (None, "", ":memory:") or url.query.get("mode") == "memory":
        raise NoDatabase(
            "Can't open an SQLite database in memory: every thread would see another one. "
            "Name a file (sqlite:///caseclock.db), or use caseclock.store.memory.InMemoryStore."
        )
    return url


_TAKEN = "Give sqlite:///path/to/file.db, or postgresql://user@host/database."


def open_engine(url: URL, *, synchronous: Synchronous = "FULL", create: bool = True) -> Engine:
    """Make an engine whose connections are ready for use. Nothing is read or written yet.

    Without `create`, raises NoDatabase where an SQLite file is not there, rather than making an empty one.
    """
    if url.drivername.startswith("sqlite"):
        file = Path(str(url.database))
        if not url.query.get("uri"):
            if not file.parent.is_dir():
                raise NoDatabase(f"Can't open {file}: there is no folder {file.parent}. Make it first.")
            if not create and not file.exists():
                raise NoDatabase(
                    f"There is no Caseclock database at {file}. Make one with `caseclock db upgrade`, or check the URL."
                )
        engine = create_engine(
            url,
            hide_parameters=True,  # an error may end in a log, and a row is about a child
            connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
            pool_reset_on_return=None,  # every connection is committed or rolled back before it goes back
        )
        _prepare_sqlite(engine, synchronous)
        return engine
    try:
        engine = create_engine(url, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise NoDatabase(
            "Can't use PostgreSQL: its driver is missing. pip install 'caseclock[postgres]'."
        ) from error
    _prepare_postgresql(engine, url.query.get(PREPARED))
    _ping_after_idling(engine)
    return engine


def _prepare_postgresql(engine: Engine, prepared: Any) -> None:
    """Let every connection be in UTC, and without prepared statements where a pooler may lend it out in between.

    Both are done so that any pooler lets them through: it takes few options as a connection is made, but hears of a
    change of the time zone from the server, and sees to it that a client is always in the one it chose. Which
    statements a client has prepared only some know.
    """

    def to_connect(_: Any, __: Any, ___: Any, options: dict[str, Any]) -> None:
        options.pop(PREPARED, None)  # ours, not the server's

    def connected(driver: "psycopg.Connection[Any]", _: Any) -> None:
        driver.autocommit = True
        ((served_by,),) = driver.execute(
            "SELECT pg_backend_pid() FROM set_config('TimeZone', 'UTC', false)"
        ).fetchall()
        driver.autocommit = False
        # who is answered by another process than let it in speaks to a pooler
        if prepared == "no" or (prepared is None and served_by != driver.info.backend_pid):
            driver.prepare_threshold = None

    event.listen(engine, "do_connect", to_connect)
    event.listen(engine, "connect", connected)


def _ping_after_idling(engine: Engine) -> None:
    """Look whether a connection still stands when it has lain idle: a look at every use would cost a round trip."""

    def laid_down(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = monotonic()

    def taken_up(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        since = record.info.get("idle_since")
        if since is not None and monotonic() - since >= IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # the pool makes another one

    event.listen(engine, "checkin", laid_down)
    event.listen(engine, "checkout", taken_up)


def _prepare_sqlite(engine: Engine, synchronous: Synchronous) -> None:
    def connected(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            "recursive_triggers = ON",  # so that INSERT OR REPLACE can't slip past the trigger on events
            "cache_size = -65536",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", connected)


@contextmanager
def begun(engine: Engine, *, to_write: bool) -> Iterator[Connection]:
    """Give a connection in a transaction; commit when the block ends, roll back when it raises.

    On SQLite a writer takes its lock here, and waits here: taken later, it could only fail. The driver's own way
    begins too late, and never for reading. (No event listener does it: one would slow every statement down.)
    """
    began = monotonic()
    with engine.connect() as connection:
        try:
            with connection.begin():
                if engine.dialect.name == "sqlite":
                    begin_sqlite(sqlite_of(connection), "BEGIN IMMEDIATE" if to_write else "BEGIN")
                yield connection
        except BaseException:
            if engine.dialect.name == "sqlite":
                _end_sqlite(connection)
            raise
    if to_write and engine.dialect.name == "sqlite" and monotonic() - began > LONG_SECONDS:
        sleep(2 * LOOKS_EVERY)  # who waits looks now; who wrote a batch may have the next one to write


def _end_sqlite(connection: Connection) -> None:
    """Roll back on the driver where a commit failed: SQLAlchemy leaves that to the pool, which is told not to.

    Otherwise the file stays locked, and the next unit of work on this connection would commit what was given up.
    """
    if not connection.invalidated:
        sqlite_of(connection).rollback()


def sqlite_of(connection: Connection) -> sqlite3.Connection:
    """Give the driver's own connection to SQLite that is behind one of SQLAlchemy's."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)
