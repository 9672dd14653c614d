"""Breaches out: those that stand, those withdrawn, how each was answered; the same as `caseclock breaches` tells."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, exists, func, literal, or_, select, union_all
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import AsAtQuery, PageQuery, case_of, missing
from caseclock.desk.api.breach_reading import BreachReader, BreachTold
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.listing import Listing, listed
from caseclock.desk.api.places import WHOLE_CASE, Page, Place
from caseclock.desk.api.shapes import Breach, BreachPage
from caseclock.desk.api.tokens import Scope, Token
from caseclock.desk.api.walking import WORKED_OUT, Walk, calendar_of, walk_of
from caseclock.desk.asking import is_now, question_of
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.seeing import seen_by
from caseclock.store.desk_tables import breach_answers
from caseclock.store.protocol import BreachStanding
from caseclock.store.schema import breaches, timers
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.workflow.answers import Answer
from caseclock.workflow.positions import Question

router = APIRouter()

BreachId = Annotated[
    str, Path(pattern="^[0-9a-f]{20}$", description="The breach's id.", examples=["0a1b2c3d4e5f60718293"])
]


#: cases of which a page is made up, at most
MOST_CASES = 60


class State(StrEnum):
    """What became of a breach."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class BreachQuery(PageQuery):
    """Which breaches."""

    model_config = ConfigDict(extra="forbid")
    breach: Annotated[
        list[State] | None,
        Field(max_length=3, description="Only those of which that became; open and closed unless given."),
    ] = None
    answer: Annotated[
        list[Answer] | None, Field(max_length=5, description="Only those that were last answered so.")
    ] = None


@offers(
    router,
    "GET",
    "/breaches",
    scope=Scope.BREACHES_READ,
    name="list_breaches",
    gives={200: ("Breaches, by case and id.", BreachPage)},
)
def list_breaches(request: Request, asked: Annotated[BreachQuery, Query()]) -> Response:
    """List breaches: timers that ran out undischarged, what became of each, and how it was answered.

    They come in the order of case and breach id, which does not change: go on with `next` until it is null.
    """

    def page_of(listing: Listing[BreachQuery], unit: SqlTransaction) -> Page[dict[str, Any]]:
        some = _page(walk_of(listing), unit, listing.place)
        return Page([one.row for one in some.items], some.next)

    return listed(request, asked, "breaches", page_of)


@offers(
    router,
    "GET",
    "/breaches/{breach_id}",
    scope=Scope.BREACHES_READ,
    name="read_breach",
    gives={200: ("The breach.", Breach)},
    also=(404,),
)
def read_breach(request: Request, breach_id: BreachId, asked: Annotated[AsAtQuery, Query()]) -> Response:
    """Give one breach that a sweep has raised, as it was at a day and known at a moment."""
    del asked  # read by question_of; declared so that nothing else is taken
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    case_id = case_of(desk, token, breaches.c.breach_id, breach_id, "breach")
    audit.looked(desk, token.person, case_id, "api: breach")
    with desk.store.snapshot() as unit:
        reader = _reader(desk, token, unit, question)
        found = reader.read([case_id], withdrawn=True)[case_id]
    one = next((one for one in found if one.breach_id == breach_id), None)
    if one is None:
        raise missing("breach")
    return told(request, one.row)


def _reader(desk: Desk, token: Token, unit: SqlTransaction, question: Question) -> BreachReader:
    setting = desk.engine.setting(unit, token.authority)
    calendar = calendar_of(setting, question)
    now = is_now(question, desk.now())
    return BreachReader(unit, setting, calendar, question, token.authority, now)


def _page(walk: Walk[BreachTold], unit: SqlTransaction, place: Place) -> Page[BreachTold]:
    """Give a page: the next cases that may have breaches, read together."""
    reader = _reader(walk.desk, walk.token, unit, walk.question)
    asked = walk.asked
    if walk.is_now:
        names, further = _stored_cases(walk, unit, place)
    else:
        names = walk.cases(unit.connection, place, WORKED_OUT + 1)
        further = Place(names[WORKED_OUT - 1], WHOLE_CASE) if len(names) > WORKED_OUT else None
        names = names[:WORKED_OUT]
    withdrawn = State.WITHDRAWN in _states(asked)
    found: dict[str, list[BreachTold]] = {}

    def ahead(some: Sequence[str]) -> None:
        found.update(reader.read(some, withdrawn=withdrawn))

    page = walk.by_case(
        place,
        names,
        lambda case_id: [one for one in found.pop(case_id) if _wanted(one.row, asked)],
        lambda one: one.breach_id,
        ahead=ahead,
        more=False,
    )
    return page if page.next is not None else Page(page.items, further)


def _stored_cases(
    walk: Walk[BreachTold], unit: SqlTransaction, place: Place
) -> tuple[Sequence[str], Place | None]:
    """Name the next cases that may have such a breach, as many as fill a page, and where to go on behind them."""
    authority, asked = walk.token.authority, walk.asked
    window = walk.window(unit.connection, place)
    raised = select(breaches.c.case_id, breaches.c.breach_id.label("which")).where(
        breaches.c.authority == authority,
        *window.holds(breaches.c.case_id),
        breaches.c.standing.in_([BreachStanding(state) for state in sorted(_states(asked))]),
    )
    unraised = select(timers.c.case_id, timers.c.timer_id.label("which")).where(
        timers.c.authority == authority,
        timers.c.wake_at <= walk.question.moment,
        *window.holds(timers.c.case_id),
    )
    for name, value in (("timescale", asked.timescale), ("process", asked.process)):
        if value is not None:
            raised = raised.where(breaches.c[name] == value)
            unraised = unraised.where(timers.c[name] == value)
    answers = asked.answer if isinstance(asked, BreachQuery) else None
    if answers:
        raised = raised.where(_answered(answers))
    parts = [raised]
    if _states(asked) != {State.WITHDRAWN} and (not answers or Answer.UNANSWERED in answers):
        parts.append(unraised)
    both = union_all(*parts).subquery()
    counted = list(
        unit.connection.execute(
            select(both.c.case_id, func.count())
            .where(*seen_by(walk.token.person, walk.desk.now(), literal(authority), both.c.case_id))
            .group_by(both.c.case_id)
            .order_by(both.c.case_id)
            .limit(MOST_CASES + 1)
        )
    )
    names: list[str] = []
    held = 0
    for case_id, number in counted[:MOST_CASES]:
        names.append(case_id)
        held += number if case_id != place.case_id else 0
        if held > asked.limit:
            break
    if len(names) < len(counted):
        return names, Place(names[-1], WHOLE_CASE)
    return names, window.behind


def _answered(answers: Sequence[Answer]) -> ColumnElement[bool]:
    """Give the condition that a stored breach was last answered in one of these ways."""
    last = select(literal(1)).where(
        breach_answers.c.authority == breaches.c.authority, breach_answers.c.breach_id == breaches.c.breach_id
    )
    told = [answer.value for answer in answers if answer is not Answer.UNANSWERED]
    fits = exists(last.where(breach_answers.c.answer.in_(told)))
    return or_(fits, ~exists(last)) if Answer.UNANSWERED in answers else fits


def _states(asked: PageQuery) -> set[State]:
    states = asked.breach if isinstance(asked, BreachQuery) else None
    return set(states or (State.OPEN, State.CLOSED))


def _wanted(row: dict[str, Any], asked: PageQuery) -> bool:
    answers = asked.answer if isinstance(asked, BreachQuery) else None
    return (
        row["breach"] in _states(asked)
        and (not answers or row["answer"] in answers)
        and asked.process in (None, row["process"])
        and asked.timescale in (None, row["timescale"])
    )
