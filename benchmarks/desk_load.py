"""Two hundred readers and twenty writers against one worker on PostgreSQL, for as long as is said.

`python -m benchmarks.desk_load [--minutes 10] [--cases 50000]`. The database is filled first (benchmarks.desk_filling),
the desk is served by uvicorn in a process of its own, and called from this one. Each reader asks, reads for a while,
and asks again; each writer records the events of new cases one by one. Any answer but the expected one is an error.
"""

import argparse
import asyncio
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Any

import httpx
import uvicorn
from sqlalchemy import select

from benchmarks.desk_answers import OFFICER
from benchmarks.desk_filling import fill
from benchmarks.desk_journeys import AUTHORITY
from benchmarks.servers import postgresql
from caseclock.desk.api.tokens import Scope, make_token
from caseclock.desk.app import create_app
from caseclock.desk.settings import DeskSettings
from caseclock.store.schema import cases
from caseclock.store.sql import SqlStore, open_store

#: what readers ask for, {case} being one of many; each as often as it is named
API = (
    "/api/v1/timers?case_id={case}",
    "/api/v1/timers?standing=overdue&limit=50",
    "/api/v1/timers?worker=sw.017",
    "/api/v1/breaches?case_id={case}",
    "/api/v1/breaches?limit=50",
    "/api/v1/cases?team=Assessment+1&limit=50",
    "/api/v1/cases/{case}",
    "/api/v1/cases/{case}",
    "/api/v1/events?case_id={case}",
    "/api/v1/rules",
)
PAGES = (
    "/queue?worker=sw.017",
    "/queue?due=today",
    "/queue?case={case}",
    "/cases/{case}",
    "/cases/{case}",
    "/rules",
)
#: cases that all others are copies of
TEMPLATES = 100
#: seconds a caller waits for an answer before that counts as an error
PATIENCE = 60.0


@dataclass
class Told:
    """What came of the calls of one kind."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def line(self, name: str, minutes: float) -> str:
        taken = sorted(self.seconds)
        if len(taken) < 2:
            return f"{name}: {len(taken)} answered; errors: {dict(self.errors)}"
        cut = quantiles(taken, n=100)
        said = ", ".join(f"p{place} {cut[place - 1] * 1000:,.0f} ms" for place in (50, 95, 99))
        pace = len(taken) / minutes / 60
        longest = f"longest {taken[-1] * 1000:,.0f} ms"
        return (
            f"{name}: {len(taken):,} answered ({pace:.1f}/s), {said}, {longest}; errors: {dict(self.errors)}"
        )


def serve(url: str, port: int) -> None:
    """Serve the desk with one worker until it is stopped."""
    settings = DeskSettings(
        url, lambda: datetime.now(UTC), secure_cookies=False, demonstration=True, demo_people=(OFFICER,)
    )
    uvicorn.run(
        create_app(settings),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
    )


async def call(
    client: httpx.AsyncClient, told: Told, wanted: int, method: str, address: str, **more: Any
) -> None:
    """Call once, and note how long it took or what went wrong."""
    begun = perf_counter()
    try:
        answer = await client.request(method, address, **more)
    except httpx.HTTPError as fault:
        told.errors[type(fault).__name__] += 1
        return
    if answer.status_code != wanted:
        told.errors[f"{answer.status_code} {address.partition('?')[0]}"] += 1
        return
    told.seconds.append(perf_counter() - begun)


async def reader(
    client: httpx.AsyncClient,
    told: Told,
    addresses: tuple[str, ...],
    names: list[str],
    until: float,
    pause: float,
    seed: int,
) -> None:
    """Ask, read for a while, ask again."""
    chance = Random(seed)
    await asyncio.sleep(chance.uniform(0, pause))
    while perf_counter() < until:
        address = chance.choice(addresses).format(case=chance.choice(names))
        await call(client, told, 200, "GET", address)
        await asyncio.sleep(chance.expovariate(1 / pause))


async def writer(client: httpx.AsyncClient, told: Told, until: float, pause: float, number: int) -> None:
    """Tell of new cases, event by event."""
    chance = Random(number)
    case, run = 0, f"{datetime.now(UTC):%d%H%M%S}"
    while perf_counter() < until:
        case += 1
        named, now = f"W-{run}-{number:02}-{case:05}", datetime.now(UTC)
        steps = (
            ("ReferralReceived", "R-1", {"source": "school", "team": "Assessment 1", "worker": "sw.017"}),
            ("ReferralDecided", "R-1", {"outcome": "assessment"}),
            ("AssessmentStarted", "A-1", {"kind": "single", "follows": "R-1"}),
            ("ChildSeen", "A-1", {"alone": True}),
        )
        for place, (event_type, episode, data) in enumerate(steps):
            event = {
                "event_id": f"{named}/{place}",
                "type": event_type,
                "case_id": named,
                "episode_id": episode,
                "occurred_at": (now - timedelta(hours=5 - place)).isoformat(),
                "by": "sw.017",
                "data": data,
            }
            await call(client, told, 201, "POST", "/api/v1/events", json=event)
            await asyncio.sleep(chance.expovariate(1 / pause))


async def load(
    address: str, secrets: list[str], names: list[str], asked: argparse.Namespace
) -> dict[str, Told]:
    """Let everybody call until the time is over."""
    told = {"API reads": Told(), "pages": Told(), "writes": Told()}
    limits = httpx.Limits(max_connections=asked.readers + asked.writers + 10)
    until = perf_counter() + asked.minutes * 60
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=PATIENCE) as client:
        cookies = await signed_in(client)
        clients = [
            httpx.AsyncClient(
                base_url=address, timeout=PATIENCE, headers={"authorization": f"Bearer {secret}"}
            )
            for secret in secrets
        ]
        browser = httpx.AsyncClient(base_url=address, timeout=PATIENCE, cookies=cookies, limits=limits)
        readers = [
            reader(browser, told["pages"], PAGES, names, until, asked.pause, number)
            if number % 2
            else reader(clients[number], told["API reads"], API, names, until, asked.pause, number)
            for number in range(asked.readers)
        ]
        writers = [
            writer(clients[number], told["writes"], until, asked.pause, number)
            for number in range(asked.writers)
        ]
        await asyncio.gather(*readers, *writers)
        for one in (*clients, browser):
            await one.aclose()
    return told


async def signed_in(client: httpx.AsyncClient) -> httpx.Cookies:
    """Sign the officer in as the demonstration's page does."""
    import re

    page = (await client.get("/sign-in", follow_redirects=True)).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    who = re.search(r'name="person"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="person"', page)
    if token is None or who is None:
        raise RuntimeError("The page of the sign-in has no form.")
    sent = {"csrf_token": token[1], "person": who[1] or who[2], "next": "/queue"}
    if (await client.post("/sign-in", data=sent)).headers.get("location") != "/queue":
        raise RuntimeError("The officer could not sign in.")
    return client.cookies


def tokens_on(store: SqlStore, number: int) -> list[str]:
    """Make a token for each caller: each has a pace of its own."""
    at = datetime.now(UTC)
    with store.engine.begin() as connection:
        return [
            make_token(
                connection,
                authority=AUTHORITY,
                name=f"reader {place}",
                scopes=list(Scope),
                by="benchmark",
                at=at,
            )[0]
            for place in range(number)
        ]


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.desk_load", description=__doc__)
    options.add_argument(
        "--db", metavar="URL", help="a filled PostgreSQL; without, one is started and filled"
    )
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--cases", type=int, default=50_000)
    options.add_argument("--readers", type=int, default=200)
    options.add_argument("--writers", type=int, default=20)
    options.add_argument(
        "--pause", type=float, default=5, help="seconds between two calls of one caller, on average"
    )
    options.add_argument("--port", type=int, default=8765)
    options.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.serve:
        serve(asked.serve, asked.port)
        return
    if asked.db:
        told = on_database(asked.db, asked)
    else:
        with postgresql() as database:
            if database is None:
                sys.exit("There is no PostgreSQL to start here. pip install 'caseclock[dev]'.")
            url = database("desk_load")
            with open_store(url) as store:
                fill(store, asked.cases, TEMPLATES)
            told = on_database(url, asked)
    print(
        f"{asked.readers} readers and {asked.writers} writers for {asked.minutes:g} minutes, {asked.cases:,} cases:"
    )
    for name, one in told.items():
        print(one.line(name, asked.minutes))
    sys.exit(1 if any(one.errors for one in told.values()) else 0)


def on_database(url: str, asked: argparse.Namespace) -> dict[str, Told]:
    """Serve a filled database in a process of its own, and let everybody call it."""
    with open_store(url) as store:
        secrets = tokens_on(store, max(asked.readers, asked.writers))
        with store.engine.connect() as connection:
            names = list(connection.scalars(select(cases.c.case_id).limit(5000)))
    command = [sys.executable, "-m", "benchmarks.desk_load", "--serve", url, "--port", str(asked.port)]
    with subprocess.Popen(command) as server:  # noqa: S603  # this very module
        try:
            _wait_for(asked.port, server)
            return asyncio.run(load(f"http://127.0.0.1:{asked.port}", secrets, names, asked))
        finally:
            server.terminate()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if server.poll() is not None:
            sys.exit("The desk did not start.")
        try:
            if httpx.get(f"http://127.0.0.1:{port}/up", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
    sys.exit("The desk did not answer.")


if __name__ == "__main__":
    main()
