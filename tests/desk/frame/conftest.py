"""A desk of two authorities: cases of two teams, a restricted one, breaches, a row held back."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_told import MORNING, WAITS, Clock, person, settings_for, tell_cases
from starlette.testclient import TestClient

from caseclock.desk.app import create_app
from caseclock.desk.engines import Desk
from caseclock.desk.keeping.access import name_reader, restrict
from caseclock.desk.roles import Role
from caseclock.desk.settings import DeskSettings
from caseclock.desk.static_files import StaticFiles
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine


@pytest.fixture(scope="session")
def told_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that holds the cases; copy it, don't write to it."""
    file = tmp_path_factory.mktemp("desk") / "told.db"
    with open_store(f"sqlite:///{file}") as store:
        tell_cases(Engine(store))
        Engine(store).keep([WAITS])
        desk = Desk(settings_for("", Clock(MORNING)), store, StaticFiles())
        for authority, case_id in (("thurrock", "T-3"), ("camden", "K-3")):
            restrict(
                desk, person("administrator", Role.ADMINISTRATOR, authority), case_id, "a member of staff"
            )
        name_reader(desk, person("administrator", Role.ADMINISTRATOR), "T-3", "named")
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def desk_file(told_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(told_file, tmp_path / "desk.db"))


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture
def settings(desk_file: Path, clock: Clock) -> DeskSettings:
    return settings_for(f"sqlite:///{desk_file}", clock)


@pytest.fixture
def made() -> Iterator[Callable[[DeskSettings], TestClient]]:
    """Make an app and give a browser's side of it; everything is closed when the test is over."""
    stores = []

    def make(settings: DeskSettings, **more: Any) -> TestClient:
        app = create_app(settings)
        stores.append(app.state.desk.store)
        return TestClient(app, follow_redirects=False, raise_server_exceptions=True, **more)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def browser(made: Callable[[DeskSettings], TestClient], settings: DeskSettings) -> TestClient:
    """A browser that nobody has signed in with."""
    return made(settings)


@pytest.fixture
def secure(made: Callable[..., TestClient], settings: DeskSettings) -> TestClient:
    """A browser that speaks to a desk over an encrypted connection."""
    return made(replace(settings, secure_cookies=True), base_url="https://testserver")
