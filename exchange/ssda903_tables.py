"""The files of a looked-after children return (SSDA903): which one a file is, by its header row, and its rows.

Names of columns are taken in any order, case and spacing: `Place Provider` is PLACE_PROVIDER.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from caseclock.exchange.records import FileRefused

#: separators that spreadsheet programs write, the return's own first
_SEPARATORS = (",", ";", "\t")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the return."""

    name: str
    #: a header row with CHILD and one of these is this file's
    marks: frozenset[str]
    #: columns without which its rows can't be read; empty for a file that is not read yet
    needs: tuple[str, ...] = ()
    #: columns that are read where they are there
    also: tuple[str, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({*self.needs, *self.also, "CHILD", "DOB"})


HEADER = Table("header", frozenset({"ETHNIC", "UPN", "MOTHER"}), ("CHILD", "DOB"))
EPISODES = Table(
    "episodes",
    frozenset({"DECOM", "RNE"}),
    ("CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC"),
    ("PLACE_PROVIDER",),
)
REVIEWS = Table("reviews", frozenset({"REVIEW"}), ("CHILD", "REVIEW"), ("REVIEW_CODE",))
MISSING = Table("missing", frozenset({"MIS_START"}), ("CHILD", "MISSING", "MIS_START", "MIS_END"))
#: in the order in which a header row is tried against them: DUC stands in later years' header file too
TABLES = (
    EPISODES,
    REVIEWS,
    MISSING,
    Table("oc2", frozenset({"SDQ_SCORE", "HEALTH_CHECK"})),
    Table("oc3", frozenset({"IN_TOUCH", "ACCOM"})),
    Table("ad1", frozenset({"DATE_INT", "DATE_MATCH"})),
    Table("placed_for_adoption", frozenset({"DATE_PLACED"})),
    Table("previous_permanence", frozenset({"PREV_PERM"})),
    Table("social_worker_episodes", frozenset({"SW_DECOM"})),
    HEADER,
    Table("uasc", frozenset({"DUC"})),
)
_ALIASES = {"CHILDID": "CHILD", "CHILDLAID": "CHILD", "PL": "PLACE"}
_COLUMNS = {
    column.replace("_", ""): column
    for table in TABLES
    for column in (*table.marks, *table.needs, *table.also)
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one file, as read."""

    file: Path
    table: Table
    #: line of the file it ends on, the header row being line 1
    line: int
    #: column -> text without the space around it; empty cells are left out
    cells: Mapping[str, str]
    #: cells beyond the last column that hold something
    too_many: int = 0

    @property
    def place(self) -> str:
        return f"row {self.line}"

    @property
    def named(self) -> str:
        """Name it to a reader of several files."""
        return f"{self.file.parent.name}/{self.file.name} {self.place}"


def column_name(cell: str) -> str:
    """Give the name of a column by its header cell; one that is not known here keeps its own, in capitals.

    >>> column_name(" Place Provider "), column_name("mis_start"), column_name("Home Post")
    ('PLACE_PROVIDER', 'MIS_START', 'HOME_POST')
    """
    squeezed = "".join(re.findall(r"[A-Z0-9]+", cell.upper()))
    known = _ALIASES.get(squeezed) or _COLUMNS.get(squeezed)
    return known or "_".join(re.findall(r"[A-Z0-9]+", cell.upper()))


def table_of(header: str) -> tuple[Table, list[str], str] | None:
    """Say which file a header row is of, its columns, and what separates them; None where it is of none."""
    for separator in _SEPARATORS:
        columns = [column_name(cell) for cell in next(csv.reader([header], delimiter=separator), [])]
        if "CHILD" in columns:
            for table in TABLES:
                if not table.marks.isdisjoint(columns):
                    return table, columns, separator
    return None


def fault_of_header(table: Table, columns: list[str]) -> str | None:
    """Say what is wrong with the header row of a file, with what to do; None where nothing is."""
    missing = [column for column in table.needs if column not in columns]
    if missing:
        return f"it is the {table.name} file of an SSDA903 return, but without {', '.join(missing)}. Ask for it whole"
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        return f"its header row names {', '.join(twice)} twice. Take one of the columns out"
    return None


def read_file(file: Path) -> tuple[Table, list[Row]]:
    """Read a file that was recognised, without blank rows. Raises FileRefused where it can't be read to its end."""
    text = _text(file)
    found = table_of(first_line(text))
    if found is None:
        raise FileRefused(
            f"Can't bring in {file.name}: it has changed since it was recognised. Import it again."
        )
    table, columns, separator = found
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    told = ((lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells))
    try:
        next(told)  # the header row
        return table, [_row(file, table, columns, line, cells) for line, cells in told]
    except csv.Error as error:
        raise FileRefused(
            f"Can't bring in {file.name}: it can't be read beyond line {lines.line_num} ({error}). Look for a "
            "quotation mark that is not closed, and mend the file."
        ) from error


def _row(file: Path, table: Table, columns: list[str], line: int, cells: list[str]) -> Row:
    told = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    return Row(file, table, line, told, sum(bool(cell.strip()) for cell in cells[len(columns) :]))


def first_line(text: str) -> str:
    """Give the first line that is not blank."""
    return next((line for line in text.splitlines() if line.strip()), "")


def _text(file: Path) -> str:
    content = file.read_bytes()
    if content.startswith(_UTF_16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # as spreadsheet programs save it on Windows
