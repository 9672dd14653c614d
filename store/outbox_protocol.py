"""What a store promises of the outbox: who is told, what each has yet to get, and whose turn it is to tell them.

A message is *addressed* once: a delivery is then kept for each recipient it is meant for, until that one has it. The
cases of a recipient are divided into parts, and a part is told by one worker at a time, whose *turn* it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

if TYPE_CHECKING:
    from caseclock.store.protocol import OutboxMessage


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone who is told what Caseclock says, from the moment they were added."""

    name: str
    #: into how many parts its cases are divided; no case is in two
    parts: int
    added_at: datetime
    #: None where it is told of every authority
    authority: str | None = None
    #: the kinds of message it is told; all where empty
    kinds: tuple[str, ...] = ()
    #: failures one after the other since it last took anything
    failures: int = 0
    #: it is left alone until then
    rests_until: datetime | None = None

    def wants(self, message: "OutboxMessage") -> bool:
        """Say whether a message is meant for it."""
        return self.authority in (None, message.authority) and (not self.kinds or message.kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a recipient has yet to get."""

    recipient: str
    message: "OutboxMessage"
    tries: int = 0
    #: None where it has never been tried
    next_try_at: datetime | None = None
    #: a sentence
    last_error: str | None = None
    #: when it was given up: a dead letter
    dead_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """How much a recipient has yet to get."""

    #: None for what is not addressed yet
    recipient: str | None
    waiting: int
    #: of those, the messages that failed at least once
    failed: int
    dead: int
    #: when the oldest that waits was made
    oldest_at: datetime | None


def part_of(authority: str, case_id: str, parts: int) -> int:
    """Say in which part of a recipient's cases a case is: always the same.

    >>> part_of("thurrock", "C-1042", 16)
    12
    """
    return crc32(f"{authority}\0{case_id}".encode()) % parts


class OutboxWork(Protocol):
    """The part of a unit of work that hands on."""

    def put_outbox(self, messages: "Sequence[OutboxMessage]") -> None: ...
    def unfinished(self, limit: int) -> "list[OutboxMessage]":
        """The oldest messages that not everyone has who is to have them."""
        ...

    def queued(self, most: int) -> int:
        """How many messages and deliveries wait, dead letters apart; counted no further than `most`."""
        ...

    def queues(self) -> list[Queue]:
        """What is not addressed yet, and what each recipient has yet to get, by name."""
        ...

    def recipients(self) -> list[Recipient]:
        """Everyone who is told, by name."""
        ...

    def write_recipient(self, recipient: Recipient) -> None:
        """Add a recipient, or replace the one of that name; its `parts` can't change."""
        ...

    def write_rest(self, name: str, failures: int, rests_until: datetime | None) -> None:
        """Write how often a recipient has failed in a row, and until when it is left alone."""
        ...

    def remove_recipient(self, name: str) -> None:
        """Take a recipient away that has nothing left to get."""
        ...

    def is_addressed(self) -> bool:
        """Say whether nothing waits to be addressed."""
        ...

    def address(self, at: datetime, limit: int) -> int:
        """Address the oldest messages that are not, and say how many there were; none without a recipient."""
        ...

    def open_turns(
        self, recipient: str, at: datetime, *, wait_for_dead: bool
    ) -> list[tuple[int, str | None]]:
        """The parts in which something may be told now, each with who holds it."""
        ...

    def take_turn(self, recipient: str, part: int, seen: str | None, holder: str) -> bool:
        """Take the turn from the holder last seen; False where someone else was quicker."""
        ...

    def end_turn(self, recipient: str, part: int, holder: str) -> None:
        """Give the turn back, if it is still this holder's."""
        ...

    def to_tell(
        self, recipient: str, part: int, at: datetime, limit: int, *, wait_for_dead: bool
    ) -> list[Delivery]:
        """What may be told now, oldest first.

        What follows a message of its case that has failed and is to be tried later is not among it. With
        `wait_for_dead`, nor is what follows a dead letter.
        """
        ...

    def next_try(self, recipient: str) -> datetime | None:
        """When the first of the failed messages is to be tried again; None where none is."""
        ...

    def done_with(self, deliveries: Sequence[Delivery], at: datetime) -> None:
        """Take deliveries away: told, or dropped. A message with none left has been handed on."""
        ...

    def write_tries(self, deliveries: Sequence[Delivery]) -> None:
        """Write what became of deliveries that are still there: tries, next try, error, death."""
        ...

    def dead_letters(
        self, limit: int, *, authority: str | None = None, recipient: str | None = None
    ) -> list[Delivery]:
        """Deliveries that were given up, oldest message first."""
        ...

    def deliveries(self, recipient: str, limit: int) -> list[Delivery]:
        """What a recipient has yet to get, dead letters too, oldest first."""
        ...

    def has_old_messages(self, before: datetime, limit: int) -> bool:
        """Say whether `clear_outbox` would delete anything."""
        ...

    def clear_outbox(self, before: datetime, limit: int) -> int:
        """Delete those of the oldest messages that were handed on before an instant, and say how many.

        While there is no recipient, also those made before it that were never addressed: nobody will be told of them
        but someone who is added later. No more than `limit` of the oldest are looked at.
        """
        ...
