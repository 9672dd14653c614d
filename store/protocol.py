"""What a store promises. Three keep the promise: SQLite, PostgreSQL and memory; one contract test holds them to it.

Everything happens inside a transaction and names its authority; an authority's rows are invisible to another.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from caseclock.timers.event import Event
from caseclock.timers.timer import Timer

#: what the first event of a case is chained to
GENESIS = "0" * 64


class CaseChanged(RuntimeError):
    """Someone else wrote to the case since it was read. Read it again and retry."""


class EventIdTaken(RuntimeError):
    """An event id is in the authority's log already. Recording the same event again is for the caller to notice."""


class SnapshotIsReadOnly(RuntimeError):
    """Something was to be written in a snapshot, which only reads. Write in a transaction."""


class StoreBusy(RuntimeError):
    """Another writer held the database for longer than this one was willing to wait. Nothing was written."""


class DatabaseTooNew(RuntimeError):
    """The database was made by a newer Caseclock than this one."""


class DatabaseTooOld(RuntimeError):
    """The database was made by an older Caseclock and has not been upgraded."""


class NoDatabase(RuntimeError):
    """There is no Caseclock database at the URL, or the URL names none that Caseclock can use."""


@dataclass(frozen=True, slots=True)
class Case:
    """A child's file in one authority, at one length of its log."""

    authority: str
    case_id: str
    #: number of events in its log; the optimistic lock
    version: int = 0
    #: hash of its last event
    head: str = GENESIS


@dataclass(frozen=True, slots=True)
class Episode:
    """One run of one process in one case, with the state it is in now."""

    authority: str
    case_id: str
    episode_id: str
    process: str
    process_version: str
    state: str
    opened_on: date
    closed_on: date | None = None
    follows: str | None = None


class BreachStanding(StrEnum):
    """What happened to a breach; what the officer does about it is kept apart. Stored values."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Breach:
    """The fact that a timer ran out undischarged; it outlives its case."""

    #: made from the timer and its due date
    breach_id: str
    timer_id: str
    authority: str
    case_id: str
    episode_id: str
    process: str
    timescale: str
    key: str | None
    due_on: date | None
    due_at: datetime | None
    #: UTC instant at which the timer became overdue
    fell_at: datetime
    #: UTC instant at which a sweep raised it
    raised_at: datetime
    standing: BreachStanding = BreachStanding.OPEN
    #: the date the duty was done at last, or ended
    closed_on: date | None = None
    #: recorded_late, rescheduled, void or retracted, where withdrawn
    cause: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is told of a case as a whole, by the events known: who works on it, and who the child is."""

    authority: str
    case_id: str
    #: team and worker it is allocated to; None where to nobody, or it is not told
    team: str | None = None
    worker: str | None = None
    #: the sibling group's id
    family: str | None = None
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True)
class BreachAnswer:
    """The last answer to a breach; all of them are in the log."""

    authority: str
    breach_id: str
    case_id: str
    #: explained, exempted, escalated or reopened
    answer: str
    answered_by: str
    answered_on: date
    reason_code: str | None = None
    #: to whom it was escalated
    owner: str | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class StoredTimer:
    """A timer as kept: its facts, and when a sweep must next look at it."""

    timer: Timer
    #: UTC; None when nothing is left to raise
    wake_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueTimer:
    authority: str
    case_id: str
    timer_id: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event line or a row of a return that did not fit, kept with its reason until it does."""

    #: made from the content, so that the same row is kept once
    quarantine_id: str
    authority: str
    case_id: str | None
    #: file the row came from, its row or line number, and the column at fault where known
    file: str
    row: str
    column: str | None
    value: str | None
    #: a sentence: what was tried, why not, what to do now
    reason: str
    #: the events it would have become (event lines), or the row as read
    content: dict[str, Any]
    kept_at: datetime
    #: when a retry accepted it
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One event line to be handed on, at least once, in the order of its case."""

    authority: str
    case_id: str
    kind: str
    payload: dict[str, Any]
    made_at: datetime
    #: its place in the outbox; 0 while it is not in one
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A day added to the calendar after the packs were made (a bank holiday announced late, a closure day)."""

    day: date
    title: str
    known_at: datetime
    by: str
    because: str
    #: None where it holds for every authority
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class AdoptedPack:
    """A pack of timescales that was adopted after the packs shipped, with its text as it was adopted."""

    pack_id: str
    text: str
    known_at: datetime
    by: str
    because: str
    #: None where it holds for every authority
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that was brought in: which, when, what came of it."""

    authority: str
    file: str
    kind: str
    sha256: str
    imported_at: datetime
    report: dict[str, Any] = field(default_factory=dict)


class Transaction(Protocol):
    """One unit of work. Commits when its `with` block ends, rolls back when that raises."""

    # the log
    def case(self, authority: str, case_id: str) -> Case | None: ...
    def locked_case(self, authority: str, case_id: str, *, wait: bool = True) -> Case | None:
        """The case, which no other writer can change until this unit of work ends.

        None where it has no events yet, or, without `wait`, where another writer holds it just now.
        """
        ...

    def lock_free(self, authority: str, case_ids: Sequence[str]) -> list[str]:
        """Lock those of these cases that no other writer holds just now, and name them, in their order."""
        ...

    def events(self, authority: str, case_id: str) -> list[Event]:
        """All events of a case in the order of writing (seq 1, 2, ...)."""
        ...

    def chain(self, authority: str, case_id: str) -> list[tuple[Event, str, str]]:
        """The same with each event's stored `previous` and `hash`, as (event, previous, hash)."""
        ...

    def find_event(self, authority: str, event_id: str) -> Event | None: ...
    def append(self, case: Case, events: Sequence[Event], *, marks: tuple[int, int] | None = None) -> Case:
        """Write events at the end of a case's log and chain them; raises CaseChanged if it has grown meanwhile.

        With `marks`, raises it too where calendar or packs have changed since those were read (but not for a new case).
        Raises EventIdTaken where an id is in the authority's log already: here, or when the events are next read,
        or at the latest when the unit of work ends. After either nothing of this unit of work is kept.
        A case of version 0 is made. Events come back from `events` with their seq.
        """
        ...

    def case_ids(self, authority: str | None = None) -> Iterator[tuple[str, str]]:
        """Every (authority, case_id), streaming, in order."""
        ...

    def look_ahead(self, authority: str, case_ids: Sequence[str]) -> None:
        """Read these cases in few statements: what is next asked of each (its case, events, rows) comes from there.

        Changes nothing but the speed. For some hundreds of cases at a time, since all of it is held in memory.
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

    def next_wake(self) -> datetime | None: ...

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

    # handing on
    def put_outbox(self, messages: Sequence[OutboxMessage]) -> None: ...
    def take_outbox(self, limit: int) -> list[OutboxMessage]:
        """The oldest messages not yet handed on, locked against other takers."""
        ...

    def mark_handed_on(self, message_ids: Sequence[int], at: datetime) -> None: ...

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
