"""Correcting a row that was held back: what is wrong in its events is changed, and it is tried again.

The row stays as it was held back, for ever; what was put in its place is kept beside it, with what was changed, by whom
and why. Either the corrected row goes in and all of that is written, or nothing is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Row, select

from caseclock.desk.audit import Deed, did, looked
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.pages.held_back import text_of, waiting
from caseclock.desk.refusals import NotAllowed, NotFound, Stale, Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.seeing import may_for_case
from caseclock.store.protocol import Quarantined, Transaction
from caseclock.store.schema import quarantine
from caseclock.workflow.event_lines import BadLine, parse_line
from caseclock.workflow.refusals import CaseBusy, OutboxFull, Refused

router = APIRouter()

#: fields that a form can have, and letters each may have
MOST_FIELDS, LONGEST = 100, 2000
#: what every event has, in the order in which it is asked for
_ASKED = ("type", "occurred_at", "recorded_at", "episode_id", "event_id", "by", "because")
#: what is not changed here: a row that is of another case is sent again
_FIXED = ("authority", "case_id", "data")
NAMES = {
    "type": "Event",
    "occurred_at": "When it happened",
    "recorded_at": "When it was written down",
    "episode_id": "Episode",
    "event_id": "Its reference",
    "by": "By whom",
    "because": "Why it was recorded",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of one of a row's events, that can be changed."""

    #: what the form calls it
    name: str
    label: str
    value: str
    #: the event's place in the row; then its key, in the event or in its data
    event: int
    key: str
    in_data: bool


class _DoesNotFit(Exception):
    """The corrected row does not go in either; the message says why."""


@page(router, "GET", "/imports/rows/{quarantine_id}/correct", may=Permission.IMPORTS)
def asked(request: Request, quarantine_id: str) -> Response:
    row, fields = _row(request, quarantine_id)
    if row.case_id:
        looked(desk_of(request), person_of(request), row.case_id, "row held back")
    return _asked(request, row, fields, {one.name: one.value for one in fields})


@page(router, "POST", "/imports/rows/{quarantine_id}/correct", may=Permission.IMPORTS)
def correct(request: Request, quarantine_id: str) -> Response:
    desk, person, form = desk_of(request), person_of(request), request.state.form
    row, fields = _row(request, quarantine_id)
    given = {one.name: form.get(one.name, one.value) for one in fields}
    because = form.get("because")
    changed = [one for one in fields if given[one.name] != one.value]
    if errors := _problems(given, because, changed):
        return _asked(request, row, fields, given, because, errors)
    try:
        _go_in(desk, person, row, _lines_with(lines_of(row), changed, given), changed, given, because)
    except (OutboxFull, CaseBusy):
        raise
    except (BadLine, Refused, _DoesNotFit) as refusal:
        return _asked(request, row, fields, given, because, {"": str(refusal)})
    return RedirectResponse(f"/imports/rows/{quarantine_id}?done=corrected", 303)


def _go_in(
    desk: Desk,
    person: Person,
    row: Row[Any],
    lines: Sequence[Mapping[str, Any]],
    changed: Sequence[Field],
    given: Mapping[str, str],
    because: str,
) -> None:
    """Take the corrected row in, and keep what was changed; raises where it does not fit, and nothing is written."""
    now = desk.now()
    events = [parse_line(line, at=now, authority=person.authority) for line in lines]
    told = {
        "events": [dict(line) for line in lines],
        "corrects": row.quarantine_id,
        "corrected_by": person.name,
        "because": because,
        "changes": [{"field": one.label, "was": one.value, "now": given[one.name]} for one in changed],
    }
    kept = Quarantined(
        quarantine_id=id_of_correction(row.quarantine_id),
        authority=person.authority,
        case_id=row.case_id,
        file=row.file,
        row=f"{row.row}, corrected",
        column=None,
        value=None,
        reason=f"Corrected at the desk by {person.name}: {because}",
        content=told,
        kept_at=now,
    )

    def work(unit: Transaction) -> None:
        unit.locked_case(person.authority, row.case_id)
        if row.quarantine_id not in {
            one.quarantine_id for one in unit.quarantined(person.authority, row.case_id)
        }:
            raise Stale("The row has gone in meanwhile, as it was or corrected. Open it to see how.")
        unit.release(person.authority, [row.quarantine_id], now)
        (taken,) = desk.engine.take_in_with(unit, person.authority, row.case_id, [events], now)
        if taken.status == "quarantined":
            raise _DoesNotFit(taken.reason or "")
        unit.keep([replace(kept, released_at=now)])

    desk.engine.repeated(work)
    did(desk, person, Deed.CORRECTED, case_id=row.case_id, subject=row.quarantine_id, because=because)


def lines_of(row: Row[Any]) -> list[dict[str, Any]]:
    """Give the event lines of a row: those it waits with, or the one that could not be read; none of another."""
    told = row.content.get("events")
    if told is None:
        try:
            told = [json.loads(row.content["row"]["line"])]
        except (KeyError, TypeError, ValueError, RecursionError):
            return []
    if not all(isinstance(one, dict) and isinstance(one.get("data", {}), dict) for one in told):
        return []
    return [dict(one) for one in told]


def fields_of(row: Row[Any]) -> list[Field]:
    """List what can be changed in a row; nothing where it can't be corrected here."""
    lines = lines_of(row)
    if not row.case_id or any(one.get("case_id") != row.case_id for one in lines):
        return []
    found: list[Field] = []
    for number, line in enumerate(lines):
        before = f"Event {number + 1}: " if len(lines) > 1 else ""
        keys = dict.fromkeys([*_ASKED, *line])
        told = [(key, line.get(key), False) for key in keys if key not in _FIXED]
        told += [(key, value, True) for key, value in line.get("data", {}).items()]
        for key, value, in_data in told:
            if value is not None and not isinstance(value, str | int | float | bool):
                continue  # lists and objects say how much a source tells; they are no slip of the pen
            label = f"{key[:1].upper()}{key[1:].replace('_', ' ')}" if in_data else NAMES.get(key, key)
            text = "" if value is None else _text(value)
            found.append(Field(f"field-{len(found)}", f"{before}{label}", text, number, key, in_data))
    return found if len(found) <= MOST_FIELDS else []


def id_of_correction(quarantine_id: str) -> str:
    """Name what is kept beside a row once it is corrected."""
    return sha256(f"corrects {quarantine_id}".encode()).hexdigest()[:32]


def correction_of(connection: Connection, authority: str, quarantine_id: str) -> Row[Any] | None:
    """Give what was put in the place of a row; None where it was not corrected."""
    return connection.execute(
        select(quarantine).where(
            quarantine.c.authority == authority,
            quarantine.c.quarantine_id == id_of_correction(quarantine_id),
        )
    ).one_or_none()


def _lines_with(
    lines: Sequence[dict[str, Any]], changed: Sequence[Field], given: Mapping[str, str]
) -> Sequence[dict[str, Any]]:
    for one in changed:
        line = lines[one.event]
        into: dict[str, Any] = line.setdefault("data", {}) if one.in_data else line
        if given[one.name]:
            into[one.key] = _as_before(into.get(one.key), given[one.name])
        else:
            into.pop(one.key, None)
    return lines


def _as_before(was: object, text: str) -> object:
    """Read a value as what stood there before: yes or no, a number, or text."""
    if isinstance(was, bool) and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if isinstance(was, int) and not isinstance(was, bool) and text.isascii() and text.isdecimal():
        return int(text[:15])
    return text


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else text_of(value)


def _problems(given: Mapping[str, str], because: str, changed: Sequence[Field]) -> dict[str, str]:
    found = {
        name: f"It can have {LONGEST:,} letters at most"
        for name, text in given.items()
        if len(text) > LONGEST
    }
    if not because:
        found["because"] = "Say how you know what is right"
    elif len(because) > LONGEST:
        found["because"] = f"It can have {LONGEST:,} letters at most"
    if not changed:
        found[""] = "Nothing is changed. Change what is wrong, or go back and try the row again as it is."
    return found


def _row(request: Request, quarantine_id: str) -> tuple[Row[Any], list[Field]]:
    """Give a row that still waits and can be corrected, and its fields; raises NotFound, NotAllowed or Unfit."""
    desk, person = desk_of(request), person_of(request)
    with desk.reading() as connection:
        row = connection.execute(
            select(quarantine).where(
                *waiting(request, released=True), quarantine.c.quarantine_id == quarantine_id
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        fields = fields_of(row)
        allowed = not row.case_id or may_for_case(connection, person, row.case_id, Permission.IMPORTS)
    if not allowed:
        raise NotAllowed("Your role does not let you do this for this case.")
    if row.released_at is not None:
        raise Stale("The row has gone in already. Open it to see how.")
    if not fields:
        raise Unfit(
            "This row can't be corrected here: it is read from the whole of its file. Correct it in the system it came "
            "from, and send the file again."
        )
    return row, fields


def _asked(
    request: Request,
    row: Row[Any],
    fields: Sequence[Field],
    given: Mapping[str, str],
    because: str = "",
    errors: Mapping[str, str] | None = None,
) -> Response:
    return show(
        request,
        "pages/correct.html",
        422 if errors else 200,
        row=row,
        fields=fields,
        given=given,
        because=because,
        errors=errors or {},
    )
