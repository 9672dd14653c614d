"""`caseclock export`: to a file or standard output, whole or not at all; what is not made says what can be done."""

from pathlib import Path

import pytest
from calling import Call
from story import Told


@pytest.mark.parametrize(
    ("form", "begins"), [("events", '{"event_id"'), ("audit", "authority,"), ("xes", "<?xml")]
)
def test_each_format_goes_to_standard_output_or_a_file(
    call: Call, db: str, late_assessment: Told, tmp_path: Path, form: str, begins: str
) -> None:
    del late_assessment
    printed = call("export", form, "--db", db)
    written = call("export", form, "--db", db, "--out", tmp_path / "out")

    assert [0, 0] == [printed.status, written.status]
    assert printed.out.lstrip("\ufeff").startswith(begins)
    assert printed.out.encode().splitlines() == (tmp_path / "out").read_bytes().splitlines()
    assert "anywhere" in written.err


def test_the_audit_says_that_every_chain_holds(call: Call, db: str, late_assessment: Told) -> None:
    del late_assessment

    assert "Every chain of hashes holds" in call("export", "audit", "--db", db).err


@pytest.mark.parametrize("form", ["cin", "ssda903", "dfe-api"])
def test_a_format_that_is_not_made_says_what_can_be_done(call: Call, db: str, told: Told, form: str) -> None:
    del told
    called = call("export", form, "--db", db)

    assert 2 == called.status
    assert called.err.startswith(f"This version does not write {form}. ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no format nothing"),
        (["events", "--case", "C-9"], "has no case C-9"),
        (["audit", "--own"], "--own is for events"),
        (["audit", "--as-at", "2026-01-01"], "--as-at and --known-at are for annex-a"),
        (["annex-a"], "Say with --out where it goes"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(
    call: Call, db: str, late_assessment: Told, words: list[str], said: str
) -> None:
    del late_assessment
    called = call("export", *words, "--db", db)

    assert (2, True) == (called.status, said in called.err)


def test_a_file_that_is_there_is_not_written_over(
    call: Call, db: str, late_assessment: Told, tmp_path: Path
) -> None:
    del late_assessment
    kept = tmp_path / "kept"
    kept.write_text("mine")
    called = call("export", "events", "--db", db, "--out", kept)

    assert (2, "mine", [kept]) == (
        called.status,
        kept.read_text(),
        [one for one in tmp_path.iterdir() if "kept" in one.name],
    )


def test_the_lists_of_annex_a_go_to_a_workbook(
    call: Call, db: str, late_assessment: Told, tmp_path: Path
) -> None:
    del late_assessment
    called = call("export", "annex-a", "--db", db, "--out", tmp_path / "a.xlsx", "--as-at", "2026-03-01")

    assert (0, True) == (called.status, "list 3: 1" in called.err)
