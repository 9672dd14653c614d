"""A case of thousands of events: replaying it, asking of its past, and recording one more event to it."""

from collections.abc import Iterator
from dataclasses import astuple
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure, below
from benchmarks.journeys import AUTHORITY, in_care
from caseclock.processes.catalogue import OPENERS
from caseclock.store.memory import InMemoryStore
from caseclock.timers.evaluation import evaluate
from caseclock.timers.history import History
from caseclock.timers.timer import Timer
from caseclock.workflow.engine import Engine
from caseclock.workflow.replay import episodes_of

PART = "one long case"


def long_case(events: int) -> Iterator[Figure]:
    """Measure one looked-after child's case of so many events, in memory, so that the database is left out."""
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
