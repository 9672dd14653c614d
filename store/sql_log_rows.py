"""The log in SQL read without trusting it: each row as its columns stand, to be held against the chain."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, bindparam, func, literal, select, type_coerce
from sqlalchemy.exc import DBAPIError

from caseclock.store.chain import line_of
from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.protocol import LogRow
from caseclock.store.schema import breaches, cases, episodes, events, timers
from caseclock.store.types import LocalDate, UtcDateTime

_INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


def _as_text(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Give a column as text: on SQLite what stands there, on PostgreSQL in the form that was hashed."""
    if dialect == "sqlite":
        return type_coerce(column, Text())
    if isinstance(column.type, UtcDateTime):
        return func.to_char(func.timezone("UTC", column), _INSTANT)
    if isinstance(column.type, LocalDate):
        return func.to_char(column, "YYYY-MM-DD")
    return type_coerce(column, Text())


def _rows(dialect: str) -> Select[Any]:
    return (
        select(
            events.c.seq,
            *(_as_text(column, dialect).label(column.name) for column in events.c if column.name != "seq"),
        )
        .where(events.c.authority == bindparam("a"), events.c.case_id == bindparam("c"))
        .order_by(events.c.seq)
    )


_ROWS = {dialect: _rows(dialect) for dialect in ("sqlite", "postgresql")}
_ONE_ROW = {dialect: statement.where(events.c.seq == bindparam("s")) for dialect, statement in _ROWS.items()}
_PLACES = (
    select(events.c.seq)
    .where(events.c.authority == bindparam("a"), events.c.case_id == bindparam("c"))
    .order_by(events.c.seq)
)


def rows_of(connection: Connection, authority: str, case_id: str) -> list[LogRow]:
    """Read the rows of a case's log as they stand; one whose text can't even be decoded has an empty line."""
    dialect, of = connection.dialect.name, {"a": authority, "c": case_id}
    try:
        return [_row(row._mapping) for row in connection.execute(_ROWS[dialect], of)]
    except (DBAPIError, UnicodeError):
        return [
            _by_itself(connection, authority, case_id, seq) for seq in connection.scalars(_PLACES, of).all()
        ]


def _by_itself(connection: Connection, authority: str, case_id: str, seq: Any) -> LogRow:
    try:
        of = {"a": authority, "c": case_id, "s": seq}
        return _row(connection.execute(_ONE_ROW[connection.dialect.name], of).one()._mapping)
    except (DBAPIError, UnicodeError):
        return LogRow(authority, case_id, _number(seq), "it can't be decoded", b"", "", "")


def _row(row: Any) -> LogRow:
    return LogRow(
        row["authority"],
        row["case_id"],
        _number(row["seq"]),
        str(row["event_id"]),
        line_of(row, row["seq"]),
        row["previous"],
        row["hash"],
    )


def _number(seq: object) -> int:
    return seq if isinstance(seq, int) else 0


#: of whose rows each must be of a case
OF_A_CASE = (events, episodes, timers, breaches, case_facts, breach_answers)
_NO_CASE = {
    table.name: select(literal(table.name), table.c.authority, table.c.case_id)
    .where(
        ~select(literal(1))
        .where(cases.c.authority == table.c.authority, cases.c.case_id == table.c.case_id)
        .exists()
    )
    .distinct()
    .order_by(table.c.authority, table.c.case_id)
    for table in OF_A_CASE
}


def strays_in(connection: Connection, authority: str | None) -> Iterator[tuple[str, str, str]]:
    """Give (table, authority, case_id) of rows that are of no case."""
    for statement in _NO_CASE.values():
        for row in connection.execute(statement):
            if authority in (None, row[1]):
                yield row[0], row[1], row[2]
