"""The floor that recording is held against does all the writing that recording does, and leaves the same rows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from benchmarks.floor import Write, open_floor, rows_written, write_rows
from benchmarks.floor_postgresql import as_statements, write_statements
from benchmarks.journeys import as_written
from sqlalchemy import Table, make_url, select

from caseclock.store.desk_tables import case_facts
from caseclock.store.outbox_tables import outbox
from caseclock.store.schema import cases, episodes, events, timers
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine

TOLD = as_written(4)
WRITTEN: tuple[Table, ...] = (cases, events, episodes, timers, outbox, case_facts)


def rows_of(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    with store.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table)).all()), key=str)
            for table in WRITTEN
        }


def by_core(url: str, units: Sequence[Sequence[Write]]) -> None:
    floor = open_floor(url)
    write_rows(floor, units)
    floor.dispose()


def by_one_statement_each(url: str, units: Sequence[Sequence[Write]]) -> None:
    driver = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(driver, autocommit=True) as connection:
        write_statements(connection, as_statements(units))


@pytest.fixture
def on_sqlite(tmp_path: Path) -> tuple[str, str]:
    return f"sqlite:///{tmp_path / 'recorded.db'}", f"sqlite:///{tmp_path / 'floor.db'}"


@pytest.fixture
def on_postgresql(postgres_database: str, empty_postgres_database: str) -> tuple[str, str]:
    return postgres_database, empty_postgres_database


@pytest.mark.parametrize(
    ("databases", "write"),
    [
        pytest.param("on_sqlite", by_core, id="SQLite"),
        pytest.param("on_postgresql", by_core, id="PostgreSQL"),
        pytest.param("on_postgresql", by_one_statement_each, id="PostgreSQL, one statement each"),
    ],
)
def test_the_floor_leaves_the_rows_that_recording_leaves(
    databases: str, write: Callable[[str, Sequence[Sequence[Write]]], None], request: pytest.FixtureRequest
) -> None:
    recorded, floor = request.getfixturevalue(databases)
    with open_store(recorded) as store, open_store(floor) as other:
        engine = Engine(store)
        for event in TOLD:
            engine.record(event, at=event.recorded.latest())

        write(floor, rows_written(TOLD))

        assert all(rows_of(store).values())
        assert rows_of(store) == rows_of(other)
