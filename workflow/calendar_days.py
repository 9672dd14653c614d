"""A day added to the calendar, or moved, after timers began to run: the running ones move, and the log says why."""

from datetime import date

from caseclock.store.protocol import AdoptedPack, CalendarChange, Transaction
from caseclock.timers.bank_holiday_rules import ordinary_bank_holidays
from caseclock.timers.calendar import WorkingCalendar
from caseclock.workflow.engine import Engine
from caseclock.workflow.moving import Cause, Moved, cause_of
from caseclock.workflow.refusals import BadData

__all__ = ["Moved", "add_calendar_day", "finish_changes", "move_running"]


def add_calendar_day(engine: Engine, change: CalendarChange) -> Moved:
    """Add a bank holiday or closure day and move the timers that are running; finished ones keep their judgement.

    With `replaces` a bank holiday is moved: that day is worked from then on. A day counts as known all through the day
    on which it was announced: what was written up then is judged by it. Each case it touches gets a TimersMoved event
    with the old date, the new one and the cause; one that is written to before its turn comes is moved first. Safe to
    repeat after a crash: the day is there once, and timers that moved already do not move again.
    """
    with engine.store.transaction() as unit:
        calendar = engine.setting(unit, change.authority or "").holidays.as_known(None)
        known = [
            other
            for other in unit.calendar_changes()
            if (other.day, other.authority) == (change.day, change.authority)
        ]
        if known and known[0].replaces != change.replaces:
            raise BadData(
                f"Can't add {change.day} to the calendar: it is there already, {_instead_of(known[0].replaces)}. "
                "Nothing was changed."
            )
        if not known:
            _check(calendar, change)
            unit.add_calendar_change(change)
    return move_running(engine, change)


def _instead_of(day: date | None) -> str:
    return f"instead of {day}" if day else "beside all others"


def _check(calendar: WorkingCalendar, change: CalendarChange) -> None:
    what = f"Can't add {change.day} to the calendar"
    if not calendar.is_working_day(change.day):
        raise BadData(
            f"{what}: it is not worked already ({calendar.why_not_working(change.day)}). Nothing needs to be moved."
        )
    gone = change.replaces
    if gone is not None and (
        gone not in ordinary_bank_holidays(gone.year) or calendar.is_working_day(gone) or gone.weekday() > 4
    ):
        raise BadData(
            f"{what} instead of {gone}: {gone} is not a bank holiday that could be moved. Give the ordinary bank "
            "holiday it takes the place of, or leave that out."
        )


def move_running(engine: Engine, change: CalendarChange | AdoptedPack) -> Moved:
    """Work out anew the timers of every case that a change of calendar or packs bears on, case by case."""
    cause = cause_of(change)
    with engine.store.snapshot() as unit:
        cases = list(unit.case_ids(change.authority))
    moved_cases, moved_timers = 0, 0
    for authority, case_id in cases:
        moved = engine.repeated(lambda unit, a=authority, c=case_id: _move_case(engine, unit, a, c, cause))  # type: ignore[misc]
        moved_cases, moved_timers = moved_cases + bool(moved), moved_timers + moved
    with engine.store.transaction() as unit:
        unit.settle(change, change.known_at)
    return Moved(moved_cases, moved_timers)


def finish_changes(engine: Engine) -> None:
    """Move what a change of calendar or packs, broken off or under way elsewhere, has not moved yet."""
    with engine.store.snapshot() as unit:
        changes = unit.unsettled()
    for change in changes:
        move_running(engine, change)


def _move_case(engine: Engine, unit: Transaction, authority: str, case_id: str, cause: Cause) -> int:
    # timers may move without an event that would show it to other writers
    unit.locked_case(authority, case_id)
    return engine.move(unit, engine.file(unit, authority, case_id), cause)
