"""What a read of the API is asked for: as at when, which rows, where to go on; strictly, so that no filter is lost."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select

from caseclock.desk.api.places import LONGEST, MOST, USUAL
from caseclock.desk.api.problems import Problem
from caseclock.desk.api.tokens import Token
from caseclock.desk.engines import Desk
from caseclock.desk.seeing import may_see
from caseclock.workflow.positions import Question

Text = Annotated[str, Field(min_length=1, max_length=500)]
Limit = Annotated[int, Field(ge=1, le=MOST, description="Rows of a page, at most.")]
Cursor = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=LONGEST,
        pattern="^[A-Za-z0-9_-]+$",
        description="`next` of the page before; the other parameters as they were.",
    ),
]

Day = Annotated[str | None, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"})]
AsAt = Annotated[
    Day,
    Field(
        description="Take in what had happened by the end of this day in London; today unless given.",
        examples=["2026-05-15"],
    ),
]
KnownAt = Annotated[
    str | None,
    Field(
        max_length=40,
        description="Take in what had been written down by this instant, or by the end of this date; the end of the "
        "as-at day unless given.",
        examples=["2026-05-15T09:30:00Z"],
    ),
]
CaseId = Annotated[str | None, Field(min_length=1, max_length=500, description="Only this case.")]


class AsAtQuery(BaseModel):
    """As at which day and as known when."""

    model_config = ConfigDict(extra="forbid")
    as_at: AsAt = None
    known_at: KnownAt = None


class PageQuery(AsAtQuery):
    """Which page of a list."""

    limit: Limit = USUAL
    cursor: Cursor = None
    case_id: CaseId = None
    process: Annotated[
        str | None, Field(min_length=1, max_length=100, description="Only of this process.")
    ] = None
    timescale: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Only of this timescale.")
    ] = None
    team: Annotated[
        str | None,
        Field(
            min_length=1, max_length=200, description="Only of cases allocated to this team, as they are now."
        ),
    ] = None
    worker: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="Only of cases allocated to this worker, as they are now.",
        ),
    ] = None


def day_of(text: str | None, field: str) -> date | None:
    """Read a day that was asked for; raises Problem where there is no such day."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(
            422,
            "invalid",
            f"Can't read {field}: there is no day {text}. Write one as 2026-03-02.",
            field=field,
        ) from None


def seen_case(desk: Desk, token: Token, case_id: str, what: str = "case") -> None:
    """Raise a 404 unless the case is there for this token: one that may not be seen is as if it were not there.

    `what` was asked for, and is all the refusal tells.
    """
    if "\0" not in case_id:
        with desk.reading() as connection:
            if may_see(connection, token.person, case_id, desk.now()):
                return
    raise missing(what)


def case_of(desk: Desk, token: Token, column: ColumnElement[str], value: str, what: str) -> str:
    """Name the case of a stored row that may be seen; raises Problem (404) otherwise."""
    table = column.table
    wanted = select(table.c.case_id).where(table.c.authority == token.authority, column == value)
    with desk.reading() as connection:
        case_id: str | None = connection.scalar(wanted)
    if case_id is None:
        raise missing(what)
    seen_case(desk, token, case_id, what)
    return case_id


def as_at_of(question: Question) -> dict[str, str]:
    """Say as at when an answer is."""
    return {"as_at": question.as_at.isoformat(), "known_at": question.known_at.isoformat()}


def missing(what: str) -> Problem:
    """Say that something is not there, or may not be seen: the two answers are one."""
    return Problem(404, "not-found", f"There is no such {what} in your authority. Check the identifier.")
