"""On PostgreSQL, rows travel as one JSON text: one statement, prepared once, then takes any number of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Table, bindparam, cast, column, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def rows_given(table: Table, names: Sequence[str]) -> FromClause:
    """Select from the rows of a JSON text, which is given as `<table>_rows`, with the types of the table's columns."""
    return (
        func.json_to_recordset(cast(bindparam(f"{table.name}_rows"), postgresql.JSON))
        .table_valued(*(column(name, table.c[name].type) for name in names))
        .render_derived(name="new", with_types=True)
    )


def as_json(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows of a table, all with the same columns, as JSON text; of those with one primary key the last."""
    key = [one.name for one in table.primary_key]
    if key[0] in (rows := list(rows))[0]:  # where the database makes the key, every row is another
        rows = list({tuple(row[name] for name in key): row for row in rows}.values())
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


@cache
def _binds(table: Table, names: Sequence[str]) -> tuple[Callable[[Any], Any] | None, ...]:
    """Give, column by column, what makes a value one of the database's; None where it is that already."""
    return tuple(table.c[name].type.dialect_impl(DIALECT).bind_processor(DIALECT) for name in names)


def _plain(value: date | datetime) -> str:
    return value.isoformat()


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode
