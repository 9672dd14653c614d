"""What every store promises of the event log: memory, SQLite and PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from caseclock.store.chain import canonical, chained, first_break
from caseclock.store.protocol import (
    GENESIS,
    Case,
    CaseChanged,
    Episode,
    EventIdTaken,
    Store,
    Transaction,
)
from caseclock.store.types import NotStorable
from caseclock.timers.event import Event
from caseclock.timers.when import NaiveInstant, When

MakeEvent = Callable[..., Event]
MakeEpisode = Callable[..., Episode]
NEW = Case("thurrock", "C-1042")


def read_events(store: Store, authority: str = "thurrock", case_id: str = "C-1042") -> list[Event]:
    with store.snapshot() as reading:
        return reading.events(authority, case_id)


def record(store: Store, case: Case, *events: Event) -> Case:
    with store.transaction() as work:
        return work.append(case, events)


def test_events_come_back_as_they_were_in_the_order_of_writing(store: Store, event: MakeEvent) -> None:
    to_the_day = When.parse("2026-03-04")
    written = [
        event("e-1"),
        event("e-2", occurred=to_the_day, recorded=to_the_day),
        event(
            "e-3", type="ReferrerInformed", by="Zoë Ó Briain", because="拼音, 'quotes' and \"more\"\n\t\\ 🏡"
        ),
        event("e-4", data={"z": 1, "a": [1.5, None, True, {"ключ": ["ü", 10**20]}], "": {}}),
    ]

    record(store, NEW, *written)

    assert [made.at_place(seq) for seq, made in enumerate(written, 1)] == read_events(store)


def test_instants_keep_their_microseconds_and_come_back_in_utc(store: Store, event: MakeEvent) -> None:
    # half past midnight, British Summer Time, on 1 June 2026 is still May in UTC
    just_after_midnight = datetime(2026, 6, 1, 0, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))

    record(store, NEW, event(occurred=When(date(2026, 6, 1), just_after_midnight)))

    (found,) = read_events(store)
    assert found.occurred.at is not None
    assert (date(2026, 6, 1), "2026-05-31T23:30:00.123456+00:00") == (
        found.occurred.on,
        found.occurred.at.isoformat(),
    )


def test_an_instant_without_an_offset_is_refused(store: Store, event: MakeEvent) -> None:
    naive = When(date(2026, 3, 2), datetime(2026, 3, 2, 9, 30))  # noqa: DTZ001

    with pytest.raises(NaiveInstant, match=r"2026-03-02T09:30:00.*has no offset.*Give one"):
        record(store, NEW, event(occurred=naive))
    assert [] == read_events(store)


@pytest.mark.parametrize(
    "data",
    [{1: "a"}, {"on": date(2026, 3, 2)}, {"part": float("nan")}, {"inside": [{"x": {2}}]}],
    ids=["number as key", "date", "not a number", "set within"],
)
def test_data_that_json_would_change_are_refused(
    store: Store, event: MakeEvent, data: dict[str, object]
) -> None:
    with pytest.raises(NotStorable, match="Can't store"):
        record(store, NEW, event(data=data))


@pytest.mark.parametrize("because", ["a\x00b", "half \ud83c"], ids=["NUL", "half a surrogate pair"])
def test_text_that_a_database_cannot_keep_is_refused(store: Store, event: MakeEvent, because: str) -> None:
    with pytest.raises(NotStorable, match="event 'e-1'"):
        record(store, NEW, event(because=because))


def test_changing_what_was_given_or_read_does_not_change_the_log(store: Store, event: MakeEvent) -> None:
    source = {"names": ["school"]}
    record(store, NEW, event(data=source))

    source["names"].append("altered")
    read_events(store)[0].data["names"].append("altered")

    assert {"names": ["school"]} == read_events(store)[0].data


def test_a_case_grows_by_what_is_appended_and_each_event_is_chained_to_the_one_before(
    store: Store, event: MakeEvent
) -> None:
    first = chained(GENESIS, event("e-1", seq=1))
    second = chained(first, event("e-2", seq=2))

    one = record(store, NEW, event("e-1"))
    two = record(store, one, event("e-2"))

    with store.snapshot() as reading:
        assert Case("thurrock", "C-1042", 1, first) == one
        assert Case("thurrock", "C-1042", 2, second) == two == reading.case("thurrock", "C-1042")
        chain = reading.chain("thurrock", "C-1042")
        assert [(event("e-1", seq=1), GENESIS, first), (event("e-2", seq=2), first, second)] == chain
        assert first_break(reading.log_rows("thurrock", "C-1042"), two) is None


def test_a_case_that_was_never_written_to_is_none_and_has_no_events(store: Store) -> None:
    with store.snapshot() as reading:
        assert reading.case("thurrock", "C-1042") is None
        assert [] == reading.events("thurrock", "C-1042")
        assert reading.find_event("thurrock", "e-1") is None


def test_appending_nothing_changes_nothing(store: Store) -> None:
    assert NEW == record(store, NEW)
    with store.snapshot() as reading:
        assert reading.case("thurrock", "C-1042") is None


def test_writing_to_a_case_that_has_grown_since_it_was_read_is_refused(
    store: Store, event: MakeEvent
) -> None:
    one = record(store, NEW, event("e-1"))
    record(store, one, event("e-2"))

    with pytest.raises(CaseChanged, match=r"Case C-1042 of thurrock has changed.*version 1.*Read it again"):
        record(store, one, event("e-3"))
    assert ["e-1", "e-2"] == [found.event_id for found in read_events(store)]


def test_a_case_of_the_same_length_with_another_last_event_is_not_the_one_that_was_read(
    store: Store, event: MakeEvent
) -> None:
    one = record(store, NEW, event("e-1"))

    with pytest.raises(CaseChanged):
        record(store, replace(one, head="f" * 64), event("e-2"))


def test_making_a_case_that_exists_is_refused(store: Store, event: MakeEvent) -> None:
    record(store, NEW, event("e-1"))

    with pytest.raises(CaseChanged):
        record(store, NEW, event("e-2"))


def test_an_event_id_is_taken_once_in_an_authority(store: Store, event: MakeEvent) -> None:
    record(store, NEW, event("e-1"))

    with pytest.raises(EventIdTaken, match=r"'e-1' is taken in thurrock, by an event of case C-1042"):
        record(store, Case("thurrock", "C-7"), event("e-2", case_id="C-7"), event("e-1", case_id="C-7"))
    with store.snapshot() as reading:
        assert reading.case("thurrock", "C-7") is None
        assert reading.find_event("thurrock", "e-2") is None


def test_one_id_twice_in_one_call_is_refused(store: Store, event: MakeEvent) -> None:
    with pytest.raises(EventIdTaken):
        record(store, NEW, event("e-1"), event("e-1"))
    assert [] == read_events(store)


def test_an_event_of_another_case_is_refused(store: Store, event: MakeEvent) -> None:
    with pytest.raises(NotStorable, match="Add it to its own case"):
        record(store, NEW, event(case_id="C-7"))


def test_a_refusal_that_is_swallowed_still_keeps_the_rest_from_being_committed(
    store: Store, event: MakeEvent
) -> None:
    record(store, NEW, event("e-1"))

    def swallow(work: Transaction) -> None:
        case = work.append(Case("thurrock", "C-7"), [event("e-2", case_id="C-7")])
        try:
            work.append(case, [event("e-1", case_id="C-7")])
        except EventIdTaken:
            return

    with pytest.raises(EventIdTaken), store.transaction() as work:
        swallow(work)
    assert [] == read_events(store, case_id="C-7")


def test_rolling_back_leaves_nothing(store: Store, event: MakeEvent) -> None:
    def write_and_stop() -> None:
        with store.transaction() as work:
            work.append(NEW, [event("e-1")])
            assert ["e-1"] == [found.event_id for found in work.events("thurrock", "C-1042")]
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_and_stop()

    with store.snapshot() as reading:
        assert reading.case("thurrock", "C-1042") is None
        assert [] == reading.events("thurrock", "C-1042")
        assert reading.find_event("thurrock", "e-1") is None
        assert [] == list(reading.case_ids())


def test_one_authority_never_sees_another_s_log(store: Store, event: MakeEvent) -> None:
    record(store, NEW, event("e-1"))
    record(store, Case("kent", "C-1042"), event("e-1", authority="kent", by="kent.sw"))

    with store.snapshot() as reading:
        assert ["sw.jones"] == [found.by for found in reading.events("thurrock", "C-1042")]
        assert ["kent.sw"] == [found.by for found, _, _ in reading.chain("kent", "C-1042")]
        found = reading.find_event("kent", "e-1")
        assert found is not None
        assert "kent.sw" == found.by
        assert reading.find_event("medway", "e-1") is None
        assert reading.case("medway", "C-1042") is None
        assert [("kent", "C-1042")] == list(reading.case_ids("kent"))
        assert [] == list(reading.case_ids("medway"))


def test_an_event_is_found_by_its_id(store: Store, event: MakeEvent) -> None:
    record(store, NEW, event("e-1"), event("e-2", because="second"))

    with store.snapshot() as reading:
        assert event("e-2", because="second", seq=2) == reading.find_event("thurrock", "e-2")


def test_the_rows_of_a_log_are_what_was_hashed_byte_by_byte(store: Store, event: MakeEvent) -> None:
    record(
        store,
        NEW,
        event("e-1", data={"b": [1, None], "a": "é"}),
        event("e-2", recorded=When.parse("2026-03-05")),
    )

    with store.snapshot() as reading:
        rows, chain = reading.log_rows("thurrock", "C-1042"), reading.chain("thurrock", "C-1042")
    assert [(canonical(told), previous, hash_) for told, previous, hash_ in chain] == [
        (row.line, row.previous, row.hash) for row in rows
    ]
    assert [("thurrock", "C-1042", 1, "e-1"), ("thurrock", "C-1042", 2, "e-2")] == [
        (row.authority, row.case_id, row.seq, row.event_id) for row in rows
    ]


def test_a_derived_row_of_no_case_is_a_stray(store: Store, event: MakeEvent, episode: MakeEpisode) -> None:
    record(store, NEW, event("e-1"))
    with store.transaction() as work:
        work.write_episodes([episode(), episode("A-9", case_id="C-nobody")])

    with store.snapshot() as reading:
        assert [("episodes", "thurrock", "C-nobody")] == list(reading.strays())
        assert [] == list(reading.strays("elsewhere"))
