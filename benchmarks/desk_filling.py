"""Fill a database with a large caseload in minutes: real histories, recorded and swept, then copied under new ids.

`python -m benchmarks.desk_filling --db URL [--cases N]`. A few hundred cases go through the engine; every other case
is one of them under ids of its own, with its timers' and breaches' ids and its chain of hashes made anew, so that a
copy is what recording it would have given (`caseclock verify` holds it to that). Bulk insertion is all that is quicker.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from benchmarks.desk_journeys import AUTHORITY, NOW, journeys
from caseclock.processes.reasons import reasons
from caseclock.store.chain import hash_of, written
from caseclock.store.protocol import GENESIS, BreachStanding
from caseclock.store.schema import metadata
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When, london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

#: cases that are recorded through the engine, for all others to be copies of
TEMPLATES = 500
#: cases written together
TOGETHER = 500
WORKERS = 400
_REASON = next(one.code for one in reasons().values() if "explained" in one.answers and one.until is None)
#: in this order; each has one case's rows, and is copied
TABLES = ("cases", "events", "episodes", "timers", "breaches", "case_facts", "breach_answers")
_ROW, _FIELD, _TABLE, _NOTHING = "\x1e", "\x1f", "\x1d", "\x00"
#: sweeps on the way, so that breaches are raised when they fell and not all at the end
_SWEEP_EVERY_DAYS = 14


@dataclass(frozen=True, slots=True)
class Template:
    """One case's rows as one text, cut wherever an id stands that a copy has its own of."""

    case_id: str
    #: every second piece is an id
    pieces: Sequence[str]
    #: timer id -> what it is made of: timescale, starting event, key
    timers: dict[str, tuple[str, str, str]]
    #: breach id -> its timer's id, and when that ran out
    breaches: dict[str, tuple[str, str]]
    worker: str
    family: str


def record_templates(folder: Path, count: int) -> Iterator[Template]:
    """Record cases through the engine in the order of writing, sweeping every fortnight, and give their rows."""
    with open_store(f"sqlite:///{folder / 'templates.db'}", synchronous="NORMAL") as store:
        engine = Engine(store)
        told = [event for events in journeys(count) for event in events]
        by_id = sorted(told, key=lambda event: (event.recorded.latest(), event.event_id))
        swept_on = None
        for event in by_id:
            at = event.recorded.latest()
            if swept_on is None or (london_date(at) - swept_on).days >= _SWEEP_EVERY_DAYS:
                sweep(engine, at)
                swept_on = london_date(at)
            # what was written up late may belong before what was written up in time: a lenient recorder's way
            engine.take_in(AUTHORITY, event.case_id, [[event]], at)
        sweep(engine, NOW)
        _answer(engine)
        with store.engine.connect() as connection, store.snapshot() as unit:
            for _, case_id in unit.case_ids(AUTHORITY):
                yield _template(connection, case_id, unit.events(AUTHORITY, case_id))


def _answer(engine: Engine) -> None:
    """Explain two in five breaches, escalate one in ten, leave the rest."""
    chance = Random(1)
    with engine.store.snapshot() as unit:
        breaches = list(unit.all_breaches(AUTHORITY))
    for number, breach in enumerate(breaches):
        way = chance.random()
        if way > 0.5 or breach.standing is BreachStanding.WITHDRAWN:
            continue
        said = (
            {"reason_code": _REASON, "text": "The family was away."}
            if way < 0.4
            else {"to": "head of service"}
        )
        answer = Event(
            event_id=f"{breach.case_id}/answer/{number}",
            type="BreachExplained" if way < 0.4 else "BreachEscalated",
            authority=AUTHORITY,
            case_id=breach.case_id,
            episode_id=breach.episode_id,
            occurred=When.instant(NOW),
            recorded=When.instant(NOW),
            by="tm.oakes",
            data={"breach_id": breach.breach_id, **said},
        )
        engine.record(answer, at=NOW)


def copied_tables() -> dict[str, list[str]]:
    """Name the tables that hold a case's rows, and their columns; those this version has."""
    return {
        name: [column.name for column in metadata.tables[name].columns]
        for name in TABLES
        if name in metadata.tables
    }


def _template(connection: sa.Connection, case_id: str, events: Sequence[Event]) -> Template:
    held: dict[str, list[dict[str, object]]] = {}
    for table, columns in copied_tables().items():
        order = ", ".join(column.name for column in metadata.tables[table].primary_key)
        rows = connection.execute(
            sa.text(f"SELECT {', '.join(columns)} FROM {table} WHERE case_id = :case ORDER BY {order}"),
            {"case": case_id},
        )
        held[table] = [dict(row._mapping) for row in rows]
    # the hash is made anew for each copy, of the line it is made of
    for row, event in zip(held["events"], events, strict=True):
        row["hash"] = written(event, event.seq, str(row["data"])).decode()
        row["previous"] = ""
    timers = {
        str(row["timer_id"]): (str(row["timescale"]), str(row["trigger_event"]), str(row["key"] or ""))
        for row in held["timers"]
    }
    windows = {row["timer_id"]: row["not_before"] for row in held["timers"]}
    breaches = {
        str(row["breach_id"]): (
            str(row["timer_id"]),
            str(row["due_on"] or row["due_at"] or windows.get(row["timer_id"])),
        )
        for row in held["breaches"]
    }
    number = case_id.split("-")[1]
    ids = [case_id, f"worker-of-{number}", f"family-of-{int(number) // 2:05}", *timers, *breaches]
    ids += [timer for timer, _ in breaches.values() if timer not in timers]
    text = _TABLE.join(
        _ROW.join(
            _FIELD.join(_NOTHING if value is None else str(value) for value in row.values()) for row in rows
        )
        for rows in held.values()
    )
    return Template(case_id, _cut(text, ids), timers, breaches, ids[1], ids[2])


def _cut(text: str, ids: Iterable[str]) -> list[str]:
    return re.split("(" + "|".join(map(re.escape, dict.fromkeys(ids))) + ")", text)


def copies(
    template: Template, names: Iterable[tuple[str, int]]
) -> Iterator[dict[str, list[list[str | None]]]]:
    """Give the rows of a template's copies, by table: each under a case id, and with the number it is of."""
    tables = list(copied_tables())
    events = copied_tables()["events"]
    previous_at, hash_at = events.index("previous"), events.index("hash")
    for case_id, number in names:
        new = _new_ids(template, case_id, number)
        pieces = list(template.pieces)
        pieces[1::2] = [new[old] for old in pieces[1::2]]
        rows = {
            table: [_read(row) for row in text.split(_ROW)] if text else []
            for table, text in zip(tables, "".join(pieces).split(_TABLE), strict=True)
        }
        head = GENESIS
        for row in rows["events"]:
            line = (row[hash_at] or "").encode()
            row[previous_at], head = head, hash_of(head, line)
            row[hash_at] = head
        rows["cases"][0][copied_tables()["cases"].index("head")] = head
        yield rows


def _read(row: str) -> list[str | None]:
    return [None if value == _NOTHING else value for value in row.split(_FIELD)]


def _new_ids(template: Template, case_id: str, number: int) -> dict[str, str]:
    """Make a copy's ids the way the engine makes them."""
    new = {
        template.case_id: case_id,
        template.worker: f"sw.{number % WORKERS:03}",
        template.family: f"F-{number // 2:06}",
    }
    for old, (timescale, trigger, key) in template.timers.items():
        parts = (AUTHORITY, case_id, timescale, trigger.replace(template.case_id, case_id), key)
        new[old] = _digest("\x1f".join(parts))
    for old, (timer, due) in template.breaches.items():
        # the timer may be gone, and with it what it was made of: then any id that is the copy's own will do
        made = new.setdefault(timer, _digest(f"{case_id}\x1f{timer}"))
        new[old] = _digest(f"{made}\x1f{_due(due)}")
    return new


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=10).hexdigest()


def _due(stored: str) -> str:
    """Write when a timer ran out as `breach_id` does, from the text SQLite keeps."""
    return str(datetime.fromisoformat(stored)) if len(stored) > 10 else stored


def fill(
    store: SqlStore, cases: int, templates: int = TEMPLATES, say: Callable[[str], None] = print
) -> dict[str, int]:
    """Fill an empty database; gives the number of rows by table."""
    with TemporaryDirectory() as folder:
        begun = perf_counter()
        made = list(record_templates(Path(folder), min(templates, cases)))
        say(f"recorded and swept {len(made):,} cases in {perf_counter() - begun:.0f} s")
    begun = perf_counter()
    counts = write_copies(store, made, range(cases))
    with store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))
    say(f"copied them into {cases:,} cases in {perf_counter() - begun:.0f} s: {counts}")
    return counts


def write_copies(store: SqlStore, made: Sequence[Template], numbers: range) -> dict[str, int]:
    """Write the cases of these numbers, each a copy of a template in its turn; gives the number of rows by table."""
    counts = dict.fromkeys(copied_tables(), 0)
    waiting: dict[str, list[list[str | None]]] = {name: [] for name in counts}
    write = _into_sqlite if store.engine.dialect.name == "sqlite" else _into_postgresql
    held = 0
    for place, template in enumerate(made):
        mine = (number for number in numbers if number % len(made) == place)
        for rows in copies(template, ((f"C-{number:07}", number) for number in mine)):
            held += 1
            for table, found in rows.items():
                waiting[table] += found
                counts[table] += len(found)
            if held % TOGETHER == 0:
                write(store, waiting)
                waiting = {name: [] for name in counts}
    write(store, waiting)
    return counts


def _into_sqlite(store: SqlStore, rows: dict[str, list[list[str | None]]]) -> None:
    with store.engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")
        for table, found in rows.items():
            columns = copied_tables()[table]
            marks = ", ".join("?" * len(columns))
            driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", found)


def _into_postgresql(store: SqlStore, rows: dict[str, list[list[str | None]]]) -> None:
    with store.engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            for table, found in rows.items():
                columns = ", ".join(copied_tables()[table])
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in found:
                        copy.write_row(row)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.desk_filling", description=__doc__)
    options.add_argument("--db", required=True, help="URL of an empty database, or of one yet to be made")
    options.add_argument("--cases", type=int, default=50_000)
    asked = options.parse_args()
    with open_store(asked.db, synchronous="NORMAL") as store:
        with store.snapshot() as unit:
            if next(unit.case_ids(), None) is not None:
                sys.exit("There are cases in this database already. Name one that is empty.")
        fill(store, asked.cases)


if __name__ == "__main__":
    main()
