"""Places in a list: an opaque cursor says behind which row of which case the next page begins.

Lists go by case and id, which nobody's writing moves: no row is given twice and none is passed over, however much is
recorded between two pages.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

from caseclock.desk.api.problems import Problem

Item = TypeVar("Item")

#: behind every id of a case: ids of timers and breaches are in hexadecimal
WHOLE_CASE = "~"
#: characters of a cursor, at most
LONGEST = 2000
#: rows of a page, unless asked for, and at most
USUAL, MOST = 100, 500


@dataclass(frozen=True, slots=True)
class Place:
    """Behind this id of this case; at the beginning, both are empty."""

    case_id: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list."""

    items: Sequence[Item]
    #: where the next page begins; None where there is none
    next: Place | None


def read_place(cursor: str | None, asked: str) -> Place:
    """Read a cursor that came with a question; raises Problem where it is none of ours, or of another question."""
    if cursor is None:
        return Place()
    try:
        told = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        digest, case_id, item = told
    except (ValueError, NotBase64, RecursionError, TypeError):
        raise _strange("it is not one that was given out") from None
    if not all(isinstance(part, str) for part in (digest, case_id, item)) or "\0" in case_id + item:
        raise _strange("it is not one that was given out")
    if digest != _digest(asked):
        raise _strange("it belongs to a list that was asked for otherwise")
    return Place(case_id, item)


def write_place(place: Place | None, asked: str) -> str | None:
    """Write a cursor for a question; None where there is no further page."""
    if place is None:
        return None
    told = json.dumps([_digest(asked), place.case_id, place.item], separators=(",", ":"))
    return urlsafe_b64encode(told.encode()).decode().rstrip("=")


def asked_for(authority: str, filters: Any) -> str:
    """Write what a list was asked for, so that a cursor can be held to it: everything but the place and the size."""
    told = filters.model_dump(mode="json", exclude={"cursor", "limit"})
    return json.dumps([authority, type(filters).__name__, told], sort_keys=True)


def _digest(asked: str) -> str:
    return sha256(asked.encode()).hexdigest()[:16]


def _strange(why: str) -> Problem:
    return Problem(
        422,
        "strange-cursor",
        f"Can't go on from this cursor: {why}. Begin without one, and go on with `next` of each answer.",
        field="cursor",
    )
