"""Timescales out: what the law and the authority ask, with sources and versions."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from caseclock.desk.api.asking import Day, day_of
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.shapes import RuleList
from caseclock.desk.api.tokens import Scope
from caseclock.desk.engines import desk_of
from caseclock.desk.rules import rule_row
from caseclock.timers.when import london_date

router = APIRouter()


class RuleQuery(BaseModel):
    """Which timescales."""

    model_config = ConfigDict(extra="forbid")
    as_at: Annotated[
        Day, Field(description="Those in force on this day, past or to come; today unless given.")
    ] = None
    process: Annotated[
        str | None, Field(min_length=1, max_length=100, description="Only of this process.")
    ] = None
    timescale: Annotated[str | None, Field(min_length=1, max_length=200, description="Only this one.")] = None
    all_versions: Annotated[bool, Field(description="Every version, whenever it is or was in force.")] = False


@offers(
    router,
    "GET",
    "/rules",
    scope=Scope.RULES_READ,
    name="list_rules",
    gives={200: ("Timescales, by id and version.", RuleList)},
)
def list_rules(request: Request, asked: Annotated[RuleQuery, Query()]) -> Response:
    """List the timescales that hold for the authority, its own standards and adopted packs among them."""
    desk, token = desk_of(request), token_of(request)
    on = day_of(asked.as_at, "as_at") or london_date(desk.now())
    with desk.store.snapshot() as unit:
        book = desk.engine.setting(unit, token.authority).rulebook
    found = [
        rule_row(version, on)
        for name, versions in sorted(book.rules.items())
        for version in versions
        if asked.timescale in (None, name)
        and asked.process in (None, version.process)
        and (asked.all_versions or version.in_force(on))
    ]
    return told(request, {"as_at": on.isoformat(), "items": found})
