"""One unit of work in SQL."""

from collections.abc import Sequence

from caseclock.store.sql_derived import BREACHES, EPISODES, TIMERS, DerivedInSql
from caseclock.store.sql_facts import FactsInSql
from caseclock.store.sql_handing import HandingInSql
from caseclock.store.sql_log import CASE, EVENTS, LogInSql


class SqlTransaction(LogInSql, DerivedInSql, FactsInSql, HandingInSql):
    """One unit of work on one connection. Made by SqlStore."""

    __slots__ = ()

    def look_ahead(self, authority: str, case_ids: Sequence[str]) -> None:
        for rows in (CASE, EVENTS, EPISODES, TIMERS, BREACHES):
            self._take_ahead(rows, authority, case_ids)
