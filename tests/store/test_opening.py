"""Opening a store: which URLs, what is made, what is refused, and working inside a caller's own transaction."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from caseclock.store import engines
from caseclock.store.engines import database_url
from caseclock.store.protocol import (
    Case,
    CaseChanged,
    ConnectionOfTheStore,
    NoDatabase,
    StoreBusy,
)
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event

MakeEvent = Callable[..., Event]
NEW = Case("thurrock", "C-1042")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_of_naming_postgresql_is_taken(scheme: str) -> None:
    assert "postgresql+psycopg://clerk:secret@db/caseclock" == database_url(
        f"{scheme}://clerk:secret@db/caseclock"
    ).render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://db/caseclock", "of the kind 'mysql'"),
        ("caseclock.db", "is not a URL"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
        ("sqlite:////no/such/folder/caseclock.db", "there is no folder /no/such/folder"),
    ],
)
def test_other_urls_are_refused_with_what_to_do(url: str, why: str) -> None:
    with pytest.raises(NoDatabase, match=why):
        open_store(url)


def test_nothing_is_compiled_before_it_is_asked_for() -> None:
    asked = (
        "import caseclock.store.sql; from caseclock.store.prepared import prepared, prepared_from; "
        "print(prepared.cache_info().currsize, prepared_from.cache_info().currsize)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert "0 0\n" == told.stdout


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"Dear colleague, this is not a database. " * 50)

    with pytest.raises(NoDatabase, match="not a database"):
        open_store(f"sqlite:///{tmp_path / 'letter.db'}")


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="Can't open postgresql") as refused:
        open_store(f"postgresql://clerk:secret@/caseclock?host={tmp_path}")
    assert "secret" not in str(refused.value)


def test_a_missing_file_is_not_made_where_that_was_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "mistyped.db"

    with pytest.raises(NoDatabase, match=r"no Caseclock database at .*mistyped\.db.*`caseclock db upgrade`"):
        open_store(f"sqlite:///{file}", create=False)
    assert not file.exists()


def test_an_empty_database_is_not_given_tables_where_that_was_not_asked(empty_postgres_database: str) -> None:
    with pytest.raises(NoDatabase, match="caseclock db upgrade"):
        open_store(empty_postgres_database, create=False)


def test_sqlite_keeps_every_commit_through_a_loss_of_power_unless_told_otherwise(tmp_path: Path) -> None:
    def pragma(store: SqlStore, name: str) -> object:
        with store.engine.connect() as connection:
            return connection.scalar(text(f"PRAGMA {name}"))

    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        assert ("wal", 2) == (pragma(store, "journal_mode"), pragma(store, "synchronous"))
    with open_store(f"sqlite:///{tmp_path / 'a.db'}", synchronous="NORMAL") as store:
        assert ("wal", 1) == (pragma(store, "journal_mode"), pragma(store, "synchronous"))


def test_a_connection_cut_while_it_lay_idle_is_replaced_unseen(
    postgres_store: SqlStore, event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "IDLE_SECONDS", 0.0)
    with postgres_store.transaction() as work:
        one = work.append(NEW, [event("e-1")])
    others = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    with create_engine(postgres_store.engine.url, poolclass=NullPool).connect() as connection:
        assert [True] == list(connection.scalars(text(others)))

    with postgres_store.transaction() as work:
        work.append(one, [event("e-2")])

    with postgres_store.snapshot() as reading:
        assert 2 == len(reading.events("thurrock", "C-1042"))


def test_what_was_written_is_there_when_the_store_is_opened_again(sqlite_url: str, event: MakeEvent) -> None:
    with open_store(sqlite_url) as store, store.transaction() as work:
        work.append(NEW, [event()])

    with open_store(sqlite_url, create=False) as store, store.snapshot() as reading:
        assert [event(seq=1)] == reading.events("thurrock", "C-1042")


def test_work_inside_a_caller_s_own_transaction_is_committed_or_undone_with_it(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    own = create_engine(sql_store.engine.url, poolclass=NullPool)
    with own.begin() as connection:
        connection.execute(text("CREATE TABLE letters (body text)"))

    with own.connect() as connection:
        outer = connection.begin()
        connection.execute(text("INSERT INTO letters VALUES ('sent')"))
        with sql_store.transaction(connection) as work:
            work.append(NEW, [event()])
        outer.rollback()
    with sql_store.snapshot() as reading:
        assert reading.case("thurrock", "C-1042") is None

    with own.begin() as connection:
        connection.execute(text("INSERT INTO letters VALUES ('sent')"))
        with sql_store.transaction(connection) as work:
            work.append(NEW, [event()])
    with own.connect() as connection:
        assert ["sent"] == list(connection.scalars(text("SELECT body FROM letters")))
    with sql_store.snapshot() as reading:
        assert [event(seq=1)] == reading.events("thurrock", "C-1042")


def test_work_that_comes_first_in_a_caller_s_transaction_is_undone_with_it_too(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    own = create_engine(sql_store.engine.url, poolclass=NullPool)

    with own.connect() as connection:
        outer = connection.begin()
        with sql_store.transaction(connection) as work:
            work.append(NEW, [event()])
        outer.rollback()

    with sql_store.snapshot() as reading:
        assert reading.case("thurrock", "C-1042") is None


def test_a_refusal_inside_a_caller_s_transaction_undoes_only_the_block(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    with sql_store.transaction() as work:
        work.append(NEW, [event()])
    own = create_engine(sql_store.engine.url, poolclass=NullPool)

    def append_as_new(connection_work: SqlStore) -> None:
        with connection_work.transaction(connection) as work:
            work.append(Case("thurrock", "C-7"), [event("e-7", case_id="C-7")])
            work.append(NEW, [event("e-2")])

    with own.begin() as connection:
        connection.execute(text("CREATE TABLE letters (body text)"))
        with pytest.raises(CaseChanged):
            append_as_new(sql_store)
        connection.execute(text("INSERT INTO letters VALUES ('sent')"))

    with own.connect() as connection:
        assert ["sent"] == list(connection.scalars(text("SELECT body FROM letters")))
    with sql_store.snapshot() as reading:
        assert reading.case("thurrock", "C-7") is None


def test_a_connection_of_the_store_s_own_on_which_nothing_has_begun_is_refused(
    sqlite_store: SqlStore,
) -> None:
    """What was written on it before would be kept, whatever came after."""
    with (
        sqlite_store.engine.connect() as connection,
        pytest.raises(ConnectionOfTheStore, match="Make an engine of your own"),
        sqlite_store.transaction(connection),
    ):
        pass


def test_a_hosts_connection_waits_as_long_as_the_host_has_it_wait(
    sqlite_store: SqlStore, event: MakeEvent
) -> None:
    own = create_engine(sqlite_store.engine.url, connect_args={"timeout": 0.2})
    with own.connect() as connection, sqlite_store.transaction(connection) as unit:
        unit.append(NEW, [event()])
        assert 200 == connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()

    with (
        sqlite_store.transaction(),  # it holds the file
        own.connect() as connection,
        pytest.raises(StoreBusy, match=r"for 0\.2 seconds"),
        sqlite_store.transaction(connection),
    ):
        pass
    own.dispose()
