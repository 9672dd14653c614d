"""Calling Caseclock as one does from a shell, on a database of the test's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from calling import Call, Called
from story import Told, begin
from typer.testing import CliRunner

from caseclock.commands import app
from caseclock.store.sql import open_store


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """Call a command; a fault nobody expected is raised, not printed."""
    monkeypatch.delenv("CASECLOCK_DB", raising=False)
    for name in [name for name in os.environ if name.startswith("CASECLOCK")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")

    def do(*words: object, stdin: bytes | None = None) -> Called:
        done = CliRunner().invoke(app, [str(word) for word in words], input=stdin, catch_exceptions=False)
        return Called(done.exit_code, done.stdout, done.stderr)

    yield do
    structlog.reset_defaults()


@pytest.fixture
def db(tmp_path: Path) -> str:
    """URL of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
def told(db: str) -> Iterator[Told]:
    """A case in that database, to tell events of; of an authority without local standards."""
    with open_store(db) as store:
        yield begin(authority="anywhere", store=store)


@pytest.fixture
def late_assessment(told: Told) -> Told:
    """An assessment due on 21 January 2026 by guidance and authorised the day after."""
    told.referral("2025-11-14", decided="2025-11-17")
    told.assessment("2025-11-17")
    told.authorised("2026-01-22")
    return told
