"""kill -9 in the middle of an import: what was acknowledged is there once, and running it again finishes it."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import killing
import pytest
from fault_databases import CHILDREN, Databases
from fault_table import Tally
from killing import Killer, rows, start, until_gone
from many_children import LONG_AFTER, beginnings, in_turns, names, write_lines
from story import ANYWHERE
from whole import Whole, nothing_half_done, whole

from caseclock import commands
from caseclock.exchange.importing import import_files
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.schema import events
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows neither forks nor has SIGKILL")

CENSUS = Path(commands.__file__).parents[1] / "samples" / "cin_census" / "fake_CIN_data.xml"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """Event lines of many children in turns, one that does not fit its case and one that is no event."""
    file = write_lines(tmp_path / "lines.jsonl", in_turns(beginnings(case_id) for case_id in names(CHILDREN)))
    unfit = {"event_id": "unfit", "type": "ChildSeen", "case_id": "C-0007", "episode_id": "A-9", "by": "hub"}
    with file.open("a", encoding="utf-8") as end:
        end.write(
            json.dumps(unfit | {"occurred_at": "2026-03-12", "data": {"alone": True}}) + "\n{no event\n"
        )
    return file


def undisturbed(file: Path) -> Whole:
    """What a store holds that a file was brought into without any fault."""
    store = InMemoryStore()
    import_files([file], engine=Engine(store), authority=ANYWHERE, imported_at=LONG_AFTER)
    return whole(store)


def apart_from_reports(held: Whole) -> Whole:
    """A file that was brought in again reports other counts than one brought in at once."""
    return replace(held, imports=[replace(note, report={}) for note in held.imports])


def words(file: Path, url: str) -> list[str]:
    """What to say to `caseclock` for a file to be brought in."""
    said = ["import", str(file), "--db", url, "--authority", ANYWHERE, "--now", LONG_AFTER.isoformat()]
    return [*said, "--cases-at-once", "2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "kind", "times"),
    [
        ("lines", "sqlite", 5),
        ("lines", "postgresql", 2),
        ("census", "sqlite", 4),
        ("census", "postgresql", 1),
    ],
)
def test_an_import_killed_again_and_again_ends_as_one_that_never_was(
    databases: Databases, kind: str, rng: Random, lines: Path, source: str, times: int, tally: Tally
) -> None:
    file = lines if source == "lines" else CENSUS
    expected = undisturbed(file)
    killer = Killer(rng, times)
    for url in killer.victims(databases.empty):
        with open_store(url) as store:
            killer.kill_through(
                store,
                partial(start, killing.command, *words(file, killing.mortal(url))),
                rows(store, events),
                of=expected.events().total(),
                still=nothing_half_done,
            )

            assert apart_from_reports(expected) == apart_from_reports(whole(store))
    checked = "nothing half done; in the end as if never killed"
    tally.met(f"kill -9 in an import: {source}", kind, len(killer.fired), of=times, checked=checked)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "times"), [("sqlite", 4), ("postgresql", 2)])
def test_what_a_killed_recorder_has_acknowledged_is_there_once(
    databases: Databases, kind: str, rng: Random, tmp_path: Path, times: int, tally: Tally
) -> None:
    told = in_turns(beginnings(case_id) for case_id in names(CHILDREN))
    file, acknowledged = write_lines(tmp_path / "told.jsonl", told), tmp_path / "acknowledged"

    def all_acknowledged_once(store: Store) -> None:
        nothing_half_done(store)
        there = whole(store).events()
        assert Counter(set(there)) == there
        assert set() == set(acknowledged.read_text().split()) - set(there)

    killer = Killer(rng, times)
    for url in killer.victims(databases.empty):
        acknowledged.write_bytes(b"")
        with open_store(url) as store:
            killer.kill_through(
                store,
                partial(start, killing.recording, killing.mortal(url), file, acknowledged, LONG_AFTER),
                rows(store, events),
                of=len(told),
                still=all_acknowledged_once,
            )

            all_acknowledged_once(store)
            assert Counter(event.event_id for event in told) == whole(store).events()
    checked = "what was acknowledged is there once"
    tally.met("kill -9 of a recorder", kind, len(killer.fired), of=times, checked=checked)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_command_itself_is_killed(databases: Databases, rng: Random, lines: Path) -> None:
    """As a shell starts it, and not forked from a process that has read everything already."""
    url = databases.empty()
    expected = undisturbed(lines)
    target = rng.randint(1, expected.events().total() // 2)
    command = [sys.executable, "-m", "caseclock", *words(lines, url)]
    with open_store(url) as store:
        done = rows(store, events)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            while done() < target and process.poll() is None:
                pass
            process.kill()
            process.communicate()
        until_gone(store)
        reached = done()
        nothing_half_done(store)

        again = subprocess.run(command, capture_output=True, timeout=killing.PATIENCE, check=False)

        assert (-signal.SIGKILL, 1) == (process.returncode, again.returncode)
        assert target <= reached < expected.events().total()
        assert apart_from_reports(expected) == apart_from_reports(whole(store))
