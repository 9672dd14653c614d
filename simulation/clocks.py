"""Every clock of a replication, judged by the production evaluation: how the timers of each timescale stood at its end.

Counted are timers that ran on some day of the period reported. They are kept beside the measures of a replication.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from caseclock.simulation.intervals import as_row, interval, within
from caseclock.simulation.results import Figure, Figures
from caseclock.simulation.world.simulated import Simulated
from caseclock.timers.standing import standing
from caseclock.timers.timer import Standing

_PREFIX = "clock:"
COLUMNS = ("timescale", "standing", "mean", "low", "high", "spread_low", "spread_high", "replications")


def clock_figures(simulated: Simulated) -> Figures:
    """Judge every clock, and count the timers of each timescale by where they stood when the history ended."""
    counts: Counter[tuple[str, Standing]] = Counter()
    first, at = simulated.first_day, simulated.known_at
    for _, timers in simulated.timers(reported=True):
        for timer in timers:
            if timer.stopped_on is None or timer.stopped_on >= first:
                counts[timer.timescale, standing(timer, at)] += 1
    return {f"{_PREFIX}{rule}:{stood}": Figure(counts[rule, stood]) for rule, stood in sorted(counts)}


def timers_in(found: Figures) -> int:
    """Count the timers that a replication's figures tell of; 0 where its clocks were not judged."""
    return sum(int(figure.numerator) for name, figure in found.items() if name.startswith(_PREFIX))


def clock_rows(replications: Sequence[Figures]) -> Iterator[dict[str, Any]]:
    """Give, for each timescale and standing, the timers of a replication with their intervals."""
    names = sorted({name for one in replications for name in one if name.startswith(_PREFIX)})
    for name in names:
        counted = [one[name].numerator if name in one else 0.0 for one in replications]
        rule, stood = name.removeprefix(_PREFIX).rsplit(":", 1)
        yield {
            "timescale": rule,
            "standing": stood,
            **as_row(within(interval(counted), 0.0, float("inf"))),
        }
