"""The lists of Annex A out: what they hold, as at when, and that they come in again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from story import begin

from caseclock.exchange.importing import import_files
from caseclock.exchange.out_annex_a import write_annex_a
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked

NOW = When.parse("2026-05-20T12:00:00+01:00").latest()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A child referred, assessed and put on a plan; one looked after; one whose referral is long ago."""
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as store:
        child = begin(store=store, case_id="=1+1")
        child.happened(
            "ReferralReceived", "2026-03-02", "R-1", source="school", team="North", worker="sw.001"
        )
        child.happened("ReferralDecided", "2026-03-03", "R-1", outcome="assessment")
        child.assessment("2026-03-03")
        child.authorised("2026-04-20")
        child.happened("StrategyDiscussionHeld", "2026-04-20", "S-1", initiates_section_47=True)
        child.happened("Section47Started", "2026-04-20", "S-1")
        child.happened("Section47Concluded", "2026-04-30", "S-1", outcome="conference")
        child.happened("InitialConferenceHeld", "2026-05-11", "S-1", conference_id="K-1", outcome="plan")
        child.happened("PlanStarted", "2026-05-11", "P-1", category="NEG", conference_held_on="2026-05-11")
        child.happened("ChildSeen", "2026-05-18", "P-1", alone=True)
        care = begin(store=store, case_id="C-2")
        care.happened(
            "PeriodOfCareStarted", "2024-03-04", "L-1", legal_status="care_order", date_of_birth="2015-03-04"
        )
        care.happened("PlacementStarted", "2024-03-04", "L-1", placement_id="H-1", kind="foster", place="U5")
        care.happened("ReviewHeld", "2026-02-10", "L-1", review_id="V-9")
        begin(store=store, case_id="C-3").referral("2025-03-03")
        yield store


def lists(store: SqlStore, folder: Path, **when: Any) -> dict[str, list[dict[str, object]]]:
    file = folder / "annex.xlsx"
    with store.snapshot() as unit:
        write_annex_a(unit, "anywhere", asked(now=NOW, **when), file)
    found: dict[str, list[dict[str, object]]] = {}
    for sheet in load_workbook(file).worksheets:
        titles, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        found[sheet.title] = [dict(zip(map(str, titles), row, strict=True)) for row in rows]
    return found


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_each_list_has_what_it_asks_for_as_far_as_it_is_told(store: SqlStore, tmp_path: Path) -> None:
    found = lists(store, tmp_path)

    (referral,), (enquiry,), (plan,), (care,) = (found[f"List {number}"] for number in (3, 5, 7, 8))
    assert ("=1+1", day("2026-03-02"), "No", "North") == (
        referral["Child Unique ID"],
        referral["Date of Referral"],
        referral["Referral NFA?"],
        referral["Allocated Team"],
    )
    assert (day("2026-05-11"), "Yes") == (
        enquiry["Date of Initial Child Protection Conference"],
        enquiry["Did the Initial Child Protection Conference Result in a Child Protection Plan"],
    )
    assert ("Neglect", day("2026-05-18"), "Yes", 0) == (
        plan["Initial Category of Abuse"],
        plan["Date of the Last Statutory Visit"],
        plan["Was the Child Seen Alone?"],
        plan["Number of Previous Child Protection Plans"],
    )
    assert ("C2", day("2015-03-04"), day("2026-02-10"), "U5") == (
        care["Child's Legal Status"],
        care["Date of Birth"],
        care["Date of Latest Statutory Review"],
        care["Placement Type"],
    )


def test_a_workbook_as_at_an_earlier_day_holds_what_was_known_then(store: SqlStore, tmp_path: Path) -> None:
    found = lists(store, tmp_path, as_at=day("2026-04-19").date())

    assert ([], []) == (found["List 5"], found["List 7"])
    assert [None] == [row["Continuous Assessment Date of Authorisation"] for row in found["List 4"]]


def test_what_typed_text_says_is_never_a_formula(store: SqlStore, tmp_path: Path) -> None:
    lists(store, tmp_path)

    assert "s" == load_workbook(tmp_path / "annex.xlsx")["List 3"]["A2"].data_type


def test_the_last_sheet_says_which_lists_are_not_filled(store: SqlStore, tmp_path: Path) -> None:
    notes = lists(store, tmp_path)["What is told"]

    told = {row["list"]: str(row["what it holds"]) for row in notes}
    assert {6, 9, 10, 11} == {number for number, said in told.items() if said.startswith("Not filled")}
    assert set(range(1, 12)) == {number for number in told if isinstance(number, int)}


def test_the_workbook_comes_in_again_without_a_refusal(tmp_path: Path) -> None:
    """A case that is named like a formula is refused by the reader, and is left out here."""
    with open_store(f"sqlite:///{tmp_path / 'plain.db'}") as plain:
        begin(store=plain).referral("2026-03-02")
        care = begin(store=plain, case_id="C-2")
        care.happened("PeriodOfCareStarted", "2026-03-02", "L-1", legal_status="care_order")
        lists(plain, tmp_path)
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        report = import_files(
            [tmp_path / "annex.xlsx"], engine=Engine(other), authority="anywhere", imported_at=NOW
        )

    totals = report.totals()
    assert (2, 0, 0) == (totals["accepted"], totals["refused"], totals["quarantined"])
