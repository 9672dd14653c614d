"""A day added to the calendar after timers began to run: the running ones move, and the log says why."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from caseclock.store.protocol import CalendarChange, Transaction
from caseclock.timers.evaluation import evaluate
from caseclock.timers.event import Event
from caseclock.timers.timer import Timer
from caseclock.timers.when import When, london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import BadData
from caseclock.workflow.settling import CASECLOCK, settle


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of the calendar moved."""

    cases: int
    timers: int


@dataclass(frozen=True, slots=True)
class Cause:
    """What moves running timers, and whose doing it is."""

    #: tells the TimersMoved events of one cause from those of another
    name: str
    at: datetime
    by: str
    because: str
    #: None where it holds for every authority
    authority: str | None = None


def add_calendar_day(engine: Engine, change: CalendarChange) -> Moved:
    """Add a bank holiday or closure day and move the timers that are running; finished ones keep their judgement.

    A day counts as known all through the day on which it was announced: what was written up then is judged by it.
    Each case it touches gets a TimersMoved event with the old date, the new one and the cause. Safe to repeat after
    a crash: the day is there once, and timers that moved already do not move again.
    """
    with engine.store.transaction() as unit:
        setting = engine.setting(unit, change.authority or "")
        calendar = setting.holidays.as_known(None)
        known = any(
            (other.day, other.authority) == (change.day, change.authority)
            for other in unit.calendar_changes()
        )
        if not known:
            if not calendar.is_working_day(change.day):
                raise BadData(
                    f"Can't add {change.day} to the calendar: it is not worked already "
                    f"({calendar.why_not_working(change.day)}). Nothing needs to be moved."
                )
            unit.add_calendar_change(change)
    because = f"{change.title} on {change.day} is not worked: {change.because}"
    cause = Cause(change.day.isoformat(), change.known_at, change.by, because, change.authority)
    return move_running(engine, change.authority, cause=cause)


def move_running(engine: Engine, authority: str | None, *, cause: Cause) -> Moved:
    """Work out anew the timers of every case of an authority (None: all), case by case."""
    with engine.store.snapshot() as unit:
        cases = list(unit.case_ids(authority))
    moved_cases, moved_timers = 0, 0
    for of_authority, case_id in cases:
        moved = engine.repeated(lambda unit, a=of_authority, c=case_id: _move_case(engine, unit, a, c, cause))  # type: ignore[misc]
        moved_cases, moved_timers = moved_cases + bool(moved), moved_timers + moved
    return Moved(moved_cases, moved_timers)


def _move_case(engine: Engine, unit: Transaction, authority: str, case_id: str, cause: Cause) -> int:
    unit.locked_case(
        authority, case_id
    )  # timers may move without an event that would show it to other writers
    file = engine.file(unit, authority, case_id)
    known_on = london_date(cause.at)
    if not any(_judged_anew(kept.timer, known_on) for kept in file.timers.values()):
        engine.hold(file)
        return 0
    before = {timer_id: kept.timer for timer_id, kept in file.timers.items()}
    setting = engine.setting(unit, authority)
    at = cause.at
    timers = evaluate(file.history(), setting)
    settled = settle(file, timers, considered=None, at=at)
    moves = [
        (before[kept.timer.timer_id], kept.timer)
        for kept in settled.timers
        if kept.timer.timer_id in before and before[kept.timer.timer_id].due_on != kept.timer.due_on
    ]
    events = list(settled.events)
    if moves:
        events.insert(0, _told(moves, cause, at))
    placed = [event.at_place(seq) for seq, event in enumerate(events, len(file.events) + 1)]
    settled = replace(settled, events=placed)
    file.add(placed)
    engine.write_settled(unit, file, placed, settled, at)
    return len(moves)


def _judged_anew(timer: Timer, known_on: date) -> bool:
    """Say whether what became known on a London date bears on a timer: not if it ended and was written up before."""
    return timer.recorded_on is None or timer.recorded_on >= known_on


def _told(moves: list[tuple[Timer, Timer]], cause: Cause, at: datetime) -> Event:
    first = moves[0][1]
    return Event(
        event_id=f"TimersMoved:{first.case_id}:{cause.name}:{cause.authority or 'all'}",
        type="TimersMoved",
        authority=first.authority,
        case_id=first.case_id,
        episode_id=first.episode_id,
        occurred=When.instant(at),
        recorded=When.instant(at),
        by=cause.by or CASECLOCK,
        because=cause.because,
        data={
            "cause": cause.name,
            "moved": [
                {
                    "timer_id": now.timer_id,
                    "timescale": now.timescale,
                    "from": None if was.due_on is None else was.due_on.isoformat(),
                    "to": None if now.due_on is None else now.due_on.isoformat(),
                }
                for was, now in moves
            ],
        },
    )
