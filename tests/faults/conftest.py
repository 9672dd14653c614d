"""Databases to work on while processes die, and the randomness by which they do."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from uuid import uuid4

import many_children
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from caseclock.store.sql import open_store

#: set to a seed that was printed, it makes the same choices again
SEED = "CASECLOCK_FAULT_SEED"
#: children in a database that is told of some
CHILDREN = 60


@pytest.fixture
def rng() -> Random:
    """What chooses the moment of a fault; its seed is printed where the test fails."""
    seed = int(os.environ.get(SEED) or SystemRandom().randrange(2**32))
    print(f"{SEED}={seed}")  # noqa: T201  # pytest shows it
    return Random(seed)  # noqa: S311  # it chooses moments, not secrets


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@dataclass
class Databases:
    """Makes databases of one kind, as many as a test needs."""

    #: an SQLite file, or a template on PostgreSQL
    empty_one: str
    told_one: str
    folder: Path
    #: None for SQLite
    server: str | None = None
    made: list[str] = field(default_factory=list)

    def empty(self) -> str:
        """URL of a new database with Caseclock's tables and no rows."""
        return self._copy(self.empty_one)

    def told(self) -> str:
        """URL of a new database with the beginnings of CHILDREN children, no breach raised."""
        return self._copy(self.told_one)

    def _copy(self, original: str) -> str:
        name = f"faults_{uuid4().hex}"
        self.made.append(name)
        if self.server is None:
            file = self.folder / f"{name}.db"
            shutil.copyfile(original, file)
            return f"sqlite:///{file}"
        _execute(self.server, f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY file_copy")
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def drop(self) -> None:
        for name in self.made if self.server else ():
            _execute(str(self.server), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def databases(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Makes databases of the kind that is the turn's."""
    made: Databases = request.getfixturevalue(f"_{kind}_databases")
    mine = Databases(made.empty_one, made.told_one, tmp_path, made.server)
    yield mine
    mine.drop()


@pytest.fixture(scope="session")
def _sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    folder = tmp_path_factory.mktemp("sqlite")
    empty, told = folder / "empty.db", folder / "told.db"
    open_store(f"sqlite:///{empty}").close()
    with open_store(f"sqlite:///{told}") as store:
        many_children.tell(store, CHILDREN)
    return Databases(str(empty), str(told), folder)


@pytest.fixture(scope="session")
def _postgresql_databases(
    postgres_url: str, _postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    making = Databases(_postgres_template, "", tmp_path_factory.mktemp("postgresql"), postgres_url)
    url = making.empty()
    with open_store(url) as store:
        many_children.tell(store, CHILDREN)
    return Databases(_postgres_template, making.made[0], making.folder, postgres_url)


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
