"""A crash at every boundary: before and after each call or statement, each commit. Nothing is ever half done.

By enumeration: the work is done again and again, and each time it goes down one point later, until it comes to its end.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from crashing import Crash, Crashing, Points, in_memory, on_postgresql, on_sqlite
from fault_databases import Databases
from fault_table import Tally, in_full
from many_children import LONG_AFTER, beginnings, happened, late_news, names, tell, write_lines
from story import ANYWHERE, instant
from whole import Whole, whole

from caseclock.exchange.importing import import_files
from caseclock.outbox.back_off import Patience
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Clocks, Post, Telling, register
from caseclock.processes.assessment import ASSESSMENT
from caseclock.processes.versions import MIGRATIONS, VERSIONS, Migration
from caseclock.store.protocol import AdoptedPack, CalendarChange, Quarantined, Store
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.adoption import adopt_pack
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.migration import migrate
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


def corrected(engine: Engine, _: Path) -> None:
    """The child was seen on Monday the 9th and not on Thursday the 12th."""
    engine.record(_mended("EventCorrected", occurred_at="2026-03-09"), at=LONG_AFTER)


def retracted(engine: Engine, _: Path) -> None:
    """It was another child who was seen."""
    engine.record(_mended("EventRetracted"), at=LONG_AFTER)


def _mended(event_type: str, **how: str) -> Event:
    mended = happened(
        "C-0000", "mended", event_type, "2026-11-20", "L-1", event_id="C-0000/6", reason="a mistake", **how
    )
    return replace(mended, because="The visit was written up wrongly.")


def told_of(engine: Engine) -> Post:
    """Give who hands on to a recipient that takes everything but what it is told of one episode."""

    def listen(line: dict[str, Any]) -> None:
        if (line["case_id"], line["episode_id"]) == ("C-0001", "A-1"):
            raise ValueError("never")

    telling = Telling("desk", ByCalling(listen, parts=2), patience=Patience(tries=1))
    register(engine.store, telling, LONG_AFTER)
    # a stopwatch that runs on whenever it is looked at: a turn has time for five messages, and one that a crash has
    # left is taken over by the one who comes after
    stopwatch = count()
    clocks = Clocks(lambda: LONG_AFTER, lambda: float(next(stopwatch)))
    return Post(engine.store, telling, clocks, rng=Random(1), lease_seconds=12)  # noqa: S311  # it spreads tries


def handed_on(engine: Engine, _: Path) -> None:
    told_of(engine).drain(lambda _: None)


def adopted(engine: Engine, _: Path) -> None:
    adopt_pack(engine, PACK)


def migrated(engine: Engine, _: Path) -> None:
    to = RENUMBERED.version
    migrate(engine, "assessment", "1", to, at=LONG_AFTER, by="system.lead", because="children must be seen")


def imported(engine: Engine, folder: Path) -> None:
    told = [event for case_id in names(2) for event in beginnings(case_id)]
    unfit = happened("C-0001", 9, "ChildSeen", "2026-03-12", "A-9", alone=True)
    file = write_lines(folder / "lines.jsonl", [*told, unfit])
    import_files([file], engine=engine, authority=ANYWHERE, imported_at=LONG_AFTER)


def added_a_day(engine: Engine, _: Path) -> None:
    add_calendar_day(engine, DAY)


#: four more weeks for the assessments that run: their timers move
PACK = AdoptedPack(
    "longer",
    """
[pack]
id = "longer"
title = "Assessment, four more weeks"
process = "assessment"
reviewed_on = 2026-03-01

[[timescale]]
id = "assessment.stat.duration"
duty = "Complete the assessment within its own limit"
basis = "statistic"
source = "An amendment for this test"
verification = "K"
effective_from = 2026-02-02
counting = "day_after_trigger"
limit = { working_days = 65 }
starts = [{ event = "AssessmentStarted" }]
stops = [{ event = "AssessmentAuthorised" }]
""",
    instant("2026-03-13 09:00"),
    "head.of.service",
    "the guidance was amended",
)
#: a second version of the assessment, whose states lead on from those of the first
RENUMBERED = replace(
    ASSESSMENT, version="2", in_use_from=date(2026, 12, 1), words="As before, under another number."
)
TO_RENUMBERED = Migration("assessment", "1", "2", {state.name: state.name for state in ASSESSMENT.states})

WORKS = {
    "record": Work(swept, recorded),
    "record one by one": Work(swept, recorded_one_by_one),
    "take in": Work(with_one_kept_back, took_in),
    "sweep": Work(lambda store: tell(store, 2), swept_in_batches),
    "import": Work(lambda store: tell(store, 1), imported),
    "calendar": Work(lambda store: tell(store, 2), added_a_day),
    "correct": Work(swept, corrected),
    "retract": Work(swept, retracted),
    "hand on": Work(lambda store: tell(store, 2), handed_on),
    "adopt": Work(lambda store: tell(store, 2), adopted),
    "migrate": Work(lambda store: tell(store, 2), migrated),
}


#: opens a store that is prepared for a piece of work
Opened = Callable[[Work], AbstractContextManager[Crashing]]


@pytest.fixture
def opened(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """A store of a kind, prepared alike each time it is opened."""
    if kind == "memory":
        return lambda work: nullcontext(in_memory(work.prepare))
    if kind == "postgresql":
        return _of_postgresql(request.getfixturevalue("databases"))
    prepared = tmp_path / "prepared.db"

    def copied(work: Work) -> AbstractContextManager[Crashing]:
        if not prepared.exists():
            with open_store(f"sqlite:///{prepared}") as store:
                work.prepare(store)
        return on_sqlite(prepared)

    return copied


def _of_postgresql(databases: Databases) -> Opened:
    originals: list[str] = []

    def copied(work: Work) -> AbstractContextManager[Crashing]:
        if not originals:
            originals.append(databases.empty())
            with open_store(originals[0]) as store:
                work.prepare(store)
        return on_postgresql(databases.copy_of(originals[0]))

    return copied


def seen(crashing: Crashing) -> Whole:
    """Everything a store holds; what was brought in twice reports other counts, which do not matter."""
    held = whole(crashing.seen_by_others)
    return replace(held, imports=[replace(note, report={}) for note in held.imports])


#: an ordinary run goes down at every so-manieth point, each run at others; one in full at every point
_STRIDES = {"memory": 1, "sqlite": 4, "postgresql": 24}
#: and on PostgreSQL, where a database is copied for each point, does a few of the works
_FEW = ("record", "sweep", "hand on")
_KINDS = [
    *((name, kind) for name in WORKS for kind in ("memory", "sqlite")),
    *((name, "postgresql") for name in (WORKS if in_full() else _FEW)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), _KINDS)
def test_after_a_crash_anywhere_nothing_is_half_done_and_doing_it_again_ends_alike(
    name: str,
    kind: str,
    opened: Opened,
    tmp_path: Path,
    rng: Random,
    tally: Tally,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(VERSIONS, "assessment", (ASSESSMENT, RENUMBERED))
    monkeypatch.setitem(MIGRATIONS, ("assessment", "1", "2"), TO_RENUMBERED)
    work = WORKS[name]
    states = undisturbed(work, opened, tmp_path)
    crashes, stride = 0, 1 if in_full() else _STRIDES[kind]
    for point in range(rng.randint(1, stride), _MANY, stride):
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

    tally.met(
        f"a crash at every boundary: {name}",
        kind,
        crashes,
        of=(4 * (len(states) - 1) + 1) // stride or 1,
        checked=f"one of {len(states)} states; again: the last",
    )


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
