"""Every part of the desk that has pages: a router that is not named here is not served."""

from collections.abc import Iterator

from fastapi import APIRouter

from caseclock.desk import static_pages
from caseclock.desk.sign_in import openid, pages


def routers() -> Iterator[APIRouter]:
    """Give the routers of all pages, in the order in which their paths are tried."""
    yield static_pages.router
    yield pages.router
    yield openid.router
