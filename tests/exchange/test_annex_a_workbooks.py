"""Workbooks that are damaged, hostile, or not what they should be."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.records import FileRefused, NotUsed, Refused, Told
from caseclock.timers.event import Event

CONTACTS = ["Child Unique ID", "Gender", "Date of Birth", "Date of Contact", "Contact Source"]
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001


def read(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_annex_a(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def events(path: Path) -> list[Event]:
    """Give what happened, as the workbook tells it, without what says how far it tells."""
    told = [event for record in read(path) if isinstance(record, Told) for event in record.events]
    return [event for event in told if event.type != "SourceTold"]


def test_a_workbook_without_the_lists_is_refused(workbook: Callable[..., Path]) -> None:
    with pytest.raises(FileRefused, match="none of its sheets is an Annex A list"):
        read(workbook({"Sheet1": [CONTACTS]}))


def test_a_workbook_with_a_list_twice_is_refused(workbook: Callable[..., Path]) -> None:
    with pytest.raises(FileRefused, match="both 'List 1' and 'List 1 old' are List 1"):
        read(workbook({"List 1": [CONTACTS], "List 1 old": [CONTACTS]}))


def test_a_damaged_part_refuses_the_workbook(workbook: Callable[..., Path], tmp_path: Path) -> None:
    path = workbook({"List 1": [CONTACTS, [7, None, None, MONDAY]]})

    with pytest.raises(FileRefused, match="the workbook is damaged"):
        read(_altered(path, tmp_path / "altered.xlsx", b"</sheetData>", b"</sheetDate>"))


def test_an_entity_bomb_in_a_workbook_refuses_it(workbook: Callable[..., Path], tmp_path: Path) -> None:
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    path = workbook({"List 1": [CONTACTS, [7, None, None, "&amp;bomb;"]]})
    doctype = b'<!DOCTYPE worksheet [<!ENTITY e0 "bomb">' + bomb + b"]><worksheet"
    altered = _altered(path, tmp_path / "bomb.xlsx", b"<worksheet", doctype)
    altered = _altered(altered, tmp_path / "armed.xlsx", b"<v>7</v>", b"<v>&e11;</v>")

    with pytest.raises(FileRefused, match="the workbook is damaged"):
        read(altered)


@pytest.mark.slow
def test_a_workbook_that_would_unpack_without_end_is_refused(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 1": [CONTACTS]})
    with (
        ZipFile(path, "a", ZIP_DEFLATED, compresslevel=9) as parts,
        parts.open("xl/media/image1.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(1001):
            part.write(b"\0" * 1_000_000)

    with pytest.raises(FileRefused, match="more than any return"):
        read(path)


def test_a_sheet_that_misstates_its_size_is_read_whole(workbook: Callable[..., Path], tmp_path: Path) -> None:
    path = workbook({"List 1": [CONTACTS, [7, None, None, MONDAY], [8, None, None, MONDAY]]})
    altered = _altered(path, tmp_path / "altered.xlsx", b'ref="A1:E3"', b'ref="A1"')

    assert ["7", "8"] == [event.case_id for event in events(altered)]


def _altered(path: Path, to: Path, old: bytes, new: bytes) -> Path:
    """Copy a workbook with something put in the place of something else in its parts."""
    found: list[Any] = []
    with ZipFile(path) as parts, ZipFile(to, "w", ZIP_DEFLATED) as written:
        for name in parts.namelist():
            part = parts.read(name)
            found.extend([name] if old in part else [])
            written.writestr(name, part.replace(old, new))
    assert found
    return to
