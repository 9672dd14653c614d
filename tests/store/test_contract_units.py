"""What every store promises of a unit of work: what it sees, what it holds, and what it may do."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from caseclock.store.protocol import Case, EventIdTaken, SnapshotIsReadOnly, Store
from caseclock.timers.event import Event

MakeEvent = Callable[..., Event]
NEW = Case("thurrock", "C-1042")


def record(store: Store, case: Case, *events: Event) -> Case:
    with store.transaction() as work:
        return work.append(case, events)


def test_an_id_taken_among_thousands_of_events_of_one_unit_of_work_is_found(
    store: Store, event: MakeEvent
) -> None:
    record(store, NEW, event("e-7"))

    def bring_in() -> None:
        with store.transaction() as work:
            for authority in ("kent", "thurrock"):
                ids = ["e-7" if number == 1900 else f"n-{number}" for number in range(2100)]
                many = [event(event_id, authority=authority, case_id="C-1") for event_id in ids]
                work.append(Case(authority, "C-1"), many)

    with pytest.raises(EventIdTaken, match=r"'e-7' is taken in thurrock, by an event of case C-1042"):
        bring_in()
    with store.snapshot() as reading:
        assert [("thurrock", "C-1042")] == list(reading.case_ids())


def test_one_id_for_two_cases_of_one_unit_of_work_is_refused(store: Store, event: MakeEvent) -> None:
    def record_twice() -> None:
        with store.transaction() as work:
            work.append(NEW, [event("e-1")])
            work.append(Case("thurrock", "C-7"), [event("e-1", case_id="C-7")])

    with pytest.raises(EventIdTaken, match="by an event of case C-1042"):
        record_twice()
    with store.snapshot() as reading:
        assert [] == list(reading.case_ids())


def test_an_id_is_free_again_in_another_authority(store: Store, event: MakeEvent) -> None:
    with store.transaction() as work:
        work.append(NEW, [event("e-1")])
        work.append(Case("kent", "C-1042"), [event("e-1", authority="kent")])

    with store.snapshot() as reading:
        assert [("kent", "C-1042"), ("thurrock", "C-1042")] == list(reading.case_ids())


def test_case_ids_come_in_order_page_after_page_while_others_are_read_and_written(
    store: Store, event: MakeEvent
) -> None:
    expected = [
        ("kent", "C-1"),
        *(("thurrock", f"C-{number:04}") for number in range(1, 1103)),
        ("Ümea", "C-1"),
    ]
    with store.transaction() as work:
        for authority, case_id in reversed(expected):
            work.append(Case(authority, case_id), [event(case_id, authority=authority, case_id=case_id)])

    with store.transaction() as work:
        seen = []
        for number, (authority, case_id) in enumerate(work.case_ids()):
            seen.append((authority, case_id))
            if number % 300 == 0:
                case = work.case(authority, case_id)
                assert case is not None
                work.append(case, [event(f"more-{number}", authority=authority, case_id=case_id)])

    assert expected == seen
    with store.snapshot() as reading:
        assert expected[1:-1] == list(reading.case_ids("thurrock"))


def test_a_snapshot_stays_as_it_was_while_others_write(store: Store, event: MakeEvent) -> None:
    one = record(store, NEW, event("e-1"))

    with store.snapshot() as reading:
        assert one == reading.case("thurrock", "C-1042")
        record(store, one, event("e-2"))
        assert one == reading.case("thurrock", "C-1042")
        assert ["e-1"] == [found.event_id for found in reading.events("thurrock", "C-1042")]
        assert reading.find_event("thurrock", "e-2") is None


def test_a_case_is_locked_as_it_stands_and_only_where_something_is_to_be_written(
    store: Store, event: MakeEvent
) -> None:
    one = record(store, NEW, event("e-1"))

    with store.transaction() as work:
        assert one == work.locked_case("thurrock", "C-1042")
        assert one == work.locked_case("thurrock", "C-1042", wait=False)
        assert work.locked_case("thurrock", "C-7") is None
        assert work.locked_case("kent", "C-1042") is None
    with store.snapshot() as reading, pytest.raises(SnapshotIsReadOnly):
        reading.locked_case("thurrock", "C-1042")


def test_what_was_read_ahead_of_a_case_is_what_would_be_read_and_never_hides_a_write(
    store: Store, event: MakeEvent
) -> None:
    one = record(store, NEW, event("e-1"))

    with store.transaction() as work:
        work.look_ahead("thurrock", ["C-1042", "C-7"])
        assert one == work.case("thurrock", "C-1042")
        assert [event("e-1", seq=1)] == work.events("thurrock", "C-1042")
        assert work.case("thurrock", "C-7") is None
        work.look_ahead("thurrock", ["C-1042"])
        two = work.append(one, [event("e-2")])
        assert two == work.case("thurrock", "C-1042")
        assert ["e-1", "e-2"] == [found.event_id for found in work.events("thurrock", "C-1042")]


def test_nothing_can_be_written_in_a_snapshot(store: Store, event: MakeEvent) -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    with store.snapshot() as reading:
        with pytest.raises(SnapshotIsReadOnly, match=r"Open a transaction\(\) to write"):
            reading.append(NEW, [event()])
        for write in (
            lambda: reading.write_timers([]),
            lambda: reading.claim_due(moment, 1),
            lambda: reading.keep([]),
        ):
            with pytest.raises(SnapshotIsReadOnly):
                write()
