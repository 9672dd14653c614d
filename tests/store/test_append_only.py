"""The database itself refuses to change the event log, whoever asks."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from caseclock.store.protocol import Case
from caseclock.store.sql import SqlStore
from caseclock.timers.event import Event

MakeEvent = Callable[..., Event]


@pytest.fixture
def one_event(sql_store: SqlStore, event: MakeEvent) -> SqlStore:
    with sql_store.transaction() as work:
        work.append(Case("thurrock", "C-1042"), [event()])
    return sql_store


def attempt(store: SqlStore, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


def texts(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT because FROM events")))


@pytest.mark.parametrize(
    "statement", ["UPDATE events SET because = 'altered'", "DELETE FROM events"], ids=["update", "delete"]
)
def test_an_event_can_be_neither_changed_nor_deleted(one_event: SqlStore, statement: str) -> None:
    with pytest.raises(IntegrityError, match=r"append-only\. Record an EventCorrected or EventRetracted"):
        attempt(one_event, statement)

    with one_event.engine.connect() as connection:
        assert ["call from school"] == texts(connection)


def test_replacing_an_event_on_sqlite_is_refused_as_the_deletion_it_is(
    sqlite_store: SqlStore, event: MakeEvent
) -> None:
    with sqlite_store.transaction() as work:
        work.append(Case("thurrock", "C-1042"), [event()])

    with pytest.raises(IntegrityError, match="append-only"):
        attempt(sqlite_store, "INSERT OR REPLACE INTO events SELECT * FROM events")


def test_emptying_the_log_on_postgresql_is_refused(postgres_store: SqlStore) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        attempt(postgres_store, "TRUNCATE events")


def test_what_a_failing_statement_carried_is_not_told(sql_store: SqlStore) -> None:
    """An error may end in a log line, where nothing about a child belongs."""
    insert = text(
        "INSERT INTO cases (authority, case_id, version, head) VALUES ('thurrock', :case, 0, 'short')"
    )

    with sql_store.engine.connect() as connection, pytest.raises(IntegrityError) as refused:
        connection.execute(insert, {"case": "C-1042"})

    assert "C-1042" not in str(refused.value).split("DETAIL")[0]
