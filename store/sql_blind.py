"""A unit of work on PostgreSQL that expects to read nothing: it opens a connection only when it must."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from caseclock.store.appending import case_changed
from caseclock.store.one_statement import as_one
from caseclock.store.prepared import prepared
from caseclock.store.protocol import Case
from caseclock.store.sql_derived import WRITE_BREACHES, WRITE_EPISODES, WRITE_TIMERS
from caseclock.store.sql_facts import WRITE_ANSWERS, WRITE_FACTS
from caseclock.store.sql_log import ADD_EVENTS, CASE, growth
from caseclock.store.sql_outbox_statements import PUT_OUTBOX
from caseclock.store.sql_statements import ByDialect
from caseclock.store.sql_transaction import SqlTransaction

_AS_ONE = (ADD_EVENTS, WRITE_EPISODES, WRITE_TIMERS, WRITE_BREACHES, WRITE_FACTS, WRITE_ANSWERS, PUT_OUTBOX)

#: runs a statement that is a unit of work by itself, its values by place and as text
ByItself = Callable[[str, Sequence[str | None]], list[tuple[Any, ...]]]


class BlindTransaction(SqlTransaction):
    """Holds what is written until it ends, and then sends it as one statement, which commits by itself.

    Whether a case is there yet can be asked by itself, since nothing is written to a case that has changed. Where more
    must be read after all, or done that one statement can't, it begins an ordinary transaction; what it has held is
    written there first.
    """

    __slots__ = ("_by_itself", "_growing")

    def __init__(self, begin: Callable[[], Connection], by_itself: ByItself) -> None:
        super().__init__(begin, "postgresql", read_only=False)
        self._by_itself = by_itself
        #: the case that grows, how, and under which marks
        self._growing: tuple[Case, Case, tuple[int, int] | None] | None = None

    def _begun(self) -> None:
        if self._growing is not None:
            super()._grow(*self._growing)

    def case(self, authority: str, case_id: str) -> Case | None:
        if self._opened is None and self._growing is None:
            asked = prepared(CASE.of_one, "postgresql").text
            found = self._by_itself(asked, (authority, case_id))
            return Case(*found[0]) if found else None
        return super().case(authority, case_id)

    def _grow(self, case: Case, grown: Case, marks: tuple[int, int] | None) -> None:
        if self._opened is None and self._growing is None:
            self._growing = case, grown, marks
        else:
            super()._grow(case, grown, marks)

    def finish(self) -> None:
        if self._opened is None and self.spoilt is None:
            rows = _writable_as_one(self._waiting)
            if self._growing is None and not self._waiting:
                return
            if self._growing is not None and rows is not None and self._is_written(self._growing, rows):
                return
        super().finish()

    def _is_written(
        self,
        growing: tuple[Case, Case, tuple[int, int] | None],
        rows: Mapping[Table, Sequence[Mapping[str, Any]]],
    ) -> bool:
        """Write as one statement; False where something is there already, and only the long way can say what."""
        try:
            ((written,),) = self._by_itself(*as_one(growth(*growing), rows))
        except IntegrityError:
            return False
        if not written:
            self.spoilt = case_changed(growing[0])
            raise self.spoilt
        self._waiting.clear()
        self._cases_waiting.clear()
        return True


def _writable_as_one(
    waiting: Mapping[Table, Sequence[tuple[ByDialect, Sequence[Mapping[str, Any]]]]],
) -> dict[Table, Sequence[Mapping[str, Any]]] | None:
    """Give the rows by table; None where a table's are written in several ways, or in one that can't be joined in."""
    rows = {}
    for table, groups in waiting.items():
        if len(groups) != 1 or not any(groups[0][0] is one for one in _AS_ONE):
            return None
        rows[table] = groups[0][1]
    return rows
