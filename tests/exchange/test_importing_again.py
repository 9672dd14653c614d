"""The same facts told again: by the same file, by next year's return, by another return."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from accounts import LATER, NOW, counts

from caseclock.exchange.importing import import_files
from caseclock.exchange.reports import ImportReport
from caseclock.store.protocol import Quarantined
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine

Log = Callable[[str], list[Event]]


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
    assert 1 == report.totals()["events"]  # that the workbook tells of it too
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


def test_an_import_that_was_interrupted_is_finished_by_the_next(
    engine: Engine, bring_in: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine stops after two batches of 100 records; the same file again brings in the rest, and nothing twice."""
    monkeypatch.setattr("caseclock.exchange.taking_in.BATCH", 100)
    path = Path(str(files("caseclock") / "samples" / "cin_census" / "fake_CIN_data.xml"))

    def stop(_file: str, records: int) -> None:
        if records >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files([path], engine=engine, authority="thurrock", imported_at=NOW, progress=stop)
    report = bring_in(path)
    with engine.store.snapshot() as unit:
        noted = unit.imports("thurrock")

    assert (1004, 113) == (report.totals()["records"], report.totals()["refused"])
    assert 891 == report.totals()["accepted"] + report.totals()["unchanged"]
    assert 180 < report.totals()["unchanged"] < 220
    assert 1 == len(noted)


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


def test_one_authoritys_import_is_nothing_to_another(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str], engine: Engine
) -> None:
    path = census(child(details()), child(details("2026-05-01"), case_id="C-2"))
    reports = [
        import_files([path], engine=engine, authority=name, imported_at=NOW) for name in ("thurrock", "essex")
    ]

    assert [(2, 1, 1, 0, 0)] * 2 == [counts(report) for report in reports]
