"""What a connection is told before it is used, with a pooler in between and without."""

from contextlib import ExitStack
from typing import Any, cast

import psycopg
import pytest
from many_children import happened
from poolers import Pooled
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool
from story import ANYWHERE

from caseclock.store.engines import database_url, open_engine
from caseclock.store.protocol import Case, NoDatabase
from caseclock.store.sql import SqlStore, open_store


def prepares(engine: Engine) -> bool:
    """Say whether the driver prepares statements on a connection of an engine."""
    lent = engine.raw_connection()
    driver = cast("psycopg.Connection[Any]", lent.driver_connection)
    lent.close()
    return driver.prepare_threshold is not None


def with_(url: str, **asked: str) -> str:
    return make_url(url).update_query_dict(asked).render_as_string(hide_password=False)


def tell(store: SqlStore, case_id: str) -> None:
    """Tell eight events of a case, each by itself: more than the driver sends before it prepares a statement."""
    case = Case(ANYWHERE, case_id)
    for number in range(8):
        with store.transaction(reads=False) as work:
            case = work.append(
                case, [happened(case_id, number, "ContactReceived", "2026-03-02", f"K-{number}")]
            )


@pytest.mark.parametrize(
    ("said", "expected"),
    [({}, True), ({"prepared": "no"}, False), ({"prepared": "yes"}, True)],
    ids=["nothing-said", "no", "yes"],
)
def test_whom_the_server_answers_itself_prepares_statements_unless_told_not_to(
    postgres_database: str, said: dict[str, str], expected: bool
) -> None:
    with open_store(with_(postgres_database, **said)) as store:
        assert expected is prepares(store.engine)


@pytest.mark.parametrize(
    ("said", "expected"),
    [({}, False), ({"prepared": "no"}, False), ({"prepared": "yes"}, True)],
    ids=["nothing-said", "no", "yes"],
)
def test_behind_a_pooler_nothing_is_prepared_unless_that_was_asked_for(
    pooled: Pooled, postgres_database: str, said: dict[str, str], expected: bool
) -> None:
    with open_store(pooled.pooler.url(postgres_database, **said)) as store:
        assert expected is prepares(store.engine)


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(NoDatabase, match=r"^Can't open a database with prepared='maybe'\. Say `yes` where"):
        database_url("postgresql://clerk@db/caseclock?prepared=maybe")


def test_who_is_told_wrongly_that_statements_may_be_prepared_is_told_so(
    one_for_all: Pooled, postgres_database: str
) -> None:
    url = with_(one_for_all.url(postgres_database), prepared="yes")
    with ExitStack() as stack:
        first, second = (stack.enter_context(open_store(url)) for _ in range(2))
        tell(first, "C-1")

        with pytest.raises(
            NoDatabase, match=r"^Can't go on: a statement that was prepared .* Take prepared=yes"
        ):
            tell(second, "C-2")

    with open_store(postgres_database) as store, store.snapshot() as unit:
        assert 8 == len(unit.events(ANYWHERE, "C-1"))
        assert 8 > len(unit.events(ANYWHERE, "C-2"))


def test_two_who_share_one_connection_do_not_hinder_each_other(
    one_for_all: Pooled, postgres_database: str
) -> None:
    with ExitStack() as stack:
        stores = [stack.enter_context(open_store(one_for_all.url(postgres_database))) for _ in range(2)]
        for turn in range(3):
            for number, store in enumerate(stores):
                tell(store, f"C-{number}-{turn}")

    with open_store(postgres_database) as store, store.snapshot() as unit:
        assert [8] * 6 == [len(unit.events(*one)) for one in unit.case_ids()]


def zone(engine: Engine) -> object:
    with engine.connect() as connection:
        return connection.scalar(text("SHOW TimeZone"))


@pytest.fixture
def far_away(postgres_database: str) -> str:
    """URL of a database whose clients are in New York unless they say otherwise."""
    engine = create_engine(postgres_database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        name = make_url(postgres_database).database
        connection.execute(text(f"ALTER DATABASE {name} SET timezone = 'America/New_York'"))
    return postgres_database


def test_every_connection_is_in_utc_wherever_the_server_is(far_away: str) -> None:
    with open_store(far_away) as store:
        assert "UTC" == zone(store.engine)


def test_who_shares_a_connection_with_others_in_other_zones_is_in_utc_in_every_transaction(
    pooled: Pooled, far_away: str
) -> None:
    others = create_engine(
        pooled.pooler.url(far_away), connect_args={"prepare_threshold": None}, isolation_level="AUTOCOMMIT"
    )
    with open_store(pooled.url(far_away)) as store, others.connect() as other:
        other.execute(text("SET TimeZone = 'Asia/Kathmandu'"))
        for _ in range(3):
            assert "UTC" == zone(store.engine)
            assert "Asia/Kathmandu" == other.scalar(text("SHOW TimeZone"))
    others.dispose()


def test_what_the_url_says_of_a_session_is_kept(postgres_database: str) -> None:
    url = with_(postgres_database, options="-c statement_timeout=4321 -c search_path=elsewhere")
    engine = open_engine(database_url(url))
    with engine.connect() as connection:
        assert "4321ms" == connection.scalar(text("SHOW statement_timeout"))
        assert "elsewhere" == connection.scalar(text("SHOW search_path"))
    assert "UTC" == zone(engine)
    engine.dispose()
