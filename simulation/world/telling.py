"""Telling: what happened becomes an event of a case, in its process's state, with the time at which it is written up.

A move that the process does not allow is a fault of the mechanism and stops the run: nothing here is ever forced.
"""

from typing import Any

from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.processes.definition import NOT_BEGUN
from caseclock.simulation.compiled import Branch, Moves, moves_of
from caseclock.simulation.pathway_assumptions import Recording
from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY, MORNING, Days
from caseclock.timers.event import Event
from caseclock.timers.making import maker_of

#: written as they are done, since the system itself is what decides, books or sends them
PROMPT = frozenset(OPENERS) | {
    "ContactDecided", "ReferralReceived", "ReferralDecided", "ReferralClosed", "AssessmentAllocated",
    "AssessmentAuthorised", "Section47Concluded", "ConferenceAppointed", "PlanEnded", "ChildInNeedPlanEnded",
    "PeriodOfCareEnded", "ConferenceDecisionsSent", "ConferenceMinutesSent", "ReviewDecisionsIssued",
    "ReviewRecordCompleted", "ReviewRecordDistributed", "ApplicationDocumentsFiled", "ReviewingOfficerAppointed",
    "FinalOrderMade", "PreProceedingsEnded", "ProceedingsExtended",
}  # fmt: skip
#: no other episode of the kind may be written before they are
CLOSING = frozenset({"ReferralClosed", "PlanEnded", "ChildInNeedPlanEnded", "PeriodOfCareEnded"})
#: opening event -> the process it opens, and its moves
_OPENS: dict[str, tuple[str, Moves]] = {
    opener: (process, moves_of(PROCESSES[process])) for opener, process in OPENERS.items()
}
#: process -> its final states
_FINAL = {
    name: frozenset(state.name for state in process.states if state.final)
    for name, process in PROCESSES.items()
}

_event = maker_of(Event)


class ImpossibleMove(RuntimeError):
    """The mechanism told something that the process does not allow in that state."""


class _Run:
    """One episode: the table it runs on, where it stands, and when what moved it last was written."""

    __slots__ = ("moves", "process", "state", "written")

    def __init__(self, opener: str) -> None:
        self.process, self.moves = _OPENS.get(opener, ("", {}))
        self.state, self.written = NOT_BEGUN, 0


class Case:
    """One child's file: what happened so far, and when the next thing may happen at the earliest."""

    __slots__ = ("born", "case_id", "events", "given", "last", "runs", "writing", "written")

    def __init__(self, case_id: str, born: int, writing: Chance) -> None:
        self.case_id = case_id
        #: the day of birth; mostly below 0
        self.born = born
        #: in the order in which they happened
        self.events: list[Event] = []
        self.runs: dict[str, _Run] = {}
        #: chance for when things are written up
        self.writing = writing
        #: team and worker the case was given to since, which the next event tells
        self.given: tuple[str, str] | None = None
        #: moment of the last event
        self.last = -1
        #: moment at which an episode of it was last opened or closed in writing
        self.written = 0

    def is_open(self) -> bool:
        """Say whether anything may still be owed in one of its episodes."""
        return any(run.state not in _FINAL[run.process] for run in self.runs.values())

    def episode(self, letter: str) -> str:
        """Name the next episode of a kind, such as R-1."""
        number = 1 + sum(1 for name in self.runs if name[0] == letter)
        return f"{letter}-{number}"

    def state(self, episode: str) -> str:
        return self.runs[episode].state


class Scribe:
    """Writes down what happens to cases."""

    def __init__(self, authority: str, days: Days, recording: Recording) -> None:
        self._authority, self._days = authority, days
        self._same_day, self._soon = recording.same_day, recording.same_day + recording.few_days
        self._few, self._late = recording.few_mean, recording.late_mean
        self.told = 0

    def tell(
        self, case: Case, event_type: str, episode: str, moment: int, by: str, data: dict[str, Any]
    ) -> int:
        """Tell an event of a case; gives the moment it happened, a minute behind the one before it at the least."""
        if moment <= case.last:
            moment = case.last + 1
        case.last = moment
        run = case.runs.get(episode)
        if run is None:
            run = case.runs[episode] = _Run(event_type)
        step = run.moves.get((run.state, event_type))
        if type(step) is Branch:
            step = step.of(data)
        if step is None:
            raise ImpossibleMove(
                f"{event_type} {data} in {episode} of case {case.case_id} on {self._days.dates[moment // DAY]}: "
                f"it was {run.state!r} then. Mend the mechanism."
            )
        written = self._written(case, event_type, moment)
        written = max(written, run.written)
        if event_type in OPENERS or event_type in CLOSING:
            if written <= case.written:
                written = case.written + 1
            case.written = written
        if step != run.state:
            run.state, run.written = step, written  # type: ignore[assignment]
        if case.given is not None:
            data["team"], data["worker"] = case.given
            case.given = None
        when = self._days.when(moment)
        case.events.append(
            _event(
                f"{case.case_id}.{len(case.events) + 1}",
                event_type,
                self._authority,
                case.case_id,
                episode,
                when,
                when if written == moment else self._days.when(written),
                by,
                "",
                data,
                0,
            )
        )
        self.told += 1
        return moment

    def _written(self, case: Case, event_type: str, moment: int) -> int:
        """Say when it is written up: at once, later that day, or on a working day after."""
        share = case.writing.share()
        if event_type in PROMPT:
            return moment + int(share * 12)
        if share < self._same_day:
            return moment + 3 + int(share / self._same_day * 110)
        mean = self._few if share < self._soon else self._late
        days = 1 + int(case.writing.exponential(mean))
        return self._days.after(moment // DAY, days) * DAY + MORNING + case.writing.whole(480)
