"""Recording event by event: how much of what the database allows is left once everything is checked and worked out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, at_least, seconds
from benchmarks.floor import open_floor, rows_in, rows_written, write_rows
from benchmarks.journeys import ANYWHERE, AUTHORITY, as_written
from benchmarks.servers import analyse, postgresql
from caseclock.store.engines import Synchronous
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow import engine as engine_module
from caseclock.workflow.engine import Engine

PART = "record: one event, one transaction"
#: events of one round, for the engine and the floor in turn
ROUND = 250


def record(cases: int) -> Iterator[Figure]:
    """Measure recording of so many journeys through the front door, as they would be written up in a year."""
    for authority, rules in ((ANYWHERE, "national rules"), (AUTHORITY, "thurrock's rules")):
        told = as_written(cases, authority=authority)
        levels: tuple[Synchronous, ...] = ("FULL", "NORMAL")
        for synchronous in levels:
            with TemporaryDirectory() as folder:
                urls = [f"sqlite:///{Path(folder) / name}.db" for name in ("engine", "floor")]
                name = f"SQLite {synchronous}, {rules}"
                yield _measured(name, told, urls[0], urls[1], synchronous)
    told = as_written(cases)
    with TemporaryDirectory() as folder, nothing_held():
        urls = [f"sqlite:///{Path(folder) / name}.db" for name in ("engine", "floor")]
        yield _measured("SQLite FULL, each case read anew", told, urls[0], urls[1], "FULL", wanted=False)
    with postgresql() as databases:
        if databases is not None:
            yield _measured("PostgreSQL, thurrock's rules", told, databases("engine"), databases("floor"))


def _measured(
    name: str,
    told: Sequence[Event],
    url: str,
    floor_url: str,
    synchronous: Synchronous = "FULL",
    *,
    wanted: bool = True,
) -> Figure:
    """Record events and write their rows plainly, in turns of some hundreds, so that both meet the same machine."""
    units = rows_written(told)
    store = open_store(url, synchronous=synchronous)
    open_store(floor_url, synchronous=synchronous).close()  # makes the tables
    floor = open_floor(floor_url, synchronous)
    engine = Engine(store)
    ours, plain, ratios = 0.0, 0.0, []
    for start in range(0, len(told), ROUND):
        some = slice(start, start + ROUND)
        took = seconds(partial(_record, engine, told[some]))
        least = seconds(partial(write_rows, floor, units[some]))
        if start == 0 and floor.dialect.name == "postgresql":
            for each in (url, floor_url):
                analyse(each)
        if start == 0 or start + ROUND > len(told):
            continue  # the first fills every cache, the last is short
        ours, plain = ours + took, plain + least
        ratios.append(least / took)
    store.close()
    floor.dispose()
    events = len(ratios) * ROUND
    words, kept = at_least(0.5, ratios) if wanted else ("", None)
    return Figure(
        part=PART,
        name=name,
        value=events / ours,
        unit="events/s",
        floor=events / plain,
        wanted=words,
        kept=kept,
        done=f"{events:,} events, {rows_in(units) / len(told):.1f} rows each",
        rounds=tuple(ratios),
    )


def _record(engine: Engine, told: Sequence[Event]) -> None:
    for event in told:
        engine.record(event, at=event.recorded.latest())


@contextmanager
def nothing_held() -> Iterator[None]:
    """Have engines keep no case at hand, as where many workers share the cases or they are too many to hold."""
    held = engine_module.HELD
    engine_module.HELD = 0
    try:
        yield
    finally:
        engine_module.HELD = held
