"""Running episodes move to another version of their process, all or none, and no duty is lost on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from caseclock.processes.assessment import ASSESSMENT
from caseclock.processes.definition import Move, Process, ProcessRefused, State
from caseclock.processes.versions import MIGRATIONS, VERSIONS, Migration, check_migration, version_in_use
from caseclock.store.memory import InMemoryStore
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.migration import MigrationRefused, migrate, plan_migration
from caseclock.workflow.refusals import IllegalEvent, UnknownEvent
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

#: the second version waits for a child to be seen before a manager may authorise
STRICTER = Process(
    name="assessment",
    title="Assessment",
    version="2",
    words="As before, but nothing is authorised before the child was seen.",
    states=(
        State("unseen", "the child is yet to be seen"),
        State("seen", "the child has been seen"),
        State("authorised", "a manager has authorised it", final=True),
        State("cancelled", "it was stopped before it was complete", final=True),
    ),
    moves=(
        Move("AssessmentStarted", when=("not_begun",), to="unseen"),
        Move("AssessmentAllocated", when=("unseen", "seen")),
        Move("ChildSeen", when=("unseen", "seen"), to="seen"),
        Move("AssessmentAuthorised", when=("seen",), to="authorised"),
        Move("AssessmentCancelled", when=("unseen", "seen"), to="cancelled"),
    ),
    in_use_from=date(2026, 4, 1),
)
TO_STRICTER = Migration("assessment", "1", "2", {"started": "unseen", "allocated": "unseen"})
MIGRATED_AT = datetime(2026, 4, 1, 6, tzinfo=UTC)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setitem(VERSIONS, "assessment", (ASSESSMENT, STRICTER))
    monkeypatch.setitem(MIGRATIONS, ("assessment", "1", "2"), TO_STRICTER)
    return Engine(InMemoryStore())


def record(engine: Engine, kind: str, on: str, case: str = "C-1", **data: object) -> None:
    when = When.parse(on)
    event = Event(f"{case} {kind} {on}", kind, "anywhere", case, "A-1", when, when, "sw.jones", "", data)
    engine.record(event, at=when.latest())


def states(engine: Engine, case: str = "C-1") -> list[tuple[str, str]]:
    with engine.store.snapshot() as unit:
        return [(one.process_version, one.state) for one in unit.episodes("anywhere", case)]


def to_stricter(engine: Engine) -> None:
    migrate(engine, "assessment", "1", "2", at=MIGRATED_AT, by="system.lead", because="children must be seen")


def test_an_episode_stays_on_the_version_in_use_when_it_was_recorded(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-31")
    record(engine, "AssessmentStarted", "2026-04-01", case="C-2")

    assert [("1", "started")] == states(engine)
    assert [("2", "unseen")] == states(engine, "C-2")
    assert ASSESSMENT is version_in_use("assessment", date(1999, 1, 1))


def test_a_dry_run_says_what_would_move_and_moves_nothing(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")

    assert (("anywhere", "C-1", "A-1", "started", "unseen"),) == plan_migration(
        engine, "assessment", "1", "2"
    ).moves
    assert [("1", "started")] == states(engine)


def test_after_a_migration_the_new_version_decides_what_may_happen(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")
    to_stricter(engine)

    assert [("2", "unseen")] == states(engine)
    with pytest.raises(IllegalEvent, match="it was 'unseen'"):
        record(engine, "AssessmentAuthorised", "2026-04-10")
    record(engine, "ChildSeen", "2026-04-09")
    record(engine, "AssessmentAuthorised", "2026-04-10")
    assert () == verify(engine, datetime(2026, 4, 10, 12, tzinfo=UTC)).findings


def test_what_happened_before_it_and_is_written_up_after_it_fits_the_old_version(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")
    to_stricter(engine)
    late = Event(
        "late",
        "AssessmentAllocated",
        "anywhere",
        "C-1",
        "A-1",
        When.parse("2026-03-03"),
        When.parse("2026-04-15"),
        "sw",
    )
    engine.record(late, at=datetime(2026, 4, 15, 12, tzinfo=UTC))

    assert [("2", "unseen")] == states(engine)


def test_an_episode_that_has_ended_stays_on_the_version_it_ended_on(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")
    record(engine, "AssessmentAuthorised", "2026-03-20")
    to_stricter(engine)

    assert [("1", "authorised")] == states(engine)


def test_nothing_moves_where_one_state_has_no_image(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    partial = replace(TO_STRICTER, states={"started": "unseen"})
    monkeypatch.setitem(MIGRATIONS, ("assessment", "1", "2"), partial)
    record(engine, "AssessmentStarted", "2026-03-02")
    record(engine, "AssessmentStarted", "2026-03-02", case="C-2")
    record(engine, "AssessmentAllocated", "2026-03-03", case="C-2")

    with pytest.raises(
        MigrationRefused, match=r"1 running episodes.*C-2/A-1 \('allocated'\).*Nothing was moved"
    ):
        to_stricter(engine)
    assert [("1", "started")] == states(engine)


def test_a_breach_that_falls_after_a_migration_is_found(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")
    with engine.store.snapshot() as unit:
        before = [kept.timer.timer_id for kept in unit.timers("anywhere", "C-1") if kept.wake_at]
    moved = migrate(engine, "assessment", "1", "2", at=MIGRATED_AT, by="system.lead", because="a test")
    with engine.store.snapshot() as unit:
        after = [kept.timer.timer_id for kept in unit.timers("anywhere", "C-1") if kept.wake_at]

    assert before == after
    assert (moved.armed_before, moved.armed_after) == (len(before), len(before))
    assert len(before) == sweep(engine, datetime(2026, 6, 1, tzinfo=UTC)).raised


def test_repeating_a_migration_changes_nothing(engine: Engine) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")
    to_stricter(engine)
    again = migrate(engine, "assessment", "1", "2", at=MIGRATED_AT, by="system.lead", because="again")

    assert () == again.moves
    assert () == verify(engine, MIGRATED_AT).findings


@pytest.mark.usefixtures("engine")
def test_a_mapping_to_a_state_there_is_not_is_refused() -> None:
    with pytest.raises(ProcessRefused, match="leads to 'waiting', which the new version does not have"):
        check_migration(replace(TO_STRICTER, states={"started": "waiting"}))


def test_an_undeclared_migration_and_an_unknown_version_are_refused(engine: Engine) -> None:
    with pytest.raises(MigrationRefused, match="no migration is declared"):
        plan_migration(engine, "assessment", "2", "1")
    with pytest.raises(ProcessRefused, match="no version 3 of assessment"):
        plan_migration(engine, "assessment", "1", "3")


@pytest.mark.parametrize("own", ["EpisodeMigrated", "BreachRaised", "BreachWithdrawn", "TimersMoved"])
def test_what_caseclock_writes_itself_nobody_else_may_record(engine: Engine, own: str) -> None:
    record(engine, "AssessmentStarted", "2026-03-02")

    with pytest.raises(UnknownEvent, match="Caseclock writes it itself"):
        record(engine, own, "2026-03-03")
