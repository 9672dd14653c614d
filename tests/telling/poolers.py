"""A real PgBouncer before the test run's PostgreSQL, in each of the ways it may be set up.

Without PgBouncer such tests are skipped, and say so; where CASECLOCK_POOLER is `required` that is a failure.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from benchmarks.pgbouncer import TRACKS_STATEMENTS, Pooler, pgbouncer, program, version_of

#: connections to a database that a pooler in transaction mode shares out
FEW = 2


@dataclass(frozen=True)
class Way:
    """A way to set PgBouncer up, and what the URL then says."""

    mode: str
    size: int
    prepared: str | None = None
    #: how many prepared statements it keeps track of, where it can; None for as many as it does by itself
    tracked: int | None = None


@dataclass(frozen=True)
class Pooled:
    """A pooler that was set up in one of the ways."""

    pooler: Pooler
    way: Way

    def url(self, server: str) -> str:
        """Give the URL of a database through it, from that by which its server is reached."""
        return self.pooler.url(server, **({"prepared": self.way.prepared} if self.way.prepared else {}))


_INSTALLED = program()
_TRACKS = _INSTALLED is not None and version_of(_INSTALLED) >= TRACKS_STATEMENTS
WAYS = {
    "session": Way("session", 60, "yes"),
    "transaction": Way("transaction", FEW, tracked=0),
}
if _TRACKS:  # older ones can't be set up like this
    WAYS["transaction-prepared"] = Way("transaction", FEW, "yes", 200)


@contextmanager
def running(server: str, way: Way) -> Iterator[Pooled]:
    """Run a pooler in one of the ways."""
    if _INSTALLED is None:
        told = "There is no pgbouncer: nothing went through a pooler. Install Debian's pgbouncer."
        if os.environ.get("CASECLOCK_POOLER") == "required":
            pytest.fail(told)
        pytest.skip(told)
    settings = {} if way.tracked is None or not _TRACKS else {"max_prepared_statements": way.tracked}
    with pgbouncer(server, way.mode, size=way.size, **settings) as pooler:
        yield Pooled(pooler, way)
