"""A midnight at which a hundred thousand limits run out at once, while people go on recording.

Whoever records does so as they come, so many a second, whether what came before is done or not; their time runs from
when they came.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Event as Stop
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from uuid import uuid4

from sqlalchemy import func, select

from benchmarks.day_people import Results, said_by, while_asked
from benchmarks.desk_filling import fill
from benchmarks.figures import Figure, below
from benchmarks.journeys import as_written
from benchmarks.servers import postgresql
from caseclock.store.schema import timers
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

PART = "midnight: all that runs is due at once, while people record"
#: cases of which a hundred thousand timers still run
CASES = 94_000
#: when every one of them has run out
MIDNIGHT = datetime(2036, 1, 1, tzinfo=UTC)
#: twice England's busiest hour (docs/explanation/scale.md)
EACH_SECOND = 20
#: seconds of recording before the sweep begins
BEFORE = 10.0
#: how long nobody should wait, in ms
WANTED = 500.0


def midnight(cases: int = CASES, urls: Sequence[str] = ()) -> Iterator[Figure]:
    """Raise all that runs, on the databases named, which are filled, or on one of each kind, filled first."""
    for url in urls:
        yield from _measured(url)
    if urls:
        return
    with TemporaryDirectory() as folder:
        yield from _filled_and_measured(f"sqlite:///{Path(folder) / 'midnight.db'}", cases)
    with postgresql() as database:
        if database is not None:
            yield from _filled_and_measured(database("midnight"), cases)


def _filled_and_measured(url: str, cases: int) -> Iterator[Figure]:
    with open_store(url, synchronous="NORMAL") as store:
        fill(store, cases)
    yield from _measured(url)


def _measured(url: str) -> Iterator[Figure]:
    context = get_context("spawn")
    stop, told = context.Event(), context.SimpleQueue()
    process = context.Process(target=while_asked, args=(recorder, url, stop, told), daemon=True)
    with open_store(url, create=False) as store:
        with store.engine.connect() as connection:
            due = connection.scalar(select(func.count()).where(timers.c.wake_at <= MIDNIGHT))
        process.start()
        begins = said_by(process, told) + BEFORE
        sleep(begins - monotonic())
        begun = monotonic()
        raised = sweep(Engine(store), MIDNIGHT).raised
        ended = monotonic()
        stop.set()
    took: list[tuple[float, float]] = said_by(process, told)
    process.join()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    done = f"{due:,} due, {raised:,} raised in {ended - begun:.1f} s"
    yield Figure(PART, f"{kind}: raised, beside recording", raised / (ended - begun), "timers/s", done=done)
    for name, some in (
        ("before", [ms for came, ms in took if came < begun]),
        ("meanwhile", [ms for came, ms in took if begun <= came < ended]),
    ):
        cut, done = quantiles(some, n=100), f"{len(some):,} events"
        yield Figure(PART, f"{kind}: recording {name}, p50", cut[49], "ms", done=done)
        yield Figure(PART, f"{kind}: recording {name}, p99", cut[98], "ms", done=done)
        wanted, kept = below(WANTED, max(some), "ms") if name == "meanwhile" else ("", None)
        yield Figure(
            PART,
            f"{kind}: recording {name}, at most",
            max(some),
            "ms",
            wanted=wanted,
            kept=kept,
            done=done,
        )


def recorder(url: str, stop: Stop, told: Results) -> None:
    """Record so many events a second; tells when it begins, and at its end when each came and its milliseconds."""
    took: list[tuple[float, float]] = []
    events = as_written(2000, authority=f"beside-{uuid4().hex[:8]}")
    with open_store(url, create=False) as store:
        engine = Engine(store)
        began = monotonic()
        told.put(began)
        for number, event in enumerate(events):
            came = began + number / EACH_SECOND
            if stop.wait(max(0.0, came - monotonic())):
                break
            engine.record(event, at=event.recorded.latest())
            took.append((came, (monotonic() - came) * 1000))
    told.put(took)
