"""Evaluation: events, packs, calendar and what was known in; timers out. Pure.

Where a timer stands at a moment is asked of standing.py; nothing here depends on the present.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from caseclock.timers.anchors import Anchor, anchors, started
from caseclock.timers.calendar import BankHolidays, WorkingCalendar
from caseclock.timers.due import Due, due_by, warning_from
from caseclock.timers.durations import MonthPolicy, Unit, days_over
from caseclock.timers.ending import ending
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.making import maker_of
from caseclock.timers.recording import is_write_up_told
from caseclock.timers.rulebook import Clock, Rulebook
from caseclock.timers.telling import gap_before, told_until, untold_of, untold_stops
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.timescale import Kind
from caseclock.timers.when import When, end_of_day, london_date, start_of_day

#: when a timer without a last day falls
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)
_made = maker_of(Timer)


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
    for clock in _clocks(history, book, only):
        for anchor in started(
            history, clock.version, clock.start, among if clock.looks_at_one_event else None
        ):
            timer = run(history, setting, anchor)
            if anchor.version.known_on is not None and (judged_on := _judged_before(timer, anchor)):
                then = _as_judged(history, book.as_known(judged_on), timer)
                if then is not None:
                    anchor, timer = then, run(history, setting, then)  # noqa: PLW2901
            yield anchor, timer


def _clocks(history: History, book: Rulebook, only: Iterable[str] | None) -> list[Clock]:
    """List the clocks that something in a case may have started, by timescale, version and start."""
    kinds = history.kinds()
    if not kinds:
        return []
    first, last = history.events[0].occurred.on, history.events[-1].occurred.on
    named = None if only is None else frozenset(only)
    found = [
        clock
        for kind in kinds
        for clock in book.clocks.get(kind, ())
        if clock.first <= last and first <= clock.last and (named is None or clock.version.id in named)
    ]
    found.sort()
    return found


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
    if version.kind is Kind.RECORDING:
        return _run_recording(history, setting, anchor)
    stop, void = ending(history, anchor)
    ended = stop or void
    calendar = setting.holidays.as_known(_judged_by(history, ended))
    due = due_by(history, anchor, calendar, setting.months)
    outcome, over = _outcome(history, anchor, due, stop, void, calendar)
    is_told_why = void is not None or outcome is Outcome.UNKNOWN or due.extensions
    return _made(  # in the order of the fields
        anchor.timer_id,
        anchor.event.authority,
        anchor.event.case_id,
        anchor.episode_id,
        version.process,
        version.id,
        version.version,
        anchor.key,
        anchor.counts_from.on,
        anchor.counts_from.at,
        due.on,
        due.at,
        due.first_on,
        due.not_before,
        warning_from(anchor, due, calendar),
        _falls_at(due),
        _at_end(history, anchor, due),
        outcome,
        ended.occurred.on if ended else None,
        ended.occurred.at if ended else None,
        ended.recorded.on if ended else None,
        over,
        due.unit,
        str(version.basis),
        version.source,
        anchor.event.event_id,
        ended.event_id if ended else None,
        calendar.version,
        _reason(history, anchor, outcome, due, void) if is_told_why else "",
    )


def _run_recording(history: History, setting: Setting, anchor: Anchor) -> Timer:
    """Run the timer of a recording standard: it is stopped by the write-up of the event that starts it.

    Unknown where the event's source does not tell when it was written up.
    """
    event, version, started, written = anchor.event, anchor.version, anchor.counts_from, anchor.event.recorded
    calendar = setting.holidays.as_known(written.on)
    due = due_by(history, anchor, calendar, setting.months)
    told, over = is_write_up_told(history, event), 0
    outcome = Outcome.UNKNOWN
    if told:
        over = over_limit(due.on, due.at, written, due.unit, calendar)
        outcome = Outcome.MET_LATE if over else Outcome.MET
    return _made(  # in the order of the fields
        anchor.timer_id,
        event.authority,
        event.case_id,
        anchor.episode_id,
        history.episodes[anchor.episode_id].process,
        version.id,
        version.version,
        anchor.key,
        started.on,
        started.at,
        due.on,
        due.at,
        due.first_on,
        due.not_before,
        warning_from(anchor, due, calendar),
        _falls_at(due),
        _at_end(history, anchor, due),
        outcome,
        written.on if told else None,
        written.at if told else None,
        written.on if told else None,
        over,
        due.unit,
        str(version.basis),
        version.source,
        event.event_id,
        event.event_id,
        calendar.version,
        "" if told else _unknown(history, anchor, due),
    )


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
    ended = stop or void
    over = over_limit(due.on, due.at, ended.occurred, due.unit, calendar) if ended else 0
    if history.is_told_in_part and _is_unknown(history, anchor, due, stop, ended, over):
        return Outcome.UNKNOWN, 0
    if ended is None:
        return Outcome.RUNNING, 0
    if stop and due.not_before and stop.occurred.on < due.not_before:
        return Outcome.TOO_EARLY, 0
    if void is not None:
        return (Outcome.LAPSED, over) if over else (Outcome.VOID, 0)
    if over:
        return Outcome.MET_LATE, over
    return (Outcome.RECORDED_LATE if _written_late(due, ended.recorded) else Outcome.MET), 0


def _is_unknown(
    history: History, anchor: Anchor, due: Due, stop: Event | None, ended: Event | None, over: int
) -> bool:
    """Say whether the sources leave out what would tell what came of a timer."""
    if untold_of(history, anchor) & set(anchor.start.assumes):
        return True  # the clock may have started earlier
    if (stop is None or over) and untold_stops(history, anchor):
        return True  # the duty may have been done, even where it has ended since
    if ended is not None and not over:
        return False
    # it may have been done in days of which the sources do not tell
    return gap_before(history, anchor, _last_day(due)) is not None


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
    if due_on is None or done.on <= due_on:
        return 0
    return days_over(due_on, done.on, Unit(unit), calendar)


def _written_late(due: Due, recorded: When) -> bool:
    if due.at is not None:
        return recorded.earliest() > due.at
    return due.on is not None and recorded.on > due.on


def _falls_at(due: Due) -> datetime:
    """Give the first instant at which an undischarged timer is overdue."""
    if due.at is not None:
        return due.at + timedelta(microseconds=1)
    return NEVER if due.on is None else start_of_day(due.on + _ONE_DAY)


def _at_end(history: History, anchor: Anchor, due: Due) -> AtEnd:
    """Say what it means if the limit runs out; behind the last day a source tells of, nobody knows."""
    if due.unbounded:
        return AtEnd.NOTHING
    if history.is_told_in_part:
        known_until, last = told_until(history, anchor), _last_day(due)
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
        said = last.data.get("reason") or last.because or "no reason given"
        return " ".join(filter(None, (f"Extended to {due.on} by {last.by}: {said}.", moved[-1].late)))
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
