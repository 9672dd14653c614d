"""`caseclock checkpoint` and `verify --checkpoint`: what a mended chain hides is shown by a copy kept elsewhere."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from calling import Call
from story import Told, begin

from caseclock.store.sql import open_store

NOW = ("--now", "2026-03-31T12:00:00Z")


@pytest.fixture
def keys(call: Call, tmp_path: Path) -> tuple[Path, Path]:
    call("checkpoint", "key", tmp_path / "private.pem", tmp_path / "public.pem")
    return tmp_path / "private.pem", tmp_path / "public.pem"


@pytest.fixture
def signed(call: Call, db: str, told: Told, keys: tuple[Path, Path], tmp_path: Path) -> Path:
    """A checkpoint of two cases as they stood at the end of March."""
    told.referral("2026-03-02")
    begin(authority="anywhere", case_id="C-2", store=told.engine.store).referral("2026-03-03")
    out = tmp_path / "march.json"
    words = ("--db", db, "--authority", "anywhere", "--key", keys[0], "--out", out)
    assert 0 == call("checkpoint", "write", *words, *NOW).status
    return out


def held(call: Call, db: str, signed: Path, public: Path, *words: str) -> list[tuple[str, str]]:
    """What verify finds with the checkpoint, but for what waits for a sweep."""
    done = call(
        "verify", "--db", db, "--checkpoint", signed, "--public-key", public, "--format", "json", *words,
        "--as-at", "2026-03-02",
    )  # fmt: skip
    findings = [(one["case_id"], one["kind"]) for one in done.json()["findings"]]
    assert bool(findings) == (done.status == 1)
    return findings


def test_the_private_key_is_its_owners_alone_and_neither_is_overwritten(
    call: Call, keys: tuple[Path, Path]
) -> None:
    before = keys[0].read_bytes()

    again = call("checkpoint", "key", *keys)

    assert 0o600 == stat.S_IMODE(keys[0].stat().st_mode)
    assert (1, "", True) == (again.status, again.out, "is there already" in again.err)
    assert before == keys[0].read_bytes()


def test_a_checkpoint_says_what_it_covers_and_its_digest(
    call: Call, db: str, told: Told, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    told.referral("2026-03-02")
    words = ("checkpoint", "write", "--db", db, "-a", "anywhere", "--key", keys[0], *NOW)

    as_table = call(*words, "--out", tmp_path / "one.json")
    as_json = call(*words, "--out", tmp_path / "two.json", "--format", "json").json()

    assert "Signed 1 case of anywhere with 2 events, as of 31 March 2026 at 1:00pm" in as_table.out
    assert as_json["digest"] in as_table.out
    assert ("anywhere", "2026-03-31T12:00:00+00:00", 1, 2) == (
        as_json["authority"],
        as_json["made_at"],
        as_json["cases"],
        as_json["events"],
    )


def test_a_log_that_only_grew_is_as_it_was_signed(
    call: Call, db: str, told: Told, keys: tuple[Path, Path], signed: Path
) -> None:
    told.assessment("2026-03-31")

    assert [] == held(call, db, signed, keys[1])


def test_a_log_cut_off_and_mended_is_found_only_with_the_checkpoint(
    call: Call, db: str, keys: tuple[Path, Path], signed: Path, tmp_path: Path
) -> None:
    """Whoever can write to the database takes the case away whole: no chain is broken."""
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for table in ("events", "episodes", "timers", "breaches", "case_facts", "cases"):
            connection.execute(f"DELETE FROM {table} WHERE case_id = 'C-2'")  # noqa: S608
    connection.close()

    assert 0 == call("verify", "--db", db, "--as-at", "2026-03-02").status
    assert [("C-2", "checkpoint")] == held(call, db, signed, keys[1])


def test_the_checkpoint_is_named_in_the_answer(
    call: Call, db: str, keys: tuple[Path, Path], signed: Path
) -> None:
    words = ("verify", "--db", db, "--checkpoint", signed, "--public-key", keys[1], "--as-at", "2026-03-02")

    told = call(*words, "--format", "json").json()["checkpoint"]
    said = call(*words).out

    assert ("march.json", "anywhere", 2) == (told["file"], told["authority"], told["cases"])
    assert (
        f"Held against the checkpoint of 31 March 2026 at 1:00pm, of 2 cases of anywhere, digest {told['digest']}."
        in said
    )


def test_a_checkpoint_that_was_altered_or_signed_by_another_is_refused(
    call: Call, db: str, keys: tuple[Path, Path], signed: Path, tmp_path: Path
) -> None:
    altered = tmp_path / "altered.json"
    altered.write_text(signed.read_text("utf-8").replace("C-2", "C-3"), "utf-8")
    call("checkpoint", "key", tmp_path / "other.pem", tmp_path / "other_public.pem")

    for file, public in ((altered, keys[1]), (signed, tmp_path / "other_public.pem")):
        done = call("verify", "--db", db, "--checkpoint", file, "--public-key", public)

        assert (1, "", True) == (done.status, done.out, "does not fit the key" in done.err)


def test_a_checkpoint_is_never_overwritten(
    call: Call, db: str, keys: tuple[Path, Path], signed: Path
) -> None:
    before = signed.read_bytes()

    done = call("checkpoint", "write", "--db", db, "-a", "anywhere", "--key", keys[0], "--out", signed)

    assert (2, True, before) == (done.status, "There is a file" in done.err, signed.read_bytes())


def test_wrong_calls_are_told_in_words(
    call: Call, db: str, keys: tuple[Path, Path], signed: Path, tmp_path: Path
) -> None:
    write = ("checkpoint", "write", "--db", db, "--out", tmp_path / "new.json")
    verify = ("verify", "--db", db)
    wrong = {
        "nowhere has no case": (*write, "-a", "nowhere", "--key", keys[0]),
        "--checkpoint was given without --public-key": (*verify, "--checkpoint", signed),
        "--public-key was given without --checkpoint": (*verify, "--public-key", keys[1]),
        "There is no file": (*verify, "--checkpoint", tmp_path / "none.json", "--public-key", keys[1]),
        "is a checkpoint of anywhere, not of elsewhere": (
            *(*verify, "--checkpoint", signed),
            *("--public-key", keys[1], "-a", "elsewhere"),
        ),
    }

    for said, words in wrong.items():
        done = call(*words)
        assert (2, "", True) == (done.status, done.out, said in done.err), (said, done.err)
    assert not (tmp_path / "new.json").exists()


def test_a_key_that_is_none_is_told_in_words(call: Call, db: str, told: Told, tmp_path: Path) -> None:
    told.referral("2026-03-02")
    (tmp_path / "letter.pem").write_text("Dear all", "utf-8")
    words = ("checkpoint", "write", "--db", db, "-a", "anywhere", "--out", tmp_path / "new.json", "--key")

    for key in ("none.pem", "letter.pem"):
        done = call(*words, tmp_path / key)

        assert (1, "", True) == (done.status, done.out, "Can't read the key" in done.err)
    assert not (tmp_path / "new.json").exists()


def test_a_real_process_signs_and_checks(db: str, tmp_path: Path) -> None:
    with open_store(db) as store:
        begin(authority="anywhere", store=store).referral("2026-03-02")

    def done(*words: str) -> tuple[int, bool]:
        ended = subprocess.run(
            [sys.executable, "-m", "caseclock", *words],
            capture_output=True, text=True, check=False, cwd=tmp_path, env={"CASECLOCK_DB": db, "PATH": ""},
        )  # fmt: skip
        return ended.returncode, "Traceback" in ended.stderr

    assert (0, False) == done("checkpoint", "key", "private.pem", "public.pem")
    assert (0, False) == done(
        "checkpoint", "write", "-a", "anywhere", "--key", "private.pem", "--out", "c.json"
    )
    assert (0, False) == done(
        "verify", "--as-at", "2026-03-02", "--checkpoint", "c.json", "--public-key", "public.pem"
    )
