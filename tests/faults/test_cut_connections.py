"""Connections cut at any moment: a recorder that is not told what came of it records again, with no second effect."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from random import Random

import pytest
from at_work import PASSING, again
from cutting import wire_to
from fault_table import Tally, times
from many_children import LONG_AFTER, beginnings, late_news, tell
from own_server import OwnServer, own_server
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool
from whole import nothing_half_done, whole

from caseclock.store.memory import InMemoryStore
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

pytestmark = pytest.mark.slow

#: more children than any run has time for
_MOST = 5000


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server() as made:
        yield made


class Recorder:
    """Records child after child, each event until it is acknowledged, and sweeps in between."""

    def __init__(self, store: SqlStore) -> None:
        self.engine = Engine(store)
        #: events by what came of recording them when it was acknowledged: how many were new
        self.acknowledged: dict[str, int] = {}
        #: tries that failed, by the class of what was raised
        self.failed: Counter[str] = Counter()

    @property
    def unknown(self) -> int:
        """How often an event was in, and its recorder had not been told."""
        return sum(new == 0 for new in self.acknowledged.values())

    def child(self, number: int) -> None:
        for event in (*beginnings(case_id := f"C-{number:04}"), *late_news(case_id)):
            again(partial(self._record, event))
        again(self._sweep)

    def _record(self, event: Event) -> None:
        try:
            done = self.engine.record(event, at=LONG_AFTER)
        except PASSING as fault:
            self.failed[type(fault).__name__] += 1
            raise
        self.acknowledged[event.event_id] = done.events

    def _sweep(self) -> None:
        sweep(self.engine, LONG_AFTER, batch=20)


def never_twice_never_lost(url: str, recorder: Recorder) -> None:
    """Look, without any fault, for every event and breach."""
    with open_store(url) as store:
        again(lambda: sweep(Engine(store), LONG_AFTER))
        held = whole(store)
        nothing_half_done(store)
        assert () == verify(Engine(store), LONG_AFTER).findings
    there = held.events()
    assert set() == set(recorder.acknowledged) - set(there)
    assert {1} == {*there.values(), *held.raised().values(), *held.handed_on().values()}
    twin = tell(InMemoryStore(), 1)
    twin.record(*late_news("C-0000"), at=LONG_AFTER)
    sweep(twin, LONG_AFTER)
    expected = sorted((kept.timer.timescale, kept.timer.outcome) for kept in whole(twin.store).timers)
    for case in held.cases:
        mine = [kept.timer for kept in held.timers if kept.timer.case_id == case.case_id]
        assert expected == sorted((timer.timescale, timer.outcome) for timer in mine)


def test_a_wire_that_is_cut_before_and_in_questions_and_answers(
    server: OwnServer, rng: Random, tally: Tally
) -> None:
    url = server.database("wire")
    wanted = times(24, 400)
    with (
        wire_to(("127.0.0.1", server.port), rng) as wire,
        open_store(make_url(url).set(port=wire.port)) as store,
    ):
        recorder = Recorder(store)
        wire.one_in = 25
        for number in range(_MOST):
            recorder.child(number)
            if wire.cut.total() >= wanted and len(wire.cut) == 4 and recorder.unknown:
                break
        wire.one_in = 0
    never_twice_never_lost(url, recorder)

    print(f"cut: {dict(wire.cut)}; failed: {dict(recorder.failed)}")  # noqa: T201  # pytest shows it
    tally.met(
        "connections cut on the wire",
        "postgresql",
        wire.cut.total(),
        of=wanted,
        checked=f"{len(recorder.acknowledged):,} events, once each; verify",
    )
    tally.met(
        "of those, committed and not acknowledged",
        "postgresql",
        recorder.unknown,
        of=1,
        checked="recorded again: no second",
    )


@contextmanager
def ending_backends(url: str, rng: Random, ended: list[int]) -> Iterator[None]:
    """End the recorder's backends every few milliseconds; `ended` counts them."""
    over = threading.Event()
    admin = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def end() -> None:
        with admin.connect() as connection:
            while not over.wait(rng.uniform(0.001, 0.03)):
                found = connection.scalar(
                    text(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                        "WHERE application_name = 'recorder' AND state = 'active'"
                    )
                )
                ended.append(found or 0)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_backends_ended_in_the_middle_of_a_statement(server: OwnServer, rng: Random, tally: Tally) -> None:
    url = server.database("backends")
    wanted = times(10, 200)
    ended: list[int] = []
    with open_store(f"{url}?application_name=recorder") as store:
        recorder = Recorder(store)
        with ending_backends(server.url, rng, ended):
            for number in range(_MOST):
                recorder.child(number)
                if recorder.failed.total() >= wanted:
                    break
    never_twice_never_lost(url, recorder)

    print(f"ended {sum(ended)} backends; failed: {dict(recorder.failed)}")  # noqa: T201  # pytest shows it
    tally.met(
        "backends ended (pg_terminate_backend)",
        "postgresql",
        min(sum(ended), recorder.failed.total()),
        of=wanted,
        checked=f"{len(recorder.acknowledged):,} events, once each; verify",
    )
