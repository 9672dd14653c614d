"""A case in hand: its log and everything derived from it, loaded once and carried from event to event."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from caseclock.store.protocol import Breach, Case, Episode, StoredTimer, Transaction
from caseclock.timers.event import Event
from caseclock.workflow.replay import episodes_of


@dataclass
class CaseFile:
    """Mutable, private to the engine; never shared between threads."""

    case: Case
    #: in the order of writing
    events: list[Event] = field(default_factory=list)
    by_id: dict[str, Event] = field(default_factory=dict)
    episodes: dict[str, Episode] = field(default_factory=dict)
    timers: dict[str, StoredTimer] = field(default_factory=dict)
    breaches: dict[str, Breach] = field(default_factory=dict)

    @classmethod
    def load(cls, transaction: Transaction, case: Case) -> "CaseFile":
        """Read everything kept of a case."""
        events = transaction.events(case.authority, case.case_id) if case.version else []
        return cls(
            case,
            events,
            {event.event_id: event for event in events},
            {episode.episode_id: episode for episode in transaction.episodes(case.authority, case.case_id)},
            {kept.timer.timer_id: kept for kept in transaction.timers(case.authority, case.case_id)},
            {breach.breach_id: breach for breach in transaction.breaches(case.authority, case.case_id)},
        )

    def copy(self) -> "CaseFile":
        """Give a copy to try something on."""
        return CaseFile(
            self.case,
            list(self.events),
            dict(self.by_id),
            dict(self.episodes),
            dict(self.timers),
            dict(self.breaches),
        )

    def add(self, events: Iterable[Event]) -> None:
        """Take events at the end of the log, each with its place."""
        for event in events:
            self.events.append(event)
            self.by_id[event.event_id] = event

    def replay_episodes(self) -> list[Episode]:
        """Work out every episode anew and give those that changed."""
        rebuilt = {episode.episode_id: episode for episode in episodes_of(self.events)}
        changed = [episode for name, episode in rebuilt.items() if self.episodes.get(name) != episode]
        self.episodes.update(rebuilt)
        return changed
