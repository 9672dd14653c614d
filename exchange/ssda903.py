"""The looked-after children return (SSDA903): several files a year, several years together, child by child.

All files given at once are read as one, so that a period of care is rebuilt across rows, files and years. A record is
one dated thing: a row of the episodes, reviews or missing file, and beside them each period of care, counted in the
file of the row it begins with.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from caseclock.exchange.possible import Horizon
from caseclock.exchange.records import FileRefused, Log, NotUsed, Refused, Source, Told, Unfit
from caseclock.exchange.ssda903_children import Child, refused, told_of
from caseclock.exchange.ssda903_rows import (
    Declared,
    declare,
    read_absence,
    read_review,
    read_stay,
)
from caseclock.exchange.ssda903_tables import EPISODES, HEADER, MISSING, REVIEWS, Row, Table, read_file
from caseclock.timers.when import london_date

#: fewer dates than these are no evidence of the year a return is of
_EVIDENCE = 25
_APRIL = 4
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
    told_from = _told_from(reading.children.values())
    for child in reading.children.values():
        yield from told_of(child, source, told_from, log(child.case_id))
    for file, (table, rows) in tables.items():
        for what, count in _not_used(table, rows, reading.doubts.get(file, [])):
            yield file, NotUsed(f"{table.name}: {what}", count)


@dataclass(slots=True)
class _Reading:
    """The rows read so far, by child, and what was left aside of them."""

    declared: Declared
    children: dict[str, Child] = field(default_factory=dict)
    doubts: dict[Path, list[str]] = field(default_factory=dict)

    def take(self, row: Row) -> Iterator[tuple[Path, Refused]]:
        """Read a row; gives it back where it is refused."""
        try:
            if row.table is HEADER:
                declare(row, self.declared)
            elif row.table is EPISODES:
                stay = read_stay(row, self.declared)
                self._child(stay.child).stays.append(stay)
                if stay.end is None and row.cells.get("REC"):
                    self._doubt(row, "REC without DEC (rule 148)")
            elif row.table is REVIEWS:
                review = read_review(row, self.declared)
                self._child(review.child).reviews.append(review)
                if review.doubt:
                    self._doubt(row, review.doubt)
            else:
                absence = read_absence(row, self.declared)
                self._child(absence.child).absences.append(absence)
        except Unfit as unfit:
            yield row.file, refused(row, unfit)

    def _child(self, case_id: str) -> Child:
        if case_id not in self.children:
            self.children[case_id] = Child(case_id, self.declared.born[case_id][0])
        return self.children[case_id]

    def _doubt(self, row: Row, what: str) -> None:
        self.doubts.setdefault(row.file, []).append(what)


def _told_from(children: Iterable[Child]) -> date | None:
    """Say from which day on the files tell what happened; None where nothing shows that they leave anything out.

    The return of a year, 1 April to 31 March, tells the reviews of that year, but its episodes from the day they began,
    which may be years before. Where every end and every review told is of one 1 April or later, the reviews before
    that day are not told, and nobody can say which was the first of a period that began before it.
    """
    told: list[date] = []
    for child in children:
        told += [review.on for review in child.reviews]
        told += [stay.end for stay in child.stays if stay.end is not None]
    if len(told) < _EVIDENCE:
        return None
    first = min(told)
    return date(first.year if first.month >= _APRIL else first.year - 1, _APRIL, 1)


def _not_used(table: Table, rows: Iterable[Row], doubts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Count what a file holds and nothing reads: cells by their column, and codes that can't be right."""
    counts = Counter(column for row in rows for column in row.cells if column not in table.reads)
    yield from counts.items()
    yield from Counter(doubts).items()


def _names(files: Sequence[Path]) -> str:
    shown = [file.name for file in files[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else "")
