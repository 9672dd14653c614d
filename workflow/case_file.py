"""A case in hand: its log and everything derived from it, loaded once and carried from event to event."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import Breach, Case, Episode, StoredTimer, Transaction
from caseclock.timers.at_the_end import is_finished
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Timer
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
    #: whether the store is known to have kept all of it
    committed: bool = False
    #: of all events, carried on while they come in the order in which they happened; made anew where they don't
    _history: History | None = field(default=None, repr=False, compare=False)
    #: timescale -> ids of its timers that are not finished; made when it is first asked for
    _unfinished: dict[str, set[str]] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def load(cls, transaction: Transaction, case: Case) -> "CaseFile":
        """Read everything kept of a case; nothing is asked about one that has no events yet."""
        if not case.version:
            return cls(case)
        events = transaction.events(case.authority, case.case_id)
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
            if self._history is not None and not self._history.take(event):
                self._history = None

    def put(self, events: Iterable[Event]) -> list[Event]:
        """Take events that have no place yet at the end of the log; gives them with their places."""
        placed = [event.at_place(seq) for seq, event in enumerate(events, len(self.events) + 1)]
        self.add(placed)
        return placed

    def keep(self, kept: StoredTimer) -> None:
        """Put a timer in its place, or in that of an earlier one with its id."""
        self.timers[kept.timer.timer_id] = kept
        if self._unfinished is not None:
            self._sort(self._unfinished, kept.timer)

    def drop(self, timer_id: str) -> None:
        """Take a timer out."""
        timer = self.timers.pop(timer_id).timer
        if self._unfinished is not None:
            self._unfinished.get(timer.timescale, set()).discard(timer_id)

    def unfinished(self, timescale: str) -> list[Timer]:
        """List the timers of a timescale that what happens later may still change."""
        if self._unfinished is None:
            self._unfinished = {}
            for kept in self.timers.values():
                self._sort(self._unfinished, kept.timer)
        found = self._unfinished.get(timescale)
        return [self.timers[timer_id].timer for timer_id in sorted(found)] if found else []

    @staticmethod
    def _sort(unfinished: dict[str, set[str]], timer: Timer) -> None:
        if not is_finished(timer):
            unfinished.setdefault(timer.timescale, set()).add(timer.timer_id)
        elif timer.timescale in unfinished:
            unfinished[timer.timescale].discard(timer.timer_id)

    def take_over(self, tried: "CaseFile") -> None:
        """Make what was tried on a copy this file's own."""
        self.events, self.by_id, self.episodes = tried.events, tried.by_id, tried.episodes
        self._history = None

    def put_back(self, length: int, episodes: dict[str, Episode]) -> None:
        """Make the log as short, and the episodes what they were, before events were added."""
        for event in self.events[length:]:
            del self.by_id[event.event_id]
        del self.events[length:]
        self.episodes = episodes
        self._history = None

    def history(self) -> History:
        """Give what is known of the case by all its events."""
        if self._history is None:
            self._history = History(self.events, OPENERS)
        return self._history

    def replay_episodes(self) -> list[str]:
        """Work out every episode anew and name those that changed, or are no more."""
        before = self.episodes
        self.episodes = {episode.episode_id: episode for episode in episodes_of(self.events)}
        return [
            name
            for name in dict.fromkeys((*self.episodes, *before))
            if self.episodes.get(name) != before.get(name)
        ]
