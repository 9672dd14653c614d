"""Brings files in: recognises each, reads it, takes its records into their cases, and accounts for every one.

Files of a kind that tell one thing only together, as those of a looked-after children return, are read together.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.event_lines import read_event_lines
from caseclock.exchange.kept import is_tried_again, mended, refused_row, waiting_row
from caseclock.exchange.recognise import SUFFIXES, recognise
from caseclock.exchange.records import FileRefused, NotUsed, Reader, Refused, SetReader, Told
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.exchange.ssda903 import read_ssda903
from caseclock.exchange.told_again import as_first_told, can_repeat
from caseclock.store.protocol import ImportedFile, Quarantined
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine, Taken
from caseclock.workflow.refusals import DifferentContent

READERS: Mapping[str, Reader] = {
    "cin_census": read_cin_census,
    "annex_a": read_annex_a,
    "event_lines": read_event_lines,
}
#: kinds of which all files given are read together
SET_READERS: Mapping[str, SetReader] = {"ssda903": read_ssda903}
#: records held in memory at a time; within them, those of one case are taken in together
BATCH = 5_000

#: told a file's name and the number of its records so far
Progress = Callable[[str, int], None]


def import_files(
    paths: Iterable[Path],
    *,
    engine: Engine,
    authority: str,
    imported_at: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring files, and the files in folders, into an authority's cases. The same file again changes nothing.

    A file that can't be brought in is refused whole and leaves no trace; the others go in. A record that can't
    be true is refused, one that does not fit its case is quarantined; both are kept with their row. A refused row
    is kept until a file of the same name comes without it.
    """
    report = ImportReport()
    sets: dict[str, dict[Path, FileReport]] = {}
    for label, file in [found for path in paths for found in _files(path, report)]:
        account = FileReport(label)
        report.files.append(account)
        try:
            account.kind = recognise(file)
        except FileRefused as refusal:
            account.reason = str(refusal)
            continue
        if account.kind in SET_READERS:
            of_kind = sets.setdefault(account.kind, {})
            if file in of_kind:
                report.files.pop()  # given twice
            else:
                of_kind[file] = account
        else:
            _Import(engine, authority, imported_at, account.kind, {file: account}, report, progress).run()
    for kind, accounts in sets.items():
        _tell_apart(accounts)
        _Import(engine, authority, imported_at, kind, accounts, report, progress).run()
    return report


def _tell_apart(accounts: Mapping[Path, FileReport]) -> None:
    """Name files by their folders too where several of one name were given by themselves."""
    names = [account.file for account in accounts.values()]
    for file, account in accounts.items():
        if names.count(account.file) > 1:
            account.file = f"{file.parent.name}/{file.name}"


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of trying kept rows again. Rows of a file that can't be read are not tried: send the file corrected."""

    tried: int
    released: int


def retry_quarantine(engine: Engine, authority: str, at: datetime) -> Retried:
    """Try again the records of an authority that were kept because they did not fit their case."""
    with engine.store.snapshot() as unit:
        tried = sum(is_tried_again(row) for row in unit.quarantined(authority))
    return Retried(tried, engine.retry(authority, at))


def _files(path: Path, report: ImportReport) -> Iterable[tuple[str, Path]]:
    """Give each file to bring in and the name the report calls it by."""
    if not path.is_dir():
        return [(path.name, path)]
    found: list[tuple[str, Path]] = []
    for file in sorted(path.rglob("*")):
        if file.is_dir():
            continue
        label = file.relative_to(path.parent).as_posix()
        if file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$")):
            found.append((label, file))
        else:
            report.skipped.append(label)
    if not found:
        reason = f"Can't bring in {path.name}: the folder holds no {', '.join(SUFFIXES)} file. Give another folder."
        report.files.append(FileReport(path.name, reason=reason))
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """One record as read, and the file it stands in."""

    account: FileReport
    file: Path
    item: Told | Refused

    @property
    def record(self) -> Told:
        """The record, where it is not refused."""
        if isinstance(self.item, Refused):
            raise TypeError("A refused row tells no events.")
        return self.item


@dataclass(frozen=True, slots=True)
class _Import:
    """One file on its way in, or several that are read together."""

    engine: Engine
    authority: str
    imported_at: datetime
    kind: str
    accounts: Mapping[Path, FileReport]
    report: ImportReport
    progress: Progress | None

    def run(self) -> None:
        """Read the files and take them in. Nothing is written where they are refused."""
        try:
            self._bring_in()
        except FileRefused as refusal:
            for account in self.accounts.values():
                account.reason = str(refusal)
        for account in self.accounts.values():
            account.check()

    def _bring_in(self) -> None:
        """Raise FileRefused before anything is written, or not at all."""
        stream = self._stream()
        first = next(stream, None)  # what must be refused whole is refused here
        batch: list[_Read] = []
        for file, item in chain([] if first is None else [first], stream):
            account = self.accounts[file]
            if isinstance(item, NotUsed):
                account.leave_aside(item.what, item.count)
                continue
            account.records += 1
            batch.append(_Read(account, file, item))
            if len(batch) >= BATCH:
                self._flush(batch)
        self._flush(batch)
        self._release_what_was_mended()
        self._note()

    def _stream(self) -> Iterator[tuple[Path, Told | Refused | NotUsed]]:
        if read_together := SET_READERS.get(self.kind):
            yield from read_together(
                list(self.accounts),
                authority=self.authority,
                imported_at=self.imported_at,
                log=self._log,
                horizon=None,
            )
            return
        (file,) = self.accounts
        read = READERS[self.kind]
        for item in read(file, authority=self.authority, imported_at=self.imported_at, horizon=None):
            yield file, item

    def _log(self, case_id: str) -> list[Event]:
        with self.engine.store.snapshot() as unit:
            return unit.events(self.authority, case_id)

    def _flush(self, batch: list[_Read]) -> None:
        rows: list[Quarantined] = []
        by_case: dict[str, list[_Read]] = {}
        for read in batch:
            if isinstance(read.item, Told):
                by_case.setdefault(read.item.case_id, []).append(read)
            else:
                rows.append(self._not_taken(read, read.item))
        for case_id, told in by_case.items():
            for read, taken in zip(told, self._take_in(case_id, told), strict=True):
                account = read.account
                account.events += taken.events
                if taken.status == "recorded":
                    account.accepted += 1
                elif taken.status == "unchanged":
                    account.unchanged += 1
                else:
                    account.quarantined += 1
                    kept = waiting_row(
                        read.record, self.authority, account.file, self.imported_at, taken.reason or ""
                    )
                    self.report.kept.append(kept)
                    rows.append(kept)
        if rows:
            self.engine.keep(rows)
        if self.progress and batch:
            account = batch[-1].account
            self.progress(account.file, account.records)
        batch.clear()

    def _take_in(self, case_id: str, told: Sequence[_Read]) -> list[Taken]:
        """Take one case's records in; a return that tells again what the case has is not held against it."""
        groups = [read.record.events for read in told]
        if self.kind == "event_lines":
            return self._tried(case_id, groups)
        repeats = [place for place, group in enumerate(groups) if can_repeat(group)]
        otherwise = Counter(self._as_known(case_id, told, groups, repeats))
        taken, before = self._tried(case_id, groups), list(groups)
        misfits = [place for place, one in enumerate(taken) if one.status == "quarantined"]
        otherwise += Counter(self._as_known(case_id, told, groups, misfits))
        if groups != before:
            again = self._tried(case_id, [groups[place] for place in misfits])
            for place, one in zip(misfits, again, strict=True):
                taken[place] = one
        for (place, what), count in otherwise.items():
            if taken[place].status != "quarantined":
                told[place].account.leave_aside(what, count)
        return taken

    def _as_known(
        self, case_id: str, told: Sequence[_Read], groups: list[tuple[Event, ...]], places: Sequence[int]
    ) -> Iterator[tuple[int, str]]:
        """Put what the case has already in the place of what tells it again; yield what is told otherwise now."""
        log = self._log(case_id) if places else []
        for place in places:
            groups[place], otherwise = as_first_told(groups[place], log)
            for name in otherwise:
                yield place, f"{told[place].record.kind}: {name}, told otherwise before"

    def _tried(self, case_id: str, groups: Sequence[Sequence[Any]]) -> list[Taken]:
        try:
            return self.engine.take_in(self.authority, case_id, groups, self.imported_at)
        except DifferentContent as refusal:
            # an id belongs to another case: only the record that has it is at fault
            if len(groups) == 1:
                return [Taken("quarantined", 0, str(refusal))]
        return [taken for group in groups for taken in self._tried(case_id, [group])]

    def _not_taken(self, read: _Read, record: Refused) -> Quarantined:
        account = read.account
        within = f"{read.file.parent.name}/{read.file.name}" if self.kind in SET_READERS else None
        row = refused_row(record, self.authority, account.file, self.imported_at, within)
        if record.may_be_true:
            account.quarantined += 1
            self.report.kept.append(row)
        else:
            account.refused += 1
            self.report.refusals.append(row)
        return row

    def _release_what_was_mended(self) -> None:
        """Release the rows kept of earlier versions of these files that these versions do not have."""
        with self.engine.store.snapshot() as unit:
            waiting = unit.quarantined(self.authority)
        files = [account.file for account in self.accounts.values()]
        no_more = list(mended(waiting, files, [*self.report.refusals, *self.report.kept]))
        if no_more:
            with self.engine.store.transaction() as unit:
                unit.release(self.authority, no_more, self.imported_at)

    def _note(self) -> None:
        """Note the import of each file, unless the same one was noted before and nothing new came of it."""
        with self.engine.store.snapshot() as unit:
            noted = {known.sha256 for known in unit.imports(self.authority)}
        for file, account in self.accounts.items():
            with file.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            if account.accepted or sha256 not in noted:
                note = ImportedFile(
                    self.authority, account.file, self.kind, sha256, self.imported_at, account.as_dict()
                )
                self.engine.note_import(note)
