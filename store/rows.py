"""What a store keeps, row by row, and what it gives back. Told of in protocol.py; import it from there."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from caseclock.timers.event import Event
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.when import When

#: what the first event of a case is chained to
GENESIS = "0" * 64


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
class LogRow:
    """A row of the log as it stands, whether or not an event can be read from it."""

    authority: str
    case_id: str
    #: 0 where the row has no number there
    seq: int
    event_id: str
    #: the canonical form (chain.py) that its columns make, byte by byte
    line: bytes
    previous: str
    hash: str


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


class DueTimer(NamedTuple):
    """What a sweep must know of a timer that it looks at; each is told of in Timer. It makes thousands a second."""

    timer_id: str
    authority: str
    case_id: str
    episode_id: str
    process: str
    timescale: str
    key: str | None
    due_on: date | None
    due_at: datetime | None
    not_before: date | None
    falls_at: datetime
    at_end: AtEnd
    outcome: Outcome
    stopped_on: date | None
    #: by what the store finds its row again within the same unit of work
    place: int | str
    #: whether a breach of it was raised before, even one that does not stand any more
    was_raised: bool

    @classmethod
    def of(cls, timer: Timer, *, was_raised: bool) -> Self:
        """Give what a sweep must know of a timer whose place is its name."""
        told = (getattr(timer, name) for name in cls._fields[:-2])
        return cls._make((*told, timer.timer_id, was_raised))


class Raised(NamedTuple):
    """A breach that a sweep raises, and the event that tells it; the texts of both are made once, by whoever raises it.

    The event happened when the timer ran out and is of its episode; its data and its message are canonical JSON.
    """

    timer: DueTimer
    breach_id: str
    #: UTC
    fell_at: datetime
    standing: BreachStanding
    closed_on: date | None
    event_id: str
    type: str
    by: str
    because: str
    data: str
    #: what its line in the chain begins with, as chain.opening writes it
    opening: str
    #: the event line to be handed on
    message: str

    def breach(self, raised_at: datetime) -> Breach:
        """Give the breach as it is kept."""
        timer = self.timer
        return Breach(
            breach_id=self.breach_id,
            timer_id=timer.timer_id,
            authority=timer.authority,
            case_id=timer.case_id,
            episode_id=timer.episode_id,
            process=timer.process,
            timescale=timer.timescale,
            key=timer.key,
            due_on=timer.due_on,
            due_at=timer.due_at,
            fell_at=self.fell_at,
            raised_at=raised_at,
            standing=self.standing,
            closed_on=self.closed_on,
        )

    def event(self, raised_at: datetime) -> Event:
        """Give the event that tells it."""
        return Event(
            event_id=self.event_id,
            type=self.type,
            authority=self.timer.authority,
            case_id=self.timer.case_id,
            episode_id=self.timer.episode_id,
            occurred=When.instant(self.fell_at),
            recorded=When.instant(raised_at),
            by=self.by,
            because=self.because,
            data=json.loads(self.data),
        )


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
    """A day added to the calendar after the packs were made (a bank holiday announced late or moved, a closure day)."""

    day: date
    title: str
    known_at: datetime
    by: str
    because: str
    #: None where it holds for every authority
    authority: str | None = None
    #: the bank holiday that was moved to this day, and is worked now; None for an additional day
    replaces: date | None = None


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
