"""Signing in to a demonstration, signing out, and how long a session goes on."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.menu import first_page
from caseclock.desk.refusals import NotFound
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.security import local_path
from caseclock.desk.sessions import begin_session, end_session
from caseclock.desk.settings import SignIn
from caseclock.desk.sign_in.openid import link_to_sign_in_service
from caseclock.desk.sign_in.signing_in import limited, signed_in, to
from caseclock.desk.words import named

router = APIRouter()


@page(router, "GET", "/", may=Permission.SIGNED_IN)
def start(request: Request) -> Response:
    return to(first_page(person_of(request)))


@page(router, "GET", "/sign-in", may=Permission.OPEN)
def sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002  # the name stands in addresses
    desk, session = desk_of(request), request.state.session
    there = local_path(next)
    if session is not None and session.person is not None:
        return to(there)
    if desk.settings.sign_in is not SignIn.DEMO or session is not None:
        return _page(request, there)
    if "again" in request.query_params:
        return _page(
            request,
            there,
            problem="Your browser did not keep the cookie that sign-in needs. Allow cookies first.",
        )
    # a form needs a session to belong to, even before anybody has signed in
    limited(request)
    response = to(f"/sign-in?next={quote(there, safe='')}&again=1")
    begin_session(desk, response, person=None, memory={}, instead_of=None)
    return response


@page(router, "POST", "/sign-in", may=Permission.OPEN)
def sign_in_to_demonstration(request: Request) -> Response:
    desk, form = desk_of(request), request.state.form
    if desk.settings.sign_in is not SignIn.DEMO:
        raise NotFound
    limited(request)
    there = local_path(form.get("next"))
    chosen = next(
        (one for one in desk.settings.demo_people if f"{one.authority}/{one.name}" == form.get("person")),
        None,
    )
    if chosen is None:
        return _page(request, there, problem="Choose who to be", status=422)
    return signed_in(desk, request.state.session, chosen, there)


def _page(request: Request, there: str, problem: str | None = None, status: int = 200) -> Response:
    settings = desk_of(request).settings
    return show(
        request,
        "frame/sign_in.html",
        status,
        mode=settings.sign_in.value,
        people=[
            {"value": f"{one.authority}/{one.name}", "text": one.display, "hint": _roles(one)}
            for one in settings.demo_people
        ],
        there=there,
        service=link_to_sign_in_service(there),
        problem=problem,
    )


def _roles(person: Person) -> str:
    """Say what somebody is: manager of North, viewer of all teams, in Thurrock."""
    said = (
        f"{grant.role} of {', '.join(sorted(grant.teams)) if grant.teams else 'all teams'}"
        for grant in person.grants
    )
    whole = f"{', '.join(said)}, in {named(person.authority)}"
    return whole[:1].upper() + whole[1:]


@page(router, "POST", "/sign-out", may=Permission.SIGNED_IN)
def sign_out(request: Request) -> Response:
    desk = desk_of(request)
    response = to("/signed-out")
    did(desk, person_of(request), Deed.SIGNED_OUT)
    end_session(desk, response, request.state.session)
    return response


@page(router, "GET", "/signed-out", may=Permission.OPEN)
def signed_out(request: Request) -> Response:
    return show(request, "frame/signed_out.html", mode=desk_of(request).settings.sign_in.value)


@page(router, "GET", "/session", may=Permission.SIGNED_IN)
def session_page(request: Request, next: str = "/") -> Response:  # noqa: A002
    desk, session = desk_of(request), request.state.session
    return show(
        request,
        "frame/session.html",
        there=local_path(next),
        at_latest=session.began_at + desk.settings.longest,
        idle_minutes=int(desk.settings.idle.total_seconds() // 60),
    )


@page(router, "POST", "/session", may=Permission.SIGNED_IN)
def stay(request: Request) -> Response:
    """Go on with the session: being asked for a page is enough, for that moves its end."""
    return to(local_path(request.state.form.get("next")))
