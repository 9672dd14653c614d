"""Standing: the one definition of overdue, used by engine, desk, reports and exports alike."""

from datetime import datetime

from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.evaluation import over_limit
from caseclock.timers.timer import AtEnd, Outcome, Standing, Timer
from caseclock.timers.when import When, london_date

_SETTLED = {
    Outcome.MET: Standing.MET,
    Outcome.RECORDED_LATE: Standing.RECORDED_LATE,
    Outcome.MET_LATE: Standing.MET_LATE,
    Outcome.TOO_EARLY: Standing.TOO_EARLY,
    Outcome.LAPSED: Standing.OVERDUE,  # a breach outlives the duty
    Outcome.VOID: Standing.VOID,
    Outcome.UNKNOWN: Standing.UNKNOWN,
}

_AT_END = {
    AtEnd.OVERDUE: Standing.OVERDUE,
    AtEnd.STANDS: Standing.MET,
    AtEnd.UNKNOWN: Standing.UNKNOWN,
}


def standing(timer: Timer, moment: datetime) -> Standing:
    """Say where a timer stands at an instant.

    A duty done on its due date is in time: overdue begins when the next Europe/London day begins, or, for clocks
    in hours, as soon as the instant they are due has passed.
    """
    if timer.outcome is not Outcome.RUNNING:
        return _SETTLED[timer.outcome]
    if timer.at_end is AtEnd.NOTHING:
        return Standing.RUNNING
    if moment >= timer.falls_at:
        return _AT_END[timer.at_end]
    if timer.first_due_on is not None and london_date(moment) > timer.first_due_on:
        return Standing.EXTENDED
    return Standing.DUE_SOON if moment >= timer.warns_at else Standing.RUNNING


def over(timer: Timer, moment: datetime, calendar: WorkingCalendar) -> int:
    """Say how far past its limit a timer is at an instant, in its unit; 0 where it is not.

    A timer that has ended keeps what it was over by then.
    """
    if timer.outcome is not Outcome.RUNNING:
        return timer.over_at_stop
    if standing(timer, moment) is not Standing.OVERDUE:
        return 0
    return over_limit(timer.due_on, timer.due_at, When.instant(moment), timer.unit, calendar)
