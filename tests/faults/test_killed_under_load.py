"""kill -9 of whoever is at work, at random moments under load: every promise is kept, again and again."""

import os
from pathlib import Path
from random import Random

import pytest
from all_kept import all_is_kept
from at_work import Staff, Workplace
from fault_databases import Databases
from fault_table import Tally, in_full, times

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows neither forks nor has SIGKILL"),
]


def test_whoever_is_killed_at_whatever_moment_every_promise_is_kept(
    databases: Databases, kind: str, rng: Random, tmp_path: Path, tally: Tally
) -> None:
    """Recorders, an importer, sweepers, handers-on: one of them is killed every 0.2 to 1 s, or sooner where few are."""
    place = Workplace(databases.empty(), tmp_path)
    staff = Staff(place, rng)
    wanted = times(7, 200)
    soonest, latest = (0.2, 1.0) if in_full() else (0.02, 0.2)
    try:
        staff.begin()
        for _ in range(wanted):
            staff.work_for(rng.uniform(soonest, latest))
            staff.progress()
            staff.kill_one()
        staff.finish()
    finally:
        staff.leave()
    events = all_is_kept(place)
    cases = len({name.partition("/")[0] for name in place.acknowledged()})

    print(f"killed: {dict(staff.killed)}")  # noqa: T201  # pytest shows it
    tally.met(
        "kill -9 of workers under load",
        kind,
        sum(staff.killed.values()),
        of=wanted,
        checked=f"{events:,} events of {cases:,} cases, their breaches and messages; verify",
    )
