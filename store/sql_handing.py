"""What is handed on and what came in, in SQL: outbox, quarantine, imports, and days added to the calendar."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import bindparam, func, select, tuple_, update

from caseclock.store.protocol import AdoptedPack, CalendarChange, ImportedFile, OutboxMessage, Quarantined
from caseclock.store.schema import adopted_packs, calendar_days, imports, outbox, quarantine
from caseclock.store.sql_base import OnConnection
from caseclock.store.sql_log import DAYS_MARK, PACKS_MARK
from caseclock.store.sql_statements import for_both, keeping

_QUARANTINED = tuple(field.name for field in fields(Quarantined))
_quarantined_values = attrgetter(*_QUARANTINED)

PUT_OUTBOX = for_both(outbox.insert())
_TAKE = (
    select(
        outbox.c.authority,
        outbox.c.case_id,
        outbox.c.kind,
        outbox.c.payload,
        outbox.c.made_at,
        outbox.c.message_id,
    )
    .where(outbox.c.handed_on_at.is_(None))
    .order_by(outbox.c.message_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_OLDEST_WAITING = (
    select(outbox.c.authority, outbox.c.case_id, outbox.c.message_id)
    .where(
        outbox.c.handed_on_at.is_(None),
        tuple_(outbox.c.authority, outbox.c.case_id).in_(bindparam("cases", expanding=True)),
        outbox.c.message_id < bindparam("newest"),
        outbox.c.message_id.not_in(bindparam("taken", expanding=True)),
    )
    .order_by(outbox.c.message_id)
)
_HANDED_ON = for_both(
    update(outbox)
    .where(outbox.c.message_id == bindparam("m"), outbox.c.handed_on_at.is_(None))
    .values(handed_on_at=bindparam("at"))
)
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
_KEPT_OF_CASE = _kept.where(quarantine.c.case_id == bindparam("c")).order_by(*_in_order)
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
).order_by(calendar_days.c.change_id)
_ADD_DAY = keeping(calendar_days)
_ADOPTED = select(
    adopted_packs.c.pack_id,
    adopted_packs.c.text,
    adopted_packs.c.known_at,
    adopted_packs.c.by_whom,
    adopted_packs.c.because,
    adopted_packs.c.authority,
).order_by(adopted_packs.c.adoption_id)
_ADOPT = for_both(adopted_packs.insert())
_MARKS = select(DAYS_MARK, PACKS_MARK)


class HandingInSql(OnConnection):
    """The part of an SQL transaction that keeps what goes out and what came in."""

    __slots__ = ()

    def put_outbox(self, messages: Sequence[OutboxMessage]) -> None:
        rows = (
            {
                "authority": message.authority,
                "case_id": message.case_id,
                "kind": message.kind,
                "payload": message.payload,
                "made_at": message.made_at,
            }
            for message in messages
        )
        self._later(outbox, PUT_OUTBOX, rows)

    def take_outbox(self, limit: int) -> list[OutboxMessage]:
        self._to_write()
        taken = [OutboxMessage(*row) for row in self._reading(outbox).execute(_TAKE, {"most": limit})]
        if not taken or self._dialect == "sqlite":  # only one writer there: nobody else holds an earlier one
            return taken
        return self._without_overtaking(taken)

    def _without_overtaking(self, taken: list[OutboxMessage]) -> list[OutboxMessage]:
        """Leave what follows a message of the same case that another taker holds: it goes after that one."""
        held: dict[tuple[str, str], int] = {}
        waiting = self._connection.execute(
            _OLDEST_WAITING,
            {
                "cases": sorted({(message.authority, message.case_id) for message in taken}),
                "newest": taken[-1].message_id,
                "taken": [message.message_id for message in taken],
            },
        )
        for authority, case_id, message_id in waiting:
            held.setdefault((authority, case_id), message_id)
        return [
            message
            for message in taken
            if message.message_id < held.get((message.authority, message.case_id), message.message_id + 1)
        ]

    def mark_handed_on(self, message_ids: Sequence[int], at: datetime) -> None:
        self._later(outbox, _HANDED_ON, ({"m": message_id, "at": at} for message_id in message_ids))

    def keep(self, rows: Sequence[Quarantined]) -> None:
        kept = (dict(zip(_QUARANTINED, _quarantined_values(row), strict=True)) for row in rows)
        self._later(quarantine, _KEEP, kept)

    def quarantined(self, authority: str, case_id: str | None = None) -> list[Quarantined]:
        connection = self._reading(quarantine)
        if case_id is None:
            rows = connection.execute(_KEPT, {"a": authority})
        else:
            rows = connection.execute(_KEPT_OF_CASE, {"a": authority, "c": case_id})
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
        }
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
        self._later(adopted_packs, _ADOPT, [row])

    def marks(self) -> tuple[int, int]:
        self._reading(calendar_days)
        days, packs = self._reading(adopted_packs).execute(_MARKS).one()
        return int(days), int(packs)
