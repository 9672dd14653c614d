"""One scenario, one seed, one replication: one history, to the byte, wherever it is made."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from hashlib import sha256

from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world import Simulated, simulate
from caseclock.timers.event import Event
from caseclock.workflow.event_lines import event_line

ServiceOf = Callable[..., Scenario]

_ELSEWHERE = """
import json, sys
from hashlib import sha256
from caseclock.simulation.scenario import scenario_from
from caseclock.simulation.world import simulate
from caseclock.workflow.event_lines import event_line
made = simulate(scenario_from(json.loads(sys.argv[1]), "told"), seed=11, replication=2)
lines = "\\n".join(json.dumps(event_line(event)) for event in made)
print(sha256(lines.encode()).hexdigest())
"""


def digest(events: Iterable[Event]) -> str:
    return sha256("\n".join(json.dumps(event_line(event)) for event in events).encode()).hexdigest()


def arrivals(made: Simulated) -> list[tuple[str, str, object]]:
    """List who came to the front door for the first time, when, and from where."""
    return sorted(
        (event.case_id, str(event.occurred), event.data["source"])
        for event in made
        if event.type == "ContactReceived" and event.episode_id == "R-1" and event.case_id[0] in "FC"
    )


def test_another_process_with_other_hashes_gives_the_same_bytes(service_of: ServiceOf) -> None:
    scenario = service_of()
    here = digest(simulate(scenario, seed=11, replication=2))
    there = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, scenario.model_dump_json()],
        env=os.environ | {"PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    assert here == there


def test_another_seed_and_another_replication_are_other_histories(service_of: ServiceOf) -> None:
    scenario = service_of(months=1, warm_up_months=0)
    made = {digest(simulate(scenario, seed, replication)) for seed in (1, 2) for replication in (1, 2)}

    assert 4 == len(made)


def test_fewer_workers_do_not_change_who_comes(service_of: ServiceOf) -> None:
    """Families that never came before: when one comes back depends on when its case was closed."""
    full = simulate(service_of(), seed=3)
    half = simulate(service_of(teams__assessment__workers=1.5, teams__protection__workers=1.2), seed=3)

    assert arrivals(full) == arrivals(half)
    assert digest(full) != digest(half)


def test_more_demand_adds_families_and_takes_none_away(service_of: ServiceOf) -> None:
    before = {case_id for case_id, _, _ in arrivals(simulate(service_of(), seed=3))}
    more = {
        case_id for case_id, _, _ in arrivals(simulate(service_of(demand__referrals_per_10000=650.0), seed=3))
    }

    assert before < more


def test_a_longer_warm_up_is_the_same_service_for_longer(service_of: ServiceOf) -> None:
    """Who comes on a day depends on the day, not on when the story begins."""
    short = [one for one in arrivals(simulate(service_of(), seed=5)) if one[1] >= "2026-02-02"]
    long = [one for one in arrivals(simulate(service_of(warm_up_months=4), seed=5)) if one[1] >= "2026-02-02"]

    assert short == long
