"""Statements, built once at import: building one costs more than running it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Executable, Insert, Select, Table, bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

#: rows fetched at a time by what streams
PAGE = 1000

#: one statement for each database, by the dialect's name
ByDialect = Mapping[str, Executable]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class CaseRows(Generic[Made]):
    """How a table's rows are read, of one case and of several, and what is made of each."""

    table: Table
    of_one: Select[Any]
    of_several: Select[Any]
    made: Callable[[Any], Made]

    @classmethod
    def read(
        cls,
        columns: Iterable[ColumnElement[Any]],
        made: Callable[[Any], Made],
        order: Sequence[ColumnElement[Any]],
    ) -> "CaseRows[Made]":
        """Read columns of one table, `authority` and `case_id` among them, in an order."""
        table: Table = order[0].table
        select_in_authority = select(*columns).where(table.c.authority == bindparam("a")).order_by(*order)
        return cls(
            table,
            select_in_authority.where(table.c.case_id == bindparam("c")),
            select_in_authority.where(table.c.case_id.in_(bindparam("cs", expanding=True))),
            made,
        )


def paged(statement: Select[Any], table: Table, columns: Sequence[str]) -> Select[Any]:
    """Order a statement by a unique key and limit it to the page after `after_<column>`: no cursor stays open."""
    keys = [table.c[name] for name in columns]
    return (
        statement.where(
            tuple_(*keys) > tuple_(*(bindparam(f"after_{key.name}", type_=key.type) for key in keys))
        )
        .order_by(*keys)
        .limit(PAGE)
    )


def replacing(table: Table) -> ByDialect:
    """Insert, or replace every column of the row with the same primary key."""
    key = [column.name for column in table.primary_key]
    lite, post = sqlite.insert(table), postgresql.insert(table)
    rest = [column.name for column in table.columns if column.name not in key]
    return {
        "sqlite": lite.on_conflict_do_update(
            index_elements=key, set_={name: lite.excluded[name] for name in rest}
        ),
        "postgresql": post.on_conflict_do_update(
            index_elements=key, set_={name: post.excluded[name] for name in rest}
        ),
    }


def keeping(table: Table, key: Iterable[str] | None = None) -> ByDialect:
    """Insert, or leave the row that is there: by any unique key, or by the one named. `rowcount` tells the new."""
    elements = None if key is None else list(key)
    return {
        "sqlite": _counted(sqlite.insert(table).on_conflict_do_nothing(index_elements=elements)),
        "postgresql": _counted(postgresql.insert(table).on_conflict_do_nothing(index_elements=elements)),
    }


def for_both(statement: Executable) -> ByDialect:
    """Use one statement on either database."""
    return {"sqlite": statement, "postgresql": statement}


def _counted(insert: Insert) -> Insert:
    # SQLAlchemy keeps the count of rows for UPDATE and DELETE; for INSERT it must be asked
    return insert.execution_options(preserve_rowcount=True)
