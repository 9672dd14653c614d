"""What every list of the API does alike: read what is asked and where to go on, write down who looked, give a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from fastapi import Request
from starlette.responses import Response

from caseclock.desk import audit
from caseclock.desk.api.asking import as_at_of
from caseclock.desk.api.declaring import told
from caseclock.desk.api.gate import token_of
from caseclock.desk.api.places import Page, Place, asked_for, read_place, write_place
from caseclock.desk.api.tokens import Token
from caseclock.desk.asking import is_now, question_of
from caseclock.desk.engines import Desk, desk_of
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.workflow.positions import Question


class Paged(Protocol):
    """What a list is asked for."""

    cursor: str | None


Asked = TypeVar("Asked", bound=Paged)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Asked]):
    """A list that was asked for: by whom, of what, as at when, from where on."""

    desk: Desk
    token: Token
    asked: Asked
    question: Question
    #: whether the question is about the present, which the stored tables answer
    is_now: bool
    place: Place


def listed(
    request: Request,
    asked: Asked,
    what: str,
    page_of: Callable[[Listing[Asked], SqlTransaction], Page[dict[str, Any]]],
) -> Response:
    """Answer with a page of a list; `what` it is of is told to the audit."""
    desk, token, question = desk_of(request), token_of(request), question_of(request)
    asking = asked_for(token.authority, asked)
    place = read_place(asked.cursor, asking)
    audit.did(desk, token.person, audit.Deed.LISTED, subject=f"api: {what}")
    with desk.store.snapshot() as unit:
        page = page_of(Listing(desk, token, asked, question, is_now(question, desk.now()), place), unit)
    following = write_place(page.next, asking)
    return told(request, {**as_at_of(question), "items": page.items, "next": following})
