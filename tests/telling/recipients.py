"""Recipients on this machine: real servers that answer, refuse, hang and break off as they are told to."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from caseclock.outbox.addresses import networks
from caseclock.outbox.handing_on import Clocks
from caseclock.outbox.webhooks import ToWebhook, Webhook
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import OutboxMessage, Store
from caseclock.store.sql import open_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    at: datetime = NOON
    passed: float = 0.0

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.passed += seconds

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.at, lambda: self.passed)


@dataclass
class Received:
    """A request as the receiver had it."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    def event(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass
class Receiver:
    """A webhook of someone else's."""

    #: decides how a request is answered: a status, or headers too
    answer: Callable[[Received], int | tuple[int, Mapping[str, str]]] = lambda _: 200
    received: list[Received] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    channels: list[ToWebhook] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def webhook(self, **ways: Any) -> ToWebhook:
        """Give the channel that reaches it; loopback and plain HTTP are allowed."""
        told = {"url": self.url, "allowed": networks(["127.0.0.0/8"]), "plain_http": True, "seconds": 5.0}
        self.channels.append(ToWebhook(Webhook(**{**told, **ways}), lambda: NOON))
        return self.channels[-1]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    keeping = threading.Lock()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            with keeping:
                made.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Received(self.path, dict(self.headers.items()), body)
            with keeping:
                made.received.append(got)
            answer = made.answer(got)
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except ConnectionError:  # the sender was killed
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made
        for channel in made.channels:
            channel.close()
        server.shutdown()
        thread.join()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each kind of store in turn, empty."""
    if request.param == "memory":
        yield InMemoryStore()
        return
    sqlite = f"sqlite:///{tmp_path / 'cases.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    with open_store(url) as opened:
        yield opened


def message(number: int, case_id: str = "C-1042", authority: str = "thurrock") -> OutboxMessage:
    line = {"event_id": f"e-{number}", "type": "BreachRaised", "case_id": case_id, "data": {"n": number}}
    return OutboxMessage(authority, case_id, "BreachRaised", line, NOON, message_id=number)


def put(store: Store, *messages: OutboxMessage) -> None:
    with store.transaction() as unit:
        unit.put_outbox(messages)
