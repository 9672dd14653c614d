"""What an event costs when ten thousand are stored, and when two million are: in turns, in one run, with the floor.

`python -m benchmarks growth` fills and measures. Filling takes minutes and measuring seconds, so that each can be had
by itself: `python -m benchmarks.growth --fill URL --events N`, then `--measure SMALL LARGE`, URLs of two filled so.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from benchmarks.desk_filling import Template, record_templates, write_copies
from benchmarks.desk_journeys import AUTHORITY, NOW
from benchmarks.figures import Figure, seconds, table
from benchmarks.floor import Write, open_floor, rows_written, write_rows
from benchmarks.journeys import as_written
from benchmarks.recording import nothing_held
from benchmarks.servers import postgresql
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine

PART = "growth: an event among many and among few"
#: events stored, the first of which the others are held against
SIZES = (10_000, 100_000, 500_000, 2_000_000)
WANTED = 1.2
#: cases of real histories, of which all others are copies
TEMPLATES = 200
#: events of one round on cases at hand, and cases written to once that are not; the first round is left out
ROUND, COLD, ROUNDS = 250, 100, 12
#: cases copied between two looks at how many events there are
_STEP = 500


@dataclass(slots=True)
class Side:
    """A database of some size, and what is yet to be written to it."""

    store: SqlStore
    floor: sa.Engine
    cases: int
    told: Sequence[Event]
    units: Sequence[Sequence[Write]]
    chance: Random
    engine: Engine

    def at_hand(self, start: int) -> float:
        """Record a round of events on the cases of this run; gives the seconds it took."""
        return seconds(partial(_record, self.engine, self.told[start : start + ROUND]))

    def plainly(self, start: int) -> float:
        """Write the rows of a round of such events by plain SQLAlchemy Core."""
        return seconds(partial(write_rows, self.floor, self.units[start : start + ROUND]))

    def cold(self) -> float:
        """Record an event on each of some cases out of all that are stored, which must be read first; one's seconds."""
        numbers = self.chance.sample(range(self.cases), min(COLD, self.cases))
        with nothing_held():
            return seconds(partial(_record, self.engine, [_contact(one) for one in numbers])) / len(numbers)


def growth(sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """Fill both databases to each size, and measure each beside one of the first size."""
    with TemporaryDirectory() as folder, postgresql() as database:
        made = list(record_templates(Path(folder), TEMPLATES))
        kinds: dict[str, Callable[[str], str]] = {
            "SQLite FULL": lambda name: f"sqlite:///{Path(folder) / name}.db"
        }
        if database is not None:
            kinds["PostgreSQL"] = database
        for kind, make in kinds.items():
            small, large = make("small"), make("large")
            fill_to(small, made, sizes[0])
            for size in sizes[1:]:
                fill_to(large, made, size)
                yield from measured(kind, small, large)


def fill_to(url: str, made: Sequence[Template], events: int) -> int:
    """Write copies until so many events are stored; gives how many are."""
    with open_store(url, synchronous="NORMAL") as store:
        there, cases = _counted(store)
        while there < events:
            step = min(_STEP, max(1, (events - there) // 45))
            there += write_copies(store, made, range(cases, cases + step))["events"]
            cases += step
        with store.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            # as the database would by itself some time later: not while something is measured
            for statement in ("ANALYZE",) if url.startswith("sqlite") else ("VACUUM ANALYZE", "CHECKPOINT"):
                connection.execute(sa.text(statement))
    return there


def measured(kind: str, small: str, large: str) -> Iterator[Figure]:
    """Measure recording on a large database and a small one in turns."""
    few, many = _side(small), _side(large)
    sizes = [f"{_counted(side.store)[0]:,}" for side in (few, many)]
    rounds: dict[str, list[float]] = {
        name: [] for name in ("few", "many", "few floor", "many floor", "cold", "cold few")
    }
    for number in range(ROUNDS):
        start = number * ROUND
        took = {
            "few": few.at_hand(start),
            "many": many.at_hand(start),
            "few floor": few.plainly(start),
            "many floor": many.plainly(start),
            "cold few": few.cold(),
            "cold": many.cold(),
        }
        if number:
            for what, spent in took.items():
                rounds[what].append(spent)
    for side in (few, many):
        side.store.close()
        side.floor.dispose()

    def dearer(name: str, than: str) -> float:
        return median(one / other for one, other in zip(rounds[name], rounds[than], strict=True))

    done = f"{sizes[1]} events stored"
    yield Figure(
        PART,
        f"{kind}, recorded one by one",
        ROUND / median(rounds["many"]),
        "events/s",
        ROUND / median(rounds["many floor"]),
        done=done,
        rounds=tuple(floor / ours for ours, floor in zip(rounds["many"], rounds["many floor"], strict=True)),
    )
    than, wanted = f"times what it costs among {sizes[0]}", f"below {WANTED:g}"
    for name, one, other in (
        (f"{kind}, an event", "many", "few"),
        (f"{kind}, an event on a case not at hand", "cold", "cold few"),
    ):
        times = dearer(one, other)
        yield Figure(PART, name, times, than, wanted=wanted, kept=times < WANTED, done=done)
    yield Figure(PART, f"{kind}, the floor", dearer("many floor", "few floor"), than, done=done)
    for name, which in (("among many", "cold"), ("among few", "cold few")):
        yield Figure(
            PART, f"{kind}, a case not at hand, {name}", median(rounds[which]) * 1000, "ms", done=done
        )


def _side(url: str) -> Side:
    run = uuid4().hex[:8]
    many = ROUNDS * ROUND // 8 + 50
    store = open_store(url)
    told = as_written(many, authority=f"{run}-engine")
    units = rows_written(as_written(many, authority=f"{run}-floor"))
    cases = _counted(store)[1]
    return Side(store, open_floor(url), cases, told, units, Random(run), Engine(store))


def _counted(store: SqlStore) -> tuple[int, int]:
    """Give how many events are stored, and how many of the cases are copies."""
    with store.engine.connect() as connection:
        events = connection.scalar(sa.text("SELECT count(*) FROM events"))
        cases = connection.scalar(
            sa.text("SELECT count(*) FROM cases WHERE authority = :a"), {"a": AUTHORITY}
        )
    return int(events or 0), int(cases or 0)


def _contact(number: int) -> Event:
    """Tell of a contact about a child who is known: an episode of its own, which fits any case."""
    name = uuid4().hex
    return Event(
        event_id=name,
        type="ContactReceived",
        authority=AUTHORITY,
        case_id=f"C-{number:07}",
        episode_id=f"G-{name[:12]}",
        occurred=When.instant(NOW),
        recorded=When.instant(NOW),
        by="sw.jones",
        data={"source": "school"},
    )


def _record(engine: Engine, told: Sequence[Event]) -> None:
    for event in told:
        engine.record(event, at=event.recorded.latest())


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--fill", metavar="URL")
    what.add_argument("--measure", nargs=2, metavar=("SMALL", "LARGE"))
    options.add_argument("--events", type=int, default=SIZES[0])
    asked: Any = options.parse_args()
    if asked.measure:
        kind = "SQLite FULL" if asked.measure[0].startswith("sqlite") else "PostgreSQL"
        print(table(measured(kind, *asked.measure)))
        return
    with TemporaryDirectory() as folder:
        print(
            f"{fill_to(asked.fill, list(record_templates(Path(folder), TEMPLATES)), asked.events):,} events"
        )


if __name__ == "__main__":
    main()
