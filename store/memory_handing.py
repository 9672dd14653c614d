"""What came in, in memory: quarantine, imports, days added to the calendar and packs adopted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from caseclock.store.memory_outbox import OutboxInMemory
from caseclock.store.memory_shelves import CaseFile, CaseKey, Shelves, as_kept
from caseclock.store.protocol import AdoptedPack, CalendarChange, ImportedFile, Quarantined
from caseclock.store.types import in_utc


class HandingInMemory(OutboxInMemory):
    """The part of a unit of work that keeps what came in."""

    def __init__(self, kept: Shelves, *, read_only: bool) -> None:
        super().__init__(kept, read_only=read_only)
        self._files: dict[CaseKey, CaseFile] = {}
        self._event_places: dict[tuple[str, str], tuple[str, int]] = {}
        self._timer_cases: dict[tuple[str, str], str] = {}
        self._breach_cases: dict[tuple[str, str], str] = {}
        self._quarantine: dict[tuple[str, str], Quarantined] = {}
        self._imports: list[ImportedFile] = []
        self._calendar: list[CalendarChange] = []
        self._packs: list[AdoptedPack] = []
        self._settled: list[CalendarChange | AdoptedPack] = []

    def keep(self, rows: Sequence[Quarantined]) -> None:
        self._check_writable()
        for row in map(as_kept, rows):
            key = row.authority, row.quarantine_id
            if key not in self._kept.quarantine:
                self._quarantine.setdefault(key, row)

    def quarantined(self, authority: str, case_id: str | None = None) -> list[Quarantined]:
        rows = [
            row
            for (owner, _), row in (self._kept.quarantine | self._quarantine).items()
            if owner == authority and row.released_at is None and (case_id is None or row.case_id == case_id)
        ]
        return sorted(rows, key=lambda row: (row.kept_at, row.file, len(row.row), row.row, row.quarantine_id))

    def release(self, authority: str, quarantine_ids: Sequence[str], at: datetime) -> None:
        self._check_writable()
        released_at = in_utc(at)
        for quarantine_id in quarantine_ids:
            key = authority, quarantine_id
            row = self._quarantine.get(key) or self._kept.quarantine.get(key)
            if row is not None and row.released_at is None:
                self._quarantine[key] = replace(row, released_at=released_at)

    def write_import(self, file: ImportedFile) -> None:
        self._check_writable()
        self._imports.append(as_kept(file))

    def imports(self, authority: str) -> list[ImportedFile]:
        return [file for file in (*self._kept.imports, *self._imports) if file.authority == authority]

    def calendar_changes(self) -> list[CalendarChange]:
        return [*self._kept.calendar, *self._calendar]

    def add_calendar_change(self, change: CalendarChange) -> None:
        self._check_writable()
        added = as_kept(change)
        if not any(
            (one.authority, one.day) == (added.authority, added.day) for one in self.calendar_changes()
        ):
            self._calendar.append(added)

    def adopted_packs(self) -> list[AdoptedPack]:
        return [*self._kept.packs, *self._packs]

    def adopt_pack(self, pack: AdoptedPack) -> None:
        self._check_writable()
        self._packs.append(as_kept(pack))

    def unsettled(self) -> list[CalendarChange | AdoptedPack]:
        settled = [*self._kept.settled, *self._settled]
        changes: list[CalendarChange | AdoptedPack] = [*self.calendar_changes(), *self.adopted_packs()]
        return [one for one in changes if one not in settled]

    def settle(self, change: CalendarChange | AdoptedPack, at: datetime) -> None:
        self._check_writable()
        in_utc(at)
        self._settled += [one for one in self.unsettled() if _is_same(one, change)]

    def marks(self) -> tuple[int, int]:
        return len(self.calendar_changes()), len(self.adopted_packs())

    def _commit_handing(self) -> None:
        kept = self._kept
        self._commit_outbox()
        kept.quarantine.update(self._quarantine)
        kept.imports.extend(self._imports)
        kept.calendar.extend(self._calendar)
        kept.packs.extend(self._packs)
        kept.settled.extend(self._settled)


def _is_same(kept: CalendarChange | AdoptedPack, change: CalendarChange | AdoptedPack) -> bool:
    """Whether two are one change, whoever tells of it and when."""
    if isinstance(kept, CalendarChange) and isinstance(change, CalendarChange):
        return (kept.day, kept.authority) == (change.day, change.authority)
    if isinstance(kept, AdoptedPack) and isinstance(change, AdoptedPack):
        return (kept.pack_id, kept.text, kept.authority) == (change.pack_id, change.text, change.authority)
    return False
