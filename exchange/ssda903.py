"""The looked-after children return (SSDA903): several files a year, several years together, child by child.

All files given at once are read together, those of one folder being one return, so that a period of care is rebuilt
across rows, files and years. A record is one dated thing: a row of the episodes, reviews or missing file, and beside
them each period of care, counted in the file of the row it begins with.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from caseclock.exchange.possible import Horizon
from caseclock.exchange.records import FileRefused, Log, NotUsed, Refused, Source, Told, Unfit
from caseclock.exchange.ssda903_children import Child, refused, told_of
from caseclock.exchange.ssda903_returns import Collected, returns
from caseclock.exchange.ssda903_rows import (
    Declared,
    declare,
    is_yet_to_come,
    read_absence,
    read_review,
    read_stay,
)
from caseclock.exchange.ssda903_tables import EPISODES, HEADER, MISSING, REVIEWS, Row, Table, read_file
from caseclock.timers.when import london_date

#: files named in a refusal
_SHOWN = 5


def read_ssda903(
    files: Sequence[Path],
    *,
    authority: str,
    imported_at: datetime,
    log: Log,
    horizon: date | None = None,
) -> Iterator[tuple[Path, Told | Refused | NotUsed]]:
    """Read the files of one or several years together; each record comes with the file it stands in.

    Raises FileRefused before the first record, or not at all: where no file declares the children, or one can't be
    read to its end.
    """
    tables = {file: read_file(file) for file in files}
    if not any(table is HEADER for table, _ in tables.values()):
        raise FileRefused(
            f"Can't bring in {_names(files)}: no header file is among them, so nobody knows which children they "
            "are about, or when these were born. Give the header file together with the others."
        )
    latest = (
        Horizon(horizon, "the last day asked for")
        if horizon is not None
        else Horizon(london_date(imported_at), "the day of the import")
    )
    reading = _Reading(Declared(latest))
    for wanted in (
        HEADER,
        EPISODES,
        REVIEWS,
        MISSING,
    ):  # children are declared before anything is told of them
        for table, rows in tables.values():
            if table is wanted:
                for row in rows:
                    yield from reading.take(row)
    source = Source(
        authority, "ssda903", "return:ssda903", "told in the looked-after children return (SSDA903)"
    )
    told = returns(reading.collected, latest)
    for child in reading.children.values():
        of_child = [one for one in told if child.case_id in one.children]
        yield from told_of(child, source, of_child, log(child.case_id))
    for file, (table, rows) in tables.items():
        for what, count in _not_used(table, rows, reading.doubts.get(file, [])):
            yield file, NotUsed(f"{table.name}: {what}", count)


@dataclass(slots=True)
class _Reading:
    """The rows read so far, by child, and what was left aside of them."""

    declared: Declared
    children: dict[str, Child] = field(default_factory=dict)
    doubts: dict[Path, list[str]] = field(default_factory=dict)
    #: by the folder of a return's files
    collected: dict[Path, Collected] = field(default_factory=dict)

    def take(self, row: Row) -> Iterator[tuple[Path, Refused]]:
        """Read a row; gives it back where it is refused."""
        of_return = self.collected.setdefault(row.file.parent, Collected())
        try:
            if row.table is HEADER:
                of_return.children.add(declare(row, self.declared))
            elif row.table is EPISODES:
                stay = read_stay(row, self.declared)
                self._child(stay.child).stays.append(stay)
                of_return.add(stay)
                if stay.end is None and row.cells.get("REC"):
                    self._doubt(row, "REC without DEC (rule 148)")
            elif row.table is REVIEWS:
                review = read_review(row, self.declared)
                self._child(review.child).reviews.append(review)
                of_return.add(review)
                if review.doubt:
                    self._doubt(row, review.doubt)
            else:
                absence = read_absence(row, self.declared)
                self._child(absence.child).absences.append(absence)
                of_return.add(absence)
        except Unfit as unfit:
            if row.table is REVIEWS and not is_yet_to_come(row, "REVIEW", self.declared):
                of_return.in_part.add(row.cells.get("CHILD", ""))
            yield row.file, refused(row, unfit)

    def _child(self, case_id: str) -> Child:
        if case_id not in self.children:
            self.children[case_id] = Child(case_id, self.declared.born[case_id][0])
        return self.children[case_id]

    def _doubt(self, row: Row, what: str) -> None:
        self.doubts.setdefault(row.file, []).append(what)


def _not_used(table: Table, rows: Iterable[Row], doubts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Count what a file holds and nothing reads: cells by their column, and codes that can't be right."""
    counts = Counter(column for row in rows for column in row.cells if column not in table.reads)
    yield from counts.items()
    yield from Counter(doubts).items()


def _names(files: Sequence[Path]) -> str:
    shown = [file.name for file in files[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else "")
