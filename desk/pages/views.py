"""Saved views: an address of a list under a name, each person's own."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Row, delete, func, select

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.refusals import Unfit
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.store.access_tables import saved_views

router = APIRouter()

#: pages that can be kept as a view
PAGES = ("/queue", "/breaches", "/board")
MOST = 50
_LONGEST_NAME, _LONGEST_ADDRESS = 60, 2000


def views_of(connection: Connection, person: Person) -> Sequence[Row[Any, Any]]:
    """Give a person's views as (name, address), in the order of their names."""
    return connection.execute(
        select(saved_views.c.name, saved_views.c.address)
        .where(saved_views.c.authority == person.authority, saved_views.c.who == person.name)
        .order_by(saved_views.c.name)
    ).all()


@page(router, "POST", "/views", may=Permission.READ)
def save(request: Request) -> Response:
    person, desk, form = person_of(request), desk_of(request), request.state.form
    name, address = form.get("name"), _ours(form.get("address"))
    if not name:
        raise Unfit("Give the view a name. Go back and fill it in.", field="name")
    if len(name) > _LONGEST_NAME:
        raise Unfit(
            f"The name of a view has {_LONGEST_NAME} letters at most. Go back and shorten it.", field="name"
        )
    with desk.writing() as connection:
        mine = (saved_views.c.authority == person.authority, saved_views.c.who == person.name)
        connection.execute(delete(saved_views).where(*mine, saved_views.c.name == name))
        kept = connection.scalar(select(func.count()).select_from(saved_views).where(*mine)) or 0
        if kept >= MOST:
            raise Unfit(f"You have {MOST} views already. Go back and remove one first.", field="name")
        connection.execute(
            saved_views.insert().values(
                authority=person.authority, who=person.name, name=name, address=address, saved_at=desk.now()
            )
        )
        did(desk, person, Deed.SAVED_VIEW, subject=name, connection=connection)
    return RedirectResponse(address, 303)


@page(router, "POST", "/views/remove", may=Permission.READ)
def remove(request: Request) -> Response:
    person, desk, form = person_of(request), desk_of(request), request.state.form
    with desk.writing() as connection:
        connection.execute(
            delete(saved_views).where(
                saved_views.c.authority == person.authority,
                saved_views.c.who == person.name,
                saved_views.c.name == form.get("name"),
            )
        )
        did(desk, person, Deed.REMOVED_VIEW, subject=form.get("name"), connection=connection)
    return RedirectResponse(_ours(form.get("address") or "/queue"), 303)


def _ours(address: str) -> str:
    """Give an address of one of the pages that can be kept; raises Unfit for any other, which could lead anywhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.path not in PAGES or len(address) > _LONGEST_ADDRESS:
        raise Unfit("Only lists of this desk can be kept as a view. Open the list, and save it from there.")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
