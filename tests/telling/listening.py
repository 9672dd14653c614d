"""Servers that tests start as processes of their own: a port for one, and waiting until it answers."""

import socket
import subprocess
from threading import Event
from time import monotonic

import httpx

#: a server that takes longer to start has failed
STARTS_WITHIN_SECONDS = 30.0


def free_port() -> int:
    """A port of loopback on which nobody listens just now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def wait_for(url: str, started: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers at all; fails where it ends, or takes too long."""
    until = monotonic() + STARTS_WITHIN_SECONDS
    pause = Event()
    while monotonic() < until:
        assert started.poll() is None, f"the server ended with {started.returncode} before it answered"
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            pause.wait(0.05)
        else:
            return
    raise AssertionError(f"{url} did not answer within {STARTS_WITHIN_SECONDS:.0f} seconds")
