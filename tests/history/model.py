"""A slow, obvious model of one case: it keeps what was told, and works everything else out anew whenever it is asked.

Told are events, corrections, retractions, extensions and days added to the calendar, in the order in which they reached
us; sweeps too, since breaches come of them. The law is in duties.py, the counting in days.py; the states are walked
along the tables of processes. Nothing of the engine's own evaluation is used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from days import DAY, in_london, midnight, months_on, working_days_on, working_days_within
from duties import DUTIES, Clock, Duty, Known
from walking import State, walked

from caseclock.processes.catalogue import EVERYWHERE
from caseclock.timers.event import Event
from caseclock.timers.when import When

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
MENDS = ("EventCorrected", "EventRetracted")


class Name(NamedTuple):
    """Which timer."""

    timescale: str
    #: the event that started it
    trigger: str
    key: str | None


class Ran(NamedTuple):
    """Which breach: a timer that ran out on a day, or at an instant."""

    timer: Name
    due: date | datetime


@dataclass(frozen=True)
class AddedDay:
    """A day that is not worked, and when that became known."""

    day: date
    known_on: date


@dataclass(frozen=True)
class Counted:
    """A timer, counted out."""

    name: Name
    started_on: date
    due: date | datetime
    #: before any extension, where there was one
    first_due: date | None
    warns_at: datetime
    falls_at: datetime
    ended: Event | None
    #: running, met, recorded_late, met_late, lapsed or void
    outcome: str
    #: how far past the limit it was when it ended
    over: int
    unit: str

    def standing(self, moment: datetime) -> str:
        if self.outcome != "running":
            return "overdue" if self.outcome == "lapsed" else self.outcome
        if moment >= self.falls_at:
            return "overdue"
        if self.first_due is not None and moment >= midnight(self.first_due + DAY):
            return "extended"
        return "due_soon" if moment >= self.warns_at else "running"

    def runs_out_at(self) -> datetime | None:
        return self.falls_at if self.outcome in ("running", "met_late", "lapsed") else None


@dataclass
class Model:
    """Everything that was told of one case, and the breaches that came of it so far."""

    told: list[Event | AddedDay] = field(default_factory=list)
    #: open, closed, or the cause for which it was withdrawn
    breaches: dict[Ran, str] = field(default_factory=dict)
    #: what was said of breaches, in order: raised, or the cause for which one was withdrawn
    said: list[tuple[Ran, str]] = field(default_factory=list)

    # telling

    def tell(self, *told: Event | AddedDay) -> None:
        """Take what was told; what stands no more is withdrawn, what is raised waits for a sweep."""
        self.told += told
        retracted = isinstance(told[-1], Event) and told[-1].type == "EventRetracted"
        timers = self.timers()
        for ran, standing in self.breaches.items():
            if standing not in ("open", "closed"):
                continue
            timer = timers.get(ran.timer)
            if timer is not None and timer.due == ran.due and timer.runs_out_at() is not None:
                self.breaches[ran] = _became(timer)
                continue
            if timer is None:
                cause = "retracted" if retracted else "rescheduled"
            elif timer.due != ran.due:
                cause = "rescheduled"
            else:
                cause = "void" if timer.outcome == "void" else "recorded_late"
            self.breaches[ran] = cause
            self.said.append((ran, cause))

    def sweep(self, at: datetime) -> int:
        """Raise what has run out by an instant; gives how many."""
        raised = 0
        for name, timer in self.timers().items():
            ran, runs_out_at = Ran(name, timer.due), timer.runs_out_at()
            if runs_out_at is None or runs_out_at > at or self.breaches.get(ran) in ("open", "closed"):
                continue
            self.breaches[ran] = _became(timer)
            self.said.append((ran, "raised"))
            raised += 1
        return raised

    # what is known

    def events(self, known_at: datetime | None = None) -> list[Event]:
        """What had been written down by an instant, in the order in which it reached us."""
        return [
            told
            for told in self.told
            if isinstance(told, Event) and (known_at is None or told.recorded.latest() <= known_at)
        ]

    def facts(self, as_at: date | None = None, known_at: datetime | None = None) -> list[Event]:
        """What had happened, put right and without what was taken back, in the order in which it happened."""
        known = self.events(known_at)
        occurred: dict[str, When] = {}
        for mend in _as_written(known):
            if mend.type == "EventCorrected":
                occurred[str(mend.data["event_id"])] = When.parse(str(mend.data["occurred_at"]))
        gone = {event.data["event_id"] for event in known if event.type == "EventRetracted"}
        facts = [
            _moved(event, occurred.get(event.event_id, event.occurred))
            for event in known
            if event.type not in EVERYWHERE and event.event_id not in gone
        ]
        return _as_happened(fact for fact in facts if as_at is None or fact.occurred.on <= as_at)

    def added(self, known_on: date | None = None) -> frozenset[date]:
        return frozenset(
            told.day
            for told in self.told
            if isinstance(told, AddedDay) and (known_on is None or told.known_on <= known_on)
        )

    # what follows

    def states(self) -> dict[str, State]:
        """Where each episode is; raises DoesNotFit where the facts can't be walked along the tables."""
        return walked(self.facts())

    def timers(self, as_at: date | None = None, known_at: datetime | None = None) -> dict[Name, Counted]:
        known = Known(self.facts(as_at, known_at))
        extensions = [
            event
            for event in self.events(known_at)
            if event.type == "TimerExtended" and (as_at is None or event.occurred.on <= as_at)
        ]
        counted = [
            self._counted(duty, clock, _as_happened(extensions), known_at)
            for duty in DUTIES
            for clock in duty.clocks(known)
        ]
        return {timer.name: timer for timer in counted}

    def _counted(
        self, duty: Duty, clock: Clock, extensions: list[Event], known_at: datetime | None
    ) -> Counted:
        name = Name(duty.timescale, clock.trigger.event_id, clock.key)
        stop, end = clock.stop, clock.end
        if stop and end:
            stop, end = (None, end) if end.occurred.on < stop.occurred.on else (stop, None)
        ended = stop or end
        if ended:
            added = self.added(ended.recorded.on)
        else:
            added = self.added(None if known_at is None else in_london(known_at))
        starts = clock.trigger.occurred if clock.counts_from is None else When(clock.counts_from)
        due, first_due = _due(duty, starts, name, extensions, added)
        over = 0 if ended is None else _over(due, ended.occurred, duty.unit, added)
        if ended is None:
            outcome = "running"
        elif stop is None:
            outcome = "lapsed" if over else "void"
        elif over:
            outcome = "met_late"
        else:
            outcome = "recorded_late" if _written_after(due, ended.recorded) else "met"
        return Counted(
            name,
            starts.on,
            due,
            first_due,
            _warns_at(duty, starts.on, due, added),
            due + INSTANT if isinstance(due, datetime) else midnight(due + DAY),
            ended,
            outcome,
            over,
            duty.unit,
        )

    def over(self, timer: Counted, moment: datetime, known_at: datetime) -> int:
        """How far past its limit a timer is, in its unit."""
        if timer.outcome != "running":
            return timer.over
        if moment < timer.falls_at:
            return 0
        now = When(in_london(moment), moment)
        return _over(timer.due, now, timer.unit, self.added(in_london(known_at)))


def _moved(event: Event, to: When) -> Event:
    return Event(
        event.event_id,
        event.type,
        event.authority,
        event.case_id,
        event.episode_id,
        to,
        event.recorded,
        event.by,
        event.because,
        event.data,
    )


def _as_written(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.recorded.latest())


def _as_happened(facts: Iterable[Event]) -> list[Event]:
    """Day by day; within a day by time, and where that is not known behind what was known when it was written.

    In an episode each fact stands before the first of which the time is known and later. Where only the day is known,
    it is taken to be of the latest time known of that day when it was written, but no later than what follows in its
    episode.
    """
    written = _as_written(facts)
    episodes: dict[tuple[str, date], list[Event]] = {}
    for fact in written:
        day = episodes.setdefault((fact.episode_id, fact.occurred.on), [])
        place = 0
        while place < len(day) and not _later(day[place], fact):
            place += 1
        day.insert(place, fact)

    def hour(fact: Event) -> datetime:
        on = fact.occurred.on
        known = [midnight(on)]
        for other in written[: written.index(fact)]:
            known += [other.occurred.at] if other.occurred.on == on and other.occurred.at else []
        day = episodes[fact.episode_id, on]
        follows = [other.occurred.at for other in day[day.index(fact) :] if other.occurred.at]
        return fact.occurred.at or min(max(known), *follows[:1], max(known))

    return sorted(written, key=lambda fact: (fact.occurred.on, hour(fact)))


def _later(one: Event, other: Event) -> bool:
    return bool(one.occurred.at and other.occurred.at and one.occurred.at > other.occurred.at)


def _due(
    duty: Duty, starts: When, name: Name, extensions: list[Event], added: frozenset[date]
) -> tuple[date | datetime, date | None]:
    """The last day in time, or the last instant; and the last day before it was extended, if it was asked for."""
    if duty.unit == "hours":
        return (starts.at or midnight(starts.on + DAY) - INSTANT) + duty.number * HOUR, None
    if duty.unit == "working_days":
        due = working_days_on(starts.on, duty.number, added)
    elif duty.unit == "weeks":
        due = starts.on + 7 * duty.number * DAY
    else:
        due = months_on(starts.on, duty.number)
    asked = [event for event in extensions if tuple(event.data["of"]) == name]
    if not asked:
        return due, None
    # the engine takes no second one, and none without approval or beyond the weeks it may last
    until = date.fromisoformat(str(asked[0].data["until"]))
    until = min(until, due + 7 * duty.extended_by * DAY)
    return max(due, until), due


def _over(due: date | datetime, done: When, unit: str, added: frozenset[date]) -> int:
    if isinstance(due, datetime):
        late = (done.at or midnight(done.on)) - due
        if late <= timedelta(0):
            return 0
        if due == midnight(in_london(due) + DAY) - INSTANT:
            late -= INSTANT  # it had the whole of that day: what is over begins with the next
        return max(1, -(-late // HOUR))
    if done.on <= due:
        return 0
    return (
        max(1, working_days_within(due, done.on, added)) if unit == "working_days" else (done.on - due).days
    )


def _written_after(due: date | datetime, written: When) -> bool:
    if isinstance(due, datetime):
        return (written.at or midnight(written.on)) > due
    return written.on > due


def _warns_at(duty: Duty, started_on: date, due: date | datetime, added: frozenset[date]) -> datetime:
    if isinstance(due, datetime):
        return due - duty.number // 5 * HOUR
    number, unit = duty.warned or (duty.number // 5, duty.unit)
    if unit == "working_days":
        return midnight(working_days_on(due, -number, added))
    if duty.warned is not None:
        return midnight(due - 7 * number * DAY)
    return midnight(due - (due - started_on).days // 5 * DAY)


def _became(timer: Counted) -> str:
    return "closed" if timer.outcome == "met_late" else "open"
