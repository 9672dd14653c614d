"""A unit of work that reads nothing, as PostgreSQL gets it: one statement on a connection that commits by itself."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from benchmarks.journeys import front_door
from sqlalchemy.exc import OperationalError

from caseclock.store.one_statement import SPELT_OUT
from caseclock.store.protocol import Breach, Case, CaseChanged, Episode, EventIdTaken, StoredTimer
from caseclock.store.sql import SqlStore
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine

NEW = Case("thurrock", "C-1042")


def driver_of(store: SqlStore) -> "psycopg.Connection[Any]":
    """Look at the connection that the store will use next."""
    lent = store.engine.raw_connection()
    driver = cast("psycopg.Connection[Any]", lent.driver_connection)
    lent.close()
    return driver


@pytest.mark.parametrize("count", [1, 2, SPELT_OUT, SPELT_OUT + 1, 40])
def test_any_number_of_rows_comes_back_as_it_was_written(
    postgres_store: SqlStore,
    event: Callable[..., Event],
    timer: Callable[..., StoredTimer],
    breach: Callable[..., Breach],
    episode: Callable[..., Episode],
    count: int,
) -> None:
    events = [event(f"e-{number}", because='says "no" \\ £5') for number in range(count)]
    timers = [
        timer(f"t-{number:02}", wake_at=None if number % 2 else timer().wake_at) for number in range(count)
    ]
    breaches = [breach(f"b-{number:02}") for number in range(count)]
    episodes = [episode(f"A-{number:02}") for number in range(count)]

    with postgres_store.transaction(reads=False) as work:
        work.append(NEW, events)
        work.write_timers(timers)
        work.write_breaches(breaches)
        work.write_episodes(episodes)

    with postgres_store.snapshot() as reading:
        kept = reading.events("thurrock", "C-1042")
        assert [replace(one, seq=place) for place, one in enumerate(events, 1)] == kept
        assert timers == reading.timers("thurrock", "C-1042")
        assert breaches == reading.breaches("thurrock", "C-1042")
        assert episodes == reading.episodes("thurrock", "C-1042")


def test_of_a_row_written_twice_the_last_one_stands(
    postgres_store: SqlStore, event: Callable[..., Event], episode: Callable[..., Episode]
) -> None:
    with postgres_store.transaction(reads=False) as work:
        work.append(NEW, [event()])
        work.write_episodes([episode(state="assessing"), episode(state="authorised")])

    with postgres_store.snapshot() as reading:
        assert ["authorised"] == [one.state for one in reading.episodes("thurrock", "C-1042")]


def test_nothing_is_left_of_a_unit_of_work_that_comes_too_late(
    postgres_store: SqlStore, event: Callable[..., Event], timer: Callable[..., StoredTimer]
) -> None:
    with postgres_store.transaction(reads=False) as work:
        work.append(NEW, [event("e-1")])

    def record_as_if_new() -> None:
        with postgres_store.transaction(reads=False) as work:
            work.append(NEW, [event("e-2")])
            work.write_timers([timer()])

    with pytest.raises(CaseChanged):
        record_as_if_new()
    with postgres_store.snapshot() as reading:
        assert ["e-1"] == [one.event_id for one in reading.events("thurrock", "C-1042")]
        assert [] == reading.timers("thurrock", "C-1042")


def test_a_connection_commits_by_itself_only_as_long_as_a_statement_needs_it(
    postgres_store: SqlStore, event: Callable[..., Event]
) -> None:
    with postgres_store.transaction(reads=False) as work:
        assert work.case("thurrock", "C-1042") is None
        work.append(NEW, [event("e-1")])
    assert not driver_of(postgres_store).autocommit

    def take_its_id() -> None:
        with postgres_store.transaction(reads=False) as work:
            work.append(Case("thurrock", "C-7"), [event("e-1", case_id="C-7")])

    with pytest.raises(EventIdTaken, match="by an event of case C-1042"):
        take_its_id()
    assert not driver_of(postgres_store).autocommit


def test_connections_that_were_cut_are_told_of_once_and_others_made(
    postgres_store: SqlStore, event: Callable[..., Event]
) -> None:
    with postgres_store.transaction(reads=False) as work:
        work.append(NEW, [event("e-1")])
    lent = [postgres_store.engine.raw_connection() for _ in range(3)]
    cut = [cast("psycopg.Connection[Any]", one.driver_connection).info.backend_pid for one in lent]
    for one in lent:
        one.close()
    with psycopg.connect(
        postgres_store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False),
        autocommit=True,
    ) as other:
        other.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", (cut,))

    def ask() -> Case | None:
        with postgres_store.transaction(reads=False) as work:
            return work.case("thurrock", "C-1042")

    with pytest.raises(OperationalError) as told:
        ask()
    assert told.value.connection_invalidated
    assert [1, 1, 1] == [found.version for found in (ask(), ask(), ask()) if found]


def test_an_event_on_a_case_that_is_not_at_hand_takes_three_round_trips(
    postgres_store: SqlStore, tmp_path: Path
) -> None:
    first, *later = front_door(1)
    told_before, told_last = later[:4], later[4]
    for one in (first, *told_before):
        Engine(postgres_store).record(one, at=one.recorded.latest())
    engine = Engine(postgres_store)
    elsewhere = replace(first, case_id="C-2", event_id="C-2/0")
    engine.record(elsewhere, at=elsewhere.recorded.latest())  # packs and calendar are known now
    trace = tmp_path / "trace.txt"

    with trace.open("w") as file:
        driver = driver_of(postgres_store)
        driver.pgconn.trace(file.fileno())
        engine.record(told_last, at=told_last.recorded.latest())
        driver.pgconn.untrace()

    # whether the case is there; all that is kept of it, as of one moment; and all that is written
    assert 3 == trace.read_text().count("ReadyForQuery")
    with postgres_store.snapshot() as reading:
        assert [*range(1, 7)] == [one.seq for one in reading.events(first.authority, first.case_id)]
