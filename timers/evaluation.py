"""Evaluation: events, packs, calendar and what was known in; timers out. Pure.

Where a timer stands at a moment is asked of standing.py; nothing here depends on the present.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from caseclock.timers.anchors import Anchor, anchors
from caseclock.timers.calendar import BankHolidays, WorkingCalendar
from caseclock.timers.due import Due, due_by, warning_from
from caseclock.timers.durations import MonthPolicy, Unit, days_over
from caseclock.timers.ending import ending
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.recording import is_write_up_told
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.telling import gap_before, told_until, untold_of, untold_stops
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.timescale import Kind
from caseclock.timers.when import When, end_of_day, london_date, start_of_day

#: when a timer without a last day falls
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an evaluation is done under, apart from the case itself."""

    rulebook: Rulebook
    holidays: BankHolidays
    months: MonthPolicy = MonthPolicy.CALENDAR_MONTHS


def evaluate(
    history: History,
    setting: Setting,
    only: Iterable[str] | None = None,
    among: Collection[Event] | None = None,
) -> list[Timer]:
    """Work out every timer of a case, or those of the timescales named in `only`.

    Of timescales that look at one event at a time, those of the events in `among` are enough where nothing else is
    new. The result depends on the events known, not on the order in which they arrived, and never on the present.
    """
    timers: dict[str, Timer] = {}
    for _, timer in judged(history, setting, only, among):
        timers.setdefault(timer.timer_id, timer)
    return list(timers.values())


def judged(
    history: History,
    setting: Setting,
    only: Iterable[str] | None = None,
    among: Collection[Event] | None = None,
) -> Iterator[tuple[Anchor, Timer]]:
    """Give every timer with the anchor that starts it, under the version it is judged by.

    A timer that ended, and was written up, before a version was adopted keeps what it was judged by then.
    """
    book = setting.rulebook
    if history.known_at is not None:
        book = book.as_known(london_date(history.known_at))
    startable = {name for event_type in history.event_types() for name in book.started_by(event_type)}
    for name in sorted(startable if only is None else startable.intersection(only)):
        for anchor in anchors(history, book.rules[name], among if book.looks_at_one_event(name) else None):
            timer = run(history, setting, anchor)
            judged_on = _judged_before(timer, anchor)
            if judged_on is not None:
                then = _as_judged(history, book.as_known(judged_on), timer)
                if then is not None:
                    anchor, timer = then, run(history, setting, then)  # noqa: PLW2901
            yield anchor, timer


def _judged_before(timer: Timer, anchor: Anchor) -> date | None:
    """Give the day on which a timer's end was written up, where that was before its version was adopted."""
    adopted_on, judged_on = anchor.version.known_on, timer.recorded_on
    return judged_on if adopted_on is not None and judged_on is not None and judged_on < adopted_on else None


def _as_judged(history: History, book: Rulebook, timer: Timer) -> Anchor | None:
    """Find what starts a timer under the rulebook known when it ended; None where that had no such timer."""
    found = (anchor for anchor in anchors(history, book.rules.get(timer.timescale, ())))
    return next((anchor for anchor in found if anchor.timer_id == timer.timer_id), None)


def run(history: History, setting: Setting, anchor: Anchor) -> Timer:
    """Run one timer: its due date, what ended it, and what came of it."""
    version = anchor.version
    stop, void = ending(history, anchor)
    ended = stop or void
    calendar = setting.holidays.as_known(_judged_by(history, ended))
    due = due_by(history, anchor, calendar, setting.months)
    outcome, over = _outcome(history, anchor, due, stop, void, calendar)
    done = _done(anchor, ended, outcome)
    return Timer(
        timer_id=anchor.timer_id,
        authority=anchor.event.authority,
        case_id=anchor.event.case_id,
        episode_id=anchor.episode_id,
        process=history.episodes[anchor.episode_id].process
        if version.looks_at_one_event()
        else version.process,
        timescale=version.id,
        version=version.version,
        key=anchor.key,
        started_on=anchor.counts_from.on,
        started_at=anchor.counts_from.at,
        due_on=due.on,
        due_at=due.at,
        first_due_on=due.first_on,
        not_before=due.not_before,
        warns_at=warning_from(anchor, due, calendar),
        falls_at=_falls_at(due),
        at_end=_at_end(history, anchor, due),
        outcome=outcome,
        stopped_on=done.on if done else None,
        stopped_at=done.at if done else None,
        recorded_on=ended.recorded.on if ended and done else None,
        over_at_stop=over,
        unit=due.unit,
        basis=str(version.basis),
        source=version.source,
        trigger_event=anchor.event.event_id,
        stop_event=ended.event_id if ended else None,
        calendar=calendar.version,
        reason=_reason(history, anchor, outcome, due, void),
    )


def _done(anchor: Anchor, ended: Event | None, outcome: Outcome) -> When | None:
    """Say when what ended a timer came about; of a recording standard, when the event was written up, where told."""
    if ended is None or anchor.version.kind is not Kind.RECORDING:
        return ended.occurred if ended else None
    return None if outcome is Outcome.UNKNOWN else ended.recorded


def _judged_by(history: History, ended: Event | None) -> date | None:
    """Say which day's knowledge of the calendar judges a timer: that of its write-up, or of the question."""
    if ended is not None:
        return ended.recorded.on
    return None if history.known_at is None else london_date(history.known_at)


def _outcome(
    history: History,
    anchor: Anchor,
    due: Due,
    stop: Event | None,
    void: Event | None,
    calendar: WorkingCalendar,
) -> tuple[Outcome, int]:
    """Say what came of a timer and, where it was late, by how much in its unit."""
    if anchor.version.kind is Kind.RECORDING:
        return _recorded(history, anchor.event, due, calendar)
    ended = stop or void
    if untold_of(history, anchor) & set(anchor.start.assumes):
        return Outcome.UNKNOWN, 0  # the clock may have started earlier
    over = over_limit(due.on, due.at, ended.occurred, due.unit, calendar) if ended else 0
    if (stop is None or over) and untold_stops(history, anchor):
        return Outcome.UNKNOWN, 0  # the duty may have been done, even where it has ended since
    if (ended is None or over) and gap_before(history, anchor, _last_day(due)):
        return Outcome.UNKNOWN, 0  # it may have been done in days of which the sources do not tell
    if ended is None:
        return Outcome.RUNNING, 0
    if stop and due.not_before and stop.occurred.on < due.not_before:
        return Outcome.TOO_EARLY, 0
    if void is not None:
        return (Outcome.LAPSED, over) if over else (Outcome.VOID, 0)
    if over:
        return Outcome.MET_LATE, over
    return (Outcome.RECORDED_LATE if _written_late(due, ended.recorded) else Outcome.MET), 0


def _recorded(history: History, event: Event, due: Due, calendar: WorkingCalendar) -> tuple[Outcome, int]:
    """Say whether an event was written up in time; unknown where its source does not tell when it was."""
    if not is_write_up_told(history, event):
        return Outcome.UNKNOWN, 0
    over = over_limit(due.on, due.at, event.recorded, due.unit, calendar)
    return (Outcome.MET_LATE, over) if over else (Outcome.MET, 0)


def over_limit(
    due_on: date | None, due_at: datetime | None, done: When, unit: str, calendar: WorkingCalendar
) -> int:
    """Say how far past the limit something was done, in the timer's unit; 0 where it was in time.

    Hours begun count whole. What is known only to the day counts as done at the day's start.
    """
    if due_at is not None:
        late = done.earliest() - due_at
        if late <= timedelta(0):
            return 0
        if due_at == end_of_day(london_date(due_at)):
            late -= timedelta.resolution  # from a day's last instant to midnight no hour begins
        return max(1, -(-late // timedelta(hours=1)))
    return 0 if due_on is None else days_over(due_on, done.on, Unit(unit), calendar)


def _written_late(due: Due, recorded: When) -> bool:
    if due.at is not None:
        return recorded.earliest() > due.at
    return due.on is not None and recorded.on > due.on


def _falls_at(due: Due) -> datetime:
    """Give the first instant at which an undischarged timer is overdue."""
    if due.at is not None:
        return due.at + timedelta(microseconds=1)
    return NEVER if due.on is None else start_of_day(due.on + timedelta(days=1))


def _at_end(history: History, anchor: Anchor, due: Due) -> AtEnd:
    """Say what it means if the limit runs out; behind the last day a source tells of, nobody knows."""
    if due.unbounded:
        return AtEnd.NOTHING
    known_until = told_until(history, anchor)
    last = _last_day(due)
    if known_until is not None and last is not None and last > known_until:
        return AtEnd.UNKNOWN
    return AtEnd.STANDS if anchor.version.deemed else AtEnd.OVERDUE


def _last_day(due: Due) -> date | None:
    """Give the London date of a timer's last moment in time; None where it has no last day."""
    return due.on if due.at is None else london_date(due.at)


def _reason(history: History, anchor: Anchor, outcome: Outcome, due: Due, void: Event | None) -> str:
    if outcome is Outcome.UNKNOWN:
        return _unknown(history, anchor, due)
    if void is not None:
        return f"The duty ended with {void.type} on {void.occurred.on}."
    moved = [one for one in due.extensions if one.until]
    if moved:
        last = moved[-1].event
        return f"Extended to {due.on} by {last.by}: {last.data.get('reason') or last.because or 'no reason given'}."
    return ""


def _unknown(history: History, anchor: Anchor, due: Due) -> str:
    """Say what the sources leave out of what would discharge a timer, or start its clock."""
    by = anchor.event.by
    if anchor.version.kind is Kind.RECORDING:
        return f"The source ({by}) does not tell when this was written up; whether it was in time is unknown."
    assumed = untold_of(history, anchor) & set(anchor.start.assumes)
    if untold := sorted(assumed | untold_stops(history, anchor)):
        return f"The source ({by}) does not tell {', '.join(untold)}; whether this was done is unknown."
    gap = gap_before(history, anchor, _last_day(due))
    if gap is None:
        return ""
    if gap.first is None:
        begins = gap.last + timedelta(days=1)
        return f"The source ({by}) tells of this only from {begins}; what was done before is unknown."
    return f"No source tells of this from {gap.first} to {gap.last}; what was done then is unknown."
