"""Cases out: which there are and to whom they are allocated, and one with everything that is known of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import and_, select
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import AsAtQuery, Cursor, Limit, missing, seen_case
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.places import USUAL, Place, asked_for, read_place, write_place
from caseclock.desk.api.shapes import Case, CasePage
from caseclock.desk.api.tokens import Scope
from caseclock.desk.asking import question_of
from caseclock.desk.case_page import case_page
from caseclock.desk.engines import desk_of
from caseclock.desk.rows import case_document
from caseclock.desk.seeing import seen_by
from caseclock.store.desk_tables import case_facts
from caseclock.store.schema import cases, episodes

router = APIRouter()

_ALLOCATED = {"team": case_facts.c.team, "worker": case_facts.c.worker, "family": case_facts.c.family}


class CaseQuery(BaseModel):
    """Which cases, as they are now."""

    model_config = ConfigDict(extra="forbid")
    limit: Limit = USUAL
    cursor: Cursor = None
    team: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Only cases allocated to this team.")
    ] = None
    worker: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Only cases allocated to this worker.")
    ] = None
    family: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Only cases of this sibling group.")
    ] = None


@offers(
    router,
    "GET",
    "/cases",
    scope=Scope.CASES_READ,
    name="list_cases",
    gives={200: ("Cases, by id.", CasePage)},
)
def list_cases(request: Request, asked: Annotated[CaseQuery, Query()]) -> Response:
    """List cases as they are now: to whom each is allocated, and which of its episodes go on."""
    desk, token = desk_of(request), token_of(request)
    asking = asked_for(token.authority, asked)
    place = read_place(asked.cursor, asking)
    audit.did(desk, token.person, audit.Deed.LISTED, subject="api: cases")
    own = and_(case_facts.c.authority == cases.c.authority, case_facts.c.case_id == cases.c.case_id)
    narrowed = {name: getattr(asked, name) for name in _ALLOCATED if getattr(asked, name) is not None}
    # where the allocation is asked for, its own index leads to the cases
    led_by = case_facts.c if narrowed else cases.c
    wanted = (
        select(cases.c.case_id, cases.c.version, *_ALLOCATED.values())
        .select_from(cases.join(case_facts, own, isouter=not narrowed))
        .where(
            led_by.authority == token.authority,
            led_by.case_id > place.case_id,
            *(_ALLOCATED[name] == value for name, value in narrowed.items()),
            *seen_by(token.person, desk.now(), cases.c.authority, cases.c.case_id),
        )
        .order_by(led_by.case_id)
        .limit(asked.limit + 1)
    )
    with desk.store.snapshot() as unit:
        rows = unit.connection.execute(wanted).all()
        shown = rows[: asked.limit]
        going_on: dict[str, list[dict[str, Any]]] = {row.case_id: [] for row in shown}
        for row in unit.connection.execute(
            select(
                episodes.c.case_id,
                episodes.c.episode_id,
                episodes.c.process,
                episodes.c.state,
                episodes.c.opened_on,
            )
            .where(
                episodes.c.authority == token.authority,
                episodes.c.case_id.in_(list(going_on)),
                episodes.c.closed_on.is_(None),
            )
            .order_by(episodes.c.case_id, episodes.c.opened_on, episodes.c.episode_id)
        ):
            going_on[row.case_id].append(
                {
                    "episode_id": row.episode_id,
                    "process": row.process,
                    "state": row.state,
                    "opened_on": row.opened_on.isoformat(),
                }
            )
    items = [
        {
            "case_id": row.case_id,
            "events": row.version,
            "team": row.team,
            "worker": row.worker,
            "family": row.family,
            "open_episodes": going_on[row.case_id],
        }
        for row in shown
    ]
    further = Place(shown[-1].case_id) if len(rows) > len(shown) else None
    return told(request, {"items": items, "next": write_place(further, asking)})


@offers(
    router,
    "GET",
    "/cases/{case_id:path}",
    scope=Scope.CASES_READ,
    name="read_case",
    gives={200: ("The case.", Case)},
    also=(404,),
)
def read_case(
    request: Request,
    case_id: Annotated[
        str, Path(min_length=1, max_length=500, description="The child's identifier.", examples=["C-1042"])
    ],
    asked: Annotated[AsAtQuery, Query()],
) -> Response:
    """Give one case: its episodes and what may happen next, its timers and breaches, and its history in sentences."""
    del asked
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    seen_case(desk, token, case_id)
    audit.looked(desk, token.person, case_id, "api: case")
    with desk.store.snapshot() as unit:
        page = case_page(desk.engine, unit, question, token.authority, case_id)
    if not page.history:
        raise missing("case")  # nothing of it was known then
    return told(request, case_document(page))
