"""The API as part of the desk: its routers, its document, and what it keeps while the desk runs."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from time import monotonic
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from caseclock.desk.api import breaches, cases, events, rules, scorecard, timers
from caseclock.desk.api.declaring import PREFIX, ApiRoute, told
from caseclock.desk.api.documenting import openapi_document
from caseclock.desk.api.gate import Pace
from caseclock.desk.api.problems import problem
from caseclock.desk.roles import Permission

#: how often one token may call: so many at once, then so many a second
A_SECOND, AT_ONCE = 50.0, 200


class Open:
    """Lets everybody through: the document says nothing of any case."""

    asks = Permission.OPEN.value

    def __call__(self) -> None:
        """Ask for nothing."""


about = APIRouter()


def _document(request: Request) -> Response:
    return told(request, document())


about.add_api_route(
    f"{PREFIX}/openapi.json",
    _document,
    methods=["GET"],
    dependencies=[Depends(Open())],
    include_in_schema=False,
    response_model=None,
    route_class_override=ApiRoute,
)

_PARTS = (events, timers, breaches, cases, rules, scorecard)


def routers() -> Iterator[APIRouter]:
    """Give the routers of the API."""
    yield about
    for part in _PARTS:
        yield part.router


@cache
def document() -> dict[str, Any]:
    """Give the OpenAPI document."""
    routes = [route for part in _PARTS for route in part.router.routes if isinstance(route, APIRoute)]
    return openapi_document(routes, metadata.version("caseclock"))


def add_api(
    app: FastAPI,
    *,
    a_second: float = A_SECOND,
    at_once: int = AT_ONCE,
    seconds: Callable[[], float] = monotonic,
) -> None:
    """Give an app what the API keeps while it runs: paces, and how refusals under /api are written."""
    app.state.problem = problem
    app.state.pace = Pace(a_second, at_once, seconds)
