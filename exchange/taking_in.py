"""One file on its way in, or several that are read together: its records taken into their cases, each accounted for."""

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.event_lines import read_event_lines, told_by
from caseclock.exchange.kept import mended, refused_row, waiting_row
from caseclock.exchange.parts import Part, parts_of
from caseclock.exchange.records import FileRefused, NotUsed, Reader, Refused, SetReader, Told
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.exchange.ssda903 import read_ssda903
from caseclock.exchange.told_again import as_first_told, can_repeat
from caseclock.store.protocol import ImportedFile, Quarantined
from caseclock.timers.event import Event
from caseclock.workflow.bulk import take_in_several
from caseclock.workflow.engine import Engine, Taken
from caseclock.workflow.refusals import CaseBusy, DifferentContent

if TYPE_CHECKING:
    from caseclock.exchange.spreading import Spread

READERS: Mapping[str, Reader] = {
    "cin_census": read_cin_census,
    "annex_a": read_annex_a,
    "event_lines": read_event_lines,
}
#: kinds of which all files given are read together
SET_READERS: Mapping[str, SetReader] = {"ssda903": read_ssda903}
#: records held in memory at a time; within them, those of one case are taken in together
BATCH = 5_000
#: cases of event lines taken in with one unit of work: short enough not to keep other writers waiting
CASES = 100

#: told a file's name and the number of its records so far
Progress = Callable[[str, int], None]


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
class TakingIn:
    """One file on its way in, or several that are read together."""

    engine: Engine
    authority: str
    imported_at: datetime
    kind: str
    accounts: Mapping[Path, FileReport]
    report: ImportReport
    progress: Progress | None
    #: cases of event lines taken in with one unit of work
    cases_at_once: int = CASES

    def run(self, spread: "Spread | None" = None) -> None:
        """Read the files and take them in. Nothing is written where they are refused."""
        try:
            if self.kind == "event_lines":
                self._bring_in_lines(spread)
            else:
                self._bring_in()
            self._release_what_was_mended()
            self._note()
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

    def _bring_in_lines(self, spread: "Spread | None") -> None:
        ((file, account),) = self.accounts.items()
        parts = parts_of(file, processes=spread.processes if spread else 1)
        if spread is None or len(parts) < 2:
            for part in parts:
                self.take_part(part)
            return
        told = spread.take_in(parts, file, account.file, self.authority, self.imported_at, self.cases_at_once)
        for part_of_account, part_of_report in told:
            account.add(part_of_account)
            self.report.refusals += part_of_report.refusals
            self.report.kept += part_of_report.kept
            self._tell(account)

    def take_part(self, part: Part) -> None:
        """Take in some cases of a file of event lines, each with all its lines."""
        ((file, account),) = self.accounts.items()
        lines = told_by(part.lines(file), authority=self.authority, imported_at=self.imported_at)
        with _seldom_collecting():
            batch = [_Read(account, file, item) for item in lines if not isinstance(item, NotUsed)]
            account.records += len(batch)
            self._flush(batch)

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
        for told, results in self._taken(by_case):
            for read, taken in zip(told, results, strict=True):
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
        if batch:
            self._tell(batch[-1].account)
        batch.clear()

    def _tell(self, account: FileReport) -> None:
        if self.progress:
            self.progress(account.file, account.told())

    def _taken(self, by_case: Mapping[str, list[_Read]]) -> Iterator[tuple[list[_Read], list[Taken]]]:
        """Take in each case's records; those of event lines many cases at a time."""
        names = list(by_case)
        if self.kind != "event_lines":
            yield from ((by_case[name], self._take_in(name, by_case[name])) for name in names)
            return
        step = self.cases_at_once
        for some in (names[start : start + step] for start in range(0, len(names), step)):
            groups = {name: [read.record.events for read in by_case[name]] for name in some}
            try:
                results = take_in_several(self.engine, self.authority, groups, self.imported_at)
            except (DifferentContent, CaseBusy):  # of one of them: by itself each tells which
                results = {name: self._tried(name, groups[name]) for name in some}
            yield from ((by_case[name], results[name]) for name in some)
            self._tell(by_case[some[0]][0].account)

    def _take_in(self, case_id: str, told: Sequence[_Read]) -> list[Taken]:
        """Take one case's records in; a return that tells again what the case has is not held against it."""
        groups = [read.record.events for read in told]
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


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for circles of garbage a hundred times less often: a part is all in memory, and looked through each time."""
    usual = gc.get_threshold()
    gc.set_threshold(usual[0] * 100, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
