"""What an import holds in memory whatever its length, and what a second process gains; each by a process of its own."""

import json
import resource
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, select

from benchmarks.bulk import READ_AT
from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.journeys import AUTHORITY, front_door
from benchmarks.servers import postgresql
from caseclock.exchange.importing import import_files
from caseclock.exchange.spreading import Spread
from caseclock.store.schema import breaches, case_facts, cases, episodes, events, timers
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line

PART = "bulk import by size"
SIZES = (10_000, 100_000, 500_000)
#: what an import makes; the same however many processes share it. (Messages are numbered as they come.)
COMPARED = (cases, events, episodes, timers, breaches, case_facts)


def bulk_sizes(sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """Bring in files of so many events on each database, and with two processes on PostgreSQL."""
    with TemporaryDirectory() as folder, postgresql() as database:
        kinds: dict[str, tuple[Callable[[str], str], int]] = {
            "SQLite FULL": (lambda name: f"sqlite:///{Path(folder) / name}.db", 1)
        }
        if database is not None:
            kinds |= {"PostgreSQL": (database, 1), "PostgreSQL, two processes": (database, 2)}
        for size in sizes:
            file = Path(folder) / f"{size}.jsonl"
            told = _write(file, size)
            alone = ""
            for number, (kind, (make, processes)) in enumerate(kinds.items()):
                url = make(f"of_{size}_{number}")
                took, mb = _by_itself(file, url, processes)
                done = f"{told:,} events"
                yield Figure(PART, kind, told / took, "events/s", done=done)
                yield Figure(PART, f"{kind}, memory of a process at most", mb, "MB", done=done)
                if kind == "PostgreSQL":
                    alone, rate = _content(url), told / took
                elif processes > 1:
                    same = _content(url) == alone
                    yield Figure(
                        PART,
                        "two processes, times one",
                        told / took / rate,
                        "",
                        wanted="the same content",
                        kept=same,
                        done=done,
                    )


def _write(file: Path, size: int) -> int:
    """Write so many events, in the order of their writing up a hundred cases at a time; gives how many."""
    count = number = 0
    with file.open("w", encoding="utf-8") as lines:
        while count < size:
            told = [event for case in range(number, number + 100) for event in front_door(case)]
            told.sort(key=lambda event: event.recorded.latest())
            lines.writelines(json.dumps(event_line(event)) + "\n" for event in told)
            number, count = number + 100, count + len(told)
    return count


def _by_itself(file: Path, url: str, processes: int) -> tuple[float, float]:
    """Import in a process of its own; gives the seconds it took, and the most MB that one process held."""
    spawning = get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_import, args=(theirs, file, url, processes))
    process.start()
    theirs.close()  # so that one that dies is heard of
    took, mb = ours.recv()
    process.join()
    return took, mb


def _import(end: "Connection[Any, Any]", file: Path, url: str, processes: int) -> None:
    with open_store(url) as store:
        spread = Spread(processes, url) if processes > 1 else None

        def work() -> None:
            import_files(
                [file], engine=Engine(store), authority=AUTHORITY, imported_at=READ_AT, spread=spread
            )

        took = seconds(work)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    end.send((took, max(peak_mb(), children)))


def _content(url: str) -> str:
    """Give a digest of every row that an import makes, in the order of the keys."""
    told = sha256()
    with open_store(url) as store, store.engine.connect() as connection:
        for table in COMPARED:
            for row in _rows(connection, table):
                told.update(repr(tuple(row)).encode())
    return told.hexdigest()


def _rows(connection: Any, table: Table) -> Iterator[Any]:
    ordered = select(table).order_by(*table.primary_key)
    yield from connection.execution_options(yield_per=5000).execute(ordered)
