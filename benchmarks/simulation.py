"""The six-stage caseload against its peers, and what a service costs by its size: `python -m benchmarks.simulation`.

In one run and in turns, by processor time: our definitions (every move by its process's table, every clock judged), a
bare heap, SimPy, and SimPy with a trigger of `transitions` for each stage. The peers keep one clock a stage, as a
number of days.
"""

import argparse
import gc
from collections.abc import Callable, Generator
from datetime import date
from heapq import heappop, heappush
from random import Random
from statistics import median
from time import process_time
from typing import Any

import simpy
from transitions import Machine

from benchmarks.figures import table
from benchmarks.nation import nation
from benchmarks.services import services
from caseclock.simulation.compiled_path import CompiledPath, live_through
from caseclock.simulation.six_stages import STAGES, WAITS, six_stages

FIRST, LAST = date(2015, 1, 5), date(2025, 12, 31)
#: days by which each stage is to be done, for the peers
LIMITS = (1, 63, 7, 21, 14, 91)
_A_DAY = 20.0

Drawn = tuple[list[float], list[list[float]]]


def drawn(cases: int, seed: int) -> Drawn:
    """Draw when cases come and how long each waits before each stage: the same for everybody measured."""
    chance = Random(seed)
    arrivals, now = [], 0.0
    for _ in range(cases):
        now += chance.expovariate(_A_DAY)
        arrivals.append(now)
    return arrivals, [[chance.expovariate(1 / mean) for _ in range(cases)] for mean in WAITS]


def ours(path: CompiledPath, told: Drawn) -> int:
    return live_through(path, STAGES, *told)[0]


def bare_heap(told: Drawn) -> int:
    """Run the same waits over a heap, with one clock a stage and nothing else."""
    arrivals, waits = told
    heap: list[tuple[float, int, int, float]] = []
    for case, came in enumerate(arrivals):
        heappush(heap, (came, case, 0, came))
    late = done = 0
    while heap:
        now, case, stage, since = heappop(heap)
        if stage:
            late += now - since > LIMITS[stage - 1]
        if stage < len(WAITS):
            heappush(heap, (now + waits[stage][case], case, stage + 1, now))
        else:
            done += 1
    return done


def simpy_alone(told: Drawn) -> int:
    arrivals, waits = told
    world = simpy.Environment()
    counts = [0, 0]

    def case(number: int) -> Generator[simpy.Event, Any, None]:
        for stage, limit in enumerate(LIMITS):
            begun = world.now
            yield world.timeout(waits[stage][number])
            counts[0] += world.now - begun > limit
        counts[1] += 1

    def come() -> Generator[simpy.Event, Any, None]:
        for number, came in enumerate(arrivals):
            yield world.timeout(came - world.now)
            world.process(case(number))

    world.process(come())
    world.run()
    return counts[1]


_STATES = [f"stage_{n}" for n in range(7)]


class _Token:
    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state = _STATES[0]


def simpy_and_transitions(told: Drawn) -> int:
    arrivals, waits = told
    machine = Machine(model=None, states=_STATES, initial=_STATES[0], auto_transitions=False)
    for stage in range(6):
        machine.add_transition(f"done_{stage}", _STATES[stage], _STATES[stage + 1])
    triggers = [machine.events[f"done_{stage}"] for stage in range(6)]
    world = simpy.Environment()
    counts = [0, 0]

    def case(number: int) -> Generator[simpy.Event, Any, None]:
        token = _Token()
        for stage, limit in enumerate(LIMITS):
            begun = world.now
            yield world.timeout(waits[stage][number])
            triggers[stage].trigger(token)
            counts[0] += world.now - begun > limit
        counts[1] += 1

    def come() -> Generator[simpy.Event, Any, None]:
        for number, came in enumerate(arrivals):
            yield world.timeout(came - world.now)
            world.process(case(number))

    world.process(come())
    world.run()
    return counts[1]


def rate(work: Callable[[Drawn], int], told: Drawn) -> float:
    gc.collect()
    begun = process_time()
    done = work(told)
    return done / (process_time() - begun)


def caseload(cases: int, rounds: int) -> None:
    """Print cases a second of everybody in turns, and the median of the ratios."""
    path = six_stages(FIRST, LAST)
    print(
        f"six-stage caseload, {cases:,} cases, {len(path.clocks)} clocks and {len(path.steps)} events a case"
    )
    everybody: dict[str, Callable[[Drawn], int]] = {
        "our definitions, every clock": lambda told: ours(path, told),
        "bare heap, one clock a stage": bare_heap,
        "SimPy": simpy_alone,
        "SimPy with transitions": simpy_and_transitions,
    }
    rates: dict[str, list[float]] = {name: [] for name in everybody}
    for number in range(rounds):
        told = drawn(cases, number)
        for name, work in everybody.items():
            rates[name].append(rate(work, told))
    first = next(iter(rates))
    for name, found in rates.items():
        ratio = median(mine / theirs for mine, theirs in zip(rates[first], found, strict=True))
        print(f"  {name:32} {median(found):>10,.0f} cases/s   ours is {ratio:.2f} times it")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    options.add_argument(
        "parts",
        nargs="*",
        default=["caseload", "sizes"],
        help="caseload, sizes, nation; the first two where none is named",
    )
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--authorities", type=int, default=100, help="the most authorities, by steps of ten from one"
    )
    options.add_argument("--years", type=int, default=100, help="the most years, by steps of ten from one")
    options.add_argument("--nation", type=int, default=153, help="how many authorities a nation has")
    options.add_argument(
        "--processes", type=int, default=2, help="by how many processes a nation is simulated"
    )
    asked = options.parse_args()
    if "caseload" in asked.parts:
        caseload(asked.cases, asked.rounds)
    if "sizes" in asked.parts:
        print(table(services(asked.authorities, asked.years)))
    if "nation" in asked.parts:
        nation(asked.nation, asked.processes)


if __name__ == "__main__":
    main()
