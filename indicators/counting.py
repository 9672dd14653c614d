"""What one case adds to an indicator: the parts that indicators are made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from caseclock.processes.rereferral import referrals
from caseclock.store.protocol import Episode
from caseclock.timers.durations import add_months
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.recording import is_write_up_told
from caseclock.timers.timer import Outcome, Standing, Timer
from caseclock.timers.timescale import as_text
from caseclock.workflow.positions import Position

#: what came of a duty that was done, in time or not
_DONE = frozenset({Outcome.MET, Outcome.RECORDED_LATE, Outcome.MET_LATE})


@dataclass(frozen=True, slots=True)
class Period:
    """The days counted: after `after`, up to and including `until`."""

    after: date
    until: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.after < day <= self.until


def months_to(until: date, months: int) -> Period:
    """Give the period of so many months that ends with a day.

    Months that end with the last day of one begin with the first day of one.

    >>> months_to(date(2026, 6, 30), 3).after, months_to(date(2026, 6, 15), 3).after
    (datetime.date(2026, 3, 31), datetime.date(2026, 3, 15))
    """
    day_after = until + timedelta(days=1)
    if day_after.day == 1:
        return Period(add_months(day_after, -months) - timedelta(days=1), until)
    return Period(add_months(until, -months), until)


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as at the end of the period."""

    history: History
    episodes: tuple[Episode, ...]
    positions: tuple[Position, ...]
    period: Period
    #: event id -> event
    events_by_id: Mapping[str, Event]

    def open_episodes(self, process: str) -> Iterator[Episode]:
        """Give the episodes of a process that are open at the end of the period."""
        until = self.period.until
        for episode in self.episodes:
            if episode.process == process and (episode.closed_on is None or episode.closed_on > until):
                yield episode

    def events(self, event_type: str) -> Iterator[Event]:
        """Give the events of a type that fall in the period."""
        return (event for event in self.history.of_type(event_type) if self.period.holds(event.occurred.on))

    def is_write_up_told(self, timers: Iterable[Timer]) -> bool:
        """Say whether it is told when each event that discharged one of these timers was written up."""
        stops = [self.events_by_id.get(timer.stop_event or "") for timer in timers]
        return all(stop is not None and is_write_up_told(self.history, stop) for stop in stops)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted; tallies of many cases are added up."""

    numerator: int = 0
    denominator: int = 0
    #: of the numerator, done in time but written up after the limit: late recording, not late practice
    recorded_late: int = 0
    #: of the denominator, those of which it is told when they were written up; a return does not say
    told: int = 0
    #: of those told, both done and written up in time
    both_in_time: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.recorded_late + other.recorded_late,
            self.told + other.told,
            self.both_in_time + other.both_in_time,
        )


Count = Callable[[CaseView], Tally]


def timely(*, in_time: bool, recorded_late: bool, told: bool) -> Tally:
    """Count one thing that was to be done in time: the practice by itself, and the practice with its recording."""
    late = in_time and recorded_late
    return Tally(int(in_time), 1, int(late), int(told), int(told and in_time and not late))


def each(event_type: str) -> Count:
    """Count the events of a type in the period."""
    return lambda view: Tally(sum(1 for _ in view.events(event_type)))


def open_at_end(process: str) -> Count:
    """Count the children with an open episode of a process at the end of the period."""
    return lambda view: Tally(int(any(True for _ in view.open_episodes(process))))


def in_time(*timescales: str) -> Count:
    """Of what discharged duties in the period, count what discharged them within their limits.

    One event that discharges several timers is counted once, and in time where it was for all of them.
    """

    def count(view: CaseView) -> Tally:
        done: dict[str | None, list[Timer]] = {}
        for position in view.positions:
            timer = position.timer
            if timer.timescale not in timescales or timer.outcome not in _DONE:
                continue
            if view.period.holds(timer.stopped_on):
                done.setdefault(timer.stop_event, []).append(timer)
        tally = Tally()
        for timers in done.values():
            outcomes = {timer.outcome for timer in timers}
            tally += timely(
                in_time=Outcome.MET_LATE not in outcomes,
                recorded_late=Outcome.RECORDED_LATE in outcomes,
                told=view.is_write_up_told(timers),
            )
        return tally

    return count


def all_in_time(process: str, *timescales: str, open_for_months: int) -> Count:
    """Of the episodes open at the end and for so long, count those none of whose duties was ever late.

    Episodes whose source does not tell every duty, or tells of none, are left out of both numbers.
    """

    def count(view: CaseView) -> Tally:
        tally = Tally()
        for episode in view.open_episodes(process):
            if add_months(episode.opened_on, open_for_months) > view.period.until:
                continue
            found = [
                position
                for position in view.positions
                if position.timer.episode_id == episode.episode_id and position.timer.timescale in timescales
            ]
            standings = {position.standing for position in found}
            if not found or Standing.UNKNOWN in standings:
                continue
            done = [position.timer for position in found if position.timer.outcome in _DONE]
            tally += timely(
                in_time=not standings & {Standing.OVERDUE, Standing.MET_LATE},
                recorded_late=Standing.RECORDED_LATE in standings,
                told=view.is_write_up_told(done),
            )
        return tally

    return count


def written_up_in_time(timescale: str) -> Count:
    """Of the events written up in the period to which a recording standard applies, count those in time.

    What a return tells is in neither number: it does not say when it was written up.
    """

    def count(view: CaseView) -> Tally:
        outcomes = [
            position.timer.outcome
            for position in view.positions
            if position.timer.timescale == timescale and view.period.holds(position.timer.recorded_on)
        ]
        met = outcomes.count(Outcome.MET)
        return Tally(met, met + outcomes.count(Outcome.MET_LATE))

    return count


def rereferred(view: CaseView) -> Tally:
    """Of the referrals in the period, count those within twelve months of the child's previous one."""
    tally = Tally()
    for referral, earlier in referrals(view.history):
        if view.period.holds(referral.occurred.on):
            tally += Tally(int(earlier is not None), 1)
    return tally


def second_plans(view: CaseView) -> Tally:
    """Of the plans begun in the period, count those of a child who had one before, ever."""
    tally = Tally()
    started = view.history.of_type("PlanStarted")
    for place, plan in enumerate(started):
        if view.period.holds(plan.occurred.on):
            told_before = as_text(plan.data.get("previous_plans")) not in ("", "0", "false")
            tally += Tally(int(place > 0 or told_before), 1)
    return tally
