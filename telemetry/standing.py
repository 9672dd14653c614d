"""What waits in a database: timers that have run out and are not raised, messages that nobody has been told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from caseclock.store.outbox_protocol import Queue
from caseclock.store.schema import timers
from caseclock.store.sql import SqlStore

#: beyond this, what is due is not counted on
MOST = 100_000

_first_due = (
    select(timers.c.wake_at)
    .where(timers.c.wake_at <= bindparam("now"))
    .order_by(timers.c.wake_at)
    .limit(MOST)
    .subquery()
)
_DUE = select(func.count(), func.min(_first_due.c.wake_at))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waited at a moment."""

    #: timers that a sweep has yet to look at, up to MOST
    due: int
    #: how long the first of them has been due
    sweep_lag_seconds: float
    queues: Sequence[Queue]
    #: recipients by name that are left alone because they failed
    resting: frozenset[str]

    def outbox_lag_seconds(self, queue: Queue, now: datetime) -> float:
        """Say how long the oldest message of a queue has waited."""
        return 0.0 if queue.oldest_at is None else max(0.0, (now - queue.oldest_at).total_seconds())


def waiting(store: SqlStore, now: datetime) -> Waiting:
    """Look at what waits at an aware instant; cheap where little does."""
    with store.engine.connect() as connection:
        due, first_at = connection.execute(_DUE, {"now": now}).one()
    with store.snapshot() as unit:
        queues, everyone = unit.queues(), unit.recipients()
    return Waiting(
        due,
        max(0.0, (now - first_at).total_seconds()) if first_at else 0.0,
        queues,
        frozenset(one.name for one in everyone if one.rests_until is not None and one.rests_until > now),
    )
