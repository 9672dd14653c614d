"""Two authorities in one PostgreSQL: neither sees a row of the other, and neither waits for it."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from benchmarks.journeys import front_door
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.bulk import take_in_several
from caseclock.workflow.engine import Engine as Recorder
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

NOW = datetime(2026, 1, 5, tzinfo=UTC)
WHO = ("kent", "thurrock")
#: cases recorded event by event, and as many brought in together; both authorities call theirs by the same names
CASES = 12


def tell(store: Store, authority: str) -> None:
    """Record some cases event by event, bring others in together, and raise what ran out."""
    recorder = Recorder(store)
    for number in range(CASES):
        for told in front_door(number, authority=authority):
            recorder.record(told, at=told.recorded.latest())
    others = [front_door(number, authority=authority) for number in range(CASES, 2 * CASES)]
    take_in_several(recorder, authority, {some[0].case_id: [[one] for one in some] for some in others}, NOW)


def contact(authority: str, case_id: str, event_id: str) -> Event:
    """Tell of a contact, in an episode of its own."""
    first = front_door(0, authority=authority)[0]
    return replace(first, case_id=case_id, event_id=event_id, episode_id=f"R-{event_id}")


def in_its_own_process(url: str, authority: str) -> None:
    with open_store(url) as store:
        tell(store, authority)


def seen_by(store: Store, authority: str) -> dict[str, Any]:
    """Give all that the store tells somebody who asks for one authority."""
    with store.snapshot() as unit:
        names = [case_id for _, case_id in unit.case_ids(authority)]
        return {
            "cases": [unit.case(authority, name) for name in names],
            "events": [unit.events(authority, name) for name in names],
            "episodes": [unit.episodes(authority, name) for name in names],
            "timers": sorted(unit.all_timers(authority), key=lambda kept: kept.timer.timer_id),
            "breaches": sorted(unit.all_breaches(authority), key=lambda breach: breach.breach_id),
            "facts": [unit.facts(authority, name) for name in names],
            "imports": list(unit.imports(authority)),
            "quarantined": list(unit.quarantined(authority)),
        }


@pytest.fixture(params=["postgres_database", "partitioned_database"], ids=["whole", "partitioned"])
def url(request: pytest.FixtureRequest) -> str:
    given: str = request.getfixturevalue(request.param)
    return given


@pytest.fixture
def watching(url: str) -> Iterator[list[str]]:
    """Look all the time whether anyone waits for another's lock; afterwards the list says who did, and for what."""
    waited: list[str] = []
    looks = 0
    done = Flag()
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    query = text(
        "SELECT locktype || ' ' || mode || ': ' || left(query, 80) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        # how a table's file grows and pages are written is the floor's own
        "WHERE NOT granted AND locktype IN ('relation', 'transactionid', 'tuple', 'advisory', 'virtualxid') "
        "AND datname = current_database()"
    )

    def look() -> None:
        nonlocal looks
        with engine.connect() as connection:
            while not done.is_set():
                waited.extend(connection.scalars(query))
                looks += 1

    thread = Thread(target=look)
    thread.start()
    yield waited
    done.set()
    thread.join()
    assert looks > 20


@pytest.mark.slow
def test_two_that_hammer_one_database_are_as_if_each_were_alone(url: str, watching: list[str]) -> None:
    spawning = multiprocessing.get_context("spawn")
    processes = [spawning.Process(target=in_its_own_process, args=(url, who)) for who in WHO]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [0, 0] == [process.exitcode for process in processes]
    assert [] == watching
    with open_store(url) as store:
        sweep(Recorder(store), NOW)
        for who in WHO:
            alone = InMemoryStore()
            tell(alone, who)
            sweep(Recorder(alone), NOW)
            assert seen_by(alone, who) == seen_by(store, who)
        assert () == verify(Recorder(store), NOW).findings


def test_nothing_an_authority_does_waits_for_what_another_has_not_ended(url: str) -> None:
    """One holds every lock it takes, for as long as it likes; the other would be told after a fifth of a second."""
    one, hurried = open_store(url), open_store(url)
    _give_up_waiting(hurried.engine)
    with one, hurried:
        tell(one, "kent")
        tell(hurried, "thurrock")
        with one.transaction() as held:
            recorder = Recorder(one)
            recorder.record(contact("kent", "C-0000000", "e-1"), at=NOW, transaction=held)
            recorder.take_in_with(held, "kent", "C-new", [[contact("kent", "C-new", "e-2")]], NOW)
            assert held.claim_due(NOW, 1)

            Recorder(hurried).record(contact("thurrock", "C-0000000", "e-1"), at=NOW)
            new = {
                f"C-{number}": [[contact("thurrock", f"C-{number}", f"n-{number}")]] for number in range(20)
            }
            take_in_several(
                Recorder(hurried), "thurrock", new | {"C-new": [[contact("thurrock", "C-new", "e-2")]]}, NOW
            )
            swept = sweep(Recorder(hurried), NOW)
        assert swept.raised > CASES


def _give_up_waiting(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.execute("SET lock_timeout = '200ms'")
        connection.commit()
