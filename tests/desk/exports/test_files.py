"""What a spreadsheet makes of an export: the right letters, typed dates, and nothing that runs."""

import csv
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from caseclock.desk.exports import workbook as workbook_module
from caseclock.desk.exports.cells import Cell, Circumstances, Column, Kind, Listing, is_formula
from caseclock.desk.exports.csv import csv_pieces
from caseclock.desk.exports.listings import BREACHES, RULES, SCORECARD, TIMERS
from caseclock.desk.exports.workbook import TooManyRows, workbook

MADE_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ASKED = Circumstances(
    authority="thurrock",
    as_at=date(2026, 11, 21),
    known_at=MADE_AT,
    made_at=MADE_AT,
    made_by="a.officer",
    filters=[("Team", "Assessment 1")],
    packs=[("assessment", "2026-11-21")],
    calendar="england_and_wales:0",
)
#: what somebody could type into a system of theirs, in the hope that an officer opens it in a spreadsheet
HOSTILE = [
    '=HYPERLINK("https://example.org?"&A1)',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\uff1d1+1",
]


@dataclass(frozen=True)
class Visit:
    case_id: str
    due_on: date | None = None
    seen_at: datetime | None = None
    over: int | None = None
    alone: bool | None = None


VISITS: Listing[Visit] = Listing(
    "visits",
    "Visits",
    (
        Column("case_id", "case", "The child's identifier.", lambda row: row.case_id),
        Column("due_on", "due", "The last day in time.", lambda row: row.due_on, Kind.DATE),
        Column("seen_at", "seen", "When the child was seen.", lambda row: row.seen_at, Kind.INSTANT),
        Column("over", "over", "Working days past the limit.", lambda row: row.over, Kind.NUMBER),
        Column("alone", "alone", "Whether the child was seen alone.", lambda row: row.alone, Kind.YES_NO),
    ),
)
SEEN = Visit("C-1042", date(2026, 5, 6), datetime(2026, 6, 30, 23, 30, tzinfo=UTC), 3, alone=True)


def as_csv(*visits: Visit) -> list[list[str]]:
    text = b"".join(csv_pieces(VISITS, visits)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def as_sheets(*visits: Visit) -> Any:
    return load_workbook(BytesIO(workbook(VISITS, visits, ASKED)))


def test_csv_begins_with_the_mark_that_makes_a_spreadsheet_read_utf_8() -> None:
    assert b"".join(csv_pieces(VISITS, [])).startswith(b"\xef\xbb\xbfcase_id,due_on,")


def test_csv_has_iso_dates_and_instants_in_utc() -> None:
    assert ["C-1042", "2026-05-06", "2026-06-30T23:30:00+00:00", "3", "yes"] == as_csv(SEEN)[1]


def test_what_is_not_told_is_an_empty_cell() -> None:
    assert ["C-1042", "", "", "", ""] == as_csv(Visit("C-1042"))[1]


def test_csv_comes_in_pieces_and_loses_no_row_between_them() -> None:
    pieces = list(csv_pieces(VISITS, (Visit(f"C-{number}") for number in range(1200))))

    assert 3 == len(pieces)
    assert [f"C-{number}" for number in range(1200)] == [
        row[0] for row in csv.reader(StringIO(b"".join(pieces).decode("utf-8-sig")))
    ][1:]


@pytest.mark.parametrize("typed", HOSTILE)
def test_csv_holds_nothing_that_a_spreadsheet_would_run(typed: str) -> None:
    cell = as_csv(Visit(typed))[1][0]

    assert f"'{typed}" == cell


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_is_typed_no_cell_of_csv_is_a_formula_and_no_line_is_broken(typed: str) -> None:
    rows = as_csv(Visit(typed), SEEN)

    assert 3 == len(rows)
    assert not is_formula(rows[1][0])
    assert typed == rows[1][0].removeprefix("'") or typed.startswith("'")


def test_half_a_character_does_not_break_the_file() -> None:
    assert "C-?" == as_csv(Visit("C-\ud800"))[1][0]
    assert "C-?" == as_sheets(Visit("C-\ud800"))["List"]["A2"].value


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_workbook_holds_text_where_text_was_typed(typed: str) -> None:
    cell = as_sheets(Visit(typed))["List"]["A2"]

    assert "s" == cell.data_type


def test_a_workbook_has_typed_dates_numbers_and_instants_by_londons_clocks() -> None:
    row = [cell.value for cell in as_sheets(SEEN)["List"][2]]

    assert ["C-1042", datetime(2026, 5, 6), datetime(2026, 7, 1, 0, 30), 3, "yes"] == row  # noqa: DTZ001


def test_a_number_that_looks_like_a_case_stays_text_and_keeps_its_noughts() -> None:
    assert "007" == as_sheets(Visit("007"))["List"]["A2"].value


def test_a_workbooks_header_stays_when_one_scrolls_and_can_be_filtered() -> None:
    sheet = as_sheets(SEEN)["List"]

    assert "A2" == sheet.freeze_panes
    assert "A1:E2" == sheet.auto_filter.ref


def test_a_workbook_says_what_its_columns_mean() -> None:
    rows = [[cell.value for cell in row] for row in as_sheets(SEEN)["Definitions"]]

    assert ["over", "over", "number", "Working days past the limit."] in rows


def test_a_workbook_says_how_it_was_asked_for() -> None:
    told = {(row[0].value, row[1].value) for row in as_sheets(SEEN)["How it was asked"].iter_rows(min_row=2)}

    assert {
        ("authority", "thurrock"),
        ("as at", "2026-11-21, the end of that day in London unless it is today"),
        ("as known at", "22 November 2026 at 9:30am, London time"),
        ("filter", "Team: Assessment 1"),
        ("pack", "assessment, version 2026-11-21"),
        ("calendar", "england_and_wales:0"),
    } <= told


def test_a_workbook_of_everything_says_that_nothing_was_filtered() -> None:
    sheets = load_workbook(BytesIO(workbook(VISITS, [], replace(ASKED, filters=()))))

    assert ("filter", "none: the whole list") in {
        (row[0].value, row[1].value) for row in sheets["How it was asked"].iter_rows()
    }


def test_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    cell = as_sheets(Visit("x" * 40_000))["List"]["A2"].value

    assert 32_767 == len(cell)
    assert cell.endswith("[cut: the whole text is in the CSV]")


def test_a_list_longer_than_a_sheet_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MOST_ROWS", 3)

    with pytest.raises(TooManyRows, match="Narrow the filters, or take CSV"):
        as_sheets(SEEN, SEEN, SEEN)


def test_a_date_no_spreadsheet_knows_is_written_as_text() -> None:
    assert "1890-01-01" == as_sheets(Visit("C-1", date(1890, 1, 1)))["List"]["B2"].value


def test_a_file_is_named_by_what_it_holds_and_never_by_what_somebody_typed() -> None:
    hostile = replace(ASKED, authority='..\\/"\r\nX: 1')

    assert "visits-x-1-as-at-2026-11-21.csv" == hostile.file_name(VISITS, "csv")


@pytest.mark.parametrize("listing", [TIMERS, BREACHES, RULES, SCORECARD], ids=lambda one: str(one.name))
def test_every_column_of_every_list_is_explained(listing: Listing[Any]) -> None:
    names = [column.name for column in listing.columns]

    assert len(set(names)) == len(names)
    assert [] == [column.name for column in listing.columns if not column.definition.endswith(".")]


def test_a_column_holds_a_value_of_its_kind() -> None:
    values: list[Cell] = [column.value(SEEN) for column in VISITS.columns]

    assert [str, date, datetime, int, bool] == [type(value) for value in values]
