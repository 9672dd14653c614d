"""Events in, strictly: all that is sent or nothing, the same id twice being the same event; and a case's log out."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api import examples
from caseclock.desk.api.asking import Cursor, Limit, seen_case
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.event_shapes import EventPage, Recorded
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.places import USUAL, Place, asked_for, read_place, write_place
from caseclock.desk.api.problems import Problem, refusal
from caseclock.desk.api.tokens import Scope
from caseclock.desk.engines import desk_of
from caseclock.desk.words import counted
from caseclock.store.protocol import EventIdTaken, Transaction
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import BadLine, event_line, parse_line
from caseclock.workflow.refusals import Refused

router = APIRouter()

#: events that may be sent together
MOST = 1000

_ONE = {"$ref": "#/components/schemas/EventLine"}
_BODY: dict[str, Any] = {
    "required": True,
    "description": f"One event, or a list of up to {MOST:,}.",
    "content": {
        "application/json": {
            "schema": {"anyOf": [_ONE, {"type": "array", "items": _ONE, "minItems": 1, "maxItems": MOST}]},
            "examples": {
                "one": {"summary": "One event", "value": examples.EVENT},
                "several": {
                    "summary": "Several, in their order",
                    "value": [
                        examples.EVENT,
                        {
                            **examples.EVENT,
                            "event_id": "0198f0c2-7000-7c3a-9a51-3c1f0a6e7d11",
                            "type": "ReferralDecided",
                            "occurred_at": "2026-03-03T14:00:00+00:00",
                            "recorded_at": "2026-03-03T14:05:00+00:00",
                            "because": "",
                            "data": {"outcome": "assessment"},
                        },
                    ],
                },
            },
        }
    },
}


@offers(
    router,
    "POST",
    "/events",
    scope=Scope.EVENTS_WRITE,
    name="record_events",
    gives={
        201: ("Recorded: at least one of them was new.", Recorded),
        200: ("Nothing was new: all of them are in the log already, with the same content.", Recorded),
    },
    also=(409, 413, 415),
    takes=_BODY,
)
def record_events(request: Request) -> Response:
    """Record one event or a list, in their order: all of them or none.

    An event that is in the log already with the same content has no second effect, so a request whose answer was lost
    is sent again as it was. An event that does not fit its case is refused with a sentence that says what would.
    """
    desk, token = desk_of(request), token_of(request)
    lines = _lines(request.state.body)
    at = desk.now()
    events: list[Event] = []
    for place, line in enumerate(lines):
        try:
            events.append(parse_line(line, at=at, authority=token.authority))
        except BadLine as fault:
            raise refusal(fault, place if len(lines) > 1 else None) from fault
    engine = desk.engine
    if len(events) == 1:
        done = engine.record(events[0], at=at)
        new, timers = [bool(done.events)], done.timers
    else:
        new, timers = engine.repeated(lambda unit: _record_all(engine, unit, events, at))
    document = {
        "recorded": sum(new),
        "unchanged": len(new) - sum(new),
        "timers": timers,
        "events": [
            {"event_id": event.event_id, "status": "recorded" if fresh else "unchanged"}
            for event, fresh in zip(events, new, strict=True)
        ],
    }
    audit.did(desk, token.person, audit.Deed.CALLED, subject=f"api: {counted(sum(new), 'event')} recorded")
    return told(request, document, 201 if any(new) else 200)


def _record_all(
    engine: Engine, unit: Transaction, events: list[Event], at: datetime
) -> tuple[list[bool], int]:
    new, timers = [], 0
    for place, event in enumerate(events):
        try:
            done = engine.record(event, at=at, transaction=unit)
        except EventIdTaken as fault:
            raise Problem(409, "different-content", str(fault), pointer=f"/{place}") from fault
        except Refused as fault:
            raise refusal(fault, place) from fault
        new.append(bool(done.events))
        timers += done.timers
    return new, timers


class _Twice(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; JSON would let a second value of one name win silently."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return made


def _lines(body: bytes) -> list[dict[str, Any]]:
    """Read the body as event lines, not yet looked into; raises Problem."""
    try:
        told = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except _Twice as fault:
        raise Problem(
            422,
            "bad-event",
            f"Can't read the request: it gives {str(fault)[:80]!r} twice. Give each name once.",
        ) from fault
    except (ValueError, RecursionError) as fault:  # no UTF-8, no JSON, brackets without end, endless numbers
        raise Problem(
            422, "bad-event", "Can't read the request: it is not JSON in UTF-8. Send one event, or a list."
        ) from fault
    lines = told if isinstance(told, list) else [told]
    if not 1 <= len(lines) <= MOST:
        raise Problem(
            422, "bad-event", f"Can't record {len(lines):,} events at once. Send from 1 to {MOST:,}."
        )
    for place, line in enumerate(lines):
        if not isinstance(line, dict):
            raise Problem(
                422,
                "bad-event",
                "Can't read an event: it is not a JSON object. Send one object for each event.",
                pointer=f"/{place}",
            )
    return lines


class LogQuery(BaseModel):
    """Whose log."""

    model_config = ConfigDict(extra="forbid")
    case_id: Annotated[str, Field(min_length=1, max_length=500, description="The case.", examples=["C-1042"])]
    limit: Limit = USUAL
    cursor: Cursor = None


@offers(
    router,
    "GET",
    "/events",
    scope=Scope.EVENTS_READ,
    name="list_events",
    gives={200: ("Events in the order of writing.", EventPage)},
    also=(404,),
)
def list_events(request: Request, asked: Annotated[LogQuery, Query()]) -> Response:
    """Give the log of a case: every event that was recorded, Caseclock's own among them, in the order of writing."""
    desk, token = desk_of(request), token_of(request)
    asking = asked_for(token.authority, asked)
    place = read_place(asked.cursor, asking)
    seen_case(desk, token, asked.case_id)
    audit.looked(desk, token.person, asked.case_id, "api: events")
    behind = int(place.item) if place.item.isdecimal() and len(place.item) < 10 else 0
    with desk.store.snapshot() as unit:
        events = [event for event in unit.events(token.authority, asked.case_id) if event.seq > behind]
    shown = events[: asked.limit]
    further = Place(asked.case_id, str(shown[-1].seq)) if len(events) > len(shown) else None
    document = {
        "items": [{**event_line(event), "seq": event.seq} for event in shown],
        "next": write_place(further, asking),
    }
    return told(request, document)
