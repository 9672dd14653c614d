"""On PostgreSQL, a unit of work that reads nothing goes to the database as one statement: one round trip, committed.

The case's own row is moved to its new length first, and every other row is written only where that was done; so the
optimistic lock holds, and a unit of work that comes too late leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, Connection, Select, Table, func, insert, literal_column, select, true

from caseclock.store.json_rows import DIALECT, as_json, rows_given
from caseclock.store.sql_log import GROW_CASE, GROW_CASE_AS_MARKED, NEW_CASE, NEW_CASE_AS_MARKED
from caseclock.store.sql_statements import replacing_by


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
    texts = {f"{table.name}_rows": as_json(table, rows) for table, rows in waiting.items()}
    return bool(connection.exec_driver_sql(statement, {**growth, **texts}).scalar_one())


@cache
def _statement(is_new: bool, as_marked: bool, columns: tuple[tuple[Table, tuple[str, ...]], ...]) -> str:
    """Build the statement for these tables and columns as text, once: SQLAlchemy need not look at it again."""
    grown = _grown(is_new, as_marked)
    whole: Select[Any] = select(func.count()).select_from(grown)
    for table, names in columns:
        whole = whole.add_cte(_written(table, names, grown))
    return str(whole.compile(dialect=DIALECT))


def _grown(is_new: bool, as_marked: bool) -> CTE:
    if is_new:
        new: Any = (NEW_CASE_AS_MARKED if as_marked else NEW_CASE)["postgresql"]
        grown: CTE = new.returning(literal_column("1").label("one")).cte("grown")
        return grown
    update = GROW_CASE_AS_MARKED if as_marked else GROW_CASE
    return update.returning(literal_column("1").label("one")).cte("grown")


def _written(table: Table, names: tuple[str, ...], grown: CTE) -> CTE:
    rows = rows_given(table, names)
    given = select(*(rows.c[name] for name in names)).select_from(grown.join(rows, true()))
    if table.name in ("events", "outbox"):
        written = insert(table).from_select(list(names), given)
    else:
        written = replacing_by(table, names, given)
    return written.returning(literal_column("1")).cte(f"{table.name}_in")
