"""A wire between a client and PostgreSQL that is cut at random: before a question, in it, before its answer, in it."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

#: most that is carried in one piece
_PIECE = 65536
#: most that call at the same time
_CALLERS = 20


@dataclass
class Wire:
    """Carries bytes between those who call `port` and a server, and cuts a connection now and then."""

    server: tuple[str, int]
    rng: Random
    #: of so many pieces one is not carried on, and its connection cut; 0 for none
    one_in: int = 0
    port: int = 0
    #: where connections were cut, and how often
    cut: Counter[str] = field(default_factory=Counter)
    _keeping: threading.Lock = field(default_factory=threading.Lock)

    def _carry(self, inward: socket.socket, outward: socket.socket, what: str) -> None:
        """Carry from one to the other until either ends, or it is cut."""
        with suppress(OSError):
            while piece := inward.recv(_PIECE):
                with self._keeping:
                    cut = bool(self.one_in) and self.rng.randrange(self.one_in) == 0
                    half = cut and self.rng.random() < 0.5
                    if cut:
                        self.cut[f"in {what}" if half else f"before {what}"] += 1
                if half:
                    outward.sendall(piece[: len(piece) // 2])
                if cut:
                    break
                outward.sendall(piece)
        for end in (inward, outward):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def connect(self, caller: socket.socket) -> None:
        """Call the server for a caller, and carry what they say until either ends or the connection is cut."""
        with suppress(OSError), socket.create_connection(self.server) as called:
            answers = threading.Thread(target=self._carry, args=(called, caller, "an answer"))
            answers.start()
            self._carry(caller, called, "a question")
            answers.join()


@contextmanager
def wire_to(server: tuple[str, int], rng: Random) -> Iterator[Wire]:
    """Lay a wire to a server; nothing goes over it any more at the end."""
    wire = Wire(server, rng)
    with calls_taken(wire.connect) as wire.port:
        yield wire


@contextmanager
def calls_taken(connect: Callable[[socket.socket], None]) -> Iterator[int]:
    """Take calls on a port and connect each, which ends with the call; gives the port. None is taken at the end."""

    def connected(caller: socket.socket) -> None:
        with caller:
            connect(caller)

    def serve() -> None:
        with suppress(OSError), ThreadPoolExecutor(_CALLERS) as threads:
            while True:
                caller, _ = listening.accept()
                threads.submit(connected, caller)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve)
        serving.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    serving.join()
