"""The outbox in SQL. What is said of the turns holds on either database: nothing is locked while someone is told."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from caseclock.store import sql_outbox_statements as statements
from caseclock.store.outbox_protocol import Delivery, Queue, Recipient, part_of
from caseclock.store.outbox_tables import outbox
from caseclock.store.protocol import OutboxMessage
from caseclock.store.sql_base import OnConnection


class OutboxInSql(OnConnection):
    """The part of an SQL transaction that hands on."""

    __slots__ = ()

    def put_outbox(self, messages: Sequence[OutboxMessage]) -> None:
        rows = (
            {
                "authority": message.authority,
                "case_id": message.case_id,
                "kind": message.kind,
                "payload": message.payload,
                "made_at": message.made_at,
            }
            for message in messages
        )
        self._later(outbox, statements.PUT_OUTBOX, rows)

    def unfinished(self, limit: int) -> list[OutboxMessage]:
        return [
            OutboxMessage(*row)
            for row in self._reading(outbox).execute(statements.UNFINISHED, {"most": limit})
        ]

    def queued(self, most: int) -> int:
        queued: int = self._reading(outbox).scalars(statements.QUEUED, {"most": most}).one()
        return min(most, queued)

    def queues(self) -> list[Queue]:
        connection = self._reading(outbox)
        unaddressed, oldest_at = connection.execute(statements.OLDEST_MADE).one()
        found = [Queue(None, unaddressed, 0, 0, oldest_at)]
        for name, waiting, failed, dead, oldest in connection.execute(statements.QUEUES).all():
            oldest_at = None if oldest is None else connection.scalar(statements.MADE, {"m": oldest})
            found.append(Queue(name, waiting, failed, dead, oldest_at))
        return found

    def recipients(self) -> list[Recipient]:
        return [_recipient(row) for row in self._connection.execute(statements.RECIPIENTS)]

    def write_recipient(self, recipient: Recipient) -> None:
        row = {
            "name": recipient.name,
            "parts": recipient.parts,
            "added_at": recipient.added_at,
            "authority": recipient.authority,
            "kinds": " ".join(recipient.kinds) or None,
            "failures": recipient.failures,
            "rests_until": recipient.rests_until,
        }
        connection = self._to_write()
        connection.execute(statements.WRITE_RECIPIENT[self._dialect], row)
        turns = [
            {"recipient": recipient.name, "part": part, "holder": None} for part in range(recipient.parts)
        ]
        connection.execute(statements.ADD_TURNS[self._dialect], turns)

    def write_rest(self, name: str, failures: int, rests_until: datetime | None) -> None:
        rest = {"r": name, "count": failures, "until": rests_until}
        self._to_write().execute(statements.WRITE_REST, rest)

    def remove_recipient(self, name: str) -> None:
        for statement in (statements.REMOVE_RECIPIENT, statements.REMOVE_TURNS):
            self._to_write().execute(statement, {"r": name})

    def is_addressed(self) -> bool:
        return self._reading(outbox).scalar(statements.TO_ADDRESS, {"most": 1}) is None

    def address(self, at: datetime, limit: int) -> int:
        self._to_write()
        connection = self._reading(outbox)
        everyone = [_recipient(row) for row in connection.execute(statements.RECIPIENTS_LOCKED)]
        if not everyone:
            return 0
        messages = [OutboxMessage(*row) for row in connection.execute(statements.TO_ADDRESS, {"most": limit})]
        deliveries = [
            {
                "authority": message.authority,
                "message_id": message.message_id,
                "recipient": recipient.name,
                "case_id": message.case_id,
                "part": part_of(message.authority, message.case_id, recipient.parts),
                "tries": 0,
            }
            for message in messages
            for recipient in everyone
            if recipient.wants(message)
        ]
        if deliveries:
            connection.execute(statements.ADD_DELIVERY, deliveries)
        somebody = {row["message_id"] for row in deliveries}
        meant = [message.message_id for message in messages]
        for statement, ids in (
            (statements.ADDRESSED, [one for one in meant if one in somebody]),
            (statements.FOR_NOBODY, [one for one in meant if one not in somebody]),
        ):
            if ids:
                connection.execute(statement, {"ids": ids, "at": at})
        return len(messages)

    def open_turns(
        self, recipient: str, at: datetime, *, wait_for_dead: bool
    ) -> list[tuple[int, str | None]]:
        found = self._connection.execute(statements.OPEN_TURNS[wait_for_dead], {"r": recipient, "at": at})
        return [(part, holder) for part, holder in found]

    def take_turn(self, recipient: str, part: int, seen: str | None, holder: str) -> bool:
        turn = {"r": recipient, "p": part, "seen": seen, "mine": holder}
        return self._to_write().execute(statements.TAKE_TURN, turn).rowcount == 1

    def end_turn(self, recipient: str, part: int, holder: str) -> None:
        self._to_write().execute(statements.END_TURN, {"r": recipient, "p": part, "mine": holder})

    def to_tell(
        self, recipient: str, part: int, at: datetime, limit: int, *, wait_for_dead: bool
    ) -> list[Delivery]:
        asked = {"r": recipient, "p": part, "at": at, "most": limit}
        return [_made(row) for row in self._connection.execute(statements.TO_TELL[wait_for_dead], asked)]

    def next_try(self, recipient: str) -> datetime | None:
        next_try_at: datetime | None = self._connection.scalar(statements.NEXT_TRY, {"r": recipient})
        return next_try_at

    def done_with(self, deliveries: Sequence[Delivery], at: datetime) -> None:
        connection = self._to_write()
        ids = [one.message.message_id for one in deliveries]
        if not ids:
            return
        if self._dialect != "sqlite":
            # its other recipients may be done with it now too: the later of us must see that the other is
            connection.execute(statements.LOCK_MESSAGES, {"ids": ids})
        for (name, authority), some in groupby(sorted(deliveries, key=_whose), key=_whose):
            done = {"r": name, "a": authority, "ids": [one.message.message_id for one in some]}
            connection.execute(statements.DONE, done)
        connection.execute(statements.HANDED_ON, {"ids": ids, "at": at})

    def write_tries(self, deliveries: Sequence[Delivery]) -> None:
        for one in deliveries:
            told = {
                "a": one.message.authority,
                "m": one.message.message_id,
                "r": one.recipient,
                "n": one.tries,
                "next": one.next_try_at,
                "error": one.last_error,
                "dead": one.dead_at,
            }
            self._to_write().execute(statements.WRITE_TRIES, told)

    def dead_letters(
        self, limit: int, *, authority: str | None = None, recipient: str | None = None
    ) -> list[Delivery]:
        asked = statements.DEAD
        if authority is not None:
            asked = asked.where(statements.DELIVERY.c.authority == authority)
        if recipient is not None:
            asked = asked.where(statements.DELIVERY.c.recipient == recipient)
        return [_made(row) for row in self._connection.execute(asked, {"most": limit})]

    def deliveries(self, recipient: str, limit: int) -> list[Delivery]:
        found = self._connection.execute(statements.OF_RECIPIENT, {"r": recipient, "most": limit})
        return [_made(row) for row in found]

    def has_old_messages(self, before: datetime, limit: int) -> bool:
        asked = {"before": before, "most": limit}
        return self._reading(outbox).scalar(statements.HAS_OLD, asked) is not None

    def clear_outbox(self, before: datetime, limit: int) -> int:
        self._to_write()
        return self._reading(outbox).execute(statements.CLEAR, {"before": before, "most": limit}).rowcount


def _whose(delivery: Delivery) -> tuple[str, str]:
    return delivery.recipient, delivery.message.authority


def _recipient(row: Row[*tuple[Any, ...]]) -> Recipient:
    name, parts, added_at, authority, kinds, failures, rests_until = row
    return Recipient(name, parts, added_at, authority, tuple((kinds or "").split()), failures, rests_until)


def _made(row: Row[*tuple[Any, ...]]) -> Delivery:
    recipient, tries, next_try_at, last_error, dead_at, *message = row
    return Delivery(recipient, OutboxMessage(*message), tries, next_try_at, last_error, dead_at)
