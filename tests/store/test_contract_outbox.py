"""What every store promises of the outbox: memory, SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import text

from caseclock.store.memory import InMemoryStore
from caseclock.store.outbox_protocol import Delivery, Queue, Recipient, part_of
from caseclock.store.protocol import OutboxMessage, Store
from caseclock.store.sql import SqlStore
from caseclock.timers.when import NaiveInstant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOG = Recipient("log", 1, NOON)
EVERYTHING = 100


def message(
    number: int, case_id: str = "C-1042", authority: str = "thurrock", kind: str = "e"
) -> OutboxMessage:
    return OutboxMessage(authority, case_id, kind, {"event_id": f"e-{number}", "data": {"é": [number]}}, NOON)


def put(store: Store, *messages: OutboxMessage, recipients: tuple[Recipient, ...] = (LOG,)) -> None:
    with store.transaction() as work:
        for recipient in recipients:
            work.write_recipient(recipient)
        work.put_outbox(messages)
        work.address(NOON, EVERYTHING)


def numbers(deliveries: list[Delivery]) -> list[str]:
    return [str(one.message.payload["event_id"]).removeprefix("e-") for one in deliveries]


def told(store: Store, at: datetime = NOON, *, wait_for_dead: bool = False, part: int = 0) -> list[str]:
    with store.snapshot() as reading:
        return numbers(reading.to_tell("log", part, at, EVERYTHING, wait_for_dead=wait_for_dead))


def failing(store: Store, number: int, *, dead: bool = False, until: datetime = NOON + MINUTE) -> None:
    with store.transaction() as work:
        one = next(one for one in work.deliveries("log", EVERYTHING) if numbers([one]) == [str(number)])
        failed = replace(one, tries=1, next_try_at=until, last_error="It rained.")
        work.write_tries([replace(failed, dead_at=NOON) if dead else failed])


def test_messages_wait_for_someone_to_tell_in_the_order_they_were_put(store: Store) -> None:
    put(store, message(1), message(2, "C-7"), recipients=())
    put(store, message(3), recipients=())

    with store.transaction() as work:
        assert 0 == work.address(NOON, EVERYTHING)
        waiting = work.unfinished(2)

    assert [message(1), message(2, "C-7")] == [replace(one, message_id=0) for one in waiting]
    assert waiting[0].message_id < waiting[1].message_id


def test_a_recipient_is_told_what_was_put_before_it_was_added_and_each_message_once(store: Store) -> None:
    put(store, message(1), recipients=())
    put(store, message(2))
    put(store)

    assert ["1", "2"] == told(store)


def test_a_message_put_in_a_transaction_that_fails_is_never_told(store: Store) -> None:
    def write_and_stop() -> None:
        with store.transaction() as work:
            work.put_outbox([message(2)])
            work.address(NOON, EVERYTHING)
            raise InterruptedError

    put(store, message(1))
    with pytest.raises(InterruptedError):
        write_and_stop()

    assert ["1"] == told(store)


def test_a_message_is_handed_on_once_the_last_of_its_recipients_has_it(store: Store) -> None:
    put(store, message(1), recipients=(LOG, Recipient("desk", 1, NOON)))
    left = []
    for name in ("log", "desk"):
        with store.transaction() as work:
            work.done_with(work.deliveries(name, EVERYTHING), NOON)
        with store.snapshot() as reading:
            left.append((len(reading.deliveries(name, EVERYTHING)), len(reading.unfinished(EVERYTHING))))

    assert [(0, 1), (0, 0)] == left


def test_a_recipient_of_one_authority_hears_nothing_of_another_nor_what_it_did_not_ask_for(
    store: Store,
) -> None:
    meant = Recipient("log", 1, NOON, "thurrock", ("BreachRaised",))
    put(
        store,
        message(1, kind="BreachRaised"),
        message(2, authority="kent", kind="BreachRaised"),
        message(3),
        recipients=(meant,),
    )

    assert ["1"] == told(store)
    with store.snapshot() as reading:
        assert ["e-1"] == [one.payload["event_id"] for one in reading.unfinished(EVERYTHING)]
        assert [meant] == reading.recipients()


def test_a_failed_message_keeps_back_its_own_case_until_it_is_tried_again(store: Store) -> None:
    put(store, message(1), message(2, "C-7"), message(3), message(4, "C-7"))
    failing(store, 1)

    assert ["2", "4"] == told(store)
    assert ["1", "2", "3", "4"] == told(store, NOON + MINUTE)
    with store.snapshot() as reading:
        assert NOON + MINUTE == reading.next_try("log")


def test_after_a_dead_letter_the_case_goes_on_or_waits_as_it_is_asked(store: Store) -> None:
    put(store, message(1), message(2, "C-7"), message(3))
    failing(store, 1, dead=True)

    assert (["2", "3"], ["2"]) == (told(store), told(store, wait_for_dead=True))
    with store.snapshot() as reading:
        assert ["1"] == numbers(reading.dead_letters(EVERYTHING, authority="thurrock", recipient="log"))
        assert [] == reading.dead_letters(EVERYTHING, authority="kent")
        assert [] == reading.dead_letters(EVERYTHING, recipient="desk")
        assert reading.next_try("log") is None


def test_a_turn_is_taken_by_one_and_given_back_only_by_its_holder(store: Store) -> None:
    put(store, message(1))
    with store.transaction() as work:
        first = work.take_turn("log", 0, None, "one")
        second = work.take_turn("log", 0, None, "two")
        nobody = work.take_turn("log", 7, None, "two")
        work.end_turn("log", 0, "two")
        held = work.open_turns("log", NOON, wait_for_dead=False)
        over = work.take_turn("log", 0, "one", "two")
        work.end_turn("log", 0, "two")
        free = work.open_turns("log", NOON, wait_for_dead=False)

    assert (True, False, False, [(0, "one")], True, [(0, None)]) == (first, second, nobody, held, over, free)


def test_adding_a_recipient_again_changes_whom_it_hears_of_and_takes_no_turn_away(store: Store) -> None:
    put(store, message(1))
    with store.transaction() as work:
        work.take_turn("log", 0, None, "one")
        work.write_recipient(replace(LOG, authority="kent", failures=3, rests_until=NOON))

        assert [(0, "one")] == work.open_turns("log", NOON, wait_for_dead=False)
        assert [replace(LOG, authority="kent", failures=3, rests_until=NOON)] == work.recipients()


def test_a_part_has_a_turn_only_while_something_in_it_may_be_told(store: Store) -> None:
    parts = 16
    put(store, message(1, "C-1042"), message(2, "C-7"), recipients=(replace(LOG, parts=parts),))
    failing(store, 2)
    mine, other = part_of("thurrock", "C-1042", parts), part_of("thurrock", "C-7", parts)

    assert mine != other
    with store.snapshot() as reading:
        now = reading.open_turns("log", NOON, wait_for_dead=False)
        later = reading.open_turns("log", NOON + MINUTE, wait_for_dead=False)
    assert ([(mine, None)], sorted([(mine, None), (other, None)])) == (now, later)
    assert ["1"] == told(store, part=mine)


def test_queues_tell_what_waits_what_failed_and_what_is_dead(store: Store) -> None:
    put(store, message(1), message(2), replace(message(3, "C-7"), made_at=NOON + MINUTE), message(4, "C-8"))
    failing(store, 1, dead=True)
    failing(store, 4)
    with store.transaction() as work:
        work.done_with(work.to_tell("log", 0, NOON, 1, wait_for_dead=False), NOON)
        work.put_outbox([message(5)])

        assert [Queue(None, 1, 0, 0, NOON), Queue("log", 2, 1, 1, NOON + MINUTE)] == work.queues()
        assert (3, 2) == (work.queued(100), work.queued(2))


def test_a_recipient_taken_away_is_told_nothing_more(store: Store) -> None:
    put(store, message(1))
    with store.transaction() as work:
        work.done_with(work.deliveries("log", EVERYTHING), NOON)
        work.remove_recipient("log")
        work.put_outbox([message(2)])

        assert (0, []) == (work.address(NOON, EVERYTHING), work.recipients())
        assert not work.take_turn("log", 0, None, "one")


def test_only_what_was_handed_on_before_is_cleared_away(store: Store) -> None:
    put(store, message(1), message(2), message(3))
    with store.transaction() as work:
        work.done_with(work.deliveries("log", 2), NOON)
    with store.transaction() as work:
        cleared = [work.clear_outbox(NOON, EVERYTHING), work.clear_outbox(NOON + MINUTE, 1)]
        cleared += [work.clear_outbox(NOON + MINUTE, EVERYTHING)]

    assert [0, 1, 1] == cleared
    assert ["3"] == told(store)


def test_what_is_for_nobody_is_cleared_away_when_it_is_old_and_kept_as_soon_as_there_is_somebody(
    store: Store,
) -> None:
    with store.transaction() as work:
        work.put_outbox([message(1), message(2)])
    with store.transaction() as work:
        assert (False, True) == (work.has_old_messages(NOON, 2), work.has_old_messages(NOON + MINUTE, 2))
        assert (0, 1) == (work.clear_outbox(NOON, EVERYTHING), work.clear_outbox(NOON + MINUTE, 1))
        assert 1 == work.queued(EVERYTHING)
    with store.transaction() as work:
        work.write_recipient(LOG)

        assert 0 == work.clear_outbox(NOON + MINUTE, EVERYTHING)
        assert 1 == work.address(NOON, EVERYTHING)


def test_instants_need_an_offset(store: Store) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001

    with pytest.raises(NaiveInstant), store.transaction() as work:
        work.write_recipient(replace(LOG, added_at=naive))


def test_what_is_told_is_found_without_looking_at_what_was(sqlite_store: SqlStore) -> None:
    from sqlalchemy.dialects import sqlite

    from caseclock.store import sql_outbox_statements as statements

    asked = statements.TO_TELL[False].compile(
        dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}
    )
    with sqlite_store.engine.connect() as connection:
        cursor = connection.connection.cursor()
        given = {"r": "log", "p": 0, "at": "2026", "most": 10}
        plan = cursor.execute(
            f"EXPLAIN QUERY PLAN {asked}", tuple(given.get(name, 0) for name in asked.positiontup or [])
        )
        used = " ".join(str(row[3]) for row in plan.fetchall())

    assert "outbox_deliveries_waiting (recipient=? AND part=?)" in used
    assert "outbox_deliveries_failed" in used
    assert "SCAN" not in used
    assert "TEMP B-TREE" not in used


def test_two_recipients_done_with_a_message_at_the_same_time_leave_it_handed_on(
    postgres_store: SqlStore,
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    names = ("desk", "log")
    put(postgres_store, message(1), recipients=tuple(Recipient(name, 1, NOON) for name in names))

    def done(name: str) -> None:
        with postgres_store.transaction() as work:
            work.done_with(work.deliveries(name, EVERYTHING), NOON)

    with ThreadPoolExecutor(1) as pool:
        with postgres_store.transaction() as first:
            first.done_with(first.deliveries("log", EVERYTHING), NOON)
            second = pool.submit(done, "desk")
            _until_it_waits(postgres_store)
        second.result(10)

    with postgres_store.snapshot() as reading:
        assert [] == reading.unfinished(EVERYTHING)


def _until_it_waits(store: SqlStore) -> None:
    """Return once a connection to the database waits for a lock that another holds."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    ends = monotonic() + 10
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(waiting):
            assert monotonic() < ends


def test_a_store_in_memory_forgets_what_was_not_committed() -> None:
    store = InMemoryStore()
    put(store, message(1))

    def take_and_stop() -> None:
        with store.transaction() as work:
            work.take_turn("log", 0, None, "one")
            work.done_with(work.deliveries("log", EVERYTHING), NOON)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        take_and_stop()

    assert ["1"] == told(store)
    with store.snapshot() as reading:
        assert [(0, None)] == reading.open_turns("log", NOON, wait_for_dead=False)
