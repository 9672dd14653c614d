"""What came in, in SQL: quarantine, imports, days added to the calendar and packs adopted."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import bindparam, func, select, text, update

from caseclock.store.prepared import prepared
from caseclock.store.protocol import AdoptedPack, CalendarChange, ImportedFile, Quarantined
from caseclock.store.schema import adopted_packs, calendar_days, imports, quarantine
from caseclock.store.sql_log import DAYS_MARK, PACKS_MARK
from caseclock.store.sql_outbox import OutboxInSql
from caseclock.store.sql_statements import CaseRows, for_both, keeping

_QUARANTINED = tuple(field.name for field in fields(Quarantined))
_quarantined_values = attrgetter(*_QUARANTINED)

_KEEP = keeping(quarantine)
_kept = select(*(quarantine.c[name] for name in _QUARANTINED)).where(
    quarantine.c.authority == bindparam("a"), quarantine.c.released_at.is_(None)
)
# rows of one file are kept at one moment: by length first, so that row 10 comes after row 9
_in_order = (
    quarantine.c.kept_at,
    quarantine.c.file,
    func.length(quarantine.c.row),
    quarantine.c.row,
    quarantine.c.quarantine_id,
)
_KEPT = _kept.order_by(*_in_order)
KEPT = CaseRows(
    quarantine,
    _kept.where(quarantine.c.case_id == bindparam("c")).order_by(*_in_order),
    _kept.where(quarantine.c.case_id.in_(bindparam("cs", expanding=True))).order_by(*_in_order),
    lambda row: Quarantined(*row),
)
_RELEASE = for_both(
    update(quarantine)
    .where(
        quarantine.c.authority == bindparam("a"),
        quarantine.c.quarantine_id == bindparam("q"),
        quarantine.c.released_at.is_(None),
    )
    .values(released_at=bindparam("at"))
)
_WRITE_IMPORT = for_both(imports.insert())
_IMPORTS = (
    select(
        imports.c.authority,
        imports.c.file,
        imports.c.kind,
        imports.c.sha256,
        imports.c.imported_at,
        imports.c.report,
    )
    .where(imports.c.authority == bindparam("a"))
    .order_by(imports.c.import_id)
)
_CHANGES = select(
    calendar_days.c.day,
    calendar_days.c.title,
    calendar_days.c.known_at,
    calendar_days.c.by_whom,
    calendar_days.c.because,
    calendar_days.c.authority,
    calendar_days.c.replaces,
).order_by(calendar_days.c.change_id)
_UNSETTLED_DAYS = _CHANGES.where(calendar_days.c.settled_at.is_(None))
_SETTLE_DAY = for_both(
    update(calendar_days)
    .where(
        calendar_days.c.day == bindparam("d"), func.coalesce(calendar_days.c.authority, "") == bindparam("of")
    )
    .values(settled_at=bindparam("at"))
)
_NO_NEW_CASES = text("LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE")
_ADD_DAY = keeping(calendar_days)
_ADOPTED = select(
    adopted_packs.c.pack_id,
    adopted_packs.c.text,
    adopted_packs.c.known_at,
    adopted_packs.c.by_whom,
    adopted_packs.c.because,
    adopted_packs.c.authority,
).order_by(adopted_packs.c.adoption_id)
_UNSETTLED_PACKS = _ADOPTED.where(adopted_packs.c.settled_at.is_(None))
_SETTLE_PACK = for_both(
    update(adopted_packs)
    .where(
        adopted_packs.c.pack_id == bindparam("p"),
        adopted_packs.c.text == bindparam("t"),
        func.coalesce(adopted_packs.c.authority, "") == bindparam("of"),
    )
    .values(settled_at=bindparam("at"))
)
_ADOPT = for_both(adopted_packs.insert())
_MARKS = select(DAYS_MARK, PACKS_MARK)


class HandingInSql(OutboxInSql):
    """The part of an SQL transaction that keeps what came in."""

    __slots__ = ()

    def keep(self, rows: Sequence[Quarantined]) -> None:
        kept = (dict(zip(_QUARANTINED, _quarantined_values(row), strict=True)) for row in rows)
        self._later(quarantine, _KEEP, kept)

    def quarantined(self, authority: str, case_id: str | None = None) -> list[Quarantined]:
        if case_id is not None:
            return self._of_case(KEPT, authority, case_id)
        rows = self._reading(quarantine).execute(_KEPT, {"a": authority})
        return [Quarantined(*row) for row in rows]

    def release(self, authority: str, quarantine_ids: Sequence[str], at: datetime) -> None:
        rows = ({"a": authority, "q": quarantine_id, "at": at} for quarantine_id in quarantine_ids)
        self._later(quarantine, _RELEASE, rows)

    def write_import(self, file: ImportedFile) -> None:
        row = {
            "authority": file.authority,
            "file": file.file,
            "kind": file.kind,
            "sha256": file.sha256,
            "imported_at": file.imported_at,
            "report": file.report,
        }
        self._later(imports, _WRITE_IMPORT, [row])

    def imports(self, authority: str) -> list[ImportedFile]:
        return [ImportedFile(*row) for row in self._reading(imports).execute(_IMPORTS, {"a": authority})]

    def calendar_changes(self) -> list[CalendarChange]:
        return [CalendarChange(*row) for row in self._reading(calendar_days).execute(_CHANGES)]

    def add_calendar_change(self, change: CalendarChange) -> None:
        row = {
            "authority": change.authority,
            "day": change.day,
            "title": change.title,
            "known_at": change.known_at,
            "by_whom": change.by,
            "because": change.because,
            "replaces": change.replaces,
        }
        self._wait_for_new_cases()
        self._later(calendar_days, _ADD_DAY, [row])

    def adopted_packs(self) -> list[AdoptedPack]:
        return [AdoptedPack(*row) for row in self._reading(adopted_packs).execute(_ADOPTED)]

    def adopt_pack(self, pack: AdoptedPack) -> None:
        row = {
            "authority": pack.authority,
            "pack_id": pack.pack_id,
            "text": pack.text,
            "known_at": pack.known_at,
            "by_whom": pack.by,
            "because": pack.because,
        }
        self._wait_for_new_cases()
        self._later(adopted_packs, _ADOPT, [row])

    def unsettled(self) -> list[CalendarChange | AdoptedPack]:
        days = prepared(_UNSETTLED_DAYS, self._dialect).read(self._reading(calendar_days), {})
        packs = prepared(_UNSETTLED_PACKS, self._dialect).read(self._reading(adopted_packs), {})
        return [*(CalendarChange(*row) for row in days), *(AdoptedPack(*row) for row in packs)]

    def settle(self, change: CalendarChange | AdoptedPack, at: datetime) -> None:
        if isinstance(change, CalendarChange):
            self._later(
                calendar_days, _SETTLE_DAY, [{"d": change.day, "of": change.authority or "", "at": at}]
            )
        else:
            row = {"p": change.pack_id, "t": change.text, "of": change.authority or "", "at": at}
            self._later(adopted_packs, _SETTLE_PACK, [row])

    def _wait_for_new_cases(self) -> None:
        """On PostgreSQL, let every case that is being made be made first, and none until this ends.

        A case made meanwhile would be worked out without the change, and not be found among those that it moves. A
        statement takes its lock on the table before it looks at anything: so none can have looked before.
        """
        if self._dialect == "postgresql":
            self._connection.execute(_NO_NEW_CASES)

    def marks(self) -> tuple[int, int]:
        self._reading(calendar_days)
        days, packs = self._reading(adopted_packs).execute(_MARKS).one()
        return int(days), int(packs)
