"""Timers far ahead cost nothing: what a sweep and a recording look at does not grow with them. Rows, and not time."""

from collections.abc import Callable

import pytest
from fault_databases import Databases
from fault_table import Tally, times
from many_children import LONG_AFTER, happened, late_news, tell
from sqlalchemy import event, insert, select, text
from story import instant

from caseclock.store.schema import timers
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

pytestmark = pytest.mark.slow

#: years after everything else
FAR = instant("2036-03-03 00:00")
#: what one more look may cost: pages of an index grow by a level
SLACK = 1.25


def arm_far_ahead(store: SqlStore, count: int) -> None:
    """Arm so many timers more, each like one that is there but for its name, its case and when it must be looked at."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        like = connection.execute(select(timers).limit(1)).one()._mapping
        rows = [
            {**like, "timer_id": f"far-{i}", "case_id": f"far-{i % 1000}", "wake_at": FAR, "falls_at": FAR}
            for i in range(count)
        ]
        connection.execute(insert(timers), rows)


def looked_at(url: str, work: Callable[[Engine], object]) -> int:
    """Count what a piece of work looks at: steps of SQLite's machine, or rows and entries that PostgreSQL read."""
    if url.startswith("sqlite"):
        return _steps(url, work)
    before = _read(url)
    with open_store(url) as store:
        work(Engine(store))
    return _read(url) - before


def _steps(url: str, work: Callable[[Engine], object]) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with open_store(url) as store:
        event.listen(store.engine, "connect", lambda connection, _: connection.set_progress_handler(step, 1))
        store.engine.dispose()
        work(Engine(store))
    return steps


_READ = text(
    "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) + "
    "(SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes) FROM pg_stat_user_tables"
)
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _read(url: str) -> int:
    """Give what was read since the server began: a backend tells of it when it ends."""
    with open_store(url) as store, store.engine.connect() as connection:
        while connection.scalar(_OTHERS):
            connection.rollback()
        connection.rollback()
        return int(connection.scalar(_READ) or 0)


def nothing_due(engine: Engine) -> None:
    for _ in range(20):
        assert 0 == sweep(engine, LONG_AFTER).raised


def a_few_due(engine: Engine) -> None:
    """What one child's referral brings that nobody decides on."""
    engine.record(
        happened("C-new", 1, "ReferralReceived", "2026-11-20", "R-1", source="school"), at=LONG_AFTER
    )
    assert 0 < sweep(engine, LONG_AFTER).raised


def late_recording(engine: Engine) -> None:
    for one in late_news("C-0001"):
        engine.record(one, at=LONG_AFTER)


@pytest.mark.parametrize("work", [nothing_due, a_few_due, late_recording])
def test_what_is_looked_at_does_not_grow_with_timers_far_ahead(
    databases: Databases, kind: str, work: Callable[[Engine], object], tally: Tally
) -> None:
    """A thousand of them, and many more: the same rows are read for the same work."""
    looked = []
    more = times(8_000, 200_000)
    for far in (1_000, more):
        url = databases.empty()
        with open_store(url, synchronous="NORMAL") as store:
            tell(store, 3)
            sweep(Engine(store), LONG_AFTER)
            arm_far_ahead(store, far)
            with store.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        looked.append(looked_at(url, work))

    few, many = looked
    assert 0 < few
    assert many <= few * SLACK
    tally.met(
        f"timers armed far ahead: {work.__name__.replace('_', ' ')}",
        kind,
        more,
        of=more,
        checked=f"{few} and {many} looked at",
    )
