"""The hash chain finds whatever is done to the log behind the application's back, and names the row."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from caseclock.store.chain import Break, canonical, chained, first_break
from caseclock.store.protocol import GENESIS, Case
from caseclock.store.schema import cases, events
from caseclock.store.sql import SqlStore
from caseclock.timers.event import Event
from caseclock.timers.when import When

MakeEvent = Callable[..., Event]
Tamper = Callable[[Connection], object]


def test_the_canonical_form_is_json_that_anyone_can_write_again(event: MakeEvent) -> None:
    made = event("e-1", seq=3, because='"Öl"', recorded=When.parse("2026-03-05"), data={"b": 1, "a": ["x"]})
    expected = {
        "authority": "thurrock",
        "because": '"Öl"',
        "by": "sw.jones",
        "case_id": "C-1042",
        "data": {"a": ["x"], "b": 1},
        "episode_id": "R-1",
        "event_id": "e-1",
        "occurred_at": "2026-03-02T09:30:00.000000Z",
        "occurred_on": "2026-03-02",
        "recorded_at": None,
        "recorded_on": "2026-03-05",
        "seq": 3,
        "type": "ReferralReceived",
    }
    by_anyone = json.dumps(expected, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    assert by_anyone == canonical(made)
    assert sha256(GENESIS.encode() + by_anyone).hexdigest() == chained(GENESIS, made)


def test_the_hash_of_a_known_event_never_changes(event: MakeEvent) -> None:
    # a stored chain is checked against this form for ever: if this fails, every database out there is "broken"
    known = "f8b0b45631c7533b0228bc97174454d86084464de39a2855859df0e8081c4f21"

    assert known == chained(GENESIS, event("e-1", seq=1))


@pytest.fixture
def five_events(sql_store: SqlStore, event: MakeEvent) -> SqlStore:
    with sql_store.transaction() as work:
        work.append(Case("thurrock", "C-1042"), [event(f"e-{number}") for number in range(1, 6)])
    return sql_store


def break_after(store: SqlStore, tamper: Tamper) -> Break | None:
    """Take the triggers away, do the deed, and look."""
    with store.engine.begin() as connection:
        for name in ("events_no_update", "events_no_delete"):
            connection.execute(
                text(
                    f"DROP TRIGGER {name}" + (" ON events" if connection.dialect.name == "postgresql" else "")
                )
            )
        tamper(connection)
    with store.snapshot() as reading:
        return first_break(reading.log_rows("thurrock", "C-1042"), reading.case("thurrock", "C-1042"))


def test_an_untouched_log_is_whole(five_events: SqlStore) -> None:
    assert break_after(five_events, lambda _: None) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("because", "call from nursery"),
        ("by_whom", "someone.else"),
        ("type", "ContactReceived"),
        ("episode_id", "R-2"),
        ("event_id", "e-3b"),
        ("data", {"source": "police"}),
        ("occurred_on", When.parse("2026-03-01").on),
        ("occurred_at", None),
        ("recorded_on", When.parse("2026-02-27").on),
        ("recorded_at", When.parse("2026-03-02T09:40:00Z").at),
        ("hash", "f" * 64),
    ],
)
def test_a_row_altered_in_any_column_is_named(five_events: SqlStore, column: str, value: object) -> None:
    found = break_after(
        five_events,
        lambda connection: connection.execute(
            update(events).where(events.c.seq == 3).values({column: value})
        ),
    )

    assert found is not None
    assert ("thurrock", "C-1042", 3) == (found.authority, found.case_id, found.seq)
    assert (
        f"Event 3 ({found.event_id}) is not what was written: its content does not give the hash" in found.why
    )


def test_a_row_altered_with_its_hash_is_found_in_the_next_row(
    five_events: SqlStore, event: MakeEvent
) -> None:
    def tamper(connection: Connection) -> None:
        previous = connection.scalars(select(events.c.previous).where(events.c.seq == 3)).one()
        forged = chained(previous, event("e-3", because="forged", seq=3))
        connection.execute(update(events).where(events.c.seq == 3).values(because="forged", hash=forged))

    found = break_after(five_events, tamper)

    assert found is not None
    assert (4, "e-4") == (found.seq, found.event_id)
    assert "chained to another event than the one before it" in found.why


def test_a_deleted_row_is_missed(five_events: SqlStore) -> None:
    found = break_after(
        five_events, lambda connection: connection.execute(delete(events).where(events.c.seq == 2))
    )

    assert (
        Break("thurrock", "C-1042", 3, "e-3", "Event 2 is missing: the log goes on with event 3 (e-3).")
        == found
    )


def test_rows_deleted_at_the_end_are_missed(five_events: SqlStore) -> None:
    found = break_after(
        five_events, lambda connection: connection.execute(delete(events).where(events.c.seq > 3))
    )

    assert found is not None
    assert (3, "e-3") == (found.seq, found.event_id)
    assert "Event 4 is missing: the log ends with event 3 (e-3), and the case says it has 5." in found.why


def test_a_log_deleted_whole_is_missed(five_events: SqlStore) -> None:
    found = break_after(five_events, lambda connection: connection.execute(delete(events)))

    assert found is not None
    assert ("C-1042", 0) == (found.case_id, found.seq)


def _forged_sixth(connection: Connection) -> None:
    last = connection.execute(select(events).where(events.c.seq == 5)).one()
    connection.execute(
        insert(events).values(last._asdict() | {"seq": 6, "event_id": "e-6", "previous": last.hash})
    )


def test_a_row_inserted_at_the_end_with_a_hash_of_another_is_named(five_events: SqlStore) -> None:
    found = break_after(five_events, _forged_sixth)

    assert found is not None
    assert (6, "e-6") == (found.seq, found.event_id)


def test_a_row_inserted_in_the_middle_is_found(five_events: SqlStore) -> None:
    def tamper(connection: Connection) -> None:
        connection.execute(update(events).where(events.c.seq == 5).values(seq=6))
        connection.execute(update(events).where(events.c.seq == 4).values(seq=5))
        third = connection.execute(select(events).where(events.c.seq == 3)).one()
        connection.execute(insert(events).values(third._asdict() | {"seq": 4, "event_id": "forged"}))

    found = break_after(five_events, tamper)

    assert found is not None
    assert (4, "forged") == (found.seq, found.event_id)


def test_two_rows_in_each_other_s_place_are_found(five_events: SqlStore) -> None:
    def tamper(connection: Connection) -> None:
        for old, new in ((2, 99), (4, 2), (99, 4)):
            connection.execute(update(events).where(events.c.seq == old).values(seq=new))

    found = break_after(five_events, tamper)

    assert found is not None
    assert (2, "e-4") == (found.seq, found.event_id)


def test_a_case_whose_own_row_was_set_back_is_found(five_events: SqlStore) -> None:
    found = break_after(five_events, lambda connection: connection.execute(update(cases).values(version=4)))

    assert found is not None
    assert "the case's own row was altered" in found.why
