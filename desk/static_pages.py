"""What is the same for everybody: stylesheets and scripts, help, cookies, the accessibility statement."""

from fastapi import APIRouter, Request, Response

from caseclock.desk.engines import desk_of
from caseclock.desk.refusals import NotFound
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page

router = APIRouter()


@page(router, "GET", "/static/{digest}/{name:path}", may=Permission.OPEN, whoever=True)
def file(request: Request, digest: str, name: str) -> Response:
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    response = desk_of(request).files.response(digest, name, zipped=zipped)
    if response is None:
        raise NotFound
    return response


@page(router, "GET", "/help", may=Permission.OPEN)
def help_page(request: Request) -> Response:
    return show(request, "frame/help.html")


@page(router, "GET", "/accessibility", may=Permission.OPEN)
def accessibility(request: Request) -> Response:
    return show(request, "frame/accessibility.html")


@page(router, "GET", "/cookies", may=Permission.OPEN)
def cookies(request: Request) -> Response:
    return show(request, "frame/cookies.html")
