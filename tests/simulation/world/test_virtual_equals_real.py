"""What is simulated is what would have happened: the same events through the durable engine give the same case file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world import Simulated, simulate
from caseclock.store.protocol import Store
from caseclock.store.rows import BreachStanding
from caseclock.store.sql import open_store
from caseclock.timers.standing import standing
from caseclock.timers.timer import BREACHED_STANDINGS
from caseclock.timers.when import london_date, start_of_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify


@pytest.fixture(scope="module")
def simulated(service_of: Callable[..., Scenario]) -> Simulated:
    return simulate(
        service_of(authority="thurrock", children=2200, months=3, warm_up_months=1, first_day="2022-08-15"),
        seed=7,
    )


@pytest.fixture(scope="module")
def lived(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Record a simulated history as it was written up, with a sweep each night, in SQLite."""
    path: Path = tmp_path_factory.mktemp("lived") / "cases.db"
    store = open_store(f"sqlite:///{path}", synchronous="NORMAL")
    engine = Engine(store)
    today = None
    for event in simulated:
        at = event.recorded.latest()
        if today is not None and london_date(at) != today:
            sweep(engine, start_of_day(london_date(at)))
        today = london_date(at)
        engine.record(event, at=at)
    sweep(engine, simulated.known_at)
    return store


def test_the_engine_keeps_the_same_timers(simulated: Simulated, lived: Store) -> None:
    judged = {timer.timer_id: timer for _, timers in simulated.timers() for timer in timers}
    with lived.snapshot() as unit:
        stored = {kept.timer.timer_id: kept.timer for kept in unit.all_timers("thurrock")}

    assert judged == stored


def test_the_engine_finds_every_episode_in_the_state_the_service_left_it(
    simulated: Simulated, lived: Store
) -> None:
    with lived.snapshot() as unit:
        stored = {
            (case_id, episode.episode_id): episode.state
            for _, case_id in unit.case_ids("thurrock")
            for episode in unit.episodes("thurrock", case_id)
        }

    assert simulated.states() == stored


def test_the_engine_raises_the_same_breaches(simulated: Simulated, lived: Store) -> None:
    late = {
        timer.timer_id
        for _, timers in simulated.timers()
        for timer in timers
        if standing(timer, simulated.known_at) in BREACHED_STANDINGS
    }
    with lived.snapshot() as unit:
        raised = {
            breach.timer_id
            for breach in unit.all_breaches("thurrock")
            if breach.standing is not BreachStanding.WITHDRAWN
        }

    assert late == raised
    assert late, "a service without one breach shows nothing"


def test_verify_finds_nothing_wrong(simulated: Simulated, lived: Store) -> None:
    verified = verify(Engine(lived), simulated.known_at)

    assert () == verified.findings
    assert len(simulated.cases) == verified.cases
