"""Bringing files in: every record accounted for, nothing twice, nothing lost."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.importing import BATCH, Retried, import_files, retry_quarantine
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Quarantined
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine

Log = Callable[[str], list[Event]]

NOW = datetime.fromisoformat("2026-11-20T09:00:00+00:00")
LATER = NOW + timedelta(days=30)


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of event lines of Thurrock, case C-1042, episode R-1, unless said otherwise."""

    def lines(*told: dict[str, Any], name: str = "events.jsonl") -> Path:
        path = tmp_path / name
        whole = [
            {
                "event_id": f"{name}-{number}",
                "authority": "thurrock",
                "case_id": "C-1042",
                "episode_id": "R-1",
                "by": "sw.jones",
                **line,
            }
            for number, line in enumerate(told)
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in whole), "utf-8")
        return path

    return lines


REFERRAL = {"type": "ReferralReceived", "occurred_at": "2026-03-02", "data": {"source": "2A"}}
CLOSURE = {"type": "ReferralClosed", "occurred_at": "2026-04-13", "data": {"reason": "RC7"}}


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Give records, accepted, refused, quarantined, unchanged."""
    totals = report.totals()
    return (
        totals["records"],
        totals["accepted"],
        totals["refused"],
        totals["quarantined"],
        totals["unchanged"],
    )


def test_a_second_run_of_the_same_file_changes_nothing(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    engine: Engine,
) -> None:
    path = census(
        child(details("2024-05-01", assessment("2024-05-02", "2024-06-14"), closure="2024-07-01")),
        child(details("2026-05-01"), case_id="C-2"),
    )
    first = bring_in(path)
    with engine.store.snapshot() as unit:
        before = [unit.chain("thurrock", "C-1042"), unit.quarantined("thurrock"), unit.imports("thurrock")]
    second = bring_in(path, at=LATER)
    with engine.store.snapshot() as unit:
        after = [unit.chain("thurrock", "C-1042"), unit.quarantined("thurrock"), unit.imports("thurrock")]

    assert (4, 3, 1, 0, 0) == counts(first)
    assert (4, 0, 1, 0, 3) == counts(second)
    assert (4, 0) == (first.totals()["events"], second.totals()["events"])
    assert before == after


def test_a_refused_row_is_kept_with_where_it_stood_what_it_said_and_why(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    kept: Callable[[], list[Quarantined]],
) -> None:
    report = bring_in(census(child(details("2026-05-01"))))
    (row,) = kept()

    assert [row] == report.refusals
    assert ("census.xml", "child 1, line 6", "CINreferralDate", "2026-05-01", "C-1042") == (
        row.file,
        row.row,
        row.column,
        row.value,
        row.case_id,
    )
    assert "2026-05-01" == row.content["row"]["CINreferralDate"]
    assert row.reason.endswith("Correct the date.")
    assert not report.is_clean


def test_a_corrected_file_of_the_same_name_releases_what_it_mends(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    kept: Callable[[], list[Quarantined]],
) -> None:
    wrong, also_wrong = child(details("2026-05-01")), child(details("2026-05-01"), case_id="C-2")
    bring_in(census(wrong, name="other.xml"), census(wrong, also_wrong))
    bring_in(census(child(details("2024-05-01")), also_wrong))

    assert {("other.xml", "C-1042"), ("census.xml", "C-2")} == {(row.file, row.case_id) for row in kept()}


def test_what_does_not_fit_its_case_yet_is_kept_and_goes_in_once_it_does(
    lines: Callable[..., Path],
    bring_in: Callable[..., ImportReport],
    kept: Callable[[], list[Quarantined]],
    log: Log,
) -> None:
    early = bring_in(lines(CLOSURE, name="closure.jsonl"))
    (row,) = kept()
    bring_in(lines(REFERRAL, name="referral.jsonl"))

    assert (1, 0, 0, 1, 0) == counts(early)
    assert [row] == early.kept
    assert "the episode has not begun" in row.reason
    assert ["ReferralClosed"] == [line["type"] for line in row.content["events"]]
    assert {"ReferralReceived", "ReferralClosed"} == {event.type for event in log("C-1042")}
    assert [] == kept()
    assert (1, 0, 0, 0, 1) == counts(bring_in(lines(CLOSURE, name="closure.jsonl")))


def test_the_order_of_lines_in_a_file_does_not_matter(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport]
) -> None:
    assert (2, 2, 0, 0, 0) == counts(bring_in(lines(CLOSURE, REFERRAL)))


def test_kept_rows_are_tried_again_when_asked(
    lines: Callable[..., Path], engine: Engine, bring_in: Callable[..., ImportReport]
) -> None:
    bring_in(lines(CLOSURE, {"type": "ReferralClosed", "occurred_at": "02/03/2026"}))

    assert Retried(tried=1, released=0) == retry_quarantine(engine, "thurrock", LATER)

    day = When(date(2026, 3, 2))
    opening = Event("late", "ReferralReceived", "thurrock", "C-1042", "R-1", day, day, "sw.jones")
    engine.record(opening, at=LATER)

    assert Retried(tried=1, released=1) == retry_quarantine(engine, "thurrock", LATER)
    assert Retried(tried=0, released=0) == retry_quarantine(engine, "thurrock", LATER)


def test_an_event_id_that_another_case_has_is_kept_back_alone(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport], log: Log
) -> None:
    bring_in(lines({**REFERRAL, "event_id": "taken"}, name="first.jsonl"))
    report = bring_in(
        lines(
            {**REFERRAL, "event_id": "taken", "case_id": "C-2"},
            {**REFERRAL, "event_id": "free", "case_id": "C-2"},
            name="second.jsonl",
        )
    )

    assert (2, 1, 0, 1, 0) == counts(report)
    assert ["free"] == [event.event_id for event in log("C-2")]


def test_two_events_of_a_live_system_on_one_day_are_never_taken_for_one(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport]
) -> None:
    again = {**REFERRAL, "event_id": "another"}

    assert (2, 1, 0, 1, 0) == counts(bring_in(lines(REFERRAL, again)))


def test_a_line_of_another_authority_is_refused(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport], log: Log
) -> None:
    report = bring_in(lines(REFERRAL, {**REFERRAL, "authority": "essex", "case_id": "C-2"}))

    assert (2, 1, 1, 0, 0) == counts(report)
    assert "another authority" in report.refusals[0].reason
    assert [] == log("C-2")


def test_one_authoritys_import_is_nothing_to_another(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str], engine: Engine
) -> None:
    path = census(child(details()), child(details("2026-05-01"), case_id="C-2"))
    reports = [
        import_files([path], engine=engine, authority=name, imported_at=NOW) for name in ("thurrock", "essex")
    ]

    assert [(2, 1, 1, 0, 0)] * 2 == [counts(report) for report in reports]


def test_next_years_return_adds_what_is_new_to_what_is_known(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    log: Log,
) -> None:
    first = census(child(details("2025-03-03", assessment("2025-03-04"))), name="2025.xml")
    second = census(
        child(details("2025-03-03", assessment("2025-03-04", "2025-05-07"), closure="2025-06-02")),
        name="2026.xml",
        reference="2026-03-31",
    )
    bring_in(first)
    report = bring_in(second)

    assert (3, 2, 0, 0, 1) == counts(report)
    assert 2 == report.totals()["events"]
    assert ["ReferralReceived", "AssessmentStarted", "AssessmentAuthorised", "ReferralClosed"] == [
        event.type for event in log("C-1042")
    ]


def test_a_changed_worker_does_not_keep_an_assessments_end_out(
    workbook: Callable[..., Path], bring_in: Callable[..., ImportReport], log: Log
) -> None:
    header = [
        "Child Unique ID",
        "Continuous Assessment Start Date",
        "Continuous Assessment Date of Authorisation",
        "Allocated Worker",
    ]
    bring_in(workbook({"List 4": [header, [7, "02/03/2026", None, "Verdell Arp"]]}, name="april.xlsx"))
    report = bring_in(
        workbook({"List 4": [header, [7, "02/03/2026", "05/05/2026", "Jae Vang"]]}, name="may.xlsx")
    )
    started, authorised = log("7")

    assert (1, 1, 0, 0, 0) == counts(report)
    assert {"assessment: worker, told otherwise before": 1} == report.totals()["not_used"]
    assert ("Verdell Arp", "AssessmentAuthorised") == (started.data["worker"], authorised.type)


def test_the_census_and_annex_a_may_tell_the_same_referral(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    workbook: Callable[..., Path],
    bring_in: Callable[..., ImportReport],
    log: Log,
) -> None:
    bring_in(census(child(details("2024-05-01"), case_id="7")))
    header = ["Child Unique ID", "Date of Referral", "Referral Source", "Referral NFA?"]
    report = bring_in(
        workbook({"List 3": [header, [7, "01/05/2024", "2A", "No"], [7, "01/08/2024", "6", "No"]]})
    )

    assert ["R-2024-05-01"] == [event.episode_id for event in log("7")]
    assert 1 == report.totals()["unchanged"]
    assert ["List 3 row 3"] == [
        row.row for row in report.kept
    ]  # the census tells that the first is still open


def test_returns_that_contradict_each_other_are_not_reconciled(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
) -> None:
    bring_in(census(child(details(nfa="0")), name="first.xml"))
    report = bring_in(census(child(details(nfa="1")), name="second.xml"))

    assert (1, 0, 0, 1, 0) == counts(report)


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
    assert "the folder holds no .xml, .xlsx, .xlsm, .jsonl, .ndjson file" in account.reason


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
    plan = "<CINPlanDates><CINPlanStartDate>2024-05-03</CINPlanStartDate></CINPlanDates>"
    report = bring_in(census(child(details("2024-05-01", plan, closure="2024-04-01"))))

    assert {
        "file": "census.xml",
        "kind": "cin_census",
        "records": 2,
        "accepted": 1,
        "refused": 1,
        "quarantined": 0,
        "unchanged": 0,
        "events": 1,
        "not_used": {"CINPlanDates": 1},
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
        "events": 1,
        "not_used": {"CINPlanDates": 1},
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


def test_an_import_that_was_interrupted_is_finished_by_the_next(
    engine: Engine, bring_in: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine stops after two batches of 100 records; the same file again brings in the rest, and nothing twice."""
    monkeypatch.setattr("caseclock.exchange.importing.BATCH", 100)
    path = Path(str(files("caseclock") / "samples" / "cin_census" / "fake_CIN_data.xml"))

    def stop(_file: str, records: int) -> None:
        if records >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files([path], engine=engine, authority="thurrock", imported_at=NOW, progress=stop)
    report = bring_in(path)
    with engine.store.snapshot() as unit:
        noted = unit.imports("thurrock")

    assert (654, 17) == (report.totals()["records"], report.totals()["refused"])
    assert 637 == report.totals()["accepted"] + report.totals()["unchanged"]
    assert 180 < report.totals()["unchanged"] < 220
    assert 1 == len(noted)


@pytest.mark.parametrize("database", ["memory", "sqlite"])
def test_a_database_on_disk_gives_the_same_report_as_one_in_memory(database: str, tmp_path: Path) -> None:
    samples = Path(str(files("caseclock") / "samples"))
    with open_store(f"sqlite:///{tmp_path / 'caseclock.db'}") as sqlite:
        engine = Engine(sqlite if database == "sqlite" else InMemoryStore())
        first, second = (
            import_files([samples], engine=engine, authority="thurrock", imported_at=at)
            for at in (NOW, LATER)
        )

    assert (687, 660, 25, 0, 2) == counts(first)
    assert (687, 0, 25, 0, 662) == counts(second)


def test_progress_is_told_batch_by_batch(lines: Callable[..., Path], engine: Engine) -> None:
    days = [date(2026, 3, 2) + timedelta(days=n % 7) for n in range(BATCH + 10)]
    path = lines(
        *(
            {
                "type": "ContactReceived",
                "occurred_at": day.isoformat(),
                "case_id": f"C-{n % 9}",
                "episode_id": f"C-{n}",
            }
            for n, day in enumerate(days)
        )
    )
    told: list[tuple[str, int]] = []
    import_files(
        [path],
        engine=engine,
        authority="essex",  # refused line by line, so that only the reading is measured
        imported_at=NOW,
        progress=lambda file, records: told.append((file, records)),
    )

    assert [("events.jsonl", BATCH), ("events.jsonl", BATCH + 10)] == told
