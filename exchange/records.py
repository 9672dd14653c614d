"""What a reader gives of a file: records told as events, records refused with their reason, and what it left unread."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from caseclock.timers.event import Event
from caseclock.timers.history import SOURCE_TOLD
from caseclock.timers.when import When


class FileRefused(ValueError):
    """A whole file can't be brought in. Nothing of it was written; the sentence says why, and what to do now."""


class Unfit(ValueError):
    """One record of a file can't be true or can't be read. The rest of the file is not concerned."""

    def __init__(self, column: str | None, value: object, reason: str):
        super().__init__(reason)
        self.column = column
        self.value = None if value is None else str(value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Told:
    """One record (one dated thing, such as a referral or an assessment) as the events it tells."""

    kind: str
    #: where it stands in its file, in words a person can follow
    row: str
    case_id: str
    events: tuple[Event, ...]
    #: the row as read
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """One record that can't go in, with the place and the value at fault."""

    row: str
    column: str | None
    value: str | None
    #: a sentence: what was tried, why not, what to do now
    reason: str
    #: the row as read
    content: dict[str, Any]
    case_id: str | None
    #: it may be true, but what it belongs to is not known: kept, and counted, as in quarantine
    may_be_true: bool = False


@dataclass(frozen=True, slots=True)
class NotUsed:
    """Something the file holds and this version does not read, and how many of it."""

    what: str
    count: int


class Reader(Protocol):
    """Reads one kind of file, as a stream. Raises FileRefused before its first record, or not at all."""

    def __call__(
        self, path: Path, *, authority: str, imported_at: datetime, horizon: date | None
    ) -> Iterator[Told | Refused | NotUsed]:
        """Read a file. A date after `horizon` is impossible; None leaves that day to the file's own header.

        A file without one can't tell of a day later than the London date of `imported_at`.
        """
        ...


#: gives what a case's log has
Log = Callable[[str], Sequence[Event]]


class SetReader(Protocol):
    """Reads files that tell one thing only together. Raises FileRefused before its first record, or not at all."""

    def __call__(
        self,
        files: Sequence[Path],
        *,
        authority: str,
        imported_at: datetime,
        log: Log,
        horizon: date | None,
    ) -> Iterator[tuple[Path, Told | Refused | NotUsed]]:
        """Read the files together, each record with the file it stands in. `horizon` is as for a single file."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Whose word the events of one file are. Two files of one kind tell the same fact by the same id and content."""

    authority: str
    #: first part of each event's id
    name: str
    by: str
    because: str
    #: last day of which the file tells whole; None where it says nothing of how far it tells
    until: date | None = None

    def event(
        self,
        type_: str,
        case_id: str,
        episode_id: str,
        on: date,
        data: Mapping[str, Any] | None = None,
        *,
        which: str = "",
    ) -> Event:
        """Make the event of this type in this episode; `which` tells it from others of its type there.

        Returns don't say when they were written: `recorded` is `on`.
        """
        event_id = f"{self.name}:{case_id}:{episode_id}:{type_}"
        return Event(
            event_id=f"{event_id}:{which}" if which else event_id,
            type=type_,
            authority=self.authority,
            case_id=case_id,
            episode_id=episode_id,
            occurred=When(on),
            recorded=When(on),
            by=self.by,
            because=self.because,
            data=dict(data or {}),
        )

    def told(
        self,
        case_id: str,
        episode_id: str,
        on: date,
        untold: Iterable[str],
        told_from: Mapping[str, str] | None = None,
        *,
        in_part: bool = False,
    ) -> tuple[Event, ...]:
        """Say how far the file tells of an episode, which begins `on`; behind that day nothing is known.

        `in_part` where something of the episode was refused, so that a corrected file can say more.
        """
        if self.until is None:
            return ()
        data: dict[str, Any] = {"until": self.until.isoformat(), "untold": list(untold)}
        if told_from:
            data["told_from"] = dict(told_from)
        which = f"{self.until}:in_part" if in_part else f"{self.until}"
        return (self.event(SOURCE_TOLD, case_id, episode_id, on, data, which=which),)


@dataclass(slots=True)
class Tally:
    """Counts what a reader leaves unread, by name, in the order of first meeting."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        if count:
            self.counts[what] = self.counts.get(what, 0) + count

    def not_used(self) -> Iterator[NotUsed]:
        for what, count in self.counts.items():
            yield NotUsed(what, count)
