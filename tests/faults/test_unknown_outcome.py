"""A recorder that is not told whether its commit went through: doing it again has no second effect."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from time import monotonic

import pytest
from crashing import Crash, by_statements
from fault_databases import CHILDREN, Databases, execute
from many_children import LONG_AFTER, late_news, names
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from whole import nothing_half_done, whole

from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine, Recorded
from caseclock.workflow.sweep import sweep

PATIENCE = 30.0
TERMINATE = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'recorder'"
)
#: in a commit that is on the disk and not acknowledged, since it waits for a standby that never comes
COMMITTED = f"{TERMINATE} AND wait_event = 'SyncRep'"


@pytest.fixture
def swept(databases: Databases) -> Iterator[tuple[str, SqlStore]]:
    """A database of children whose breaches are raised, and a look at it that no fault disturbs."""
    url = databases.told()
    with open_store(url) as store:
        sweep(Engine(store), LONG_AFTER)
        yield url, store


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_recorder_that_was_lost_just_after_its_commit_records_again_without_effect(
    swept: tuple[str, SqlStore],
) -> None:
    url, others = swept
    news = late_news("C-0000")
    with open_store(url) as store:
        engine = Engine(store)
        points = by_statements(store.engine)

        def lost() -> None:
            points.committed = None
            raise Crash("after a commit")

        points.committed = lost
        with pytest.raises(Crash):
            engine.record(*news, at=LONG_AFTER)
        once = whole(others)

        assert {one.event_id for one in news} <= set(once.events())
        assert [Recorded(0, 0)] * 2 == [one.record(*news, at=LONG_AFTER) for one in (engine, Engine(store))]
    assert once == whole(others)
    nothing_half_done(others)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_commit_that_failed_leaves_the_file_to_other_writers(swept: tuple[str, SqlStore]) -> None:
    """The next unit of work on the same connection does not bring back what was given up."""
    url, others = swept
    before = whole(others)
    with open_store(url) as store:
        commit = store.engine.dialect.do_commit

        def full(_connection: object) -> None:
            store.engine.dialect.do_commit = commit  # type: ignore[method-assign]
            raise OSError("No space left on device")

        store.engine.dialect.do_commit = full  # type: ignore[method-assign,assignment]
        with pytest.raises(OSError, match="No space"):
            Engine(store).record(*late_news("C-0000"), at=LONG_AFTER)

        assert before == whole(others)
        Engine(others).record(*late_news("C-0001"), at=LONG_AFTER)
        Engine(store).record(*late_news("C-0002"), at=LONG_AFTER)
    there = set(whole(others).events())
    assert [False, True, True] == [f"{name}/late-1" in there for name in ("C-0000", "C-0001", "C-0002")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_connection_cut_once_its_commit_was_sent_and_done_records_again_without_effect(
    swept: tuple[str, SqlStore], waiting_for_a_standby: str
) -> None:
    """The server has the events and says so to nobody: the commit waits for a standby when its backend is ended."""
    url, others = swept
    with open_store(f"{url}&application_name=recorder") as store, ThreadPoolExecutor(1) as thread:
        engine = Engine(store)
        for case_id in names(CHILDREN):  # the server takes a moment to learn that it is to wait
            news = late_news(case_id)
            attempt = thread.submit(engine.record, *news, at=LONG_AFTER)
            if cut_in_its_commit(waiting_for_a_standby, attempt):
                break
        assert isinstance(attempt.exception(), OperationalError)
        once = whole(others)

        assert {one.event_id for one in news} <= set(once.events())
        assert [Recorded(0, 0)] * 2 == [one.record(*news, at=LONG_AFTER) for one in (engine, Engine(store))]
        assert once == whole(others)
    nothing_half_done(others)


def cut_in_its_commit(url: str, attempt: Future[Recorded]) -> bool:
    """End the recorder's backend as soon as it waits in its commit; False where it did not wait."""
    give_up = monotonic() + PATIENCE
    while not (cut := scalar(url, COMMITTED)) and not attempt.done():
        assert monotonic() < give_up, "It neither waits nor ends."
    wait([attempt], PATIENCE)
    return bool(cut)


def scalar(url: str, statement: str) -> int:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        return int(connection.scalar(text(statement)) or 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_connection_cut_before_its_commit_arrives_leaves_nothing_and_records_once(
    swept: tuple[str, SqlStore],
) -> None:
    url, others = swept
    before = whole(others)
    news = late_news("C-0000")
    with open_store(f"{url}&application_name=recorder") as store:
        engine = Engine(store)
        cut: list[int] = []

        def about_to_commit(_connection: object) -> None:
            if not cut:
                cut.append(scalar(url, TERMINATE))

        event.listen(store.engine, "commit", about_to_commit)
        with pytest.raises(OperationalError):
            engine.record(*news, at=LONG_AFTER)

        assert [1] == cut
        assert before == whole(others)
        assert engine.record(*news, at=LONG_AFTER).events >= len(news)
    assert {1} == set(whole(others).events().values())
    nothing_half_done(others)


@pytest.fixture
def waiting_for_a_standby(swept: tuple[str, SqlStore], postgres_url: str) -> Iterator[str]:
    """A server whose commits wait for a standby, but for those of whoever asked not to; URL to look at it by."""
    _, others = swept
    event.listen(others.engine, "connect", _need_no_standby)
    others.engine.dispose()
    execute(postgres_url, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    yield postgres_url
    execute(postgres_url, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


def _need_no_standby(connection: object, _record: object) -> None:
    connection.execute("SET synchronous_commit = local")  # type: ignore[attr-defined]
    connection.commit()  # type: ignore[attr-defined]
