"""What is watched: an engine, whose records and refusals are counted and take spans; a way to tell a recipient."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from caseclock.store.protocol import OutboxMessage, Store, Transaction
from caseclock.telemetry.tracing import span
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine, Recorded, Taken
from caseclock.workflow.refusals import Refused


class Counts(Protocol):
    """Who counts."""

    def recorded(self, events: int) -> None: ...
    def refused(self, kind: str) -> None: ...


class Tells(Protocol):
    """A way to reach a recipient, as the outbox has it."""

    @property
    def parts(self) -> int: ...
    @property
    def at_once(self) -> int: ...
    def tell(self, messages: Sequence[OutboxMessage]) -> None: ...
    def close(self) -> None: ...


class WatchedChannel:
    """Tells as another does, each time in a span that names the recipient, and says how many messages it was."""

    def __init__(self, channel: Tells, recipient: str) -> None:
        self._channel = channel
        self._recipient = recipient
        self.parts = channel.parts
        self.at_once = channel.at_once

    def tell(self, messages: Sequence[OutboxMessage]) -> None:
        with span("hand_on", recipient=self._recipient, messages=len(messages)):
            self._channel.tell(messages)

    def close(self) -> None:
        self._channel.close()


class WatchedEngine(Engine):
    """Does as an engine does, and says so. Made like one, with who counts before the rest."""

    def __init__(self, store: Store, counts: Counts, **rest: Any) -> None:
        super().__init__(store, **rest)
        self._counts = counts

    def record(self, *events: Event, at: datetime, transaction: Transaction | None = None) -> Recorded:
        with span("record", authority=events[0].authority if events else None):
            try:
                done = super().record(*events, at=at, transaction=transaction)
            except Refused as refusal:
                self._counts.refused(type(refusal).__name__)
                raise
        self._counts.recorded(done.events)
        return done

    def take_in(
        self, authority: str, case_id: str, records: Sequence[Sequence[Event]], at: datetime
    ) -> list[Taken]:
        with span("take_in", authority=authority):
            taken = super().take_in(authority, case_id, records, at)
        for one in taken:
            self._counts.recorded(one.events)
            if one.status == "quarantined":
                self._counts.refused("Quarantined")
        return taken
