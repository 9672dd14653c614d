"""A machine whose clock steps back: what was raised stays raised, once, and nothing is raised before its time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from fault_databases import Databases
from sqlalchemy import select
from story import ANYWHERE, Told, begin, instant
from whole import nothing_half_done, whole

from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Clocks, Post, Telling, register
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import CalendarChange, Store
from caseclock.store.schema import metadata
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

HOUR = timedelta(hours=1)
#: a referral of Monday 2 March 2026 is to be decided by the end of Tuesday
FALLEN = instant("2026-03-04 00:00")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each kind of store in turn, empty."""
    if kind == "memory":
        yield InMemoryStore()
        return
    databases: Databases = request.getfixturevalue("databases")
    with open_store(databases.empty()) as opened:
        yield opened


@pytest.fixture
def undecided(store: Store) -> Told:
    """A referral of Monday 2 March 2026 that nobody decides on."""
    case = begin(store=store)
    case.referral("2026-03-02 09:30", decided="not yet")
    return case


@pytest.mark.usefixtures("undecided")
def test_a_sweep_an_hour_before_the_last_one_neither_raises_nor_takes_back(store: Store) -> None:
    engine = Engine(store)
    raised = [sweep(engine, FALLEN).raised]
    held = whole(store)
    raised += [sweep(one, FALLEN - HOUR).raised for one in (engine, Engine(store))]
    raised += [sweep(one, FALLEN).raised for one in (engine, Engine(store))]

    assert [1, 0, 0, 0, 0] == raised
    assert held == whole(store)


@pytest.mark.usefixtures("undecided")
def test_a_clock_that_was_set_back_raises_nothing_before_its_time_and_then_once(store: Store) -> None:
    """It goes back an hour just before the breach falls, and comes past that moment a second time."""
    engine = Engine(store)
    moments = (-1, 0, -60, -1, 0, 60)

    assert [0, 1, 0, 0, 0, 0] == [
        sweep(engine, FALLEN + timedelta(minutes=minutes)).raised for minutes in moments
    ]
    assert {1} == set(whole(store).raised().values())


def test_a_decision_recorded_by_a_clock_behind_that_of_the_sweep_withdraws_the_breach(
    undecided: Told, store: Store
) -> None:
    """Decided on Tuesday at 16:00; written up by a clock that says it is still Tuesday, after a breach was raised."""
    sweep(undecided.engine, FALLEN + HOUR)
    undecided.happened(
        "ReferralDecided", "2026-03-03 16:00", "R-1", recorded="2026-03-03 23:30", outcome="no_further_action"
    )

    assert ["withdrawn"] == [str(breach.standing) for breach in undecided.breaches()]
    assert [0, 0] == [sweep(Engine(store), at).raised for at in (FALLEN - HOUR, FALLEN + HOUR)]
    nothing_half_done(store)


def test_recording_an_hour_before_what_was_recorded_last_is_taken_as_told(
    undecided: Told, store: Store
) -> None:
    """The log keeps the order of writing, whatever the clocks of those who write say."""
    undecided.happened(
        "ReferralDecided", "2026-03-03 11:00", "R-1", recorded="2026-03-03 12:00", outcome="assessment"
    )
    undecided.happened("ReferrerInformed", "2026-03-03 10:00", "R-1", recorded="2026-03-03 10:55")

    assert ["ReferralReceived", "ReferralDecided", "ReferrerInformed"] == undecided.log()
    assert () == verify(Engine(store), FALLEN).findings


@pytest.mark.usefixtures("undecided")
def test_recording_by_an_earlier_clock_than_the_sweeps_brings_no_breach_back(store: Store) -> None:
    """A breach that was raised is the log's own, whatever the time of the next unit of work."""
    engine = Engine(store)
    sweep(engine, FALLEN)
    other = begin(case_id="C-1043", store=store)
    other.referral("2026-03-02 09:30", decided="not yet")

    assert [0, 1, 0] == [sweep(engine, at).raised for at in (FALLEN - HOUR, FALLEN, FALLEN - HOUR)]
    assert {1} == set(whole(store).raised().values())
    assert () == verify(engine, FALLEN).findings


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_that_is_kept_bears_the_clock_of_the_machine_or_of_the_database(store: SqlStore) -> None:
    """All of it happens in 2041: recording, correcting, a sweep, a day added, a message handed on."""
    now = instant("2041-06-03 09:00")
    case = begin(store=store)
    received = case.referral("2041-03-04 09:30", decided="not yet")
    case.assessment("2041-03-06")
    sweep(case.engine, now)
    case.corrected(received, "2041-03-05 09:30", recorded="2041-06-03 10:00")
    add_calendar_day(
        case.engine, CalendarChange(now.date(), "Closed", now, "clerk.adams", "A flood", authority=ANYWHERE)
    )
    told: list[object] = []
    telling = Telling("desk", ByCalling(told.append))
    register(store, telling, now)
    Post(store, telling, Clocks(lambda: now, monotonic)).drain(lambda _: None)
    this_year = f"{datetime.now(UTC).year}-"
    with store.engine.connect() as connection:
        kept = {
            name: [str(value) for row in connection.execute(select(table)) for value in row]
            for name, table in metadata.tables.items()
        }

    assert told
    assert kept["breaches"]
    assert {} == {name: found for name in kept if (found := [one for one in kept[name] if this_year in one])}
