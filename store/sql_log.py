"""The event log in SQL: reading a case, and adding to it under an optimistic lock."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Row,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from caseclock.store import schema
from caseclock.store.appending import Link, case_changed, event_id_taken, linked
from caseclock.store.columns import Key
from caseclock.store.prepared import prepared
from caseclock.store.protocol import Case, LogRow
from caseclock.store.schema import adopted_packs, calendar_days, cases, events
from caseclock.store.sql_base import OnConnection, Rows, in_batches
from caseclock.store.sql_growing import Growing
from caseclock.store.sql_log_rows import OF_A_CASE, rows_of, strays_in
from caseclock.store.sql_statements import CaseRows, keeping, paged
from caseclock.timers.event import Event
from caseclock.timers.when import When


def _event(row: Row[*tuple[Any, ...]]) -> Event:
    return Event(
        event_id=row[3],
        type=row[4],
        authority=row[0],
        case_id=row[1],
        episode_id=row[5],
        occurred=When(row[6], row[7]),
        recorded=When(row[8], row[9]),
        by=row[10],
        because=row[11],
        data=row[12],
        seq=row[2],
    )


CASE = CaseRows.read(cases.c, lambda row: Case(*row), [cases.c.case_id])
#: in the order of the table's columns
EVENTS = CaseRows.read(events.c, _event, [events.c.seq])
_BY_ID = select(events).where(events.c.authority == bindparam("a"), events.c.event_id == bindparam("e"))
_WHOSE_IDS = select(events.c.event_id, events.c.case_id, events.c.seq).where(
    events.c.authority == bindparam("a"), events.c.event_id.in_(bindparam("ids", expanding=True))
)
_CASE_LOCKED = CASE.of_one.with_for_update()  # SQLite has but one writer, who holds the whole database
_CASE_IF_FREE = CASE.of_one.with_for_update(skip_locked=True)
GROW_CASE = (
    update(cases)
    .where(
        cases.c.authority == bindparam("a"),
        cases.c.case_id == bindparam("c"),
        cases.c.version == bindparam("read_version"),
        cases.c.head == bindparam("read_head"),
    )
    .values(version=bindparam("to_version"), head=bindparam("to_head"))
)
DAYS_MARK, PACKS_MARK = (
    select(func.coalesce(func.max(changes), literal_column("0"))).scalar_subquery()
    for changes in (calendar_days.c.change_id, adopted_packs.c.adoption_id)
)
GROW_CASE_AS_MARKED = GROW_CASE.where(DAYS_MARK == bindparam("days"), PACKS_MARK == bindparam("packs"))


def _new_case(dialect: str, *conditions: ColumnElement[bool]) -> sqlite.Insert | postgresql.Insert:
    """Make a case's own row, unless there is one, from the values that let it grow."""
    told = select(
        bindparam("a", type_=Key),
        bindparam("c", type_=Key),
        bindparam("to_version", type_=Integer()),
        bindparam("to_head", type_=Text()),
    ).where(*conditions)
    columns = ["authority", "case_id", "version", "head"]
    if dialect == "sqlite":
        return sqlite.insert(cases).from_select(columns, told).on_conflict_do_nothing()
    return postgresql.insert(cases).from_select(columns, told).on_conflict_do_nothing()


NEW_CASE, NEW_CASE_AS_MARKED = (
    {dialect: _new_case(dialect, *conditions) for dialect in ("sqlite", "postgresql")}
    for conditions in (
        [
            literal_column("1") == literal_column("1")
        ],  # SQLite can't tell the end of a SELECT without a condition
        [DAYS_MARK == bindparam("days"), PACKS_MARK == bindparam("packs")],
    )
)
ADD_EVENTS = keeping(events, ["authority", "event_id"])
_GROW_SEVERAL = Growing(
    (NEW_CASE["sqlite"], NEW_CASE_AS_MARKED["sqlite"]),
    (GROW_CASE, GROW_CASE_AS_MARKED),
    [DAYS_MARK == bindparam("days"), PACKS_MARK == bindparam("packs")],
)
_CASE_KEY = ("authority", "case_id")
_IDS = select(cases.c.authority, cases.c.case_id)
_ALL_IDS = paged(_IDS, cases, _CASE_KEY)
_AUTHORITY_IDS = paged(_IDS.where(cases.c.authority == bindparam("a")), cases, _CASE_KEY)


class LogInSql(OnConnection):
    """The part of an SQL transaction that keeps the event log."""

    __slots__ = ()

    def case(self, authority: str, case_id: str) -> Case | None:
        found = self._of_case(CASE, authority, case_id)
        return found[0] if found else None

    def locked_case(self, authority: str, case_id: str, *, wait: bool = True) -> Case | None:
        statement = _CASE_LOCKED if wait else _CASE_IF_FREE
        row = self._to_write().execute(statement, {"a": authority, "c": case_id}).first()
        return None if row is None else Case(*row)

    def events(self, authority: str, case_id: str) -> list[Event]:
        return self._of_case(EVENTS, authority, case_id)

    def chain(self, authority: str, case_id: str) -> list[tuple[Event, str, str]]:
        connection = self._reading(events, (authority, case_id))
        rows = connection.execute(EVENTS.of_one, {"a": authority, "c": case_id})
        return [(_event(row), row.previous, row.hash) for row in rows]

    def log_rows(self, authority: str, case_id: str) -> list[LogRow]:
        return rows_of(self._reading(events, (authority, case_id)), authority, case_id)

    def strays(self, authority: str | None = None) -> Iterator[tuple[str, str, str]]:
        for table in OF_A_CASE:
            self._reading(table)
        return strays_in(self._reading(cases), authority)

    def find_event(self, authority: str, event_id: str) -> Event | None:
        row = self._reading(events).execute(_BY_ID, {"a": authority, "e": event_id}).first()
        return None if row is None else _event(row)

    def append(self, case: Case, events: Sequence[Event], *, marks: tuple[int, int] | None = None) -> Case:
        self._check_writable()
        if not events:
            return case
        links, grown = linked(case, events)
        self._ahead.get(cases, {}).pop((case.authority, case.case_id), None)
        self._grow(case, grown, marks)
        self._later(schema.events, ADD_EVENTS, map(_row, links))
        return grown

    def _grow(self, case: Case, grown: Case, marks: tuple[int, int] | None) -> None:
        """Move the case's own row to its new length; raises CaseChanged where it, or the marks, are not as read."""
        if marks is not None:
            self._reading(calendar_days)
            self._reading(adopted_packs)
        if self._several:
            told = {"authority": case.authority, "case_id": case.case_id, **growth(case, grown, marks)}
            self._later(cases, _GROW_SEVERAL, [told])
            return
        if not self._changed(growing_by(case, marks, self._dialect), growth(case, grown, marks)):
            self.spoilt = case_changed(case)
            raise self.spoilt

    def _changed(self, statement: Executable, values: dict[str, Any]) -> int:
        connection = self._connection
        return prepared(statement, connection.dialect.name).write(connection, [values])

    def _write(self, table: Table) -> None:
        if table is events and cases in self._waiting:
            self._write(
                cases
            )  # who comes too late is told by the case's own row, before anything else goes in
        super()._write(table)

    def _written(self, table: Table, rows: Rows, count: int) -> None:
        if table is not events or count == len(rows):
            return
        for authority in dict.fromkeys(row["authority"] for row in rows):
            ours = {row["event_id"]: row for row in rows if row["authority"] == authority}
            owners: dict[str, Row[Any]] = {}
            for some in in_batches(list(ours)):
                found = self._connection.execute(_WHOSE_IDS, {"a": authority, "ids": some})
                owners |= {row.event_id: row for row in found}
            for row in rows:
                owner = owners.get(row["event_id"]) if row["authority"] == authority else None
                if owner is not None and (owner.case_id, owner.seq) != (row["case_id"], row["seq"]):
                    raise event_id_taken(authority, owner.event_id, owner.case_id)

    def case_ids(self, authority: str | None = None) -> Iterator[tuple[str, str]]:
        first = {"after_authority": "", "after_case_id": ""}
        if authority is None:
            pages = self._pages(cases, _ALL_IDS, first, _CASE_KEY)
        else:
            pages = self._pages(cases, _AUTHORITY_IDS, first | {"a": authority}, _CASE_KEY)
        return ((row[0], row[1]) for row in pages)


def growing_by(case: Case, marks: tuple[int, int] | None, dialect: str) -> Executable:
    """Give the statement that lets a case grow, unless it, or the marks where they count, are not as they were read."""
    if case.version == 0:
        return (NEW_CASE if marks is None else NEW_CASE_AS_MARKED)[dialect]
    return GROW_CASE if marks is None else GROW_CASE_AS_MARKED


def growth(case: Case, grown: Case, marks: tuple[int, int] | None) -> dict[str, Any]:
    """Tell how a case was read, with the marks of calendar and packs where they count, and how it is to be."""
    told = {
        "a": case.authority,
        "c": case.case_id,
        "read_version": case.version,
        "read_head": case.head,
        "to_version": grown.version,
        "to_head": grown.head,
    }
    return told if marks is None else told | {"days": marks[0], "packs": marks[1]}


def _row(link: Link) -> dict[str, Any]:
    event, occurred, recorded = link.event, link.event.occurred, link.event.recorded
    return {
        "authority": event.authority,
        "case_id": event.case_id,
        "seq": link.seq,
        "event_id": event.event_id,
        "type": event.type,
        "episode_id": event.episode_id,
        "occurred_on": occurred.on,
        "occurred_at": occurred.at,
        "recorded_on": recorded.on,
        "recorded_at": recorded.at,
        "by_whom": event.by,
        "because": event.because,
        "data": link.data,
        "previous": link.previous,
        "hash": link.hash,
    }
