"""A whole authority: raising what ran out all at once, looking when nothing did, and asking as known at a moment."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figures import Figure, peak_mb
from benchmarks.journeys import AUTHORITY, as_written
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions
from caseclock.workflow.sweep import sweep

PART = "a whole authority, SQLite"


def caseload(cases: int) -> Iterator[Figure]:
    """Measure a sweep and a question over so many cases, brought in case by case."""
    with TemporaryDirectory() as folder, open_store(f"sqlite:///{Path(folder) / 'cases.db'}") as store:
        engine = Engine(store)
        by_case: dict[str, list[tuple[Event, ...]]] = {}
        told = as_written(cases)
        for event in told:
            by_case.setdefault(event.case_id, []).append((event,))
        begun = perf_counter()
        for case_id, records in by_case.items():
            engine.take_in(AUTHORITY, case_id, records, told[-1].recorded.latest())
        took = perf_counter() - begun
        yield Figure(
            PART, "brought in, a transaction a case", len(told) / took, "events/s", done=f"{cases:,} cases"
        )

        later = datetime(2036, 1, 1, tzinfo=UTC)
        begun = perf_counter()
        swept = sweep(engine, later)
        took = perf_counter() - begun
        yield Figure(
            PART, "breaches raised", swept.raised / took, "breaches/s", done=f"{swept.raised:,} breaches"
        )
        begun = perf_counter()
        sweep(engine, later)
        yield Figure(PART, "a sweep with nothing due", (perf_counter() - begun) * 1000, "ms")

        middle = told[len(told) // 2].recorded.on
        question = asked(now=later, as_at=max(middle, date(2012, 1, 1)))
        begun = perf_counter()
        with store.snapshot() as unit:
            found = sum(1 for _ in positions(engine, unit, question, authority=AUTHORITY))
        took = perf_counter() - begun
        yield Figure(PART, "asked as known half-way", cases / took, "cases/s", done=f"{found:,} timers")
    yield Figure(PART, "peak memory of this process", peak_mb(), "MB")
