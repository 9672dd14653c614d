"""What a store in memory holds: one file a case, and what is found without knowing the case."""

import json
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from caseclock.store.appending import Link
from caseclock.store.outbox_protocol import Delivery, Recipient
from caseclock.store.protocol import (
    AdoptedPack,
    Breach,
    BreachAnswer,
    CalendarChange,
    Case,
    CaseFacts,
    Episode,
    ImportedFile,
    OutboxMessage,
    Quarantined,
    StoredTimer,
)
from caseclock.store.types import NotStorable, canonical_json, in_utc

CaseKey = tuple[str, str]
#: wake_at, authority, case_id, timer_id
Wake = tuple[datetime, str, str, str]


@dataclass(slots=True)
class CaseFile:
    """Everything of one case. Never changed once committed: a transaction changes a copy and puts it in its place."""

    case: Case | None = None
    #: in the order of seq
    log: tuple[Link, ...] = ()
    episodes: dict[str, Episode] = field(default_factory=dict)
    timers: dict[str, StoredTimer] = field(default_factory=dict)
    breaches: dict[str, Breach] = field(default_factory=dict)
    facts: CaseFacts | None = None
    answers: dict[str, BreachAnswer] = field(default_factory=dict)

    def copy(self) -> "CaseFile":
        """Give a copy that can be changed."""
        return CaseFile(
            self.case,
            self.log,
            dict(self.episodes),
            dict(self.timers),
            dict(self.breaches),
            self.facts,
            dict(self.answers),
        )


@dataclass(slots=True)
class Shelves:
    """What has been committed."""

    files: dict[CaseKey, CaseFile] = field(default_factory=dict)
    #: (authority, event_id) -> (case_id, seq)
    event_places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    #: (authority, timer_id) -> case_id, and the same for breaches
    timer_cases: dict[tuple[str, str], str] = field(default_factory=dict)
    breach_cases: dict[tuple[str, str], str] = field(default_factory=dict)
    #: a heap; entries that are no longer so are dropped when they come up
    waking: list[Wake] = field(default_factory=list)
    #: by message_id
    messages: dict[int, OutboxMessage] = field(default_factory=dict)
    addressed: set[int] = field(default_factory=set)
    handed_on: dict[int, datetime] = field(default_factory=dict)
    last_message_id: int = 0
    recipients: dict[str, Recipient] = field(default_factory=dict)
    #: who holds a part of a recipient's cases
    turns: dict[tuple[str, int], str | None] = field(default_factory=dict)
    #: by message_id and recipient
    deliveries: dict[tuple[int, str], Delivery] = field(default_factory=dict)
    quarantine: dict[tuple[str, str], Quarantined] = field(default_factory=dict)
    imports: list[ImportedFile] = field(default_factory=list)
    calendar: list[CalendarChange] = field(default_factory=list)
    packs: list[AdoptedPack] = field(default_factory=list)
    #: changes of either that have reached every case
    settled: list[CalendarChange | AdoptedPack] = field(default_factory=list)

    def copy(self) -> "Shelves":
        """Give a copy that later commits do not touch; the files in it are shared, since they never change."""
        return Shelves(
            dict(self.files),
            dict(self.event_places),
            dict(self.timer_cases),
            dict(self.breach_cases),
            list(self.waking),
            dict(self.messages),
            set(self.addressed),
            dict(self.handed_on),
            self.last_message_id,
            dict(self.recipients),
            dict(self.turns),
            dict(self.deliveries),
            dict(self.quarantine),
            list(self.imports),
            list(self.calendar),
            list(self.packs),
            list(self.settled),
        )


Row = TypeVar(
    "Row",
    AdoptedPack,
    Breach,
    BreachAnswer,
    CalendarChange,
    CaseFacts,
    Delivery,
    Episode,
    ImportedFile,
    OutboxMessage,
    Quarantined,
    Recipient,
    StoredTimer,
)


def as_kept(row: Row) -> Row:
    """Give a row as a database would give it back; raises NotStorable or NaiveInstantRefused as it would."""
    changes = _changes(row)
    if isinstance(row, StoredTimer):
        timer = _changes(row.timer)
        if timer:
            changes["timer"] = replace(row.timer, **timer)
    return replace(row, **changes) if changes else row


def _changes(row: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for one in fields(row):
        value = getattr(row, one.name)
        if isinstance(value, datetime):
            if one.name.endswith("_on") or one.name in ("day", "date_of_birth"):
                raise NotStorable(
                    f"Can't store {value.isoformat()} as a date: it is an instant. Give its London date."
                )
            if (utc := in_utc(value)) is not value:
                changes[one.name] = utc
        elif isinstance(value, dict):
            changes[one.name] = json.loads(canonical_json(value))
    return changes
