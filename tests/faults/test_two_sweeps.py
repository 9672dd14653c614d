"""Two sweeps over the same due timers at the same moments, and a sweep among recorders: each breach is raised once."""

import os
from collections.abc import MutableSequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from threading import Barrier

import killing
import pytest
from fault_databases import CHILDREN, Databases
from many_children import DUTIES, LONG_AFTER, happened, names, tell
from side_by_side import InStep, sweep_in_step
from story import ANYWHERE
from whole import whole

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Transaction
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


@pytest.mark.parametrize("batch", [7, 100])
def test_two_threads_that_sweep_in_step_share_the_work(databases: Databases, batch: int) -> None:
    url = databases.told()
    meeting, raised = Barrier(2), [0, 0]
    with ThreadPoolExecutor(2) as threads:
        work = partial(sweep_in_step, url, LONG_AFTER, batch, meeting, raised)
        list(threads.map(work, range(2)))

    assert FALLEN == sum(raised)
    assert min(raised) > 0
    with open_store(url) as store:
        each_raised_once(store)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not fork")
def test_two_processes_that_sweep_in_step_share_the_work(databases: Databases) -> None:
    url = databases.told()
    meeting = killing.context().Barrier(2)
    raised: MutableSequence[int] = killing.context().Array("i", 2)  # type: ignore[assignment]
    work = partial(killing.start, sweep_in_step, url, LONG_AFTER, 20, meeting, raised)
    for process in [work(place) for place in range(2)]:
        killing.end(process)

    assert FALLEN == sum(raised)
    assert min(raised) > 0
    with open_store(url) as store:
        each_raised_once(store)
