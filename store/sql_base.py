"""What every part of an SQL transaction rests on: its connection, what waits to be written, what was read ahead."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, Select, Table
from sqlalchemy.exc import DataError, DBAPIError

from caseclock.store.prepared import prepared
from caseclock.store.protocol import SnapshotIsReadOnly, Unreadable
from caseclock.store.sql_statements import PAGE, ByDialect, CaseRows, Made

#: rows that may wait to be written together; more are written at once, so that memory stays bounded
WAITING = 2000

Rows = list[Mapping[str, Any]]


class OnConnection:
    """Holds the connection that a unit of work runs on.

    What is written waits until it could be read or the unit of work ends, and goes in one call: a sweep over
    many cases is then a few statements, not a few for each case.
    """

    __slots__ = (
        "_ahead",
        "_begin",
        "_cases_waiting",
        "_dialect",
        "_opened",
        "_read_only",
        "_several",
        "_waiting",
        "spoilt",
    )

    def __init__(self, begin: Callable[[], Connection], dialect: str, *, read_only: bool) -> None:
        #: gives a connection with a transaction on it; whoever made this unit of work ends that
        self._begin = begin
        #: None until one is needed
        self._opened: Connection | None = None
        self._dialect = dialect
        self._read_only = read_only
        #: by table, in the order of writing: a statement, and the rows that wait for it
        self._waiting: dict[Table, list[tuple[ByDialect, Rows]]] = {}
        #: by table, the cases whose rows wait: (authority, case_id), with None for a row that does not tell its case
        self._cases_waiting: dict[Table, set[tuple[str, str | None]]] = {}
        #: by table and case, what was read ahead; each is given out once, and dropped when its case is written to
        self._ahead: dict[Table, dict[tuple[str, str | None], list[Any]]] = {}
        #: whether cases grow together, when the log is next written or read, rather than each by itself at once
        self._several = False
        #: why it may not be committed, once a write was done in part
        self.spoilt: Exception | None = None

    @property
    def _connection(self) -> Connection:
        if self._opened is None:
            self._opened = self._begin()
            self._begun()
        return self._opened

    def _begun(self) -> None:
        """Do on a connection what comes before anything else is done on it."""

    def _to_write(self) -> Connection:
        self._check_writable()
        return self._connection

    def _check_writable(self) -> None:
        if self._read_only:
            refuse_to_write()

    def _later(self, table: Table, statement: ByDialect, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows with a statement before the table is next read, and at the end at the latest."""
        self._check_writable()
        rows = list(rows)
        if not rows:
            return
        waiting = self._waiting.setdefault(table, [])
        if not waiting or waiting[-1][0] is not statement:
            waiting.append((statement, []))
        cases, ahead = self._cases_waiting.setdefault(table, set()), self._ahead.get(table)
        for row in rows:
            waiting[-1][1].append(row)
            case = row.get("authority", ""), row.get("case_id")
            cases.add(case)
            if ahead:
                _forget(ahead, case)
        if len(waiting[-1][1]) >= WAITING:
            self._write(table)

    def _reading(self, table: Table, case: tuple[str, str] | None = None) -> Connection:
        """Give the connection to read a table on (of one case only, where it is named), once what waits is written."""
        if table in self._waiting:
            cases = self._cases_waiting[table]
            if case is None or case in cases or any(case_id is None for _, case_id in cases):
                self._write(table)
        return self._connection

    def _of_case(self, rows: CaseRows[Made], authority: str, case_id: str) -> list[Made]:
        """Give the rows of one case: those read ahead, or read now."""
        case = authority, case_id
        if rows.table in self._ahead and case in self._ahead[rows.table]:
            return self._ahead[rows.table].pop(case)
        connection = self._reading(rows.table, case)
        try:
            found = prepared(rows.of_one, connection.dialect.name).read(
                connection, {"a": authority, "c": case_id}
            )
            return [rows.made(row) for row in found]
        except (ValueError, TypeError, DBAPIError) as error:
            refuse_unreadable(rows.table.name, authority, case_id, error)
            raise

    def _take_ahead(self, rows: CaseRows[Any], authority: str, case_ids: Sequence[str]) -> None:
        ahead = self._ahead.setdefault(rows.table, {})
        ahead |= {(authority, case_id): [] for case_id in case_ids}
        for some in in_batches(case_ids):
            for row in self._reading(rows.table).execute(rows.of_several, {"a": authority, "cs": some}):
                ahead[authority, row.case_id].append(rows.made(row))

    def _write(self, table: Table) -> None:
        self._cases_waiting.pop(table)
        try:
            for statement, rows in self._waiting.pop(table):
                connection = self._connection
                self._written(table, rows, statement.write(connection, table, rows))
        except Exception as error:
            self.spoilt = error
            raise

    def _written(self, table: Table, rows: Rows, count: int) -> None:
        """Look at how many of the rows were written; what refuses them raises here."""

    def finish(self) -> None:
        """Write what waits. Raises what spoilt this unit of work, even where that was caught within it."""
        for table in list(self._waiting):
            if table in self._waiting:  # another may have been waited for, and written with it
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


def _forget(ahead: dict[tuple[str, str | None], list[Any]], case: tuple[str, str | None]) -> None:
    if case[1] is None:  # a row that does not tell its case may be of any
        ahead.clear()
    else:
        ahead.pop(case, None)


def in_batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Divide ids: databases take some tens of thousands of parameters in one statement."""
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def refuse_unreadable(table: str, authority: str, case_id: str, error: Exception) -> None:
    """Raise Unreadable where reading a case's rows failed by what stands in them; a fault of another kind is let by."""
    by_driver = isinstance(error, DBAPIError)
    if by_driver and not isinstance(error, DataError) and "Could not decode" not in str(error):
        return
    why = "a text is not UTF-8" if by_driver else str(error)
    raise Unreadable(
        f"A row of case {case_id} of {authority} in the table {table} can't be read ({why}): someone wrote to the "
        "database by hand. Run `caseclock verify`, and restore the row from a copy."
    ) from error


def refuse_to_write() -> NoReturn:
    """Raise SnapshotIsReadOnly."""
    raise SnapshotIsReadOnly("Can't write in a snapshot: it only reads. Open a transaction() to write.")
