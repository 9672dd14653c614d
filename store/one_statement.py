"""On PostgreSQL, a unit of work that reads nothing goes to the database as one statement: one round trip, committed.

The case's own row is moved to its new length first, and every other row is written only where that was done; so the
optimistic lock holds, and a unit of work that comes too late leaves nothing behind. The rows of each table travel as
one JSON text, so that one prepared statement serves any number of them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    Select,
    Table,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from caseclock.store.schema import cases
from caseclock.store.sql_log import GROW_CASE, GROW_CASE_AS_MARKED

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def write_as_one(
    connection: Connection, growth: Mapping[str, Any], waiting: Mapping[Table, Sequence[Mapping[str, Any]]]
) -> bool:
    """Write a case's growth and what comes with it; False, with nothing written, where the case is not as it was read.

    `connection` commits each statement by itself. A derived row replaces the one with its primary key; raises
    IntegrityError, with nothing written, where a row of the log or the outbox is there already.
    """
    statement = _statement(
        growth["read_version"] == 0,
        "days" in growth,
        tuple((table, tuple(rows[0])) for table, rows in waiting.items()),
    )
    texts = {f"{table.name}_rows": _as_json(table, rows) for table, rows in waiting.items()}
    return bool(connection.exec_driver_sql(statement, {**growth, **texts}).scalar_one())


@cache
def _statement(is_new: bool, as_marked: bool, columns: tuple[tuple[Table, tuple[str, ...]], ...]) -> str:
    """Build the statement for these tables and columns as text, once: SQLAlchemy need not look at it again."""
    grown = _grown(is_new, as_marked)
    whole: Select[Any] = select(func.count()).select_from(grown)
    for table, names in columns:
        whole = whole.add_cte(_written(table, names, grown))
    return str(whole.compile(dialect=_DIALECT))


def _grown(is_new: bool, as_marked: bool) -> CTE:
    if is_new:
        values: dict[str, Any] = {
            "authority": bindparam("a"),
            "case_id": bindparam("c"),
            "version": bindparam("to_version"),
            "head": bindparam("to_head"),
        }
        return (
            postgresql.insert(cases)
            .values(values)
            .on_conflict_do_nothing()
            .returning(literal_column("1").label("one"))
            .cte("grown")
        )
    update = GROW_CASE_AS_MARKED if as_marked else GROW_CASE
    return update.returning(literal_column("1").label("one")).cte("grown")


def _written(table: Table, names: Sequence[str], grown: CTE) -> CTE:
    rows = (
        func.json_to_recordset(cast(bindparam(f"{table.name}_rows"), postgresql.JSON))
        .table_valued(*(column(name, table.c[name].type) for name in names))
        .render_derived(name="new", with_types=True)
    )
    given = select(*(rows.c[name] for name in names)).select_from(grown.join(rows, true()))
    if table.name in ("events", "outbox"):
        return (
            insert(table)
            .from_select(list(names), given)
            .returning(literal_column("1"))
            .cte(f"{table.name}_in")
        )
    key = [one.name for one in table.primary_key]
    replacing = postgresql.insert(table).from_select(list(names), given)
    rest = {name: replacing.excluded[name] for name in names if name not in key}
    return (
        replacing.on_conflict_do_update(index_elements=key, set_=rest)
        .returning(literal_column("1"))
        .cte(f"{table.name}_in")
    )


def _as_json(table: Table, rows: Sequence[Mapping[str, Any]]) -> str:
    binds = _binds(table, tuple(rows[0]))
    return _encode(
        [
            {
                name: bind(value) if bind and value is not None else value
                for (name, value), bind in zip(row.items(), binds, strict=True)
            }
            for row in rows
        ]
    )


@cache
def _binds(table: Table, names: Sequence[str]) -> tuple[Callable[[Any], Any] | None, ...]:
    """Give, column by column, what makes a value one of the database's; None where it is that already."""
    return tuple(table.c[name].type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for name in names)


def _plain(value: date | datetime) -> str:
    return value.isoformat()


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode
