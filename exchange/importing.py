"""Brings files in: recognises each, reads it, takes its records into their cases, and accounts for every one.

Files of a kind that tell one thing only together, as those of a looked-after children return, are read together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from caseclock.exchange.kept import is_tried_again
from caseclock.exchange.recognise import SUFFIXES, recognise
from caseclock.exchange.records import FileRefused
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.exchange.spreading import Spread
from caseclock.exchange.taking_in import CASES, SET_READERS, Progress, TakingIn
from caseclock.workflow.engine import Engine


def import_files(
    paths: Iterable[Path],
    *,
    engine: Engine,
    authority: str,
    imported_at: datetime,
    progress: Progress | None = None,
    spread: Spread | None = None,
    cases_at_once: int = CASES,
) -> ImportReport:
    """Bring files, and the files in folders, into an authority's cases. The same file again changes nothing.

    A file that can't be brought in is refused whole and leaves no trace; the others go in. A record that can't
    be true is refused, one that does not fit its case is quarantined; both are kept with their row. A refused row
    is kept until a file of the same name comes without it. With `spread`, the cases of big files of event lines are
    taken in by several processes. `cases_at_once` are taken in with one unit of work.
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
            one = TakingIn(
                engine, authority, imported_at, account.kind, {file: account}, report, progress, cases_at_once
            )
            one.run(spread)
    for kind, accounts in sets.items():
        _tell_apart(accounts)
        TakingIn(engine, authority, imported_at, kind, accounts, report, progress).run()
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
