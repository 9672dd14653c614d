"""Bringing a database to the schema of this version."""

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, inspect, text

from caseclock.store.engines import begun, database_url, open_engine
from caseclock.store.protocol import NoDatabase
from caseclock.store.revision import HEAD, refuse_newer, revision_of
from caseclock.store.schema import metadata


def upgrade(url: str | URL) -> str:
    """Bring the database at `url` to this version's schema, making it where there is none; gives its revision.

    Raises DatabaseTooNew where a newer Caseclock made it. Two at once wait for each other.
    """
    engine = open_engine(database_url(url))
    try:
        return upgrade_engine(engine)
    finally:
        engine.dispose()


def current_revision(url: str | URL) -> str | None:
    """Say which revision the database at `url` has; None where it is empty."""
    engine = open_engine(database_url(url))
    try:
        with engine.connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> str:
    """Do as `upgrade`, on an engine that is open already."""
    with begun(engine, to_write=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('caseclock upgrade'))"))
        revision = revision_of(connection)
        if revision == HEAD:
            return HEAD
        if revision is not None:
            refuse_newer(revision)
        elif taken := sorted(set(inspect(connection).get_table_names()) & set(metadata.tables)):
            raise NoDatabase(
                f"Can't make a Caseclock database here: tables it did not make have its names ({', '.join(taken)}). "
                "Give it a database, or a PostgreSQL schema, of its own."
            )
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return HEAD


def migrations() -> Config:
    """Say to Alembic where the migrations are, in a checkout and in a wheel alike."""
    config = Config()
    config.set_main_option("script_location", "caseclock.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
