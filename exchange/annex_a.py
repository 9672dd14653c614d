"""The Annex A workbook: one list of children a sheet, as inspectors ask for it.

Lists that `annex_lists` does not read are counted by name, and so are the columns of a read list that have no use yet.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from caseclock.exchange.annex_entry import BORN, AnnexList, Entry
from caseclock.exchange.annex_lists import LISTS, NOT_READ
from caseclock.exchange.cells import Uncalculated, cell_date, cell_text, header_key
from caseclock.exchange.possible import Horizon
from caseclock.exchange.records import FileRefused, NotUsed, Refused, Source, Tally, Told, Unfit
from caseclock.exchange.told_until import day_before_latest
from caseclock.exchange.workbook import Row, Workbook, open_workbook
from caseclock.timers.when import london_date

#: how far down a sheet its header row is looked for, since people put titles and notes above it
HEADER_WITHIN = 20
LAST_LIST = 11

_LIST = re.compile(r"(?<![a-z])list[\s_:-]*0*(\d{1,2})(?!\d)", re.IGNORECASE)


def read_annex_a(
    path: Path, *, authority: str, imported_at: datetime, horizon: date | None = None
) -> Iterator[Told | Refused | NotUsed]:
    """Read an Annex A workbook. The whole of it is read before the first record is given.

    Raises FileRefused for a damaged workbook, for one without any of the lists, and for one that holds a list twice.
    """
    latest = (
        Horizon(horizon, "the last day asked for")
        if horizon
        else Horizon(london_date(imported_at), "the day of the import")
    )
    unread = Tally()
    records: list[Told | Refused] = []
    with open_workbook(path) as workbook:
        numbers = {title: number for number, title in _sheets_of_lists(workbook).items()}
        sheets = {title: workbook.rows(title) for title in workbook.titles()}
        epoch = workbook.epoch
    until = day_before_latest(_days(sheets, numbers, epoch), latest)
    source = Source(authority, "annex-a", "return:annex_a", "told in Annex A", until)
    for title, rows in sheets.items():
        number = numbers.get(title)
        if number is None:
            unread.add(f"sheet {title!r}", len(rows))
        elif number not in LISTS:
            unread.add(f"List {number} ({NOT_READ[number]})", max(0, len(rows) - 1))
        else:
            sheet = _Sheet(f"List {number}", LISTS[number], source, latest, epoch, unread)
            records.extend(sheet.records(rows))
    yield from records
    yield from unread.not_used()


def _days(sheets: Mapping[str, list[Row]], numbers: Mapping[str, int], epoch: datetime) -> Iterator[date]:
    """Yield the days that the workbook holds: date cells wherever they stand, and whatever a column of days says."""
    for title, rows in sheets.items():
        layout = LISTS.get(numbers.get(title, 0))
        header = _header(layout, rows) if layout else _Header(0, {}, ())
        of_days = [place for name, place in header.places.items() if layout and layout.columns[name].is_day]
        for row in rows:
            for place, cell in enumerate(row.cells):
                if isinstance(cell, datetime):
                    yield cell.date()
                elif row.number > header.number and place in of_days:
                    with suppress(Unfit):
                        if on := cell_date(title, cell, epoch):
                            yield on


def _sheets_of_lists(workbook: Workbook) -> dict[int, str]:
    """Find each list's sheet: `List 1`, `list1`, `List 1 - Contacts`."""
    found: dict[int, str] = {}
    for title in workbook.titles():
        match = _LIST.search(title)
        number = int(match[1]) if match else 0
        if not 1 <= number <= LAST_LIST:
            continue
        if number in found:
            raise FileRefused(
                f"Can't bring in {workbook.path.name}: both {found[number]!r} and {title!r} are List {number}. "
                "Keep the sheet that counts and send the workbook again."
            )
        found[number] = title
    if not found:
        raise FileRefused(
            f"Can't bring in {workbook.path.name}: none of its sheets is an Annex A list ({workbook.titles()!r}). "
            "Name the sheets List 1 to List 11."
        )
    return found


@dataclass(frozen=True, slots=True)
class _Header:
    #: row number in the sheet
    number: int
    #: place of each column that is read, by the name `LISTS` gives it
    places: Mapping[str, int]
    titles: tuple[str, ...]


def _header(layout: AnnexList, rows: list[Row]) -> _Header:
    """Find the header row: the one with the most of a list's columns among the first rows of the sheet."""
    best = _Header(0, {}, ())
    for row in rows:
        if row.number > HEADER_WITHIN:
            break
        keys = [header_key(cell) for cell in row.cells]
        places = {
            name: min(keys.index(key) for key in column.keys() & set(keys))
            for name, column in layout.columns.items()
            if column.keys() & set(keys)
        }
        if len(places) > len(best.places):
            best = _Header(row.number, places, tuple(cell_text(cell) or "" for cell in row.cells))
    return best


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One list that is read."""

    name: str
    layout: AnnexList
    source: Source
    horizon: Horizon
    epoch: datetime
    unread: Tally

    def records(self, rows: list[Row]) -> Iterator[Told | Refused]:
        header = _header(self.layout, rows)
        missing = [
            column.title
            for name, column in self.layout.columns.items()
            if column.needed and name not in header.places
        ]
        told: dict[tuple[str, str], tuple[str, Mapping[str, object]]] = {}
        for row in rows:
            if row.number <= header.number:
                continue
            cells = {name: _at(row, place) for name, place in header.places.items()}
            content = _as_read(row, header)
            if not missing and all(_is_blank(cell) for cell in cells.values()):
                self.unread.add(f"{self.name}: rows with no child and no date")
                continue
            name = f"{self.name} row {row.number}"
            entry = Entry(
                name, self.layout.columns, cells, self.source, self.horizon, self.epoch, told, self.unread
            )
            self._count_unread(row, header, entry)
            if missing:
                yield _refused(entry, _no_column(self.name, missing[0]), content)
            else:
                yield from _records(entry, self.layout, content)

    def _count_unread(self, row: Row, header: _Header, entry: Entry) -> None:
        read = set(header.places.values())
        for place, cell in enumerate(row.cells):
            if place not in read and not _is_blank(cell):
                self.unread.add(f"{self.name}: {_title(header, place)}")
        if "born" in entry.cells and _is_no_date(entry):
            self.unread.add(f"{self.name}: {BORN.title} (not a date)")


def _records(entry: Entry, layout: AnnexList, content: dict[str, Any]) -> Iterator[Told | Refused]:
    """Give the records of a row; one where nothing of it can be told."""
    try:
        told = list(layout.tell(entry))
    except Unfit as unfit:
        told = [unfit]
    for one in told:
        if isinstance(one, Unfit):
            yield _refused(entry, one, content)
        else:
            kind, events = one
            yield Told(kind, entry.row, entry.case_id, events, content)


def _refused(entry: Entry, unfit: Unfit, content: dict[str, Any]) -> Refused:
    case_id = cell_text(entry.cells.get("child"))
    return Refused(entry.row, unfit.column, unfit.value, unfit.reason, content, case_id)


def _no_column(name: str, title: str) -> Unfit:
    reason = f"{name} has no column {title!r}, so none of its rows can be read. Name the column so, and send it again."
    return Unfit(title, None, reason)


def _at(row: Row, place: int) -> object:
    return row.cells[place] if place < len(row.cells) else None


def _title(header: _Header, place: int) -> str:
    title = header.titles[place] if place < len(header.titles) else ""
    return title or f"column {place + 1}"


def _as_read(row: Row, header: _Header) -> dict[str, Any]:
    """Give a row's cells by the titles above them, as JSON can hold them."""
    read: dict[str, Any] = {}
    for place, cell in enumerate(row.cells):
        if not _is_blank(cell):
            title = _title(header, place)
            key = title if title not in read else f"{title} (column {place + 1})"
            read[key] = cell if isinstance(cell, bool | int | float) else _written(cell)
    return read


def _written(cell: object) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def _is_blank(cell: object) -> bool:
    return cell_text(cell) is None and not isinstance(cell, Uncalculated)


def _is_no_date(entry: Entry) -> bool:
    try:
        cell_date(BORN.title, entry.cells["born"], entry.epoch)
    except Unfit:
        return True
    return False
