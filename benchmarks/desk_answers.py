"""How long each page and each route of the API takes on a filled desk, one worker, one request at a time.

`python -m benchmarks.desk_answers --db URL [--rounds N] [--only WORD]`, on a database that benchmarks.desk_filling has
made. Measured is the server's own time, from the request to the last byte of the answer, with the statements it sends
to the database and the bytes of the answer as they are sent.
"""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from fastapi import FastAPI
from sqlalchemy import event, select
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.desk_journeys import AUTHORITY, NOW
from caseclock.desk.api.gate import Pace
from caseclock.desk.api.tokens import Scope as TokenScope
from caseclock.desk.api.tokens import make_token
from caseclock.desk.app import create_app, set_apart
from caseclock.desk.engines import Desk
from caseclock.desk.roles import Grant, Person, Role
from caseclock.desk.settings import DeskSettings
from caseclock.store.schema import breaches, timers

#: milliseconds wanted at most in nineteen of twenty requests
WANTED_MS = 200.0
OFFICER = Person("officer", "An Officer", AUTHORITY, (Grant(Role.COMPLIANCE), Grant(Role.ADMINISTRATOR)))

PAGES = (
    "/",
    "/queue",
    "/queue?page=40",
    "/queue?team=Assessment+1",
    "/queue?worker=sw.017",
    "/queue?group=team",
    "/queue?group=worker",
    "/queue?group=timescale",
    "/queue?group=family",
    "/queue?sort=over&down=1",
    "/queue?sort=case",
    "/queue?due=today",
    "/queue?due=next_10&process=looked_after",
    "/queue?standing=overdue&size=100",
    "/queue?reason=none",
    "/queue?days_over=30",
    "/queue?show=all",
    "/queue?show=all&group=timescale",
    "/queue?show=all&sort=case",
    "/queue?case={case_id}",
    "/breaches",
    "/breaches?reason=none",
    "/breaches?group=team",
    "/breaches?group=timescale",
    "/breaches?group=family",
    "/breaches?sort=over",
    "/breaches?sort=case",
    "/breaches?team=Family+support+2&sort=over&down=1",
    "/breaches/{breach_id}",
    "/breaches/{breach_id}/explain",
    "/cases/{case_id}",
    "/cases/{long_case_id}",
    "/cases/{case_id}?as_at=2026-03-02",
    "/timers/{timer_id}",
    "/rules",
    "/rules/assessment.single.45wd",
    "/imports",
    "/sign-offs",
    "/audit",
    "/health",
    "/access",
    "/access/tokens",
    "/help",
)
ROUTES = (
    "/timers",
    "/timers?standing=overdue",
    "/timers?standing=due_soon&team=Assessment+1",
    "/timers?worker=sw.017",
    "/timers?timescale=cp.icpc.15wd",
    "/timers?due_from=2026-11-20&due_to=2026-11-27",
    "/timers?case_id={case_id}",
    "/timers?as_at=2026-03-02",
    "/timers?as_at=2026-03-02&standing=overdue",
    "/timers/{timer_id}",
    "/timers/{timer_id}/explanation",
    "/breaches",
    "/breaches?breach=open",
    "/breaches?breach=withdrawn",
    "/breaches?answer=escalated",
    "/breaches?team=Assessment+1",
    "/breaches?as_at=2026-03-02",
    "/breaches/{breach_id}",
    "/cases",
    "/cases?team=Assessment+1",
    "/cases?worker=sw.017",
    "/cases/{case_id}",
    "/cases/{long_case_id}",
    "/events?case_id={long_case_id}",
    "/rules",
)
#: what is counted beside, over every case; measured last, since counting takes minutes
COUNTED = ("/board", "/board?share=1", "/api/v1/scorecard")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address took."""

    address: str
    status: int
    p50_ms: float
    p95_ms: float
    #: of the processor, in this process: what is left of p50 where nothing else runs on the machine
    cpu_ms: float
    #: bytes as sent, compressed where the page is
    weight: int
    statements: int


class Timed:
    """Measures an app from the request to the last byte of its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.took = self.cpu = 0.0
        self.weight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.weight = 0

        async def weighed(message: Message) -> None:
            self.weight += len(message.get("body", b""))
            await send(message)

        begun, worked = perf_counter(), process_time()
        await self.app(scope, receive, weighed)
        self.took, self.cpu = perf_counter() - begun, process_time() - worked


class Statements:
    """Counts what is sent to the database."""

    def __init__(self, desk: Desk) -> None:
        self.number = 0
        event.listen(desk.store.engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.number += 1


def app_on(url: str) -> FastAPI:
    """Make a desk on a filled database, as it stood at NOW; nobody is asked to slow down."""
    app = create_app(
        DeskSettings(url, lambda: NOW, secure_cookies=False, demonstration=True, demo_people=(OFFICER,))
    )
    app.state.pace = Pace(1e9, 10**9, perf_counter)
    return app


def token_on(desk: Desk) -> str:
    """Make a token with every scope."""
    with desk.writing() as connection:
        secret, _ = make_token(
            connection, authority=AUTHORITY, name="benchmark", scopes=list(TokenScope), by="benchmark", at=NOW
        )
    return secret


def sign_in(browser: TestClient) -> None:
    """Sign the officer in as the demonstration's page does."""
    page = browser.get("/sign-in", follow_redirects=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    if found is None:
        raise RuntimeError("The page of the sign-in has no form.")
    who = re.search(r'name="person"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="person"', page.text)
    if who is None:
        raise RuntimeError("The page of the sign-in offers nobody.")
    sent = {"csrf_token": found[1], "person": who[1] or who[2], "next": "/queue"}
    if browser.post("/sign-in", data=sent).headers.get("location") != "/queue":
        raise RuntimeError("The officer could not sign in.")


def ids_on(desk: Desk) -> dict[str, str]:
    """Name a case, its longest neighbour, a timer and a breach."""
    from caseclock.store.schema import cases

    with desk.reading() as connection:
        some = select(cases.c.case_id).where(cases.c.authority == AUTHORITY).order_by(cases.c.case_id)
        longest = (
            select(cases.c.case_id)
            .where(cases.c.authority == AUTHORITY)
            .order_by(cases.c.version.desc())
            .limit(1)
        )
        breach = connection.execute(
            select(breaches.c.case_id, breaches.c.breach_id, breaches.c.timer_id)
            .where(breaches.c.authority == AUTHORITY, breaches.c.standing == "open")
            .limit(1)
        ).one()
        timer = connection.scalar(
            select(timers.c.timer_id).where(
                timers.c.authority == AUTHORITY,
                timers.c.case_id == breach.case_id,
                timers.c.timescale == "assessment.single.45wd",
            )
        )
        return {
            "case_id": connection.scalar(some.offset(23_456).limit(1))
            or connection.scalar(some.limit(1))
            or "",
            "long_case_id": connection.scalar(longest) or "",
            "breach_id": breach.breach_id,
            "timer_id": timer or breach.timer_id,
        }


def measured(app: FastAPI, rounds: int, only: str = "") -> Iterator[Answer]:
    """Ask for every page and route so many times."""
    desk: Desk = app.state.desk
    timed, statements = Timed(app), Statements(desk)
    browser = TestClient(timed, follow_redirects=False)
    sign_in(browser)
    ids, token = ids_on(desk), token_on(desk)
    bearer = {"authorization": f"Bearer {token}"}
    asked_for = [("/api/v1" + address, bearer) for address in ROUTES]
    asked_for += [(address, {}) for address in PAGES]
    asked_for += [(address, bearer if address.startswith("/api/") else {}) for address in COUNTED]
    for address, headers in asked_for:
        asked = address.format(**ids)
        if only in asked:
            if address in COUNTED:
                _wait_for(browser, asked, headers)
            took, cpu, before = [], [], statements.number
            status = 0
            for _ in range(rounds):
                status = browser.get(asked, headers=headers).status_code
                took.append(timed.took * 1000)
                cpu.append(timed.cpu * 1000)
            p95 = quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
            sent = (statements.number - before) // rounds
            yield Answer(address, status, median(took), p95, median(cpu), timed.weight, sent)


def _wait_for(browser: TestClient, asked: str, headers: dict[str, str]) -> None:
    """Let what is counted beside be counted."""
    for _ in range(600):
        if browser.get(asked, headers=headers).status_code == 200:
            return


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.desk_answers", description=__doc__)
    options.add_argument("--db", required=True, help="URL of a database that desk_filling has filled")
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--only", default="", help="only addresses with this in them")
    options.add_argument("--json", type=Path, help="where to write the figures as well")
    asked = options.parse_args()
    app = app_on(asked.db)
    set_apart()  # as `caseclock serve` does
    print(f"{'address':62} status   p50 ms   p95 ms   cpu ms    bytes  statements")
    answers = []
    for one in measured(app, asked.rounds, asked.only):
        answers.append(one)
        slow = "" if one.p95_ms < WANTED_MS else "  SLOW"
        figures = f"{one.p50_ms:8.1f} {one.p95_ms:8.1f} {one.cpu_ms:8.1f} {one.weight:8,} {one.statements:11}"
        print(f"{one.address:62} {one.status:6} {figures}{slow}", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in answers], indent=1) + "\n", "utf-8")
    app.state.desk.store.close()


if __name__ == "__main__":
    main()
