"""Timers and breaches as rows: the fields that other tools rely on, in one order, dates as ISO text."""

from datetime import date, datetime
from typing import Any

from caseclock.desk.answers import InLog
from caseclock.desk.breaches import AskedBreach
from caseclock.timers.timer import Standing
from caseclock.workflow.positions import Position

#: the public fields of a timer, then those added since
TIMER_COLUMNS = (
    "timer_id",
    "authority",
    "case_id",
    "episode_id",
    "process",
    "timescale",
    "version",
    "key",
    "started_on",
    "due_on",
    "due_at",
    "standing",
    "stopped_on",
    "recorded_on",
    "over",
    "unit",
    "basis",
    "source",
    "first_due_on",
    "not_before",
    "reason",
    "trigger_event",
    "stop_event",
    "calendar",
)
BREACH_COLUMNS = (
    *TIMER_COLUMNS,
    "breach_id",
    "breach",
    "fell_on",
    "raised_at",
    "cause",
    "raised_event",
    "answer",
    "reason_code",
    "answer_text",
    "escalated_to",
    "answered_by",
    "answered_on",
    "back_dated",
    "review_on",
)


def timer_row(position: Position) -> dict[str, Any]:
    """Give a timer and where it stood as a row."""
    timer = position.timer
    return {
        "timer_id": timer.timer_id,
        "authority": timer.authority,
        "case_id": timer.case_id,
        "episode_id": timer.episode_id,
        "process": timer.process,
        "timescale": timer.timescale,
        "version": timer.version,
        "key": timer.key,
        "started_on": _iso(timer.started_on),
        "due_on": _iso(timer.due_on),
        "due_at": _iso(timer.due_at),
        "standing": str(position.standing),
        "stopped_on": _iso(timer.stopped_on),
        "recorded_on": _iso(timer.recorded_on),
        "over": position.over,
        "unit": timer.unit,
        "basis": timer.basis,
        "source": timer.source,
        "first_due_on": _iso(timer.first_due_on),
        "not_before": _iso(timer.not_before),
        "reason": timer.reason,
        "trigger_event": timer.trigger_event,
        "stop_event": timer.stop_event,
        "calendar": timer.calendar,
    }


def breach_row(breach: AskedBreach) -> dict[str, Any]:
    """Give a breach as a row: the timer's fields, and what became of the breach.

    The timer of a withdrawn breach may be gone: then its fields are as the breach kept them.
    """
    row = timer_row(breach.position) if breach.position else _row_without_timer(breach)
    return row | {
        "breach_id": breach.breach_id,
        "breach": _state(breach),
        "fell_on": _iso(breach.fell_on),
        "raised_at": _iso(breach.raised_at),
        "cause": breach.cause,
    }


def answer_row(told: InLog) -> dict[str, Any]:
    """Give what the log tells of a breach as fields of its row: the event that raised it, and the last answer."""
    given = told.answer
    return {
        "raised_event": told.raised_event,
        "answer": str(given.answer),
        "reason_code": given.reason_code,
        "answer_text": given.text,
        "escalated_to": given.to,
        "answered_by": given.by,
        "answered_on": _iso(given.on),
        "back_dated": given.back_dated,
        "review_on": _iso(given.review_on),
    }


def _state(breach: AskedBreach) -> str:
    """Say what became of the breach by then; kept apart from where its timer stands."""
    if breach.cause is not None:
        return "withdrawn"
    return "open" if breach.position and breach.position.standing is Standing.OVERDUE else "closed"


def _row_without_timer(breach: AskedBreach) -> dict[str, Any]:
    kept = breach.stored
    known = {
        "timer_id": breach.timer_id,
        "authority": breach.authority,
        "case_id": breach.case_id,
        "timescale": breach.timescale,
        "standing": str(Standing.VOID),
        "over": 0,
        "reason": "The event that started this timer was taken back.",
    }
    if kept is not None:
        known |= {
            "episode_id": kept.episode_id,
            "process": kept.process,
            "key": kept.key,
            "due_on": _iso(kept.due_on),
            "due_at": _iso(kept.due_at),
        }
    return {name: known.get(name) for name in TIMER_COLUMNS}


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
