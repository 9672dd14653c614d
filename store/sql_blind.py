"""A unit of work that expects to read nothing: it opens a transaction only when it must."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Table

from caseclock.store.appending import case_changed
from caseclock.store.protocol import Case
from caseclock.store.sending import Growing, Sender, Sent
from caseclock.store.sql_base import Rows
from caseclock.store.sql_statements import ByDialect
from caseclock.store.sql_transaction import SqlTransaction


class BlindTransaction(SqlTransaction):
    """Holds what is written until it ends, and then sends all of it at once.

    Whether a case is there yet can be asked by itself, since nothing is written to a case that has changed. Where more
    must be read after all, or done that can't be sent so, it begins an ordinary transaction; what it has held is
    written there first.
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
        self._growing: Growing | None = None
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
            groups = self._held.setdefault(table, [])
            if groups and groups[-1][0] is statement:
                groups[-1][1].extend(held)
            else:
                groups.append((statement, held))

    def _reading(self, table: Table, case: tuple[str, str] | None = None) -> Connection:
        if self._opened is None:
            self._to_write()  # what was held waits to be written there
        return super()._reading(table, case)

    def case(self, authority: str, case_id: str) -> Case | None:
        if self._opened is None and self._growing is None and self._sender.case is not None:
            return self._sender.case(authority, case_id)
        return super().case(authority, case_id)

    def _grow(self, case: Case, grown: Case, marks: tuple[int, int] | None) -> None:
        if self._opened is None and self._growing is None:
            self._growing = Growing(case, grown, marks)
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
