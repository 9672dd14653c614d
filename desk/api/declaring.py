"""How a route of the API is declared: with its scope, every answer it can give, and how faults become problems."""

import json
from collections.abc import Callable, Coroutine, Mapping
from hashlib import sha256
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request, Security
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from caseclock.desk.api import problems
from caseclock.desk.api.gate import Scoped
from caseclock.desk.api.problems import Problem
from caseclock.desk.api.shapes import ProblemDetails
from caseclock.desk.api.tokens import Scope
from caseclock.desk.engines import desk_of

PREFIX = "/api/v1"
#: bytes a request may have
LARGEST = 1_000_000

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_ETAG = {"ETag": {"description": "Names this very answer.", "schema": {"type": "string"}}}
#: what any route may answer
_WHY = {
    401: ("No token came with the request, or it is not known, was revoked or has run out.", {}),
    403: ("The token lacks the scope, or is of another authority.", {}),
    404: ("There is no such thing in the token's authority, or it may not be seen.", {}),
    409: ("An event does not fit its case as it stands, or its id is taken by other content.", {}),
    413: (f"The request is larger than {LARGEST:,} bytes.", {}),
    415: ("The request is not JSON in UTF-8.", {}),
    422: ("What was asked or sent can't be used; the answer says why.", {}),
    429: ("The token has called too often.", _RETRY),
    503: ("The database is away or busy; nothing was changed.", _RETRY),
}
ALWAYS = (401, 403, 422, 429, 503)


class ApiRoute(APIRoute):
    """A route whose faults are problem details, whatever the rest of the app makes of them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as fault:
                problem = problems.as_problem(fault)
                if problem is None:
                    raise
                if isinstance(fault, DBAPIError) and problem.kind == "away":
                    # connections that lay idle may be of a database that is gone: the next request makes new ones
                    desk_of(request).store.engine.dispose()
                return problems.answer(problem)

        return handled


async def read_body(request: Request) -> None:
    """Read the body, and no more of it than may be; raises Problem."""
    kind, _, more = request.headers.get("content-type", "").partition(";")
    charset = more.strip().lower()
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise Problem(415, "not-json", "Send JSON in UTF-8, as Content-Type: application/json.")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise Problem(
                413, "too-large", f"The request is larger than {LARGEST:,} bytes. Send fewer events at once."
            )
        parts.append(part)
    request.state.body = b"".join(parts)


def offers(
    router: APIRouter,
    method: str,
    path: str,
    *,
    scope: Scope,
    gives: Mapping[int, tuple[str, type[BaseModel]]],
    also: tuple[int, ...] = (),
    takes: Mapping[str, Any] | None = None,
    name: str,
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route of the API: its scope, what it gives by status, which refusals it has beside the usual ones.

    `takes` is the OpenAPI description of its body. The function's docstring is the route's description.
    """

    def declare(endpoint: Endpoint) -> Endpoint:
        reads = method == "GET"
        responses: dict[int | str, dict[str, Any]] = {
            status: {"description": words, "model": shape, **({"headers": _ETAG} if reads else {})}
            for status, (words, shape) in gives.items()
        }
        if reads:
            responses[304] = {"description": "Nothing has changed since the answer that If-None-Match names."}
        for status in sorted({*ALWAYS, *also}):
            words, headers = _WHY[status]
            responses[status] = {
                "description": words,
                "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
                **({"headers": headers} if headers else {}),
            }
        parameters = [_IF_NONE_MATCH] if reads else []
        extra: dict[str, Any] = {"parameters": parameters} if parameters else {}
        if takes is not None:
            extra["requestBody"] = takes
        router.add_api_route(
            PREFIX + path,
            endpoint,
            methods=[method],
            # whoever may not call has nothing of theirs read
            dependencies=[Security(Scoped(scope)), *([Depends(read_body)] if takes else [])],
            name=name,
            operation_id=name,
            response_model=None,
            responses=responses,
            openapi_extra=extra,
            route_class_override=ApiRoute,
        )
        return endpoint

    return declare


_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of an answer that is at hand: 304 where it still holds.",
    "schema": {"type": "string"},
}


def told(request: Request, document: Mapping[str, Any], status: int = 200) -> Response:
    """Write a document as JSON, with an ETag where it was read; 304 where the caller has it already."""
    body = json.dumps(document, separators=(",", ":")).encode()
    headers = {}
    if request.method == "GET":
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        known = [
            one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")
        ]
        if tag in known or "*" in known:
            return Response(status_code=304, headers=headers)
    return Response(body, status_code=status, headers=headers, media_type="application/json")


__all__ = ["ALWAYS", "LARGEST", "PREFIX", "ApiRoute", "ProblemDetails", "offers", "told"]
