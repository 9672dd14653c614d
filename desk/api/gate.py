"""Who may call the API: a bearer token that holds, has the scope, and does not call too often."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock

from fastapi import Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase

from caseclock.desk.api.problems import Problem
from caseclock.desk.api.tokens import SCOPES, Scope, Token, find_token
from caseclock.desk.engines import desk_of

REALM = "caseclock"
#: tokens whose pace is remembered; more than one desk ever serves
_MOST = 10_000


@dataclass
class _Bucket:
    left: float
    at: float


class Pace:
    """How often one caller may call: so many requests at once, then so many a second."""

    def __init__(self, a_second: float, at_once: int, monotonic: Callable[[], float]) -> None:
        self.a_second = a_second
        self.at_once = at_once
        self._monotonic = monotonic
        self._buckets: dict[str, _Bucket] = {}
        self._lock = Lock()

    def wait(self, caller: str) -> float:
        """Take one request from what a caller has left: 0 where it may go on, otherwise the seconds until it may."""
        now = self._monotonic()
        with self._lock:
            bucket = self._buckets.pop(caller, None) or _Bucket(float(self.at_once), now)
            bucket.left = min(self.at_once, bucket.left + (now - bucket.at) * self.a_second)
            bucket.at = now
            self._buckets[caller] = bucket
            while len(self._buckets) > _MOST:  # those that called longest ago come first
                del self._buckets[next(iter(self._buckets))]
            if bucket.left >= 1:
                bucket.left -= 1
                return 0.0
            return (1 - bucket.left) / self.a_second


class Scoped(SecurityBase):
    """Lets a request through whose token has a scope; the token is then in the request's state."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.model = BearerModel(description="A token made with `caseclock token make`.")
        self.scheme_name = "token"

    @property
    def asks(self) -> str:
        return f"token with {self.scope.value}"

    def __call__(self, request: Request) -> None:
        desk = desk_of(request)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise _unknown("No token came with the request. Send it as `Authorization: Bearer ...`.")
        with desk.reading() as connection:
            token = find_token(connection, secret.strip())
        if token is None or not token.holds(desk.now()):
            raise _unknown(
                "The token is not known, was revoked or has run out. Ask for a new one.",
                error="invalid_token",
            )
        pace: Pace = request.app.state.pace
        wait = pace.wait(f"{token.authority}/{token.token_id}")
        if wait:
            seconds = max(1, ceil(wait))
            raise Problem(
                429,
                "too-many-requests",
                f"This token has called too often. Wait {seconds} s and go on; more than {pace.a_second:g} requests a "
                "second are not answered.",
                headers={"Retry-After": str(seconds)},
                retry_after=seconds,
            )
        if self.scope not in token.scopes:
            raise Problem(
                403,
                "scope-missing",
                f"This token may not {SCOPES[self.scope]}. Ask for one with the scope {self.scope.value}.",
                headers={
                    "WWW-Authenticate": _challenge("insufficient_scope", f', scope="{self.scope.value}"')
                },
            )
        request.state.token = token


def token_of(request: Request) -> Token:
    """Give the token a request came with."""
    token: Token = request.state.token
    return token


def _unknown(words: str, *, error: str = "") -> Problem:
    return Problem(401, "unknown-token", words, headers={"WWW-Authenticate": _challenge(error)})


def _challenge(error: str, more: str = "") -> str:
    return f'Bearer realm="{REALM}"' + (f', error="{error}"{more}' if error else "")
