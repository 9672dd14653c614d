"""The OpenAPI document of the API: every route, what it takes and gives, every answer it can have, with examples."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from caseclock.desk.api.declaring import PREFIX
from caseclock.desk.api.event_shapes import EventLine
from caseclock.desk.api.shapes import ProblemDetails
from caseclock.desk.api.tokens import SCOPES
from caseclock.processes.catalogue import EVENT_TYPES

TITLE = "Caseclock"
ABOUT = """Events in; timers, breaches, cases, rules and scorecard out.

A token (`caseclock token make`) belongs to one authority and sees nothing of another; what it may be used for are its
scopes. Every refusal is problem details (RFC 9457) with a sentence that says what to do. Lists go by pages: send `next`
of one answer as `cursor` of the next request, until it is null. Reads have an ETag: send it as If-None-Match to be told
304 while nothing has changed. A parameter that is not known is refused: a misspelt filter never gives everything.

Scopes: """


def openapi_document(routes: Sequence[APIRoute], version: str) -> dict[str, Any]:
    """Make the document of these routes."""
    scopes = "; ".join(f"`{scope.value}` to {words}" for scope, words in SCOPES.items())
    document = get_openapi(
        title=TITLE,
        version=version,
        openapi_version="3.1.0",
        description=ABOUT + scopes + ".",
        routes=list(routes),
        tags=[{"name": "api", "description": f"Everything under {PREFIX}."}],
    )
    _, made = models_json_schema(
        [(EventLine, "validation"), (ProblemDetails, "validation")],
        ref_template="#/components/schemas/{model}",
    )
    document["components"].setdefault("schemas", {}).update(made["$defs"])
    for name in ("EventLine", "LoggedEvent"):
        document["components"]["schemas"][name]["properties"]["type"]["enum"] = sorted(EVENT_TYPES)
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                # FastAPI writes of a model that is given; what is a problem says so by its own media type
                response.setdefault("description", "")
    return document
