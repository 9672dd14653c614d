"""A workbook read sheet by sheet, in plain values, whatever state it is in."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from caseclock.exchange.cells import Uncalculated
from caseclock.exchange.records import FileRefused

#: a workbook that unpacks to more than this many bytes is a zip bomb: the largest real ones are some 50 MB
LARGEST_UNPACKED = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number as a spreadsheet program shows it, and its cells."""

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook: its values as last calculated, and beside them its formulas."""

    path: Path
    #: day 0 of its day numbers
    epoch: datetime
    values: Any
    formulas: Any

    def titles(self) -> list[str]:
        return [sheet.title for sheet in self.values.worksheets]

    def rows(self, title: str) -> list[Row]:
        """Give the rows of a sheet that hold anything; they may differ in length. Raises FileRefused."""
        with _readable(self.path):
            values, formulas = self.values[title], self.formulas[title]
            for sheet in (values, formulas):
                sheet.reset_dimensions()  # some programs write a size that cuts rows off
            pairs = zip(values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True)
            return [
                Row(number, tuple(map(_value, calculated, written)))
                for number, (calculated, written) in enumerate(pairs, start=1)
                if any(
                    cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in written
                )
            ]


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """Open a workbook for reading, without unpacking it whole. Raises FileRefused where it can't be read."""
    _check_size(path)
    with (
        path.open("rb") as first,
        path.open("rb") as second,
    ):  # ours to close, also where the workbook is damaged
        with _readable(path):
            values = load_workbook(first, read_only=True, data_only=True, keep_links=False)
            formulas = load_workbook(second, read_only=True, data_only=False, keep_links=False)
        try:
            yield Workbook(path, values.epoch, values, formulas)
        finally:
            values.close()
            formulas.close()


def _value(value: object, formula: object) -> object:
    if value is None and isinstance(formula, str) and formula.startswith("="):
        return Uncalculated(formula)
    if isinstance(value, str) and value.startswith("="):
        return Uncalculated(value)
    return value


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(path, error) from error
    if unpacked > LARGEST_UNPACKED:
        raise FileRefused(
            f"Can't bring in {path.name}: it would unpack to {unpacked:,} bytes, more than any return. "
            "Ask for the workbook again."
        )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn whatever a damaged workbook makes its reader raise into one refusal.

    The reader's warnings are about styles, validation lists and extensions it leaves out; none is about a value.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
            yield
    except FileRefused:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> FileRefused:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return FileRefused(
        f"Can't bring in {path.name}: the workbook is damaged or is none ({said}). "
        "Nothing of it was written. Save it again as .xlsx and send that."
    )
