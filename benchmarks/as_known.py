"""A whole authority asked as known at a moment gone by: how many cases a second, and in how much memory.

The caseload is real histories copied under ids of their own (desk_filling). A process of its own does the asking, so
that its memory is that of the asking alone: `python -m benchmarks.as_known URL`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import text

from benchmarks.desk_filling import fill
from benchmarks.desk_journeys import AUTHORITY, NOW
from benchmarks.figures import Figure, below, peak_mb
from caseclock.store.sql import open_store
from caseclock.timers.when import london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions

PART = "a whole authority as known at a moment, SQLite"
#: what one process may take however many cases there are
MOST_MB = 300
#: the moment asked about: most of what happened had happened, and much of it was not written down yet
LONG_AGO = NOW - timedelta(days=200)


def as_known(cases: int) -> Iterator[Figure]:
    """Measure asking where every timer of a whole authority stood 200 days ago, as known then, and stands now."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'cases.db'}"
        with open_store(url, synchronous="NORMAL") as store:
            events = fill(store, cases, say=lambda said: print(said, file=sys.stderr))["events"]
        for words, past in (("asked as known 200 days ago", True), ("asked as at now", False)):
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "benchmarks.as_known", url, *(["--past"] if past else [])],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            told = json.loads(done.stdout)
            over = f"{cases:,} cases, {events:,} events, {told['timers']:,} timers in {told['seconds']:.0f} s"
            yield Figure(PART, words, cases / told["seconds"], "cases/s", done=over)
            wanted, kept = below(MOST_MB, told["peak_mb"], "MB")
            yield Figure(
                PART, "peak memory of that process", told["peak_mb"], "MB", None, wanted, kept,
                f"{told['early_mb']:.0f} MB after a twentieth of the cases",
            )  # fmt: skip


def _ask(url: str, past: bool) -> dict[str, float]:
    question = asked(now=NOW, as_at=london_date(LONG_AGO) if past else None)
    found = seen = 0
    early_mb = 0.0
    with open_store(url, create=False) as store, store.snapshot() as unit:
        with store.engine.connect() as connection:
            cases = connection.scalar(text("SELECT count(*) FROM cases")) or 0
        begun = perf_counter()
        last = ""
        for position in positions(Engine(store), unit, question, authority=AUTHORITY):
            found += 1
            if position.timer.case_id != last:
                last = position.timer.case_id
                seen += 1
                if seen == cases // 20:  # not every case has a timer then
                    early_mb = peak_mb()
        took = perf_counter() - begun
    return {"timers": found, "seconds": took, "peak_mb": peak_mb(), "early_mb": early_mb}


if __name__ == "__main__":
    print(json.dumps(_ask(sys.argv[1], "--past" in sys.argv)))
