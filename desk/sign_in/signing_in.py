"""What every way of signing in ends with: a session under a new name, on the record, and the page that was wanted."""

from fastapi import Request, Response

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.limits import Limit
from caseclock.desk.roles import Person
from caseclock.desk.sessions import Session, begin_session


def signed_in(desk: Desk, before: Session | None, person: Person, there: str) -> Response:
    """Begin the session of somebody who has proved who they are, under a new name, and go on."""
    response = to(there)
    begin_session(desk, response, person=person, memory={}, instead_of=before)
    did(desk, person, Deed.SIGNED_IN)
    return response


def to(address: str) -> Response:
    """Send the browser on to a page, by GET."""
    return Response(status_code=303, headers={"location": address})


def limited(request: Request) -> None:
    """Count an attempt to sign in; raises TooMany after many from one address."""
    limit: Limit = request.app.state.sign_in_limit
    limit.take(request.client.host if request.client else "unknown", desk_of(request).now())
