"""Event lines: one event as one JSON object, the shape in which events come in and are handed on."""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from caseclock.timers.event import Event
from caseclock.timers.when import NaiveInstant, When

#: `data` may hold lists and objects within each other this deep; a line nested deeper is an attack or a mistake
DEEPEST = 32

_TYPE = re.compile(r"[A-Z][A-Za-z0-9]{0,99}")
_DATE = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")
_REQUIRED_TEXT = ("event_id", "type", "authority", "case_id", "episode_id", "by")


class BadLine(ValueError):
    """A line that is not an event. Says which field, what it held, why that won't do, and what to do now."""

    def __init__(self, field: str, value: object, why: str, remedy: str):
        shown = "" if value is None else f" {_short(value)}"
        super().__init__(f"Can't read {field}{shown}: {why}. {remedy}.")
        self.field = field
        self.value = None if value is None else _short(value)
        self.why = why
        self.remedy = remedy


class _Line(BaseModel):
    """The fields of an event line, before their content is looked at."""

    model_config = ConfigDict(extra="forbid", strict=True)

    event_id: str
    type: str
    authority: str
    case_id: str
    episode_id: str
    occurred_at: str
    recorded_at: str | None = None
    by: str
    because: str = ""
    data: dict[str, Any] = {}


def parse_line(line: str | bytes | Mapping[str, Any], *, at: datetime, authority: str | None = None) -> Event:
    """Read one event line, as text or already as an object.

    `at` is the aware instant that becomes `recorded_at` where the line says none. `authority` is the one the
    line is meant for: it is taken where the line names none, and a line that names another is refused.
    Raises BadLine.

    >>> from datetime import UTC
    >>> line = (
    ...     '{"event_id": "1", "type": "CoreGroupHeld", "authority": "thurrock", "case_id": "C-1",'
    ...     ' "episode_id": "P-1", "occurred_at": "2026-05-13", "by": "sw.jones"}'
    ... )
    >>> event = parse_line(line, at=datetime(2026, 5, 14, tzinfo=UTC))
    >>> event.type, str(event.occurred), str(event.recorded)
    ('CoreGroupHeld', '2026-05-13', '2026-05-14T00:00:00+00:00')
    """
    told = dict(line) if isinstance(line, Mapping) else _object(line)
    if authority is not None:
        told.setdefault("authority", authority)
    fields = _fields(told)
    if authority is not None and fields.authority != authority:
        raise BadLine(
            "authority",
            fields.authority,
            f"the line belongs to another authority than {authority!r}",
            "Record it in its own authority",
        )
    for name in _REQUIRED_TEXT:
        value = getattr(fields, name)
        if not value.strip():
            raise BadLine(name, value, "it is blank", f"Give the event's {name}")
        _check_text(name, value)
    _check_text("because", fields.because)
    if not _TYPE.fullmatch(fields.type):
        raise BadLine(
            "type", fields.type, "it is not the name of an event", "Give one such as ReferralReceived"
        )
    _check_data("data", fields.data, 1)
    return Event(
        event_id=fields.event_id,
        type=fields.type,
        authority=fields.authority,
        case_id=fields.case_id,
        episode_id=fields.episode_id,
        occurred=_when("occurred_at", fields.occurred_at),
        recorded=When.instant(at) if fields.recorded_at is None else _when("recorded_at", fields.recorded_at),
        by=fields.by,
        because=fields.because,
        data=fields.data,
    )


def event_line(event: Event) -> dict[str, Any]:
    """Write an event as an event line; `parse_line` gives the same event back, without its place in the log."""
    return {
        "event_id": event.event_id,
        "type": event.type,
        "authority": event.authority,
        "case_id": event.case_id,
        "episode_id": event.episode_id,
        "occurred_at": str(event.occurred),
        "recorded_at": str(event.recorded),
        "by": event.by,
        "because": event.because,
        "data": dict(event.data),
    }


class _Twice(ValueError):
    def __init__(self, key: str):
        super().__init__(key)
        self.key = key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; JSON would let a second value of one field win silently."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _Twice(key)
        made[key] = value
    return made


def _object(line: str | bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        raise BadLine("line", None, "it is not UTF-8 text", "Save the file as UTF-8") from error
    try:
        told = json.loads(text, object_pairs_hook=_once)
    except _Twice as error:
        raise BadLine(error.key, None, "the line gives it twice", "Give each field once") from error
    except json.JSONDecodeError as error:
        why = f"it is not JSON ({error.msg} at character {error.pos + 1})"
        raise BadLine("line", text, why, "Write one JSON object on one line") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets without end
        raise BadLine(
            "line", text, "it is too deep or its numbers too long", "Write a plain JSON object"
        ) from error
    if not isinstance(told, dict):
        raise BadLine("line", text, "it is not a JSON object", "Write one JSON object on one line")
    return told


def _fields(told: dict[str, Any]) -> _Line:
    try:
        return _Line.model_validate(told)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    unknown = sorted(str(problem["loc"][0]) for problem in problems if problem["type"] == "extra_forbidden")
    if unknown:
        names = ", ".join(unknown)
        known = ", ".join(_Line.model_fields)
        why = f"an event line has no such field (it has {known})"
        raise BadLine(names, None, why, "Put what is special to this event into data")
    field = str(problems[0]["loc"][0])
    if problems[0]["type"] == "missing":
        raise BadLine(field, None, "it is missing", f"Give the event's {field}")
    kind = "a JSON object" if field == "data" else "text"
    raise BadLine(field, told.get(field), f"it is not {kind}", f"Give {field} as {kind}")


def _when(field: str, text: str) -> When:
    if not _DATE.match(text):
        why = "it does not begin with a date from 1900 to 2199 written year-month-day"
        raise BadLine(
            field, text, why, "Give a date (2026-03-02) or an instant with its offset (2026-03-02T09:30:00Z)"
        )
    try:
        return When.parse(text)
    except NaiveInstant as error:
        why = "the time of day has no offset, so nobody can tell which moment is meant"
        raise BadLine(field, text, why, "Give its offset, such as Z or +01:00, or only the date") from error
    except ValueError as error:
        raise BadLine(
            field, text, f"there is no such moment ({error})", "Correct the date or the time"
        ) from error


def _check_text(field: str, text: str) -> None:
    if "\x00" in text:
        raise BadLine(field, text, "it holds a NUL character, which no database keeps", "Take it out")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            why = "it holds half a character (a lone surrogate)"
            raise BadLine(field, text, why, "Send the text as UTF-8") from error


def _check_data(field: str, value: object, depth: int) -> None:
    """Refuse what JSON can't give back as it was: half characters, infinite numbers, dates, keys that are not text."""
    if depth > DEEPEST:
        raise BadLine("data", None, f"it is nested more than {DEEPEST} deep", "Send flatter data")
    if isinstance(value, str):
        _check_text(field, value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadLine(field, value, "it is not a finite number", "Give a number, or leave it out")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise BadLine(field, key, "a name in it is not text", "Give names as text")
            _check_text(f"a name in {field}", key)
            _check_data(f"{field}.{key}", inner, depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _check_data(f"{field}[{place}]", inner, depth + 1)
    elif not isinstance(value, bool | int | None):
        raise BadLine(
            field, type(value).__name__, "JSON can't hold it", "Give text, a number, true, false or null"
        )


def _short(value: object) -> str:
    shown = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
