"""A desk with the cases of desk_told on SQLite, and people who have signed in."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_told import MORNING, Clock, settings_for, sign_in, tell_cases
from starlette.testclient import TestClient

from caseclock.desk.app import create_app
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine


@pytest.fixture(scope="session")
def told_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the cases; copy it, don't write to it."""
    file = tmp_path_factory.mktemp("pages") / "told.db"
    with open_store(f"sqlite:///{file}") as store:
        tell_cases(Engine(store))
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture
def desk(told_cases: Path, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., TestClient]]:
    """Make a browser in which somebody has signed in; settings of the desk may be changed by name."""
    url = f"sqlite:///{shutil.copy(told_cases, tmp_path / 'desk.db')}"
    apps = []

    def browser(who: str = "compliance", **changes: Any) -> TestClient:
        app = create_app(replace(settings_for(url, clock), **changes))
        apps.append(app)
        return sign_in(TestClient(app, follow_redirects=False), who)

    yield browser
    for app in apps:
        app.state.desk.store.close()


@pytest.fixture
def officer(desk: Callable[..., TestClient]) -> TestClient:
    """A compliance officer's browser."""
    return desk()
