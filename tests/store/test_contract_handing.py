"""What every store promises of quarantine, imports and calendar: memory, SQLite and PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from caseclock.store.protocol import AdoptedPack, CalendarChange, ImportedFile, Quarantined, Store

MakeRow = Callable[..., Quarantined]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_row_is_kept_in_quarantine_once_as_it_first_was(store: Store, quarantined: MakeRow) -> None:
    with store.transaction() as work:
        work.keep([quarantined(), quarantined("q-1", reason="seen again in the same file")])
    with store.transaction() as work:
        work.keep([quarantined("q-1", reason="seen again the next day")])

    with store.snapshot() as reading:
        assert [quarantined()] == reading.quarantined("thurrock")


def test_quarantine_is_listed_oldest_first_and_rows_of_a_file_by_their_number(
    store: Store, quarantined: MakeRow
) -> None:
    tenth, ninth = quarantined("q-a", row="10"), quarantined("q-b", row="9")
    earlier = quarantined("q-c", row="300", kept_at=datetime(2026, 3, 1, tzinfo=UTC), case_id=None)
    with store.transaction() as work:
        work.keep([tenth, ninth, earlier])

    with store.snapshot() as reading:
        assert [earlier, ninth, tenth] == reading.quarantined("thurrock")
        assert [ninth, tenth] == reading.quarantined("thurrock", "C-1042")
        assert [] == reading.quarantined("thurrock", "C-7")


def test_a_released_row_is_no_longer_listed_and_is_not_kept_again(store: Store, quarantined: MakeRow) -> None:
    with store.transaction() as work:
        work.keep([quarantined("q-1"), quarantined("q-2"), quarantined("q-1", authority="kent")])
        work.release("thurrock", ["q-1", "q-none"], NOON)
    with store.transaction() as work:
        work.keep([quarantined("q-1")])

    with store.snapshot() as reading:
        assert [quarantined("q-2")] == reading.quarantined("thurrock")
        assert [quarantined("q-1", authority="kent")] == reading.quarantined("kent")


def test_imports_are_told_in_the_order_they_came_in_to_their_own_authority(store: Store) -> None:
    first = ImportedFile(
        "thurrock", "b.csv", "ssda903", "0" * 64, NOON, {"records": 3, "not_used": {"SEX": 3}}
    )
    second = ImportedFile("thurrock", "a.csv", "ssda903", "1" * 64, NOON)
    with store.transaction() as work:
        work.write_import(first)
        work.write_import(second)
        work.write_import(replace(first, authority="kent"))

    with store.snapshot() as reading:
        assert [first, second] == reading.imports("thurrock")
        assert [] == reading.imports("medway")


def test_a_day_is_added_to_the_calendar_once_for_each_authority_and_once_for_all(store: Store) -> None:
    mourning = CalendarChange(date(2026, 9, 14), "Day of mourning", NOON, "admin", "proclamation")
    closure = replace(mourning, title="Offices closed", authority="thurrock")
    again = replace(mourning, title="Bank holiday", known_at=datetime(2026, 3, 3, tzinfo=UTC))
    with store.transaction() as work:
        for change in (mourning, closure, again, closure):
            work.add_calendar_change(change)
    with store.transaction() as work:
        work.add_calendar_change(again)

    with store.snapshot() as reading:
        assert [mourning, closure] == reading.calendar_changes()


def test_a_change_is_unsettled_until_it_has_reached_every_case(store: Store) -> None:
    day = CalendarChange(date(2026, 5, 8), "Victory day", NOON, "clerk", "proclaimed", None, date(2026, 5, 4))
    pack = AdoptedPack("longer", "the text", NOON, "head", "amended", "thurrock")
    with store.transaction() as work:
        work.add_calendar_change(day)
        work.adopt_pack(pack)
    with store.transaction() as work:
        before, marks = work.unsettled(), work.marks()
        work.settle(day, NOON)
        then = work.unsettled()
    with store.transaction() as work:
        work.settle(pack, NOON)

    with store.snapshot() as reading:
        assert ([day, pack], [pack], []) == (before, then, reading.unsettled())
        assert ([day], [pack], marks) == (
            reading.calendar_changes(),
            reading.adopted_packs(),
            reading.marks(),
        )
