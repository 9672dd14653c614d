"""Databases to work on while processes die, the randomness by which they do, and the table of what came of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random, SystemRandom

import many_children
import pytest
from fault_databases import CHILDREN, Databases
from fault_table import Tally, in_full, row_of, table

from caseclock.store.sql import open_store

#: set to a seed that was printed, it makes the same choices again
SEED = "CASECLOCK_FAULT_SEED"


@pytest.fixture
def rng(record_property: Callable[[str, object], None]) -> Random:
    """What chooses the moment of a fault; its seed is printed where the test fails, and in the table."""
    seed = int(os.environ.get(SEED) or SystemRandom().randrange(2**32))
    print(f"{SEED}={seed}")  # noqa: T201  # pytest shows it
    record_property("seed", seed)
    return Random(seed)  # noqa: S311  # it chooses moments, not secrets


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


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
    with open_store(making.empty()) as store:
        many_children.tell(store, CHILDREN)
    return Databases(_postgres_template, making.made[0], making.folder, postgres_url)


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Where a test writes down how often its fault came."""
    return Tally(record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table where faults came in full numbers."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        if getattr(report, "when", "") == "call"
    ]
    rows = [
        (row_of(text), str(dict(report.user_properties).get("seed", "")), report.outcome)
        for report in reports
        for name, text in report.user_properties
        if name == "fault"
    ]
    if rows and in_full():
        terminalreporter.section("faults")
        for line in table(rows):
            terminalreporter.write_line(line)
