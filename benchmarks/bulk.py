"""Bringing in a big file of event lines, beside the same rows written in batches by plain SQLAlchemy Core."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, insert, select

from benchmarks.figures import Figure, at_least, peak_mb, seconds
from benchmarks.floor import open_floor
from benchmarks.journeys import AUTHORITY, as_written
from benchmarks.servers import postgresql
from caseclock.exchange.importing import import_files
from caseclock.exchange.spreading import Spread
from caseclock.store.desk_tables import case_facts
from caseclock.store.schema import cases, episodes, events, outbox, timers
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line

#: an instant after everything that is told
READ_AT = datetime(2036, 1, 1, tzinfo=UTC)
#: rows of events written in one transaction, and of any table in one statement
BATCH = 1000
ROUNDS = 3
TABLES = (cases, events, episodes, timers, outbox, case_facts)
WANTED = 0.4

Rows = Mapping[Table, Sequence[dict[str, Any]]]


def bulk(count: int) -> Iterator[Figure]:
    """Measure an import of so many cases on both databases, in rounds with its floor."""
    with TemporaryDirectory() as folder, postgresql() as database:
        file = Path(folder) / "events.jsonl"
        told = as_written(count)
        with file.open("w", encoding="utf-8") as lines:
            for event in told:
                lines.write(json.dumps(event_line(event)) + "\n")
        kinds: dict[str, Callable[[str], str]] = {
            "SQLite, synchronous FULL": lambda name: f"sqlite:///{Path(folder) / name}.db"
        }
        if database is not None:
            kinds["PostgreSQL"] = database
        for kind, make in kinds.items():
            name = "lite" if kind.startswith("SQLite") else "post"
            done, floors = [], []
            for number in range(ROUNDS):
                url = make(f"{name}_import_{number}")
                done.append(len(told) / _import(file, url))
                floors.append(len(told) / _write_again(url, make(f"{name}_floor_{number}")))
            rounds = tuple(one / floor for one, floor in zip(done, floors, strict=True))
            wanted, kept = at_least(WANTED, rounds)
            yield Figure(
                "bulk import, event lines",
                kind,
                sorted(done)[ROUNDS // 2],
                "events/s",
                sorted(floors)[ROUNDS // 2],
                wanted,
                kept,
                f"{len(told):,} events of {count:,} cases",
                rounds,
            )
        if database is not None:
            url = database("post_spread")
            took = _import(file, url, processes=2)
            yield Figure(
                "bulk import, event lines", "PostgreSQL, two processes", len(told) / took, "events/s"
            )
    yield Figure("bulk import, event lines", "peak memory of this process", peak_mb(), "MB")


def _import(file: Path, url: str, processes: int = 1) -> float:
    with open_store(url) as store:
        spread = Spread(processes, url) if processes > 1 else None
        engine = Engine(store)

        def work() -> None:
            import_files([file], engine=engine, authority=AUTHORITY, imported_at=READ_AT, spread=spread)

        return seconds(work)


def _write_again(source: str, url: str) -> float:
    """Write the rows that an import wrote into another database, in batches; gives the seconds it took."""
    with open_store(source) as store, store.engine.connect() as connection:
        rows: Rows = {
            table: [dict(row._mapping) for row in connection.execute(select(table))] for table in TABLES
        }
    open_store(url).close()
    engine = open_floor(url)
    statements = {table: insert(table) for table in TABLES}
    transactions = max(1, len(rows[events]) // BATCH)

    def work() -> None:
        for part in range(transactions):
            with engine.begin() as connection:
                for table in TABLES:
                    mine = rows[table][
                        part * len(rows[table]) // transactions : (part + 1)
                        * len(rows[table])
                        // transactions
                    ]
                    for start in range(0, len(mine), BATCH):
                        connection.execute(statements[table], mine[start : start + BATCH])

    try:
        return seconds(work)
    finally:
        engine.dispose()
