"""What every part of an SQL transaction rests on: its connection, and statements that differ by database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, Executable, Insert, Row, Select, Table, bindparam, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from caseclock.store.protocol import SnapshotIsReadOnly

#: rows fetched at a time by what streams
PAGE = 1000

#: rows that may wait to be written together; more are written at once, so that memory stays bounded
WAITING = 2000

#: one statement for each database, by the dialect's name
ByDialect = Mapping[str, Executable]
Rows = list[Mapping[str, Any]]


class OnConnection:
    """Holds the connection that a unit of work runs on.

    Statements are built once, at import: building one costs more than running it. What is written waits until
    it could be read or the unit of work ends, and goes in one call: a sweep over many cases is then a few
    statements, not a few for each case.
    """

    __slots__ = ("_cases_waiting", "_connection", "_dialect", "_read_only", "_waiting", "spoilt")

    def __init__(self, connection: Connection, *, read_only: bool) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._read_only = read_only
        #: by table, in the order of writing: a statement, and the rows that wait for it
        self._waiting: dict[Table, list[tuple[ByDialect, Rows]]] = {}
        #: by table, the cases whose rows wait: (authority, case_id), with None for a row that does not tell its case
        self._cases_waiting: dict[Table, set[tuple[str, str | None]]] = {}
        #: why it may not be committed, once a write was done in part
        self.spoilt: Exception | None = None

    def _to_write(self) -> Connection:
        if self._read_only:
            refuse_to_write()
        return self._connection

    def _later(self, table: Table, statement: ByDialect, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows with a statement before the table is next read, and at the end at the latest."""
        self._to_write()
        waiting = self._waiting.setdefault(table, [])
        if not waiting or waiting[-1][0] is not statement:
            waiting.append((statement, []))
        cases = self._cases_waiting.setdefault(table, set())
        for row in rows:
            waiting[-1][1].append(row)
            cases.add((row.get("authority", ""), row.get("case_id")))
        if len(waiting[-1][1]) >= WAITING:
            self._write(table)

    def _reading(self, table: Table, case: tuple[str, str] | None = None) -> Connection:
        """Give the connection to read a table on (of one case only, where it is named), once what waits is written."""
        if table in self._waiting:
            cases = self._cases_waiting[table]
            if case is None or case in cases or any(case_id is None for _, case_id in cases):
                self._write(table)
        return self._connection

    def _write(self, table: Table) -> None:
        self._cases_waiting.pop(table)
        try:
            for statement, rows in self._waiting.pop(table):
                if rows:
                    # one row by itself: the PostgreSQL driver makes more of a list than it is worth
                    one_or_more = rows if len(rows) > 1 else rows[0]
                    result = self._connection.execute(statement[self._dialect], one_or_more)
                    self._written(table, rows, result.rowcount)
        except Exception as error:
            self.spoilt = error
            raise

    def _written(self, table: Table, rows: Rows, count: int) -> None:
        """Look at how many of the rows were written; what refuses them raises here."""

    def finish(self) -> None:
        """Write what waits. Raises what spoilt this unit of work, even where that was caught within it."""
        for table in list(self._waiting):
            self._write(table)
        if self.spoilt is not None:
            raise self.spoilt

    def _pages(
        self, table: Table, statement: Select[Any], start: Mapping[str, Any], columns: Sequence[str]
    ) -> Iterator[Row[*tuple[Any, ...]]]:
        """Stream a statement made by `paged`, a page at a time, so that others may run in between."""
        place = dict(start)
        while True:
            page = self._reading(table).execute(statement, place).all()
            yield from page
            if len(page) < PAGE:
                return
            place |= {f"after_{name}": getattr(page[-1], name) for name in columns}


def refuse_to_write() -> NoReturn:
    """Raise SnapshotIsReadOnly."""
    raise SnapshotIsReadOnly("Can't write in a snapshot: it only reads. Open a transaction() to write.")


def paged(select: Select[Any], table: Table, columns: Sequence[str]) -> Select[Any]:
    """Order a statement by a unique key and limit it to the page after `after_<column>`: no cursor stays open."""
    keys = [table.c[name] for name in columns]
    return (
        select.where(
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
