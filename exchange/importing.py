"""Brings files in: recognises each, reads it, takes its records into their cases, and accounts for every one."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.event_lines import read_event_lines
from caseclock.exchange.recognise import SUFFIXES, recognise
from caseclock.exchange.records import FileRefused, NotUsed, Reader, Refused, Told
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.exchange.told_again import as_first_told
from caseclock.store.protocol import ImportedFile, Quarantined
from caseclock.workflow.engine import Engine, Taken
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.refusals import DifferentContent

READERS: Mapping[str, Reader] = {
    "cin_census": read_cin_census,
    "annex_a": read_annex_a,
    "event_lines": read_event_lines,
}
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
    for path in paths:
        for label, file in _files(path, report):
            account = FileReport(label)
            report.files.append(account)
            try:
                account.kind = recognise(file)
                _Import(engine, authority, imported_at, account, report, progress).run(file)
            except FileRefused as refusal:
                account.reason = str(refusal)
            account.check()
    return report


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of trying kept rows again. Rows of a file that can't be read are not tried: send the file corrected."""

    tried: int
    released: int


def retry_quarantine(engine: Engine, authority: str, at: datetime) -> Retried:
    """Try again the records of an authority that were kept because they did not fit their case."""
    with engine.store.snapshot() as unit:
        tried = sum("events" in row.content for row in unit.quarantined(authority))
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
class _Import:
    """One file on its way in."""

    engine: Engine
    authority: str
    imported_at: datetime
    account: FileReport
    report: ImportReport
    progress: Progress | None

    def run(self, file: Path) -> None:
        """Read the file and take it in. Raises FileRefused before anything is written, or not at all."""
        read = READERS[str(self.account.kind)]
        stream = read(file, authority=self.authority, imported_at=self.imported_at, horizon=None)
        first = next(stream, None)  # a file that must be refused whole is refused here
        batch: list[Told] = []
        refused: list[Refused] = []
        for item in chain([] if first is None else [first], stream):
            if isinstance(item, NotUsed):
                self._not_used(item.what, item.count)
                continue
            self.account.records += 1
            if isinstance(item, Told):
                batch.append(item)
            else:
                refused.append(item)
            if len(batch) + len(refused) >= BATCH:
                self._flush(batch, refused)
        self._flush(batch, refused)
        self._release_what_was_mended()
        self._note(file)

    def _flush(self, batch: list[Told], refused: list[Refused]) -> None:
        rows = [self._refused_row(record) for record in refused]
        self.account.refused += len(rows)
        self.report.refusals.extend(rows)
        by_case: dict[str, list[Told]] = {}
        for record in batch:
            by_case.setdefault(record.case_id, []).append(record)
        for case_id, records in by_case.items():
            for record, taken in zip(records, self._take_in(case_id, records), strict=True):
                self.account.events += taken.events
                if taken.status == "recorded":
                    self.account.accepted += 1
                elif taken.status == "unchanged":
                    self.account.unchanged += 1
                else:
                    self.account.quarantined += 1
                    kept = self._kept_row(record, taken.reason or "")
                    self.report.kept.append(kept)
                    rows.append(kept)
        if rows:
            self.engine.keep(rows)
        batch.clear()
        refused.clear()
        if self.progress:
            self.progress(self.account.file, self.account.records)

    def _take_in(self, case_id: str, records: Sequence[Told]) -> list[Taken]:
        """Take one case's records in; a return that tells again what the case has is not held against it."""
        taken = self._tried(case_id, [record.events for record in records])
        misfits = [place for place, one in enumerate(taken) if one.status == "quarantined"]
        if not misfits or self.account.kind == "event_lines":
            return taken
        with self.engine.store.snapshot() as unit:
            log = unit.events(self.authority, case_id)
        again = [as_first_told(records[place].events, log) for place in misfits]
        if all(events == records[place].events for place, (events, _) in zip(misfits, again, strict=True)):
            return taken
        retaken = self._tried(case_id, [events for events, _ in again])
        for place, (_, otherwise), one in zip(misfits, again, retaken, strict=True):
            taken[place] = one
            if one.status != "quarantined":
                for name in otherwise:
                    self._not_used(f"{records[place].kind}: {name}, told otherwise before", 1)
        return taken

    def _tried(self, case_id: str, groups: Sequence[Sequence[Any]]) -> list[Taken]:
        try:
            return self.engine.take_in(self.authority, case_id, groups, self.imported_at)
        except DifferentContent as refusal:
            # an id belongs to another case: only the record that has it is at fault
            if len(groups) == 1:
                return [Taken("quarantined", 0, str(refusal))]
        return [taken for group in groups for taken in self._tried(case_id, [group])]

    def _refused_row(self, record: Refused) -> Quarantined:
        content = {"row": record.content}
        told = [Path(self.account.file).name, record.row, record.column, content]
        return self._quarantined(_digest(told), record, content, record.reason, record.column, record.value)

    def _kept_row(self, record: Told, reason: str) -> Quarantined:
        lines = [event_line(event) for event in record.events]
        # where the source does not say when it was written, recorded_at is the import's, which differs from run to run
        told = [{**line, "recorded_at": None} for line in lines]
        return self._quarantined(_digest(told), record, {"events": lines, "row": record.content}, reason)

    def _quarantined(
        self,
        quarantine_id: str,
        record: Told | Refused,
        content: dict[str, Any],
        reason: str,
        column: str | None = None,
        value: str | None = None,
    ) -> Quarantined:
        return Quarantined(
            quarantine_id=quarantine_id,
            authority=self.authority,
            case_id=record.case_id,
            file=self.account.file,
            row=record.row,
            column=column,
            value=value,
            reason=reason,
            content=content,
            kept_at=self.imported_at,
        )

    def _release_what_was_mended(self) -> None:
        """Release the rows refused in an earlier version of this file that this version does not have."""
        still = {row.quarantine_id for row in self.report.refusals}
        with self.engine.store.snapshot() as unit:
            waiting = unit.quarantined(self.authority)
        mended = [
            row.quarantine_id
            for row in waiting
            if row.file == self.account.file
            and "events" not in row.content
            and row.quarantine_id not in still
        ]
        if mended:
            with self.engine.store.transaction() as unit:
                unit.release(self.authority, mended, self.imported_at)

    def _not_used(self, what: str, count: int) -> None:
        self.account.not_used[what] = self.account.not_used.get(what, 0) + count

    def _note(self, file: Path) -> None:
        """Note the import, unless the same file was noted before and nothing new came of it."""
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        with self.engine.store.snapshot() as unit:
            noted = any(known.sha256 == sha256 for known in unit.imports(self.authority))
        if noted and not self.account.accepted:
            return
        kind, report = str(self.account.kind), self.account.as_dict()
        note = ImportedFile(self.authority, self.account.file, kind, sha256, self.imported_at, report)
        self.engine.note_import(note)


def _digest(content: object) -> str:
    written = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:32]
