"""A pathway compiled: the events of a fixed order, their moves, and every clock they start and stop, as tables.

Which clocks run between which events is found by the production evaluation of one case; last days are counted by the
production code, once for each day on which a clock may start. After that a case costs a few look-ups. It holds while
the law does: a span of days in which a version of a clock changes is refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush, heapreplace
from typing import Any

from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.processes.definition import NOT_BEGUN
from caseclock.simulation.compiled import Moves, moved, moves_of
from caseclock.timers.anchors import Anchor
from caseclock.timers.due import due_by
from caseclock.timers.evaluation import Setting, evaluate, judged
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Timer
from caseclock.timers.timescale import Kind
from caseclock.timers.when import When

#: days between the events of the case by which a path is compiled, so that no two fall on one day
_APART = 4
_NEVER = 10**9
_ENDLESS = float("inf")


class PathRefused(ValueError):
    """A pathway that can't be compiled; the message says why, and to judge its cases one by one instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the path, in which of its episodes, with which data."""

    event: str
    episode: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of the path: which event starts it, which ends it, and its last day by the day it starts on."""

    timescale: str
    trigger: int
    #: the event that discharges it; -1 where none of the path does
    stop: int
    #: number of the day it starts on -> number of the last day in time
    last_days: Sequence[int]


class CompiledPath:
    """A pathway whose cases are moved and judged by look-ups."""

    def __init__(self, steps: Sequence[Step], setting: Setting, first: date, last: date) -> None:
        """Compile for clocks that start from one date to another. Raises PathRefused."""
        self.steps, self.first = tuple(steps), first
        self._setting = setting
        opened: dict[str, Moves] = {}
        self._tables: list[tuple[Moves, Step]] = []
        for step in steps:
            if step.episode not in opened:
                opened[step.episode] = moves_of(PROCESSES[OPENERS[step.event]])
            self._tables.append((opened[step.episode], step))
        self._episodes = list(opened)
        self.clocks = tuple(self._clocks(first, last))

    def table(self, place: int) -> tuple[Mapping[str, str], int]:
        """Give where the event at a place of the path leads from each state, and its episode's number."""
        moves, step = self._tables[place]
        states = {state for state, event in moves if event == step.event}
        leads = {state: moved(moves, state, step.event, step.data) for state in states}
        return {state: to for state, to in leads.items() if to is not None}, self._episodes.index(
            step.episode
        )

    def begin(self) -> list[str]:
        """Give the states of a case of which nothing has happened."""
        return [NOT_BEGUN] * len(self._episodes)

    def late(self, days: Sequence[int]) -> list[bool]:
        """Say of each clock whether it was stopped after its last day, by the day each event of the path was on.

        One that no event of the path stops is late where its last day lies before that of the last event.
        """
        return [days[clock.stop] > clock.last_days[days[clock.trigger]] for clock in self.clocks]

    def prototype(self, days: Sequence[date]) -> History:
        """Tell one case of this path, each event at ten in the morning or some minutes after on its day."""
        events = []
        for place, (step, day) in enumerate(zip(self.steps, days, strict=True)):
            at = datetime(day.year, day.month, day.day, 10, place, tzinfo=UTC)
            events.append(
                Event(
                    str(place),
                    step.event,
                    "anywhere",
                    "C-1",
                    step.episode,
                    When.instant(at),
                    When.instant(at),
                    "sw",
                    "",
                    step.data,
                    place + 1,
                )
            )
        return History(events, OPENERS)

    def timers(self, days: Sequence[date]) -> list[Timer]:
        """Judge one case of this path by the production evaluation."""
        return evaluate(self.prototype(days), self._setting)

    def _clocks(self, first: date, last: date) -> Iterator[Clock]:
        history = self.prototype([first + timedelta(days=_APART * n) for n in range(len(self.steps))])
        for anchor, timer in judged(history, self._setting):
            version = anchor.version
            changes = [one for one in self._setting.rulebook.rules[version.id] if one.has_clock()]
            if any(first < one.effective_from <= last for one in changes) or not version.in_force(last):
                raise PathRefused(
                    f"{version.id} changes between {first} and {last}. Compile the time before and after by itself."
                )
            if version.kind is not Kind.WITHIN or timer.due_at is not None or anchor.ends_on is not None:
                raise PathRefused(
                    f"{version.id} is a clock of another kind than days within a limit. Judge its cases one by one."
                )
            stop = -1 if timer.stop_event is None else int(timer.stop_event)
            yield Clock(version.id, anchor.place, stop, self._last_days(history, anchor, first, last))

    def _last_days(self, history: History, anchor: Anchor, first: date, last: date) -> list[int]:
        calendar = self._setting.holidays.as_known(None)
        found = []
        for number in range((last - first).days + 1):
            started = _started_on(anchor, first + timedelta(days=number))
            due = due_by(history, started, calendar, self._setting.months)
            found.append(_NEVER if due.on is None else (due.on - first).days)
        return found


def _started_on(anchor: Anchor, day: date) -> Anchor:
    return Anchor(
        anchor.event, anchor.place, anchor.start, When(day), anchor.version, anchor.key, anchor.episode_id
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """Events of the path that happen together, after a stay drawn by whoever asks."""

    places: tuple[int, ...]


def live_through(
    path: CompiledPath, stages: Sequence[Stage], arrivals: Iterable[float], stays: Sequence[Sequence[float]]
) -> tuple[int, dict[str, int]]:
    """Let cases live through a path in one order of time: gives how many, and how often each clock was late.

    `arrivals` are days since the path's first, in order; `stays[stage][case]` is how long a case waits before each
    stage but the first. Every event is moved by its process's table, every clock judged at the end of its case. Raises
    KeyError with the state in which an event of the path is not allowed.
    """
    steps = [[path.table(place) for place in stage.places] for stage in stages]
    stage_of = {place: n for n, stage in enumerate(stages) for place in stage.places}
    final = len(stages) - 1
    clocks = [
        (n, stage_of[one.trigger], stage_of.get(one.stop, final), one.last_days)
        for n, one in enumerate(path.clocks)
    ]
    late, finished = [0] * len(clocks), 0
    first, *later = steps
    waits = (*stays, ())
    heap: list[tuple[float, int, int, list[str], list[int]]] = []
    coming = enumerate(arrivals)
    case, came = next(coming, (-1, _ENDLESS))
    while heap or came < _ENDLESS:
        if not heap or came <= heap[0][0]:
            states = path.begin()
            for to, episode in first:
                states[episode] = to[states[episode]]
            heappush(heap, (came + waits[0][case], case, 0, states, [int(came)]))
            case, came = next(coming, (-1, _ENDLESS))
            continue
        now, number, stage, states, days = heap[0]
        for to, episode in later[stage]:
            states[episode] = to[states[episode]]
        days.append(int(now))
        stage += 1
        if stage < final:
            heapreplace(heap, (now + waits[stage][number], number, stage, states, days))
            continue
        heappop(heap)
        for clock, trigger, stop, last_days in clocks:
            if days[stop] > last_days[days[trigger]]:
                late[clock] += 1
        finished += 1
    return finished, {one.timescale: late[n] for n, one in enumerate(path.clocks)}
