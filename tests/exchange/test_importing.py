"""Bringing files in: every file and every record accounted for."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from accounts import LATER, NOW, counts

from caseclock.exchange.importing import import_files
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.exchange.taking_in import CASES
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Quarantined
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine

Log = Callable[[str], list[Event]]


def test_files_and_folders_go_in_together_and_what_is_no_return_is_named(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "returns"
    (folder / "2025").mkdir(parents=True)
    census(child(details())).rename(folder / "2025" / "census.xml")
    (folder / "notes.txt").write_text("seen by me", "utf-8")
    (folder / "~$annex.xlsx").write_text("locked", "utf-8")
    (folder / "empty.jsonl").touch()
    other = census(child(details(), case_id="C-2"), name="other.xml")
    report = bring_in(folder, other)

    assert [
        ("returns/2025/census.xml", 1),
        ("returns/empty.jsonl", 0),
        ("other.xml", 1),
    ] == [(account.file, account.accepted) for account in report.files]
    assert ["returns/notes.txt", "returns/~$annex.xlsx"] == report.skipped
    assert 1 == report.totals()["files_refused"]


def test_a_folder_without_returns_is_refused(bring_in: Callable[..., ImportReport], tmp_path: Path) -> None:
    (account,) = bring_in(tmp_path).files

    assert account.reason is not None
    assert "the folder holds no .xml, .xlsx, .xlsm, .jsonl, .ndjson, .csv file" in account.reason


def test_a_file_refused_whole_leaves_no_trace_and_the_next_goes_in(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    kept: Callable[[], list[Quarantined]],
    engine: Engine,
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.xml"
    page.write_text("<html>Sign in</html>", "utf-8")
    report = bring_in(page, tmp_path / "absent.xml", census(child(details())))

    assert [True, True, False] == [account.reason is not None for account in report.files]
    assert (1, 1, 0, 0, 0) == counts(report)
    assert [] == kept()
    with engine.store.snapshot() as unit:
        assert ["census.xml"] == [note.file for note in unit.imports("thurrock")]


def test_the_report_is_printed_as_the_contract_says(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
) -> None:
    need = "<PrimaryNeedCode>N1</PrimaryNeedCode>"
    report = bring_in(census(child(details("2024-05-01", need, closure="2024-04-01"))))

    assert {
        "file": "census.xml",
        "kind": "cin_census",
        "records": 2,
        "accepted": 1,
        "refused": 1,
        "quarantined": 0,
        "unchanged": 0,
        "events": 2,
        "not_used": {"PrimaryNeedCode": 1},
        "reason": None,
    } == report.as_dict()["files"][0]
    assert {
        "files": 1,
        "files_refused": 0,
        "records": 2,
        "accepted": 1,
        "refused": 1,
        "quarantined": 0,
        "unchanged": 0,
        "events": 2,
        "not_used": {"PrimaryNeedCode": 1},
    } == report.as_dict()["totals"]
    assert report.as_dict() == json.loads(json.dumps(report.as_dict()))


def test_an_import_is_noted_with_its_report_and_the_files_digest(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    engine: Engine,
) -> None:
    report = bring_in(census(child(details())))
    with engine.store.snapshot() as unit:
        (note,) = unit.imports("thurrock")

    assert ("census.xml", "cin_census", NOW, report.files[0].as_dict()) == (
        note.file,
        note.kind,
        note.imported_at,
        note.report,
    )
    assert 64 == len(note.sha256)


def test_a_record_that_goes_missing_is_never_passed_over() -> None:
    with pytest.raises(RuntimeError, match="Of 3 records in census, 2 are accounted for"):
        FileReport("census", records=3, accepted=1, refused=1).check()


@pytest.mark.slow
def test_a_database_on_disk_gives_the_same_reports_as_one_in_memory(tmp_path: Path) -> None:
    def twice(engine: Engine) -> list[ImportReport]:
        samples = Path(str(files("caseclock") / "samples"))
        return [
            import_files([samples], engine=engine, authority="thurrock", imported_at=at)
            for at in (NOW, LATER)
        ]

    in_memory = twice(Engine(InMemoryStore()))
    with open_store(f"sqlite:///{tmp_path / 'caseclock.db'}") as sqlite:
        on_disk = twice(Engine(sqlite))
    first, second = in_memory

    assert [report.as_dict() for report in in_memory] == [report.as_dict() for report in on_disk]
    assert counts(second) == (
        first.totals()["records"],
        0,
        first.totals()["refused"],
        first.totals()["quarantined"],
        first.totals()["accepted"] + first.totals()["unchanged"],
    )


def test_progress_is_told_as_units_of_work_end(lines: Callable[..., Path], engine: Engine) -> None:
    days = [date(2026, 3, 2) + timedelta(days=n % 7) for n in range(2 * CASES + 10)]
    path = lines(
        *(
            {
                "type": "ContactReceived",
                "occurred_at": day.isoformat(),
                "case_id": f"C-{n}",
                "episode_id": f"C-{n}",
            }
            for n, day in enumerate(days)
        )
    )
    told: list[tuple[str, int]] = []
    import_files(
        [path],
        engine=engine,
        authority="thurrock",
        imported_at=NOW,
        progress=lambda file, records: told.append((file, records)),
    )

    assert [CASES, 2 * CASES, 2 * CASES + 10, 2 * CASES + 10] == [records for _, records in told]
    assert {"events.jsonl"} == {file for file, _ in told}
