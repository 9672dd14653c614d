"""Sessions: who is signed in, kept in the database; a browser holds nothing but a random name for it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from sqlalchemy import delete, insert, select, update

from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.roles import Grant, Person, Role
from caseclock.store.access_tables import desk_sessions

#: a look at a page moves the end of a session only so often: each move is a write
TOUCHED_EVERY = timedelta(seconds=60)
#: how long a sign-in may take, from its first page to its last
SIGN_IN_TAKES = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's stay. Before sign-in it has no person, and holds what the sign-in must remember."""

    name: str
    person: Person | None
    began_at: datetime
    seen_at: datetime
    #: what a sign-in under way must remember
    memory: dict[str, Any]

    def ends_at(self, desk: Desk) -> datetime:
        """Say when it ends if nothing more is asked."""
        if self.person is None:
            return self.began_at + SIGN_IN_TAKES
        return min(self.seen_at + desk.settings.idle, self.began_at + desk.settings.longest)


def cookie_name(desk: Desk) -> str:
    """With the prefix, a browser takes it only from this host and over an encrypted connection."""
    return "__Host-caseclock" if desk.settings.secure_cookies else "caseclock"


def session_of(request: Request) -> Session | None:
    """Give the session a request belongs to; None where there is none, or it has ended. Moves its end."""
    desk = desk_of(request)
    name = request.cookies.get(cookie_name(desk), "")
    if not name:
        return None
    now = desk.now()
    with desk.reading() as connection:
        row = connection.execute(
            select(desk_sessions).where(desk_sessions.c.session == _hashed(name))
        ).first()
    if row is None:
        return None
    session = Session(name, _person(row.person), row.began_at, row.seen_at, row.memory)
    if now >= session.ends_at(desk):
        return None
    if session.person is not None and now - session.seen_at >= TOUCHED_EVERY:
        with desk.writing() as connection:
            connection.execute(
                update(desk_sessions).where(desk_sessions.c.session == _hashed(name)).values(seen_at=now)
            )
        session = Session(name, session.person, session.began_at, now, session.memory)
    return session


def begin_session(
    desk: Desk,
    response: Response,
    *,
    person: Person | None,
    memory: dict[str, Any],
    instead_of: Session | None,
) -> Session:
    """Begin a session under a new name, end the one before it, and give its name to the browser.

    A name that somebody knew before sign-in is worth nothing after it.
    """
    name, now = secrets.token_urlsafe(32), desk.now()
    with desk.writing() as connection:
        if instead_of is not None:
            connection.execute(
                delete(desk_sessions).where(desk_sessions.c.session == _hashed(instead_of.name))
            )
        forgotten = now - max(desk.settings.longest, SIGN_IN_TAKES)
        connection.execute(delete(desk_sessions).where(desk_sessions.c.began_at < forgotten))
        connection.execute(
            insert(desk_sessions).values(
                authority=person.authority if person else "",
                session=_hashed(name),
                person=_told(person),
                memory=memory,
                began_at=now,
                seen_at=now,
            )
        )
    response.set_cookie(
        cookie_name(desk), name, path="/", httponly=True, samesite="lax", secure=desk.settings.secure_cookies
    )
    return Session(name, person, now, now, memory)


def end_session(desk: Desk, response: Response, session: Session | None) -> None:
    """End a session, here and in the browser."""
    if session is not None:
        with desk.writing() as connection:
            connection.execute(delete(desk_sessions).where(desk_sessions.c.session == _hashed(session.name)))
    response.delete_cookie(
        cookie_name(desk), path="/", httponly=True, samesite="lax", secure=desk.settings.secure_cookies
    )


def _hashed(name: str) -> str:
    """What is kept of a session's name: whoever reads the database can't go on with it."""
    return sha256(name.encode("utf-8", "replace")).hexdigest()


def _told(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    return {
        "name": person.name,
        "display": person.display,
        "authority": person.authority,
        "grants": [{"role": grant.role.value, "teams": sorted(grant.teams)} for grant in person.grants],
    }


def _person(told: dict[str, Any]) -> Person | None:
    if not told:
        return None
    grants = tuple(Grant(Role(one["role"]), frozenset(one["teams"])) for one in told["grants"])
    return Person(told["name"], told["display"], told["authority"], grants)
