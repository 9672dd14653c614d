"""Random histories of a case: walked along the tables of every process, on random days, written up when it suited.

What is drawn is what someone might try to record; `lived` leaves what the engine takes. So the histories grow with
the processes, and nobody has to keep a second copy of the rules here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.processes.definition import NOT_BEGUN, Field
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Breach, BreachStanding, Episode, Quarantined, Store
from caseclock.timers.event import Event
from caseclock.timers.timer import Timer
from caseclock.timers.when import LONDON, When, end_of_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import event_line
from caseclock.workflow.refusals import Refused
from caseclock.workflow.sweep import sweep

AUTHORITY = "thurrock"  # it has local standards over the national ones
#: when everything has happened and was written up
AT_LAST = datetime(2031, 1, 1, tzinfo=UTC)
_FIRST, _LAST = date(2009, 1, 1), date(2026, 6, 30)
#: days between one event and the next: the same day, the next, and across limits
_GAPS = (0, 0, 1, 2, 5, 10, 20, 45, 70)
_DELAYS = (0, 0, 0, 1, 3, 30)
#: fields without choices that tie events together
_NAMES = ("one", "two")


@dataclass
class _Walk:
    """A history in the making."""

    draw: DrawFn
    case_id: str
    day: date
    openers: list[str]
    events: list[Event] = field(default_factory=list)
    #: episode -> its process and state
    states: dict[str, tuple[str, str]] = field(default_factory=dict)

    def step(self) -> None:
        """Let something happen: an episode opens, or one that is open goes on."""
        self.day = min(self.day + timedelta(days=self.draw(st.sampled_from(_GAPS))), _LAST)
        going_on = [
            name for name, (process, state) in self.states.items() if PROCESSES[process].allowed(state)
        ]
        open_yet = [name for name in going_on if not self._is_over(name)]
        if going_on and self.draw(st.integers(0, 4)) > 0:
            episode = self.draw(st.sampled_from(open_yet or going_on))
            process, state = self.states[episode]
            event_type = self.draw(st.sampled_from(PROCESSES[process].allowed(state)))
        else:
            event_type = self.draw(st.sampled_from(self.openers))
            process, state = OPENERS[event_type], NOT_BEGUN
            episode = f"{process}-{len(self.states) + 1}"
        data = self._data(process, event_type)
        reached = PROCESSES[process].next_state(state, event_type, data)
        if reached is None:
            return
        if state == NOT_BEGUN and self.states and self.draw(st.integers(0, 3)):
            data["follows"] = self.draw(st.sampled_from(sorted(self.states)))
        self.states[episode] = (process, reached)
        self.events.append(self.written(event_type, episode, data))

    def _is_over(self, episode: str) -> bool:
        process, state = self.states[episode]
        return PROCESSES[process].state(state).final

    def _data(self, process: str, event_type: str) -> dict[str, Any]:
        data = {}
        for one in PROCESSES[process].fields.get(event_type, ()):
            if one.name != "follows" and (one.required or self.draw(st.booleans())):
                data[one.name] = self._value(one)
        return data

    def _value(self, one: Field) -> str:
        if one.is_date:
            return str(self.day + timedelta(days=self.draw(st.integers(-400, 60))))
        return self.draw(st.sampled_from([choice for choice in one.choices if choice] or _NAMES))

    def written(self, event_type: str, episode: str, data: dict[str, Any]) -> Event:
        """Write up what happened on this day, some days later, at a moment when nothing else was written."""
        number = len(self.events)
        occurred = When(self.day)
        if self.draw(st.booleans()):
            clock = time(9 + number // 60, number % 60)
            occurred = When.instant(datetime.combine(self.day, clock, tzinfo=LONDON))
        written_on = self.day + timedelta(days=self.draw(st.sampled_from(_DELAYS)))
        return Event(
            event_id=f"{self.case_id}/{number}",
            type=event_type,
            authority=AUTHORITY,
            case_id=self.case_id,
            episode_id=episode,
            occurred=occurred,
            recorded=When.instant(end_of_day(written_on) - timedelta(hours=1) + timedelta(seconds=number)),
            by="sw.jones",
            data=data,
        )

    def second_thought(self) -> None:
        """Correct something, or take it back."""
        self.day = min(self.day + timedelta(days=self.draw(st.sampled_from(_GAPS))), _LAST)
        target = self.draw(st.sampled_from(self.events))
        if target.type in ("EventCorrected", "EventRetracted"):
            return
        data = {"event_id": target.event_id, "reason": "a second thought"}
        if self.draw(st.booleans()):
            self.events.append(self.written("EventRetracted", target.episode_id, data))
            return
        data["occurred_at"] = str(target.occurred.on + timedelta(days=self.draw(st.integers(-20, 5))))
        self.events.append(self.written("EventCorrected", target.episode_id, data))


@st.composite
def attempts(draw: DrawFn, *, most: int = 16, case_id: str = "C-1", second_thoughts: int = 2) -> list[Event]:
    """Events of one case that someone might try to record, in the order in which they were written up."""
    first = draw(st.dates(_FIRST, date(2026, 1, 31)))
    names = draw(st.lists(st.sampled_from(sorted(PROCESSES)), min_size=1, max_size=3, unique=True))
    openers = [event for name in names for event in PROCESSES[name].openers]
    walk = _Walk(draw, case_id, first, openers)
    for _ in range(draw(st.integers(most // 2, most))):
        walk.step()
    for _ in range(draw(st.integers(0, second_thoughts)) if walk.events else 0):
        walk.second_thought()
    return sorted(walk.events, key=lambda event: event.recorded.latest())


def lived(tried: Iterable[Event]) -> list[Event]:
    """Leave those that the engine takes as they were written up, as they happened, and all at once.

    What contradicts an episode whose end is not yet told is let in, since the end may yet come. A history in which it
    never does is nobody's life, and only the last two find that out.
    """
    events = list(tried)
    while True:
        kept = _taken(sorted(_taken(events), key=lambda event: event.occurred.earliest()))
        kept.sort(key=lambda event: event.recorded.latest())
        if kept == events:
            if _fits(events):
                return events
            kept = events[:-1]
        events = kept


def _fits(events: Sequence[Event]) -> bool:
    try:
        if events:
            Engine(InMemoryStore()).record(*events, at=AT_LAST)
    except Refused:
        return False
    return True


def _taken(events: Iterable[Event]) -> list[Event]:
    engine = Engine(InMemoryStore())
    taken = []
    for event in events:
        try:
            engine.record(event, at=AT_LAST)
        except Refused:
            continue
        taken.append(event)
    return taken


@dataclass(frozen=True)
class Derived:
    """What is derived from a log, apart from when it was derived."""

    facts: frozenset[str]
    episodes: frozenset[Episode]
    timers: frozenset[Timer]
    #: those that stand, without the moment of the sweep that raised them
    breaches: frozenset[Breach]


def derived(store: Store, case_id: str = "C-1") -> Derived:
    with store.snapshot() as unit:
        return Derived(
            frozenset(event.event_id for event in unit.events(AUTHORITY, case_id) if event.by != "caseclock"),
            frozenset(unit.episodes(AUTHORITY, case_id)),
            frozenset(kept.timer for kept in unit.timers(AUTHORITY, case_id)),
            frozenset(
                replace(breach, raised_at=AT_LAST, cause=None, withdrawn_at=None)
                for breach in unit.breaches(AUTHORITY, case_id)
                if breach.standing is not BreachStanding.WITHDRAWN
            ),
        )


def took_in(events: Sequence[Event], *, sweeping: bool = False) -> Engine:
    """Take events in one by one, in the order given, keeping in quarantine what does not fit yet."""
    engine = Engine(InMemoryStore())
    for event in events:
        (taken,) = engine.take_in(AUTHORITY, event.case_id, [[event]], AT_LAST)
        if taken.status == "quarantined":
            engine.keep([in_quarantine(event, taken.reason or "")])
        if sweeping:
            sweep(engine, AT_LAST)
    sweep(engine, AT_LAST)
    return engine


def in_quarantine(event: Event, reason: str) -> Quarantined:
    return Quarantined(
        quarantine_id=event.event_id,
        authority=event.authority,
        case_id=event.case_id,
        file="events.jsonl",
        row=event.event_id,
        column=None,
        value=None,
        reason=reason,
        content={"events": [event_line(event)]},
        kept_at=AT_LAST,
    )
