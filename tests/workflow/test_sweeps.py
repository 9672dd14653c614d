"""Breaches are raised once each, however late, however often, and by however many sweeps at once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from story import Told, begin, instant

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

CASES = 60
DECISION = "referral.decision.1wd"
#: referrals of Monday 2 March 2026, undecided, are overdue from Wednesday 4 March
OVERDUE = instant("2026-03-04 06:00")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cases.db'}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with open_store(database) as opened:
        yield opened


def undecided(store: Store, number: int = CASES) -> list[Told]:
    """So many cases, each with a referral of Monday 2 March 2026 that nobody decides on."""
    cases = [begin(case_id=f"C-{n:03}", store=store) for n in range(number)]
    for case in cases:
        case.referral("2026-03-02", decided="not yet")
    return cases


def raised(store: Store) -> Counter[str]:
    """How often the logs tell of each breach."""
    with store.snapshot() as unit:
        return Counter(
            str(event.data["breach_id"])
            for authority, case_id in unit.case_ids()
            for event in unit.events(authority, case_id)
            if event.type == "BreachRaised"
        )


def test_several_sweeps_at_once_raise_each_breach_once(store: Store) -> None:
    undecided(store)
    ready = Barrier(4)

    def swept(_: int) -> int:
        engine = Engine(store)
        ready.wait(10)
        return sweep(engine, OVERDUE, batch=7).raised

    with ThreadPoolExecutor(4) as threads:
        total = sum(threads.map(swept, range(4)))

    assert (CASES, {1}) == (total, set(raised(store).values()))
    assert CASES == len(raised(store))
    assert () == verify(Engine(store), OVERDUE).findings


def test_sweeps_and_recorders_at_once_leave_every_case_whole(store: Store) -> None:
    """Half the referrals are decided, late, while two sweeps raise their breaches."""
    cases = undecided(store)
    ready = Barrier(4)

    def swept(_: int) -> int:
        engine = Engine(store)
        ready.wait(10)
        return sweep(engine, OVERDUE, batch=5).raised

    def decided(mine: list[Told]) -> int:
        engine = Engine(store)
        ready.wait(10)
        for case in mine:
            Told(engine, case.authority, case.case_id, case.written).happened(
                "ReferralDecided", "2026-03-04 05:00", "R-1", outcome="no_further_action"
            )
        return 0

    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(swept, n) for n in range(2)]
        work += [threads.submit(decided, mine) for mine in (cases[0:30:2], cases[30:60:2])]
        total = sum(done.result(60) for done in work) + sweep(Engine(store), OVERDUE).raised

    assert (CASES, {1}) == (total, set(raised(store).values()))
    assert () == verify(Engine(store), OVERDUE).findings


def test_a_sweep_that_comes_late_raises_what_fell_long_ago_as_of_when_it_fell() -> None:
    case = begin()
    case.referral("2026-03-02", decided="not yet")

    assert [1, 0] == [case.swept("2026-05-01 12:00"), case.swept("2026-05-01 12:00")]
    assert [("2026-03-04 00:00", "2026-05-01 11:00")] == [
        (f"{breach.fell_at:%Y-%m-%d %H:%M}", f"{breach.raised_at:%Y-%m-%d %H:%M}")
        for breach in case.breaches()
    ]
    assert ["ReferralReceived", "BreachRaised"] == case.log()


def test_a_sweep_in_batches_of_one_raises_as_much_as_one_in_one() -> None:
    store = InMemoryStore()
    undecided(store, 5)

    assert 5 == sweep(Engine(store), OVERDUE, batch=1).raised


def test_a_sweep_that_is_early_raises_nothing_and_the_next_one_finds_it() -> None:
    case = begin()
    case.referral("2026-03-02", decided="not yet")

    assert [0, 0, 1] == [
        case.swept(moment)
        for moment in ("2026-03-02 12:00", "2026-03-03 23:59:59.999999", "2026-03-04 00:00")
    ]


def test_one_case_with_many_timers_due_together_is_written_once() -> None:
    store = InMemoryStore()
    engine = Engine(store)
    case = Told(engine, "thurrock")
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    case.swept("2027-01-01")

    assert {1} == set(raised(store).values())
    assert () == verify(engine, instant("2027-01-01") + timedelta(days=1)).findings
