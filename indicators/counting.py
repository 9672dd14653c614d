"""What one case adds to an indicator: the parts that indicators are made of."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from caseclock.processes.rereferral import referrals
from caseclock.store.protocol import Episode
from caseclock.timers.durations import add_months
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Outcome, Standing
from caseclock.workflow.positions import Position


@dataclass(frozen=True, slots=True)
class Period:
    """The days counted: after `after`, up to and including `until`."""

    after: date
    until: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.after < day <= self.until


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as at the end of the period."""

    history: History
    episodes: tuple[Episode, ...]
    positions: tuple[Position, ...]
    period: Period

    def open_episodes(self, process: str) -> Iterator[Episode]:
        """Give the episodes of a process that are open at the end of the period."""
        until = self.period.until
        for episode in self.episodes:
            if episode.process == process and (episode.closed_on is None or episode.closed_on > until):
                yield episode

    def events(self, event_type: str) -> Iterator[Event]:
        """Give the events of a type that fall in the period."""
        return (event for event in self.history.of_type(event_type) if self.period.holds(event.occurred.on))


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted; tallies of many cases are added up."""

    numerator: int = 0
    denominator: int = 0
    #: of the numerator, done in time but written up after the limit: late recording, not late practice
    recorded_late: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.recorded_late + other.recorded_late,
        )


Count = Callable[[CaseView], Tally]


def each(event_type: str) -> Count:
    """Count the events of a type in the period."""
    return lambda view: Tally(sum(1 for _ in view.events(event_type)))


def open_at_end(process: str) -> Count:
    """Count the children with an open episode of a process at the end of the period."""
    return lambda view: Tally(int(any(True for _ in view.open_episodes(process))))


def in_time(*timescales: str) -> Count:
    """Of the duties discharged in the period, count those discharged within their limit."""

    def count(view: CaseView) -> Tally:
        done = [
            position.timer.outcome
            for position in view.positions
            if position.timer.timescale in timescales and view.period.holds(position.timer.stopped_on)
        ]
        late = done.count(Outcome.RECORDED_LATE)
        return Tally(
            done.count(Outcome.MET) + late,
            done.count(Outcome.MET_LATE) + done.count(Outcome.MET) + late,
            late,
        )

    return count


def all_in_time(process: str, *timescales: str, open_for_months: int) -> Count:
    """Of the episodes open at the end and for so long, count those none of whose duties was ever late."""

    def count(view: CaseView) -> Tally:
        tally = Tally()
        for episode in view.open_episodes(process):
            if add_months(episode.opened_on, open_for_months) > view.period.until:
                continue
            standings = _standings(view, episode, timescales)
            if Standing.UNKNOWN in standings:
                continue  # a source that does not tell them all can't say that all were in time
            on_time = not standings & {Standing.OVERDUE, Standing.MET_LATE}
            tally += Tally(int(on_time), 1, int(on_time and Standing.RECORDED_LATE in standings))
        return tally

    return count


def _standings(view: CaseView, episode: Episode, timescales: Iterable[str]) -> set[Standing]:
    return {
        position.standing
        for position in view.positions
        if position.timer.episode_id == episode.episode_id and position.timer.timescale in timescales
    }


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
            told = int(plan.data.get("previous_plans") or 0)
            tally += Tally(int(place > 0 or told > 0), 1)
    return tally


def three_placements(view: CaseView) -> Tally:
    """Of the children looked after at the end, count those with three or more placements in the period."""
    tally = Tally()
    for episode in view.open_episodes("looked_after"):
        placed = [
            event
            for event in view.history.of_type("PlacementStarted")
            if event.episode_id == episode.episode_id and event.occurred.on <= view.period.until
        ]
        ended = {
            str(event.data.get("placement_id")): event.occurred.on
            for event in view.history.of_type("PlacementEnded")
            if event.episode_id == episode.episode_id
        }
        during = [
            event
            for event in placed
            if ended.get(str(event.data.get("placement_id")), view.period.until) > view.period.after
        ]
        tally += Tally(int(len(during) >= 3), 1)
    return tally


def left_care_adopted(view: CaseView) -> Tally:
    """Of the periods of care that ended in the period, count those that ended in adoption."""
    tally = Tally()
    for ended in view.events("PeriodOfCareEnded"):
        reason = str(ended.data.get("reason", ""))
        tally += Tally(int(reason in ADOPTED), 1)
    return tally


#: reasons for leaving care that mean adoption: the word, and the SSDA903 codes E11 and E12
ADOPTED = frozenset({"adopted", "E11", "E12"})
