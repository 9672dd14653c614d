"""Who looked and who did what: written as it happens, never changed, read by compliance officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from caseclock.desk.engines import Desk
from caseclock.desk.roles import Person
from caseclock.store.access_tables import desk_audit

#: entries on a page of the audit
PAGE = 50


class Deed(StrEnum):
    """What was done. Stored values."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    LOOKED = "looked"
    LISTED = "listed"
    EXPORTED = "exported"
    ANSWERED = "answered"
    PROPOSED = "proposed"
    DECIDED = "decided"
    BROUGHT_IN = "brought_in"
    RETRIED = "retried"
    CORRECTED = "corrected"
    BROKE_GLASS = "broke_glass"
    RESTRICTED = "restricted"
    UNRESTRICTED = "unrestricted"
    NAMED_READER = "named_reader"
    REMOVED_READER = "removed_reader"
    MADE_TOKEN = "made_token"  # noqa: S105  # a word for a deed, no secret
    REVOKED_TOKEN = "revoked_token"  # noqa: S105
    SAVED_VIEW = "saved_view"
    REMOVED_VIEW = "removed_view"
    CALLED = "called"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit."""

    entry_id: int
    authority: str
    at: datetime
    who: str
    what: str
    case_id: str | None
    subject: str | None
    because: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for; empty is any."""

    who: str = ""
    case_id: str = ""
    what: str = ""


def looked(desk: Desk, person: Person, case_id: str, what: str) -> None:
    """Record that somebody is about to be shown a case; `what` names the page. In a transaction of its own."""
    did(desk, person, Deed.LOOKED, case_id=case_id, subject=what)


def did(
    desk: Desk,
    person: Person,
    deed: Deed,
    *,
    case_id: str | None = None,
    subject: str | None = None,
    because: str | None = None,
    connection: Connection | None = None,
) -> None:
    """Record what somebody did: with a `connection` in the transaction that does it, or in one of its own."""
    entry = {
        "authority": person.authority,
        "at": desk.now(),
        "who": person.name,
        "what": deed.value,
        "case_id": case_id,
        "subject": subject,
        "because": because,
    }
    if connection is not None:
        connection.execute(insert(desk_audit).values(entry))
    else:
        with desk.writing() as own:
            own.execute(insert(desk_audit).values(entry))


def entries(
    connection: Connection, authority: str, asked: Filter, *, before: int | None = None, limit: int = PAGE
) -> Sequence[Entry]:
    """Give entries newest first, those older than `before` (an entry's number) where it is given."""
    wanted = select(desk_audit).where(desk_audit.c.authority == authority)
    if asked.who:
        wanted = wanted.where(desk_audit.c.who == asked.who)
    if asked.case_id:
        wanted = wanted.where(desk_audit.c.case_id == asked.case_id)
    if asked.what:
        wanted = wanted.where(desk_audit.c.what == asked.what)
    if before is not None:
        wanted = wanted.where(desk_audit.c.entry_id < before)
    rows = connection.execute(wanted.order_by(desk_audit.c.entry_id.desc()).limit(limit))
    return [
        Entry(row.entry_id, row.authority, row.at, row.who, row.what, row.case_id, row.subject, row.because)
        for row in rows
    ]
