"""One unit of work in SQL."""

from collections.abc import Sequence

from sqlalchemy import Connection

from caseclock.store.sql_derived import BREACHES, EPISODES, TIMERS, DerivedInSql
from caseclock.store.sql_facts import FactsInSql
from caseclock.store.sql_handing import KEPT, HandingInSql
from caseclock.store.sql_log import CASE, EVENTS, LogInSql
from caseclock.store.sql_raising import RaisingInSql


class SqlTransaction(LogInSql, DerivedInSql, FactsInSql, HandingInSql, RaisingInSql):
    """One unit of work on one connection. Made by SqlStore."""

    __slots__ = ()

    @property
    def connection(self) -> Connection:
        """Give the connection of a snapshot, for reading by statements of one's own as of the same moment."""
        return self._connection

    def look_ahead(self, authority: str, case_ids: Sequence[str], *, to_write: bool = False) -> None:
        self._take_ahead(CASE, authority, case_ids)
        self._take_ahead(KEPT, authority, case_ids)
        there = [case_id for case_id in case_ids if self._ahead[CASE.table][authority, case_id]]
        for rows in (EVENTS, EPISODES, TIMERS, BREACHES):
            self._take_ahead(rows, authority, there)
        self._several = self._several or to_write
