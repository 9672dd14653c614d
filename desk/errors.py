"""Whatever goes wrong becomes a page in the service's own style, or, under /api, a problem a program can read."""

import secrets
import traceback
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from caseclock.desk.engines import desk_of
from caseclock.desk.refusals import Away, NotFound, SignInFirst, TooMany, Turned, Unfit
from caseclock.desk.rendering import show
from caseclock.desk.security import local_path
from caseclock.store.protocol import CaseChanged, NoDatabase, StoreBusy, StoreFull
from caseclock.workflow.refusals import CaseBusy, OutboxFull, Refused

#: seconds after which a page that is away may be asked for again
COME_BACK_AFTER = 30

AWAY = (
    "The desk can't reach its database just now. If you sent something, it may have been recorded or not. Wait a "
    "minute, then open the page again and see. If it stays so, tell whoever looks after Caseclock."
)
BUSY = (
    "Somebody else was writing to the same record, again and again. Nothing you sent was recorded. "
    "Go back and send it again."
)
FULL = (
    "There is no room left on the disk of the desk's database. Nothing you sent was recorded. Tell whoever looks "
    "after Caseclock; once there is room, send it again."
)
BROKEN = (
    "Something is wrong with Caseclock itself. What you sent may not have been recorded: look before you send "
    "it again. Tell whoever looks after Caseclock."
)


def add_handlers(app: FastAPI) -> None:
    """Make every expected fault a page. What nobody expected is caught by the guard."""
    for fault in (
        Turned,
        HTTPException,
        RequestValidationError,
        DBAPIError,
        PoolTimeout,
        NoDatabase,
        StoreBusy,
        CaseChanged,
        Refused,
    ):
        app.add_exception_handler(fault, handled)


def handled(request: Request, fault: Exception) -> Response:
    """Answer an expected fault; raises what is none."""
    turned = as_turned(request, fault)
    if turned is None:
        raise fault
    if isinstance(turned, Away):
        structlog.get_logger().warning("desk.away", fault=type(fault).__name__)
    return answer(request, turned)


def as_turned(request: Request, fault: Exception) -> Turned | None:
    """Say what a fault means to whoever asked; None for one that nobody expected."""
    if isinstance(fault, Turned):
        return fault
    if isinstance(fault, RequestValidationError):
        # a path or query that does not fit is a page that is not there; a form's fields are read as text
        return NotFound() if not request.url.path.startswith("/api/") else Unfit("The request can't be used.")
    if isinstance(fault, HTTPException):
        return _of_status(fault)
    if isinstance(fault, StoreFull):
        return Away(FULL)
    if isinstance(fault, StoreBusy | CaseBusy | CaseChanged | OutboxFull):
        return Away(BUSY)
    if isinstance(fault, OperationalError | InterfaceError | PoolTimeout | NoDatabase) or (
        isinstance(fault, DBAPIError) and fault.connection_invalidated
    ):
        # connections that lay idle may be of a database that is gone: the next request makes new ones
        desk_of(request).store.engine.dispose()
        return Away(AWAY)
    if isinstance(fault, Refused):
        return Unfit(str(fault))
    return None


def _of_status(fault: HTTPException) -> Turned:
    if fault.status_code == 404:
        return NotFound()
    if fault.status_code == 405:
        turned: Turned = Turned(
            "This address does not take what was sent to it. Go back and use the page's own buttons."
        )
    else:
        turned = Turned("The request can't be used. Go back and try again.")
    turned.status = fault.status_code
    return turned


def answer(request: Request, turned: Turned, *, reference: str | None = None) -> Response:
    """Write a refusal as whoever asked can read it."""
    headers: dict[str, str] = {}
    if isinstance(turned, TooMany):
        headers["retry-after"] = str(turned.retry_after)
    elif isinstance(turned, Away):
        headers["retry-after"] = str(COME_BACK_AFTER)
    problem: Any = getattr(request.app.state, "problem", None)
    if problem is not None and request.url.path.startswith("/api/"):
        response: Response = problem(request, turned)
    elif isinstance(turned, SignInFirst) and request.method == "GET":
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        there = local_path(wanted)
        from urllib.parse import quote

        return Response(
            status_code=303,
            headers={"location": "/sign-in" + (f"?next={quote(there, safe='')}" if there != "/" else "")},
        )
    else:
        response = show(
            request,
            "frame/turned.html",
            turned.status,
            heading=turned.heading,
            told=turned.words,
            status_code=turned.status,
            reference=reference,
            retry_after=getattr(turned, "retry_after", None),
        )
    response.headers.update(headers)
    return response


def broken(request: Request, fault: Exception) -> Response:
    """Answer what nobody expected, with a reference by which the log's line is found; says nothing of what it was."""
    reference = secrets.token_hex(4)
    trail = traceback.extract_tb(fault.__traceback__)
    place = f"{trail[-1].name}:{trail[-1].lineno}" if trail else "unknown"
    structlog.get_logger().error(
        "desk.failed", fault=type(fault).__name__, place=place, reference=reference, method=request.method
    )
    turned = Turned(BROKEN)
    turned.status, turned.heading = 500, "Sorry, there is a problem with the service"
    return answer(request, turned, reference=reference)
