"""Every kind of work that writes, each on a small store: to be broken off in the middle of it, and done again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from many_children import LONG_AFTER, beginnings, happened, late_news, names, tell, write_lines
from story import ANYWHERE, instant

from caseclock.exchange.importing import import_files
from caseclock.outbox.back_off import Patience
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Clocks, Post, Telling, register
from caseclock.processes.assessment import ASSESSMENT
from caseclock.processes.versions import MIGRATIONS, VERSIONS, Migration
from caseclock.store.protocol import AdoptedPack, CalendarChange, Quarantined, Store
from caseclock.timers.event import Event
from caseclock.workflow.adoption import adopt_pack
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.migration import migrate
from caseclock.workflow.sweep import sweep

DAY = CalendarChange(
    date(2026, 3, 12), "Thanksgiving", instant("2026-03-13 09:00"), "clerk.adams", "Proclaimed"
)


@dataclass(frozen=True)
class Work:
    """Something to do, on a store that was prepared for it."""

    prepare: Callable[[Store], object]
    do: Callable[[Engine, Path], object]


def one_told(store: Store) -> None:
    tell(store, 1)


def two_told(store: Store) -> None:
    tell(store, 2)


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
    "sweep": Work(two_told, swept_in_batches),
    "import": Work(one_told, imported),
    "calendar": Work(two_told, added_a_day),
    "correct": Work(swept, corrected),
    "retract": Work(swept, retracted),
    "hand on": Work(two_told, handed_on),
    "adopt": Work(two_told, adopted),
    "migrate": Work(two_told, migrated),
}


@contextmanager
def two_versions() -> Iterator[None]:
    """Let there be a second version of the assessment, to migrate to."""
    pair = ("assessment", "1", RENUMBERED.version)
    only = VERSIONS["assessment"]
    VERSIONS["assessment"], MIGRATIONS[pair] = (ASSESSMENT, RENUMBERED), TO_RENUMBERED
    try:
        yield
    finally:
        VERSIONS["assessment"] = only
        del MIGRATIONS[pair]
