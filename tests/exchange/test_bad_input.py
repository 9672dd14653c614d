"""Bad input, one kind at a time: kept or refused with its file, row and reason, while the rest of the file goes in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from caseclock.exchange.reports import ImportReport

BringIn = Callable[..., ImportReport]
Write = Callable[..., str]
Census = Callable[..., Path]
Year = Callable[..., Path]

GOOD_STAY = "03/06/2024 S V2 U6 PR1 12/07/2024 E4A"


def held_back(report: ImportReport) -> list[tuple[str, str, str | None, str]]:
    """File, row, column and reason of all that did not go in; every record is accounted for."""
    totals = report.totals()
    found = [*report.refusals, *report.kept]
    assert totals["records"] - totals["accepted"] - totals["unchanged"] == len(found)
    assert totals["accepted"] > 0  # the rest went in
    return [(row.file, row.row, row.column, row.reason) for row in found]


def plan(start: str, end: str = "", *reviews: str) -> str:
    held = "".join(f"<CPPreviewDate>{on}</CPPreviewDate>" for on in reviews)
    ended = f"<CPPendDate>{end}</CPPendDate>" if end else ""
    told = f"<CPPstartDate>{start}</CPPstartDate>{ended}<Reviews>{held}</Reviews>"
    return f"<ChildProtectionPlans>{told}</ChildProtectionPlans>"


def enquiry(start: str, conference: str) -> str:
    return (
        f"<Section47><S47ActualStartDate>{start}</S47ActualStartDate>"
        f"<DateOfInitialCPC>{conference}</DateOfInitialCPC></Section47>"
    )


@pytest.mark.parametrize(
    ("blocks", "column", "why"),
    [
        pytest.param(
            [plan("2024-06-03", "", "2024-05-31")], "CPPreviewDate", "8841", id="a review before its plan"
        ),
        pytest.param(
            [enquiry("2024-05-07", "2024-05-26")],
            "DateOfInitialCPC",
            "2024-05-26, a Sunday",
            id="a conference on a Sunday",
        ),
        pytest.param(
            [plan("2024-06-03", "2024-09-02"), plan("2024-08-05")],
            None,
            "on a child protection plan from 2024-06-03 until 2024-09-02, and is on one at a time",
            id="overlapping plans",
        ),
        pytest.param(
            [plan("2024-06-03", "2024-06-02")], "CPPendDate", "before", id="a plan that ends before it starts"
        ),
        pytest.param(
            ["<Assessments><AssessmentActualStartDate>03/06/2024</AssessmentActualStartDate></Assessments>"],
            "AssessmentActualStartDate",
            "03/06/2024",
            id="a date the other way round",
        ),
    ],
)
def test_what_can_not_be_in_a_census(
    census: Census,
    child: Write,
    details: Write,
    bring_in: BringIn,
    blocks: list[str],
    column: str | None,
    why: str,
) -> None:
    path = census(child(details("2024-05-01", *blocks)))
    ((file, row, where, reason),) = held_back(bring_in(path))

    assert ("census.xml", True) == (file, row.startswith("child 1, line "))
    assert column in (where, None)
    assert why in reason


@pytest.mark.parametrize(
    ("bad", "row", "column", "why"),
    [
        pytest.param(
            "05/07/2024 P V2 K2 PR1 20/07/2024 E3", "row 3", "DECOM", "within the episode", id="overlapping episodes"
        ),
        pytest.param(
            "05/08/2024 S V2 U6 PR1 01/08/2024 E3", "row 3", "DEC", "before the start", id="an end before a start"
        ),
        pytest.param("05/08/2024 S V9 U6 PR1 - -", "row 3", "LS", "no code of it", id="an unknown code"),
        pytest.param(
            "2024-08-05 S V2 U6 PR1 - -", "row 3", "DECOM", "dd/mm/yyyy", id="an ISO date where dd/mm/yyyy is due"
        ),
    ],
)  # fmt: skip
def test_what_can_not_be_in_a_looked_after_return(
    year: Year, bring_in: BringIn, bad: str, row: str, column: str, why: str
) -> None:
    ((file, where, named, reason),) = held_back(bring_in(year(episodes=[GOOD_STAY, bad])))

    assert ("2024/episodes.csv", row, column) == (file, where, named)
    assert why in reason


def test_a_year_that_contradicts_the_year_before(year: Year, bring_in: BringIn) -> None:
    before = year("2024", episodes=[GOOD_STAY])
    after = year("2025", episodes=["03/06/2024 S V2 U6 PR1 19/07/2024 E4A"])
    ((file, row, column, reason),) = held_back(bring_in(before, after))

    assert ("2025/episodes.csv", "row 2", "DEC") == (file, row, column)
    assert "has DEC 12/07/2024 (2024/episodes.csv row 2)" in reason


def test_a_placement_for_a_child_nobody_declared(year: Year, bring_in: BringIn) -> None:
    folder = year(episodes=[GOOD_STAY])
    with (folder / "episodes.csv").open("a", encoding="utf-8") as file:
        file.write("4711,05/08/2024,S,V2,U6,PR1,,\n")
    ((name, row, _, reason),) = held_back(bring_in(folder))

    assert ("2024/episodes.csv", "row 3") == (name, row)
    assert "a placement for a child nobody declared: no header file has child 4711" in reason


def test_a_missing_header_file_keeps_that_year_out_and_no_other_file(
    year: Year, bring_in: BringIn, census: Census, child: Write, details: Write
) -> None:
    folder = year(episodes=[GOOD_STAY])
    (folder / "header.csv").unlink()
    report = bring_in(folder, census(child(details())))
    said = {file.file: file.reason or "" for file in report.files}

    assert 1 == report.totals()["accepted"]
    assert "no header file is among them" in said["2024/episodes.csv"]


def test_a_second_period_of_care_within_one_that_goes_on(
    lines: Callable[..., Path], bring_in: BringIn
) -> None:
    """A live system's lines: the second stay in care is kept until the dates are mended."""
    path = lines(
        {"type": "PeriodOfCareStarted", "episode_id": "L-1", "occurred_at": "2026-01-13", "data": {}},
        {"type": "PeriodOfCareStarted", "episode_id": "L-2", "occurred_at": "2026-04-28", "data": {}},
    )
    ((file, row, _, reason),) = held_back(bring_in(path))

    assert ("events.jsonl", "line 2") == (file, row)
    assert (
        "looked after from 2026-01-13, and is in one period of care at a time (SSDA903 rules 142 and 433)"
        in reason
    )
