"""Killed in the middle of anything, nothing acknowledged is lost and nothing is done twice.

Each process is killed with SIGKILL once it has said so many words; the test fails where one was not at work then.
The number is random: pytest-randomly prints its seed, and `-p randomly -p "randomly_seed=N"` repeats it.
"""

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from story import begin

import caseclock
from caseclock.exchange.importing import import_files
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.verification import verify

pytestmark = pytest.mark.slow

WORKER = Path(__file__).with_name("worker.py")
SAMPLES = Path(caseclock.__path__[0]) / "samples"
AUTHORITY = "thurrock"
AT = datetime(2026, 11, 1, tzinfo=UTC)
CASES = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cases.db'}"
    return str(request.getfixturevalue("postgres_database"))


def kills(database: str) -> int:
    """How often a test kills: PostgreSQL is slower to start on, and keeps its promises by the same tables."""
    return 6 if database.startswith("sqlite") else 2


def start(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, WORKER, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def killed(*words: str, most: int) -> list[str]:
    """Start a worker, kill it at work at a random moment, and give all that it said."""
    after = random.randint(1, most)  # noqa: S311
    with start(*words) as worker:
        assert worker.stdout is not None
        said = [worker.stdout.readline().strip() for _ in range(after)]
        worker.send_signal(signal.SIGKILL)
        rest, errors = worker.communicate()
    said += rest.splitlines()

    assert -signal.SIGKILL == worker.returncode, errors
    assert "done" not in said, f"it was done before it could be killed, after {after} of {len(said)} words"
    return said


def finished(*words: str) -> None:
    with start(*words) as worker:
        said, errors = worker.communicate()
    assert (0, "done") == (worker.returncode, said.split()[-1]), errors


def a_busy_month(store: Store) -> Iterator[str]:
    """Event lines of so many cases, told by turns: a referral, its decision, an assessment and what came of it."""
    cases = [begin(authority=AUTHORITY, case_id=f"C-{n:03}", store=store) for n in range(CASES)]
    for case in cases:
        case.referral("2026-03-02 09:30", decided="2026-03-03 10:00")
    for case in cases:
        case.assessment("2026-03-04 11:00")
        case.happened("AssessmentAllocated", "2026-03-05 12:00", "A-1")
    for case in cases:
        case.happened("ChildSeen", "2026-03-12 15:00", "A-1", alone=True)
        case.authorised("2026-05-11 16:00")  # two working days late by the guidance
    with store.snapshot() as unit:
        told = {case.case_id: unit.events(AUTHORITY, case.case_id) for case in cases}
    for turn in zip(*told.values(), strict=True):
        yield from (json.dumps(event_line(event)) for event in turn)


def everything(store: Store) -> dict[str, set[object]]:
    """All that is kept of all cases, but when it was derived."""
    kept: dict[str, set[object]] = {"events": set(), "episodes": set(), "timers": set()}
    with store.snapshot() as unit:
        for authority, case_id in unit.case_ids():
            kept["events"] |= {
                json.dumps(event_line(event), sort_keys=True) for event in unit.events(authority, case_id)
            }
            kept["episodes"] |= set(unit.episodes(authority, case_id))
            kept["timers"] |= {one.timer for one in unit.timers(authority, case_id)}
    return kept


def in_the_logs(store: Store) -> Counter[str]:
    with store.snapshot() as unit:
        return Counter(
            event.event_id
            for authority, case_id in unit.case_ids()
            for event in unit.events(authority, case_id)
        )


def test_killed_while_recording_every_acknowledged_event_is_there_once(database: str, tmp_path: Path) -> None:
    undisturbed = InMemoryStore()
    lines = tmp_path / "events.jsonl"
    lines.write_text("\n".join(a_busy_month(undisturbed)), encoding="utf-8")
    acknowledged: list[str] = []
    for _ in range(kills(database)):
        acknowledged += killed("record", database, str(lines), most=30)
        with open_store(database) as store:
            kept = in_the_logs(store)
        assert set(acknowledged) <= set(kept)
    finished("record", database, str(lines))

    with open_store(database) as store:
        assert everything(undisturbed) == everything(store)
        assert {1} == set(in_the_logs(store).values())
        assert {"missed"} == {finding.kind for finding in verify(Engine(store), AT).findings}  # no sweep yet


def test_killed_while_bringing_a_return_in_it_goes_in_whole_the_next_time(database: str) -> None:
    census = SAMPLES / "cin_census" / "fake_CIN_data.xml"
    undisturbed = InMemoryStore()
    import_files([census], engine=Engine(undisturbed), authority=AUTHORITY, imported_at=AT)
    for _ in range(kills(database)):
        killed("import", database, str(census), most=40)
    finished("import", database, str(census))

    with open_store(database) as store:
        assert {"missed"} == {finding.kind for finding in verify(Engine(store), AT).findings}  # no sweep yet
        assert everything(undisturbed) == everything(store)
        with store.snapshot() as unit, undisturbed.snapshot() as expected:
            assert {row.quarantine_id for row in expected.quarantined(AUTHORITY)} == {
                row.quarantine_id for row in unit.quarantined(AUTHORITY)
            }
            assert 1 == len(unit.imports(AUTHORITY))


def test_killed_while_sweeping_each_breach_is_raised_once_and_handed_on_once(database: str) -> None:
    with open_store(database) as store:
        for number in range(3 * CASES):
            begin(authority=AUTHORITY, case_id=f"C-{number:03}", store=store).referral(
                "2026-03-02 09:30", decided="not yet"
            )
    overdue = "2026-03-04T06:00:00+00:00"
    for _ in range(kills(database)):
        killed("sweep", database, overdue, most=12)
    finished("sweep", database, overdue)

    with open_store(database) as store:
        with store.transaction() as unit:
            breaches = [breach.breach_id for breach in unit.all_breaches()]
            handed_on = [message.payload["data"]["breach_id"] for message in unit.take_outbox(10_000)]
        told = Counter(event_id for event_id in in_the_logs(store) if event_id.startswith("BreachRaised:"))
        assert () == verify(Engine(store), datetime.fromisoformat(overdue)).findings
    assert 2 * 3 * CASES == len(breaches)  # the decision, and the hub's own 24 hours
    assert {1} == set(told.values())
    assert sorted(breaches) == sorted(handed_on)
    assert len(breaches) == len(told)
