"""The scorecard out. Counting a large authority takes a while: it is counted once, beside, and kept for a while."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Event as Signal
from threading import Lock, Thread
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field
from sqlalchemy import func, select
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import AsAtQuery
from caseclock.desk.api.declaring import offers, told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.problems import TRY_AGAIN, Problem
from caseclock.desk.api.shapes import Scorecard
from caseclock.desk.api.timers import as_at_of
from caseclock.desk.api.tokens import Scope
from caseclock.desk.asking import question_of
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.reading.figures import MONTHS, BeingCounted, counting_of
from caseclock.desk.scores import score_row
from caseclock.indicators.scorecard import Line, scorecard
from caseclock.store.schema import cases
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question

router = APIRouter()

#: seconds a request waits for the count before it is told to come back
PATIENCE_SECONDS = 1.0
#: counts kept; those longest unasked go
KEPT = 16


class ScoreQuery(AsAtQuery):
    """Which scorecard."""

    model_config = ConfigDict(extra="forbid")
    months: Annotated[int, Field(ge=1, le=120, description="How many months the period has.")] = 12
    population: Annotated[
        int | None, Field(ge=1, le=100_000_000, description="Children in the area, for rates per 10,000.")
    ] = None


class _Count:
    """One scorecard, being counted or counted."""

    def __init__(self) -> None:
        self.ready = Signal()
        self.document: dict[str, Any] | None = None
        self.fault: Exception | None = None


class Counts:
    """The scorecards of one desk. One is counted at a time: it takes a processor to itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock, self._counting = Lock(), Lock()
        self._kept: OrderedDict[tuple[object, ...], _Count] = OrderedDict()

    def of(self, authority: str, question: Question, asked: ScoreQuery) -> dict[str, Any]:
        """Give a scorecard; raises Problem (503) while it is still being counted."""
        key = (
            authority,
            question.as_at,
            question.known_at,
            # of today it is told as at this hour: a clock in hours may run out without anything being written
            question.moment.replace(minute=0, second=0, microsecond=0),
            asked.months,
            asked.population,
            self._written(authority),
        )
        with self._lock:
            count = self._kept.get(key)
            if count is None:
                count = self._kept[key] = _Count()
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
                Thread(target=self._count, args=(count, authority, question, asked), daemon=True).start()
            self._kept.move_to_end(key)
        if not count.ready.wait(PATIENCE_SECONDS):
            raise _being_counted(
                f"The scorecard is being counted, over every case. Ask again in {TRY_AGAIN} s."
            )
        if count.document is None:
            with self._lock:
                self._kept.pop(key, None)
            raise count.fault or RuntimeError("A scorecard could not be counted.")
        return count.document

    def _written(self, authority: str) -> tuple[object, ...]:
        """Say how much is written: what was counted holds until something more is."""
        with self._desk.store.snapshot() as unit:
            row = unit.connection.execute(
                select(func.count(), func.coalesce(func.sum(cases.c.version), 0)).where(
                    cases.c.authority == authority
                )
            ).one()
            return (*row, unit.marks())

    def _count(self, count: _Count, authority: str, question: Question, asked: ScoreQuery) -> None:
        try:
            with self._counting, self._desk.store.snapshot() as unit:
                lines = scorecard(
                    Engine(self._desk.store),
                    unit,
                    question,
                    authority=authority,
                    months=asked.months,
                    population=asked.population,
                )
            count.document = _document(authority, question, asked.months, self._desk.now(), lines)
        except Exception as fault:  # noqa: BLE001  # told to whoever asks; a thread has nobody to raise to
            count.fault = fault
        finally:
            count.ready.set()


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
    if asked.months == MONTHS:  # the board shows the same, and counts it once for both
        try:
            found = counting_of(desk).figures(token.authority, question, desk.now(), asked.population)
        except BeingCounted as fault:
            raise _being_counted(f"{fault.words}") from fault
        return told(request, _document(token.authority, question, MONTHS, found.made_at, found.lines))
    counts: Counts = request.app.state.counts
    return told(request, counts.of(token.authority, question, asked))


def _being_counted(words: str) -> Problem:
    return Problem(
        503, "being-counted", words, headers={"Retry-After": str(TRY_AGAIN)}, retry_after=TRY_AGAIN
    )


def _document(
    authority: str, question: Question, months: int, made_at: datetime, lines: Sequence[Line]
) -> dict[str, Any]:
    return {
        "authority": authority,
        **as_at_of(question),
        "months": months,
        "counted_at": made_at.isoformat(),
        "indicators": [score_row(line) | {"comparators": dict(line.comparators)} for line in lines],
    }
