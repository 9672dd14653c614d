"""Cells of Annex A as people fill them in: days in every form, identifiers, formulas, errors."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.timers.event import Event

CONTACTS = ["Child Unique ID", "Gender", "Date of Birth", "Date of Contact", "Contact Source"]
BORN = datetime(2015, 3, 27)  # noqa: DTZ001 - a cell of a workbook has no zone
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001


def read(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_annex_a(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def events(path: Path) -> list[Event]:
    """Give what happened, as the workbook tells it, without what says how far it tells."""
    told = [event for record in read(path) if isinstance(record, Told) for event in record.events]
    return [event for event in told if event.type != "SourceTold"]


def refusals(path: Path) -> list[Refused]:
    return [record for record in read(path) if isinstance(record, Refused)]


def faults(path: Path) -> list[tuple[str, str | None, str | None]]:
    return [(refused.row, refused.column, refused.value) for refused in refusals(path)]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in read(path) if isinstance(record, NotUsed)}


@pytest.mark.parametrize(
    "cell",
    [
        MONDAY,
        datetime(2026, 3, 2, 15, 30),  # noqa: DTZ001
        date(2026, 3, 2),
        46083,  # days since 30 December 1899
        46083.75,
        "2026-03-02",
        "2026-03-02 00:00:00",
        "02/03/2026",
        "2/3/2026",
        "02.03.2026",
        "2 March 2026",
        "02-Mar-2026",
        " 02/03/2026\xa0",
    ],
)
def test_a_day_is_read_in_every_form_that_means_one_day(workbook: Callable[..., Path], cell: object) -> None:
    (contact,) = events(workbook({"List 1": [CONTACTS, [7, None, None, cell]]}))

    assert date(2026, 3, 2) == contact.occurred.on


@pytest.mark.parametrize(
    "cell", ["03/16/2026", "02/03/26", "31/02/2026", "last Monday", "46083", 7, 20260302, True, "2 Marz 2026"]
)
def test_what_may_mean_another_day_or_none_is_refused(workbook: Callable[..., Path], cell: object) -> None:
    path = workbook({"List 1": [CONTACTS, [7, None, None, cell]]})

    assert [("List 1 row 2", "Date of Contact", str(cell))] == faults(path)


@pytest.mark.parametrize("cell", [None, "", "#N/A"])
def test_a_row_without_its_date_is_refused(workbook: Callable[..., Path], cell: object) -> None:
    (refused,) = refusals(workbook({"List 1": [CONTACTS, [7, "a) Male", None, cell]]}))

    assert ("Date of Contact", "7") == (refused.column, refused.case_id)
    assert refused.reason.startswith("Date of Contact is missing")
    assert {"Child Unique ID": 7, "Gender": "a) Male"}.items() <= refused.content.items()


def test_a_formula_never_calculated_is_refused_where_it_is_needed_and_ignored_where_not(
    workbook: Callable[..., Path],
) -> None:
    path = workbook({"List 1": [CONTACTS, [7, "=B9", BORN, "=C2+5"], [8, "=B9", BORN, MONDAY]]})
    (refused,) = refusals(path)

    assert ("Date of Contact", "=C2+5") == (refused.column, refused.value)
    assert "Open the workbook in a spreadsheet program, save it" in refused.reason
    assert ["8"] == [event.case_id for event in events(path)]
    assert {"List 1: Gender": 2} == not_used(path)


def test_the_result_a_spreadsheet_program_left_behind_a_formula_is_read(
    workbook: Callable[..., Path], tmp_path: Path
) -> None:
    path = workbook({"List 1": [CONTACTS, [7, None, None, "=C2+5"]]})
    calculated = tmp_path / "calculated.xlsx"
    with ZipFile(path) as old, ZipFile(calculated, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(
                name,
                part.replace(b"<f>C2+5</f><v></v>", b"<f>C2+5</f><v>46083</v>").replace(
                    b"<f>C2+5</f><v />", b"<f>C2+5</f><v>46083</v>"
                ),
            )
    (contact,) = events(calculated)

    assert date(2026, 3, 2) == contact.occurred.on


@pytest.mark.parametrize(
    ("cell", "case_id"),
    [(10692868, "10692868"), (10692868.0, "10692868"), ("0010692868", "0010692868"), (" AB-7\xa0", "AB-7")],
)
def test_a_childs_identifier_is_kept_as_written(
    workbook: Callable[..., Path], cell: object, case_id: str
) -> None:
    (contact,) = events(workbook({"List 1": [CONTACTS, [cell, None, None, MONDAY]]}))

    assert case_id == contact.case_id


@pytest.mark.parametrize("cell", [None, "#N/A", MONDAY, 7.5, True, "=A1"])
def test_what_can_not_be_an_identifier_is_refused(workbook: Callable[..., Path], cell: object) -> None:
    path = workbook({"List 1": [CONTACTS, [cell, None, None, MONDAY]]})

    assert ["Child Unique ID"] == [refused.column for refused in refusals(path)]
