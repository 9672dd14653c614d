"""24 hours of a large authority's busiest day, replayed many times as fast: recording, sweeps, the desk, handing on.

Everything comes when it comes, whether what came before is done or not; what is behind is counted as backlog, and an
answer's time runs from when it was due.
"""

import multiprocessing
import socket
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from random import Random
from secrets import token_hex
from statistics import quantiles
from time import monotonic, sleep
from typing import Any

import httpx
from sqlalchemy import func, select

from benchmarks.day_people import (
    DayClock,
    Done,
    Swept,
    desk,
    memory_mb,
    reader,
    recorder,
    said_by,
    while_asked,
    worker,
)
from benchmarks.day_plan import BEGINS, HOUR, Volumes, asked, recorded, volumes
from benchmarks.desk_filling import fill
from benchmarks.desk_journeys import AUTHORITY
from benchmarks.figures import Figure, below
from benchmarks.servers import postgresql
from caseclock.desk.api.tokens import Scope, make_token
from caseclock.store.schema import episodes, timers
from caseclock.store.sql import SqlStore, open_store
from caseclock.telemetry.standing import waiting
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

RECORDERS = 2
#: seconds between two looks at what waits
LOOK_EVERY = 0.5
#: no backlog: what comes is done, or begun, within so many of our seconds; in seconds of the day, times the speed
AT_ONCE = 2.0


def day(
    speed: float, hours: tuple[float, float], cases: int, urls: Sequence[str] = (), *, check: bool = True
) -> Iterator[Figure]:
    """Replay the day from one hour to another on each database: those named, which are filled, or one of each kind.

    Unless told not to, every case is checked at the end (`verify`), which takes minutes where they are many.
    """
    for url in urls:
        yield from _replayed(url, speed, hours, check)
    if urls:
        return
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'day.db'}"
        _filled(url, cases)
        yield from _replayed(url, speed, hours, check)
    with postgresql() as database:
        if database is not None:
            url = database("day")
            _filled(url, cases)
            yield from _replayed(url, speed, hours, check)


def _filled(url: str, cases: int) -> None:
    with open_store(url, synchronous="NORMAL") as store:
        fill(store, cases)


def _replayed(url: str, speed: float, hours: tuple[float, float], check: bool) -> Iterator[Figure]:
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    part = f"day on {kind}, {speed:g} times as fast"
    chance = Random(url.startswith("sqlite"))
    of = volumes()
    with open_store(url, create=False) as store:
        plan = recorded(of, _running(store), chance, f"day-{token_hex(3)}")
        reads = asked(of, _some_timers(store, chance), chance)
        token = _token(store)
        before = sweep(Engine(store), BEGINS)
        print(f"{part}: {_said(store, of)}; {before.raised:,} breaches raised before it begins", flush=True)
        first, last = hours[0] * HOUR, hours[1] * HOUR
        told = _live(
            store,
            url,
            lambda started: DayClock(BEGINS, started - first / speed, speed),
            [one for one in plan if first <= one.seconds < last],
            [one for one in reads if first <= one[0] < last],
            token,
            (first, last),
        )
        yield from _figures(part, told, speed)
        if check:
            found = verify(Engine(store), told.ended_at).findings
            yield Figure(part, "findings of verify", len(found), "", wanted="none", kept=not found)


class _Told:
    """What everybody had to say at the end of the day."""

    def __init__(self) -> None:
        self.recorded: list[Done] = []
        self.read: list[Done] = []
        self.swept: list[Swept] = []
        self.heard = 0
        self.due: list[int] = []
        self.to_hand_on: list[int] = []
        self.lag: list[float] = []
        #: by process: MB when it had begun to work, and at the end
        self.memory: dict[str, tuple[float, float]] = {}
        self.ended_at: datetime = BEGINS
        #: what was left when the day was over, and AT_ONCE had gone by: due timers, messages
        self.left = (0, 0)


def _live(
    store: SqlStore,
    url: str,
    clock_at: Callable[[float], DayClock],
    plan: Sequence[Any],
    reads: Sequence[Any],
    token: str,
    hours: tuple[float, float],
) -> _Told:
    context, told = multiprocessing.get_context("spawn"), _Told()
    stop, results = context.Event(), {name: context.SimpleQueue() for name in ("worker", "reader")}
    recorders = [context.SimpleQueue() for _ in range(RECORDERS)]
    clock = clock_at(monotonic() + 10.0)  # until then everybody starts
    port = _free_port()
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        work: list[tuple[str, Callable[..., None], tuple[Any, ...]]] = [
            ("desk", desk, (url, clock, port)),
            ("worker", worker, (url, clock, folder / "outbox.jsonl", stop, results["worker"])),
            ("reader", reader, (port, clock, reads, token, results["reader"])),
        ]
        for number, queue in enumerate(recorders):
            mine = [one for one in plan if hash_of(one.case_id) % RECORDERS == number]
            work.append((f"recorder {number + 1}", recorder, (url, clock, mine, queue)))
        running = {
            # the desk has a process of its own for what it counts, and a daemon may have none
            name: context.Process(target=while_asked, args=(act, *given), name=name, daemon=name != "desk")
            for name, act, given in work
        }
        for name, process in running.items():
            process.start()
            ending.callback(process.kill)
            if name == "desk":
                _until_open(port)
        _watch(store, clock, hours, {name: one.pid or 0 for name, one in running.items()}, told)
        for number, queue in enumerate(recorders):
            told.recorded += said_by(running[f"recorder {number + 1}"], queue)
        told.read = said_by(running["reader"], results["reader"])
        sleep(AT_ONCE)
        told.ended_at = clock.now()
        left = waiting(store, told.ended_at)
        told.left = left.due, sum(queue.waiting for queue in left.queues)
        stop.set()
        told.swept, told.heard = said_by(running["worker"], results["worker"])
    return told


def hash_of(case_id: str) -> int:
    """Say to whom a case belongs: always the same."""
    return sum(case_id.encode())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _until_open(port: int) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/up", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            sleep(0.05)
    raise RuntimeError("The desk did not answer.")


def _watch(
    store: SqlStore, clock: DayClock, hours: tuple[float, float], pids: Mapping[str, int], told: _Told
) -> None:
    begun: dict[str, float] = {}
    first, last = hours
    while (seconds := clock.seconds()) < last:
        if seconds > first:
            found = waiting(store, clock.now())
            told.due.append(found.due)
            told.lag.append(found.sweep_lag_seconds)
            told.to_hand_on.append(sum(queue.waiting for queue in found.queues))
        held = {name: mb for name, pid in pids.items() if (mb := memory_mb(pid)) is not None}
        if not begun and seconds > first + (last - first) / 20:
            begun = held
        told.memory |= {name: (was, held[name]) for name, was in begun.items() if name in held}
        sleep(LOOK_EVERY)


def _figures(part: str, told: _Told, speed: float) -> Iterator[Figure]:
    yield from _times(part, "recording", told.recorded)
    for kind in sorted({one.what for one in told.read}):
        yield from _times(part, f"reading {kind}", [one for one in told.read if one.what == kind])
    for name, done in (("recording", told.recorded), ("reading", told.read)):
        refused = Counter(f"{one.what}: {one.fault}" for one in done if one.fault)
        yield Figure(part, f"{name} refused", sum(refused.values()), "", done=", ".join(map(str, refused)))
        behind = max((one.begun - one.due for one in done), default=0.0)
        wanted = below(AT_ONCE, behind, "s")
        yield Figure(
            part, f"{name}, most behind", behind, "s", None, *wanted, done=f"{backlog(done)} at once"
        )
    raised = [one for one in told.swept if one.raised]
    lag = max((one.lag for one in raised), default=0.0) / speed
    longest = max((one.ended - one.begun for one in told.swept), default=0.0)
    count = sum(one.raised for one in raised)
    yield Figure(
        part, "sweeps, lag at most", lag, "s", None, *below(AT_ONCE, lag, "s"), done=f"{count:,} raised"
    )
    yield Figure(part, "sweeps, longest", longest, "s", done=f"{len(told.swept):,} sweeps")
    yield Figure(part, "due timers seen waiting, most", max(told.due, default=0), "")
    yield Figure(
        part, "messages seen waiting, most", max(told.to_hand_on, default=0), "", done=f"{told.heard:,} told"
    )
    for name, left in zip(("due timers", "messages"), told.left, strict=True):
        yield Figure(part, f"{name} left at the end", left, "", wanted="none", kept=not left)
    for name, (was, now) in told.memory.items():
        yield Figure(part, f"memory of the {name} at the end", now, "MB", done=f"{was:.0f} MB at first")


def _times(part: str, name: str, done: Sequence[Done]) -> Iterator[Figure]:
    taken = sorted((one.ended - one.due) * 1000 for one in done if not one.fault)
    if len(taken) < 2:
        return
    cut = quantiles(taken, n=100)
    for place in (50, 99):
        yield Figure(part, f"{name}, p{place}", cut[place - 1], "ms", done=f"{len(taken):,}")


def backlog(done: Sequence[Done]) -> int:
    """Count how many at most were due and not ended at one moment."""
    moments = sorted([(one.due, 1) for one in done] + [(max(one.ended, one.due), -1) for one in done])
    most = now = 0
    for _, change in moments:
        now += change
        most = max(most, now)
    return most


def _running(store: SqlStore) -> dict[str, list[str]]:
    asked_for = select(episodes.c.case_id).where(
        episodes.c.authority == AUTHORITY, episodes.c.closed_on.is_(None)
    )
    with store.engine.connect() as connection:
        return {
            name: list(connection.scalars(asked_for.where(episodes.c.episode_id == name)))
            for name in ("A-1", "N-1", "P-1", "L-1")
        }


def _some_timers(store: SqlStore, chance: Random) -> list[tuple[str, str]]:
    few = select(timers.c.timer_id, timers.c.case_id).where(timers.c.authority == AUTHORITY).limit(200_000)
    with store.engine.connect() as connection:
        rows = [(row.timer_id, row.case_id) for row in connection.execute(few)]
    return chance.sample(rows, min(5000, len(rows)))


def _token(store: SqlStore) -> str:
    with store.engine.begin() as connection:
        return make_token(
            connection, authority=AUTHORITY, name="case system", scopes=list(Scope), by="benchmark", at=BEGINS
        )[0]


def _said(store: SqlStore, of: Volumes) -> str:
    with store.engine.connect() as connection:
        running = connection.scalar(
            select(func.count()).select_from(timers).where(timers.c.wake_at.is_not(None))
        )
    return f"{of}; {running:,} timers armed"
