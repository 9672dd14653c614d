"""The floor: the rows that recording wrote, written again by plain SQLAlchemy Core and nothing else.

Statements are built once; each event is one transaction, with as many rows of the same tables as the engine wrote.
No event is checked, no state worked out, no timer, no hash: only the database is left.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Executable, bindparam, create_engine, event, insert, update
from sqlalchemy.engine.interfaces import DBAPIConnection

from caseclock.store.appending import linked
from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.engines import CHECKPOINT_PAGES, Synchronous
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import (
    Breach,
    BreachAnswer,
    Case,
    CaseFacts,
    Episode,
    OutboxMessage,
    StoredTimer,
    Transaction,
)
from caseclock.store.schema import breaches, cases, episodes, events, outbox, timers
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine as Recorder

#: one statement and the rows it is run with
Write = tuple[Executable, list[dict[str, Any]]]

KEYS = {
    episodes: ("authority", "case_id", "episode_id"),
    timers: ("authority", "timer_id"),
    breaches: ("authority", "breach_id"),
    case_facts: ("authority", "case_id"),
    breach_answers: ("authority", "breach_id"),
}
_GROW = (
    update(cases)
    .where(
        cases.c.authority == bindparam("a"),
        cases.c.case_id == bindparam("c"),
        cases.c.version == bindparam("was"),
    )
    .values(version=bindparam("version"), head=bindparam("head"))
)
_INSERT = {table: insert(table) for table in (cases, events, outbox, *KEYS)}
_CHANGE = {
    table: update(table)
    .where(*(table.c[name] == bindparam(f"its_{name}") for name in key))
    .values({column.name: bindparam(column.name) for column in table.columns if column.name not in key})
    for table, key in KEYS.items()
}


@dataclass
class Noted:
    """The writes of each unit of work, in order, and the keys that are there by then."""

    units: list[list[Write]] = field(default_factory=list)
    keys: set[tuple[str, ...]] = field(default_factory=set)

    def note(self, statement: Executable, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.units[-1].append((statement, rows))

    def replace(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Note rows of a table as inserted where they are new, and as changed where they are not."""
        key = KEYS[table]
        new: list[dict[str, Any]] = []
        old: list[dict[str, Any]] = []
        for row in rows:
            named = (table.name, *(row[name] for name in key))
            (old if named in self.keys else new).append(row)
            self.keys.add(named)
        self.note(_INSERT[table], new)
        self.note(
            _CHANGE[table], [{(f"its_{k}" if k in key else k): v for k, v in row.items()} for row in old]
        )


class _Noting:
    """A unit of work that notes what is written through it."""

    def __init__(self, unit: Transaction, noted: Noted) -> None:
        self._unit = unit
        self._noted = noted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def append(self, case: Case, added: Sequence[Event], *, marks: tuple[int, int] | None = None) -> Case:
        links, grown = linked(case, added)
        if case.version == 0:
            self._noted.note(_INSERT[cases], [asdict(grown)])
        else:
            row = {"a": case.authority, "c": case.case_id, "was": case.version}
            self._noted.note(_GROW, [row | {"version": grown.version, "head": grown.head}])
        self._noted.note(
            _INSERT[events],
            [
                {
                    "authority": link.event.authority,
                    "case_id": link.event.case_id,
                    "seq": link.seq,
                    "event_id": link.event.event_id,
                    "type": link.event.type,
                    "episode_id": link.event.episode_id,
                    "occurred_on": link.event.occurred.on,
                    "occurred_at": link.event.occurred.at,
                    "recorded_on": link.event.recorded.on,
                    "recorded_at": link.event.recorded.at,
                    "by_whom": link.event.by,
                    "because": link.event.because,
                    "data": link.data,
                    "previous": link.previous,
                    "hash": link.hash,
                }
                for link in links
            ],
        )
        return self._unit.append(case, added, marks=marks)

    def write_episodes(self, rows: Sequence[Episode]) -> None:
        self._noted.replace(episodes, [asdict(row) for row in rows])
        self._unit.write_episodes(rows)

    def write_timers(self, rows: Sequence[StoredTimer]) -> None:
        self._noted.replace(timers, [asdict(row.timer) | {"wake_at": row.wake_at} for row in rows])
        self._unit.write_timers(rows)

    def write_breaches(self, rows: Sequence[Breach]) -> None:
        self._noted.replace(breaches, [asdict(row) for row in rows])
        self._unit.write_breaches(rows)

    def write_facts(self, facts: Sequence[CaseFacts]) -> None:
        self._noted.replace(case_facts, [asdict(row) for row in facts])
        self._unit.write_facts(facts)

    def write_breach_answers(self, answers: Sequence[BreachAnswer]) -> None:
        self._noted.replace(breach_answers, [asdict(row) for row in answers])
        self._unit.write_breach_answers(answers)

    def put_outbox(self, rows: Sequence[OutboxMessage]) -> None:
        told = [asdict(row) for row in rows]
        for row in told:
            del row["message_id"]
        self._noted.note(_INSERT[outbox], told)
        self._unit.put_outbox(rows)

    def remove_timers(self, authority: str, timer_ids: Sequence[str]) -> None:
        raise NotImplementedError("Nothing told here takes timers back; the floor knows no such rows.")

    def remove_episodes(self, authority: str, case_id: str, episode_ids: Sequence[str]) -> None:
        if episode_ids:
            raise NotImplementedError("Nothing told here takes episodes back; the floor knows no such rows.")


class _NotingStore(InMemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.noted = Noted()

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[Any]:
        self.noted.units.append([])
        with super().transaction(reads=reads) as unit:
            yield _Noting(unit, self.noted)


def rows_written(told: Sequence[Event], moment: datetime | None = None) -> list[list[Write]]:
    """Give what recording these events writes, event by event. Each at its own moment of writing unless told."""
    store = _NotingStore()
    recorder = Recorder(store)
    for one in told:
        recorder.record(one, at=moment or one.recorded.latest())
    return store.noted.units


def rows_in(units: Sequence[Sequence[Write]]) -> int:
    """Count the rows of so many units of work."""
    return sum(len(rows) for unit in units for _, rows in unit)


def write_rows(engine: Engine, units: Sequence[Sequence[Write]]) -> None:
    """Write each unit of work's rows in one transaction."""
    for unit in units:
        with engine.begin() as connection:
            for statement, rows in unit:
                connection.execute(statement, rows if len(rows) > 1 else rows[0])


def open_floor(url: str, synchronous: Synchronous = "FULL") -> Engine:
    """Open a database of Caseclock's for plain writing, with the same promises on what a commit keeps."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def connected(connection: DBAPIConnection, _: object) -> None:
            cursor = connection.cursor()
            for pragma in (
                "journal_mode = WAL",
                f"synchronous = {synchronous}",
                "cache_size = -65536",
                f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    return engine
