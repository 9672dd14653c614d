"""What raising breaches writes, the same for every database: the rows, each value as text, every text made once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from caseclock.store.chain import hash_of
from caseclock.store.protocol import Case, Raised
from caseclock.store.types import in_utc, utc_text
from caseclock.timers.when import london_date

Value = str | int | None

GROWN = ("version", "head", "authority", "case_id")
EVENT = (
    "authority",
    "case_id",
    "seq",
    "event_id",
    "type",
    "episode_id",
    "occurred_on",
    "occurred_at",
    "recorded_on",
    "recorded_at",
    "by_whom",
    "because",
    "data",
    "previous",
    "hash",
)
BREACH = (
    "breach_id",
    "timer_id",
    "authority",
    "case_id",
    "episode_id",
    "process",
    "timescale",
    "key",
    "due_on",
    "due_at",
    "fell_at",
    "raised_at",
    "standing",
    "closed_on",
    "cause",
    "withdrawn_at",
)
MESSAGE = ("authority", "case_id", "kind", "payload", "made_at")


@dataclass(frozen=True, slots=True)
class Rows:
    """What breaches add to each table: the values of every row, one row after the other, by the columns named above.

    One list for all rows, as one statement takes them.
    """

    grown: list[Value] = field(default_factory=list)
    events: list[Value] = field(default_factory=list)
    breaches: list[Value] = field(default_factory=list)
    messages: list[Value] = field(default_factory=list)


def rows_of(logs: Iterable[tuple[Case, Sequence[Raised]]], at: datetime) -> Rows:
    """Give the rows of breaches raised at an instant, and chain their events to the logs of their cases."""
    rows = Rows()
    recorded_on, recorded_at = _day_and_instant(in_utc(at))
    recorded = f'"recorded_at":"{recorded_at}","recorded_on":"{recorded_on}"'
    add_event, add_breach, add_message = rows.events.extend, rows.breaches.extend, rows.messages.extend
    for case, raised in logs:
        authority, case_id, seq, head = case.authority, case.case_id, case.version, case.head
        for one in raised:
            timer, seq, previous = one.timer, seq + 1, head
            fell_on, fell_at = _day_and_instant(one.fell_at)
            occurred = f'"occurred_at":"{fell_at}","occurred_on":"{fell_on}"'
            line = f'{one.opening}{occurred},{recorded},"seq":{seq},"type":"{one.type}"}}'
            head = hash_of(previous, line.encode())
            add_event(
                (
                    authority,
                    case_id,
                    seq,
                    one.event_id,
                    one.type,
                    timer.episode_id,
                    fell_on,
                    fell_at,
                    recorded_on,
                    recorded_at,
                    one.by,
                    one.because,
                    one.data,
                    previous,
                    head,
                )
            )
            add_breach(
                (
                    one.breach_id,
                    timer.timer_id,
                    authority,
                    case_id,
                    timer.episode_id,
                    timer.process,
                    timer.timescale,
                    timer.key,
                    timer.due_on.isoformat() if timer.due_on else None,
                    utc_text(timer.due_at) if timer.due_at else None,
                    fell_at,
                    recorded_at,
                    one.standing.value,
                    one.closed_on.isoformat() if one.closed_on else None,
                    None,
                    None,
                )
            )
            add_message((authority, case_id, one.type, one.message, recorded_at))
        rows.grown.extend((seq, head, authority, case_id))
    return rows


@lru_cache(maxsize=4096)
def _day_and_instant(instant: datetime) -> tuple[str, str]:
    """Write a UTC instant's London date, and itself."""
    return london_date(instant).isoformat(), utc_text(instant)
