"""Pages for restricted cases: closing a case, naming who sees it, opening it again; and the way in, in an emergency."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from caseclock.desk.engines import desk_of
from caseclock.desk.forms import Form, problems_of
from caseclock.desk.keeping.access import (
    PAGE,
    break_glass,
    name_reader,
    one_restricted,
    openings,
    remove_reader,
    restrict,
    restricted,
    unrestrict,
)
from caseclock.desk.refusals import Turned
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.sign_in.signing_in import to

router = APIRouter()

#: longest texts taken: a reference, a name, a reason
LONGEST_REFERENCE = 200
LONGEST_REASON = 2000
CASE = "Enter the reference of the case"
REASON = "Say why"


@page(router, "GET", "/access", may=Permission.ADMINISTER)
def access(request: Request, after: str = "", done: str = "") -> Response:
    return _access(request, after=after, done=done)


def _access(
    request: Request, *, after: str = "", done: str = "", form: Form | None = None, **errors: str
) -> Response:
    desk, person = desk_of(request), person_of(request)
    with desk.reading() as connection:
        found = restricted(connection, person.authority, after=after)
        opened = openings(connection, person.authority)
    return show(
        request,
        "keeping/access.html",
        422 if errors else 200,
        restricted=found,
        openings=opened,
        more=found[-1].case_id if len(found) == PAGE else None,
        done=DONE.get(done, ""),
        form=form or Form(None),
        errors=errors,
    )


#: what a page says was done, by a word in its address: what stands there is never shown
DONE = {
    "restricted": "The case is restricted. Name who may see it.",
    "unrestricted": "The case is open again to everybody whose role lets them see it.",
    "named": "They can see the case now.",
    "removed": "They can no longer see the case.",
}


@page(router, "POST", "/access", may=Permission.ADMINISTER)
def close_case(request: Request) -> Response:
    form: Form = request.state.form
    errors = problems_of(form, {"case": (CASE, LONGEST_REFERENCE), "because": (REASON, LONGEST_REASON)})
    if errors:
        return _access(request, form=form, **errors)
    case_id = form.get("case")
    try:
        restrict(desk_of(request), person_of(request), case_id, form.get("because"))
    except Turned as turned:
        if turned.field is None:
            raise
        return _access(request, form=form, **{turned.field: turned.words})
    return to(f"{address(case_id)}?done=restricted")


def address(case_id: str) -> str:
    """Give the address of a restricted case's page."""
    return f"/access/cases/{quote(case_id, safe='')}"


@page(router, "GET", "/access/cases/{case_id:path}", may=Permission.ADMINISTER)
def restricted_case(request: Request, case_id: str, done: str = "") -> Response:
    return _case(request, case_id, done=done)


def _case(
    request: Request, case_id: str, *, done: str = "", form: Form | None = None, **errors: str
) -> Response:
    desk, person = desk_of(request), person_of(request)
    with desk.reading() as connection:
        found = one_restricted(connection, person.authority, case_id)
        opened = openings(connection, person.authority, case_id)
    return show(
        request,
        "keeping/restricted_case.html",
        422 if errors else 200,
        case=found,
        openings=opened,
        address=address(case_id),
        done=DONE.get(done, ""),
        form=form or Form(None),
        errors=errors,
    )


@page(router, "POST", "/access/cases/{case_id:path}", may=Permission.ADMINISTER)
def change_case(request: Request, case_id: str) -> Response:
    """Name somebody, remove somebody, or open the case again: whichever button was used."""
    desk, person = desk_of(request), person_of(request)
    form: Form = request.state.form
    deed = form.get("deed")
    if deed == "remove":
        remove_reader(desk, person, case_id, form.get("who"))
        return to(f"{address(case_id)}?done=removed")
    if deed == "open":
        errors = problems_of(form, {"because": (REASON, LONGEST_REASON)})
        if errors:
            return _case(request, case_id, form=form, **errors)
        unrestrict(desk, person, case_id, form.get("because"))
        return to("/access?done=unrestricted")
    errors = problems_of(form, {"who": ("Enter who may see it", LONGEST_REFERENCE)})
    if errors:
        return _case(request, case_id, form=form, **errors)
    name_reader(desk, person, case_id, form.get("who"))
    return to(f"{address(case_id)}?done=named")


@page(router, "GET", "/break-glass", may=Permission.BREAK_GLASS)
def glass(request: Request) -> Response:
    return _glass(request)


def _glass(request: Request, form: Form | None = None, **errors: str) -> Response:
    hours = int(desk_of(request).settings.glass_broken_for.total_seconds() // 3600)
    return show(
        request,
        "keeping/break_glass.html",
        422 if errors else 200,
        form=form or Form(None),
        errors=errors,
        hours=hours,
    )


@page(router, "POST", "/break-glass", may=Permission.BREAK_GLASS)
def break_it(request: Request) -> Response:
    form: Form = request.state.form
    errors = problems_of(
        form,
        {
            "case": (CASE, LONGEST_REFERENCE),
            "because": ("Say why you need to see it now", LONGEST_REASON),
        },
    )
    if errors:
        return _glass(request, form, **errors)
    case_id = form.get("case")
    if not break_glass(desk_of(request), person_of(request), case_id, form.get("because")):
        return _glass(
            request,
            form,
            case="There is no case of this reference that you could be shown. Check it; the attempt is on the record.",
        )
    return to(f"/cases/{quote(case_id, safe='')}")
