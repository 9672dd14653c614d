"""Every part of the desk that has pages: a router that is not named here is not served."""

from collections.abc import Iterator

from fastapi import APIRouter

from caseclock.desk import static_pages
from caseclock.desk.api import routes as api
from caseclock.desk.keeping import access_pages, audit_pages, health_pages, token_pages
from caseclock.desk.pages import (
    board,
    case,
    correcting,
    exports,
    forecast,
    imports,
    queue,
    review,
    rules,
    sign_off,
    together,
    uploads,
    views,
    why,
)
from caseclock.desk.sign_in import openid, pages


def routers() -> Iterator[APIRouter]:
    """Give the routers of all pages, in the order in which their paths are tried."""
    yield static_pages.router
    yield pages.router
    yield openid.router
    yield token_pages.router
    yield access_pages.router
    yield audit_pages.router
    yield health_pages.router
    yield queue.router
    yield case.router
    yield views.router
    yield why.router
    yield review.router
    yield sign_off.router
    yield together.router
    yield uploads.router
    yield correcting.router
    yield imports.router
    yield rules.router
    yield board.router
    yield forecast.router
    yield exports.router
    yield from api.routers()
