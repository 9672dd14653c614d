"""Raising: what is said when a timer has run out: its breach, the event that tells it, and the message.

A sweep does it thousands of times a second: each text is made here once, for the log, its chain and the outbox alike.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as quoted

from caseclock.store.chain import opening
from caseclock.store.protocol import DueTimer, Raised
from caseclock.timers.event import Event
from caseclock.workflow.settling import CASECLOCK, breach_id, told_of

RAISED = "BreachRaised"


def raised(log: Sequence[Event], timer: DueTimer, fell_at: datetime, at: datetime) -> Raised:
    """Raise the breach of a timer that ran out at an instant; `at` is the moment of raising. Both are in UTC.

    `log` holds the case's events where a breach of the timer was raised before: one that was withdrawn stands again.
    Where none was, it may be empty.
    """
    named = breach_id(timer)
    event_id = f"{RAISED}:{named}:{_times_told(log, named) + 1 if log else 1}"
    due = timer.due_on or timer.due_at or timer.not_before
    due_text = "null" if due is None else f'"{due.isoformat()}"'
    # canonical JSON, as the log keeps it: keys in order, no spaces
    data = (
        f'{{"breach_id":"{named}","due":{due_text},"timer_id":{quoted(timer.timer_id)},'
        f'"timescale":{quoted(timer.timescale)}}}'
    )
    begun = opening(
        timer.authority, timer.timescale, CASECLOCK, timer.case_id, data, timer.episode_id, event_id
    )
    message = f'{begun}"occurred_at":"{_text(fell_at)}","recorded_at":"{_text(at)}","type":"{RAISED}"}}'
    standing, closed_on = told_of(timer)
    return Raised(
        timer,
        named,
        fell_at,
        standing,
        closed_on,
        event_id,
        RAISED,
        CASECLOCK,
        timer.timescale,
        data,
        begun,
        message,
    )


def _times_told(log: Sequence[Event], named: str) -> int:
    return sum(event.type == RAISED and event.data.get("breach_id") == named for event in log)


@lru_cache(maxsize=4096)
def _text(instant: datetime) -> str:
    return instant.isoformat()
