"""The migrations make the tables that schema.py tells of, and a database that does not fit is refused."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Text, column, create_engine, table, text
from sqlalchemy.pool import NullPool

from caseclock.store.protocol import DatabaseTooNew, DatabaseTooOld, NoDatabase
from caseclock.store.revision import HEAD, VERSION_TABLE
from caseclock.store.schema import metadata
from caseclock.store.sql import open_store
from caseclock.store.upgrade import current_revision, migrations, upgrade
from caseclock.store.views import make_views


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgres_database"
    url: str = request.getfixturevalue(name)
    return url


def engine_for(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def run(url: str, statement: str) -> None:
    with engine_for(url).begin() as connection:
        connection.execute(text(statement))


def pretend(url: str, revision: str) -> None:
    """Make a database say that it has another revision."""
    version = table(VERSION_TABLE, column("version_num", Text))
    with engine_for(url).begin() as connection:
        connection.execute(version.update().values(version_num=revision))


_POSTGRES_DEFINITIONS = """
    SELECT 'column', table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
        || coalesce(collation_name, '') || ' ' || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


def _plain(definition: str) -> str:
    """Leave out spaces that mean nothing: SQLite keeps a definition as it was written, and adds to it."""
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(definition.split()))


def definitions(url: str) -> set[str]:
    """Give every definition in the database that is not the migrations' own bookkeeping."""
    postgres = url.startswith("postgresql")
    wanted = (
        _POSTGRES_DEFINITIONS if postgres else "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL"
    )
    with engine_for(url).connect() as connection:
        rows = [f"{kind}: {_plain(str(what))}" for kind, what in connection.execute(text(wanted))]
    return {
        row
        for row in rows
        if VERSION_TABLE not in row and "trigger:" not in row and "sqlite_sequence" not in row
    }


def test_head_is_the_newest_revision() -> None:
    assert HEAD == ScriptDirectory.from_config(migrations()).get_current_head()


def test_revisions_are_numbers_in_order_so_that_newer_ones_can_be_told() -> None:
    revisions = [script.revision for script in ScriptDirectory.from_config(migrations()).walk_revisions()]

    assert sorted(revisions, reverse=True) == revisions
    assert all(re.fullmatch(r"\d{4}", revision) for revision in revisions)


def test_alembic_finds_nothing_to_change_after_an_upgrade(empty_url: str) -> None:
    upgrade(empty_url)

    with engine_for(empty_url).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert [] == compare_metadata(context, metadata)


def test_the_migrated_tables_are_defined_exactly_as_the_schema_defines_them(empty_url: str) -> None:
    upgrade(empty_url)
    migrated = definitions(empty_url)
    with engine_for(empty_url).begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)

    assert definitions(empty_url) == migrated


def test_upgrading_twice_is_upgrading_once(empty_url: str) -> None:
    assert current_revision(empty_url) is None
    assert HEAD == upgrade(empty_url)
    assert HEAD == upgrade(empty_url) == current_revision(empty_url)


def test_a_newer_database_is_neither_opened_nor_upgraded(empty_url: str) -> None:
    upgrade(empty_url)
    pretend(empty_url, "9999")

    with pytest.raises(DatabaseTooNew, match=r"revision 9999.*newer version made it\. Install that version"):
        open_store(empty_url)
    with pytest.raises(DatabaseTooNew, match="nothing was changed"):
        upgrade(empty_url)


def test_an_older_database_is_refused_and_told_how_to_go_on(empty_url: str) -> None:
    upgrade(empty_url)
    pretend(empty_url, "0000")

    with pytest.raises(DatabaseTooOld, match=rf"revision 0000.*needs {HEAD}.*`caseclock db upgrade`"):
        open_store(empty_url)


def test_tables_that_caseclock_did_not_make_are_left_alone(empty_url: str) -> None:
    run(empty_url, "CREATE TABLE cases (id integer)")

    with pytest.raises(NoDatabase, match=r"tables it did not make have its names \(cases\)"):
        open_store(empty_url)
    assert current_revision(empty_url) is None


def test_a_migration_that_fails_half_way_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    # a view is in the way of the second table to be made, and of none of the checks before
    run(sqlite_url, "CREATE VIEW events AS SELECT 1 AS one")

    with pytest.raises(Exception, match="events"):
        upgrade(sqlite_url)

    with sqlite3.connect(tmp_path / "caseclock.db") as connection:
        assert [("events",)] == connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()


def test_an_upgrade_leaves_the_views_that_other_tools_read(empty_postgres_database: str) -> None:
    with engine_for(empty_postgres_database).begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        make_views(connection)
    before = definitions(empty_postgres_database)

    upgrade(empty_postgres_database)

    with engine_for(empty_postgres_database).connect() as connection:
        assert [] == connection.execute(text("SELECT * FROM v_breaches")).all()
    changed = {one.partition(" ")[2] for one in definitions(empty_postgres_database) ^ before}
    assert {"breaches.timer_id text NO C", "v_breaches.timer_id text YES C"} <= changed
