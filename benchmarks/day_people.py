"""Who is at work on the replayed day, each in a process of their own: recorders, the worker, the desk, its readers."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import parent_process
from multiprocessing.synchronize import Event as Stop
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Protocol

import httpx
import uvicorn

from benchmarks.day_plan import Happening
from benchmarks.desk_answers import OFFICER
from benchmarks.desk_journeys import AUTHORITY
from benchmarks.desk_load import signed_in
from caseclock.desk.api.gate import Pace
from caseclock.desk.app import create_app
from caseclock.desk.settings import DeskSettings
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.files import ToFile
from caseclock.outbox.handing_on import Clocks, Telling, Told
from caseclock.outbox.serving import Serving
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import Refused
from caseclock.workflow.sweep import sweep

#: seconds of the day between two sweeps where nothing falls due in between, as a worker has it
EVERY = 60.0
#: connections that readers share
CONNECTIONS = 24


@dataclass(frozen=True, slots=True)
class DayClock:
    """Tells the time of the replayed day: so many of its seconds go by in one of ours."""

    begins: datetime
    #: when it begins, by the stopwatch that all processes of a machine share
    started: float
    speed: float

    def now(self) -> datetime:
        return self.begins + timedelta(seconds=self.seconds())

    def seconds(self) -> float:
        """Say how many seconds of the day have gone by."""
        return (monotonic() - self.started) * self.speed

    def due(self, seconds: float) -> float:
        """Say by our stopwatch when so many seconds of the day will have gone by."""
        return self.started + seconds / self.speed

    def wait_until(self, seconds: float) -> None:
        time.sleep(max(0.0, self.due(seconds) - monotonic()))


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was to be done at a moment, by our stopwatch."""

    due: float
    begun: float
    ended: float
    what: str
    #: empty where it went well
    fault: str = ""


class Results(Protocol):
    """Where a process leaves what it has to say at its end."""

    def put(self, told: Any) -> None: ...


def memory_mb(pid: int) -> float | None:
    """Give the memory a process holds now, in MB (10^6 bytes); None where it has come to its end."""
    held = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(held[1]) * 1024 / 1e6 if held else None


def said_by(process: Any, queue: Any) -> Any:
    """Give what a process has to say, once it says it; fails where it is no more and said nothing."""
    while queue.empty():
        process.join(0.1)
        if process.exitcode is not None and queue.empty():
            raise RuntimeError(f"{process.name} ended with {process.exitcode} and told nothing.")
    return queue.get()


def while_asked(act: Callable[..., None], *given: Any) -> None:
    """Be at work until done, or until the benchmark that asked is no more, however it ended."""
    asking = parent_process()
    if asking is None:
        raise RuntimeError("Nobody asked: this is done in a process of its own.")

    def end_with_it() -> None:
        asking.join()
        os._exit(1)  # nobody is left to be told

    Thread(target=end_with_it, daemon=True).start()
    act(*given)


def recorder(url: str, clock: DayClock, plan: Sequence[Happening], told: Results) -> None:
    """Record what happens as it happens, one event at a time, each in its own unit of work."""
    done: list[Done] = []
    with open_store(url, create=False) as store:
        engine = Engine(store)
        for one in plan:
            clock.wait_until(one.seconds)
            begun, at, fault = monotonic(), clock.now(), ""
            happened = When.instant(at - timedelta(minutes=20))
            event = Event(
                event_id=one.event_id,
                type=one.event_type,
                authority=AUTHORITY,
                case_id=one.case_id,
                episode_id=one.episode,
                occurred=happened,
                recorded=When.instant(at),
                by="sw.017",
                because="",
                data=dict(one.data),
            )
            try:
                engine.record(event, at=at)
            except Refused as refused:
                fault = type(refused).__name__
            done.append(Done(clock.due(one.seconds), begun, monotonic(), one.event_type, fault))
    told.put(done)


@dataclass(frozen=True, slots=True)
class Swept:
    """One sweep, by our stopwatch; `lag` in seconds of the day: how long the first that it raised had been due."""

    begun: float
    ended: float
    raised: int
    lag: float


class _Silent:
    def handed_on(self, recipient: str, told: Told, seconds: float) -> None: ...
    def postponed(self, recipient: str, fault: Exception) -> None:
        print(f"{recipient}: {fault}", flush=True)


def worker(url: str, clock: DayClock, outbox: Path, stop: Stop, told: Results) -> None:
    """Sweep whenever something falls due and once a minute of the day, and hand on to a file and to a function."""
    heard: SimpleQueue[str] = SimpleQueue()
    swept: list[Swept] = []
    with open_store(url, create=False) as store:
        tellings = [
            Telling("file", ToFile(outbox)),
            Telling("system", ByCalling(lambda line: heard.put(line["event_id"]), parts=16)),
        ]
        serving = Serving(store, tellings, Clocks(clock.now, monotonic), _Silent())
        serving.start(stop.set)
        engine, next_wake = Engine(store), None
        while not stop.is_set():
            begun, at = monotonic(), clock.now()
            done = sweep(engine, at)
            lag = (clock.now() - next_wake).total_seconds() if next_wake and done.raised else 0.0
            swept.append(Swept(begun, monotonic(), done.raised, lag))
            if done.raised:
                serving.wake()
            with store.snapshot() as unit:
                next_wake = unit.next_wake()
            due = (next_wake - clock.now()).total_seconds() if next_wake else EVERY
            stop.wait(max(0.005, min(due, EVERY) / clock.speed))
        serving.stop(30)
    told.put((swept, heard.qsize()))


def desk(url: str, clock: DayClock, port: int) -> None:
    """Serve the desk with one worker until it is ended."""
    two_days = timedelta(days=2)
    settings = DeskSettings(
        url,
        clock.now,
        secure_cookies=False,
        demonstration=True,
        demo_people=(OFFICER,),
        idle=two_days,
        longest=two_days,
    )
    app = create_app(settings)
    app.state.pace = Pace(1e9, 10**9, monotonic)  # one client stands for hundreds of people
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_keep_alive=600
    )


def reader(port: int, clock: DayClock, plan: Sequence[tuple[float, str]], token: str, told: Results) -> None:
    """Ask for pages and answers as the day's plan has them, whether those before have been answered or not."""
    told.put(asyncio.run(_read(f"http://127.0.0.1:{port}", clock, plan, token)))


async def _read(base: str, clock: DayClock, plan: Sequence[tuple[float, str]], token: str) -> list[Done]:
    done: list[Done] = []
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=120) as client:
        await signed_in(client)
        asking = set()
        for seconds, address in plan:
            await asyncio.sleep(max(0.0, clock.due(seconds) - monotonic()))
            asking.add(task := asyncio.create_task(_ask(client, token, clock.due(seconds), address, done)))
            task.add_done_callback(asking.discard)
        await asyncio.gather(*asking)
    return done


async def _ask(client: httpx.AsyncClient, token: str, due: float, address: str, done: list[Done]) -> None:
    begun, fault = monotonic(), ""
    headers = {"authorization": f"Bearer {token}"} if address.startswith("/api/") else {}
    try:
        answer = await client.get(address, headers=headers)
        fault = "" if answer.status_code == 200 else str(answer.status_code)
    except httpx.HTTPError as error:
        fault = type(error).__name__
    kind = "API" if address.startswith("/api/") else "/" + address.split("/")[1].partition("?")[0]
    done.append(Done(due, begun, monotonic(), kind, fault))
