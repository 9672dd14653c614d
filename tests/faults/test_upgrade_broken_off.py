"""An upgrade of the tables that breaks off at any of its statements leaves them as they were, and is done again."""

from pathlib import Path
from random import Random

import pytest
from alembic import command
from crashing import Crash, by_statements
from fault_table import Tally, times
from sqlalchemy import Engine, inspect
from story import begin

from caseclock.store.engines import begun, database_url, open_engine
from caseclock.store.revision import HEAD, revision_of
from caseclock.store.sql import open_store
from caseclock.store.upgrade import migrations, upgrade_engine

pytestmark = pytest.mark.slow

FIRST = "0001"
#: more points than any upgrade has
_MANY = 5000


def made_at_first(engine: Engine) -> None:
    """Give a database the tables of the first version."""
    with begun(engine, to_write=True) as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)


def standing(engine: Engine) -> tuple[str | None, dict[str, list[str]]]:
    """Give the revision, and every table with its columns."""
    with engine.connect() as connection:
        found = inspect(connection)
        tables = {
            name: sorted(column["name"] for column in found.get_columns(name))
            for name in found.get_table_names()
        }
        return revision_of(connection), tables


def test_an_upgrade_broken_off_at_any_statement_leaves_the_tables_as_they_were(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, rng: Random, tally: Tally
) -> None:
    url = (
        f"sqlite:///{tmp_path / 'old.db'}"
        if kind == "sqlite"
        else request.getfixturevalue("empty_postgres_database")
    )
    engine = open_engine(database_url(url))
    made_at_first(engine)
    before = standing(engine)
    points, crashes, stride = by_statements(engine), 0, times(16, 1)
    for point in range(rng.randint(1, stride), _MANY, stride):
        points.go_down_at(point)
        try:
            upgrade_engine(engine)
        except Crash:
            crashes += 1
        else:
            break
        points.at = None
        now = standing(engine)
        assert before == now or (points.where == "after a commit" and HEAD == now[0]), points.where
    points.at = None
    upgrade_engine(engine)
    engine.dispose()

    assert FIRST == before[0]
    with open_store(url, create=False) as store:
        told = begin(store=store)
        told.referral("2026-03-02", decided="not yet")
        assert ["ReferralReceived"] == told.log()
    tally.met(
        "an upgrade of the tables broken off",
        kind,
        crashes,
        of=3,
        checked="the tables as they were; again: as wanted",
    )
