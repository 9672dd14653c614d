"""Recording on PostgreSQL by one, two and four clients at once, each a process of its own with cases of its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.figures import Figure, at_least
from benchmarks.floor import rows_written
from benchmarks.floor_postgresql import as_statements, write_statements
from benchmarks.journeys import AUTHORITY, as_written
from benchmarks.servers import analyse, postgresql
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine

PART = "record on PostgreSQL: one event, one transaction, several clients"
#: turns in which engine and floor run one after the other; the first fills every cache and is left out
TURNS = 5


def clients(cases: int) -> Iterator[Figure]:
    """Measure how many events so many clients record together, beside one data-modifying statement for each event."""
    with postgresql() as databases:
        if databases is None:
            return
        alone: list[float] = []
        for several in (1, 2, 4):
            urls = databases(f"engine_{several}"), databases(f"floor_{several}")
            for url in urls:
                open_store(url).close()  # makes the tables
            turns = _turns(several, cases, urls)
            ours, floor, ratios = ([turn[place] for turn in turns] for place in range(3))
            wanted, kept = at_least(0.6, ratios)
            yield Figure(
                PART,
                f"{several} client{'s' * (several > 1)}",
                median(ours),
                "events/s",
                floor=median(floor),
                wanted=wanted,
                kept=kept,
                rounds=tuple(ratios),
            )
            alone = alone or ours
            if several == 2:
                gain = median(ours) / median(alone)
                yield Figure(
                    PART,
                    "two clients, times one",
                    gain,
                    "",
                    wanted="at least 1.6",
                    kept=gain >= 1.6,
                )


def _turns(several: int, cases: int, urls: tuple[str, str]) -> list[tuple[float, float, float]]:
    """Give, turn by turn, the events a second of the engine and of the floor, and their ratio."""
    turns = []
    with at_work(client, [(number, several, cases, urls) for number in range(several)]) as (ends, each):
        share = sum(each) / TURNS
        for turn in range(TURNS):
            took = [together(ends, (what, turn)) for what in ("engine", "floor")]
            if not turn:
                for url in urls:
                    analyse(url)
            turns.append((share / took[0], share / took[1], took[1] / took[0]))
    return turns[1:]


@contextmanager
def at_work(
    work: Callable[..., None], given: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[list[Any], list[int]]]:
    """Start a client for each that is given something: its end of a pipe, and that; they end with the block.

    Gives our ends of the pipes, and how many events each client has.
    """
    spawning = get_context("spawn")
    ends: list[Any] = []
    processes = []
    for its in given:
        ours, theirs = spawning.Pipe()
        process = spawning.Process(target=work, args=(theirs, *its))
        process.start()
        theirs.close()  # so that a client that dies is heard of
        ends.append(ours)
        processes.append(process)
    yield ends, [end.recv() for end in ends]
    for end in ends:
        end.send(None)
    for process in processes:
        process.join()


def together(ends: Sequence[Any], what: tuple[object, int]) -> float:
    """Let clients work at once, and wait for the last; gives the seconds it took."""
    begun = perf_counter()
    for end in ends:
        end.send(what)
    for end in ends:
        end.recv()
    return perf_counter() - begun


def client(
    end: "Connection[Any, Any]",
    number: int,
    several: int,
    cases: int,
    urls: tuple[str, str],
    authority: str = AUTHORITY,
    turns: int = TURNS,
) -> None:
    """Work in turns, as told through the pipe, on every so many-eth case of an authority."""
    told = as_written(cases * several, authority=authority)
    mine = [event for event in told if int(event.case_id[2:]) % several == number]
    statements = as_statements(rows_written(mine))
    store = open_store(urls[0])
    engine = Engine(store)
    floor = psycopg.connect(
        make_url(urls[1]).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )
    end.send(len(mine))
    length = -(-len(mine) // turns)
    while (asked := end.recv()) is not None:
        what, turn = asked
        some = slice(turn * length, (turn + 1) * length)
        work: Callable[[], None] = (
            partial(record_each, engine, mine[some])
            if what == "engine"
            else partial(write_statements, floor, statements[some])
        )
        work()
        end.send(True)
    floor.close()
    store.close()


def record_each(engine: Engine, told: Sequence[Event]) -> None:
    """Record events, each in a transaction of its own."""
    for event in told:
        engine.record(event, at=event.recorded.latest())
