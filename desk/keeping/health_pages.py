"""The state the desk is in, for people and for whatever watches the service."""

from fastapi import APIRouter, Request, Response

from caseclock.desk.engines import desk_of
from caseclock.desk.keeping.health import findings
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of

router = APIRouter()


@page(router, "GET", "/health", may=Permission.SIGNED_IN)
def health(request: Request) -> Response:
    found = findings(desk_of(request), person_of(request).authority)
    return show(request, "keeping/health.html", findings=found)


@page(router, "GET", "/up", may=Permission.OPEN, whoever=True)
def up(request: Request) -> Response:
    """Answer whatever balances the load or restarts the service: 200 while the database answers, else 503."""
    with desk_of(request).reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    return Response("up\n", media_type="text/plain")
