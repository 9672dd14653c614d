"""Statements compiled once to the text that the driver takes: SQLAlchemy need not look at them again and again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Insert, Select, Text, TypeDecorator
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from caseclock.store.driver import run
from caseclock.store.types import KeptAsText, LocalDate, UtcDateTime

Convert = Callable[[Any], Any] | None

#: values go by place, as the servers themselves have them: no driver need look for them in the text
BY_PLACE: Mapping[str, Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text for one database, and what is made of its values on their way in and out."""

    text: str
    #: name, conversion and default of each value, in the order of the text
    values: tuple[tuple[str, Convert, Any], ...]
    #: place and conversion of each column that is not read as it should be
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it with one row or several, given by column name; gives how many rows were changed."""
        return int(run(connection, self.text, [self._bound(row) for row in rows]).rowcount)

    def read(self, connection: Connection, values: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Run it and give every row, each value as the column's type has it."""
        found = run(connection, self.text, (self._bound(values),)).fetchall()
        return [self._made(list(row)) for row in found]

    def _made(self, row: list[Any]) -> list[Any]:
        for place, convert in self.columns:
            if row[place] is not None:
                row[place] = convert(row[place])
        return row

    def _bound(self, row: Mapping[str, Any]) -> list[Any]:
        return [
            value if (value := row.get(name, default)) is None or convert is None else convert(value)
            for name, convert, default in self.values
        ]


@cache
def prepared(statement: Executable, dialect: str, columns: tuple[str, ...] | None = None) -> Prepared:
    """Compile a statement for a database, once; only for those made at import that have no list among their values.

    An INSERT names the `columns` that are given a value; the database fills the others.
    """
    names_given = list(columns) if columns is not None and isinstance(statement, Insert) else None
    by_place = BY_PLACE[dialect]
    compiled: SQLCompiler = statement.compile(dialect=by_place, column_keys=names_given)  # type: ignore[attr-defined]
    bind = as_bound if dialect == "sqlite" else as_text
    return Prepared(
        str(compiled),
        tuple(
            (name, bind(compiled.binds[name].type), compiled.params.get(name))
            for name in compiled.positiontup or ()
        ),
        tuple(_as_read(statement, dialect)) if isinstance(statement, Select) else (),
    )


def as_text(type_: TypeEngine[Any]) -> Convert:
    """Give what makes a value text as PostgreSQL reads it; None where it is that already.

    All values are text, whatever they are, so that the server has one prepared statement for all rows.
    """
    bound = as_bound(type_, "postgresql")
    if isinstance(type_, LocalDate | UtcDateTime):
        return lambda value: bound(value).isoformat()  # type: ignore[misc]
    if bound is None:
        return None if isinstance(type_, Text) else str
    return lambda value: str(bound(value))


def as_bound(type_: TypeEngine[Any], dialect: str = "sqlite") -> Convert:
    """Give what makes a value one that the driver takes; None where it is that already."""
    if not isinstance(type_, TypeDecorator):
        return None
    # what SQLAlchemy puts around it does nothing for types that are kept as text, dates or instants
    bind, by_place = type_.process_bind_param, BY_PLACE[dialect]
    return lambda value: bind(value, by_place)


def _as_read(statement: Select[Any], dialect: str) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    for place, column in enumerate(statement.selected_columns):
        if isinstance(column.type, KeptAsText) and dialect == "sqlite":
            yield place, column.type.from_text
        elif isinstance(column.type, TypeDecorator):
            yield place, partial(column.type.process_result_value, dialect=BY_PLACE[dialect])
