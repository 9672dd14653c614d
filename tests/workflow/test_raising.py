"""What a sweep writes: the log and its chain, the breaches and the messages, byte for byte as ever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from story import Told, begin, instant, under, when

from caseclock.store.appending import linked
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Breach, BreachStanding, Case, DueTimer, Store
from caseclock.store.raising import rows_of
from caseclock.store.schema import outbox
from caseclock.store.sql import SqlStore, open_store
from caseclock.store.types import canonical_json
from caseclock.timers.timer import AtEnd, Outcome
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.raising import raised
from caseclock.workflow.settling import breach_of
from caseclock.workflow.verification import verify

#: a duty counted in days, and one in hours
BY_DAY = 'id = "test.day"\nlimit = { working_days = 1 }'
BY_HOUR = 'id = "test.hour"\nlimit = { hours = 24 }'
#: names of cases: as usual, and such as JSON escapes or need not
USUAL, UNUSUAL = "C-1042", 'C-"Übung"\\7\n'

URLS = {"sqlite": "sqlite_url", "postgresql": "postgres_database", "partitioned": "partitioned_database"}


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture(params=["memory", *URLS])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each kind of store in turn, empty."""
    if request.param == "memory":
        yield InMemoryStore()
        return
    with open_store(str(request.getfixturevalue(URLS[request.param]))) as opened:
        yield opened


def raised_withdrawn_and_raised_again(store: Store) -> list[Told]:
    """Two referrals of Monday 2 March 2026 run out; one is put down to the day after, and then to the 2nd again."""
    told = [begin(case_id=name, store=store, rulebooks=under(BY_DAY, BY_HOUR)) for name in (USUAL, UNUSUAL)]
    received = [case.referral("2026-03-02 09:30", decided="not yet") for case in told]
    told[0].swept("2026-03-04 06:00")
    told[0].corrected(received[0], "2026-03-03 12:00", recorded="2026-03-04 07:00")
    told[0].corrected(received[0], "2026-03-02 09:30", recorded="2026-03-04 08:00")
    told[0].swept("2026-03-04 09:00:00.000001")
    return told


def test_the_logs_that_a_sweep_adds_to_end_in_the_hashes_they_always_did(store: Store) -> None:
    usual, unusual = raised_withdrawn_and_raised_again(store)
    with store.snapshot() as unit:
        found = [unit.case(case.authority, case.case_id) for case in (usual, unusual)]

    # a hash is of all that went before it: if one of these changes, a sweep writes otherwise than it did
    assert [
        (9, "3d03972fe4a0c8476a749cded3508c686ea7c1294bfc774f514799203116a4a0"),
        (3, "b683632e20336c0d34d9d7ca188713a2d4094b88c775d0bf36c267f304f3df45"),
    ] == [(case.version, case.head) for case in found if case]
    assert () == verify(usual.engine, instant("2026-03-04 10:00")).findings


def test_the_messages_of_a_sweep_are_the_same_to_the_byte_and_in_the_same_order(store: Store) -> None:
    raised_withdrawn_and_raised_again(store)
    if isinstance(store, SqlStore):
        with store.engine.connect() as connection:
            texts = connection.execute(
                select(outbox.c.payload.cast(outbox.c.kind.type)).order_by(outbox.c.message_id)
            )
            told = [str(text) for (text,) in texts]
    else:
        with store.snapshot() as unit:
            told = [canonical_json(message.payload) for message in unit.unfinished(99)]

    assert 10 == len(told)
    assert (
        "c6ecdc2d6ace5e19f0b4ab50270b8dac19edfa2063c8fbbf8ff7c52d182e6c84"
        == sha256("\n".join(told).encode()).hexdigest()
    )


def test_a_breach_that_stands_again_is_the_one_there_was(store: Store) -> None:
    usual, _ = raised_withdrawn_and_raised_again(store)
    due_at, fell_at, again = (
        when(text).at
        for text in ("2026-03-03 09:30", "2026-03-03 09:30:00.000001", "2026-03-04 09:00:00.000001")
    )
    assert due_at
    assert fell_at
    assert again

    assert [
        Breach(
            "b9a2867d78ac4822c74a", "96534e7f35e58f5f7b2e", usual.authority, USUAL, "R-1", "front_door",
            "test.hour", None, None, due_at, fell_at, again, BreachStanding.OPEN,
        )
    ] == [breach for breach in usual.breaches() if breach.timescale == "test.hour"]  # fmt: skip
    assert [date(2026, 3, 3)] == [one.due_on for one in usual.breaches() if one.timescale == "test.day"]


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(names, names, names, names, st.none() | st.dates(), st.none() | instants, instants, instants)
def test_the_texts_that_raising_makes_are_those_of_the_event_it_tells(
    case_id: str,
    episode_id: str,
    timer_id: str,
    timescale: str,
    due_on: date | None,
    due_at: datetime | None,
    fell_at: datetime,
    at: datetime,
) -> None:
    timer = DueTimer(
        timer_id, "kent", case_id, episode_id, "front_door", timescale, None, due_on, due_at, None, fell_at,
        AtEnd.OVERDUE, Outcome.RUNNING, None, timer_id, was_raised=False,
    )  # fmt: skip
    one = raised([], timer, fell_at, at)
    event = one.event(at)
    rows = rows_of([(Case("kent", case_id, 1, "0" * 64), [one])], at)
    links, grown = linked(Case("kent", case_id, 1, "0" * 64), [event])

    assert canonical_json(event.data) == one.data
    assert canonical_json(event_line(event)) == one.message
    assert (links[0].hash, grown.version) == (rows.events[-1], rows.grown[0])
    assert breach_of(timer, fell_at, at) == one.breach(at)
