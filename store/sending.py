"""How a unit of work goes to the database that is worked out before anything is begun there.

What it writes is sent in one go: to PostgreSQL as one statement, to SQLite in a transaction that does nothing else.
What it must know is read from PostgreSQL in one go before that, as of one moment.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Engine, Table
from sqlalchemy.exc import IntegrityError

from caseclock.store.driver import (
    Asked,
    begun_on_sqlite,
    execute,
    read_on_postgresql,
    run_by_itself,
)
from caseclock.store.one_statement import as_one
from caseclock.store.prepared import Prepared, prepared
from caseclock.store.protocol import Case
from caseclock.store.schema import events
from caseclock.store.sql_derived import WRITE_BREACHES, WRITE_EPISODES, WRITE_TIMERS
from caseclock.store.sql_facts import WRITE_ANSWERS, WRITE_FACTS
from caseclock.store.sql_log import ADD_EVENTS, growing_by, growth
from caseclock.store.sql_outbox_statements import PUT_OUTBOX
from caseclock.store.sql_statements import ByDialect

#: by table, in the order of writing: a statement, and the rows that wait for it
Waiting = Mapping[Table, Sequence[tuple[ByDialect, Sequence[Mapping[str, Any]]]]]

_AS_ONE = (ADD_EVENTS, WRITE_EPISODES, WRITE_TIMERS, WRITE_BREACHES, WRITE_FACTS, WRITE_ANSWERS, PUT_OUTBOX)

#: gives the rows of each of several statements
Read = Callable[[Sequence[Asked]], list[list[tuple[Any, ...]]]]


class CaseGrowth(NamedTuple):
    """A case that is to grow, how it is to be, and under which marks of calendar and packs."""

    case: Case
    grown: Case
    marks: tuple[int, int] | None


class Sent(Enum):
    """What came of it. Where it was not written, nothing was."""

    WRITTEN = "written"
    #: the case, the calendar or the packs are not as they were read
    TOO_LATE = "too late"
    #: something is there already, or goes another way: only a transaction can do it, or say why not
    NOT_THIS_WAY = "not this way"


class Sender(Protocol):
    """Sends what units of work write that have begun nothing, and reads for them."""

    @property
    def read(self) -> Read | None:
        """What reads all as of one moment, and leaves nothing begun; None where that saves nothing."""

    def send(self, growing: CaseGrowth | None, waiting: Waiting) -> Sent:
        """Write all of it, and commit, or none of it."""


class ToPostgres:
    """One round trip to read, and one to write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
        if len(asked) == 1:
            return [run_by_itself(self._engine, *asked[0])]
        return read_on_postgresql(self._engine, asked)

    def send(self, growing: CaseGrowth | None, waiting: Waiting) -> Sent:
        rows = _writable_as_one(waiting)
        if growing is None or rows is None:
            return Sent.NOT_THIS_WAY
        try:
            ((written,),) = run_by_itself(self._engine, *as_one(growth(*growing), rows))
        except IntegrityError:
            return Sent.NOT_THIS_WAY
        return Sent.WRITTEN if written else Sent.TOO_LATE


class ToSqlite:
    """Writes in a transaction that begins when all is worked out: others wait for the writing alone."""

    read = None  # a question costs nothing there but itself

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def send(self, growing: CaseGrowth | None, waiting: Waiting) -> Sent:
        try:
            with begun_on_sqlite(self._engine) as lent:
                if growing is not None:
                    grow = prepared(growing_by(growing.case, growing.marks, "sqlite"), "sqlite")
                    if not self._run(lent, grow, [growth(*growing)]):
                        raise _Given(Sent.TOO_LATE)
                for table, groups in waiting.items():
                    for statement, rows in groups:
                        write = prepared(statement["sqlite"], "sqlite", tuple(rows[0]))
                        count = self._run(lent, write, rows)
                        if table is events and count != len(rows):
                            raise _Given(Sent.NOT_THIS_WAY)
        except _Given as given:
            return given.sent
        except IntegrityError:
            return Sent.NOT_THIS_WAY
        return Sent.WRITTEN

    def _run(self, lent: Any, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> int:
        bound = [statement.bound_row(row) for row in rows]
        return int(execute(lent, self._engine.dialect, statement.text, bound).rowcount)


class _Given(Exception):
    """Ends a transaction that must not be committed, with what came of it."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(sent)
        self.sent = sent


def _writable_as_one(waiting: Waiting) -> dict[Table, Sequence[Mapping[str, Any]]] | None:
    """Give the rows by table; None where a table's are written in several ways, or in one that can't be joined in."""
    rows = {}
    for table, groups in waiting.items():
        if len(groups) != 1 or not any(groups[0][0] is one for one in _AS_ONE):
            return None
        rows[table] = groups[0][1]
    return rows
