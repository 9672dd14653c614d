"""Two sweeps over the same due timers at the same moments, and a sweep among recorders: each breach is raised once."""

import os
from collections.abc import Callable, Iterator, MutableSequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from threading import Barrier
from typing import Any, cast

import killing
import pytest
from fault_databases import CHILDREN, Databases
from fault_table import Tally, times
from many_children import DUTIES, LONG_AFTER, late_news, names, tell
from side_by_side import PATIENCE, InStep, sweep_in_step
from story import instant
from whole import Whole, nothing_half_done, whole

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Breach, BreachStanding, Case, Transaction
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

pytestmark = pytest.mark.slow

FALLEN = CHILDREN * DUTIES


def each_raised_once(store: SqlStore) -> None:
    undisturbed = tell(InMemoryStore(), CHILDREN)
    sweep(undisturbed, LONG_AFTER)

    held = whole(store)
    assert whole(undisturbed.store).apart_from_order() == held.apart_from_order()
    assert [FALLEN] * 3 == [len(held.breaches), held.raised().total(), held.handed_on().total()]
    assert {1} == {*held.raised().values(), *held.handed_on().values()}
    assert () == verify(Engine(store), LONG_AFTER).findings


@pytest.mark.parametrize("batch", [7, 40])
def test_two_threads_that_sweep_in_step_share_the_work(databases: Databases, batch: int) -> None:
    url = databases.told()
    meeting, raised = Barrier(2), [0, 0]
    with ThreadPoolExecutor(2) as threads:
        work = partial(sweep_in_step, url, LONG_AFTER, batch, meeting, raised)
        list(threads.map(work, range(2)))

    with open_store(url) as store:
        left = sweep(
            Engine(store), LONG_AFTER
        ).raised  # a case that both reached for may be left for the next
        assert FALLEN == sum(raised) + left
        assert min(raised) > 0
        each_raised_once(store)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not fork")
def test_two_processes_that_sweep_in_step_share_the_work(
    databases: Databases, kind: str, tally: Tally
) -> None:
    rounds = times(1, 25)
    for _ in range(rounds):
        url = databases.told()
        meeting = killing.context().Barrier(2)
        raised: MutableSequence[int] = killing.context().Array("i", 2)  # type: ignore[assignment]
        work = partial(killing.start, sweep_in_step, url, LONG_AFTER, 20, meeting, raised)
        for process in [work(place) for place in range(2)]:
            killing.end(process)

        with open_store(url) as store:
            # a case that both reached for may be left for the next
            left = sweep(Engine(store), LONG_AFTER).raised
            assert FALLEN == sum(raised) + left
            assert min(raised) > 0
            each_raised_once(store)

    tally.met(
        "two sweeping processes, in step, the same due timers",
        kind,
        rounds,
        of=rounds,
        checked=f"{FALLEN} breaches each time, once each; verify",
    )


def test_a_sweep_among_recorders_loses_nothing(databases: Databases) -> None:
    """Two recorders write up the same children, event by event; two sweeps raise what they have not come to yet."""
    undisturbed = tell(InMemoryStore(), CHILDREN)
    for case_id in names(CHILDREN):
        undisturbed.record(*late_news(case_id), at=LONG_AFTER)
    sweep(undisturbed, LONG_AFTER)
    url = databases.told()
    meeting, raised = Barrier(4), [0, 0]
    news = list(zip(*(late_news(case_id) for case_id in names(CHILDREN)), strict=True))

    def recorded(mine: int) -> None:
        with open_store(url) as store:
            engine = Engine(InStep(store, meeting))
            for turn in news[mine:] + news[:mine]:
                for event in turn:
                    engine.record(event, at=LONG_AFTER)
            meeting.abort()

    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(sweep_in_step, url, LONG_AFTER, 7, meeting, raised, place) for place in (0, 1)]
        work += [threads.submit(recorded, mine) for mine in (0, 1)]
        for one in work:
            one.result(PATIENCE)

    with open_store(url) as store:
        assert sum(raised) > 0
        sweep(Engine(store), LONG_AFTER)
        assert () == verify(Engine(store), LONG_AFTER).findings
        held, expected = whole(store), whole(undisturbed.store)
    assert (expected.episodes, expected.timers) == (held.episodes, held.timers)
    assert standing(expected) == standing(held)
    assert {1} == {*held.events().values(), *held.handed_on().values()}


def standing(held: Whole) -> list[Breach]:
    return [breach for breach in held.breaches if breach.standing is not BreachStanding.WITHDRAWN]


class SweptBetween:
    """A store in which another sweeps once a unit of work has read its case and is about to write."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.raised = 0

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[Transaction]:
        with self._store.transaction(reads=reads) as unit:
            yield cast(Transaction, _Interrupted(unit, self._sweep))

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._store.snapshot()

    def _sweep(self) -> None:
        self.raised += sweep(Engine(self._store), LONG_AFTER).raised


class _Interrupted:
    def __init__(self, unit: Transaction, before_appending: Callable[[], None]) -> None:
        self._unit = unit
        self._before_appending = before_appending

    def __getattr__(self, name: str) -> object:
        return getattr(self._unit, name)

    def append(self, *args: Any, **named: Any) -> Case:
        self._before_appending()
        return self._unit.append(*args, **named)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_recorder_whose_case_was_swept_since_it_read_it_tries_again(databases: Databases) -> None:
    """Only where there is more than one writer at a time, as on PostgreSQL."""
    with open_store(databases.told()) as store:
        swept_between = SweptBetween(store)
        recorded = Engine(swept_between).record(*late_news("C-0000"), at=LONG_AFTER)

        assert FALLEN == swept_between.raised
        assert len(late_news("C-0000")) < recorded.events  # breaches raised in between are withdrawn
        nothing_half_done(store)


def test_a_recorder_that_does_not_know_of_a_sweep_yet_learns_of_it(databases: Databases) -> None:
    """It wrote to the case before, and holds what it knew of it then."""
    with open_store(databases.told()) as store:
        engine = Engine(store)
        first, *others = late_news("C-0000")
        engine.record(first, at=LONG_AFTER)
        sweep(Engine(store), LONG_AFTER)
        engine.record(*others, at=LONG_AFTER)

        assert {1} == set(whole(store).events().values())
        nothing_half_done(store)


def test_a_sweep_that_does_not_know_of_news_yet_learns_of_it(databases: Databases) -> None:
    """It swept the case before, a day after the first duties ran out, and holds what it knew of it then."""
    with open_store(databases.told()) as store:
        engine = Engine(store)
        early = sweep(engine, instant("2026-03-20")).raised
        Engine(store).record(*late_news("C-0000"), at=LONG_AFTER)
        late = sweep(engine, LONG_AFTER).raised

        assert 0 < early < FALLEN
        assert early + late == whole(store).raised().total()
        assert () == verify(Engine(store), LONG_AFTER).findings
