"""Everything Caseclock does, done through a pooler: by everybody at once, at the desk, in a host's transaction."""

import os
from contextlib import ExitStack
from pathlib import Path
from random import Random
from threading import Barrier, Thread

import pytest
from all_kept import all_is_kept
from at_work import Staff, Workplace
from desk_told import MORNING, settings_for, sign_in, tell_cases
from many_children import beginnings
from poolers import FEW, Pooled
from sqlalchemy import create_engine, make_url, select, text
from starlette.testclient import TestClient
from story import ANYWHERE, Told
from whole import whole

from caseclock.desk.app import create_app
from caseclock.store.partitioning import partition
from caseclock.store.protocol import Case
from caseclock.store.revision import HEAD
from caseclock.store.schema import cases
from caseclock.store.sql import open_store
from caseclock.store.upgrade import upgrade
from caseclock.workflow.engine import Engine
from caseclock.workflow.verification import verify


def name_of(url: str) -> str:
    return str(make_url(url).database)


def connections(pooled: Pooled, database: str) -> tuple[int, int]:
    """Give how many clients the pooler has for a database, and how many connections to it."""
    (pool,) = (one for one in pooled.pooler.told("SHOW POOLS") if one["database"] == database)
    return (
        pool["cl_active"] + pool["cl_waiting"],
        sum(pool[name] for name in ("sv_active", "sv_idle", "sv_used", "sv_tested", "sv_login")),
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows neither forks nor has PgBouncer")
def test_everybody_works_through_a_pooler_that_is_killed_meanwhile(
    pooled: Pooled, postgres_database: str, tmp_path: Path
) -> None:
    """Recorders, an importer, sweepers, handers-on: what each was promised is kept."""
    place = Workplace(pooled.url(postgres_database), tmp_path)
    staff = Staff(place, Random(1))  # noqa: S311  # it would choose whom to kill; nobody is
    counted = []
    try:
        staff.begin()
        staff.all_here()
        for turn in range(3):
            if turn:
                pooled.pooler.kill()
                pooled.pooler.start()
            for _ in range(10):
                staff.progress()
            counted.append(connections(pooled, name_of(postgres_database)))
        at_work = len(staff.running)
        staff.finish()
    finally:
        staff.leave()

    assert 7 == at_work
    assert all(clients > FEW for clients, _ in counted)
    if pooled.way.mode == "transaction":
        assert all(made <= FEW for _, made in counted)
    assert all_is_kept(place) > 30


def test_who_holds_a_connection_and_does_nothing_is_in_nobodys_way(
    pooled: Pooled, postgres_database: str
) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(open_store(pooled.url(postgres_database))) for _ in range(40)]
        for store in idle:  # each has used its connection, and keeps it
            with store.snapshot() as unit:
                assert [] == list(unit.case_ids())
        clients, made = connections(pooled, name_of(postgres_database))
        with open_store(pooled.url(postgres_database)) as store, store.transaction() as work:
            work.append(Case(ANYWHERE, "C-1"), beginnings("C-1"))

    assert 40 <= clients
    assert made <= FEW if pooled.way.mode == "transaction" else made >= 40


def test_the_desk_is_worked_at_through_a_pooler(pooled: Pooled, postgres_database: str) -> None:
    url = pooled.url(postgres_database)
    with open_store(url) as store:
        tell_cases(Engine(store))
        assert () == verify(Engine(store), MORNING).findings
    app = create_app(settings_for(url, lambda: MORNING))
    browser = sign_in(TestClient(app, follow_redirects=False), "compliance")
    for _ in range(8):  # more often than the driver sends a statement before it prepares it
        for address in ("/queue", "/queue?q=T-1", "/board", "/breaches", "/cases/T-1", "/imports", "/rules"):
            answer = browser.get(address)
            assert 200 == answer.status_code, f"{address}: {answer.text}"
    app.state.desk.store.close()


def test_two_who_upgrade_at_once_through_a_pooler_wait_for_each_other(
    pooled: Pooled, empty_postgres_database: str
) -> None:
    start, ended = Barrier(2), []

    def work() -> None:
        start.wait()
        ended.append(upgrade(pooled.url(empty_postgres_database)))

    both = [Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert [HEAD, HEAD] == ended


def test_the_tables_are_divided_through_a_pooler(pooled: Pooled, postgres_database: str) -> None:
    with open_store(pooled.url(postgres_database)) as store:
        tell_cases(Engine(store))
        before = whole(store)
        made = partition(store.engine, 3, cases_at_once=2)
        assert (3, 8) == (made.parts, made.rows["cases"])
        assert before == whole(store)
        told = Told(Engine(store), "thurrock", "T-10")
        told.referral("2026-05-18", decided="2026-05-19")
        assert () == verify(told.engine, MORNING).findings


def test_a_hosts_transaction_on_a_pooled_connection_is_committed_and_rolled_back_by_the_host(
    pooled: Pooled, postgres_database: str
) -> None:
    host = create_engine(pooled.pooler.url(postgres_database), connect_args={"prepare_threshold": None})
    with host.begin() as connection:
        connection.execute(text("CREATE TABLE visits (case_id text)"))
    with open_store(pooled.url(postgres_database)) as store:
        for number in range(8):
            case_id = f"C-{number}"
            with host.connect() as connection:
                connection.execute(text("INSERT INTO visits VALUES (:c)"), {"c": case_id})
                with store.transaction(connection) as work:
                    work.append(Case(ANYWHERE, case_id), beginnings(case_id))
                (connection.rollback if number % 2 else connection.commit)()
        with host.connect() as connection:
            visits = connection.scalars(text("SELECT case_id FROM visits ORDER BY case_id")).all()
            kept = connection.scalars(select(cases.c.case_id).order_by(cases.c.case_id)).all()
    host.dispose()

    assert ["C-0", "C-2", "C-4", "C-6"] == visits == kept
