"""What Caseclock says to others: breaches raised and withdrawn, timers moved, episodes that came into another state.

Each message has the shape of an event line and is put into the outbox in the unit of work that it tells of. It names
the case, the episode and the rule, and nothing of what was written about a child.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseclock.store.protocol import Episode, OutboxMessage, Transaction
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.refusals import OutboxFull
from caseclock.workflow.settling import CASECLOCK

#: the kind of message that tells of an episode in another state; it is in no log, since every log tells it anyhow
MOVED = "EpisodeMoved"
#: seconds after which it is worth while to try again where the outbox was full
RETRY_AFTER_SECONDS = 60


@dataclass(slots=True)
class Outgoing:
    """Puts messages into the outbox, as long as there is room. Serves one engine."""

    #: how many messages may wait, about: several engines look at the outbox each by itself, and not at every message
    limit: int | None = None
    _room: int = 0

    def make_room(self, unit: Transaction, count: int) -> None:
        """Raise OutboxFull where so many messages may not be put; asked before anything is written."""
        if self.limit is None or self._room >= count:
            return
        queued = unit.queued(self.limit)
        if queued >= self.limit:
            self._room = 0
            raise OutboxFull(queued, RETRY_AFTER_SECONDS)
        self._room = max(count, (self.limit - queued) // 8)

    def take_room(self, unit: Transaction, count: int) -> None:
        """Do as `make_room`, for messages that are put with what they tell of."""
        self.make_room(unit, count)
        self._room -= count

    def put(self, unit: Transaction, messages: Sequence[OutboxMessage]) -> None:
        """Put messages into the outbox, for which room was made."""
        if messages:
            self._room -= len(messages)
            unit.put_outbox(messages)


def told(events: Iterable[Event], at: datetime) -> list[OutboxMessage]:
    """Make the messages that tell events of Caseclock's own."""
    return [
        OutboxMessage(event.authority, event.case_id, event.type, event_line(event), at) for event in events
    ]


def moves(
    file: CaseFile, before: Mapping[str, Episode | None], events: Sequence[Event], at: datetime
) -> list[OutboxMessage]:
    """Make a message for each episode that is in another state than `before`; None is one that was not there.

    `events` are those that brought it about, written already.
    """
    return [
        _moved(file, name, was, events, at)
        for name, was in before.items()
        if (was and was.state) != ((now := file.episodes.get(name)) and now.state)
    ]


def _moved(
    file: CaseFile, name: str, was: Episode | None, events: Sequence[Event], at: datetime
) -> OutboxMessage:
    now = file.episodes.get(name)
    told_of = now or was
    case = file.case
    cause = next((event for event in reversed(events) if event.episode_id == name), events[-1])
    line = {
        # the length of the log tells this move from any other of the episode
        "event_id": f"{MOVED}:{case.case_id}:{name}:{case.version}",
        "type": MOVED,
        "authority": case.authority,
        "case_id": case.case_id,
        "episode_id": name,
        "occurred_at": str(cause.occurred),
        "recorded_at": str(When.instant(at)),
        "by": CASECLOCK,
        "because": cause.type,
        "data": {
            "process": told_of.process if told_of else None,
            "from": was.state if was else None,
            "to": now.state if now else None,
        },
    }
    return OutboxMessage(case.authority, case.case_id, MOVED, line, at)
