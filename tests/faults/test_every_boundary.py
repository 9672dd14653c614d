"""A crash at every boundary: before and after each call or statement, each commit. Nothing is ever half done."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from crashing import Crash, Crashing, Points, in_memory, on_sqlite
from many_children import LONG_AFTER, beginnings, happened, late_news, names, tell, write_lines
from story import ANYWHERE, instant
from whole import Whole, whole

from caseclock.exchange.importing import import_files
from caseclock.store.protocol import CalendarChange, Quarantined, Store
from caseclock.store.sql import open_store
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.sweep import sweep

#: more points than any of these has
_MANY = 2000
DAY = CalendarChange(
    date(2026, 3, 12), "Thanksgiving", instant("2026-03-13 09:00"), "clerk.adams", "Proclaimed"
)


@dataclass(frozen=True)
class Work:
    """Something to do, on a store that was prepared for it."""

    prepare: Callable[[Store], object]
    do: Callable[[Engine, Path], object]


def swept(store: Store) -> None:
    sweep(tell(store, 2), LONG_AFTER)


def with_one_kept_back(store: Store) -> None:
    """A visit to a second placement is kept back, since nobody has told of that placement."""
    engine = tell(store, 2)
    seen = happened("C-0000", 9, "PlacementEnded", "2026-04-30", "L-1", placement_id="P-2")
    kept = Quarantined(
        "row", ANYWHERE, "C-0000", "f", "1", None, None, "no", {"events": [event_line(seen)]}, LONG_AFTER
    )
    engine.keep([kept])


def recorded(engine: Engine, _: Path) -> None:
    engine.record(*late_news("C-0000"), at=LONG_AFTER)


def recorded_one_by_one(engine: Engine, _: Path) -> None:
    for event in late_news("C-0000"):
        engine.record(event, at=LONG_AFTER)


def took_in(engine: Engine, _: Path) -> None:
    news = [[event] for event in late_news("C-0000")]
    engine.take_in(ANYWHERE, "C-0000", news, LONG_AFTER)


def swept_in_batches(engine: Engine, _: Path) -> None:
    sweep(engine, LONG_AFTER, batch=12)


def imported(engine: Engine, folder: Path) -> None:
    told = [event for case_id in names(2) for event in beginnings(case_id)]
    unfit = happened("C-0001", 9, "ChildSeen", "2026-03-12", "A-9", alone=True)
    file = write_lines(folder / "lines.jsonl", [*told, unfit])
    import_files([file], engine=engine, authority=ANYWHERE, imported_at=LONG_AFTER)


def added_a_day(engine: Engine, _: Path) -> None:
    add_calendar_day(engine, DAY)


WORKS = {
    "record": Work(swept, recorded),
    "record one by one": Work(swept, recorded_one_by_one),
    "take in": Work(with_one_kept_back, took_in),
    "sweep": Work(lambda store: tell(store, 2), swept_in_batches),
    "import": Work(lambda store: tell(store, 1), imported),
    "calendar": Work(lambda store: tell(store, 2), added_a_day),
}


#: opens a store that is prepared for a piece of work
Opened = Callable[[Work], AbstractContextManager[Crashing]]


@pytest.fixture(params=["memory", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Each kind of store in turn, prepared alike each time it is opened."""
    if request.param == "memory":
        return lambda work: nullcontext(in_memory(work.prepare))
    prepared = tmp_path / "prepared.db"

    def copied(work: Work) -> AbstractContextManager[Crashing]:
        if not prepared.exists():
            with open_store(f"sqlite:///{prepared}") as store:
                work.prepare(store)
        return on_sqlite(prepared)

    return copied


def seen(crashing: Crashing) -> Whole:
    """Everything a store holds; what was brought in twice reports other counts, which do not matter."""
    held = whole(crashing.seen_by_others)
    return replace(held, imports=[replace(note, report={}) for note in held.imports])


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKS)
def test_after_a_crash_anywhere_nothing_is_half_done_and_doing_it_again_ends_alike(
    name: str, opened: Opened, tmp_path: Path
) -> None:
    work = WORKS[name]
    states = undisturbed(work, opened, tmp_path)
    crashes = 0
    for point in range(1, _MANY):
        with opened(work) as going_down:
            engine = Engine(going_down.store)
            where = crash(partial(work.do, engine, tmp_path), going_down.points, point)
            if where is None:
                break
            crashes += 1
            again = engine if survives(point, where) else Engine(going_down.store)
            assert seen(going_down) in states, where
            work.do(again, tmp_path)

            assert states[-1] == seen(going_down), where

    assert crashes > 4 * (len(states) - 1) > 0


def survives(point: int, where: str) -> bool:
    """Say whether the engine that met the crash goes on: always about a commit, else by turns with a new one."""
    return "commit" in where or point % 2 == 0


def undisturbed(work: Work, opened: Opened, folder: Path) -> list[Whole]:
    """Do the work without a crash; give every state on the way that others see, the first and the last included."""
    with opened(work) as lasting:
        states = [seen(lasting)]

        def committed() -> None:
            if states[-1] != (now := seen(lasting)):
                states.append(now)

        lasting.points.committed = committed
        work.do(Engine(lasting.store), folder)
    return states


def crash(work: Callable[[], object], points: Points, at: int) -> str | None:
    """Do the work until it goes down; say where that was, or None where it was done before it came to that point."""
    points.at = at
    try:
        work()
    except Crash as crashed:
        return str(crashed)
    points.at = None
    return None
