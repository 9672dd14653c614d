"""What a sweep asks of a database: due timers claimed, and breaches written, some hundreds at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from caseclock.store import schema
from caseclock.store.driver import run
from caseclock.store.json_rows import rows_given
from caseclock.store.outbox_tables import outbox
from caseclock.store.prepared import prepared
from caseclock.store.protocol import Case, DueTimer, Raised
from caseclock.store.raising import BREACH, EVENT, GROWN, MESSAGE, Value, rows_of
from caseclock.store.schema import breaches, cases, events, timers
from caseclock.store.sql_base import OnConnection, Rows
from caseclock.store.sql_derived import WRITE_BREACHES
from caseclock.store.sql_log import ADD_EVENTS
from caseclock.store.sql_outbox_statements import PUT_OUTBOX
from caseclock.store.sql_statements import ByDialect

#: rows that one INSERT takes on SQLite
TOGETHER = 100

#: by what a timer's row is found again, once it is claimed: in SQLite by its number, which spares an index
_PLACE: dict[str, ColumnElement[Any]] = {
    "sqlite": literal_column("timers.rowid"),
    "postgresql": timers.c.timer_id,
}
# by wake_at and nothing else: any other order would walk over every timer that is not due
_CLAIM = {
    dialect: select(
        *(timers.c[name] for name in DueTimer._fields[:-2]),
        place,
        exists().where(breaches.c.authority == timers.c.authority, breaches.c.timer_id == timers.c.timer_id),
    )
    .where(timers.c.wake_at <= bindparam("moment"))
    .order_by(timers.c.wake_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=timers)
    for dialect, place in _PLACE.items()
}


def _is_named(column: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Say that a column's value is among `named`, a JSON list, so that each is looked up in an index."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam("named")).table_valued("value").c.value))
    # as an array: PostgreSQL would rather read a whole table than look up the rows of a function
    names = func.json_array_elements_text(cast(bindparam("named"), postgresql.JSON))
    return column == any_(func.array(select(names.column_valued("name")).scalar_subquery()))


_LOCK_FREE = {
    dialect: select(cases.c.authority, cases.c.case_id, cases.c.version, cases.c.head)
    .where(cases.c.authority == bindparam("a"), _is_named(cases.c.case_id, dialect))
    .order_by(cases.c.case_id)
    .with_for_update(skip_locked=True, of=cases)
    for dialect in ("sqlite", "postgresql")
}
_REST = {
    # by nothing but their numbers: told the authority too, it would rather walk over all that this one has
    "sqlite": update(timers).where(_is_named(_PLACE["sqlite"], "sqlite")).values(wake_at=null()),
    "postgresql": update(timers)
    .where(timers.c.authority == bindparam("a"), _is_named(_PLACE["postgresql"], "postgresql"))
    .values(wake_at=null()),
}
_grow_one = text(
    "UPDATE cases SET version = :version, head = :head WHERE authority = :authority AND case_id = :case_id"
)
_wake_one = text(
    "UPDATE timers SET wake_at = :wake_at WHERE authority = :authority AND timer_id = :timer_id"
).bindparams(bindparam("wake_at", type_=timers.c.wake_at.type))


def _grow_many(names: tuple[str, ...]) -> Update:
    new = rows_given(cases, names)
    same = cases.c.authority == new.c.authority, cases.c.case_id == new.c.case_id
    return update(cases).where(*same).values(version=new.c.version, head=new.c.head)


def _wake_many(names: tuple[str, ...]) -> Update:
    new = rows_given(timers, names)
    same = timers.c.authority == new.c.authority, timers.c.timer_id == new.c.timer_id
    return update(timers).where(*same).values(wake_at=new.c.wake_at)


_GROW = ByDialect(_grow_one, _grow_one, _grow_many)
_WAKE = ByDialect(_wake_one, _wake_one, _wake_many)
_NEXT_WAKE = select(func.min(timers.c.wake_at)).where(timers.c.wake_at.is_not(None))


class RaisingInSql(OnConnection):
    """The part of an SQL transaction that a sweep works with."""

    __slots__ = ()

    def claim_due(self, moment: datetime, limit: int) -> list[DueTimer]:
        self._check_writable()
        self._reading(breaches)
        found = self._rows(timers, _CLAIM[self._dialect], {"moment": moment, "most": limit})
        return list(map(DueTimer._make, found))

    def lock_free(self, authority: str, case_ids: Sequence[str]) -> list[Case]:
        self._check_writable()
        statement = _LOCK_FREE[self._dialect]  # on SQLite its one writer holds every case
        found = self._rows(cases, statement, {"a": authority, "named": _as_json(case_ids)})
        locked = {row[1]: Case(*row) for row in found}
        return [locked[case_id] for case_id in case_ids if case_id in locked]

    def raise_breaches(self, logs: Sequence[tuple[Case, Sequence[Raised]]], at: datetime) -> None:
        self._check_writable()
        for table in (cases, events, breaches, outbox, timers):
            self._reading(table)
            self._ahead.pop(table, None)
        rows = rows_of(logs, at)
        try:
            self._put(cases, _GROW, GROWN, rows.grown)
            written = self._put(events, ADD_EVENTS, EVENT, rows.events)
            if written != len(rows.events) // len(EVENT):
                told: Rows = [dict(zip(EVENT, row, strict=True)) for row in _one_by_one(rows.events, EVENT)]
                self._written(events, told, written)  # says whose id it is
            self._put(breaches, WRITE_BREACHES, BREACH, rows.breaches)
            self._put(outbox, PUT_OUTBOX, MESSAGE, rows.messages)
            for authority, its in groupby(logs, lambda log: log[0].authority):
                named = [one.timer.place for _, raised in its for one in raised]
                rest = prepared(_REST[self._dialect], self._dialect)
                rest.write(self._connection, [{"a": authority, "named": _as_json(named)}])
        except Exception as error:
            self.spoilt = error
            raise

    def wake(self, authority: str, timers: Mapping[str, datetime | None]) -> None:
        rows = (
            {"authority": authority, "timer_id": timer_id, "wake_at": wake_at}
            for timer_id, wake_at in timers.items()
        )
        self._later(schema.timers, _WAKE, rows)

    def next_wake(self) -> datetime | None:
        wake_at: datetime | None = self._reading(timers).scalar(_NEXT_WAKE)
        return wake_at

    def _rows(
        self, table: Table, statement: Select[Any], values: Mapping[str, Any]
    ) -> Iterator[tuple[Any, ...]]:
        """Read rows by the hundred: converted column by column, which is quicker than row by row."""
        reading = prepared(statement, self._dialect)
        rows = run(self._reading(table), reading.text, (reading.bound_row(values),)).fetchall()
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, convert in reading.columns if columns else ():
            # each value that stands there once: of days and moments many are the same
            made = {value: None if value is None else convert(value) for value in set(columns[place])}
            columns[place] = [made[value] for value in columns[place]]
        return zip(*columns, strict=True)

    def _put(self, table: Table, statement: ByDialect, names: tuple[str, ...], values: list[Value]) -> int:
        """Write rows, each value as text, one after the other in the order in which the statement names the columns."""
        if self._dialect == "sqlite":
            return self._put_together(statement["sqlite"], names, values)
        told = [dict(zip(names, row, strict=True)) for row in _one_by_one(values, names)]
        return statement.write_json(self._connection, table, names, json.dumps(told, ensure_ascii=False))

    def _put_together(self, statement: Executable, names: tuple[str, ...], values: list[Value]) -> int:
        """Do as `_put` on SQLite, an INSERT taking many rows at once: it looks up tables and indexes but once."""
        written, done = 0, 0
        if isinstance(statement, Insert):
            taken = TOGETHER * len(names)
            done = len(values) - len(values) % taken
            for start in range(0, done, taken):
                many = _of_many(statement, names)
                written += run(self._connection, many, [values[start : start + taken]]).rowcount
        rest = _one_by_one(values[done:], names)
        if rest:
            written += run(self._connection, prepared(statement, "sqlite", names).text, rest).rowcount
        return written


def _one_by_one(values: list[Value], names: tuple[str, ...]) -> list[list[Value]]:
    """Divide values into rows."""
    return [values[start : start + len(names)] for start in range(0, len(values), len(names))]


@cache
def _of_many(statement: Insert, names: tuple[str, ...]) -> str:
    """Give the text of an INSERT that takes the values of TOGETHER rows on SQLite, one after the other."""
    one = f"({', '.join('?' * len(names))})"
    return prepared(statement, "sqlite", names).text.replace(one, ", ".join([one] * TOGETHER), 1)


def _as_json(names: Sequence[int | str]) -> str:
    return json.dumps(names, ensure_ascii=False)
