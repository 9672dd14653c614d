"""The floor on PostgreSQL: the rows that recording wrote, each unit of work as one data-modifying statement.

Sent by the driver itself, prepared, with nothing checked or worked out: one round trip and one commit for an event.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import psycopg
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import Insert, Update

from benchmarks.floor import KEYS, Write
from caseclock.store.schema import cases

Sent = tuple[str, list[Any]]

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def as_statements(units: Sequence[Sequence[Write]]) -> list[Sent]:
    """Make one statement of each unit of work, with its values as the driver takes them."""
    return [_one(unit) for unit in units]


def write_statements(connection: psycopg.Connection[Any], statements: Sequence[Sent]) -> None:
    """Send statements one by one; `connection` commits each by itself."""
    cursor = connection.cursor()
    for text, values in statements:
        cursor.execute(text, values, prepare=True)


def _one(unit: Sequence[Write]) -> Sent:
    parts, values = [], []
    for statement, rows in unit:
        table = cast(Table, cast(Insert | Update, statement).table)
        for row in rows:
            is_new = isinstance(statement, Insert)
            parts.append(_text(table, tuple(row), is_new))
            values.extend(_values(table, row))
    *before, last = parts
    named = ", ".join(f"w{number} AS ({part})" for number, part in enumerate(before))
    return (f"WITH {named} {last}" if named else last), values


@cache
def _text(table: Table, names: tuple[str, ...], is_new: bool) -> str:
    if is_new:
        marks = ", ".join("%s" for _ in names)
        return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
    if table is cases:
        return (
            "UPDATE cases SET version = %s, head = %s WHERE authority = %s AND case_id = %s AND version = %s"
        )
    keys = KEYS[table]
    changed = [name for name in names if name.removeprefix("its_") not in keys]
    sets = ", ".join(f"{name} = %s" for name in changed)
    return f"UPDATE {table.name} SET {sets} WHERE {' AND '.join(f'{key} = %s' for key in keys)}"


def _values(table: Table, row: dict[str, Any]) -> list[Any]:
    if table is cases and "was" in row:
        return [row["version"], row["head"], row["a"], row["c"], row["was"]]
    named = {name: name.removeprefix("its_") for name in row}
    changed = [name for name in row if not name.startswith("its_")]
    # what identifies a row comes last, in the order in which the statement has it
    order = [*changed, *(f"its_{key}" for key in KEYS.get(table, ()) if f"its_{key}" in row)]
    return [_bound(table, named[name], row[name]) for name in order]


def _bound(table: Table, name: str, value: Any) -> Any:
    bind = table.c[name].type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return bind(value) if bind and value is not None else value
