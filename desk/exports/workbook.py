"""A list as a workbook (.xlsx): typed dates, a header that stays, and what its columns mean on a sheet of its own."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from caseclock.desk.exports.cells import Cell, Circumstances, Kind, Listing, Row
from caseclock.desk.words import moment
from caseclock.timers.when import LONDON

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: rows of a sheet, the header among them
MOST_ROWS = 1_048_576
#: characters of a cell
MOST_CHARACTERS = 32_767
_CUT = " [cut: the whole text is in the CSV]"
#: a spreadsheet knows no day before this one
_FIRST_DAY = date(1900, 3, 1)
_WIDTHS = {Kind.TEXT: 24, Kind.NUMBER: 10, Kind.DATE: 12, Kind.INSTANT: 20, Kind.YES_NO: 8}


class TooManyRows(ValueError):
    """A list is longer than a sheet; nothing was made."""


class NoWorkbooks(RuntimeError):
    """Workbooks can't be written here, for want of the library that writes them."""


def workbook(listing: Listing[Row], rows: Iterable[Row], asked: Circumstances) -> bytes:
    """Write a list as a workbook: the list, the definitions of its columns, and how it was asked for.

    Instants are shown by London's clocks, since a spreadsheet knows no zone. Raises TooManyRows beyond what a sheet
    holds, NoWorkbooks where XlsxWriter is missing.
    """
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as error:
        raise NoWorkbooks(
            "Can't write a workbook: XlsxWriter is missing. pip install 'caseclock[desk]', or take CSV."
        ) from error
    made = BytesIO()
    book = Workbook(
        made,
        {
            # a row is written out as the next one begins, so that a long list takes little memory
            "constant_memory": True,
            # text stays text: no formula, no link, no number made of what somebody typed
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    book.set_properties(
        {
            "title": listing.title,
            "author": "Caseclock",
            "created": asked.made_at.astimezone(LONDON).replace(tzinfo=None),
        }
    )
    try:
        _write_list(book, listing, rows)
        _write_definitions(book, listing)
        _write_circumstances(book, listing, asked)
    finally:
        book.close()  # rows wait in a file of its own until then, also where the list turned out too long
    return made.getvalue()


def _write_list(book: "Workbook", listing: Listing[Row], rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet("List")
    sheet.freeze_panes(1, 0)
    header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for place, column in enumerate(listing.columns):
        sheet.set_column(place, place, max(_WIDTHS[column.kind], min(len(column.heading) + 2, 30)))
        sheet.write_string(0, place, column.heading, header)
    writers = [_writer(sheet, column.kind, instant) for column in listing.columns]
    number = 0
    for number, row in enumerate(rows, start=1):
        if number >= MOST_ROWS:
            raise TooManyRows(
                f"A sheet holds {MOST_ROWS - 1:,} rows, and this list has more. Narrow the filters, or take CSV."
            )
        for place, (column, write) in enumerate(zip(listing.columns, writers, strict=True)):
            value = column.value(row)
            if value is not None and value != "":
                write(number, place, value)
    if listing.columns:
        sheet.autofilter(0, 0, max(number, 1), len(listing.columns) - 1)


def _writer(sheet: "Worksheet", kind: Kind, instant: Any) -> Callable[[int, int, Any], object]:
    """Choose how the cells of a column are written; what is not of its kind is written as text."""

    def as_text(row: int, place: int, value: Cell) -> object:
        return sheet.write_string(row, place, fitting(_in_words(value)))

    def as_date(row: int, place: int, value: Cell) -> object:
        if isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
            return sheet.write_datetime(row, place, datetime(value.year, value.month, value.day))  # noqa: DTZ001
        return as_text(row, place, value)

    def as_instant(row: int, place: int, value: Cell) -> object:
        if isinstance(value, datetime) and value.date() > _FIRST_DAY:
            local = value.astimezone(LONDON).replace(tzinfo=None)
            return sheet.write_datetime(row, place, local, instant)
        return as_date(row, place, value)

    def as_number(row: int, place: int, value: Cell) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
            return sheet.write_number(row, place, value)
        return as_text(row, place, value)

    return {Kind.DATE: as_date, Kind.INSTANT: as_instant, Kind.NUMBER: as_number}.get(kind, as_text)


def _in_words(value: Cell) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def fitting(text: str) -> str:
    """Cut text to what a cell holds, and say so in it."""
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(_CUT)] + _CUT


def _write_definitions(book: "Workbook", listing: Listing[Row]) -> None:
    rows = [(one.heading, one.name, one.kind.replace("_", " or "), one.definition) for one in listing.columns]
    _write_text(book, "Definitions", ("column", "name in CSV and API", "holds", "meaning"), rows)


def _write_circumstances(book: "Workbook", listing: Listing[Row], asked: Circumstances) -> None:
    rows: list[tuple[str, ...]] = [
        ("list", listing.title),
        ("authority", asked.authority),
        ("as at", f"{asked.as_at.isoformat()}, the end of that day in London unless it is today"),
        ("as known at", f"{moment(asked.known_at)}, London time"),
        ("made", f"{moment(asked.made_at)}, London time"),
        ("made by", asked.made_by),
        *(("filter", f"{what}: {value}") for what, value in asked.filters),
        *(() if asked.filters else (("filter", "none: the whole list"),)),
        *(("pack", f"{name}, version {version}") for name, version in asked.packs),
        *((("calendar", asked.calendar),) if asked.calendar else ()),
    ]
    _write_text(book, "How it was asked", ("what", "value"), rows)


def _write_text(book: "Workbook", name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    header = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, heading in enumerate(headings):
        sheet.set_column(place, place, 70 if place == len(headings) - 1 else 24)
        sheet.write_string(0, place, heading, header)
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            sheet.write_string(number, place, fitting(text), wrapped)
