"""Signatures on what is sent: that it comes from here, is whole, and was sent just now.

Signed is the timestamp, a full stop and the body, by HMAC-SHA256. Each key has an id, so that the next key can be in
use at both ends before the old one is given up.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

TIMESTAMP, SIGNATURE = "Caseclock-Timestamp", "Caseclock-Signature"
#: a secret shorter than this could be guessed
LEAST_BYTES = 16
#: how far a receiver's clock may be from the sender's
TOLERANCE = timedelta(minutes=5)

_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class BadKey(ValueError):
    """A key can't sign. Says why, and what to give instead."""


@dataclass(frozen=True, slots=True)
class Key:
    """A shared secret and the id it goes by."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id):
            raise BadKey(f"Can't use {self.id!r} as the id of a key: give letters, digits, dots and dashes.")
        if len(self.secret) < LEAST_BYTES:
            raise BadKey(
                f"The secret of key {self.id} is shorter than {LEAST_BYTES} bytes. Give a longer one."
            )


def signed(body: bytes, keys: Sequence[Key], at: datetime) -> dict[str, str]:
    """Give the headers that sign a body at an aware instant, by every key; none where there are no keys.

    >>> from datetime import UTC
    >>> key = Key("2026", b"sixteen bytes at")
    >>> headers = signed(b"{}", [key], datetime(2026, 3, 2, tzinfo=UTC))
    >>> headers["Caseclock-Timestamp"], headers["Caseclock-Signature"][:17]
    ('1772409600', '2026=1f055f67c994')
    """
    if not keys:
        return {}
    timestamp = str(int(at.timestamp()))
    signatures = (f"{key.id}={_signature(key, timestamp, body)}" for key in keys)
    return {TIMESTAMP: timestamp, SIGNATURE: ", ".join(signatures)}


def is_signed(headers: Mapping[str, str], body: bytes, keys: Sequence[Key], at: datetime) -> bool:
    """Say whether a request that was received at an instant is signed by one of the keys; for receivers in Python.

    Compare ids of events as well: within the tolerance a signed request can be sent again by whoever has seen it.
    """
    told = {name.lower(): value for name, value in headers.items()}
    timestamp = told.get(TIMESTAMP.lower(), "")
    if not timestamp.isdecimal() or abs(at.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    given = [part.strip().partition("=")[::2] for part in told.get(SIGNATURE.lower(), "").split(",")]
    return any(
        key.id == key_id
        and hmac.compare_digest(signature.encode(), _signature(key, timestamp, body).encode())
        for key in keys
        for key_id, signature in given
    )


def _signature(key: Key, timestamp: str, body: bytes) -> str:
    return hmac.new(key.secret, timestamp.encode() + b"." + body, sha256).hexdigest()
