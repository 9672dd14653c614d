"""Sign-in by OpenID Connect: the browser is sent to the authority's sign-in service and comes back with a proof."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.people import NoRole
from caseclock.desk.refusals import Away, NotAllowed, NotFound, Unfit
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page
from caseclock.desk.security import local_path
from caseclock.desk.sessions import Session, begin_session
from caseclock.desk.settings import OpenId
from caseclock.desk.sign_in.signing_in import limited, signed_in

router = APIRouter()

#: key under which the page to go on to is remembered, beside what the sign-in library remembers
_NEXT = "next"


@dataclass(frozen=True, slots=True)
class Told:
    """What the sign-in service told of somebody."""

    name: str
    display: str
    groups: tuple[str, ...]


class SignInService:
    """The authority's sign-in service, as one app knows it: what it says of itself is asked for once."""

    def __init__(self, settings: OpenId) -> None:
        from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]

        self._settings = settings
        self._client: Any = OAuth().register(
            "desk",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": settings.scope, "code_challenge_method": "S256"},
        )

    async def ask(self, request: Request, return_address: str) -> Response:
        """Send the browser there. What must be remembered is then in the request's own short memory."""
        response: Response = await self._client.authorize_redirect(request, return_address)
        return response

    async def told(self, request: Request) -> Told:
        """Exchange the proof the browser came back with; raises what the library raises where it does not hold."""
        token = await self._client.authorize_access_token(request)
        claims = dict(token.get("userinfo") or {})
        name = str(claims.get(self._settings.name_claim) or "")
        if not name:
            raise NotAllowed(
                f"The sign-in service did not say who you are: its claim {self._settings.name_claim} is missing. "
                "Ask whoever looks after Caseclock to set it up."
            )
        groups = claims.get(self._settings.groups_claim) or ()
        held = (groups,) if isinstance(groups, str) else tuple(str(one) for one in groups)
        return Told(name, str(claims.get("name") or claims.get("preferred_username") or name), held)


@page(router, "GET", "/sign-in/openid", may=Permission.OPEN)
async def go_to_sign_in_service(request: Request, next: str = "/") -> Response:  # noqa: A002
    service = _service(request)
    limited(request)
    request.scope["session"] = {}
    try:
        response = await service.ask(request, return_address(request))
    except Exception as fault:
        if not _is_unreachable(fault):
            raise
        raise _not_there(fault) from fault
    memory = {**request.session, _NEXT: local_path(next)}
    desk, before = desk_of(request), request.state.session
    await run_in_threadpool(begin_session, desk, response, person=None, memory=memory, instead_of=before)
    return response


@page(router, "GET", "/sign-in/return", may=Permission.OPEN)
async def come_back_from_sign_in_service(request: Request) -> Response:
    service = _service(request)
    limited(request)
    session: Session | None = request.state.session
    if session is None or session.person is not None:
        raise Unfit(
            "The sign-in was not begun in this browser, or took too long. Begin again from the sign-in page."
        )
    request.scope["session"] = dict(session.memory)
    from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
    from joserfc.errors import JoseError

    try:
        told = await service.told(request)
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as fault:
        structlog.get_logger().warning("desk.sign_in_refused", fault=type(fault).__name__)
        raise Unfit(
            "The sign-in service's answer does not hold: it was refused there, has expired, or was not asked for from "
            "this browser. Begin again from the sign-in page."
        ) from fault
    except Exception as fault:
        if not _is_unreachable(fault):
            raise
        raise _not_there(fault) from fault
    return await run_in_threadpool(_come_in, desk_of(request), session, told)


def _come_in(desk: Desk, session: Session, told: Told) -> Response:
    try:
        person = desk.settings.people.person(told.name, told.display, told.groups)
    except NoRole as refused:
        raise NotAllowed(str(refused)) from refused
    return signed_in(desk, session, person, local_path(str(session.memory.get(_NEXT, "/"))))


def link_to_sign_in_service(there: str) -> str:
    """Give the address that begins the sign-in and remembers where to go on."""
    return f"/sign-in/openid?next={quote(there, safe='')}"


def return_address(request: Request) -> str:
    """Give the address the sign-in service sends the browser back to; it has to know it."""
    scheme = "https" if desk_of(request).settings.secure_cookies else request.url.scheme
    return f"{scheme}://{request.headers['host']}/sign-in/return"


def _service(request: Request) -> SignInService:
    service: SignInService | None = request.app.state.sign_in_service
    if service is None:
        raise NotFound
    return service


def _is_unreachable(fault: Exception) -> bool:
    """Say whether the service did not answer, or answered with an error; told by whichever client Authlib uses."""
    client = type(fault).__module__.partition(".")[0] in ("httpx", "httpx2")
    return client or isinstance(fault, RuntimeError | OSError)


def _not_there(fault: Exception) -> Away:
    structlog.get_logger().warning("desk.sign_in_away", fault=type(fault).__name__)
    return Away(
        "The sign-in service of your authority does not answer just now. Nothing is wrong with your account. "
        "Wait a minute and try again."
    )
