"""Facts that a later return tells again: a referral in next month's workbook, or in the census and in Annex A.

A fact is the same where its id is, or where the case has it from another source: same type, same episode, same day.
What was told first stays; fields that only describe it, or that say how much its source tells, may differ. Only for
returns: in a live system's events two of one type on one day may well be two.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caseclock.timers.event import Event

#: fields that change from return to return without the fact being another
MAY_DIFFER = frozenset(
    {"team", "worker", "source", "organisation", "reason", "untold", "follows", "open_case"}
)


def as_first_told(events: Sequence[Event], log: Iterable[Event]) -> tuple[tuple[Event, ...], list[str]]:
    """Put what the log has already in the place of what tells it again; and name the fields told otherwise now."""
    known: dict[object, Event] = {}
    for event in log:
        known.setdefault(event.event_id, event)
        known.setdefault(_fact(event), event)
    told: list[Event] = []
    otherwise: list[str] = []
    for event in events:
        first = known.get(event.event_id) or known.get(_fact(event))
        if first is None or not _is_same(first, event):
            told.append(event)
            continue
        told.append(first)
        otherwise.extend(_differences(first.data, event.data))
    return tuple(told), otherwise


def _fact(event: Event) -> tuple[str, str, object]:
    return event.type, event.episode_id, event.occurred.on


def _is_same(first: Event, again: Event) -> bool:
    """Say whether two tellings agree: a field that only one of them has is no disagreement."""
    if _fact(first) != _fact(again):
        return False
    both = first.data.keys() & again.data.keys()
    return all(name in MAY_DIFFER or first.data[name] == again.data[name] for name in both)


def _differences(first: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    return [name for name, value in again.items() if first.get(name) != value]
