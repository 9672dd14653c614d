"""Send the API whatever its own document allows and forbids, by the thousand, and hold every answer to the document.

python tools/fuzz_api.py                 some ten thousands of requests, in minutes
python tools/fuzz_api.py --examples 5    some thousands, in seconds

All checks of schemathesis are made; what is expected beside their defaults, and why, stands in fuzz_api.toml. Ends with
1 where a check failed, or any answer was a fault of the server's own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from caseclock.desk.api.gate import Pace
from caseclock.desk.api.tokens import Scope as TokenScope
from caseclock.desk.api.tokens import make_token
from caseclock.desk.app import create_app
from caseclock.desk.settings import DeskSettings
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

CONFIGURATION = Path(__file__).with_name("fuzz_api.toml")
AUTHORITY = "anywhere"
NOW = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)


class Counting:
    """Counts what an app answers, by status."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
            await send(message)

        await self.app(scope, receive, counted)


def told(engine: Engine) -> None:
    """Tell a few cases, so that lists have rows: referred, assessed in time, late, or not yet."""
    for number in range(1, 9):
        received = NOW - timedelta(days=30 * number)
        steps = [
            (
                "ReferralReceived",
                "R-1",
                0,
                {"source": "school", "team": f"Team {number % 2}", "worker": "sw.001"},
            ),
            ("ReferralDecided", "R-1", 1, {"outcome": "assessment"}),
            ("AssessmentStarted", "A-1", 1, {"kind": "single", "follows": "R-1"}),
            ("AssessmentAuthorised", "A-1", 20 * number, {"outcome": "child_in_need"}),
        ]
        for place, (event_type, episode, days, data) in enumerate(steps):
            when = When.instant(received + timedelta(days=days))
            if when.latest() > NOW:
                break
            event = Event(
                f"C-{number}/{place}",
                event_type,
                AUTHORITY,
                f"C-{number}",
                episode,
                when,
                when,
                "sw.001",
                "",
                data,
            )
            engine.record(event, at=when.latest())
    sweep(engine, NOW)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str, Counting]]:
    """Serve a small desk on loopback; gives its address, a token with every scope, and what was answered."""
    url = f"sqlite:///{folder / 'desk.db'}"
    with open_store(url, synchronous="NORMAL") as store:
        told(Engine(store))
        with store.engine.begin() as connection:
            secret, _ = make_token(
                connection, authority=AUTHORITY, name="fuzz", scopes=list(TokenScope), by="fuzz", at=NOW
            )
    app = create_app(replace(DeskSettings(url, lambda: NOW), secure_cookies=False))
    app.state.pace = Pace(1e9, 10**9, app.state.pace._monotonic)
    counting = Counting(app)
    server = uvicorn.Server(uvicorn.Config(counting, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", secret, counting
    finally:
        server.should_exit = True
        thread.join()
        app.state.desk.store.close()


def main(words: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--examples", type=int, default=2000, help="requests made up for each operation, and each way"
    )
    options.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args(words)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (address, secret, counting):
        schemathesis = Path(sys.executable).with_name("schemathesis")
        done = subprocess.run(
            [
                schemathesis,
                "--config-file",
                CONFIGURATION,
                "run",
                f"{address}/api/v1/openapi.json",
                "--header",
                f"Authorization: Bearer {secret}",
                "--checks=all",
                f"--max-examples={asked.examples}",
                f"--phases={asked.phases}",
                f"--seed={asked.seed}",
                "--continue-on-failure",
                "--no-color",
            ],
            check=False,
            cwd=folder,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        statuses = counting.statuses
    faults = sum(number for status, number in statuses.items() if status >= 500)
    if done.returncode or faults:
        print(done.stdout, done.stderr)
    by_status = ", ".join(f"{number:,} of {status}" for status, number in sorted(statuses.items()))
    print(f"{statuses.total():,} requests answered: {by_status}. Status of schemathesis: {done.returncode}.")
    return 1 if done.returncode or faults else 0


if __name__ == "__main__":
    sys.exit(main())
