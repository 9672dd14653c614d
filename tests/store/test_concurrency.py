"""Several at once: whoever loses is told, and no timer and no message is taken twice."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caseclock.store.chain import first_break
from caseclock.store.protocol import CalendarChange, Case, CaseChanged, Store, StoredTimer
from caseclock.store.sql import SqlStore
from caseclock.timers.event import Event

MakeEvent = Callable[..., Event]
MakeTimer = Callable[..., StoredTimer]
MIDNIGHT = datetime(2026, 5, 7, 23, tzinfo=UTC)


def test_of_two_threads_that_append_to_one_case_at_one_version_one_wins(
    store: Store, event: MakeEvent
) -> None:
    with store.transaction() as work:
        read = work.append(Case("thurrock", "C-1042"), [event("e-1")])
    both_have_read = threading.Barrier(2)

    def append(event_id: str) -> str:
        both_have_read.wait(10)
        try:
            with store.transaction() as work:
                work.append(read, [event(event_id)])
        except CaseChanged:
            return "told"
        return "won"

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(append, ["e-left", "e-right"]))

    assert ["told", "won"] == results
    with store.snapshot() as reading:
        assert 2 == len(reading.events("thurrock", "C-1042"))


def test_writers_that_read_again_and_retry_all_get_in_and_the_chain_is_whole(
    store: Store, event: MakeEvent
) -> None:
    def record(name: str) -> None:
        for number in range(8):
            done = False
            while not done:
                with store.snapshot() as reading:
                    case = reading.case("thurrock", "C-1042") or Case("thurrock", "C-1042")
                try:
                    with store.transaction() as work:
                        work.append(case, [event(f"{name}-{number}")])
                    done = True
                except CaseChanged:
                    pass

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(record, ["a", "b", "c"]))

    with store.snapshot() as reading:
        assert 24 == len({found.event_id for found in reading.events("thurrock", "C-1042")})
        assert first_break(reading.log_rows("thurrock", "C-1042"), reading.case("thurrock", "C-1042")) is None


def test_sweeps_side_by_side_take_every_due_timer_once(store: Store, timer: MakeTimer) -> None:
    armed = [
        timer(f"t-{n:03}", case_id=f"C-{n}", wake_at=MIDNIGHT + timedelta(seconds=n)) for n in range(120)
    ]
    with store.transaction() as work:
        work.write_timers(armed)
    start = threading.Barrier(4)

    def sweep(_: int) -> list[str]:
        start.wait(10)
        taken: list[str] = []
        while True:
            with store.transaction() as work:
                due = work.claim_due(MIDNIGHT + timedelta(days=1), 7)
                for one in due:
                    (stored,) = work.timers(one.authority, one.case_id)
                    work.write_timers([replace(stored, wake_at=None)])
            if not due:
                return taken
            taken += [one.timer_id for one in due]

    with ThreadPoolExecutor(4) as threads:
        fired = Counter(timer_id for taken in threads.map(sweep, range(4)) for timer_id in taken)

    assert {stored.timer.timer_id: 1 for stored in armed} == fired


def test_a_second_claimer_on_postgresql_gets_the_next_timers_without_waiting(
    postgres_store: SqlStore, timer: MakeTimer
) -> None:
    with postgres_store.transaction() as work:
        work.write_timers([timer(f"t-{n}", wake_at=MIDNIGHT + timedelta(seconds=n)) for n in range(5)])

    with postgres_store.transaction() as one, postgres_store.transaction() as other:
        first = [due.timer_id for due in one.claim_due(MIDNIGHT + timedelta(days=1), 2)]
        second = [due.timer_id for due in other.claim_due(MIDNIGHT + timedelta(days=1), 10)]

    assert (["t-0", "t-1"], ["t-2", "t-3", "t-4"]) == (first, second)


def test_on_postgresql_a_held_case_is_none_to_who_will_not_wait_and_as_left_behind_to_who_will(
    postgres_store: SqlStore, event: MakeEvent
) -> None:
    with postgres_store.transaction() as work:
        one = work.append(Case("thurrock", "C-1042"), [event("e-1")])
    about_to_lock = threading.Event()

    def wait_for_it() -> Case | None:
        with postgres_store.transaction() as work:
            about_to_lock.set()
            return work.locked_case("thurrock", "C-1042")

    with ThreadPoolExecutor(1) as thread:
        with postgres_store.transaction() as holder, postgres_store.transaction() as other:
            held = holder.locked_case("thurrock", "C-1042")
            assert other.locked_case("thurrock", "C-1042", wait=False) is None
            waiting = thread.submit(wait_for_it)
            assert about_to_lock.wait(10)
            two = holder.append(one, [event("e-2")])
        assert (one, two) == (held, waiting.result(10))


def test_a_second_writer_on_sqlite_waits_until_the_first_is_done(
    sqlite_store: SqlStore, event: MakeEvent
) -> None:
    about_to_begin = threading.Event()
    order: list[str] = []

    def second() -> None:
        about_to_begin.set()
        with sqlite_store.transaction() as work:
            order.append("second begins")
            case = work.case("thurrock", "C-1042")
            assert case is not None
            work.append(case, [event("e-2")])

    with ThreadPoolExecutor(1) as thread:
        with sqlite_store.transaction() as work:
            waiting = thread.submit(second)
            assert about_to_begin.wait(10)
            work.append(Case("thurrock", "C-1042"), [event("e-1")])
            order.append("first ends")
        waiting.result(10)

    assert ["first ends", "second begins"] == order


def test_a_transaction_inside_another_in_memory_is_refused_rather_than_waited_for_for_ever() -> None:
    from caseclock.store.memory import InMemoryStore

    store = InMemoryStore()
    with (
        store.transaction(),
        pytest.raises(RuntimeError, match="open in this thread already"),
        store.transaction(),
    ):
        pass


def a_holiday() -> CalendarChange:
    return CalendarChange(MIDNIGHT.date(), "A holiday", MIDNIGHT, "clerk", "proclaimed")


def test_a_case_worked_out_before_the_calendar_changed_is_not_made(store: Store, event: MakeEvent) -> None:
    with store.snapshot() as reading:
        marks = reading.marks()
    with store.transaction() as work:
        work.add_calendar_change(a_holiday())

    with pytest.raises(CaseChanged), store.transaction() as work:
        work.append(Case("thurrock", "C-1042"), [event("e-1")], marks=marks)

    with store.snapshot() as reading:
        assert reading.case("thurrock", "C-1042") is None


def test_on_postgresql_a_day_is_added_once_every_case_in_the_making_is_made(
    postgres_store: SqlStore, event: MakeEvent
) -> None:
    """So that whoever adds it finds that case among those to be moved."""
    about_to_add = threading.Event()
    order: list[str] = []

    def add() -> list[tuple[str, str]]:
        with postgres_store.transaction() as work:
            about_to_add.set()
            work.add_calendar_change(a_holiday())
            work.calendar_changes()
            order.append("day added")
        with postgres_store.snapshot() as reading:
            return list(reading.case_ids())

    with ThreadPoolExecutor(1) as thread:
        with postgres_store.transaction() as work:
            work.append(Case("thurrock", "C-1042"), [event("e-1")], marks=work.marks())
            adding = thread.submit(add)
            assert about_to_add.wait(10)
            order.append("case made")
        found = adding.result(10)

    assert (["case made", "day added"], [("thurrock", "C-1042")]) == (order, found)


def test_two_that_wait_for_each_other_on_postgresql_are_told_that_the_case_changed(
    postgres_store: SqlStore, event: MakeEvent
) -> None:
    with postgres_store.transaction() as work:
        for name in ("C-1", "C-2"):
            work.append(Case("thurrock", name), [event(f"{name}/1", case_id=name)])
    both_hold_one = threading.Barrier(2)

    def lock(first: str, second: str) -> str:
        try:
            with postgres_store.transaction() as work:
                work.locked_case("thurrock", first)
                both_hold_one.wait(10)
                work.locked_case("thurrock", second)
        except CaseChanged as told:
            return str(told)
        return "done"

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(lock, ["C-1", "C-2"], ["C-2", "C-1"]))

    assert "done" == results[1]
    assert results[0].startswith("Others were writing to the same rows")
