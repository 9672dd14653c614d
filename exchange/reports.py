"""What came of an import: counted file by file, so that every record of every file is accounted for."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from caseclock.store.protocol import Quarantined

_COUNTS = ("records", "accepted", "refused", "quarantined", "unchanged", "events")


@dataclass(slots=True)
class FileReport:
    """One file's account. Each record is accepted, refused, quarantined or unchanged, and nothing else."""

    file: str
    #: None where the file was refused before anyone could tell
    kind: str | None = None
    records: int = 0
    accepted: int = 0
    #: can't be true or can't be read
    refused: int = 0
    #: may be true but does not fit the case as it is known; kept, and tried again as more becomes known
    quarantined: int = 0
    #: known before
    unchanged: int = 0
    #: events newly written
    events: int = 0
    not_used: dict[str, int] = field(default_factory=dict)
    #: a sentence, where the whole file was refused
    reason: str | None = None

    def leave_aside(self, what: str, count: int) -> None:
        """Count what was not used."""
        self.not_used[what] = self.not_used.get(what, 0) + count

    def add(self, part: "FileReport") -> None:
        """Add the account of a part of the same file."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(part, name))
        for what, count in part.not_used.items():
            self.leave_aside(what, count)

    def told(self) -> int:
        """Count the records of which it is known what became of them."""
        return self.accepted + self.refused + self.quarantined + self.unchanged

    def check(self) -> None:
        """Raise RuntimeError where a record has gone missing: a fault of Caseclock, never of the file."""
        told = self.told()
        if told != self.records:
            raise RuntimeError(
                f"Of {self.records} records in {self.file}, {told} are accounted for. Please report this."
            )

    def as_dict(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in _COUNTS}
        return {
            "file": self.file,
            "kind": self.kind,
            **counts,
            "not_used": dict(self.not_used),
            "reason": self.reason,
        }


@dataclass(slots=True)
class ImportReport:
    """The account of one import, and the rows that did not go in."""

    files: list[FileReport] = field(default_factory=list)
    #: rows refused, and rows kept to be tried again, in the order of their files
    refusals: list[Quarantined] = field(default_factory=list)
    kept: list[Quarantined] = field(default_factory=list)
    #: files in the folders given whose names are none of a return's
    skipped: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether everything went in: no file, no record refused or kept back."""
        return not self.refusals and not self.kept and all(file.reason is None for file in self.files)

    def totals(self) -> dict[str, Any]:
        totals: dict[str, Any] = {name: sum(getattr(file, name) for file in self.files) for name in _COUNTS}
        not_used: Counter[str] = Counter()
        for file in self.files:
            not_used.update(file.not_used)
        return {
            "files": len(self.files),
            "files_refused": sum(file.reason is not None for file in self.files),
            **totals,
            "not_used": dict(not_used),
        }

    def as_dict(self) -> dict[str, Any]:
        """Give the report as `import --format json` prints it."""
        return {
            "files": [file.as_dict() for file in self.files],
            "totals": self.totals(),
            "skipped": list(self.skipped),
        }
