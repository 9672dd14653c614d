"""A disk that is full: what does not fit is refused in a sentence, nothing is half done, and with room it goes on."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from at_work import again
from fault_table import Tally, in_full, times
from many_children import LONG_AFTER, beginnings, late_news, names
from own_server import SYSTEM_USER, OwnServer, own_server
from small_disk import SmallDisk, small_disk
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from whole import nothing_half_done, whole

from caseclock.commands.faults import REFUSED, sentence_of, status_of
from caseclock.store.protocol import StoreFull
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

pytestmark = pytest.mark.slow

SENTENCE = "Can't write: the disk of the database is full. Nothing was written; make room, and try again."
#: more children than fit into any of these
_MOST = 4000


def fill_and_go_on(store: SqlStore, disk: SmallDisk, free: float, fills: int) -> tuple[int, int]:
    """Record and sweep until the disk is full, so many times; gives how often that was refused, and the events."""
    engine, acknowledged, refused = Engine(store), set[str](), 0
    said: set[tuple[int | None, str]] = set()
    told = (case_id for case_id in names(_MOST))
    for _ in range(fills):
        disk.fill_up(but=free)
        full = False
        while not full:
            case_id = next(told)
            for one in (*beginnings(case_id), *late_news(case_id)):
                try:
                    engine.record(one, at=LONG_AFTER)
                    acknowledged.add(one.event_id)
                    sweep(engine, LONG_AFTER)
                except StoreFull as refusal:
                    said.add((status_of(refusal), sentence_of(refusal)))
                    refused, full = refused + 1, True
                    break
        disk.make_room()
        nothing_half_done(store)
        for one in (
            *beginnings(case_id),
            *late_news(case_id),
        ):  # each again, in its order: those there have no effect
            engine.record(one, at=LONG_AFTER)
            acknowledged.add(one.event_id)
        sweep(engine, LONG_AFTER)
    held = whole(store)
    assert {(REFUSED, SENTENCE)} == said
    assert set() == acknowledged - set(held.events())
    assert {1} == {*held.events().values(), *held.raised().values(), *held.handed_on().values()}
    assert () == verify(engine, LONG_AFTER).findings
    return refused, len(acknowledged)


def test_a_file_of_sqlite_on_a_disk_that_is_full(tally: Tally) -> None:
    fills = times(2, 30)
    with small_disk(60) as disk:
        if disk is None:
            pytest.skip("this machine lets no file system be mounted; the quota of pages is tested below")
        with open_store(f"sqlite:///{disk.folder / 'cases.db'}") as store:
            refused, count = fill_and_go_on(store, disk, 0.6, fills)
    tally.met(
        "disk full (a small file system)",
        "sqlite",
        refused,
        of=fills,
        checked=f"{count:,} events, once each; verify",
    )


class _Quota(SmallDisk):
    """So many pages and no more, for want of a disk."""

    def __init__(self, store: SqlStore, folder: Path) -> None:
        super().__init__(folder)
        self._store = store
        self._most = 1 << 30
        event.listen(store.engine, "connect", self._limit)

    def fill_up(self, but: float) -> None:
        with self._store.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        self._set(pages + int(but * 1e6 / 4096))

    def make_room(self) -> None:
        self._set(1 << 30)

    def _set(self, most: int) -> None:
        self._most = most
        self._store.engine.dispose()

    def _limit(self, connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self._most}").close()  # type: ignore[attr-defined]


def test_a_file_of_sqlite_that_may_have_no_more_pages(tally: Tally, tmp_path: Path) -> None:
    fills = times(1, 10)
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as store:
        refused, count = fill_and_go_on(store, _Quota(store, tmp_path), 0.2, fills)
    tally.met(
        "file full (a quota of pages)",
        "sqlite",
        refused,
        of=fills,
        checked=f"{count:,} events, once each; verify",
    )


@pytest.fixture
def tables_on() -> Iterator[tuple[SqlStore, SmallDisk]]:
    """A store on a PostgreSQL whose tables, and not its log, are on a small disk."""
    with small_disk(80) as disk, own_server() as server:
        if disk is None:
            pytest.skip("this machine lets no file system be mounted")
        place = disk.folder / "tables"
        place.mkdir()
        if server.runs_as_another:
            shutil.chown(place, SYSTEM_USER)
        server.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        with open_store(server.database("work", "TABLESPACE small")) as store:
            yield store, disk


def test_tables_of_postgresql_on_a_disk_that_is_full(
    tables_on: tuple[SqlStore, SmallDisk], tally: Tally
) -> None:
    fills = times(1, 15)
    refused, count = fill_and_go_on(*tables_on, 0.4, fills)
    tally.met(
        "disk full (a small file system)",
        "postgresql",
        refused,
        of=fills,
        checked=f"{count:,} events, once each; verify",
    )


def panicked(server: OwnServer) -> bool:
    """Let the server begin new files of its log until there is no room for one, and it goes down."""
    for _ in range(50):
        try:
            server.execute("SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'fill', 'a little')")
        except DBAPIError:
            break
    return b"PANIC" in server.log


if in_full():  # initialising a server on each disk takes a while

    def test_the_log_of_postgresql_on_a_disk_that_is_full(tally: Tally) -> None:
        """It goes down, and can't recover before there is room; the same engine goes on once it has."""
        fills, fired = 6, 0
        with small_disk(260) as disk:
            if disk is None:
                pytest.skip("this machine lets no file system be mounted")
            folder = disk.folder / "server"
            folder.mkdir()
            server = OwnServer(folder, "wal_recycle=off", "min_wal_size=32MB", "max_wal_size=64MB")
            try:
                server.start()
                with open_store(server.database("work")) as store:
                    engine, acknowledged = Engine(store), list[str]()
                    for case_id in names(fills):
                        first, *others = (*beginnings(case_id), *late_news(case_id))
                        engine.record(first, at=LONG_AFTER)
                        disk.fill_up(but=4)
                        fired += panicked(server)
                        with pytest.raises((StoreFull, DBAPIError)):
                            engine.record(others[0], at=LONG_AFTER)
                        disk.make_room()
                        server.kill()
                        server.start()
                        for one in (first, *others):
                            again(partial(engine.record, one, at=LONG_AFTER))
                            acknowledged.append(one.event_id)
                    sweep(engine, LONG_AFTER)
                    held = whole(store)
                    assert () == verify(engine, LONG_AFTER).findings
            finally:
                server.kill()
        assert {1} == {held.events()[name] for name in acknowledged}
        tally.met(
            "disk full under the server's own log",
            "postgresql",
            fired,
            of=fills,
            checked=f"{len(acknowledged)} events, once each; verify",
        )
