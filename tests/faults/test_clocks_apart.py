"""Workers whose clocks differ by five minutes: each breach once, and by nobody before its time on their own clock."""

import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

import pytest
from fault_databases import CHILDREN, Databases
from fault_table import Tally, in_full
from many_children import DUTIES, LONG_AFTER, happened
from recipients import Clock, message, put
from story import instant
from whole import whole

from caseclock.outbox.back_off import Patience
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Post, Telling, register
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

pytestmark = pytest.mark.slow

APART = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def nights_of(store: Store) -> list[datetime]:
    """Give the moments at which a timer must be looked at."""
    with store.snapshot() as unit:
        return sorted({kept.wake_at for kept in unit.all_timers() if kept.wake_at is not None})


def test_two_workers_five_minutes_apart_raise_each_breach_once_and_none_before_its_time(
    databases: Databases, kind: str, rng: Random, tally: Tally
) -> None:
    """They go through the nights on which breaches fall, a minute or more at a time, now the one and now the other."""
    url, steps = databases.told(), 0
    with open_store(url) as store, open_store(url) as others:
        clocks = {Engine(store): timedelta(0), Engine(others): APART}
        nights = nights_of(store)
        few = nights if in_full() else nights[:4]
        for night in few:
            at = night - 2 * APART
            while at < night + 2 * APART:
                engine = rng.choice(list(clocks))
                sweep(engine, at + clocks[engine])
                steps, at = steps + 1, at + rng.randint(1, 4) * MINUTE
        for engine, ahead in clocks.items():
            sweep(engine, few[-1] + ahead)
        held = whole(store)
        assert () == verify(Engine(store), few[-1]).findings

    assert {1} == {*held.raised().values(), *held.handed_on().values()}
    late = {breach.raised_at - breach.fell_at for breach in held.breaches}
    assert timedelta(0) <= min(late) <= max(late) <= 2 * APART
    tally.met(
        "two workers, clocks five minutes apart",
        kind,
        steps,
        of=len(few),
        checked=f"{len(held.breaches)} breaches",
    )


def test_two_who_hand_on_five_minutes_apart_keep_each_case_in_order(rng: Random, tally: Tally) -> None:
    store, slow, fast = InMemoryStore(), Clock(), Clock()
    fast.pass_(APART.total_seconds())
    put(store, *(message(number, f"C-{number % 5}") for number in range(60)))
    told: dict[str, list[int]] = {f"C-{case}": [] for case in range(5)}
    failed = 0

    def listen(line: dict[str, object]) -> None:
        nonlocal failed
        if rng.random() < 0.3:
            failed += 1
            raise ConnectionError("not now")
        told[str(line["case_id"])].append(int(str(line["event_id"]).removeprefix("e-")))

    patience = Patience(tries=400, first=timedelta(seconds=4), most=timedelta(minutes=2))
    telling = Telling("desk", ByCalling(listen, parts=3), patience=patience)
    register(store, telling, slow.at)
    posts = [Post(store, telling, clock.clocks(), rng=rng) for clock in (slow, fast)]
    for _ in count():
        rng.choice(posts).turn()
        for clock in (slow, fast):
            clock.pass_(rng.uniform(0, 20))
        with store.snapshot() as unit:
            if not unit.queued(1):
                break

    assert {name: list(range(case, 60, 5)) for case, name in enumerate(told)} == told
    tally.met(
        "two who hand on, clocks five minutes apart",
        "memory",
        failed,
        of=1,
        checked="in the order of each case",
    )


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("seen_on", "due_on", "fell_at"),
    [
        # a child in care is visited six weeks after the last visit; the clocks go forward on 29 March 2026
        (date(2026, 2, 14), date(2026, 3, 28), instant("2026-03-29 00:00")),
        (date(2026, 2, 15), date(2026, 3, 29), instant("2026-03-30 00:00")),
        # they go back on 25 October 2026
        (date(2026, 9, 12), date(2026, 10, 24), instant("2026-10-25 00:00")),
        (date(2026, 9, 13), date(2026, 10, 25), instant("2026-10-26 00:00")),
        # Tuesday 29 February 2028 is a day like any other
        (date(2028, 1, 18), date(2028, 2, 29), instant("2028-03-01 00:00")),
    ],
)
def test_a_breach_falls_at_midnight_in_london_when_clocks_change_and_in_leap_years(
    databases: Databases, seen_on: date, due_on: date, fell_at: datetime
) -> None:
    with open_store(databases.empty()) as store:
        engine = Engine(store)
        begun = seen_on - timedelta(days=60)
        care = {"legal_status": "care_order", "date_of_birth": "2019-06-10"}
        told = [
            happened("C-1", 1, "PeriodOfCareStarted", str(begun), "L-1", **care),
            happened("C-1", 2, "PlacementStarted", str(begun), "L-1", placement_id="P-1", kind="foster"),
            happened("C-1", 3, "ChildSeen", str(seen_on), "L-1", alone=True),
        ]
        for one in told:
            engine.record(one, at=fell_at - 2 * MINUTE)
        sweep(engine, fell_at - timedelta(microseconds=1))
        early = {breach.due_on for breach in whole(store).breaches}
        sweep(engine, fell_at)
        fallen = {breach.due_on: breach.fell_at for breach in whole(store).breaches}

    assert due_on not in early
    assert fell_at == fallen[due_on]


#: what two real workers' clocks are set to, in minutes before and after a night on which breaches fall: on and back
_SET_TO = (-10, 1, -60, -1, 2, 30)

if in_full():  # each round starts two programs

    def test_real_workers_whose_machines_have_clocks_five_minutes_apart_that_step_on_and_back(
        databases: Databases, kind: str, tally: Tally
    ) -> None:
        """Two `caseclock run --once` at the same time, each under the clock that the library faketime tells it."""
        faketime = shutil.which("faketime")
        if faketime is None:
            pytest.skip("this machine has no faketime")
        url, rounds = databases.told(), 0
        command = [sys.executable, "-m", "caseclock", "run", "--once", "--db", url]
        with open_store(url) as store:
            nights = nights_of(store)
            for at in (night + minutes * MINUTE for night in nights[:3] for minutes in _SET_TO):
                ways = [[faketime, "-f", f"@{one:%Y-%m-%d %H:%M:%S}"] for one in (at, at + APART)]
                both = [subprocess.Popen([*way, *command], env={**os.environ, "TZ": "UTC"}) for way in ways]
                assert {0, 1} >= {one.wait(60) for one in both}
                rounds += 1
            fallen = len(whole(store).breaches)
            sweep(Engine(store), LONG_AFTER)
            held = whole(store)
            assert () == verify(Engine(store), LONG_AFTER).findings
        assert 0 < fallen < CHILDREN * DUTIES == len(held.breaches)
        assert {1} == {*held.raised().values(), *held.handed_on().values()}
        assert timedelta(0) <= min(breach.raised_at - breach.fell_at for breach in held.breaches)
        tally.met(
            "real processes, clocks five minutes apart that step on and back",
            kind,
            rounds,
            of=3 * len(_SET_TO),
            checked="each breach once, none before its time; verify",
        )
