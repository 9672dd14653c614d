"""Statements compiled once to the text that the driver takes: SQLAlchemy need not look at them again and again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Insert, Select
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text for one driver, and what is made of its values on their way in and out."""

    text: str
    #: name, conversion and default of each value, in the order of the text
    values: tuple[tuple[str, Convert, Any], ...]
    #: whether the driver takes values by place rather than by name
    by_place: bool
    #: conversion of each column that is read
    columns: tuple[Convert, ...]

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
        """Run it with one row or several, given by column name."""
        bound: Any = [self._bound(row) for row in rows]
        # one row by itself: the PostgreSQL driver makes more of a list than it is worth
        return connection.exec_driver_sql(self.text, bound if len(bound) > 1 else bound[0])

    def read(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it and give every row, each value as the column's type has it."""
        found = connection.exec_driver_sql(self.text, self._bound(values)).all()
        return [
            tuple(
                [
                    value if convert is None or value is None else convert(value)
                    for value, convert in zip(row, self.columns, strict=True)
                ]
            )
            for row in found
        ]

    def _bound(self, row: Mapping[str, Any]) -> Any:
        if self.by_place:
            return tuple(
                [
                    value if (value := row.get(name, default)) is None or convert is None else convert(value)
                    for name, convert, default in self.values
                ]
            )
        return {
            name: value if (value := row.get(name, default)) is None or convert is None else convert(value)
            for name, convert, default in self.values
        }


@cache
def prepared(statement: Executable, dialect: Dialect, columns: tuple[str, ...] | None = None) -> Prepared:
    """Compile a statement for a driver, once; only for those made at import that have no list among their values.

    An INSERT names the `columns` that are given a value; the database fills the others.
    """
    names_given = list(columns) if columns is not None and isinstance(statement, Insert) else None
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=names_given)  # type: ignore[attr-defined]
    names = compiled.positiontup or list(compiled.binds)
    return Prepared(
        str(compiled),
        tuple((name, _bind(compiled, name, dialect), compiled.params.get(name)) for name in names),
        compiled.positional,
        tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in (statement.selected_columns if isinstance(statement, Select) else ())
        ),
    )


def _bind(compiled: SQLCompiler, name: str, dialect: Dialect) -> Convert:
    return compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
