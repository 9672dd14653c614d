"""Timers by the million: what is due is found, raised and handed on; what is not due costs nothing.

The floor of firing is to claim due rows and mark them, in the same batches, and nothing else.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine as Database
from sqlalchemy import Executable, Insert, bindparam, insert, literal, select, text, true, update

from benchmarks.figures import Figure, at_least, below, seconds
from benchmarks.floor import open_floor
from benchmarks.journeys import AUTHORITY, as_written, front_door
from benchmarks.servers import postgresql
from caseclock.store.schema import timers
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import BATCH, sweep

PART = "timers"
#: when every timer told here has run out
LATER = datetime(2036, 1, 1, tzinfo=UTC)
#: when no timer that is armed far ahead has
FAR = datetime(2050, 1, 1, tzinfo=UTC)
ROUND = 250


def sweeping(cases: int, armed: int) -> Iterator[Figure]:
    """Measure firing, looking when nothing is due, and recording, beside so many timers armed far ahead."""
    with TemporaryDirectory() as folder:
        yield from _on("SQLite", lambda name: f"sqlite:///{Path(folder) / name}.db", cases, armed)
    with postgresql() as databases:
        if databases is not None:
            yield from _on("PostgreSQL", databases, cases, armed)


def _on(kind: str, databases: Callable[[str], str], cases: int, armed: int) -> Iterator[Figure]:
    yield _fired(kind, databases("fired"), databases("marked"), cases)
    with open_store(databases("none_armed")) as none, open_store(databases("many_armed")) as many:
        arm(many, armed)
        yield _empty(kind, many, armed)
        yield _recorded(kind, none, many, armed)


def _fired(kind: str, url: str, floor_url: str, cases: int) -> Figure:
    """Raise every breach of so many cases, beside claiming and marking as many rows."""
    for target in (url, floor_url):
        with open_store(target) as store:
            _bring_in(store, range(cases))
    with open_store(url) as store:
        begun = perf_counter()
        raised = sweep(Engine(store), LATER).raised
        took = perf_counter() - begun
    floor = open_floor(floor_url)
    begun = perf_counter()
    marked = 0
    while found := _claim_and_mark(floor):
        marked += found
    least = perf_counter() - begun
    floor.dispose()
    ratios = ((raised / took) / (marked / least),)
    wanted, kept = at_least(0.25, ratios)
    return Figure(
        PART,
        f"{kind}: fired end to end (claimed, breach, event, message)",
        raised / took,
        "timers/s",
        floor=marked / least,
        wanted=wanted,
        kept=kept,
        done=f"{raised:,} timers",
        rounds=ratios,
    )


_due = (
    select(timers.c.authority, timers.c.timer_id)
    .where(timers.c.wake_at <= bindparam("moment"))
    .order_by(timers.c.wake_at)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_MARK: dict[str, Executable] = {
    "sqlite": text(
        "UPDATE timers SET wake_at = NULL WHERE rowid IN (SELECT rowid FROM timers WHERE wake_at <= :moment "
        f"ORDER BY wake_at LIMIT {BATCH}) RETURNING timer_id"
    ).bindparams(bindparam("moment", type_=timers.c.wake_at.type)),
    "postgresql": update(timers)
    .where(timers.c.authority == _due.c.authority, timers.c.timer_id == _due.c.timer_id)
    .values(wake_at=None)
    .returning(timers.c.timer_id),
}


def _claim_and_mark(floor: Database) -> int:
    with floor.begin() as connection:
        return len(connection.execute(_MARK[floor.dialect.name], {"moment": LATER}).all())


def _bring_in(store: SqlStore, numbers: range) -> None:
    engine = Engine(store)
    for number in numbers:
        told = front_door(number)
        engine.take_in(
            AUTHORITY, told[0].case_id, [(one,) for one in told], max(one.recorded.latest() for one in told)
        )


def arm(store: SqlStore, number: int) -> None:
    """Put so many timers into the table that will wake only far ahead."""
    if not number:
        return
    _bring_in(store, range(10_000_000, 10_000_001))
    counting = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) SELECT i FROM n",
        "postgresql": "SELECT i FROM generate_series(1, :most) AS n(i)",
    }
    dialect = store.engine.dialect.name
    one = select(timers).limit(1).subquery("one")
    numbers = text(counting[dialect]).columns(i=timers.c.over_at_stop.type).subquery("numbers")
    values = dict(one.c.items())
    values["timer_id"] = (literal("far-") + numbers.c.i.cast(timers.c.timer_id.type)).label("timer_id")
    values["wake_at"] = literal(FAR, timers.c.wake_at.type).label("wake_at")
    with store.engine.begin() as connection:
        copied: Insert = insert(timers).from_select(
            list(values), select(*values.values()).select_from(one.join(numbers, true()))
        )
        connection.execute(copied, {"most": number})
        connection.execute(text("ANALYZE"))


def _empty(kind: str, store: SqlStore, armed: int) -> Figure:
    engine = Engine(store)
    sweep(engine, LATER)
    took = [_ms(partial(sweep, engine, LATER)) for _ in range(50)]
    wanted, kept = below(1, median(took), "ms")
    return Figure(
        PART,
        f"{kind}: a sweep with nothing due",
        median(took),
        "ms",
        wanted=wanted,
        kept=kept,
        done=f"{armed:,} armed",
    )


def _ms(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000


def _recorded(kind: str, none: SqlStore, many: SqlStore, armed: int) -> Figure:
    told = as_written(200)
    engines = Engine(none), Engine(many)
    took: list[list[float]] = [[], []]
    for start in range(0, len(told), ROUND):
        for engine, times in zip(engines, took, strict=True):
            times.append(seconds(partial(_record, engine, told[start : start + ROUND])))
    ratios = [without / among for without, among in zip(*took, strict=True)][1:-1]
    wanted, kept = at_least(0.8, ratios)
    return Figure(
        PART,
        f"{kind}: recording among timers armed far ahead, beside none",
        ROUND / median(took[1][1:-1]),
        "events/s",
        floor=ROUND / median(took[0][1:-1]),
        wanted=wanted.replace("the floor", "the rate with none"),
        kept=kept,
        done=f"{armed:,} armed",
        rounds=tuple(ratios),
    )


def _record(engine: Engine, told: list[Event]) -> None:
    for one in told:
        engine.record(one, at=one.recorded.latest() + timedelta(seconds=1))
