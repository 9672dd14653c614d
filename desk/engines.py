"""What a running desk holds: its settings, its store, and for every thread an engine of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock, local

from fastapi import Request
from sqlalchemy import Connection

from caseclock.desk.settings import DeskSettings
from caseclock.desk.static_files import StaticFiles
from caseclock.store.engines import begun
from caseclock.store.sql import SqlStore
from caseclock.workflow.engine import Engine


class Desk:
    """Shared by all requests of an app; found as `request.app.state.desk`, or by `desk_of(request)`."""

    def __init__(self, settings: DeskSettings, store: SqlStore, files: StaticFiles) -> None:
        self.settings = settings
        self.store = store
        self.files = files
        #: held while files that came in from a page are brought in: one after another
        self.bringing_in = Lock()
        self._of_thread = local()

    def now(self) -> datetime:
        return self.settings.now()

    @property
    def engine(self) -> Engine:
        """The engine of this thread."""
        found: Engine | None = getattr(self._of_thread, "engine", None)
        if found is None:
            found = self._of_thread.engine = Engine(self.store)
        return found

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction of its own, for the desk's own tables.

        Not within a snapshot or transaction of the same request where it can be avoided: each takes a connection.
        """
        with begun(self.store.engine, to_write=True) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that only reads."""
        with begun(self.store.engine, to_write=False) as connection:
            yield connection


def desk_of(request: Request) -> Desk:
    """Give the desk that a request came to."""
    desk: Desk = request.app.state.desk
    return desk
