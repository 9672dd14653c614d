"""A real browser before a real server: Debian's Chromium, driven by Playwright, and the desk on loopback.

Without Chromium these tests are skipped, and say so; where CASECLOCK_BROWSER is `required` that is a failure.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from desk_told import MORNING, WAITS, Clock, settings_for, tell_cases
from playwright.sync_api import Browser, ConsoleMessage, Request, sync_playwright
from story import Told
from visiting import HOSTILE, LONG, WIDE, Visitor

from caseclock.desk.app import create_app
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--lang=en-GB",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        told = f"There is no browser at {CHROMIUM}: the desk was not looked at. Install Debian's chromium."
        if os.environ.get("CASECLOCK_BROWSER") == "required":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def told_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("browser") / "told.db"
    with open_store(f"sqlite:///{file}") as store:
        tell_cases(Engine(store))
        for awkward in (HOSTILE, LONG):
            Told(Engine(store), "camden", awkward).referral("2026-05-01", decided="not yet")
        Told(Engine(store)).swept("2026-05-20 06:00")
        Engine(store).keep([WAITS])
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture
def desk_file(told_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(told_database, tmp_path / "desk.db"))


@pytest.fixture
def desk(desk_file: Path, clock: Clock) -> Iterator[str]:
    """A desk on loopback, on a database of its own; gives its address."""
    config = uvicorn.Config(
        create_app(settings_for(f"sqlite:///{desk_file}", clock)), port=0, log_level="error", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    waiting = threading.Event()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        waiting.wait(0.01)
    (listening,) = server.servers[0].sockets
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def visitor(chromium: Browser, desk: str) -> Iterator[Visitor]:
    """A visitor whose browser must ask nothing of anybody else, and find nothing wrong."""
    context = chromium.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page = context.new_page()
    seen = Visitor(page, desk)

    def said(message: ConsoleMessage) -> None:
        # a page that refuses is loaded with its status, which the browser mentions
        if message.type == "error" and "Failed to load resource" not in message.text:
            seen.faults.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((desk, "data:", "blob:")):
            seen.faults.append(f"asked {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("request", asked)
    yield seen
    context.close()
    assert [] == seen.faults
