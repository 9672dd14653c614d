"""Is it alive, and is it ready: what a supervisor of processes asks, answered without looking at a case."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from caseclock.store.protocol import DatabaseTooNew, DatabaseTooOld
from caseclock.store.revision import check_revision
from caseclock.store.sql import SqlStore


@dataclass(frozen=True, slots=True)
class Health:
    """What was asked, and the answer to each part in a sentence; all is well where each begins with "ok"."""

    checks: Mapping[str, str]

    @property
    def is_well(self) -> bool:
        return all(words.startswith("ok") for words in self.checks.values())

    def page(self) -> tuple[int, bytes]:
        """Give it as the status and the JSON of an answer: 200, or 503."""
        told = {"status": "ok" if self.is_well else "not ok", "checks": dict(self.checks)}
        return (200 if self.is_well else 503), json.dumps(told).encode()


def ready(store: SqlStore) -> Health:
    """Say whether the database answers and has this version's tables."""
    try:
        with store.engine.connect() as connection:
            there = check_revision(connection)
    except (DBAPIError, DatabaseTooNew, DatabaseTooOld) as fault:
        return Health({"database": f"It can't be used ({type(fault).__name__})."})
    return Health({"database": "ok" if there else "It is empty. Run `caseclock db upgrade`."})


def alive(last_sweep_at: datetime, now: datetime, every: timedelta) -> Health:
    """Say whether the worker still sweeps: the last one, or its start, is no longer ago than three are apart."""
    allowed = max(3 * every, timedelta(seconds=30))
    if now - last_sweep_at <= allowed:
        return Health({"sweep": "ok"})
    return Health({"sweep": f"None has ended since {last_sweep_at.isoformat(timespec='seconds')}."})
