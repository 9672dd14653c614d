"""`caseclock answer`: what an officer does about a breach, and how `breaches` shows it."""

import csv
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from calling import Call
from story import Told, begin

GUIDANCE = "assessment.single.45wd"
#: 20 May 2026 by London's clocks
NOW = ("--now", "2026-05-20T09:00:00Z")
WORKLOAD = ("--explain", "--reason-code", "workload", "--text", "two posts vacant")
KHAN = ("--by", "mgr.khan")


@pytest.fixture
def overdue(told: Told) -> Told:
    """An assessment that ran out on 7 May 2026, undone; the breach was raised on the 11th."""
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    told.swept("2026-05-11 06:00")
    return told


@pytest.fixture
def breach(overdue: Told) -> str:
    (found,) = [one.breach_id for one in overdue.breaches() if one.timescale == GUIDANCE]
    return found


def row(call: Call, db: str, *words: str) -> dict[str, Any]:
    rows = call("breaches", "--db", db, "--format", "json", "--as-at", "2026-05-20", *words).json()
    (found,) = [one for one in rows if one["timescale"] == GUIDANCE]
    return dict(found)


def told_of(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


@pytest.mark.usefixtures("overdue")
def test_a_breach_nobody_answered_for_says_so(call: Call, db: str) -> None:
    assert ("unanswered", None, False) == told_of(row(call, db), "answer", "answered_by", "back_dated")
    assert "unanswered" in call("breaches", "--db", db).out


def test_an_explanation_is_shown_with_its_code_and_changes_nothing_that_happened(
    call: Call, db: str, breach: str
) -> None:
    before = row(call, db)
    done = call("answer", breach, *WORKLOAD, *KHAN, "--review-on", "2026-06-01", "--db", db, *NOW)
    after = row(call, db)

    assert (
        0,
        f"The breach of {GUIDANCE} in case C-1042 is explained (workload), by mgr.khan on 20 May 2026.\n",
    ) == (
        done.status,
        done.out,
    )
    assert (
        "explained",
        "workload",
        "two posts vacant",
        "mgr.khan",
        "2026-05-20",
        False,
        "2026-06-01",
    ) == told_of(
        after, "answer", "reason_code", "answer_text", "answered_by", "answered_on", "back_dated", "review_on"
    )
    assert {name for name in before if before[name] != after[name]} == {
        *("answer", "reason_code", "answer_text", "answered_by", "answered_on", "review_on"),
    }
    assert "explained (workload)" in call("breaches", "--db", db, "--as-at", "2026-05-20").out


def test_the_last_of_several_answers_is_shown(call: Call, db: str, breach: str) -> None:
    shown = []
    for words in (
        WORKLOAD,
        ("--escalate", "--to", "head.of.service"),
        ("--exempt", "--reason-code", "court_direction", "--text", "adjourned"),
        ("--reopen", "--text", "the order said otherwise"),
    ):
        assert 0 == call("answer", breach, *words, *KHAN, "--db", db, *NOW).status
        shown.append(told_of(row(call, db), "answer", "reason_code", "answer_text", "escalated_to"))

    assert [
        ("explained", "workload", "two posts vacant", None),
        ("escalated", None, None, "head.of.service"),
        ("exempted", "court_direction", "adjourned", None),
        ("reopened", None, "the order said otherwise", None),
    ] == shown


def test_an_answer_dated_back_is_marked_and_known_only_from_when_it_was_written(
    call: Call, db: str, breach: str
) -> None:
    done = call("answer", breach, *WORKLOAD, *KHAN, "--on", "2026-05-12", "--db", db, *NOW)

    assert "explained (workload), back-dated" in done.out
    assert ("explained", "2026-05-12", True) == told_of(row(call, db), "answer", "answered_on", "back_dated")
    assert "unanswered" == row(call, db, "--known-at", "2026-05-19")["answer"]
    assert "explained (workload), back-dated" in call("breaches", "--db", db, "--as-at", "2026-05-20").out


def test_the_beginning_of_an_id_is_enough(call: Call, db: str, breach: str) -> None:
    done = call("answer", breach[:10].upper(), *WORKLOAD, *KHAN, "--db", db, *NOW, "--format", "json")

    assert (0, breach, "explained") == (done.status, *told_of(done.json(), "breach_id", "answer"))


def test_the_event_that_raised_it_and_the_calendar_are_told(
    call: Call, db: str, overdue: Told, breach: str
) -> None:
    told = row(call, db)
    history = call("case", "C-1042", "--db", db, "--format", "json").json()["history"]
    raised = {entry["event_id"]: entry["type"] for entry in history}

    assert ("BreachRaised", "2026-05-11T05:00:00+00:00", "2013-04-15") == (
        raised[told["raised_event"]],
        *told_of(told, "raised_at", "version"),
    )
    assert (overdue.timer(GUIDANCE).timer.calendar, breach) == told_of(told, "calendar", "breach_id")


def test_a_spreadsheet_has_the_answer_too(call: Call, db: str, breach: str) -> None:
    call("answer", breach, *WORKLOAD, *KHAN, "--db", db, *NOW)

    rows = csv.DictReader(
        StringIO(call("breaches", "--db", db, "--format", "csv", "--as-at", "2026-05-20").out)
    )

    assert {GUIDANCE: "explained", "assessment.stat.duration": "unanswered"} == {
        one["timescale"]: one["answer"] for one in rows
    }


def test_a_breach_withdrawn_is_listed_with_its_answer(
    call: Call, db: str, overdue: Told, breach: str
) -> None:
    call("answer", breach, *WORKLOAD, *KHAN, "--db", db, "--now", "2026-05-12T09:00:00Z")
    overdue.authorised("2026-05-06", recorded="2026-05-19")

    assert ("withdrawn", "explained") == told_of(row(call, db, "--withdrawn"), "breach", "answer")
    refused = call("answer", breach, *WORKLOAD, *KHAN, "--db", db, *NOW)
    assert (1, "", True) == (refused.status, refused.out, "the breach was withdrawn" in refused.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--explain", "--reason-code", "bother", "--text", "x"),
            "reason_code 'bother' is not one for this. Give one of",
        ),
        (
            ("--exempt", "--reason-code", "workload", "--text", "x"),
            "reason_code 'workload' is not one for this",
        ),
        (("--reopen", "--text", "x"), "the breach was never answered"),
    ],
    ids=["unknown code", "no ground to exempt", "nothing to reopen"],
)
def test_an_answer_that_does_not_fit_is_refused(
    call: Call, db: str, breach: str, words: tuple[str, ...], said: str
) -> None:
    done = call("answer", breach, *words, *KHAN, "--db", db, *NOW)

    assert (1, "", True) == (done.status, done.out, said in done.err), done.err
    assert "unanswered" == row(call, db)["answer"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give one of --explain, --exempt, --escalate, --reopen"),
        (("--explain", "--exempt"), "Give one of --explain, --exempt, --escalate, --reopen"),
        (("--explain", "--text", "x"), "--explain needs --reason-code. Give it."),
        (("--explain",), "--explain needs --reason-code and --text. Give both."),
        (("--explain", "--reason-code", "workload", "--text", " "), "--explain needs --text. Give it."),
        (("--escalate", "--text", "x"), "--escalate needs --to. Give it."),
        ((*WORKLOAD, "--to", "x"), "--explain has no use for --to. Leave that out."),
        ((*WORKLOAD, "--on", "2026-05-21"), "--on 2026-05-21 has not come yet"),
        ((*WORKLOAD, "--case", "C-9"), "There is no breach whose id begins with"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_told_in_words(
    call: Call, db: str, breach: str, words: tuple[str, ...], said: str
) -> None:
    done = call("answer", breach, *words, *KHAN, "--db", db, *NOW)

    assert (2, "", True) == (done.status, done.out, said in done.err), done.err


def test_an_id_that_could_be_two_breaches_names_them(call: Call, db: str, told: Told) -> None:
    """Seventeen breaches: two of them begin with the same of sixteen digits."""
    for number in range(17):
        begin(authority="anywhere", case_id=f"C-{number}", store=told.engine.store).referral(
            "2026-03-02", decided="2026-03-05"
        )
    told.swept("2026-03-06")
    ids = [
        one["breach_id"]
        for one in call("breaches", "--db", db, "--as-at", "2026-03-06", "--format", "json").json()
    ]
    twice = next(first for first in "0123456789abcdef" if sum(one.startswith(first) for one in ids) > 1)

    done = call("answer", twice, *WORKLOAD, *KHAN, "--db", db, *NOW)

    assert (2, "", True) == (done.status, done.out, done.err.endswith("Give more of the id.\n"))
    assert sum(one in done.err for one in ids) > 1


def test_a_breach_that_is_not_raised_yet_says_what_to_do(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    unraised = row(call, db)

    done = call("answer", unraised["breach_id"], *WORKLOAD, *KHAN, "--db", db, *NOW)

    assert ("unanswered", None) == told_of(unraised, "answer", "raised_event")
    assert (2, True) == (done.status, "once `caseclock run --once` has raised it" in done.err)


def test_a_real_process_answers(db: str, breach: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "caseclock", "answer", breach[:12], *WORKLOAD, *KHAN, "--db", db],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (0, "", True) == (
        done.returncode,
        done.stderr,
        "is explained (workload), by mgr.khan" in done.stdout,
    )
