"""A case of thousands of events: replaying it, asking of its past, and recording one more event to it."""

from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figures import Figure, below
from benchmarks.journeys import AUTHORITY, in_care
from benchmarks.recording import nothing_held
from benchmarks.servers import postgresql
from caseclock.processes.catalogue import OPENERS
from caseclock.store.memory import InMemoryStore
from caseclock.store.sql import open_store
from caseclock.timers.evaluation import evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Timer
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.replay import episodes_of

PART = "one long case"
#: events of the short case that the long one is held against
SHORT = 25
#: events recorded on each in turns; the first few fill every cache and are left out
MORE, WARM = 80, 10
MOST = 1.5


def long_case(events: int) -> Iterator[Figure]:
    """Measure one looked-after child's case of so many events: in memory, and then what it adds on a database."""
    told = in_care(events)
    store = InMemoryStore()
    engine = Engine(store)
    took = []
    for event in told:
        begun = perf_counter()
        engine.record(event, at=event.recorded.latest())
        took.append((perf_counter() - begun) * 1000)
    one_more = median(took[-50:])
    wanted, kept = below(5, one_more, "ms")
    yield Figure(
        PART, "one more event recorded", one_more, "ms", None, wanted, kept, f"on {len(told):,} events"
    )

    with store.snapshot() as unit:
        log, setting = unit.events(AUTHORITY, told[0].case_id), engine.setting(unit, AUTHORITY)
    replays, asked, made = [], [], []
    for _ in range(5):
        begun = perf_counter()
        timers = evaluate(History(log, OPENERS), setting)
        episodes_of(log)
        replays.append((perf_counter() - begun) * 1000)
        values = [astuple(timer) for timer in timers]
        begun = perf_counter()
        for value in values:
            Timer(*value)
        made.append((perf_counter() - begun) * 1000)
        begun = perf_counter()
        middle = log[len(log) // 2].recorded.latest()
        evaluate(History(log, OPENERS, known_at=middle), setting)
        asked.append((perf_counter() - begun) * 1000)
    wanted, kept = below(60, median(replays), "ms")
    # the least a replay can take in this language: its timers made, with nothing worked out
    done = f"{len(log):,} events, {len(values):,} timers"
    yield Figure(PART, "replayed whole", median(replays), "ms", median(made), wanted, kept, done)
    wanted, kept = below(100, median(asked), "ms")
    yield Figure(
        PART, "asked as known half-way", median(asked), "ms", None, wanted, kept, f"{len(log):,} events"
    )
    yield from on_databases(events)


def on_databases(events: int) -> Iterator[Figure]:
    """Measure one more event on the long case beside one on a short case, in turns, on both databases."""
    with TemporaryDirectory() as folder, postgresql() as database:
        urls = {"SQLite FULL": f"sqlite:///{Path(folder) / 'long.db'}"}
        if database is not None:
            urls["PostgreSQL"] = database("long")
        for kind, url in urls.items():
            with open_store(url) as store:
                engine = Engine(store)
                nexts = [
                    _told(engine, count, case_id)
                    for count, case_id in ((events, "L-long"), (SHORT, "L-short"))
                ]
                yield _dearer(
                    engine, nexts, f"{kind}, an event on it, times one on a case of {SHORT}", events
                )
            with open_store(url) as store, nothing_held():
                rest = [one[MORE:] for one in nexts]
                name = f"{kind}, the same where neither is at hand"
                yield _dearer(Engine(store), rest, name, events, wanted=False)


def _told(engine: Engine, events: int, case_id: str) -> list[Event]:
    """Record a case of so many events, and give the visits that come next."""
    told = in_care(events, case_id=case_id)
    engine.record(*told, at=told[-1].recorded.latest())
    visit, last = next(one for one in told if one.type == "ChildSeen"), told[-1].recorded.latest()
    return [
        replace(
            visit,
            event_id=f"{case_id}/more/{number}",
            occurred=When.instant(last + timedelta(days=number)),
            recorded=When.instant(last + timedelta(days=number, minutes=20)),
        )
        for number in range(1, 2 * MORE + 1)
    ]


def _dearer(
    engine: Engine, nexts: list[list[Event]], name: str, events: int, *, wanted: bool = True
) -> Figure:
    took: list[list[float]] = [[], []]
    for pair in zip(*(one[:MORE] for one in nexts), strict=True):
        for event, spent in zip(pair, took, strict=True):
            begun = perf_counter()
            engine.record(event, at=event.recorded.latest())
            spent.append((perf_counter() - begun) * 1000)
    long, short = (median(spent[WARM:]) for spent in took)
    return Figure(
        PART,
        name,
        long / short,
        f"times {short:.2f} ms",
        wanted=f"at most {MOST:g}" if wanted else "",
        kept=long / short <= MOST if wanted else None,
        done=f"on {events:,} events",
    )
