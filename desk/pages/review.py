"""The review of a breach: what it is, how it was answered, and answering it, one thing a page."""

from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from caseclock.desk.audit import looked
from caseclock.desk.engines import desk_of
from caseclock.desk.forms import Form
from caseclock.desk.pages.review_steps import (
    WAYS,
    Filled,
    Kind,
    Step,
    event_of,
    fields_of,
    following,
    offered,
    read_filled,
)
from caseclock.desk.pages.reviewed import ANSWERS, Reviewed, record_unless_changed, reviewed
from caseclock.desk.pages.sign_off import propose, waiting_for
from caseclock.desk.refusals import NotAllowed, NotFound, Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.seeing import may_for_case
from caseclock.processes.reasons import reasons
from caseclock.store.sentences import CAUSES
from caseclock.timers.when import london_date

router = APIRouter()


@page(router, "GET", "/breaches/{breach_id}", may=Permission.READ)
def breach_page(request: Request, breach_id: str) -> Response:
    desk, person = desk_of(request), person_of(request)
    found = reviewed(desk, person, breach_id)
    looked(desk, person, found.breach.case_id, "breach")
    return _breach_page(request, found)


def _breach_page(request: Request, found: Reviewed, error: str = "") -> Response:
    desk, person = desk_of(request), person_of(request)
    with desk.reading() as connection:
        choices = [
            (kind, way)
            for kind, way in WAYS.items()
            if found.is_open_to(kind) and may_for_case(connection, person, found.breach.case_id, way.may)
        ]
        waiting = waiting_for(connection, person.authority, found.breach.breach_id)
    done = request.query_params.get("done", "")
    return show(
        request,
        "pages/breach.html",
        422 if error else 200,
        found=found,
        breach=found.breach,
        answers=ANSWERS,
        reasons=reasons(),
        choices=choices,
        waiting=waiting,
        cause=CAUSES.get(found.breach.cause or "", ""),
        done=WAYS[Kind(done)].done if done in list(Kind) else "",
        proposed=request.query_params.get("done") == "proposed",
        error=error,
    )


@page(router, "POST", "/breaches/{breach_id}", may=Permission.ANSWER)
def choose(request: Request, breach_id: str) -> Response:
    found = reviewed(desk_of(request), person_of(request), breach_id)
    kind = request.state.form.get("kind")
    if kind not in list(Kind):
        return _breach_page(request, found, error="Choose what to do about it")
    return RedirectResponse(f"/breaches/{breach_id}/{kind}", 303)


@page(router, "GET", "/breaches/{breach_id}/{kind}", may=Permission.ANSWER)
def begin(request: Request, breach_id: str, kind: str) -> Response:
    chosen, found = _chosen(request, breach_id, kind)
    return _step(request, chosen, found, WAYS[chosen].steps[0], Filled(), found.seen, uuid4().hex, {})


@page(router, "POST", "/breaches/{breach_id}/{kind}", may=Permission.ANSWER)
def go_on(request: Request, breach_id: str, kind: str) -> Response:
    chosen, found = _chosen(request, breach_id, kind)
    form: Form = request.state.form
    filled, today = read_filled(form), london_date(desk_of(request).now())
    token, seen = form.get("token"), form.get("seen")
    going_on = following(chosen, form, filled, today)
    if going_on is not None:
        return _step(request, chosen, found, going_on[0], filled, seen, token, going_on[1])
    return _record(request, chosen, found, filled, seen, token)


def _chosen(request: Request, breach_id: str, kind: str) -> tuple[Kind, Reviewed]:
    desk, person = desk_of(request), person_of(request)
    if kind not in list(Kind):
        raise NotFound
    found = reviewed(desk, person, breach_id)
    with desk.reading() as connection:
        allowed = may_for_case(connection, person, found.breach.case_id, WAYS[Kind(kind)].may)
    if not allowed:
        raise NotAllowed(
            "Your role does not let you do this for this case. If it should, ask whoever looks after Caseclock in "
            "your authority."
        )
    if not found.is_open_to(Kind(kind)) and request.method == "GET":
        raise Unfit("The breach can't be answered in this way as it stands. Go back to it to see how.")
    return Kind(kind), found


def _step(
    request: Request,
    kind: Kind,
    found: Reviewed,
    step: Step,
    filled: Filled,
    seen: str,
    token: str,
    errors: dict[str, str],
) -> Response:
    shown = set(fields_of(step))
    return show(
        request,
        "pages/review.html",
        422 if errors else 200,
        kind=kind,
        way=WAYS[kind],
        found=found,
        breach=found.breach,
        step=step,
        filled=filled,
        hidden=[(name, value) for name, value in filled.hidden if name not in shown],
        seen=seen,
        token=token,
        errors=errors,
        offered=offered(kind),
        reasons=reasons(),
        checked=request.method == "POST"
        and bool(request.state.form.get("checked") or request.state.form.get("change")),
        two_person=desk_of(request).settings.two_person,
    )


def _record(request: Request, kind: Kind, found: Reviewed, filled: Filled, seen: str, token: str) -> Response:
    """Record an answer unless another came in between; then show both, and lose neither."""
    desk, person = desk_of(request), person_of(request)
    event = event_of(kind, found.breach, filled, token=token, by=person.name, at=desk.now())
    there = f"/breaches/{found.breach.breach_id}"
    if any(one.event_id == event.event_id for one in found.given.history):
        return RedirectResponse(f"{there}?done={kind}", 303)
    if desk.settings.two_person:
        propose(desk, person, event)
        return RedirectResponse(f"{there}?done=proposed", 303)
    other = record_unless_changed(desk, person, event, seen)
    if other is not None:
        return show(
            request,
            "pages/both.html",
            409,
            kind=kind,
            way=WAYS[kind],
            found=reviewed(desk, person, found.breach.breach_id),
            breach=found.breach,
            theirs=other,
            ours=event,
            answers=ANSWERS,
            reasons=reasons(),
            hidden=filled.hidden,
            token=token,
        )
    return RedirectResponse(f"{there}?done={kind}", 303)
