"""Recording on PostgreSQL by several clients, through PgBouncer and without it, with idle connections and without."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

from benchmarks.clients import TURNS, at_work, record_each, together
from benchmarks.figures import Figure
from benchmarks.journeys import AUTHORITY, as_written
from benchmarks.pgbouncer import TRACKS_STATEMENTS, Pooler, pgbouncer, program, version_of
from benchmarks.servers import postgresql
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine

PART = "record on PostgreSQL, through PgBouncer"
#: clients that hold a connection, and do nothing, while others record
IDLE = 40
#: connections that a pooler in transaction mode makes to the server
SHARED = 4


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach the server."""

    name: str
    #: PgBouncer's mode; None for without it
    mode: str | None
    prepared: str | None = None
    idle: int = 0


def _ways(version: tuple[int, ...]) -> tuple[Way, ...]:
    tracking = (Way("transaction mode, keeping track of what is prepared", "transaction", "yes"),)
    return (
        Way("the server itself", None),
        Way("the server itself, nothing prepared", None, "no"),
        Way(f"the server itself, beside {IDLE} idle", None, idle=IDLE),
        Way("session mode, prepared=yes", "session", "yes"),
        Way("transaction mode", "transaction"),
        Way(f"transaction mode, beside {IDLE} idle", "transaction", idle=IDLE),
        *(tracking if version >= TRACKS_STATEMENTS else ()),
    )


def pooling(cases: int) -> Iterator[Figure]:
    """Measure how many events two and four clients record each way; nothing where there is no PgBouncer."""
    found = program()
    with postgresql() as databases:
        if databases is None or found is None:
            return
        version = version_of(found)
        ways = _ways(version)
        server = databases("measured")
        tracked = {"max_prepared_statements": 200} if version >= TRACKS_STATEMENTS else {}
        with (
            pgbouncer(server, "session", size=2 * IDLE) as session,
            pgbouncer(server, "transaction", size=SHARED, **tracked) as transaction,
        ):
            poolers = {"session": session, "transaction": transaction, None: None}
            for several in (2, 4):
                urls = [
                    _url(databases(f"of_{several}_{number}"), poolers[way.mode], way)
                    for number, way in enumerate(ways)
                ]
                yield from _figures(several, ways, _turns(several, cases, urls, ways), version)


def _url(server: str, pooler: Pooler | None, way: Way) -> str:
    open_store(server).close()  # makes the tables
    asked = {"prepared": way.prepared} if way.prepared else {}
    if pooler is not None:
        return pooler.url(server, **asked)
    return server + "".join(f"{'&' if '?' in server else '?'}{name}={value}" for name, value in asked.items())


def _figures(
    several: int, ways: Sequence[Way], turns: list[list[tuple[float, float]]], version: tuple[int, ...]
) -> Iterator[Figure]:
    straight = [turn[0][0] for turn in turns]
    part = f"{PART} {'.'.join(map(str, version))}: {several} clients"
    for number, way in enumerate(ways):
        rates = [turn[number][0] for turn in turns]
        ratios = tuple(rate / alone for rate, alone in zip(rates, straight, strict=True))
        yield Figure(part, way.name, median(rates), "events/s", median(straight), rounds=ratios)
        if way.idle or number == 0:
            yield Figure(
                part,
                f"{way.name}: memory of the server's connections",
                median(turn[number][1] for turn in turns),
                "MB",
            )


def _turns(
    several: int, cases: int, urls: Sequence[str], ways: Sequence[Way]
) -> list[list[tuple[float, float]]]:
    """Give, turn by turn and way by way, events a second, and the MB of the server's connections to that database."""
    turns = []
    with at_work(_client, [(number, several, cases, urls) for number in range(several)]) as (ends, each):
        told = sum(each)
        for turn in range(TURNS):
            found = []
            for place in range(len(urls)):
                here = (place + turn) % len(urls)  # each way comes at another place in every turn
                with _idle(urls[here], ways[here].idle) as looking:
                    rate = told / TURNS / together(ends, (here, turn))
                    found.append((here, (rate, _memory(looking))))
            turns.append([figures for _, figures in sorted(found)])
    return turns[1:]  # the first fills every cache


@contextmanager
def _idle(url: str, several: int) -> Iterator[SqlStore]:
    """Let so many hold a connection that each has used; gives one by which to look."""
    with ExitStack() as stack:
        stores = [stack.enter_context(open_store(url)) for _ in range(several)]
        for store in stores:
            with store.snapshot() as unit:
                list(unit.case_ids(AUTHORITY))
        yield stack.enter_context(open_store(url))


def _memory(looking: SqlStore) -> float:
    """Give the MB that the server's processes for this database hold, shared memory divided among its users."""
    asked = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    with looking.engine.connect() as connection:
        pids = connection.scalars(asked).all()
    told = [Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8") for pid in pids]
    sizes = [line.split()[1] for one in told for line in one.splitlines() if line.startswith("Pss:")]
    return sum(map(int, sizes)) * 1024 / 1e6


def _client(end: "Connection[Any, Any]", number: int, several: int, cases: int, urls: Sequence[str]) -> None:
    """Record every so many-eth case by way after way, as told through the pipe."""
    told = as_written(cases * several, authority=AUTHORITY)
    mine = [event for event in told if int(event.case_id[2:]) % several == number]
    with ExitStack() as stack:
        engines = [Engine(stack.enter_context(open_store(url))) for url in urls]
        end.send(len(mine))
        length = -(-len(mine) // TURNS)
        while (asked := end.recv()) is not None:
            way, turn = asked
            record_each(engines[way], mine[turn * length : (turn + 1) * length])
            end.send(True)
