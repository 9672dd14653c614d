"""Facts that a later return tells again: a referral in next month's workbook, or in the census and in Annex A.

A fact is the same where its id is, or where the case has it from another source: same type, same episode, same day.
What was told first stays; fields that only describe it, or that say how much its source tells, may differ. Only for
returns: in a live system's events two of one type on one day may well be two.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caseclock.timers.event import Event
from caseclock.timers.history import SOURCE_TOLD

#: fields that change from return to return without the fact being another
MAY_DIFFER = frozenset(
    {
        *(
            "team",
            "worker",
            "source",
            "organisation",
            "reason",
            "code",
            "category",
            "previous_plans",
            "alone",
        ),
        *(
            "follows",
            "open_case",
            "conference_held_on",
            "family_meeting_offered",
            "family_meeting_facilitated",
        ),
        *("review_meetings", "initiation_letter_on", "participation"),
        *("untold", "told_from", "began_earlier"),
    }
)
#: fields that say how far a source tells, and nothing of what happened
_OF_THE_SOURCE = frozenset({"untold", "told_from"})
#: types of which a case may have several in one episode, so that its process would take one told again for another
_REPEATABLE = frozenset(
    {
        "ChildSeen",
        "DentalCheckCompleted",
        "HealthAssessmentCompleted",
        "LegalStatusChanged",
        "PlacementStarted",
        "ReviewConferenceHeld",
        "ReviewHeld",
        "StrategyDiscussionHeld",
    }
)


def can_repeat(events: Iterable[Event]) -> bool:
    """Say whether a record tells something that might go in twice: once from each of two sources."""
    return any(event.type in _REPEATABLE for event in events)


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
    """Say whether two tellings agree: a field that only one of them has is no disagreement.

    How far a source tells is its own word, and never another's.
    """
    if _fact(first) != _fact(again) or (again.type == SOURCE_TOLD and first.event_id != again.event_id):
        return False
    both = first.data.keys() & again.data.keys()
    return all(name in MAY_DIFFER or first.data[name] == again.data[name] for name in both)


def _differences(first: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    return [name for name, value in again.items() if name not in _OF_THE_SOURCE and first.get(name) != value]
