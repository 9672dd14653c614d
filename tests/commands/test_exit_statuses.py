"""How a call ends: 0 done, 1 done but something was refused or found wrong, 2 the call itself was wrong."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from calling import Call
from story import Told, begin

from caseclock.store.sql import open_store

NEEDS_DB = (
    ("timers",),
    ("breaches",),
    ("case", "C-1042"),
    ("explain", "abc"),
    ("scorecard",),
    ("run", "--once"),
    ("verify",),
    ("quarantine",),
    ("db", "upgrade"),
    ("calendar", "add", "2026-12-28", "--title", "T", "--because", "R", "--by", "N"),
    ("import", "--retry", "--authority", "anywhere"),
    ("calendar", "load", __file__, "--because", "R", "--by", "N"),
    ("packs", "adopt", __file__, "--because", "R", "--by", "N"),
    ("checkpoint", "write", "-a", "anywhere", "--key", "private.pem", "--out", "no/such/folder/c.json"),
    ("migrate", "assessment", "1", "2", "--dry-run"),
    ("answer", "abc", "--escalate", "--to", "N", "--by", "N"),
)


@pytest.mark.parametrize("words", NEEDS_DB, ids=" ".join)
def test_a_command_that_was_given_no_database_says_how_to_give_one(
    call: Call, words: tuple[str, ...]
) -> None:
    done = call(*words)

    assert (2, "", True) == (done.status, done.out, "Give --db" in done.err and "CASECLOCK_DB" in done.err)


@pytest.mark.parametrize("words", [words for words in NEEDS_DB if words[0] != "db"], ids=" ".join)
def test_a_database_that_is_not_there_is_not_made_by_looking_for_it(
    call: Call, db: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = call(*words, "--db", db)

    assert (2, "", True) == (done.status, done.out, "There is no Caseclock database" in done.err)
    assert [] == list(tmp_path.iterdir())


def test_the_environment_may_name_the_database(
    call: Call, db: str, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.referral("2026-03-02")
    monkeypatch.setenv("CASECLOCK_DB", db)

    assert 0 == call("timers").status


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("cases.db", "it is not a URL"),
        ("mysql://clerk@host/cases", "kind 'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:////no/such/folder/cases.db", "there is no folder"),
    ],
)
def test_a_url_that_names_no_database_is_a_wrong_call(call: Call, url: str, said: str) -> None:
    done = call("timers", "--db", url)

    assert (2, "", True) == (done.status, done.out, said in done.err)


def test_a_file_that_is_no_database_is_told_in_a_sentence(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear all, this is a letter and not a database. " * 40, "utf-8")

    done = call("timers", "--db", f"sqlite:///{file}")

    assert (2, "", True) == (done.status, done.out, "not a database" in done.err)


def test_a_database_of_a_newer_version_is_left_alone(call: Call, db: str, told: Told, tmp_path: Path) -> None:
    told.referral("2026-03-02")
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("UPDATE caseclock_version SET version_num = '9999'")
    connection.close()

    done = call("timers", "--db", db)

    assert (2, "", True) == (done.status, done.out, "a newer version made it" in done.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("timers", "--as-at", "2026-13-01"), "'2026-13-01' is not a date. Write it as 2026-03-02."),
        (("timers", "--as-at", "20260301"), "is not a date"),
        (("timers", "--as-at", "02/03/2026"), "is not a date"),
        (("timers", "--known-at", "2026-03-02T09:30"), "is not an instant"),
        (("timers", "--standing", "late"), "late"),
        (("timers", "--format", "xml"), "xml"),
        (("timers", "--months", "thirteen"), "thirteen"),
        (("timers", "--no-such-option"), "--no-such-option"),
        (("no-such-command",), "no-such-command"),
        (("scorecard", "--months", "thirteen"), "neither a number of months"),
        (("scorecard",), "Whose scorecard?"),
        (("case", "C-9"), "There is no case C-9"),
        (("case", "C-9", "--authority", "anywhere"), "anywhere has no case C-9"),
        (("explain", "ffff"), "no timer whose id begins with ffff"),
        (("diagram", "adoption_by_post"), "There is no process adoption_by_post"),
        (("rules", "--process", "adoption_by_post"), "There is no process adoption_by_post"),
        (("record", "no-such-file.jsonl"), "There is no file no-such-file.jsonl"),
        (("import", "no-such-file.xml", "-a", "anywhere"), "There is no no-such-file.xml"),
        (("import",), "Give --authority"),
        (("import", "-a", "anywhere"), "Name at least one"),
        (("run", "--outbox", "no/such/folder/out.jsonl"), "There is no folder"),
        (("run", "--format", "json"), "Give --once"),
        (("verify", "--as-at", "2999-01-01"), "has not come yet"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_call_is_told_in_words_and_answers_nothing(
    call: Call, db: str, words: tuple[str, ...], said: str
) -> None:
    with open_store(db):
        pass

    done = call(*words, *(() if words[0] in ("diagram", "rules", "no-such-command") else ("--db", db)))

    assert (2, "", True) == (done.status, done.out, said in done.err), done.err


def test_an_id_that_could_be_two_timers_names_them(call: Call, db: str, told: Told) -> None:
    for number in range(40):
        begin(authority="anywhere", case_id=f"C-{number}", store=told.engine.store).referral("2026-03-02")
    ids = [row["timer_id"] for row in call("timers", "--db", db, "--format", "json").json()]
    twice = next(first for first in "0123456789abcdef" if sum(one.startswith(first) for one in ids) > 1)

    done = call("explain", twice, "--db", db)

    assert (2, True) == (done.status, done.err.endswith("Give more of the id.\n"))
    assert sum(one in done.err for one in ids) > 1


def test_a_case_that_two_authorities_have_needs_its_authority(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02")
    begin(authority="elsewhere", case_id=told.case_id, store=told.engine.store).referral("2026-03-03")

    unsaid, said = (
        call("case", told.case_id, "--db", db),
        call("case", told.case_id, "--db", db, "-a", "elsewhere"),
    )

    assert (2, True, 0) == (unsaid.status, "anywhere, elsewhere each have a case" in unsaid.err, said.status)


def test_a_day_no_calendar_reaches_is_told_in_a_sentence(call: Call, db: str, told: Told) -> None:
    told.happened("ReferralReceived", "2026-03-02", "R-1")

    done = call("timers", "--db", db, "--as-at", "2125-01-01", "--format", "json")

    assert (2, "", True) == (done.status, done.out, "bank holidays are known or projected" in done.err)


def test_a_day_that_is_not_worked_already_is_refused(call: Call, db: str) -> None:
    with open_store(db):
        pass

    done = call("calendar", "add", "2026-12-25", "--title", "T", "--because", "R", "--by", "N", "--db", db)

    assert (1, "", True) == (done.status, done.out, "Christmas Day" in done.err)


@pytest.mark.usefixtures("late_assessment")
def test_findings_of_verify_end_with_1(call: Call, db: str, tmp_path: Path) -> None:
    sound = call("verify", "--db", db, "--as-at", "2025-12-01", "--format", "json")
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute(
            "UPDATE timers SET due_on = '2026-02-02' WHERE timescale = 'assessment.single.45wd'"
        )
    connection.close()

    done = call("verify", "--db", db, "--as-at", "2025-12-01", "--format", "json")

    assert (0, 1) == (sound.status, done.status)
    assert ["timers"] == [finding["kind"] for finding in done.json()["findings"]]


@pytest.mark.usefixtures("late_assessment")
def test_breaches_no_sweep_has_raised_are_findings(call: Call, db: str) -> None:
    before = call("verify", "--db", db)
    call("run", "--once", "--db", db)

    assert (1, True, 0) == (before.status, "Run a sweep" in before.out, call("verify", "--db", db).status)


def test_a_real_process_ends_with_the_same_statuses(db: str, tmp_path: Path) -> None:
    def status(*words: str) -> tuple[int, bool]:
        done = subprocess.run(
            [sys.executable, "-m", "caseclock", *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        return done.returncode, "Traceback" in done.stderr

    empty = tmp_path / "empty.xml"
    empty.write_bytes(b"")

    assert (0, False) == status("rules", "--format", "json")
    assert (1, False) == status("import", "empty.xml", "--db", db, "-a", "anywhere")
    assert (2, False) == status("timers", "--db", "nonsense")
    assert (2, False) == status()
