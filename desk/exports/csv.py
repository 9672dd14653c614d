"""CSV that opens right in a spreadsheet: UTF-8 with its mark, ISO dates, and nothing that would be run."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import StringIO

from caseclock.desk.exports.cells import Cell, Listing, Row, is_formula
from caseclock.store.types import in_utc

#: without it a spreadsheet takes UTF-8 for the code page of its country
MARK = "\ufeff"
MEDIA_TYPE = "text/csv; charset=utf-8"
#: rows written together: a piece of the answer
_TOGETHER = 500


def csv_pieces(listing: Listing[Row], rows: Iterable[Row]) -> Iterator[bytes]:
    """Write a list as CSV, in pieces as its rows come: a header line of the columns' names, then a line a row.

    Lines end as RFC 4180 has it. Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    written.write(MARK)
    writer.writerow([column.name for column in listing.columns])
    values = [column.value for column in listing.columns]
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_cell(value(row)) for value in values])
        if number % _TOGETHER == 0:
            yield _taken(written)
    yield _taken(written)


def _taken(written: StringIO) -> bytes:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    # half of a surrogate pair is no character and can't be written as UTF-8
    return text.encode("utf-8", errors="replace")


def csv_cell(value: Cell) -> str | int | float:
    """Write a value as CSV has it: ISO dates, instants in UTC, yes and no, nothing for what is not told.

    >>> csv_cell("@SUM(A1)"), csv_cell(date(2026, 3, 2)), csv_cell(-3), csv_cell(False), csv_cell(None)
    ("'@SUM(A1)", '2026-03-02', -3, 'no', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return in_utc(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f"'{value}" if is_formula(value) else value
    return value
