"""`caseclock migrate`: what would move, what moved, and what stands in the way."""

from dataclasses import replace
from datetime import date

import pytest
from calling import Call
from story import Told, begin

from caseclock.processes.assessment import ASSESSMENT
from caseclock.processes.definition import Move, State
from caseclock.processes.versions import MIGRATIONS, VERSIONS, Migration

#: as the version in use, but that an assessment waits to be planned before anything else
PLANNED = replace(
    ASSESSMENT,
    version="2",
    states=(State("to_plan", "it is yet to be planned"), *ASSESSMENT.states),
    moves=(
        Move("AssessmentStarted", when=("not_begun",), to="to_plan"),
        Move("AssessmentAllocated", when=("to_plan",), to="started"),
        *(move for move in ASSESSMENT.moves if move.event != "AssessmentStarted"),
    ),
    in_use_from=date(2026, 4, 1),
)
SAID = ("--by", "system.lead", "--because", "assessments are planned first", "--now", "2026-04-01T06:00:00Z")
TO_2 = ("migrate", "assessment", "1", "2")


@pytest.fixture
def running(told: Told, monkeypatch: pytest.MonkeyPatch) -> Told:
    """One assessment started and one allocated, under the first version; a second one has been written."""
    monkeypatch.setitem(VERSIONS, "assessment", (ASSESSMENT, PLANNED))
    declare(monkeypatch, {"started": "to_plan", "allocated": "allocated"})
    other = begin(authority="anywhere", case_id="C-2", store=told.engine.store)
    for case in (told, other):
        case.referral("2026-03-02")
        case.assessment("2026-03-02")
    other.happened("AssessmentAllocated", "2026-03-03", "A-1")
    return told


def declare(monkeypatch: pytest.MonkeyPatch, states: dict[str, str]) -> None:
    monkeypatch.setitem(MIGRATIONS, ("assessment", "1", "2"), Migration("assessment", "1", "2", states))


def states(call: Call, db: str, case: str) -> list[str]:
    return [
        one["state"]
        for one in call("case", case, "--db", db, "--format", "json").json()["episodes"]
        if one["process"] == "assessment"
    ]


@pytest.mark.usefixtures("running")
def test_a_dry_run_lists_what_would_move_and_moves_nothing(call: Call, db: str) -> None:
    before = call("case", "C-1042", "--db", db).out

    done = call(*TO_2, "--dry-run", "--db", db, "--format", "json")

    assert 0 == done.status
    assert {
        "process": "assessment",
        "from_version": "1",
        "to_version": "2",
        "dry_run": True,
        "moves": [
            {
                "authority": "anywhere",
                "case_id": "C-1042",
                "episode_id": "A-1",
                "from_state": "started",
                "to_state": "to_plan",
            },
            {
                "authority": "anywhere",
                "case_id": "C-2",
                "episode_id": "A-1",
                "from_state": "allocated",
                "to_state": "allocated",
            },
        ],
        "refused": [],
        "armed_before": 4,
        "armed_after": None,
    } == done.json()
    assert before == call("case", "C-1042", "--db", db).out


@pytest.mark.usefixtures("running")
def test_episodes_move_and_every_armed_timer_is_armed_still(call: Call, db: str) -> None:
    done = call(*TO_2, *SAID, "--db", db)
    again = call(*TO_2, *SAID, "--db", db, "--format", "json").json()

    assert (0, "2 episodes moved; 4 timers armed in their cases before, 4 after.") == (
        done.status,
        done.out.splitlines()[-1],
    )
    assert (["to_plan"], []) == (states(call, db, "C-1042"), again["moves"])


@pytest.mark.usefixtures("running")
def test_who_moved_them_and_why_is_in_the_history(call: Call, db: str) -> None:
    call(*TO_2, *SAID, "--db", db)

    history = call("case", "C-2", "--db", db, "--format", "json").json()["history"]
    (moved,) = [entry for entry in history if entry["type"] == "EpisodeMigrated"]

    assert ("system.lead", "assessments are planned first") == (moved["by"], moved["because"])


@pytest.mark.usefixtures("running")
def test_episodes_in_a_state_that_leads_nowhere_are_listed_and_nothing_moves(
    call: Call, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, {"started": "to_plan"})

    as_json, as_table = call(*TO_2, *SAID, "--db", db, "--format", "json"), call(*TO_2, *SAID, "--db", db)

    assert [{"authority": "anywhere", "case_id": "C-2", "episode_id": "A-1", "state": "allocated"}] == (
        as_json.json()["refused"]
    )
    for done in (as_json, as_table):
        assert (1, True) == (done.status, "Nothing was moved." in done.err)
    assert ("C-2" in as_table.out, "C-1042" in as_table.out) == (True, False)
    assert ["started"] == states(call, db, "C-1042")


@pytest.mark.usefixtures("running")
def test_a_migration_nobody_declared_is_refused(call: Call, db: str) -> None:
    done = call("migrate", "assessment", "2", "1", "--dry-run", "--db", db)

    assert (1, "", True) == (done.status, done.out, "no migration is declared" in done.err)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("migrate", "assessment", "1", "3", "--dry-run"), "There is no version 3 of assessment"),
        (("migrate", "adoption_by_post", "1", "2", "--dry-run"), "There is no version 1 of adoption_by_post"),
        ((*TO_2, "--by", "system.lead"), "an author and a reason"),
    ],
    ids=["version", "process", "no reason"],
)
def test_wrong_calls_are_told_in_words(call: Call, db: str, words: tuple[str, ...], said: str) -> None:
    done = call(*words, "--db", db)

    assert (2, "", True) == (done.status, done.out, said in done.err)
