"""`--format json` prints one document on standard output and nothing else there, whatever else is to be said."""

from pathlib import Path

import pytest
from calling import Call

from caseclock.commands.output import write_json_rows

COMMANDS = (
    ("timers",),
    ("timers", "--case", "nobody"),
    ("breaches",),
    ("breaches", "--withdrawn"),
    ("case", "C-1042"),
    ("scorecard",),
    ("run", "--once"),
    ("verify",),
    ("quarantine",),
    ("quarantine", "--retry"),
    ("import", "--retry", "-a", "anywhere"),
    ("packs", "list"),
    ("calendar", "add", "2026-12-29", "--title", "A day", "--because", "announced", "--by", "clerk"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.usefixtures("late_assessment")
def test_one_document_and_nothing_else(call: Call, db: str, words: tuple[str, ...]) -> None:
    done = call(*words, "--db", db, "--format", "json")

    assert isinstance(done.json(), dict | list)
    assert done.status in (0, 1)


def test_packs_that_ship_are_one_document(call: Call) -> None:
    assert isinstance(call("packs", "list", "--format", "json").json(), list)


def test_rules_are_one_document_too(call: Call) -> None:
    assert isinstance(call("rules", "--format", "json", "--all-versions").json(), list)


def test_a_refusal_is_in_the_document_and_on_standard_error(call: Call, db: str, tmp_path: Path) -> None:
    lines, empty = tmp_path / "lines.jsonl", tmp_path / "empty.xml"
    lines.write_text('{"event_id": "1"}\n', "utf-8")
    empty.write_bytes(b"")

    recorded = call("record", lines, "--db", db, "--format", "json")
    imported = call("import", empty, "--db", db, "-a", "anywhere", "--format", "json")

    assert (1, 1, True) == (recorded.status, recorded.json()["refused"]["line"], "line 1" in recorded.err)
    assert (1, True) == (imported.status, imported.json()["files"][0]["reason"] in imported.err)


def test_log_lines_stay_off_standard_output(call: Call, db: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"event_id": "1"}\n', "utf-8")

    done = call("--verbose", "import", lines, "--db", db, "-a", "anywhere", "--format", "json")

    assert (1, True) == (done.json()["totals"]["refused"], "event=file.imported" in done.err)


def test_rows_that_fail_half_way_print_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        write_json_rows({"n": n} if n else {"n": 1 // n} for n in (1, 0))

    assert "" == capsys.readouterr().out
