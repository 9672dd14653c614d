"""Statements, built once at import: building one costs more than running it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Insert, Select, Table, bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from caseclock.store.json_rows import as_json, given_as, rows_given
from caseclock.store.prepared import prepared, prepared_from

#: rows fetched at a time by what streams
PAGE = 1000

#: rows from which on PostgreSQL takes them as one text rather than one by one
MANY = 10

Made = TypeVar("Made")


class ByDialect:
    """One statement for each database, and for PostgreSQL one that takes many rows at once."""

    __slots__ = ("_by_name", "_from_rows")

    def __init__(
        self,
        sqlite: Executable,
        postgresql: Executable,
        from_rows: Callable[[tuple[str, ...]], Executable] | None = None,
    ) -> None:
        self._by_name = {"sqlite": sqlite, "postgresql": postgresql}
        #: makes the statement that takes rows with these columns as one JSON text
        self._from_rows = from_rows

    def __getitem__(self, dialect: str) -> Executable:
        return self._by_name[dialect]

    def write(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it with rows of a table, all with the same columns; gives how many rows were changed."""
        names = tuple(rows[0])
        if len(rows) >= MANY and self._from_rows is not None and connection.dialect.name == "postgresql":
            return self.write_json(connection, table, names, as_json(table, rows))
        return prepared(self[connection.dialect.name], connection.dialect.name, names).write(connection, rows)

    def write_json(self, connection: Connection, table: Table, names: tuple[str, ...], rows: str) -> int:
        """Do as `write` on PostgreSQL, with rows that are one JSON text already, each with these columns."""
        if self._from_rows is None:
            raise TypeError(
                f"Rows of {table.name} can't be written together: this statement takes one at a time."
            )
        return prepared_from(self._from_rows, names).write(connection, [{given_as(table): rows}])


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
    return ByDialect(
        lite.on_conflict_do_update(index_elements=key, set_={name: lite.excluded[name] for name in rest}),
        post.on_conflict_do_update(index_elements=key, set_={name: post.excluded[name] for name in rest}),
        lambda names: replacing_by(table, names, _all_given(table, names)),
    )


def replacing_by(table: Table, names: tuple[str, ...], given: Select[Any]) -> Insert:
    """Insert what is selected on PostgreSQL, or replace those columns of the row with the same primary key."""
    key = [column.name for column in table.primary_key]
    insert = postgresql.insert(table)
    rest = {name: insert.excluded[name] for name in names if name not in key}
    return insert.from_select(list(names), given).on_conflict_do_update(index_elements=key, set_=rest)


def keeping(table: Table, key: Iterable[str] | None = None) -> ByDialect:
    """Insert, or leave the row that is there: by any unique key, or by the one named. `rowcount` tells the new."""
    elements = None if key is None else list(key)
    return ByDialect(
        _counted(sqlite.insert(table).on_conflict_do_nothing(index_elements=elements)),
        _counted(postgresql.insert(table).on_conflict_do_nothing(index_elements=elements)),
        lambda names: (
            postgresql.insert(table)
            .from_select(list(names), _all_given(table, names))
            .on_conflict_do_nothing(index_elements=elements)
        ),
    )


def adding(table: Table) -> ByDialect:
    """Insert rows that are new."""
    return ByDialect(
        table.insert(),
        table.insert(),
        lambda names: table.insert().from_select(list(names), _all_given(table, names)),
    )


def for_both(statement: Executable) -> ByDialect:
    """Use one statement on either database."""
    return ByDialect(statement, statement)


def _all_given(table: Table, names: tuple[str, ...]) -> Select[Any]:
    rows = rows_given(table, names)
    return select(*(rows.c[name] for name in names))


def _counted(insert: Insert) -> Insert:
    # SQLAlchemy keeps the count of rows for UPDATE and DELETE; for INSERT it must be asked
    return insert.execution_options(preserve_rowcount=True)
