"""A slow, obvious model of one case: it keeps what was told, and works everything else out anew whenever it is asked.

Told are events, corrections, retractions, extensions and days added to the calendar, in the order in which they reached
us; sweeps too, since breaches come of them. The law is in duties.py, the counting in days.py; the states are walked
along the tables of processes. Nothing of the engine's own evaluation is used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from counting import INSTANT, Counted, Name, due_by, over_by, warned_at, written_after
from days import DAY, in_london, midnight
from duties import DUTIES, Clock, Duty, Known
from told import AddedDay, NewVersion, Told
from walking import State, walked

from caseclock.processes.catalogue import EVERYWHERE
from caseclock.timers.event import Event
from caseclock.timers.when import When

MENDS = ("EventCorrected", "EventRetracted")


class Ran(NamedTuple):
    """Which breach: a timer that ran out on a day, or at an instant."""

    timer: Name
    due: date | datetime


@dataclass
class Model:
    """Everything that was told of one case, and the breaches that came of it so far."""

    told: list[Told] = field(default_factory=list)
    #: open, closed, or the cause for which it was withdrawn
    breaches: dict[Ran, str] = field(default_factory=dict)
    #: what was said of breaches, in order: raised, or the cause for which one was withdrawn
    said: list[tuple[Ran, str]] = field(default_factory=list)

    # telling

    def tell(self, *told: Told) -> None:
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

    def versions(self, timescale: str, known_on: date | None = None) -> list[NewVersion]:
        """What was adopted of a timescale by a day, in order of the first day of each."""
        return [
            told
            for told in self.told
            if isinstance(told, NewVersion)
            and told.timescale == timescale
            and (known_on is None or told.known_on <= known_on)
        ]

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
        known_on = None if known_at is None else in_london(known_at)
        judged_by = ended.recorded.on if ended else known_on
        added = self.added(judged_by)
        starts = clock.trigger.occurred if clock.counts_from is None else When(clock.counts_from)
        for version in self.versions(duty.timescale, judged_by):
            if version.begins <= starts.on:
                duty = replace(duty, number=version.number)
        due, first_due = due_by(duty, starts, name, extensions, added)
        over = 0 if ended is None else over_by(due, ended.occurred, duty.unit, added)
        if ended is None:
            outcome = "running"
        elif stop is None:
            outcome = "lapsed" if over else "void"
        elif over:
            outcome = "met_late"
        else:
            outcome = "recorded_late" if written_after(due, ended.recorded) else "met"
        return Counted(
            name,
            starts.on,
            due,
            first_due,
            warned_at(duty, starts.on, due, added),
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
        return over_by(timer.due, now, timer.unit, self.added(in_london(known_at)))


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


def _became(timer: Counted) -> str:
    return "closed" if timer.outcome == "met_late" else "open"
