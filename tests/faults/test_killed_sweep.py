"""kill -9 in the middle of a sweep, of handing on, and of a change of the calendar: each thing is done once."""

import json
import os
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

import killing
import pytest
from fault_databases import CHILDREN, Databases
from fault_table import Tally
from killing import Killer, rows, start
from many_children import DUTIES, LONG_AFTER, names, tell
from story import instant
from whole import nothing_half_done, whole

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import CalendarChange, Store
from caseclock.store.schema import breaches, events
from caseclock.store.sql import open_store
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import BATCH, sweep
from caseclock.workflow.verification import verify

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows neither forks nor has SIGKILL"),
]

FALLEN = CHILDREN * DUTIES
KNOWN = instant("2026-03-13 09:00")
#: Thursday 12 March 2026 is not worked after all, which moves eleven timers of every child
DAY = CalendarChange(date(2026, 3, 12), "Day of thanksgiving", KNOWN, "clerk.adams", "Royal proclamation")
ADD_DAY = ["calendar", "add", str(DAY.day), "--title", DAY.title, "--because", DAY.because, "--by", DAY.by]


def each_case_is_moved_or_not(store: Store) -> None:
    """Fail where timers of a case that the log says were moved, and only those, are not as they are to be."""
    told = {event.case_id for log in whole(store).logs for event, _, _ in log if event.type == "TimersMoved"}
    found = {(finding.case_id, finding.kind) for finding in verify(Engine(store), KNOWN).findings}

    assert {(case_id, "timers") for case_id in set(names(CHILDREN)) - told} == found


@pytest.mark.parametrize(("kind", "times"), [("sqlite", 5), ("postgresql", 2)])
def test_a_sweep_killed_again_and_again_raises_each_breach_once(
    databases: Databases, kind: str, rng: Random, times: int, tally: Tally
) -> None:
    undisturbed = tell(InMemoryStore(), CHILDREN)
    sweep(undisturbed, LONG_AFTER)
    expected = whole(undisturbed.store).apart_from_order()
    killer = Killer(rng, times)
    for url in killer.victims(databases.told):
        with open_store(url) as store:
            killer.kill_through(
                store,
                partial(start, killing.sweeping, killing.mortal(url), LONG_AFTER, rng.randint(5, 40)),
                rows(store, breaches),
                of=FALLEN,
                still=nothing_half_done,
            )

            held = whole(store)
            assert expected == held.apart_from_order()
            assert [FALLEN] * 3 == [len(held.breaches), held.raised().total(), held.handed_on().total()]
            assert {1} == {*held.raised().values(), *held.handed_on().values()}
            assert () == verify(Engine(store), LONG_AFTER).findings
    tally.met("kill -9 in a sweep", kind, len(killer.fired), of=times, checked="each breach once; verify")


def test_the_worker_is_killed_between_two_of_its_batches(databases: Databases, rng: Random) -> None:
    children = BATCH // DUTIES + CHILDREN // 2  # as many as take two batches
    with open_store(original := databases.told()) as store:
        tell(store, children)
    killer = Killer(rng, 1)
    for url in killer.victims(partial(databases.copy_of, original)):
        words = ["run", "--once", "--db", killing.mortal(url), "--now", LONG_AFTER.isoformat()]
        with open_store(url) as store:
            killer.kill_through(
                store,
                partial(start, killing.command, *words),
                rows(store, breaches),
                of=children * DUTIES,
                still=nothing_half_done,
            )

            assert {1} == set(whole(store).raised().values())
            assert () == verify(Engine(store), LONG_AFTER).findings
    assert [BATCH] == killer.fired  # as many as a batch raises


@pytest.mark.parametrize(("kind", "times"), [("sqlite", 2), ("postgresql", 1)])
def test_what_was_raised_is_handed_on_at_least_once_and_in_order_of_its_case(
    databases: Databases, kind: str, rng: Random, tmp_path: Path, times: int, tally: Tally
) -> None:
    out = tmp_path / "out.jsonl"
    killer = Killer(rng, times)
    for url in killer.victims(databases.told):
        out.write_bytes(b"")
        words = ["--db", killing.mortal(url), "--outbox", str(out), "--now", LONG_AFTER.isoformat()]
        words += ["--lease", "0.5"]
        with open_store(url) as store:
            sweep(Engine(store), LONG_AFTER)
            waiting = [message.payload["event_id"] for message in whole(store).outbox]
            killer.kill_through(
                store,
                partial(start, killing.command, "run", "--once", *words),
                lambda: len(set(out.read_bytes().splitlines())),
                of=FALLEN,
                still=nothing_half_done,
            )

            assert [] == whole(store).outbox
        told = [json.loads(line)["event_id"] for line in out.read_text("utf-8").splitlines()]
        assert waiting == list(dict.fromkeys(told))
    checked = "each message, in the order of its case"
    tally.met("kill -9 in handing on", kind, len(killer.fired), of=times, checked=checked)


@pytest.mark.parametrize(("kind", "times"), [("sqlite", 4), ("postgresql", 2)])
def test_a_day_added_to_the_calendar_moves_every_timer_once_though_it_was_killed_half_way(
    databases: Databases, kind: str, rng: Random, times: int, tally: Tally
) -> None:
    undisturbed = tell(InMemoryStore(), CHILDREN)
    add_calendar_day(undisturbed, DAY)
    killer = Killer(rng, times)
    for url in killer.victims(databases.told):
        words = [*ADD_DAY, "--db", killing.mortal(url), "--now", KNOWN.isoformat()]
        with open_store(url) as store:
            killer.kill_through(
                store,
                partial(start, killing.command, *words),
                rows(store, events, type="TimersMoved"),
                of=CHILDREN,
                still=each_case_is_moved_or_not,
            )

            held = whole(store)
            assert whole(undisturbed.store) == held
            assert {f"TimersMoved:{name}:{DAY.day}:all" for name in names(CHILDREN)} <= set(held.events())
            assert () == verify(Engine(store), KNOWN).findings
    checked = "each timer moved once; verify"
    tally.met("kill -9 in a change of the calendar", kind, len(killer.fired), of=times, checked=checked)
