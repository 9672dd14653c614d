"""Databases to work on while processes die, and the randomness by which they do."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random, SystemRandom

import many_children
import pytest

from caseclock.store.sql import SqlStore, open_store

#: set to a seed that was printed, it makes the same choices again
SEED = "CASECLOCK_FAULT_SEED"


@pytest.fixture
def rng() -> Random:
    """What chooses the moment of a fault; its seed is printed where the test fails."""
    seed = int(os.environ.get(SEED) or SystemRandom().randrange(2**32))
    print(f"{SEED}={seed}")  # noqa: T201  # pytest shows it
    return Random(seed)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database with Caseclock's tables and no rows."""
    if kind == "postgresql":
        made: str = request.getfixturevalue("postgres_database")
        return made
    made = f"sqlite:///{tmp_path / 'cases.db'}"
    open_store(made).close()
    return made
