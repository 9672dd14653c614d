"""The stores, each empty, and rows to put in them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Breach, Episode, Quarantined, StoredTimer
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.when import When


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'caseclock.db'}"


@pytest.fixture(params=["memory", "sqlite", "postgresql", "partitioned"])
def store(request: pytest.FixtureRequest) -> Iterator[InMemoryStore | SqlStore]:
    """Each kind of store in turn, empty; PostgreSQL with its tables whole, and in partitions."""
    opened = InMemoryStore() if request.param == "memory" else _open(request)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def sql_store(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """Each kind of database in turn, with no rows."""
    opened = _open(request)
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(postgres_database: str) -> Iterator[SqlStore]:
    with open_store(postgres_database) as opened:
        yield opened


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[SqlStore]:
    with open_store(sqlite_url) as opened:
        yield opened


def _open(request: pytest.FixtureRequest) -> SqlStore:
    return open_store(request.getfixturevalue(_URLS[request.param]))


_URLS = {"sqlite": "sqlite_url", "postgresql": "postgres_database", "partitioned": "partitioned_database"}


@pytest.fixture(scope="session")
def event() -> Callable[..., Event]:
    """Make an event of case C-1042 in Thurrock: a referral received and recorded on Monday 2 March 2026."""

    def make(event_id: str = "e-1", **changes: Any) -> Event:
        made = Event(
            event_id=event_id,
            type="ReferralReceived",
            authority="thurrock",
            case_id="C-1042",
            episode_id="R-1",
            occurred=When.parse("2026-03-02T09:30:00Z"),
            recorded=When.parse("2026-03-02T09:41:00Z"),
            by="sw.jones",
            because="call from school",
            data={"source": "school"},
        )
        return replace(made, **changes)

    return make


@pytest.fixture(scope="session")
def timer() -> Callable[..., StoredTimer]:
    """Make a running timer of C-1042: 45 working days from 2 March 2026, to Thursday 7 May 2026."""
    falls_at = datetime(2026, 5, 7, 23, tzinfo=UTC)

    def make(timer_id: str = "t-1", *, wake_at: datetime | None = falls_at, **changes: Any) -> StoredTimer:
        made = Timer(
            timer_id=timer_id,
            authority="thurrock",
            case_id="C-1042",
            episode_id="A-1",
            process="assessment",
            timescale="assessment.single.45wd",
            version="2013-04-15",
            key=None,
            started_on=date(2026, 3, 2),
            started_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
            due_on=date(2026, 5, 7),
            due_at=None,
            first_due_on=None,
            not_before=None,
            warns_at=datetime(2026, 4, 22, 23, tzinfo=UTC),
            falls_at=falls_at,
            at_end=AtEnd.OVERDUE,
            outcome=Outcome.RUNNING,
            stopped_on=None,
            stopped_at=None,
            recorded_on=None,
            over_at_stop=0,
            unit="working_days",
            basis="statutory_guidance",
            source="Working Together to Safeguard Children",
            trigger_event="e-1",
            stop_event=None,
            calendar="england_and_wales:7",
        )
        return StoredTimer(replace(made, **changes), wake_at)

    return make


@pytest.fixture(scope="session")
def breach() -> Callable[..., Breach]:
    """Make an open breach of C-1042: due on Thursday 7 May 2026, raised the next morning."""

    def make(breach_id: str = "b-1", **changes: Any) -> Breach:
        made = Breach(
            breach_id=breach_id,
            timer_id="t-1",
            authority="thurrock",
            case_id="C-1042",
            episode_id="A-1",
            process="assessment",
            timescale="assessment.single.45wd",
            key=None,
            due_on=date(2026, 5, 7),
            due_at=None,
            fell_at=datetime(2026, 5, 7, 23, tzinfo=UTC),
            raised_at=datetime(2026, 5, 8, 5, tzinfo=UTC),
        )
        return replace(made, **changes)

    return make


@pytest.fixture(scope="session")
def episode() -> Callable[..., Episode]:
    """Make an assessment of C-1042, open since 2 March 2026."""

    def make(episode_id: str = "A-1", **changes: Any) -> Episode:
        made = Episode(
            authority="thurrock",
            case_id="C-1042",
            episode_id=episode_id,
            process="assessment",
            process_version="2013-04-15",
            state="assessing",
            opened_on=date(2026, 3, 2),
        )
        return replace(made, **changes)

    return make


@pytest.fixture(scope="session")
def quarantined() -> Callable[..., Quarantined]:
    """Make a row of a return that did not fit."""

    def make(quarantine_id: str = "q-1", **changes: Any) -> Quarantined:
        made = Quarantined(
            quarantine_id=quarantine_id,
            authority="thurrock",
            case_id="C-1042",
            file="list_3.xlsx",
            row="9",
            column="Date of Referral",
            value="31/02/2026",
            reason="There is no 31 February. Correct the date in the source and bring the file in again.",
            content={"Date of Referral": "31/02/2026"},
            kept_at=datetime(2026, 4, 1, 8, tzinfo=UTC),
        )
        return replace(made, **changes)

    return make
