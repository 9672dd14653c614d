"""What if: one scenario beside others, replication by replication, with what differs between them and by how much.

Every scenario is run under the same seed and replication numbers. Random numbers belong to families and purposes, so
the same families come in the same weeks, and a difference is what was changed, with far less chance in it than two
separate runs would have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseclock.simulation.intervals import Interval, across, paired
from caseclock.simulation.results import MEASURES, Figures
from caseclock.simulation.running import Engine, Progress, Run, enough, run
from caseclock.simulation.scenario import Scenario

#: what a manager asks first
MAIN = (
    "referrals",
    "assessments",
    "assessments.in_time",
    "assessments.median",
    "assessments.unallocated",
    "assessments.open",
    "assessments.open_late",
    "conferences",
    "conferences.in_time",
    "conferences.waiting",
    "plans.open",
    "plans.reviews_in_time",
    "need_plans.open",
    "care.open",
    "cases.open",
    "caseload",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario beside the base."""

    scenario: Scenario
    #: dotted key -> the base's value and this one's
    changes: Mapping[str, tuple[Any, Any]]
    results: Mapping[str, Interval]
    #: this one less the base; empty for the base itself
    differences: Mapping[str, Interval]


def compare(
    base: Scenario,
    others: Sequence[Scenario],
    *,
    seed: int,
    replications: int,
    engine: Engine,
    progress: Progress | None = None,
) -> list[Compared]:
    """Run scenarios under common random numbers; the base comes first. TooFewReplications for fewer than two."""
    enough(replications, "compare scenarios")
    total = (1 + len(others)) * replications
    all_figures: list[list[Figures]] = []
    for place, scenario in enumerate((base, *others)):
        before = place * replications

        def so_far(done: int, _: int, before: int = before) -> None:
            if progress:
                progress(before + done, total)

        all_figures.append(run(Run(scenario, seed, replications, with_events=False), engine, so_far))
    first = all_figures[0]
    return [
        Compared(
            scenario,
            changes(base, scenario),
            across(found),
            paired(first, found) if scenario is not base else {},
        )
        for scenario, found in zip((base, *others), all_figures, strict=True)
    ]


def changes(base: Scenario, other: Scenario) -> dict[str, tuple[Any, Any]]:
    """Name every setting of a scenario that is not as in the base, with both values."""
    here, there = _flat(base.model_dump(mode="json")), _flat(other.model_dump(mode="json"))
    told = ("name", "title", "notes")
    return {
        key: (here.get(key), there.get(key))
        for key in sorted({*here, *there})
        if here.get(key) != there.get(key) and key not in told
    }


def _flat(told: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = value
    return flat


def measures_shown(*, every: bool) -> tuple[str, ...]:
    """Name the measures to show: those a manager asks first, or every one."""
    return tuple(MEASURES) if every else MAIN
