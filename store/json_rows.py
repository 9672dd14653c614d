"""On PostgreSQL, rows travel as one JSON text: one statement, prepared once, then takes any number of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Table, bindparam, cast, column, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from caseclock.store.prepared import as_bound, as_text


def rows_given(table: Table, names: Sequence[str]) -> FromClause:
    """Select from the rows of a JSON text, named by `given_as`, with the types of the table's columns."""
    return rows_told(given_as(table), {name: table.c[name].type for name in names})


def given_as(table: Table) -> str:
    """Name the JSON text of a table's rows among the values of a statement."""
    return f"{table.name}_rows"


def rows_told(name: str, types: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """Select from the rows of a JSON text, given under a name, with columns of these types."""
    return (
        func.json_to_recordset(cast(bindparam(name), postgresql.JSON))
        .table_valued(*(column(one, kind) for one, kind in types.items()))
        .render_derived(name="new", with_types=True)
    )


def rows_once(table: Table, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give rows of a table, all with the same columns; of those with one primary key the last."""
    rows = list(rows)
    key = _key_of(table)
    if len(rows) < 2 or key[0] not in rows[0]:  # where the database makes the key, every row is another
        return rows
    return list({tuple(row[name] for name in key): row for row in rows}.values())


@cache
def _key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def as_json(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows of a table, all with the same columns, as JSON text; of those with one primary key the last."""
    rows = rows_once(table, rows)
    binds = _binds(table, tuple(rows[0]))
    return _encode(
        [
            {
                name: value if bind is None or value is None else bind(value)
                for (name, value), bind in zip(row.items(), binds, strict=True)
            }
            for row in rows
        ]
    )


def texts_of(table: Table, names: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> list[str | None]:
    """Write the values of rows as text, one row after the other, each as PostgreSQL reads its column's type."""
    texts = _texts(table, names)
    return [
        value if value is None or text is None else text(value)
        for row in rows
        for text, value in zip(texts, row.values(), strict=True)
    ]


@cache
def _texts(table: Table, names: Sequence[str]) -> tuple[Callable[[Any], str] | None, ...]:
    return tuple(as_text(table.c[name].type) for name in names)


@cache
def _binds(table: Table, names: Sequence[str]) -> tuple[Callable[[Any], Any] | None, ...]:
    """Give, column by column, what makes a value one of the database's; None where it is that already."""
    return tuple(as_bound(table.c[name].type, "postgresql") for name in names)


def _plain(value: date | datetime) -> str:
    return value.isoformat()


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode
