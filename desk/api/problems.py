"""Refusals of the API: problem details (RFC 9457), each a sentence with what to do next."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from caseclock.desk.refusals import Turned
from caseclock.store.protocol import CaseChanged, NoDatabase, StoreBusy, StoreFull
from caseclock.timers.calendar import CalendarExhausted
from caseclock.workflow.event_lines import BadLine
from caseclock.workflow.refusals import CaseBusy, DifferentContent, IllegalEvent, OutboxFull, Refused

MEDIA_TYPE = "application/problem+json"
#: seconds after which a caller may try again where the database is away or busy
TRY_AGAIN = 5


class Problem(Exception):
    """A request was refused; nothing was changed."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        #: one word or two that a program may act on
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        #: members of the answer beyond those of RFC 9457
        self.more = more


def answer(problem: Problem) -> Response:
    """Write a problem as an answer."""
    return JSONResponse(
        {
            "type": f"urn:caseclock:problem:{problem.kind}",
            "title": HTTPStatus(problem.status).phrase,
            "status": problem.status,
            "detail": problem.detail,
            **problem.more,
        },
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


#: where a connection was lost nobody can say whether the database had what was sent
UNKNOWN = (
    "The database does not answer just now. What you sent may have been recorded or not. Send it again: under the "
    "same event id nothing is recorded twice."
)


def away(
    detail: str = "The database does not answer just now. Nothing was changed. Try again.",
    after: int = TRY_AGAIN,
) -> Problem:
    """Say that it can't be done just now, and after how many seconds to try again."""
    return Problem(503, "away", detail, headers={"Retry-After": str(after)}, retry_after=after)


def refusal(fault: Refused | BadLine, place: int | None = None) -> Problem:
    """Give a refusal of the engine as a problem; `place` is the event's, from 0, where several were sent."""
    where: dict[str, Any] = {} if place is None else {"pointer": f"/{place}"}
    if isinstance(fault, CaseBusy):
        return away(str(fault))
    if isinstance(fault, OutboxFull):
        return away(str(fault), fault.retry_after_seconds)
    if isinstance(fault, DifferentContent):
        return Problem(409, "different-content", str(fault), **where)
    if isinstance(fault, IllegalEvent):
        return Problem(409, "does-not-fit", str(fault), **where)
    if isinstance(fault, BadLine):
        if fault.field == "authority" and "another authority" in fault.why:
            return Problem(403, "another-authority", str(fault), **where)
        return Problem(422, "bad-event", str(fault), field=fault.field, **where)
    return Problem(422, "refused", str(fault), **where)


def as_problem(fault: Exception) -> Problem | None:
    """Give an expected fault as a problem; None for one that nobody expected."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, Refused | BadLine):
        return refusal(fault)
    if isinstance(fault, RequestValidationError):
        return _invalid(fault)
    if isinstance(fault, Turned):
        return of_turned(fault)
    if isinstance(fault, CalendarExhausted):
        return Problem(422, "beyond-the-calendar", str(fault))
    if isinstance(fault, StoreFull):
        return away(str(fault))
    if isinstance(fault, PoolTimeout | StoreBusy | CaseChanged | NoDatabase):
        return away()
    if isinstance(fault, OperationalError | InterfaceError) or (
        isinstance(fault, DBAPIError) and fault.connection_invalidated
    ):
        return away(UNKNOWN)
    return None


def of_turned(turned: Turned) -> Problem:
    """Give a refusal of the desk as a problem."""
    more: dict[str, Any] = {"field": turned.field} if turned.field else {}
    known = {
        400: "refused",
        404: "not-found",
        405: "method-not-allowed",
        413: "too-large",
        422: "invalid",
        429: "too-many-requests",
        500: "fault",
        503: "away",
    }
    said = _SAID.get(turned.status, turned.words)
    return Problem(turned.status, known.get(turned.status, "refused"), said, **more)


_SAID = {
    404: "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    405: "The method is not offered at this address. /api/v1/openapi.json lists those that are.",
    500: "This is a fault of Caseclock's own, and not of your request. It was noted; look before you send it again.",
    503: "The database does not answer just now. Try again: under the same event id nothing is recorded twice.",
}


def _invalid(fault: RequestValidationError) -> Problem:
    told = [{"where": ".".join(map(str, one["loc"])), "why": str(one["msg"])} for one in fault.errors()[:20]]
    first = f"{told[0]['where']}: {told[0]['why']}" if told else "the request"
    return Problem(
        422, "invalid", f"Can't read {first}. The OpenAPI document says what is taken.", errors=told
    )


def problem(request: Request, turned: Turned) -> Response:
    """Answer a refusal that came from outside the API's own routes: an address that is not there, a fault."""
    told = of_turned(turned)
    if told.status == 405:
        told.headers["Allow"] = ", ".join(sorted(_offered(request)))
    return answer(told)


def _offered(request: Request) -> set[str]:
    """Name the methods that are offered at an address."""
    routes = [route for route in request.app.router.routes if isinstance(route, APIRoute)]
    return {
        method
        for route in routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
