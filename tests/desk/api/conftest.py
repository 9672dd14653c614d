"""The API of a desk with two authorities, and tokens for both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_told import Api
from desk_told import MORNING, Clock, settings_for, tell_cases
from starlette.testclient import TestClient

from caseclock.desk.app import create_app
from caseclock.desk.engines import Desk
from caseclock.desk.keeping.access import restrict
from caseclock.desk.roles import Grant, Person, Role
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine


@pytest.fixture(scope="session")
def told_api_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that holds the cases; copy it, don't write to it."""
    file = tmp_path_factory.mktemp("api") / "told.db"
    with open_store(f"sqlite:///{file}") as store:
        tell_cases(Engine(store))
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def api(told_api_file: Path, tmp_path: Path) -> Iterator[Api]:
    """The API on SQLite; T-3 and K-3 are restricted."""
    yield from _api(f"sqlite:///{shutil.copy(told_api_file, tmp_path / 'desk.db')}")


@pytest.fixture
def postgres_api(postgres_database: str) -> Iterator[Api]:
    """The API on PostgreSQL, with the same cases."""
    with open_store(postgres_database) as store:
        tell_cases(Engine(store))
    yield from _api(postgres_database)


def _api(url: str) -> Iterator[Api]:
    clock = Clock(MORNING)
    app = create_app(settings_for(url, clock))
    desk: Desk = app.state.desk
    for authority, case_id in (("thurrock", "T-3"), ("camden", "K-3")):
        administrator = Person("administrator", "", authority, (Grant(Role.ADMINISTRATOR),))
        restrict(desk, administrator, case_id, "a member of staff")
    yield Api(TestClient(app), clock, desk)
    desk.store.close()
