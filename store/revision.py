"""Which schema a database has, and whether this version of Caseclock can use it."""

from sqlalchemy import Connection, Text, column, inspect, select, table

from caseclock.store.protocol import DatabaseTooNew, DatabaseTooOld

#: the newest revision in migrations/versions; a test holds it so. Revisions are numbers of four digits, in order
HEAD = "0009"

#: its own name, so that Caseclock can share a database with an application that uses Alembic too
VERSION_TABLE = "caseclock_version"

_REVISION = select(column("version_num", Text)).select_from(table(VERSION_TABLE))


def revision_of(connection: Connection) -> str | None:
    """Say which revision a database has; None where Caseclock's tables are not in it."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(_REVISION)
    return revision


def check_revision(connection: Connection) -> bool:
    """Say whether the database has this version's schema; False where it is empty.

    Raises DatabaseTooNew or DatabaseTooOld where it has another.
    """
    revision = revision_of(connection)
    if revision is None or revision == HEAD:
        return revision is not None
    refuse_newer(revision)
    raise DatabaseTooOld(
        f"This database has revision {revision}, and this Caseclock needs {HEAD}. "
        "Make a copy of it, then run `caseclock db upgrade`."
    )


def refuse_newer(revision: str) -> None:
    """Raise DatabaseTooNew where a revision is beyond those this version knows."""
    if revision > HEAD:
        raise DatabaseTooNew(
            f"This database has revision {revision}, which this Caseclock does not know (it goes up to {HEAD}): "
            "a newer version made it. Install that version; nothing was changed."
        )
