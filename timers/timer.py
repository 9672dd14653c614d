"""A timer: one running of one timescale in one episode, and where it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What has become of a timer, by the events known. Stored: renaming a value needs a migration."""

    RUNNING = "running"  # not discharged, and the duty goes on
    MET = "met"  # discharged within the limit, and written up by then
    RECORDED_LATE = "recorded_late"  # discharged within the limit, written up after it had passed
    MET_LATE = "met_late"  # discharged after the limit
    TOO_EARLY = "too_early"  # done before the earliest lawful day
    LAPSED = "lapsed"  # the duty ended, undischarged, after the limit had passed
    VOID = "void"  # the duty ended before the limit
    UNKNOWN = "unknown"  # the source does not tell whether it was discharged


class Standing(StrEnum):
    """Where a timer stands at a moment, as every screen, report and export says it."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    EXTENDED = "extended"  # running beyond its first due date, on an extension
    OVERDUE = "overdue"
    MET = "met"
    RECORDED_LATE = "recorded_late"
    MET_LATE = "met_late"
    TOO_EARLY = "too_early"
    VOID = "void"
    UNKNOWN = "unknown"


class AtEnd(StrEnum):
    """What a limit that runs out undischarged means. Stored."""

    OVERDUE = "overdue"  # a breach
    STANDS = "stands"  # the duty is deemed done: decisions nobody objects to
    UNKNOWN = "unknown"  # the source does not tell so far: nobody knows whether it was done
    NOTHING = "nothing"  # no last day: a minimum period, or a duty without a clock


#: outcomes that mean the limit ran out undischarged: each has a breach
BREACHED_OUTCOMES = frozenset({Outcome.MET_LATE, Outcome.TOO_EARLY, Outcome.LAPSED})
BREACHED_STANDINGS = frozenset({Standing.OVERDUE, Standing.MET_LATE, Standing.TOO_EARLY})


@dataclass(frozen=True, slots=True)
class Timer:
    """A pure function of events, packs, calendar and what was known; flat, so that a store can keep it as a row."""

    #: made from the case, the timescale, the event that started it, and its key: the same wherever it is computed
    timer_id: str
    authority: str
    case_id: str
    episode_id: str
    process: str
    timescale: str
    #: effective_from of the version in force when the clock started, ISO date
    version: str
    #: the occurrence it belongs to (a conference, a placement, a review), or None
    key: str | None
    started_on: date
    started_at: datetime | None
    #: last day (Europe/London) on which the duty is done in time; None for clocks in hours and unclocked duties
    due_on: date | None
    #: last instant in time, UTC; only for clocks in hours
    due_at: datetime | None
    #: due_on before any extension, where there was one
    first_due_on: date | None
    #: earliest lawful day, for minimum periods and windows
    not_before: date | None
    #: UTC instant at which it becomes due soon
    warns_at: datetime
    #: UTC instant at which it becomes overdue if undischarged
    falls_at: datetime
    at_end: AtEnd
    outcome: Outcome
    stopped_on: date | None
    stopped_at: datetime | None
    #: the London date on which the event that stopped it was written down
    recorded_on: date | None
    #: how far past the limit it was stopped, in `unit`; 0 where it was not or still runs
    over_at_stop: int
    #: unit in which `over` is counted: working_days, calendar_days or hours
    unit: str
    basis: str
    source: str
    trigger_event: str
    stop_event: str | None
    #: which calendar judged it, such as england_and_wales:7 (the seventh announcement known)
    calendar: str
    #: why void or unknown, or what moved the date: a sentence, or empty
    reason: str = ""

    @property
    def is_of_recording(self) -> bool:
        """Say whether it is about how soon an event was written up, and not about what was done: one event is both."""
        return self.trigger_event == self.stop_event
