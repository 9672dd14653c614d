"""On PostgreSQL, a unit of work that reads nothing goes to the database as one statement: one round trip, committed.

The case's own row is moved to its new length first, and every other row is written only where that was done; so the
optimistic lock holds, and a unit of work that comes too late leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    FromClause,
    Select,
    Table,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    true,
    values,
)
from sqlalchemy.sql.compiler import SQLCompiler

from caseclock.store.json_rows import as_json, given_as, rows_given, rows_once, texts_of
from caseclock.store.prepared import BY_PLACE
from caseclock.store.sql_log import GROW_CASE, GROW_CASE_AS_MARKED, NEW_CASE, NEW_CASE_AS_MARKED
from caseclock.store.sql_statements import replacing_by

#: rows of one table up to which each value is a parameter of its own; more go as one JSON text, so that a few
#: statements serve every number of rows, and the server has each of them prepared
SPELT_OUT = 6

#: a table, the columns that are given, and how many rows; None where they go as one JSON text
Shape = tuple[Table, tuple[str, ...], int | None]
Values = list[str | None]


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    #: names of what lets the case grow, and then the places of all values, in the order of the text
    growth: tuple[str, ...]
    order: tuple[int, ...]


def as_one(
    growth: Mapping[str, Any], waiting: Mapping[Table, Sequence[Mapping[str, Any]]]
) -> tuple[str, Values]:
    """Make the statement that writes a case's growth and what comes with it, and its values as text, by place.

    It gives 1 where it was written, and 0, with nothing written, where the case is not as it was read. A derived row
    replaces the one with its primary key; a row of the log or the outbox that is there already refuses all of it.
    """
    once = {table: rows_once(table, rows) for table, rows in waiting.items()}
    shapes = tuple(
        (table, tuple(rows[0]), len(rows) if len(rows) <= SPELT_OUT else None) for table, rows in once.items()
    )
    statement = _statement(growth["read_version"] == 0, "days" in growth, shapes)
    given: Values = [str(growth[name]) for name in statement.growth]
    for (table, rows), (_, names, count) in zip(once.items(), shapes, strict=True):
        if count is None:
            given.append(as_json(table, rows))
        else:
            given += texts_of(table, names, rows)
    return statement.text, [given[place] for place in statement.order]


@lru_cache(maxsize=1000)
def _statement(is_new: bool, as_marked: bool, shapes: tuple[Shape, ...]) -> _Statement:
    """Build the statement for these tables, columns and numbers of rows, once."""
    grown = _grown(is_new, as_marked)
    whole: Select[Any] = select(func.count()).select_from(grown)
    given: list[str] = []
    for table, names, count in shapes:
        rows, its = _rows(table, names, count)
        given += its
        whole = whole.add_cte(_written(table, names, rows, grown))
    compiled: SQLCompiler = whole.compile(dialect=BY_PLACE["postgresql"])
    places = list(compiled.positiontup or ())
    growth = tuple(name for name in places if name not in given)
    numbers = {name: number for number, name in enumerate((*growth, *given))}
    return _Statement(str(compiled), growth, tuple(numbers[name] for name in places))


def _grown(is_new: bool, as_marked: bool) -> CTE:
    if is_new:
        new: Any = (NEW_CASE_AS_MARKED if as_marked else NEW_CASE)["postgresql"]
        grown: CTE = new.returning(literal_column("1").label("one")).cte("grown")
        return grown
    update = GROW_CASE_AS_MARKED if as_marked else GROW_CASE
    return update.returning(literal_column("1").label("one")).cte("grown")


def _rows(table: Table, names: tuple[str, ...], count: int | None) -> tuple[FromClause, list[str]]:
    """Give the rows to select from, and the names of their values in order."""
    if count is None:
        return rows_given(table, names), [given_as(table)]
    columns = [column(name, table.c[name].type) for name in names]
    given = [[f"{table.name}_{number}_{name}" for name in names] for number in range(count)]
    rows = values(*columns, name=f"{table.name}_new").data(
        [
            tuple(bindparam(value, type_=table.c[name].type) for value, name in zip(row, names, strict=True))
            for row in given
        ]
    )
    return rows, [value for row in given for value in row]


def _written(table: Table, names: tuple[str, ...], rows: FromClause, grown: CTE) -> CTE:
    given = select(*(rows.c[name] for name in names)).select_from(grown.join(rows, true()))
    if table.name in ("events", "outbox"):
        written = insert(table).from_select(list(names), given)
    else:
        written = replacing_by(table, names, given)
    return written.cte(f"{table.name}_in")
