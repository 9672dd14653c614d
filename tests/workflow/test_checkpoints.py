"""A checkpoint kept outside the database shows what a mended chain hides."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseclock.store.memory import InMemoryStore
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.checkpoints import (
    CheckpointRefused,
    checkpoint,
    compare,
    new_key,
    read_checkpoint,
    write_checkpoint,
)
from caseclock.workflow.engine import Engine

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)


def event(event_id: str, kind: str, case: str, on: str, **data: object) -> Event:
    when = When.parse(on)
    return Event(event_id, kind, "thurrock", case, "R-1", when, when, "sw.jones", "", data)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as opened:
        engine = Engine(opened)
        for case in ("C-1", "C-2"):
            engine.record(event(f"{case}-a", "ReferralReceived", case, "2026-03-02"), at=AT)
            engine.record(
                event(f"{case}-b", "ReferralDecided", case, "2026-03-03", outcome="assessment"), at=AT
            )
        yield opened


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    new_key(tmp_path / "private.pem", tmp_path / "public.pem")
    return tmp_path / "private.pem", tmp_path / "public.pem"


def test_a_checkpoint_is_read_back_as_it_was_signed(
    store: SqlStore, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    with store.snapshot() as unit:
        made = checkpoint(unit, "thurrock", AT)
    write_checkpoint(made, keys[0], tmp_path / "march.json")

    assert made == read_checkpoint(tmp_path / "march.json", keys[1])
    assert ("C-1", "C-2") == tuple(case for case, _, _ in made.heads)


def test_nothing_is_found_when_cases_only_grew(store: SqlStore) -> None:
    with store.snapshot() as unit:
        made = checkpoint(unit, "thurrock", AT)
    Engine(store).record(event("C-1-c", "ReferralClosed", "C-1", "2026-03-20"), at=AT)

    with store.snapshot() as unit:
        assert [] == list(compare(unit, made))


def test_a_log_cut_off_and_a_case_taken_away_are_named(store: SqlStore) -> None:
    with store.snapshot() as unit:
        made = checkpoint(unit, "thurrock", AT)
    emptied = InMemoryStore()
    Engine(emptied).record(event("C-1-a", "ReferralReceived", "C-1", "2026-03-02"), at=AT)

    with emptied.snapshot() as unit:
        found = [(finding.case_id, finding.words.split(";")[0]) for finding in compare(unit, made)]

    assert [("C-1", "Its log ends after event 1"), ("C-2", "The case is gone")] == found


def test_a_history_written_anew_is_found_though_its_chain_is_whole(store: SqlStore) -> None:
    with store.snapshot() as unit:
        made = checkpoint(unit, "thurrock", AT)
    forged = InMemoryStore()
    engine = Engine(forged)
    for case in ("C-1", "C-2"):
        engine.record(
            event(f"{case}-a", "ReferralReceived", case, "2026-03-01" if case == "C-2" else "2026-03-02"),
            at=AT,
        )
        engine.record(event(f"{case}-b", "ReferralDecided", case, "2026-03-03", outcome="assessment"), at=AT)

    with forged.snapshot() as unit:
        assert ["C-2"] == [finding.case_id for finding in compare(unit, made)]


def test_an_altered_checkpoint_and_a_strange_key_are_refused(
    store: SqlStore, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    with store.snapshot() as unit:
        write_checkpoint(checkpoint(unit, "thurrock", AT), keys[0], tmp_path / "march.json")
    altered = tmp_path / "altered.json"
    altered.write_text((tmp_path / "march.json").read_text().replace("C-2", "C-3"))
    new_key(tmp_path / "other.pem", tmp_path / "other_public.pem")

    with pytest.raises(CheckpointRefused, match="does not fit the key"):
        read_checkpoint(altered, keys[1])
    with pytest.raises(CheckpointRefused, match="does not fit the key"):
        read_checkpoint(tmp_path / "march.json", tmp_path / "other_public.pem")
