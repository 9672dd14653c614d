"""Timers and breaches as rows: the fields that other tools rely on, in one order, dates as ISO text."""

from datetime import date, datetime
from typing import Any

from caseclock.desk.answers import InLog
from caseclock.desk.breaches import AskedBreach
from caseclock.desk.case_page import CasePage
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


def case_document(page: CasePage) -> dict[str, Any]:
    """Give all that is shown of a case as one JSON document."""
    return {
        "authority": page.authority,
        "case_id": page.case_id,
        "as_at": page.asked.as_at.isoformat(),
        "known_at": page.asked.known_at.isoformat(),
        "re_referral": any(one.re_referral_of for one in page.episodes),
        "episodes": [
            {
                "episode_id": one.episode_id,
                "process": one.process,
                "state": one.state,
                "words": one.words,
                "opened_on": one.opened_on.isoformat(),
                "closed_on": None if one.closed_on is None else one.closed_on.isoformat(),
                "follows": one.follows,
                "may_happen": list(one.may_happen),
                "re_referral_of": None if one.re_referral_of is None else one.re_referral_of.isoformat(),
            }
            for one in page.episodes
        ],
        "timers": [timer_row(position) for position in page.positions],
        "breaches": [
            breach_row(breach) | {"answer": page.answers[breach.breach_id]} for breach in page.breaches
        ],
        "history": [
            {
                "seq": entry.event.seq,
                "event_id": entry.event.event_id,
                "episode_id": entry.event.episode_id,
                "type": entry.event.type,
                "occurred_at": str(entry.event.occurred),
                "recorded_at": str(entry.event.recorded),
                "by": entry.event.by,
                "because": entry.event.because,
                "sentence": entry.sentence,
                "mended": entry.mended,
            }
            for entry in page.history
        ],
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
