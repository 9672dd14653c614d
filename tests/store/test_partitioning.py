"""Dividing a database that is in use: nothing is lost or doubled, whatever is written meanwhile or breaks it off."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from benchmarks.journeys import AUTHORITY, front_door
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from caseclock.store import partitioning
from caseclock.store.partition_copying import copy_next, copy_noted
from caseclock.store.partition_tables import OF_CASES, In
from caseclock.store.partitioning import CannotPartition, give_up, partition
from caseclock.store.schema import metadata
from caseclock.store.sql import SqlStore, open_store
from caseclock.store.upgrade import upgrade
from caseclock.store.views import VIEWS, make_views
from caseclock.workflow.engine import Engine as Recorder
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

NOW = datetime(2026, 1, 5, tzinfo=UTC)
#: cases of two authorities, some of whose timers ran out
CASES = 12


@pytest.fixture
def in_use(postgres_store: SqlStore) -> SqlStore:
    """A database with cases of two authorities, their timers and breaches."""
    recorder = Recorder(postgres_store)
    for authority in (AUTHORITY, "kent"):
        for number in range(CASES // 2):
            told = front_door(number, authority=authority)
            recorder.record(*told[:5], at=told[4].recorded.latest())
    sweep(recorder, NOW)
    return postgres_store


def write_more(store: SqlStore, number: int) -> None:
    """Record what came next on a case, with an engine of its own, and open a case that was not there."""
    recorder = Recorder(store)
    told = front_door(number)
    recorder.record(*told[5:], at=NOW)
    new = front_door(100 + number)
    recorder.record(*new[:3], at=NOW)


def is_sound(store: SqlStore) -> bool:
    """Say whether everything stored is as the logs have it, once what ran out has been raised."""
    recorder = Recorder(store)
    sweep(recorder, NOW)
    return verify(recorder, NOW).findings == ()


def rows(store: SqlStore, schema: str = "public") -> dict[str, list[str]]:
    """Give every row of every table of cases, as text, in order."""
    with store.engine.connect() as connection:
        return {
            table: sorted(connection.scalars(text(f"SELECT t::text FROM {schema}.{table} t")))  # noqa: S608
            for table in OF_CASES
        }


def scalars(store: SqlStore, query: str) -> list[Any]:
    with store.engine.connect() as connection:
        return list(connection.scalars(text(query)))


def attempt(store: SqlStore, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


def is_divided(store: SqlStore) -> bool:
    found = scalars(store, "SELECT relkind::text FROM pg_class WHERE oid = 'public.events'::regclass")
    return ["p"] == found


@pytest.fixture
def dies_at(postgres_database: str) -> Iterator[Callable[[int], Engine]]:
    """Make an engine whose connections break at the given change to the database, counted from the first."""
    made: list[Engine] = []

    def make(which: int) -> Engine:
        engine = create_engine(postgres_database.replace("postgresql:", "postgresql+psycopg:"))
        count = 0

        @event.listens_for(engine, "before_cursor_execute")
        def break_off(_c: object, _k: object, statement: str, *_: object) -> None:
            nonlocal count
            if not statement.startswith("SELECT"):
                count += 1
            if count >= which:
                raise ConnectionError("The machine went down.")

        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.dispose()


def test_every_row_is_in_partitions_and_the_old_tables_are_kept(in_use: SqlStore) -> None:
    before = rows(in_use)
    done = partition(in_use.engine, 4, cases_at_once=5)

    assert is_divided(in_use)
    assert before == rows(in_use)
    assert {table: len(found) for table, found in before.items()} == done.rows
    assert before == rows(in_use, str(done.kept_in))
    assert is_sound(in_use)
    write_more(in_use, 1)
    assert is_sound(in_use)


def test_an_authority_is_in_one_partition(in_use: SqlStore) -> None:
    partition(in_use.engine, 4)

    for table in ("events", "timers"):
        found = scalars(in_use, f"SELECT count(DISTINCT tableoid) FROM {table} GROUP BY authority")  # noqa: S608
        assert [1, 1] == found
        plan = scalars(in_use, f"EXPLAIN SELECT * FROM {table} WHERE authority = 'kent' AND case_id = 'C-1'")  # noqa: S608
        assert 1 == len({word for line in plan for word in line.split() if word.startswith(f"{table}_p")})


def test_what_is_written_between_any_two_steps_is_there_afterwards(
    in_use: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes goes on as before, on cases copied, on cases not copied yet, and on new ones."""
    number = iter(range(CASES // 2))
    step = copy_next

    def copy_and_write(*args: object) -> object:
        written = step(*args)  # type: ignore[arg-type]
        if (nth := next(number, None)) is not None:
            # on another connection while this step is not committed, as a writer would
            write_more(in_use, nth)
        return written

    monkeypatch.setattr(partitioning, "copy_next", copy_and_write)
    partition(in_use.engine, 3, cases_at_once=3)

    assert is_sound(in_use)
    assert CASES + 5 <= len(scalars(in_use, "SELECT case_id FROM cases"))


def test_broken_off_anywhere_it_goes_on_where_it_was(
    in_use: SqlStore, dies_at: Callable[[int], Engine]
) -> None:
    before = rows(in_use)
    died = 0
    for which in (1, 10, 40, 52, 60, 3, 9, 15, 21, 30, 40):
        if is_divided(in_use):
            break
        with pytest.raises(ConnectionError, match="went down"):
            partition(dies_at(which), 2, cases_at_once=4)
        died += 1
        assert is_sound(in_use)

    partition(in_use.engine, 2, cases_at_once=4)

    assert died > 8
    assert before == rows(in_use)


def test_the_log_in_partitions_is_only_ever_added_to(in_use: SqlStore) -> None:
    partition(in_use.engine, 2)

    for statement in (
        "UPDATE events SET because = 'altered'",
        "DELETE FROM events",
        "TRUNCATE events",
        "DELETE FROM events_p000",
        "TRUNCATE events_p001",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            attempt(in_use, statement)


def test_keys_indexes_checks_and_rights_are_what_they_were(in_use: SqlStore) -> None:
    attempt(in_use, "CREATE ROLE reader_of_one_table")
    try:
        attempt(in_use, "GRANT SELECT ON timers TO reader_of_one_table")
        told = """
            SELECT replace(replace(indexdef, 'public.', ''), ' ONLY ', ' ') FROM pg_indexes
                WHERE schemaname = 'public' AND tablename !~ '_p[0-9]{3}$'
            UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ '_p[0-9]{3}$'
            UNION ALL SELECT table_name || column_name || data_type || is_nullable || coalesce(collation_name, '')
                FROM information_schema.columns WHERE table_schema = 'public' AND table_name !~ '_p[0-9]{3}$'
            UNION ALL SELECT table_name || grantee || privilege_type FROM information_schema.role_table_grants
                WHERE grantee = 'reader_of_one_table' AND table_schema = 'public'
        """
        before = sorted(scalars(in_use, told))
        assert "timersreader_of_one_tableSELECT" in before
        partition(in_use.engine, 2)

        assert before == sorted(scalars(in_use, told))
    finally:
        attempt(in_use, "DROP OWNED BY reader_of_one_table")
        attempt(in_use, "DROP ROLE reader_of_one_table")


def test_views_read_the_new_tables(in_use: SqlStore) -> None:
    with in_use.engine.begin() as connection:
        make_views(connection)
    partition(in_use.engine, 2)
    write_more(in_use, 0)

    for view, table in zip(VIEWS, ("cases", "timers", "breaches"), strict=True):
        one, other = (scalars(in_use, f"SELECT count(*) FROM {name}") for name in (view, table))  # noqa: S608
        assert one == other


def test_a_view_of_somebodys_own_is_not_left_reading_the_old_tables(in_use: SqlStore) -> None:
    attempt(in_use, "CREATE VIEW of_kent AS SELECT * FROM timers WHERE authority = 'kent'")

    with pytest.raises(CannotPartition, match=r"views of your own read the tables \(of_kent\)"):
        partition(in_use.engine, 2)
    assert not is_divided(in_use)


def test_done_once_it_is_done(in_use: SqlStore) -> None:
    first = partition(in_use.engine, 3)
    again = partition(in_use.engine, 5)

    assert [(3, True), (3, False)] == [(one.parts, one.kept_in is not None) for one in (first, again)]
    assert not give_up(in_use.engine)


def test_what_was_begun_can_be_given_up_and_begun_otherwise(
    in_use: SqlStore, dies_at: Callable[[int], Engine]
) -> None:
    with pytest.raises(ConnectionError):
        partition(dies_at(90), 2, cases_at_once=2)
    with pytest.raises(CannotPartition, match="begun with 2"):
        partition(in_use.engine, 4)

    assert give_up(in_use.engine)
    write_more(in_use, 2)
    assert 4 == partition(in_use.engine, 4).parts
    assert is_sound(in_use)


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        ("DROP SCHEMA public_partitioning CASCADE", "somebody else was partitioning"),
        ("UPDATE caseclock_version SET version_num = '9998'", "was upgraded since"),
    ],
    ids=["ended by another", "upgraded"],
)
def test_what_others_did_meanwhile_to_the_whole_database_stops_it(
    in_use: SqlStore, monkeypatch: pytest.MonkeyPatch, meanwhile: str, told: str
) -> None:
    def all_copied(connection: Connection, here: In, building: In) -> int:
        left = copy_noted(connection, here, building)
        connection.execute(text(meanwhile))
        return left

    monkeypatch.setattr(partitioning, "copy_noted", all_copied)
    with pytest.raises(CannotPartition, match=told):
        partition(in_use.engine, 2)
    assert not is_divided(in_use)


def test_rows_lost_on_the_way_are_noticed_before_anything_changes_place(
    in_use: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = copy_next

    def copy_and_lose(connection: object, *rest: object) -> object:
        copied = last(connection, *rest)  # type: ignore[arg-type]
        if copied is None:
            connection.execute(text("DELETE FROM public_partitioning.timers"))  # type: ignore[attr-defined]
        return copied

    monkeypatch.setattr(partitioning, "copy_next", copy_and_lose)
    with pytest.raises(CannotPartition, match=r"the table timers has .* rows, and 0 were copied"):
        partition(in_use.engine, 2)
    assert not is_divided(in_use)
    assert is_sound(in_use)


def test_a_schema_of_the_hosts_own_name_is_divided_where_it_is(empty_postgres_database: str) -> None:
    own = make_url(empty_postgres_database)
    plain = create_engine(own, poolclass=NullPool)
    with plain.begin() as connection:
        connection.execute(text('CREATE SCHEMA "Case work"'))
        connection.execute(text(f'ALTER DATABASE {own.database} SET search_path = "Case work"'))
    upgrade(own)
    with open_store(own) as store:
        told = front_door(1)
        Recorder(store).record(*told, at=told[-1].recorded.latest())
        done = partition(store.engine, 2)

        assert "Case work_unpartitioned" == done.kept_in
        assert is_sound(store)
        assert ["p"] == scalars(store, "SELECT relkind::text FROM pg_class WHERE oid = to_regclass('events')")


#: short, or not growing with the cases' events: why is said in ADR 22
LEFT_WHOLE = {
    "adopted_packs", "api_tokens", "board_figures", "breach_proposals", "broken_glass", "calendar_days", "desk_audit",
    "desk_sessions", "forecasts", "imports", "outbox", "outbox_deliveries", "outbox_recipients", "outbox_turns",
    "quarantine", "restricted_cases", "restricted_readers", "saved_views", "timer_chances",
}  # fmt: skip


def test_of_every_table_it_was_decided_whether_it_is_divided() -> None:
    assert set(metadata.tables) == LEFT_WHOLE | set(OF_CASES)


def test_sqlite_is_refused_in_a_sentence(sqlite_store: SqlStore) -> None:
    for ask in (lambda: partition(sqlite_store.engine), lambda: give_up(sqlite_store.engine)):
        with pytest.raises(CannotPartition, match="one file with one writer"):
            ask()


@pytest.mark.parametrize("parts", [1, 1000])
def test_a_number_of_partitions_that_makes_no_sense_is_refused(in_use: SqlStore, parts: int) -> None:
    with pytest.raises(CannotPartition, match=f"Can't make {parts} partitions"):
        partition(in_use.engine, parts)
    assert not is_divided(in_use)
