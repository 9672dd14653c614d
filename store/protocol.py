"""What a store promises. Three keep the promise: SQLite, PostgreSQL and memory; one contract test holds them to it.

Everything happens inside a transaction and names its authority; an authority's rows are invisible to another.
What is kept is described in rows.py, what goes wrong in errors.py; everything is imported from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from caseclock.store.errors import (
    CaseChanged,
    ConnectionOfTheStore,
    DatabaseTooNew,
    DatabaseTooOld,
    EventIdTaken,
    NoDatabase,
    SnapshotIsReadOnly,
    StoreBusy,
    StoreFull,
    Unreadable,
)
from caseclock.store.outbox_protocol import OutboxWork
from caseclock.store.rows import (
    GENESIS,
    AdoptedPack,
    Breach,
    BreachAnswer,
    BreachStanding,
    CalendarChange,
    Case,
    CaseFacts,
    DueTimer,
    Episode,
    ImportedFile,
    LogRow,
    OutboxMessage,
    Quarantined,
    Raised,
    StoredTimer,
)
from caseclock.timers.event import Event

__all__ = [
    "GENESIS",
    "AdoptedPack",
    "Breach",
    "BreachAnswer",
    "BreachStanding",
    "CalendarChange",
    "Case",
    "CaseChanged",
    "CaseFacts",
    "ConnectionOfTheStore",
    "DatabaseTooNew",
    "DatabaseTooOld",
    "DueTimer",
    "Episode",
    "EventIdTaken",
    "ImportedFile",
    "LogRow",
    "NoDatabase",
    "OutboxMessage",
    "Quarantined",
    "Raised",
    "SnapshotIsReadOnly",
    "Store",
    "StoreBusy",
    "StoreFull",
    "StoredTimer",
    "Transaction",
    "Unreadable",
]


class Transaction(OutboxWork, Protocol):
    """One unit of work. Commits when its `with` block ends, rolls back when that raises."""

    # the log
    def case(self, authority: str, case_id: str) -> Case | None: ...
    def locked_case(self, authority: str, case_id: str, *, wait: bool = True) -> Case | None:
        """The case, which no other writer can change until this unit of work ends.

        None where it has no events yet, or, without `wait`, where another writer holds it just now.
        """
        ...

    def lock_free(self, authority: str, case_ids: Sequence[str]) -> list[Case]:
        """Lock those of these cases that no other writer holds just now, and give them, in their order."""
        ...

    def events(self, authority: str, case_id: str) -> list[Event]:
        """All events of a case in the order of writing (seq 1, 2, ...)."""
        ...

    def chain(self, authority: str, case_id: str) -> list[tuple[Event, str, str]]:
        """The same with each event's stored `previous` and `hash`, as (event, previous, hash)."""
        ...

    def log_rows(self, authority: str, case_id: str) -> list[LogRow]:
        """The rows of a case's log as they stand, in the order of seq, to be held against the chain."""
        ...

    def strays(self, authority: str | None = None) -> Iterator[tuple[str, str, str]]:
        """Every (table, authority, case_id) of rows that are of no case: someone put them in, or took it away."""
        ...

    def find_event(self, authority: str, event_id: str) -> Event | None: ...
    def append(self, case: Case, events: Sequence[Event], *, marks: tuple[int, int] | None = None) -> Case:
        """Write events at the end of a case's log and chain them; raises CaseChanged if it has grown meanwhile.

        With `marks`, raises it too where calendar or packs have changed since those were read.
        Raises EventIdTaken where an id is in the authority's log already: here, or when the events are next read,
        or at the latest when the unit of work ends. After either nothing of this unit of work is kept.
        A case of version 0 is made. Events come back from `events` with their seq.
        """
        ...

    def case_ids(self, authority: str | None = None) -> Iterator[tuple[str, str]]:
        """Every (authority, case_id), streaming, in order."""
        ...

    def look_ahead(self, authority: str, case_ids: Sequence[str], *, to_write: bool = False) -> None:
        """Read these cases in few statements: what is next asked of each (its case, events, rows) comes from there.

        For some hundreds of cases at a time, since all of it is held in memory. Changes nothing but the speed; only,
        with `to_write`, what `append` refuses may be refused when the log is next read, or when this unit of work ends.
        """
        ...

    # derived rows
    def episodes(self, authority: str, case_id: str) -> list[Episode]: ...
    def write_episodes(self, episodes: Sequence[Episode]) -> None: ...
    def remove_episodes(self, authority: str, case_id: str, episode_ids: Sequence[str]) -> None: ...
    def timers(self, authority: str, case_id: str) -> list[StoredTimer]: ...
    def all_timers(self, authority: str | None = None) -> Iterator[StoredTimer]: ...
    def write_timers(self, timers: Sequence[StoredTimer]) -> None:
        """Insert, or replace the row with the same (authority, timer_id)."""
        ...

    def remove_timers(self, authority: str, timer_ids: Sequence[str]) -> None: ...
    def claim_due(self, moment: datetime, limit: int) -> list[DueTimer]:
        """Timers whose wake_at is at or before `moment`, earliest first, locked so that no other sweep takes them."""
        ...

    def wake(self, authority: str, timers: Mapping[str, datetime | None]) -> None:
        """Say when a sweep must next look at each of these timers, by its id; None where nothing is left to raise."""
        ...

    def next_wake(self) -> datetime | None: ...
    def raise_breaches(self, logs: Sequence[tuple[Case, Sequence[Raised]]], at: datetime) -> None:
        """Write breaches raised at an instant, each once, of timers and cases that this unit of work has claimed.

        The events that tell them go to the ends of the cases' logs in the order given, and their messages into the
        outbox. Nothing is left to raise of their timers.
        """
        ...

    # breaches
    def breaches(self, authority: str, case_id: str) -> list[Breach]: ...
    def all_breaches(self, authority: str | None = None) -> Iterator[Breach]: ...
    def write_breaches(self, breaches: Sequence[Breach]) -> None:
        """Insert, or replace the row with the same (authority, breach_id)."""
        ...

    # what the desk is filtered by
    def facts(self, authority: str, case_id: str) -> CaseFacts | None: ...
    def write_facts(self, facts: Sequence[CaseFacts]) -> None:
        """Insert, or replace the row with the same (authority, case_id)."""
        ...

    def breach_answers(self, authority: str, case_id: str) -> list[BreachAnswer]: ...
    def write_breach_answers(self, answers: Sequence[BreachAnswer]) -> None:
        """Insert, or replace the row with the same (authority, breach_id)."""
        ...

    # imports
    def keep(self, rows: Sequence[Quarantined]) -> None:
        """Keep rows in quarantine; a row already kept stays as it is."""
        ...

    def quarantined(self, authority: str, case_id: str | None = None) -> list[Quarantined]:
        """Rows not yet released, oldest first; of one case where it is named."""
        ...

    def release(self, authority: str, quarantine_ids: Sequence[str], at: datetime) -> None: ...
    def write_import(self, file: ImportedFile) -> None: ...
    def imports(self, authority: str) -> list[ImportedFile]: ...

    # the calendar
    def calendar_changes(self) -> list[CalendarChange]: ...
    def add_calendar_change(self, change: CalendarChange) -> None: ...

    # packs
    def adopted_packs(self) -> list[AdoptedPack]:
        """Every pack adopted, in the order of adoption."""
        ...

    def adopt_pack(self, pack: AdoptedPack) -> None: ...
    def unsettled(self) -> list[CalendarChange | AdoptedPack]:
        """Changes of calendar and packs that may not have reached every case yet, in the order in which they came."""
        ...

    def settle(self, change: CalendarChange | AdoptedPack, at: datetime) -> None:
        """Note that a change has reached every case."""
        ...

    def marks(self) -> tuple[int, int]:
        """Say how far calendar and packs have changed: equal marks, equal calendar and packs. Cheap."""
        ...


class Store(Protocol):
    """Where cases are kept."""

    def transaction(self, *, reads: bool = True) -> AbstractContextManager[Transaction]:
        """Begin a unit of work that writes.

        One that is not expected to read may be faster; what its `append` refuses may then be refused at its end.
        """
        ...

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """Begin a unit of work that only reads, all of it as of one moment, without blocking writers."""
        ...
