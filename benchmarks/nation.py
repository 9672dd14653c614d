"""A whole nation for a year: every family, every worker and every clock, over processes of this machine."""

import resource
from time import monotonic

from caseclock.simulation.clocks import timers_in
from caseclock.simulation.engines import Processes
from caseclock.simulation.running import Run, run
from caseclock.simulation.scenario import load_scenario


def nation(authorities: int, processes: int) -> None:
    """Print how long so many authorities of England's sizes take, warm-up and every clock among it, and the memory."""
    scenario = load_scenario("england-average")
    what = Run(scenario, 1, 1, authorities, with_events=False, with_clocks=True)
    begun = monotonic()
    (found,) = run(what, Processes(processes))
    took = monotonic() - begun
    counted = {name: found[name].numerator for name in ("events", "contacts", "referrals", "assessments")}
    parent, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    worked = sum(one.ru_utime + one.ru_stime for one in (parent, workers))
    print(
        f"{authorities} authorities for a year, and one of warm-up, every clock judged, {processes} processes: "
        f"{took / 60:.1f} minutes, {worked / 60:.1f} of processors"
    )
    print("  " + ", ".join(f"{number:,.0f} {name}" for name, number in counted.items()), end="")
    print(f", {timers_in(found):,} timers of the year")
    most, of_one = parent.ru_maxrss / 1024, workers.ru_maxrss / 1024
    print(f"  most memory: {most:,.0f} MB here, {of_one:,.0f} MB of the largest of the others")
