"""A unit of work that is worked out before anything is begun: it opens a transaction only when it must."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from caseclock.store.appending import case_changed
from caseclock.store.prepared import prepared
from caseclock.store.protocol import Case
from caseclock.store.sending import CaseGrowth, Read, Sender, Sent
from caseclock.store.sql_base import Rows
from caseclock.store.sql_derived import BREACHES, EPISODES, TIMERS
from caseclock.store.sql_log import CASE, EVENTS
from caseclock.store.sql_statements import ByDialect, CaseRows, Made
from caseclock.store.sql_transaction import SqlTransaction

#: all that is kept of a case but its own row
_WHOLE: tuple[CaseRows[Any], ...] = (EVENTS, EPISODES, TIMERS, BREACHES)


class BlindTransaction(SqlTransaction):
    """Holds what is written until it ends, and then sends all of it at once.

    Whether a case is there, and all that is kept of it, is read before that and by itself, since nothing is written to
    a case that has changed. Where more must be read after all, or done that can't be sent so, it begins an ordinary
    transaction; what it has held is written there first.
    """

    __slots__ = ("_begin_after_all", "_growing", "_held", "_ordinary", "_sender")

    def __init__(
        self, begin: Callable[[], AbstractContextManager[Connection]], sender: Sender, dialect: str
    ) -> None:
        super().__init__(self._begin_ordinary, dialect, read_only=False)
        self._begin_after_all = begin
        self._sender = sender
        #: the ordinary transaction, once there is one
        self._ordinary: AbstractContextManager[Connection] | None = None
        self._growing: CaseGrowth | None = None
        #: by table, in the order of writing: a statement, and the rows that wait for it
        self._held: dict[Table, list[tuple[ByDialect, Rows]]] = {}

    def _begin_ordinary(self) -> Connection:
        ordinary = self._begin_after_all()
        connection = ordinary.__enter__()
        self._ordinary = ordinary
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it as `finish` does, or roll back what was done where something was raised."""
        if error is None:
            try:
                self.finish()
            except BaseException as refused:
                self._end(type(refused), refused, refused.__traceback__)
                raise
        self._end(kind, error, trace)

    def _end(self, *raised: Any) -> None:
        if self._ordinary is not None:
            ordinary, self._ordinary = self._ordinary, None
            ordinary.__exit__(*raised)

    def _begun(self) -> None:
        if self._growing is not None:
            super()._grow(*self._growing)
        for table, groups in self._held.items():
            for statement, rows in groups:
                super()._later(table, statement, rows)
        self._held.clear()

    def _later(self, table: Table, statement: ByDialect, rows: Iterable[Mapping[str, Any]]) -> None:
        if self._opened is not None:
            super()._later(table, statement, rows)
        elif held := list(rows):
            self._ahead.pop(table, None)
            groups = self._held.setdefault(table, [])
            if groups and groups[-1][0] is statement:
                groups[-1][1].extend(held)
            else:
                groups.append((statement, held))

    def _reading(self, table: Table, case: tuple[str, str] | None = None) -> Connection:
        if self._opened is None:
            self._to_write()  # what was held waits to be written there
        return super()._reading(table, case)

    def _of_case(self, rows: CaseRows[Made], authority: str, case_id: str) -> list[Made]:
        read, is_blank = self._sender.read, self._opened is None and self._growing is None and not self._held
        if read is not None and is_blank:
            if rows is CASE:
                self._read_by_itself(read, (CASE,), authority, case_id)
            elif any(rows is one for one in _WHOLE) and rows.table not in self._ahead:
                self._read_by_itself(read, _WHOLE, authority, case_id)
        return super()._of_case(rows, authority, case_id)

    def _read_by_itself(
        self, read: Read, several: Sequence[CaseRows[Any]], authority: str, case_id: str
    ) -> None:
        """Read ahead what is kept of a case, all as of one moment."""
        asked = [prepared(rows.of_one, self._dialect) for rows in several]
        values = {"a": authority, "c": case_id}
        try:
            found = read([(one.text, one.bound_row(values)) for one in asked])
            made = [
                [rows.made(row) for row in one.converted(its)]
                for rows, one, its in zip(several, asked, found, strict=True)
            ]
        except (ValueError, TypeError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            return  # whoever reads it in a transaction is told which row it is that can't be read
        for rows, its_own in zip(several, made, strict=True):
            self._ahead.setdefault(rows.table, {})[authority, case_id] = its_own

    def _grow(self, case: Case, grown: Case, marks: tuple[int, int] | None) -> None:
        if self._opened is None and self._growing is None:
            self._growing = CaseGrowth(case, grown, marks)
        else:
            super()._grow(case, grown, marks)

    def finish(self) -> None:
        if self._opened is None and self.spoilt is None:
            if self._growing is None and not self._held:
                return
            sent = self._sender.send(self._growing, self._held)
            if sent is Sent.WRITTEN:
                return
            if sent is Sent.TOO_LATE and self._growing is not None:
                self.spoilt = case_changed(self._growing.case)
                raise self.spoilt
            self._to_write()
        super().finish()
