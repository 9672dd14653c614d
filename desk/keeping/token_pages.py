"""Pages for the tokens by which other systems use the API: making one, seeing which there are, taking one back."""

from datetime import date

from fastapi import APIRouter, Request, Response

from caseclock.desk.api.tokens import SCOPES, Scope, TokenRefused, make_token, revoke_token, tokens
from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.forms import Form, problems_of
from caseclock.desk.refusals import NotFound, Stale
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.sign_in.signing_in import to
from caseclock.timers.when import end_of_day

router = APIRouter()

LONGEST_NAME = 100


@page(router, "GET", "/access/tokens", may=Permission.ADMINISTER)
def list_tokens(request: Request, done: str = "") -> Response:
    return _tokens(request, done="The token was revoked." if done == "revoked" else "")


def _tokens(request: Request, *, done: str = "", form: Form | None = None, **errors: str) -> Response:
    desk, person = desk_of(request), person_of(request)
    with desk.reading() as connection:
        found = tokens(connection, person.authority)
    return show(
        request,
        "keeping/tokens.html",
        422 if errors else 200,
        tokens=list(reversed(found)),
        scopes=[{"value": scope.value, "text": SCOPES[scope].capitalize()} for scope in Scope],
        scope_words=SCOPES,
        done=done,
        form=form or Form(None),
        errors=errors,
    )


@page(router, "POST", "/access/tokens", may=Permission.ADMINISTER)
def new_token(request: Request) -> Response:
    desk, person = desk_of(request), person_of(request)
    form: Form = request.state.form
    errors = problems_of(form, {"name": ("Say which system it is for", LONGEST_NAME)})
    scopes = [Scope(one) for one in form.all("scope") if one in list(Scope)]
    if not scopes:
        errors["scope"] = "Choose what it may be used for"
    until = _day(form.get("until"))
    if form.get("until") and until is None:
        errors["until"] = "Write the day as 2027-03-31"
    if errors:
        return _tokens(request, form=form, **errors)
    with desk.writing() as connection:
        try:
            secret, token = make_token(
                connection,
                authority=person.authority,
                name=form.get("name"),
                scopes=scopes,
                by=person.name,
                at=desk.now(),
                expires_at=end_of_day(until) if until else None,
            )
        except TokenRefused as refused:
            return _tokens(request, form=form, until=str(refused))
        did(desk, person, Deed.MADE_TOKEN, subject=token.token_id, connection=connection)
    # shown in answer to the form, once: nothing of it is kept, in an address or anywhere else
    return show(request, "keeping/token_made.html", secret=secret, token=token, scope_words=SCOPES)


@page(router, "POST", "/access/tokens/{token_id}/revoke", may=Permission.ADMINISTER)
def revoke(request: Request, token_id: str) -> Response:
    desk, person = desk_of(request), person_of(request)
    with desk.writing() as connection:
        if token_id not in {one.token_id for one in tokens(connection, person.authority)}:
            raise NotFound
        try:
            revoke_token(connection, token_id, by=person.name, at=desk.now(), authority=person.authority)
        except TokenRefused as refused:
            raise Stale(str(refused)) from refused
        did(desk, person, Deed.REVOKED_TOKEN, subject=token_id, connection=connection)
    return to("/access/tokens?done=revoked")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
