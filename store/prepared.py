"""Statements compiled once to the text that the driver takes: SQLAlchemy need not look at them again and again."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Insert, Select, Text, TypeDecorator
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from caseclock.store.driver import run
from caseclock.store.types import KeptAsText, LocalDate

Convert = Callable[[Any], Any] | None
#: a place, and what is made of the value that stands there, unless it is null
Conversion = tuple[int, Callable[[Any], Any]]

#: values go by place, as the servers themselves have them: no driver need look for them in the text
BY_PLACE: Mapping[str, Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text for one database, and what is made of its values on their way in and out."""

    text: str
    #: gives a row's values, in the order of the text
    values: Callable[[Mapping[str, Any]], Sequence[Any]]
    #: place and conversion of each value that the driver would not take as it is
    bound: tuple[Conversion, ...]
    #: place and conversion of each column that is not read as it should be
    columns: tuple[Conversion, ...]

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it with one row or several, given by column name; gives how many rows were changed."""
        return int(run(connection, self.text, [self.bound_row(row) for row in rows]).rowcount)

    def read(self, connection: Connection, values: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Run it and give every row, each value as the column's type has it."""
        return self.converted(run(connection, self.text, (self.bound_row(values),)).fetchall())

    def converted(self, found: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
        """Give rows, as the driver gave them, with each value as the column's type has it."""
        return [_converted(row, self.columns) for row in found]

    def bound_row(self, row: Mapping[str, Any]) -> Sequence[Any]:
        """Give a row's values by place, as the driver takes them."""
        return _converted(self.values(row), self.bound)


def _converted(row: Sequence[Any], conversions: Sequence[Conversion]) -> list[Any]:
    made = list(row)
    for place, convert in conversions:
        value = made[place]
        if value is not None:
            made[place] = convert(value)
    return made


@cache
def prepared(statement: Executable, dialect: str, columns: tuple[str, ...] | None = None) -> Prepared:
    """Compile a statement for a database, once; only for those made at import that have no list among their values.

    An INSERT names the `columns` that are given a value; the database fills the others.
    """
    return _compiled(statement, dialect, columns)


@cache
def prepared_from(make: Callable[..., Executable], *given: Hashable) -> Prepared:
    """Make and compile a statement for PostgreSQL when it is first asked for; once for all that `make` is given."""
    return _compiled(make(*given), "postgresql", ())


def _compiled(statement: Executable, dialect: str, columns: tuple[str, ...] | None) -> Prepared:
    names_given = list(columns) if columns is not None and isinstance(statement, Insert) else None
    compiled: SQLCompiler = statement.compile(  # type: ignore[attr-defined]
        dialect=BY_PLACE[dialect], column_keys=names_given
    )
    names = list(compiled.positiontup or ())
    types = [compiled.binds[name].type for name in names]
    read = statement.selected_columns if isinstance(statement, Select) else ()
    return Prepared(
        str(compiled),
        _values_of(names, {name: value for name, value in compiled.params.items() if value is not None}),
        _needed(as_text(kind) if dialect == "postgresql" else as_bound(kind, dialect) for kind in types),
        _needed(_as_read(column.type, dialect) for column in read),
    )


def _values_of(
    names: Sequence[str], defaults: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    if len(names) > 1 and not defaults:
        return itemgetter(*names)
    return lambda row: [row[name] if name in row else defaults[name] for name in names]


def _needed(conversions: Iterable[Convert]) -> tuple[Conversion, ...]:
    return tuple((place, convert) for place, convert in enumerate(conversions) if convert is not None)


def as_text(type_: TypeEngine[Any]) -> Convert:
    """Give what makes a value text as PostgreSQL reads it; None where it is that already.

    All values are text, whatever they are, so that the server has one prepared statement for all rows.
    """
    if isinstance(type_, KeptAsText):
        to_text: Convert = type_.to_text
        return to_text
    bound = as_bound(type_, "postgresql")
    if bound is None:
        return None if isinstance(type_, Text) else str
    return lambda value: str(bound(value))


def as_bound(type_: TypeEngine[Any], dialect: str) -> Convert:
    """Give what makes a value one that the driver takes; None where it is that already."""
    if not isinstance(type_, TypeDecorator):
        return None
    if isinstance(type_, KeptAsText) and dialect == "sqlite":
        to_text: Convert = type_.to_text
        return to_text
    # what SQLAlchemy puts around it does nothing for types that are kept as text, dates or instants
    return partial(type_.process_bind_param, dialect=BY_PLACE[dialect])


def _as_read(type_: TypeEngine[Any], dialect: str) -> Convert:
    if not isinstance(type_, TypeDecorator):
        return None
    if isinstance(type_, KeptAsText) and dialect == "sqlite":
        from_text: Convert = type_.from_text
        return from_text
    if isinstance(type_, LocalDate):
        return None  # PostgreSQL's driver gives dates
    return partial(type_.process_result_value, dialect=BY_PLACE[dialect])
