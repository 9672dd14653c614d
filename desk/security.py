"""What protects a signed-in person's browser: the token of a form, the next page, and the headers of every answer."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256

from fastapi import Request
from starlette.datastructures import FormData

from caseclock.desk.refusals import NotAllowed
from caseclock.desk.sessions import Session

CSRF_FIELD = "csrf_token"

#: nothing from elsewhere, nothing inline; a page of ours may not be put in a frame, nor send a form elsewhere
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: dict[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
    "x-robots-tag": "noindex, nofollow",
}
#: where cookies are secure: come back encrypted only, for a year
TRANSPORT = "max-age=31536000; includeSubDomains"
#: pages are about children: nobody keeps a copy on the way, nor the browser after sign-out
PRIVATE = "no-store"


def csrf_token(session: Session | None) -> str:
    """Make the token of a form: never twice the same, so that a compressed page does not give it away."""
    if session is None:
        return ""
    expected = _expected(session)
    mask = secrets.token_bytes(len(expected))
    return urlsafe_b64encode(mask + _xor(mask, expected)).decode()


def check_csrf(request: Request, form: FormData | None) -> None:
    """Raise NotAllowed unless what was sent came from a form that was given to the session."""
    session: Session | None = request.state.session
    given = str(form.get(CSRF_FIELD, "")) if form is not None else ""
    if session is None or not _fits(session, given):
        raise NotAllowed(
            "The form you sent was not given to you by this page, or is from an earlier session. Nothing was changed. "
            "Open the page again and send the form from there."
        )


def local_path(target: str, *, otherwise: str = "/") -> str:
    """Give where to go next, if it is a page of this desk; anything else, and whoever wrote it, is not followed.

    >>> local_path("/queue?team=North"), local_path("//evil.example"), local_path("https://evil.example/")
    ('/queue?team=North', '/', '/')
    """
    plain = target.isascii() and target.isprintable() and not any(sign in target for sign in '\\ "<>')
    if not plain or not target.startswith("/") or target.startswith(("//", "/sign-")):
        return otherwise
    return target


def _expected(session: Session) -> bytes:
    return hmac.new(session.name.encode(), b"caseclock form", sha256).digest()


def _fits(session: Session, given: str) -> bool:
    try:
        both = urlsafe_b64decode(given.encode())
    except (NotBase64, ValueError):
        return False
    expected = _expected(session)
    if len(both) != 2 * len(expected):
        return False
    mask, masked = both[: len(expected)], both[len(expected) :]
    return hmac.compare_digest(_xor(mask, masked), expected)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
