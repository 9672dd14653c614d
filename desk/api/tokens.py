"""Tokens of other systems: made once, shown once; only a hash is kept, with an authority and scopes."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from caseclock.desk.roles import Grant, Person, Role
from caseclock.store.access_tables import api_tokens

#: so that a token is known for one where it was left lying about
PREFIX = "caseclock_"
#: characters of a token behind its prefix: 256 bits
_LENGTH = 43


class Scope(StrEnum):
    """What a token may be used for. Stored values."""

    EVENTS_WRITE = "events:write"
    EVENTS_READ = "events:read"
    CASES_READ = "cases:read"
    TIMERS_READ = "timers:read"
    BREACHES_READ = "breaches:read"
    RULES_READ = "rules:read"
    SCORECARD_READ = "scorecard:read"


#: what each scope lets a token do, in words
SCOPES: dict[Scope, str] = {
    Scope.EVENTS_WRITE: "record events",
    Scope.EVENTS_READ: "read the log of a case",
    Scope.CASES_READ: "read cases",
    Scope.TIMERS_READ: "read timers, and why each is due when it is",
    Scope.BREACHES_READ: "read breaches and how they were answered",
    Scope.RULES_READ: "read the timescales in force",
    Scope.SCORECARD_READ: "read the scorecard",
}


class TokenRefused(ValueError):
    """A token can't be made or revoked as asked; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept; the secret itself is nowhere."""

    authority: str
    token_id: str
    name: str
    scopes: frozenset[Scope]
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None

    def holds(self, now: datetime) -> bool:
        """Say whether it is still good at an instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def person(self) -> Person:
        """Give the token as somebody who looks: a reader of the whole authority, restricted cases left out."""
        return Person(f"token:{self.token_id}", self.name, self.authority, (Grant(Role.VIEWER),))


def make_token(
    connection: Connection,
    *,
    authority: str,
    name: str,
    scopes: Iterable[Scope],
    by: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, Token]:
    """Make a token and keep its hash; gives the secret, which nobody can be told again, and what is kept.

    Raises TokenRefused where nothing would be allowed, or it would have run out already.
    """
    wanted = frozenset(scopes)
    if not wanted:
        raise TokenRefused(f"A token needs a scope. Give one or more of {', '.join(Scope)}.")
    if not name.strip() or not authority.strip():
        raise TokenRefused("A token needs a name, that of the system it is for, and an authority. Give both.")
    if expires_at is not None and expires_at <= at:
        raise TokenRefused("A token can't run out before it is made. Give a later day, or none.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(authority, secrets.token_hex(6), name.strip(), wanted, at, by, expires_at, None, None)
    connection.execute(
        insert(api_tokens).values(
            authority=authority,
            token_id=token.token_id,
            name=token.name,
            hash=_hashed(secret),
            scopes=" ".join(sorted(wanted)),
            made_at=at,
            made_by=by,
            expires_at=expires_at,
        )
    )
    return secret, token


def find_token(connection: Connection, secret: str) -> Token | None:
    """Find a token by its secret; None where there is none, whether or not it still holds."""
    if not secret.startswith(PREFIX) or len(secret) != len(PREFIX) + _LENGTH or not secret.isascii():
        return None
    row = connection.execute(select(api_tokens).where(api_tokens.c.hash == _hashed(secret))).first()
    return None if row is None else _token(row)


def tokens(connection: Connection, authority: str | None = None) -> Sequence[Token]:
    """List tokens, revoked ones included, the newest last."""
    wanted = select(api_tokens).order_by(api_tokens.c.made_at, api_tokens.c.token_id)
    if authority is not None:
        wanted = wanted.where(api_tokens.c.authority == authority)
    return [_token(row) for row in connection.execute(wanted)]


def revoke_token(
    connection: Connection, token_id: str, *, by: str, at: datetime, authority: str | None = None
) -> Token:
    """Revoke a token: no request made with it is answered from now on. Raises TokenRefused where it is not there."""
    row = connection.execute(
        select(api_tokens).where(
            api_tokens.c.token_id == token_id, *([api_tokens.c.authority == authority] if authority else [])
        )
    ).first()
    if row is None:
        raise TokenRefused(f"There is no token {token_id}. `caseclock token list` names them.")
    token = _token(row)
    if token.revoked_at is not None:
        raise TokenRefused(f"Token {token_id} was revoked already, by {token.revoked_by}.")
    connection.execute(
        update(api_tokens)
        .where(api_tokens.c.authority == token.authority, api_tokens.c.token_id == token_id)
        .values(revoked_at=at, revoked_by=by)
    )
    return token


def _hashed(secret: str) -> str:
    # no salt and no slow hash: 256 random bits can't be guessed, and a table of hashes of them can't be made
    return sha256(secret.encode()).hexdigest()


def _token(row: object) -> Token:
    told = row._mapping  # type: ignore[attr-defined]
    known = {scope.value for scope in Scope}
    return Token(
        told["authority"],
        told["token_id"],
        told["name"],
        frozenset(Scope(one) for one in told["scopes"].split() if one in known),
        told["made_at"],
        told["made_by"],
        told["expires_at"],
        told["revoked_at"],
        told["revoked_by"],
    )
