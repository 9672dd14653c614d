"""A wire to PostgreSQL, severed at a round trip one chooses: before the server is asked, or before it is heard."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedIOBase

from cutting import calls_taken
from sqlalchemy import URL

#: a message by its kind, and what is in it
Message = tuple[bytes, bytes]
#: kinds that end a question: Sync, and a query that is one by itself
_ASKED = (b"S", b"Q")
#: kinds that end an answer, and that say which process gives it
_READY, _BACKEND = b"Z", b"K"


@dataclass
class SeverableWire:
    """Carries a question, then its answer, and counts the two points of each round trip at which it can be severed.

    What was not asked, the server never hears of. What was asked and not heard, it has done, commits included.
    """

    server: URL
    port: int = 0
    #: at which point, counted from 1; None to carry everything
    at: int | None = None
    passed: int = 0
    #: what was about to be asked, or was answered, when it was severed
    where: str = ""
    #: process of the server that has lost its caller
    backend: int = 0

    @property
    def url(self) -> URL:
        """How to reach the server over this wire."""
        plain = {name: value for name, value in self.server.query.items() if name != "host"}
        query = plain | {"sslmode": "disable", "gssencmode": "disable"}
        return self.server.set(host="127.0.0.1", port=self.port, query=query)

    def sever_at(self, point: int | None) -> None:
        """Count from now on, and sever at a point."""
        self.at, self.passed, self.where, self.backend = point, 0, "", 0

    def connect(self, caller: socket.socket) -> None:
        """Call the server for a caller, and carry what they say until either ends or the wire is severed."""
        with (
            suppress(OSError, EOFError),
            _called(self.server) as called,
            caller.makefile("rb") as asking,
            called.makefile("rb") as answering,
        ):
            called.sendall(_opening(asking))
            said = _until(answering, (_READY,))
            caller.sendall(_as_sent(said))
            conversation = _Conversation(int.from_bytes(dict(said)[_BACKEND][:4], "big"))
            while True:
                question = _until(asking, _ASKED)
                words = conversation.words(question)
                if self._severs(f"before {words}", conversation.backend):
                    return
                called.sendall(_as_sent(question))
                said = _until(answering, (_READY,))
                if self._severs(f"after {words}", conversation.backend):
                    return
                caller.sendall(_as_sent(said))

    def _severs(self, where: str, backend: int) -> bool:
        self.passed += 1
        if self.passed != self.at:
            return False
        self.at, self.where, self.backend = None, where, backend
        return True


@dataclass
class _Conversation:
    """Between a caller and one process of the server, which remembers what it was asked to prepare."""

    backend: int
    prepared: dict[bytes, str] = field(default_factory=dict)

    def words(self, question: list[Message]) -> str:
        """Say what is asked."""
        asked = []
        for kind, body in question:
            if kind == b"Q":
                asked.append(body.rstrip(b"\0").decode())
            elif kind == b"P":  # Parse: a name, a statement
                name, statement, _ = body.split(b"\0", 2)
                self.prepared[name] = statement.decode()
                asked.append(self.prepared[name])
            elif kind == b"B":  # Bind: where the answer goes, a name
                name = body.split(b"\0", 2)[1]
                if name:
                    asked.append(self.prepared[name])
        return "; ".join(dict.fromkeys(asked))


def _called(server: URL) -> socket.socket:
    folder = server.query.get("host")
    if folder is None:
        return socket.create_connection((str(server.host), server.port or 5432))
    called = socket.socket(socket.AF_UNIX)
    called.connect(f"{folder}/.s.PGSQL.{server.port or 5432}")
    return called


def _opening(stream: BufferedIOBase) -> bytes:
    """Read what a caller begins with, which has no kind."""
    length = _read(stream, 4)
    return length + _read(stream, int.from_bytes(length, "big") - 4)


def _until(stream: BufferedIOBase, kinds: tuple[bytes, ...]) -> list[Message]:
    """Read messages, the first of these kinds the last of them; raises EOFError where none comes any more."""
    messages: list[Message] = []
    while not messages or messages[-1][0] not in kinds:
        kind = _read(stream, 1)
        messages.append((kind, _read(stream, int.from_bytes(_read(stream, 4), "big") - 4)))
    return messages


def _read(stream: BufferedIOBase, size: int) -> bytes:
    read = stream.read(size)
    if len(read) < size:
        raise EOFError
    return read


def _as_sent(messages: list[Message]) -> bytes:
    return b"".join(kind + (len(body) + 4).to_bytes(4, "big") + body for kind, body in messages)


@contextmanager
def severable_wire_to(server: URL) -> Iterator[SeverableWire]:
    """Lay a wire to a server, reached by a host and port or through a socket; nothing goes over it at the end."""
    wire = SeverableWire(server)
    with calls_taken(wire.connect) as wire.port:
        yield wire
