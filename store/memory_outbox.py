"""The outbox in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from caseclock.store.memory_shelves import Shelves, as_kept
from caseclock.store.outbox_protocol import Delivery, Queue, Recipient, part_of
from caseclock.store.protocol import OutboxMessage
from caseclock.store.sql_base import refuse_to_write
from caseclock.store.types import in_utc


@dataclass(slots=True)
class _Changes:
    """What this unit of work did to the outbox."""

    put: list[OutboxMessage] = field(default_factory=list)
    #: message ids that are addressed now, and those that everyone has
    addressed: set[int] = field(default_factory=set)
    handed_on: dict[int, datetime] = field(default_factory=dict)
    #: None for what was taken away
    recipients: dict[str, Recipient | None] = field(default_factory=dict)
    turns: dict[tuple[str, int], str | None] = field(default_factory=dict)
    deliveries: dict[tuple[int, str], Delivery | None] = field(default_factory=dict)
    cleared: set[int] = field(default_factory=set)


class OutboxInMemory:
    """The part of a unit of work that hands on."""

    def __init__(self, kept: Shelves, *, read_only: bool) -> None:
        self._kept = kept
        self._read_only = read_only
        #: why it may not be committed, once a write was refused
        self.spoilt: Exception | None = None
        self._outbox = _Changes()

    def _check_writable(self) -> None:
        if self._read_only:
            refuse_to_write()

    def put_outbox(self, messages: Sequence[OutboxMessage]) -> None:
        self._check_writable()
        put = self._outbox.put
        for message in map(as_kept, messages):
            put.append(replace(message, message_id=self._kept.last_message_id + len(put) + 1))

    def unfinished(self, limit: int) -> list[OutboxMessage]:
        waiting = (message for message in self._messages() if not self._handed_on(message.message_id))
        return [message for _, message in zip(range(limit), waiting, strict=False)]

    def queued(self, most: int) -> int:
        alive = sum(delivery.dead_at is None for delivery in self._deliveries())
        return min(most, sum(1 for _ in self._unaddressed()) + alive)

    def queues(self) -> list[Queue]:
        unaddressed = list(self._unaddressed())
        oldest = min((message.made_at for message in unaddressed), default=None)
        found = [Queue(None, len(unaddressed), 0, 0, oldest)]
        of = sorted(self._deliveries(), key=lambda one: one.message.message_id)
        for name in sorted({one.recipient for one in of}):
            alive = [one for one in of if one.recipient == name and one.dead_at is None]
            failed = sum(one.next_try_at is not None for one in alive)
            dead = sum(one.recipient == name for one in of) - len(alive)
            found.append(Queue(name, len(alive), failed, dead, alive[0].message.made_at if alive else None))
        return found

    def recipients(self) -> list[Recipient]:
        found = self._kept.recipients | self._outbox.recipients
        return [one for _, one in sorted(found.items()) if one is not None]

    def write_recipient(self, recipient: Recipient) -> None:
        self._check_writable()
        self._outbox.recipients[recipient.name] = as_kept(recipient)
        known = self._turns()
        for part in range(recipient.parts):
            if (recipient.name, part) not in known:
                self._outbox.turns[recipient.name, part] = None

    def write_rest(self, name: str, failures: int, rests_until: datetime | None) -> None:
        self._check_writable()
        known = next((one for one in self.recipients() if one.name == name), None)
        if known is not None:
            self._outbox.recipients[name] = as_kept(
                replace(known, failures=failures, rests_until=rests_until)
            )

    def remove_recipient(self, name: str) -> None:
        self._check_writable()
        self._outbox.recipients[name] = None

    def is_addressed(self) -> bool:
        return next(self._unaddressed(), None) is None

    def address(self, at: datetime, limit: int) -> int:
        self._check_writable()
        at = in_utc(at)
        everyone = self.recipients()
        if not everyone:
            return 0
        messages = [message for _, message in zip(range(limit), self._unaddressed(), strict=False)]
        for message in messages:
            self._outbox.addressed.add(message.message_id)
            meant = [recipient for recipient in everyone if recipient.wants(message)]
            for recipient in meant:
                self._outbox.deliveries[message.message_id, recipient.name] = Delivery(
                    recipient.name, message
                )
            if not meant:
                self._outbox.handed_on[message.message_id] = at
        return len(messages)

    def open_turns(
        self, recipient: str, at: datetime, *, wait_for_dead: bool
    ) -> list[tuple[int, str | None]]:
        parts = self._parts(recipient)
        ready = {
            part_of(one.message.authority, one.message.case_id, parts)
            for one in self._may_be_told(recipient, at, wait_for_dead)
        }
        return sorted(
            (part, holder)
            for (name, part), holder in self._turns().items()
            if name == recipient and part in ready
        )

    def take_turn(self, recipient: str, part: int, seen: str | None, holder: str) -> bool:
        self._check_writable()
        turns = self._turns()
        if (recipient, part) not in turns or turns[recipient, part] != seen:
            return False
        self._outbox.turns[recipient, part] = holder
        return True

    def end_turn(self, recipient: str, part: int, holder: str) -> None:
        self._check_writable()
        if self._turns().get((recipient, part)) == holder:
            self._outbox.turns[recipient, part] = None

    def to_tell(
        self, recipient: str, part: int, at: datetime, limit: int, *, wait_for_dead: bool
    ) -> list[Delivery]:
        parts = self._parts(recipient)
        return [
            one
            for one in self._may_be_told(recipient, at, wait_for_dead)
            if part_of(one.message.authority, one.message.case_id, parts) == part
        ][:limit]

    def next_try(self, recipient: str) -> datetime | None:
        return min(
            (
                one.next_try_at
                for one in self.deliveries(recipient, self._kept.last_message_id + 1)
                if one.next_try_at is not None and one.dead_at is None
            ),
            default=None,
        )

    def done_with(self, deliveries: Sequence[Delivery], at: datetime) -> None:
        self._check_writable()
        for one in deliveries:
            self._outbox.deliveries[one.message.message_id, one.recipient] = None
        left = {one.message.message_id for one in self._deliveries()}
        for one in deliveries:
            if one.message.message_id not in left:
                self._outbox.handed_on.setdefault(one.message.message_id, in_utc(at))

    def write_tries(self, deliveries: Sequence[Delivery]) -> None:
        self._check_writable()
        there = {(one.message.message_id, one.recipient) for one in self._deliveries()}
        for one in deliveries:
            if (one.message.message_id, one.recipient) in there:
                self._outbox.deliveries[one.message.message_id, one.recipient] = as_kept(one)

    def dead_letters(
        self, limit: int, *, authority: str | None = None, recipient: str | None = None
    ) -> list[Delivery]:
        return _in_order(
            one
            for one in self._deliveries()
            if one.dead_at is not None
            and authority in (None, one.message.authority)
            and recipient in (None, one.recipient)
        )[:limit]

    def deliveries(self, recipient: str, limit: int) -> list[Delivery]:
        return _in_order(one for one in self._deliveries() if one.recipient == recipient)[:limit]

    def has_old_messages(self, before: datetime, limit: int) -> bool:
        return bool(self._old(before, limit))

    def clear_outbox(self, before: datetime, limit: int) -> int:
        self._check_writable()
        old = self._old(before, limit)
        self._outbox.cleared.update(old)
        return len(old)

    def _old(self, before: datetime, limit: int) -> list[int]:
        handed_on = self._kept.handed_on | self._outbox.handed_on
        addressed = self._kept.addressed | self._outbox.addressed
        there_is_nobody = not self.recipients()

        def is_old(message: OutboxMessage) -> bool:
            if message.message_id in handed_on:
                return handed_on[message.message_id] < before
            return there_is_nobody and message.message_id not in addressed and message.made_at < before

        oldest = sorted(self._messages(), key=lambda message: message.message_id)[:limit]
        return [message.message_id for message in oldest if is_old(message)]

    def _handed_on(self, message_id: int) -> bool:
        return message_id in self._kept.handed_on or message_id in self._outbox.handed_on

    def _messages(self) -> Iterator[OutboxMessage]:
        return (
            message
            for messages in (self._kept.messages.values(), self._outbox.put)
            for message in messages
            if message.message_id not in self._outbox.cleared
        )

    def _unaddressed(self) -> Iterator[OutboxMessage]:
        return (
            message
            for message in self._messages()
            if message.message_id not in self._kept.addressed
            and message.message_id not in self._outbox.addressed
        )

    def _turns(self) -> dict[tuple[str, int], str | None]:
        there = {one.name for one in self.recipients()}
        return {key: who for key, who in (self._kept.turns | self._outbox.turns).items() if key[0] in there}

    def _parts(self, recipient: str) -> int:
        return next((one.parts for one in self.recipients() if one.name == recipient), 1)

    def _deliveries(self) -> Iterator[Delivery]:
        return (one for one in (self._kept.deliveries | self._outbox.deliveries).values() if one is not None)

    def _may_be_told(self, recipient: str, at: datetime, wait_for_dead: bool) -> Iterator[Delivery]:
        kept_back: set[tuple[str, str]] = set()
        for one in _in_order(one for one in self._deliveries() if one.recipient == recipient):
            case = one.message.authority, one.message.case_id
            if one.dead_at is not None:
                if wait_for_dead:
                    kept_back.add(case)
                continue
            if one.next_try_at is not None and one.next_try_at > at:
                kept_back.add(case)
            if case not in kept_back:
                yield one

    def _commit_outbox(self) -> None:
        kept, changes = self._kept, self._outbox
        for message in changes.put:
            kept.messages[message.message_id] = message
            kept.last_message_id = message.message_id
        kept.addressed |= changes.addressed
        kept.handed_on |= changes.handed_on
        kept.turns |= changes.turns
        for name, recipient in changes.recipients.items():
            if recipient is not None:
                kept.recipients[name] = recipient
            elif kept.recipients.pop(name, None):
                kept.turns = {key: who for key, who in kept.turns.items() if key[0] != name}
        for key, delivery in changes.deliveries.items():
            if delivery is not None:
                kept.deliveries[key] = delivery
            else:
                kept.deliveries.pop(key, None)
        for message_id in changes.cleared:
            kept.messages.pop(message_id, None)
            kept.handed_on.pop(message_id, None)
            kept.addressed.discard(message_id)


def _in_order(deliveries: Iterator[Delivery]) -> list[Delivery]:
    return sorted(deliveries, key=lambda one: (one.message.message_id, one.recipient))
