"""Is this event well formed? Its type, its data, its times; whatever can be said without looking at the case."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from caseclock.processes.catalogue import EVENT_TYPES, EVERYWHERE, OPENERS, OWN, PROCESSES
from caseclock.processes.definition import Field
from caseclock.timers.event import Event
from caseclock.timers.history import SOURCE_TOLD
from caseclock.timers.timescale import as_text
from caseclock.timers.when import When, london_date
from caseclock.workflow.refusals import BadData, UnknownEvent

#: any event that opens an episode may tell it
_BORN = Field("date_of_birth", is_date=True)
_ANSWERED = (
    Field("breach_id", required=True),
    Field("reason_code", required=True),
    Field("text", required=True),
    Field("review_on", is_date=True),
)
_EVERYWHERE_FIELDS: dict[str, tuple[Field, ...]] = {
    "TimerExtended": (
        Field("timer_id", required=True),
        Field("until", is_date=True),
        Field("reason", required=True),
    ),
    "EventCorrected": (
        Field("event_id", required=True),
        Field("occurred_at", required=True, is_date=True),
        Field("reason", required=True),
    ),
    "EventRetracted": (Field("event_id", required=True), Field("reason", required=True)),
    "SourceTold": (Field("until", required=True, is_date=True),),
    "BreachExplained": _ANSWERED,
    "BreachExempted": _ANSWERED,
    "BreachEscalated": (Field("breach_id", required=True), Field("to", required=True)),
    "BreachReopened": (Field("breach_id", required=True), Field("reason", required=True)),
}


def check_form(event: Event, at: datetime) -> None:
    """Raise UnknownEvent or BadData, with a sentence, where an event can't be right whatever its case."""
    if event.type not in EVENT_TYPES:
        from difflib import get_close_matches

        close = get_close_matches(event.type, EVENT_TYPES, n=1)
        hint = (
            f"Did you mean {close[0]}?"
            if close
            else "The events of each process are listed in its reference page."
        )
        raise UnknownEvent(f"Can't record {event.type} on case {event.case_id}: no process knows it. {hint}")
    if event.type in OWN:
        raise UnknownEvent(
            f"Can't record {event.type} on case {event.case_id}: Caseclock writes it itself when it happens. "
            "Record the facts, and it follows from them."
        )
    if not event.by:
        raise BadData(
            f"Can't record {event.type} on case {event.case_id}: nobody is named as its author. Give `by`."
        )
    if event.occurred.on > london_date(at) or (event.occurred.at and event.occurred.at > at):
        raise BadData(
            f"Can't record {event.type} on case {event.case_id}: it is dated {event.occurred}, after the moment of "
            f"recording ({at.isoformat()}). Record it once it has happened, or mend its date."
        )
    if event.recorded.on > london_date(at) or event.recorded.on < event.occurred.on:
        raise BadData(
            f"Can't record {event.type} on case {event.case_id}: it says it was written down on {event.recorded.on}, "
            f"but it happened on {event.occurred.on} and is recorded on {london_date(at)}. Mend recorded_at, or leave "
            "it out."
        )
    for field in fields_of(event.type):
        _check_field(event, field)
    _check_telling(event)
    if event.type == "EventCorrected" and When.parse(str(event.data["occurred_at"])).earliest() > at:
        raise BadData(
            f"Can't record {event.type} on case {event.case_id}: data.occurred_at is {event.data['occurred_at']}, "
            f"after the moment of recording ({at.isoformat()}). Give the day on which it happened."
        )


@cache
def fields_of(event_type: str) -> tuple[Field, ...]:
    """List the data fields the engine looks at in events of a type, over all processes that handle it."""
    if event_type in EVERYWHERE:
        return _EVERYWHERE_FIELDS.get(event_type, ())
    fields = tuple(
        field
        for process in EVENT_TYPES[event_type]
        for field in PROCESSES[process].fields.get(event_type, ())
    )
    return (*fields, _BORN) if event_type in OPENERS and _BORN not in fields else fields


def _check_telling(event: Event) -> None:
    """Check what an event says of how far its source tells: dates without a time of day, lists of event types."""
    what = f"Can't record {event.type} on case {event.case_id}: data."
    if event.type == SOURCE_TOLD and not _is_day(event.data["until"]):
        raise BadData(f"{what}until is {event.data['until']!r}, which is not a date. Write it as 2026-03-02.")
    untold, told_from = event.data.get("untold", []), event.data.get("told_from", {})
    if not isinstance(untold, list | tuple) or not all(isinstance(one, str) for one in untold):
        raise BadData(f"{what}untold is {untold!r}. Give the event types left out as a list.")
    if not isinstance(told_from, Mapping) or not all(_is_day(day) for day in told_from.values()):
        raise BadData(
            f"{what}told_from is {told_from!r}. Give event types, each with a date such as 2026-03-02."
        )


def _is_day(value: object) -> bool:
    try:
        return bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


def _check_field(event: Event, field: Field) -> None:
    value = as_text(event.data.get(field.name))
    what = f"Can't record {event.type} on case {event.case_id}: data.{field.name}"
    if not value:
        if field.required:
            choices = f" Give one of {', '.join(field.choices)}." if field.choices else " Give it."
            raise BadData(f"{what} is missing.{choices}")
        return
    if field.choices and value not in field.choices:
        known = ", ".join(choice for choice in field.choices if choice)
        raise BadData(f"{what} is '{value}', which is not known. Give one of {known}.")
    if field.is_date:
        try:
            When.parse(value)
        except ValueError:
            raise BadData(
                f"{what} is '{value}', which is not a date. Write it as 2026-03-02, or as an instant with its offset."
            ) from None
