"""Cases that grow in one unit of work: together in few statements, and no less guarded than each by itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from caseclock.store.chain import first_break
from caseclock.store.protocol import CalendarChange, Case, CaseChanged
from caseclock.store.sql import SqlStore
from caseclock.timers.event import Event

MakeEvent = Callable[..., Event]
NAMES = [f"C-{number:02}" for number in range(30)]


def told(event: MakeEvent, case_id: str, number: int) -> Event:
    return event(f"{case_id}/{number}", case_id=case_id)


def grow_all(store: SqlStore, event: MakeEvent, number: int, *, marks: tuple[int, int] | None = None) -> None:
    with store.transaction() as work:
        work.look_ahead("thurrock", NAMES, to_write=True)
        for name in NAMES:
            case = work.case("thurrock", name) or Case("thurrock", name)
            work.append(case, [told(event, name, number)], marks=marks)


def test_new_and_old_cases_grow_together_and_every_chain_is_whole(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    with sql_store.transaction() as work:
        for name in NAMES[::3]:
            work.append(Case("thurrock", name), [told(event, name, 1)])
    grow_all(sql_store, event, 2, marks=(0, 0))

    with sql_store.snapshot() as reading:
        lengths = [len(reading.events("thurrock", name)) for name in NAMES]
        breaks = [
            first_break(reading.log_rows("thurrock", name), reading.case("thurrock", name)) for name in NAMES
        ]
    assert [2, 1, 1] * 10 == lengths
    assert [None] * 30 == breaks


def test_a_case_that_grows_twice_is_read_in_between_as_it_is_by_then(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    with sql_store.transaction() as work:
        work.look_ahead("thurrock", NAMES, to_write=True)
        one = work.append(Case("thurrock", "C-00"), [told(event, "C-00", 1)])
        work.append(Case("thurrock", "C-01"), [told(event, "C-01", 1)])
        two = work.append(one, [told(event, "C-00", 2)])
        assert two == work.case("thurrock", "C-00")
        three = work.append(two, [told(event, "C-00", 3)])

    with sql_store.snapshot() as reading:
        assert [three, 3] == [reading.case("thurrock", "C-00"), len(reading.events("thurrock", "C-00"))]


@pytest.mark.parametrize("place", [0, 29])
def test_where_one_of_them_was_written_to_meanwhile_none_goes_in(
    sql_store: SqlStore, event: MakeEvent, place: int
) -> None:
    grow_all(sql_store, event, 1)
    with sql_store.snapshot() as reading:
        read = [reading.case("thurrock", name) for name in NAMES]
    with sql_store.transaction() as work:
        work.append(read[place] or Case("thurrock", "?"), [told(event, NAMES[place], 2)])

    def too_late() -> None:
        with sql_store.transaction() as work:
            work.look_ahead("thurrock", [], to_write=True)
            for case in read:
                assert case is not None
                work.append(case, [told(event, case.case_id, 3)])

    with pytest.raises(CaseChanged, match="Of 30 cases of thurrock"):
        too_late()
    with sql_store.snapshot() as reading:
        assert 31 == sum(len(reading.events("thurrock", name)) for name in NAMES)


def test_a_case_that_is_there_already_is_not_made_again_with_many_events_behind_it(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    """More rows than may wait: the log is written on the way, and the cases' own rows before it."""
    grow_all(sql_store, event, 1)

    def too_late() -> None:
        with sql_store.transaction() as work:
            work.look_ahead("thurrock", [], to_write=True)
            for name in NAMES:
                many = [told(event, name, number) for number in range(2, 102)]
                work.append(Case("thurrock", name), many)

    with pytest.raises(CaseChanged):
        too_late()
    with sql_store.snapshot() as reading:
        assert 30 == sum(len(reading.events("thurrock", name)) for name in NAMES)


def test_what_was_worked_out_under_another_calendar_is_not_written(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    announced = datetime(2026, 3, 2, tzinfo=UTC)
    grow_all(sql_store, event, 1, marks=(0, 0))
    with sql_store.transaction() as work:
        work.add_calendar_change(
            CalendarChange(date(2026, 6, 15), "Day off", announced, "admin", "announced")
        )

    with pytest.raises(CaseChanged):
        grow_all(sql_store, event, 2, marks=(0, 0))
    grow_all(sql_store, event, 3, marks=(1, 0))
    with sql_store.snapshot() as reading:
        assert 60 == sum(len(reading.events("thurrock", name)) for name in NAMES)


def test_a_case_not_as_the_same_unit_of_work_left_it_is_refused(
    sql_store: SqlStore, event: MakeEvent
) -> None:
    def twice() -> None:
        with sql_store.transaction() as work:
            work.look_ahead("thurrock", [], to_write=True)
            work.append(Case("thurrock", "C-00"), [told(event, "C-00", 1)])
            work.append(Case("thurrock", "C-00"), [told(event, "C-00", 2)])

    with pytest.raises(CaseChanged):
        twice()
    with sql_store.snapshot() as reading:
        assert [] == list(reading.case_ids())
