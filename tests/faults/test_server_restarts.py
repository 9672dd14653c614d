"""PostgreSQL killed with everything it holds and started again, at times before it has recovered.

Nobody else is started anew.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from all_kept import all_is_kept
from at_work import Staff, Workplace
from desk_told import settings_for
from fault_table import Tally, in_full, times
from many_children import LONG_AFTER, beginnings
from own_server import OwnServer, own_server
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from story import instant
from whole import whole

from caseclock.desk.app import create_app
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows neither forks nor has SIGKILL"),
]

#: of so many kills one comes before the server has recovered from the one before
_EVERY = 3


@pytest.fixture
def server() -> Iterator[OwnServer]:
    # far between checkpoints, so that there is much to recover
    with own_server("max_wal_size=4GB", "checkpoint_timeout=1h", "max_connections=60") as made:
        yield made


def test_everybody_goes_on_when_the_server_is_back_and_nothing_is_lost(
    server: OwnServer, rng: Random, tmp_path: Path, tally: Tally
) -> None:
    """Engines, sweeps, handing on and the desk keep their stores and connections all the time."""
    place = Workplace(server.database("work"), tmp_path)
    staff, pause = Staff(place, rng), threading.Event()
    wanted, recovering = times(3, 24), 0
    soonest, latest, longest_down = (5.0, 20.0, 5.0) if in_full() else (0.2, 0.6, 0.1)
    desk = create_app(settings_for(place.url, lambda: instant("2026-11-30")))
    browser = TestClient(desk, raise_server_exceptions=False)
    try:
        staff.begin()
        staff.all_here()
        for number in range(wanted):
            staff.work_for(rng.uniform(soonest, latest))
            staff.progress()
            server.kill()
            assert 503 == browser.get("/up").status_code
            if number % _EVERY == 0:
                # now and then it recovers before it is caught
                recovering += any(server.kill_in_recovery() for _ in range(5))
            pause.wait(rng.uniform(0, longest_down))
            server.start()
            assert 200 in [browser.get("/up").status_code for _ in range(2)]
        staff.progress()
        staff.finish()
        events = all_is_kept(place)
    finally:
        staff.leave()
        desk.state.desk.store.close()

    tally.met(
        "the database server killed, then started",
        "postgresql",
        wanted + recovering,
        of=times(3, 20),
        checked=f"{events:,} events, their breaches and messages; verify; the desk answers",
    )
    tally.met(
        "of those, before it had recovered",
        "postgresql",
        recovering,
        of=times(1, 5),
        checked="as above",
    )


def test_a_store_that_was_opened_before_the_server_went_away_works_when_it_is_back(server: OwnServer) -> None:
    """Its first unit of work may fail, on a connection that is no more; the second has a new one."""
    url = server.database("work")
    with open_store(url) as store, open_store(url) as idle:
        recorder, reader = Engine(store), Engine(idle)
        first, second, *_ = beginnings("C-1")
        recorder.record(first, at=LONG_AFTER)
        server.kill()
        for engine in (recorder, reader):
            for _ in range(2):
                with pytest.raises(OperationalError):
                    engine.record(second, at=LONG_AFTER)
                with pytest.raises(OperationalError):
                    sweep(engine, LONG_AFTER)
        server.start()
        for engine in (recorder, reader):
            with suppress(OperationalError):
                engine.record(second, at=LONG_AFTER)
            engine.record(second, at=LONG_AFTER)

        assert {first.event_id: 1, second.event_id: 1} == dict(whole(store).events())
