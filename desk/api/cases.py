"""Cases out: which there are and to whom they are allocated, and one with everything that is known of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from sqlalchemy import and_, select
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import AsAtQuery, Cursor, Limit, missing, seen_case
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.listing import Listing, listed
from caseclock.desk.api.places import USUAL, Page, Place
from caseclock.desk.api.shapes import Case, CasePage
from caseclock.desk.api.tokens import Scope
from caseclock.desk.api.walking import WORKED_OUT
from caseclock.desk.asking import question_of
from caseclock.desk.case_page import case_page, episodes_in
from caseclock.desk.engines import desk_of
from caseclock.desk.rows import case_document
from caseclock.desk.seeing import seen_by
from caseclock.processes.catalogue import OPENERS
from caseclock.store.desk_tables import case_facts
from caseclock.store.schema import cases, episodes
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.timers.history import History
from caseclock.workflow.allocation import facts_of

router = APIRouter()

#: what is told of an episode that goes on
_OF_EPISODE = ("episode_id", "process", "state", "opened_on")
_ALLOCATED = {"team": case_facts.c.team, "worker": case_facts.c.worker, "family": case_facts.c.family}


class CaseQuery(AsAtQuery):
    """Which cases, as at which day and as known when; an allocation asked for is that of then."""

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
    """List cases, as at a day and as known at a moment: to whom each was allocated, and which episodes went on."""
    return listed(
        request, asked, "cases", lambda listing, unit: (_stored if listing.is_now else _past)(listing, unit)
    )


def _stored(listing: Listing[CaseQuery], unit: SqlTransaction) -> Page[dict[str, Any]]:
    """Give a page from the stored tables."""
    desk, token, asked, place = listing.desk, listing.token, listing.asked, listing.place
    connection = unit.connection
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
    rows = connection.execute(wanted).all()
    shown = rows[: asked.limit]
    going_on: dict[str, list[dict[str, Any]]] = {row.case_id: [] for row in shown}
    for row in connection.execute(
        select(*(episodes.c[name] for name in ("case_id", *_OF_EPISODE)))
        .where(
            episodes.c.authority == token.authority,
            episodes.c.case_id.in_(list(going_on)),
            episodes.c.closed_on.is_(None),
        )
        .order_by(episodes.c.case_id, episodes.c.opened_on, episodes.c.episode_id)
    ):
        going_on[row.case_id].append(_episode(row))
    items = [_summary(row.case_id, row.version, row, going_on[row.case_id]) for row in shown]
    return Page(items, Place(shown[-1].case_id) if len(rows) > len(shown) else None)


def _past(listing: Listing[CaseQuery], unit: SqlTransaction) -> Page[dict[str, Any]]:
    """Give a page worked out from the logs; who may see a case is judged by what holds today."""
    desk, token, asked, question, place = (
        listing.desk,
        listing.token,
        listing.asked,
        listing.question,
        listing.place,
    )
    wanted = (
        select(cases.c.case_id)
        .where(
            cases.c.case_id > place.case_id,
            *seen_by(token.person, desk.now(), cases.c.authority, cases.c.case_id),
        )
        .order_by(cases.c.case_id)
        .limit(WORKED_OUT + 1)
    )
    names = unit.connection.scalars(wanted).all()
    unit.look_ahead(token.authority, names[:WORKED_OUT])
    items: list[dict[str, Any]] = []
    for case_id in names[:WORKED_OUT]:
        history = History(
            unit.events(token.authority, case_id), OPENERS, as_at=question.as_at, known_at=question.known_at
        )
        facts = facts_of(token.authority, case_id, history)
        fits = all(getattr(asked, name) in (None, getattr(facts, name)) for name in _ALLOCATED)
        if not history.events or not fits:
            continue
        if len(items) == asked.limit:
            return Page(items, Place(items[-1]["case_id"]))
        found = (one for one in episodes_in(history) if one.closed_on is None)
        going_on = sorted(map(_episode, found), key=lambda one: (one["opened_on"], one["episode_id"]))
        items.append(_summary(case_id, len(history.events), facts, going_on))
    return Page(items, Place(names[WORKED_OUT - 1]) if len(names) > WORKED_OUT else None)


def _episode(one: Any) -> dict[str, Any]:
    return {name: str(getattr(one, name)) for name in _OF_EPISODE}


def _summary(case_id: str, events: int, facts: Any, going_on: list[dict[str, Any]]) -> dict[str, Any]:
    allocated = {name: getattr(facts, name) for name in _ALLOCATED}
    return {"case_id": case_id, "events": events, **allocated, "open_episodes": going_on}


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
