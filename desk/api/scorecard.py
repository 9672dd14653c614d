"""The scorecard out. Counting a large authority takes a while: it is counted once, beside, and kept for a while."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import AsAtQuery, as_at_of
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.problems import TRY_AGAIN, Problem
from caseclock.desk.api.shapes import Scorecard
from caseclock.desk.api.tokens import Scope
from caseclock.desk.asking import question_of
from caseclock.desk.engines import desk_of
from caseclock.desk.reading.counting import BeingCounted, counting_of
from caseclock.desk.reading.figures import Figures
from caseclock.desk.scores import score_row
from caseclock.workflow.positions import Question

router = APIRouter()


class ScoreQuery(AsAtQuery):
    """Which scorecard."""

    model_config = ConfigDict(extra="forbid")
    months: Annotated[int, Field(ge=1, le=120, description="How many months the period has.")] = 12
    population: Annotated[
        int | None, Field(ge=1, le=100_000_000, description="Children in the area, for rates per 10,000.")
    ] = None


@offers(
    router,
    "GET",
    "/scorecard",
    scope=Scope.SCORECARD_READ,
    name="read_scorecard",
    gives={200: ("The scorecard.", Scorecard)},
)
def read_scorecard(request: Request, asked: Annotated[ScoreQuery, Query()]) -> Response:
    """Count every indicator over the months that end on a day, each with what it is counted of.

    While a large authority is being counted the answer is 503, with when to ask again.
    """
    desk, token = desk_of(request), token_of(request)
    question = question_of(request)
    audit.did(desk, token.person, audit.Deed.LISTED, subject="api: scorecard")
    try:
        found = counting_of(desk).figures(
            token.authority, question, desk.now(), asked.population, months=asked.months
        )
    except BeingCounted as fault:
        raise _being_counted(f"{fault.words}") from fault
    return told(request, _document(token.authority, question, asked.months, found))


def _being_counted(words: str) -> Problem:
    return Problem(
        503, "being-counted", words, headers={"Retry-After": str(TRY_AGAIN)}, retry_after=TRY_AGAIN
    )


def _document(authority: str, question: Question, months: int, found: Figures) -> dict[str, Any]:
    return {
        "authority": authority,
        **as_at_of(question),
        "as_at": found.as_at.isoformat(),
        "months": months,
        "counted_at": found.made_at.isoformat(),
        "indicators": [score_row(line) | {"comparators": dict(line.comparators)} for line in found.lines],
    }
