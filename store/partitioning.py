# ruff: noqa: S608 - the names in its statements come from the catalogue, and are quoted
"""Dividing the tables of cases into partitions by authority on PostgreSQL, while others go on writing.

New tables are filled beside the old ones, some hundred cases to a transaction; triggers note what is written to
meanwhile, and that is copied again. At the end the two change places under a lock, once their rows were counted.
What was broken off goes on where it stopped. The old tables are kept in a schema of their own.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from caseclock.store.engines import begun
from caseclock.store.partition_copying import NOTED, copy_next, copy_noted
from caseclock.store.partition_tables import (
    OF_CASES,
    In,
    is_divided,
    make_like,
    partitions_of,
    rights,
    run,
    triggers,
    views_on,
)
from caseclock.store.revision import revision_of
from caseclock.store.views import VIEWS, drop_views, make_views

#: partitions unless told otherwise: a tenth as many as England has authorities
PARTS = 16
#: cases copied in one transaction
CASES = 500
#: how long the change of places waits for the writers of the moment, who wait behind it, before it lets them by
_WAIT = "5s"
_TRIES = 20
#: what PostgreSQL says of one who waited too long, and of two who wait for each other
_IN_THE_WAY = ("55P03", "40P01")

#: told how many cases have been copied, of how many
Progress = Callable[[int, int], None]


class CannotPartition(RuntimeError):
    """The tables can't be divided, or not now. Says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Partitioned:
    """What came of it."""

    parts: int
    #: how many rows each table has, where they were divided now
    rows: dict[str, int]
    #: the schema that keeps the tables as they were; None where they were in partitions before
    kept_in: str | None


def partition(
    engine: Engine, parts: int = PARTS, *, cases_at_once: int = CASES, progress: Progress | None = None
) -> Partitioned:
    """Divide the tables of cases by authority, or go on with what was begun; nothing where it was done.

    Raises CannotPartition.
    """
    _refuse_sqlite(engine)
    write: Callable[[], AbstractContextManager[Connection]] = partial(begun, engine, to_write=True)
    with write() as connection:
        here, building = _schemas(connection)
        if is_divided(connection, here):
            return Partitioned(_parts(connection, here), {}, None)
        _check(connection, here)
        if _has(connection, building):
            _check_begun(connection, building, parts)
        else:
            _begin(connection, here, building, parts)
        count = connection.scalar(text(f"SELECT count(*) FROM {here['cases']}")) or 0
    done = 0
    while True:
        with write() as connection:
            copied = copy_next(connection, here, building, cases_at_once)
        if copied is None:
            break
        done += copied
        if progress:
            progress(done, max(count, done))
    while _left(write, here, building) > NOTED:
        pass
    rows, kept = _change_places(write, here, building, parts)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for table in OF_CASES:  # nobody does it for a table in partitions
            run(connection, f"ANALYZE {here[table]}")
    return Partitioned(parts, rows, kept.name)


def give_up(engine: Engine) -> bool:
    """Take away what was begun and not ended; False where nothing was. The tables stay as they are."""
    _refuse_sqlite(engine)
    with begun(engine, to_write=True) as connection:
        _, building = _schemas(connection)
        if not _has(connection, building):
            return False
        run(connection, f"DROP SCHEMA {building} CASCADE")
    return True


def _refuse_sqlite(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        raise CannotPartition(
            "Can't partition an SQLite database: it is one file with one writer, and partitions would gain it nothing. "
            "Use PostgreSQL for a national table, or a file for each authority."
        )


def _schemas(connection: Connection) -> tuple[In, In]:
    """Give the schema the tables are in, and that in which they are made anew. One at a time: others wait here."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('caseclock upgrade'))"))
    name = connection.scalar(text("SELECT current_schema()"))
    return In(str(name)), In(f"{name}_partitioning")


def _has(connection: Connection, schema: In) -> bool:
    return bool(connection.scalar(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": str(schema)}))


def _parts(connection: Connection, here: In) -> int:
    count = text("SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass(:table)")
    return int(connection.scalar(count, {"table": here["cases"]}) or 0)


def _check(connection: Connection, here: In) -> None:
    if strange := [view for view in views_on(connection, here) if view not in VIEWS]:
        raise CannotPartition(
            f"Can't partition: views of your own read the tables ({', '.join(strange)}), and would go on reading the "
            "old ones. Drop them, partition, and make them again."
        )
    kept = _kept(here)
    if _has(connection, kept):
        raise CannotPartition(
            f"Can't partition: the schema {kept.name}, which is to keep the tables as they were, is there already. "
            f"Look at what is in it; where nobody needs it, DROP SCHEMA {kept} CASCADE."
        )


def _kept(here: In) -> In:
    return In(f"{here.name}_unpartitioned")


def _begin(connection: Connection, here: In, building: In, parts: int) -> None:
    if not 2 <= parts <= 999:
        raise CannotPartition(f"Can't make {parts} partitions. Give a number from 2 to 999.")
    run(connection, f"CREATE SCHEMA {building}")
    for table in OF_CASES:
        make_like(connection, table, here, building, parts)
    run(
        connection,
        f"CREATE TABLE {building['begun']} (parts integer NOT NULL, revision text NOT NULL, authority text COLLATE "
        '"C", case_id text COLLATE "C", ended boolean NOT NULL DEFAULT false)',
    )
    connection.execute(
        text(f"INSERT INTO {building['begun']} (parts, revision) VALUES (:parts, :revision)"),
        {"parts": parts, "revision": revision_of(connection)},
    )
    run(
        connection,
        f"CREATE TABLE {building['noted']} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
        "authority text NOT NULL, case_id text NOT NULL)",
    )
    # with its maker's rights: who writes to the tables need not have any here
    run(
        connection,
        f"CREATE FUNCTION {building['note']}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        "SET search_path = pg_catalog AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN INSERT INTO {building['noted']} (authority, case_id) "
        "VALUES (OLD.authority, OLD.case_id); END IF; "
        f"IF TG_OP <> 'DELETE' THEN INSERT INTO {building['noted']} (authority, case_id) "
        "VALUES (NEW.authority, NEW.case_id); END IF; RETURN NULL; END $$",
    )
    for table in OF_CASES:  # waits for those who write just now: whoever writes later is noted
        run(
            connection,
            f"CREATE TRIGGER caseclock_partitioning AFTER INSERT OR UPDATE OR DELETE ON {here[table]} "
            f"FOR EACH ROW EXECUTE FUNCTION {building['note']}()",
        )


def _check_begun(connection: Connection, building: In, parts: int) -> None:
    if not _has(connection, building):
        raise CannotPartition(
            "Can't go on: somebody else was partitioning this database too, and has ended or given up. "
            "Call it again to see which; nothing was changed here."
        )
    begun_with = connection.execute(text(f"SELECT parts, revision FROM {building['begun']}")).one()
    if begun_with.revision != revision_of(connection):
        raise CannotPartition(
            f"Can't go on: the database was upgraded since partitioning began at revision {begun_with.revision}. "
            "Give up what was begun (`caseclock db partition --give-up`), and begin again."
        )
    if begun_with.parts != parts:
        raise CannotPartition(
            f"Can't go on with {parts} partitions: it was begun with {begun_with.parts}. Go on with these, or give up "
            "what was begun (`caseclock db partition --give-up`)."
        )


def _left(write: Callable[[], AbstractContextManager[Connection]], here: In, building: In) -> int:
    """Copy again some of what was written to meanwhile; gives how much that was."""
    with write() as connection:
        return copy_noted(connection, here, building)


def _change_places(
    write: Callable[[], AbstractContextManager[Connection]], here: In, building: In, parts: int
) -> tuple[dict[str, int], In]:
    """Put the new tables in the place of the old; tried again where writers were in the way."""
    for left in reversed(range(_TRIES)):
        try:
            with write() as connection:
                return _changed(connection, here, building, parts)
        except DBAPIError as error:
            if left == 0 or getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                raise
    raise AssertionError("The last try returns or raises.")


def _changed(connection: Connection, here: In, building: In, parts: int) -> tuple[dict[str, int], In]:
    _schemas(connection)  # nobody upgrades or partitions from here on
    _check_begun(connection, building, parts)
    run(connection, f"SET LOCAL lock_timeout = '{_WAIT}'")
    run(connection, f"LOCK TABLE {', '.join(here[table] for table in OF_CASES)} IN ACCESS EXCLUSIVE MODE")
    while copy_noted(connection, here, building):
        pass
    rows = {}
    for table in OF_CASES:
        count, copied = (
            connection.scalar(text(f"SELECT count(*) FROM {schema[table]}")) or 0
            for schema in (here, building)
        )
        if count != copied:
            raise CannotPartition(
                f"Can't partition: the table {table} has {count:,} rows, and {copied:,} were copied. Nothing was "
                "changed. Give up what was begun (`caseclock db partition --give-up`), and begin again."
            )
        rows[table] = count
    run(connection, f"DROP FUNCTION {building['note']}() CASCADE")
    views = views_on(connection, here)
    granted = [grant for view in views for grant in rights(connection, here[view], here[view])]
    if views:
        drop_views(connection)
    kept = _kept(here)
    run(connection, f"CREATE SCHEMA {kept}")
    for table in OF_CASES:
        _move(connection, table, here, building, kept)
    if views:
        make_views(connection)
        for grant in granted:
            run(connection, grant)
    run(connection, f"DROP SCHEMA {building} CASCADE")
    return rows, kept


def _move(connection: Connection, table: str, here: In, building: In, kept: In) -> None:
    guards = triggers(connection, table, here, building)
    run(connection, f"ALTER TABLE {here[table]} SET SCHEMA {kept}")
    for guard in guards:
        run(connection, guard)
    for one in (table, *partitions_of(connection, building, table)):
        run(connection, f"ALTER TABLE {building[one]} SET SCHEMA {here}")
