"""Timers far ahead cost nothing: what a sweep and a recording look at does not grow with them. Nothing is timed."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from crashing import by_statements
from fault_databases import Databases
from fault_table import Tally, times
from many_children import LONG_AFTER, happened, late_news, tell
from sqlalchemy import String, cast, event, insert, literal, select, text
from story import instant

from caseclock.store.schema import metadata, timers
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

pytestmark = pytest.mark.slow

#: years after everything else
FAR = instant("2036-03-03 00:00")
#: timers far ahead to hold very many against: with none at all, PostgreSQL goes through the whole table
FEW = 2_000
#: what a look may cost more: an index of very many entries has a level more to go down
SLACK = 1.3


@dataclass(frozen=True)
class Looked:
    """What a piece of work has looked at."""

    #: points passed around statements and commits
    sent: int
    #: rows and entries of indexes that PostgreSQL read; steps of SQLite's machine
    read: int
    #: pages that PostgreSQL looked into; SQLite tells of none
    pages: int

    def is_as_much_as(self, other: "Looked") -> bool:
        """Whether it is that of another, but for levels of indexes."""
        return (self.sent, self.read) == (other.sent, other.read) and self.pages <= other.pages * SLACK


def with_timers_far_ahead(store: SqlStore, count: int) -> None:
    """Tell of three children, and arm so many timers more, like theirs but for their names, cases and moments."""
    tell(store, 3)
    sweep(Engine(store), LONG_AFTER)
    number = select(literal(1).label("n")).cte("numbers", recursive=True)
    number = number.union_all(select(number.c.n + 1).where(number.c.n < count))
    like = select(timers).limit(1).subquery()
    far = {
        "timer_id": "far-" + cast(number.c.n, String),
        "case_id": "far-" + cast(number.c.n % 1000, String),
        "wake_at": literal(FAR, timers.c.wake_at.type),
        "falls_at": literal(FAR, timers.c.falls_at.type),
    }
    columns = [far.get(one.name, like.c[one.name]) for one in timers.c]
    rows = select(*columns).select_from(number.join(like, literal(1) == 1)).where(number.c.n <= count)
    on_sqlite = store.engine.dialect.name == "sqlite"
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not on_sqlite:  # it would look into pages of its own accord, at whatever moment
            for name in metadata.tables:
                connection.execute(text(f"ALTER TABLE {name} SET (autovacuum_enabled = false)"))
        connection.execute(insert(timers).from_select([one.name for one in timers.c], rows))
        connection.execute(text("ANALYZE" if on_sqlite else "VACUUM (ANALYZE, INDEX_CLEANUP ON)"))


def looked_at(url: str, work: Callable[[Engine], object]) -> Looked:
    """Do a piece of work, and count what it looks at."""
    before, steps = _read(url), 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with open_store(url, synchronous="NORMAL") as store:
        if url.startswith("sqlite"):
            event.listen(store.engine, "connect", lambda opened, _: opened.set_progress_handler(step, 1))
            store.engine.dispose()
        points = by_statements(store.engine)
        work(Engine(store))
    rows, pages = (after - earlier for after, earlier in zip(_read(url), before, strict=True))
    return Looked(points.passed, steps + rows, pages)


_READ = text(
    "SELECT (SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables)"
    " + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes),"
    " (SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0))"
    " FROM pg_statio_user_tables)"
)
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _read(url: str) -> tuple[int, int]:
    """Give the rows and pages read since the database was made: a backend tells of them when it ends."""
    if url.startswith("sqlite"):
        return 0, 0
    with open_store(url) as store, store.engine.connect() as connection:
        while connection.scalar(_OTHERS):
            connection.rollback()
        connection.rollback()
        rows, pages = connection.execute(_READ).one()
        return int(rows), int(pages)


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


WORKS = (nothing_due, a_few_due, late_recording)


def test_what_is_looked_at_does_not_grow_with_timers_far_ahead(
    databases: Databases, kind: str, tally: Tally
) -> None:
    """A few thousand of them, or very many: the same statements are sent, and the same rows are read for them."""
    many = times(16_000, 1_000_000)
    looked: dict[int, dict[str, Looked]] = {}
    for far in (FEW, many):
        url = databases.empty()
        with open_store(url, synchronous="NORMAL") as store:
            with_timers_far_ahead(store, far)
        looked[far] = {work.__name__: looked_at(url, work) for work in WORKS}

    few, more = looked.values()
    assert all(one.read for one in few.values())
    assert {} == {name: (few[name], more[name]) for name in few if not more[name].is_as_much_as(few[name])}
    for name in few:
        tally.met(
            f"timers armed far ahead: {name.replace('_', ' ')}",
            kind,
            many,
            of=many,
            checked=_said(kind, few[name], more[name]),
        )


def _said(kind: str, few: Looked, more: Looked) -> str:
    if kind == "sqlite":
        return f"{more.read:,} steps of SQLite's machine, as with {FEW:,}"
    return f"{more.read} rows and entries read, as with {FEW:,}; {more.pages} pages (were {few.pages})"
