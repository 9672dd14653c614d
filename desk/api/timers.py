"""Timers out: a list that goes by case, one by itself, and why it is due when it is."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, and_, or_, select
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import AsAtQuery, Day, PageQuery, as_at_of, case_of, day_of, missing
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.listing import Listing, listed
from caseclock.desk.api.places import Page, Place
from caseclock.desk.api.shapes import Explanation, Timer, TimerPage
from caseclock.desk.api.tokens import Scope
from caseclock.desk.api.walking import (
    TIMER_VALUES,
    WORKED_OUT,
    Walk,
    behind,
    calendar_of,
    stored_position,
    walk_of,
    worked_out,
)
from caseclock.desk.asking import is_now, question_of
from caseclock.desk.engines import desk_of
from caseclock.desk.reading.conditions import AHEAD, last_day_within, stretches
from caseclock.desk.rows import timer_row
from caseclock.desk.seeing import seen_by
from caseclock.processes.catalogue import OPENERS
from caseclock.store.forecasts import chances_of, kept_forecast
from caseclock.store.schema import timers
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.timers.explain import NoSuchTimer, explain
from caseclock.timers.history import History
from caseclock.timers.timer import Standing
from caseclock.timers.timer import Timer as KeptTimer
from caseclock.timers.when import When
from caseclock.workflow.positions import Position

router = APIRouter()

TimerId = Annotated[
    str, Path(pattern="^[0-9a-f]{20}$", description="The timer's id.", examples=["6f2d1c0b8a7e4f539c21"])
]
_DAY = r"^\d{4}-\d{2}-\d{2}$"


class TimerQuery(PageQuery):
    """Which timers."""

    model_config = ConfigDict(extra="forbid")
    standing: Annotated[
        list[Standing] | None, Field(max_length=10, description="Only those that stand so; may be repeated.")
    ] = None
    due_from: Annotated[Day, Field(description="Only those whose last day in time is this one or later.")] = (
        None
    )
    due_to: Annotated[Day, Field(description="Only those whose last day in time is this one or earlier.")] = (
        None
    )


@offers(
    router,
    "GET",
    "/timers",
    scope=Scope.TIMERS_READ,
    name="list_timers",
    gives={200: ("Timers, by case and id.", TimerPage)},
)
def list_timers(request: Request, asked: Annotated[TimerQuery, Query()]) -> Response:
    """List timers and where they stand, as at a day and as known at a moment.

    They come in the order of case and timer id, which does not change: go on with `next` until it is null.
    """
    span = [day_of(asked.due_from, "due_from"), day_of(asked.due_to, "due_to")]

    def page_of(listing: Listing[TimerQuery], unit: SqlTransaction) -> Page[dict[str, Any]]:
        walk: Walk[Position] = walk_of(listing)
        some = (_stored if walk.is_now else _past)(walk, unit, listing.place, span)
        rows = timer_rows(unit.connection, walk.token.authority, some.items, told=walk.is_now)
        return Page(rows, some.next)

    return listed(request, asked, "timers", page_of)


@offers(
    router,
    "GET",
    "/timers/{timer_id}",
    scope=Scope.TIMERS_READ,
    name="read_timer",
    gives={200: ("The timer.", Timer)},
    also=(404,),
)
def read_timer(request: Request, timer_id: TimerId, asked: Annotated[AsAtQuery, Query()]) -> Response:
    """Give one timer and where it stood, as at a day and as known at a moment."""
    del asked  # read by question_of; declared so that nothing else is taken
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    case_id = case_of(desk, token, timers.c.timer_id, timer_id, "timer")
    audit.looked(desk, token.person, case_id, "api: timer")
    with desk.store.snapshot() as unit:
        setting = desk.engine.setting(unit, token.authority)
        if is_now(question, desk.now()):
            calendar = calendar_of(setting, question)
            found = (
                stored_position(kept.timer, question, calendar)
                for kept in unit.timers(token.authority, case_id)
            )
        else:
            found = (one for one in worked_out(unit, setting, question, token.authority, case_id))
        position = next((one for one in found if one.timer.timer_id == timer_id), None)
        if position is None:
            raise missing("timer")
        (row,) = timer_rows(unit.connection, token.authority, [position], told=is_now(question, desk.now()))
    return told(request, row)


@offers(
    router,
    "GET",
    "/timers/{timer_id}/explanation",
    scope=Scope.TIMERS_READ,
    name="explain_timer",
    gives={200: ("Why.", Explanation)},
    also=(404,),
)
def explain_timer(request: Request, timer_id: TimerId, asked: Annotated[AsAtQuery, Query()]) -> Response:
    """Say why a timer is due when it is: what started it, its limit and source, each day counted or not and why."""
    del asked
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    case_id = case_of(desk, token, timers.c.timer_id, timer_id, "timer")
    audit.looked(desk, token.person, case_id, "api: why this date")
    with desk.store.snapshot() as unit:
        setting = desk.engine.setting(unit, token.authority)
        events = unit.events(token.authority, case_id)
        history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
        try:
            why = explain(history, setting, timer_id, question.moment)
        except NoSuchTimer as fault:
            raise missing("timer") from fault
    return told(request, {**why.as_json(), **as_at_of(question)})


def timer_rows(
    connection: Connection, authority: str, positions: Sequence[Position], *, told: bool
) -> list[dict[str, Any]]:
    """Give timers as rows, with what the kept forecast tells of those that run, if it is to be `told`."""
    ahead = [one.timer.timer_id for one in positions if one.standing in AHEAD and told]
    forecast = kept_forecast(connection, authority) if ahead else None
    found = chances_of(connection, authority, ahead) if forecast else {}
    rows = []
    for one in positions:
        chance = found.get(one.timer.timer_id)
        rows.append(
            {
                **timer_row(one),
                "chance": chance
                and forecast
                and {
                    "of_running_out": chance.chance,
                    "alike": chance.alike,
                    "ran_out": chance.ran_out,
                    "told_on": forecast.as_at.isoformat(),
                    "days": forecast.days,
                },
            }
        )
    return rows


def _stored(walk: Walk[Position], unit: SqlTransaction, place: Place, span: list[Any]) -> Page[Position]:
    """Give a page from the stored tables."""
    asked, authority = walk.asked, walk.token.authority
    calendar = calendar_of(walk.desk.engine.setting(unit, authority), walk.question)
    window = walk.window(unit.connection, place)
    wanted = (
        select(*TIMER_VALUES)
        .where(
            timers.c.authority == authority,
            *window.holds(timers.c.case_id),
            behind(place),
            *seen_by(walk.token.person, walk.desk.now(), timers.c.authority, timers.c.case_id),
            *_conditions(walk, span),
        )
        .order_by(timers.c.case_id, timers.c.timer_id)
        .limit(asked.limit + 1)
    )
    rows = [KeptTimer(*row) for row in unit.connection.execute(wanted)]
    items = [stored_position(row, walk.question, calendar) for row in rows[: asked.limit]]
    if len(rows) > asked.limit:
        return Page(items, Place(rows[asked.limit - 1].case_id, rows[asked.limit - 1].timer_id))
    return Page(items, window.behind)


def _conditions(walk: Walk[Position], span: list[Any]) -> list[Any]:
    asked = walk.asked
    found: list[Any] = list(last_day_within(*span))
    for column, value in (
        (timers.c.process, asked.process),
        (timers.c.timescale, asked.timescale),
    ):
        if value is not None:
            found.append(column == value)
    standings = asked.standing if isinstance(asked, TimerQuery) else None
    if standings:
        found.append(
            or_(
                *(
                    and_(
                        timers.c.outcome == one.outcome,
                        *([] if one.at_end is None else [timers.c.at_end == one.at_end]),
                        *one.conditions,
                    )
                    for one in stretches(standings, walk.question.moment)
                )
            )
        )
    return found


def _past(walk: Walk[Position], unit: SqlTransaction, place: Place, span: list[Any]) -> Page[Position]:
    """Give a page worked out from the logs."""
    authority = walk.token.authority
    setting = walk.desk.engine.setting(unit, authority)
    names = walk.cases(unit.connection, place, WORKED_OUT + 1)

    def take(case_id: str) -> list[Position]:
        found = worked_out(unit, setting, walk.question, authority, case_id)
        return [position for position in found if _wanted(position, walk.asked, span)]

    return walk.by_case(
        place,
        names[:WORKED_OUT],
        take,
        lambda position: position.timer.timer_id,
        ahead=lambda some: unit.look_ahead(authority, some),
        more=len(names) > WORKED_OUT,
    )


def _wanted(position: Position, asked: PageQuery, span: list[Any]) -> bool:
    timer = position.timer
    standings = asked.standing if isinstance(asked, TimerQuery) else None
    last_day = timer.due_on or (When.instant(timer.due_at).on if timer.due_at else None)
    return (
        (not standings or position.standing in standings)
        and asked.process in (None, timer.process)
        and asked.timescale in (None, timer.timescale)
        and (span[0] is None or (last_day is not None and last_day >= span[0]))
        and (span[1] is None or (last_day is not None and last_day <= span[1]))
    )
