"""Breaches out: those that stand, those withdrawn, how each was answered; the same as `caseclock breaches` tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import ConfigDict, Field
from sqlalchemy import select, union
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.answers import in_log
from caseclock.desk.api.asking import AsAtQuery, PageQuery, missing, seen_case
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.places import WHOLE_CASE, Page, Place, asked_for, read_place, write_place
from caseclock.desk.api.shapes import Breach, BreachPage
from caseclock.desk.api.timers import as_at_of
from caseclock.desk.api.tokens import Scope
from caseclock.desk.api.walking import (
    STORED,
    WORKED_OUT,
    Walk,
    calendar_of,
    stored_position,
    worked_out,
)
from caseclock.desk.asking import is_now, question_of
from caseclock.desk.breaches import standing_breaches, withdrawn_breaches
from caseclock.desk.engines import desk_of
from caseclock.desk.rows import answer_row, breach_row
from caseclock.store.protocol import BreachStanding
from caseclock.store.schema import breaches, timers
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.evaluation import Setting
from caseclock.workflow.answers import Answer
from caseclock.workflow.positions import Question

router = APIRouter()

BreachId = Annotated[
    str, Path(pattern="^[0-9a-f]{20}$", description="The breach's id.", examples=["0a1b2c3d4e5f60718293"])
]


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


@dataclass(frozen=True, slots=True)
class _Told:
    """A breach as its row, with where it stands in the list."""

    case_id: str
    breach_id: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the breaches of one case after another."""

    unit: SqlTransaction
    setting: Setting
    calendar: WorkingCalendar
    question: Question
    authority: str
    is_now: bool

    def of_case(self, case_id: str) -> list[_Told]:
        if self.is_now:
            kept = self.unit.timers(self.authority, case_id)
            positions = [stored_position(one.timer, self.question, self.calendar) for one in kept]
        else:
            positions = list(worked_out(self.unit, self.setting, self.question, self.authority, case_id))
        stored = self.unit.breaches(self.authority, case_id)
        found = standing_breaches(positions, stored, self.question)
        found += withdrawn_breaches(positions, stored, self.question)
        answers = in_log(self.unit, found, self.question) if found else {}
        rows = []
        for breach in found:
            row = breach_row(breach)
            row |= answer_row(answers[breach.breach_id]) if breach.breach_id in answers else _UNRAISED
            rows.append(_Told(case_id, breach.breach_id, row))
        return sorted(rows, key=lambda one: one.breach_id)


#: of a breach that no sweep has raised the log tells nothing
_UNRAISED: dict[str, Any] = {
    "raised_event": None,
    "answer": str(Answer.UNANSWERED),
    "reason_code": None,
    "answer_text": None,
    "escalated_to": None,
    "answered_by": None,
    "answered_on": None,
    "back_dated": False,
    "review_on": None,
}


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
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    asking = asked_for(token.authority, asked)
    place = read_place(asked.cursor, asking)
    walk: Walk[_Told] = Walk(desk, token, asked, question, is_now(question, desk.now()))
    audit.did(desk, token.person, audit.Deed.LISTED, subject="api: breaches")
    with desk.store.snapshot() as unit:
        reader = _reader(walk, unit)
        names, further = _cases(walk, unit, place)
        page = walk.by_case(
            place,
            names,
            lambda case_id: [one for one in reader.of_case(case_id) if _wanted(one.row, asked)],
            lambda one: one.breach_id,
            ahead=lambda some: unit.look_ahead(token.authority, some),
            more=False,
        )
        if page.next is None:
            page = Page(page.items, further)
    document = {
        **as_at_of(question),
        "items": [one.row for one in page.items],
        "next": write_place(page.next, asking),
    }
    return told(request, document)


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
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    with desk.reading() as connection:
        case_id: str | None = connection.scalar(
            select(breaches.c.case_id).where(
                breaches.c.authority == token.authority, breaches.c.breach_id == breach_id
            )
        )
    if case_id is None:
        raise missing("breach")
    seen_case(desk, token, case_id, "breach")
    audit.looked(desk, token.person, case_id, "api: breach")
    page_query = PageQuery(as_at=asked.as_at, known_at=asked.known_at)
    walk: Walk[_Told] = Walk(desk, token, page_query, question, is_now(question, desk.now()))
    with desk.store.snapshot() as unit:
        found = _reader(walk, unit).of_case(case_id)
    one = next((one for one in found if one.breach_id == breach_id), None)
    if one is None:
        raise missing("breach")
    return told(request, one.row)


def _reader(walk: Walk[_Told], unit: SqlTransaction) -> _Reader:
    authority = walk.token.authority
    setting = walk.desk.engine.setting(unit, authority)
    calendar = calendar_of(setting, walk.question)
    return _Reader(unit, setting, calendar, walk.question, authority, walk.is_now)


def _cases(walk: Walk[_Told], unit: SqlTransaction, place: Place) -> tuple[Sequence[str], Place | None]:
    """Name the next cases that may have a breach, and where to go on behind them."""
    if not walk.is_now:
        names = walk.cases(unit.connection, place, WORKED_OUT + 1)
        more = len(names) > WORKED_OUT
        return names[:WORKED_OUT], Place(names[WORKED_OUT - 1], WHOLE_CASE) if more else None
    authority, asked = walk.token.authority, walk.asked
    window = walk.cases(unit.connection, place, STORED)
    if not window:
        return [], None
    end = Place(window[-1], WHOLE_CASE) if len(window) == STORED else None
    raised = select(breaches.c.case_id).where(
        breaches.c.authority == authority,
        # not BETWEEN, which PostgreSQL can't read with a collation
        breaches.c.case_id >= window[0],
        breaches.c.case_id <= window[-1],
    )
    if asked.timescale is not None:
        raised = raised.where(breaches.c.timescale == asked.timescale)
    if asked.process is not None:
        raised = raised.where(breaches.c.process == asked.process)
    raised = raised.where(
        breaches.c.standing.in_([BreachStanding(state) for state in sorted(_states(asked))])
    )
    unraised = select(timers.c.case_id).where(
        timers.c.authority == authority,
        timers.c.wake_at <= walk.question.moment,
        timers.c.case_id >= window[0],
        timers.c.case_id <= window[-1],
    )
    both = (raised if _states(asked) == {State.WITHDRAWN} else union(raised, unraised)).subquery()
    found = list(
        unit.connection.scalars(
            select(both.c.case_id).distinct().order_by(both.c.case_id).limit(WORKED_OUT + 1)
        )
    )
    seen = set(window)
    names = [case_id for case_id in found[:WORKED_OUT] if case_id in seen]
    return names, Place(found[WORKED_OUT - 1], WHOLE_CASE) if len(found) > WORKED_OUT else end


def _states(asked: PageQuery) -> set[State]:
    states = asked.breach if isinstance(asked, BreachQuery) else None
    return set(states or (State.OPEN, State.CLOSED))


def _wanted(row: dict[str, Any], asked: BreachQuery) -> bool:
    return (
        row["breach"] in _states(asked)
        and (not asked.answer or row["answer"] in asked.answer)
        and asked.process in (None, row["process"])
        and asked.timescale in (None, row["timescale"])
    )
