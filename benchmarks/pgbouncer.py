"""A PgBouncer of one's own before a PostgreSQL, where it is installed."""

import os
import re
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import make_url

#: the version from which on it keeps track of what a client has prepared, and takes the driver's DEALLOCATE ALL
TRACKS_STATEMENTS = (1, 22)

_PORT = 6432
#: who may ask it about itself
_USER = "postgres"


class NoPooler(RuntimeError):
    """There is no PgBouncer, or it does not start."""


@dataclass(slots=True)
class Pooler:
    """A PgBouncer. It is reached through a socket, and lets in whoever asks."""

    #: where its settings and its socket are
    folder: Path
    command: Sequence[str]
    _process: "subprocess.Popen[str] | None" = field(default=None, init=False)
    #: hears what it says once it listens, so that it never waits to be heard
    _hearing: Thread | None = field(default=None, init=False)

    def url(self, server: str, **asked: str) -> str:
        """Give the URL of a database through it, from that by which the server itself is reached."""
        query = {"host": str(self.folder), "port": str(_PORT), **asked}
        return make_url(server).set(host=None, port=None, query=query).render_as_string(hide_password=False)

    def told(self, asked: str) -> list[dict[str, Any]]:
        """Ask it about itself: `SHOW POOLS` and the like. It hears simple queries only."""
        with psycopg.connect(
            host=str(self.folder), port=_PORT, dbname="pgbouncer", user=_USER, autocommit=True
        ) as connection:
            cursor = psycopg.ClientCursor(connection, row_factory=dict_row)
            return cursor.execute(asked).fetchall()

    def start(self) -> None:
        """Start it; returns once it listens."""
        self._process = subprocess.Popen(  # noqa: S603
            self.command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        said = []
        for line in self._process.stderr or ():
            said.append(line)
            if "process up" in line:
                self._hearing = Thread(target=deque, args=(self._process.stderr, 0), daemon=True)
                self._hearing.start()
                return
        raise NoPooler(f"PgBouncer does not start: {''.join(said)}")

    def kill(self) -> None:
        """End it, in the middle of whatever it does."""
        if self._process is None:
            return
        self._process.kill()
        if self._hearing is not None:
            self._hearing.join()
        self._process.communicate()
        self._process = self._hearing = None


def program() -> str | None:
    """Find PgBouncer; Debian puts it where only root looks for programs."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def version_of(found: str) -> tuple[int, ...]:
    """Ask a PgBouncer which one it is: (1, 18, 0)."""
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    told = re.search(r"PgBouncer (\d+(?:\.\d+)*)", said)
    if told is None:
        raise NoPooler(f"{found} does not say which version it is: {said!r}.")
    return tuple(map(int, told[1].split(".")))


@contextmanager
def pgbouncer(server: str, mode: str, *, size: int, **settings: object) -> Iterator[Pooler]:
    """Run a PgBouncer before the server at a URL, with at most `size` connections to each of its databases.

    The URL names the server's socket. Raises NoPooler.
    """
    found = program()
    if found is None:
        raise NoPooler("There is no pgbouncer. Install Debian's package of that name.")
    url = make_url(server)
    host = url.query["host"]  # where the server's socket is
    with tempfile.TemporaryDirectory(prefix="caseclock-pool-") as name:
        folder, ini = Path(name), Path(name) / "pgbouncer.ini"
        told = {
            "listen_port": _PORT,
            "unix_socket_dir": folder,
            "auth_type": "any",
            "admin_users": _USER,
            "pool_mode": mode,
            "default_pool_size": size,
            "max_client_conn": 500,
            **settings,
        }
        lines = [f"{setting} = {value}" for setting, value in told.items()]
        place = f"host={host} port={url.port or 5432} user={url.username}"
        ini.write_text("\n".join(["[databases]", f"* = {place}", "[pgbouncer]", *lines, ""]), "utf-8")
        command = [found, *_not_as_root(str(host), folder, ini), str(ini)]
        pooler = Pooler(folder, command)
        try:
            pooler.start()
            yield pooler
        finally:
            pooler.kill()


def _not_as_root(socket: str, *own: Path) -> list[str]:
    """Give what lets it run as whoever runs the server, who then owns these, where this is root: it refuses to."""
    if os.name == "nt" or os.geteuid() != 0:
        return []
    import pwd  # Windows has none

    user = pwd.getpwuid(Path(socket).stat().st_uid)
    for path in own:
        os.chown(path, user.pw_uid, user.pw_gid)
    return ["-u", user.pw_name]
