"""What a run comes to: the events of every case, ready to be recorded, judged and counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.processes.definition import NOT_BEGUN
from caseclock.simulation.compiled import Moves, moved, moves_of
from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world.ground import Facts, Ground
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event, in_order
from caseclock.timers.history import History
from caseclock.timers.timer import Timer
from caseclock.timers.when import end_of_day

#: gives the instant at which an event was written up; simulated events always tell it
written_at: Callable[[Event], datetime] = attrgetter("recorded.at")


@dataclass(frozen=True, slots=True)
class Simulated:
    """One replication of one authority."""

    scenario: Scenario
    seed: int
    replication: int
    #: case -> its events in the order in which they were written up, none after the last day
    cases: dict[str, list[Event]]
    #: case -> its family
    families: dict[str, str]
    #: cases that were over, and written up, before the first day reported
    over: frozenset[str]
    facts: Facts
    setting: Setting

    @classmethod
    def of(cls, ground: Ground, seed: int, replication: int) -> "Simulated":
        """Take what a service has told by the end of its last day; what was written up later is not known then."""
        end = end_of_day(ground.scenario.last_day)
        cases: dict[str, list[Event]] = {}
        families: dict[str, str] = {}
        over: set[str] = set()
        first = ground.scenario.first_day
        for family in ground.families:
            for case in family.every:
                known, case.events = case.events, []  # so that a service done with holds nothing of it
                known.sort(key=written_at)
                while known and written_at(known[-1]) > end:
                    known.pop()
                if known:
                    cases[case.case_id] = known
                    families[case.case_id] = family.name
                    if known[-1].recorded.on < first and not case.is_open():
                        over.add(case.case_id)
        facts = ground.facts
        for kind, staff in ground.staff.items():
            facts.busy[kind] = round(staff.hours_worked / staff.hours_there, 4) if staff.hours_there else 0.0
        for name, diary in (
            ("conferences", ground.conferences), ("reviews", ground.reviews), ("hearings", ground.hearings),
        ):  # fmt: skip
            facts.booked_behind[name] = round(diary.waited / diary.held, 3) if diary.held else 0.0
        return cls(
            ground.scenario, seed, replication, cases, families, frozenset(over), facts, ground.setting
        )

    @property
    def authority(self) -> str:
        return self.scenario.authority

    @property
    def first_day(self) -> date:
        """The first London date that is reported; what happened before is kept since clocks need it."""
        return self.scenario.first_day

    @property
    def last_day(self) -> date:
        return self.scenario.last_day

    @property
    def known_at(self) -> datetime:
        """The instant at which the history ends."""
        return end_of_day(self.last_day)

    def events(self) -> list[Event]:
        """List the events of all cases in the order in which they were written up."""
        every = [event for events in self.cases.values() for event in events]
        every.sort(key=_place_in_log)
        return every

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events())

    def history(self, case_id: str) -> History:
        """Give a case's history as known at the end: no event of it is of later, or was written up later.

        Running timers are counted with every bank holiday known today, as a store keeps them.
        """
        return History(self.cases[case_id], OPENERS)

    def states(self) -> dict[tuple[str, str], str]:
        """Say in which state each episode of each case is, as known at the end."""
        states: dict[tuple[str, str], str] = {}
        for case_id, events in self.cases.items():
            moves: dict[str, Moves] = {}
            for event in in_order(events):
                episode = case_id, event.episode_id
                if event.episode_id not in moves:
                    moves[event.episode_id] = moves_of(PROCESSES[OPENERS[event.type]])
                state = moved(moves[event.episode_id], states.get(episode, NOT_BEGUN), event.type, event.data)
                if state is not None:
                    states[episode] = state
        return states

    def timers(
        self, setting: Setting | None = None, *, reported: bool = False
    ) -> Iterator[tuple[str, list[Timer]]]:
        """Judge every clock of every case by the production evaluation, as known at the end; case by case.

        With `reported`, of the cases only that were not over before the first day reported; what fell before that
        day in the others, and was never done, is left out with them.
        """
        judged_by = setting or self.setting
        book = judged_by.rulebook
        clockless = {
            event_type
            for event_type in {event.type for events in self.cases.values() for event in events}
            if not book.started_by(event_type)
        }
        for case_id, events in self.cases.items():
            if reported and case_id in self.over:
                continue
            if clockless.issuperset([event.type for event in events]):
                yield case_id, []  # a contact that came to nothing starts no clock that the nation has
                continue
            yield case_id, evaluate(self.history(case_id), judged_by)


def _place_in_log(event: Event) -> tuple[datetime, str, int]:
    return written_at(event), event.case_id, len(event.event_id)
