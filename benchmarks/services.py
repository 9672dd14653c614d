"""What a simulated service costs by its size: one of Thurrock's, and how the cost grows with authorities and years."""

import gc
from collections.abc import Iterable, Iterator
from time import process_time

from benchmarks.figures import Figure, peak_mb
from caseclock.simulation.scenario import Scenario, load_scenario
from caseclock.simulation.world import simulate

PART = "simulated services, warm-up of a year and every clock judged; seconds of one processor"
#: children of each of many authorities, and of the one that is simulated for many years
OF_MANY, OF_YEARS = 3_000, 1_000
#: a century from here lies within the calendar
FROM = "2014-04-01"
#: what one of many may cost, as a multiple of what one alone costs, for the cost to be called linear
LINEAR = 1.5


def services(authorities: int, years: int) -> Iterator[Figure]:
    """Measure one service of Thurrock's size, then 1, 10 ... authorities and 1, 10 ... years, up to so many."""
    children = load_scenario("england-average").sized("before", 300)
    simulate(children, 0)  # what is worked out once for all is no cost of the first
    took, done = _lived([load_scenario("thurrock")])
    yield Figure(
        PART,
        "a service of Thurrock's size, a year",
        took,
        "s",
        wanted="below 10 s",
        kept=took < 10,
        done=done,
    )
    small = load_scenario("england-average").sized("small", OF_MANY)
    yield from _growing("authorities", ((count, [small] * count, count) for count in _steps(authorities)))
    smaller = small.sized("small", OF_YEARS)
    yield from _growing(
        "years",  # the year of warm-up costs as much as one reported
        (
            (count, [smaller.changed({"months": 12 * count, "first_day": FROM})], count + 1)
            for count in _steps(years)
        ),
    )
    yield Figure(PART, "peak memory of this process", peak_mb(), "MB")


def _growing(of: str, sizes: Iterable[tuple[int, list[Scenario], int]]) -> Iterator[Figure]:
    """Measure what each of so many costs, beside what one costs alone."""
    one: float | None = None
    for count, scenarios, shared in sizes:
        took, done = _lived(scenarios)
        each = took / shared
        one = one or each
        yield Figure(
            PART,
            f"{count} {of}, each",
            each,
            "s",
            floor=one,
            wanted=f"at most {LINEAR:g} times one alone",
            kept=each <= LINEAR * one,
            done=f"{done}; {peak_mb():,.0f} MB so far",
        )


def _steps(most: int) -> Iterator[int]:
    count = 1
    while count <= most:
        yield count
        count *= 10


def _lived(scenarios: Iterable[Scenario]) -> tuple[float, str]:
    """Simulate services and judge every clock of every case: processor seconds, and how much that was."""
    events = timers = 0
    took = 0.0
    for seed, scenario in enumerate(scenarios):
        gc.collect()
        begun = process_time()
        simulated = simulate(scenario, seed)
        timers += sum(len(found) for _, found in simulated.timers(reported=True))
        took += process_time() - begun
        events += sum(len(told) for told in simulated.cases.values())
    return took, f"{events:,} events, {timers:,} timers"
