"""How a page is made of a template: the layout every page stands in, and what every template may use."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from jinja2 import ChainableUndefined, Environment, PackageLoader

from caseclock.desk import words
from caseclock.desk.engines import desk_of
from caseclock.desk.menu import menu
from caseclock.desk.roles import Permission
from caseclock.desk.security import CSRF_FIELD, csrf_token
from caseclock.desk.sessions import Session


class Misspelt(ChainableUndefined):
    """A name that was not given: it can be asked about, as macros do of what is optional, not printed."""

    def __str__(self) -> str:
        return str(self._fail_with_undefined_error())

    __html__ = __str__


@cache
def environment() -> Environment:
    """Give the templates of the desk, each compiled once."""
    made = Environment(
        loader=PackageLoader("caseclock.desk"),
        autoescape=True,
        undefined=Misspelt,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )
    made.filters |= {
        "day": words.day,
        "short_day": words.short_day,
        "moment": words.moment,
        "short_moment": words.short_moment,
        "over_by": words.length,
        "named": words.named,
        "urlencode_whole": _whole,
    }
    made.globals |= {
        "counted": words.counted,
        "Permission": Permission,
        "words": words,
        "summary_of": summary_of,
    }
    return made


def show(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Answer with a page.

    Every template knows: `request`, `person` (or None), `may(permission)`, `csrf` (the hidden field of a form),
    `static(name)`, `with_query(**changes)` (this page's address with some parameters changed), `now`. A page that
    shows what stood as at a day gives `question`, and the layout shows and changes it.
    """
    return Response(
        render(request, template, **context),
        status,
        media_type="text/html",
        headers={"cache-control": "no-store"},
    )


def render(request: Request, template: str, **context: Any) -> str:
    """Make the text of a page."""
    desk = desk_of(request)
    session: Session | None = getattr(request.state, "session", None)
    person = session.person if session else None
    now = desk.now()
    return (
        environment()
        .get_template(template)
        .render(
            request=request,
            person=person,
            session=session,
            session_ends_at=session.ends_at(desk) if session else None,
            menu=menu(person, request.url.path),
            may=lambda permission: person is not None and person.may(permission),
            csrf_field=CSRF_FIELD,
            csrf_token=lambda: csrf_token(session),
            static=desk.files.url,
            with_query=lambda **changes: address_with(request, changes),
            demonstration=desk.settings.demonstration,
            warned_before=desk.settings.warned_before,
            proxied=desk.settings.sign_in.value == "proxy",
            now=now,
            **context,
        )
    )


def address_with(request: Request, changes: dict[str, Any]) -> str:
    """Give this page's path and query with some parameters changed, and those that are None left out."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes]
    added = [
        (name, str(one))
        for name, value in changes.items()
        if value is not None
        for one in (value if isinstance(value, list | tuple) else [value])
    ]
    query = urlencode([*kept, *added])
    return f"{request.url.path}?{query}" if query else request.url.path


def summary_of(errors: Mapping[str, str]) -> list[dict[str, str]]:
    """Give what the summary of errors lists: each sentence, leading to its field."""
    return [{"text": words_, "href": f"#{field}"} for field, words_ in errors.items()]


def _whole(part: str) -> str:
    """Write one part of a path, whatever is in it."""
    return quote(part, safe="")
