"""Sign-in by a reverse proxy: it proves who somebody is and says so in headers, which only it can send."""

from ipaddress import ip_address

from fastapi import Request, Response

from caseclock.desk.engines import desk_of
from caseclock.desk.people import NoRole
from caseclock.desk.refusals import NotAllowed
from caseclock.desk.roles import Person
from caseclock.desk.sessions import Session, begin_session, session_of
from caseclock.desk.settings import Proxy, SignIn


def current_session(request: Request) -> Session | None:
    """Give the session a request belongs to. Behind a proxy it is begun, and begun anew, by what the headers say."""
    desk = desk_of(request)
    session = session_of(request)
    if desk.settings.sign_in is not SignIn.PROXY or desk.settings.proxy is None:
        return session
    person = _person(request, desk.settings.proxy)
    if person is None:
        return None
    if session is not None and session.person == person:
        return session
    carrying = Response()
    begun = begin_session(desk, carrying, person=person, memory={}, instead_of=session)
    # whatever answers the request, the guard gives the browser its cookie
    request.scope["state"].setdefault("cookies", []).append(carrying.headers["set-cookie"])
    return begun


def _person(request: Request, proxy: Proxy) -> Person | None:
    """Say who the headers name; None where they name nobody, or come from an address they are not believed from."""
    if request.client is None or not _is_from(request.client.host, proxy):
        return None
    names = request.headers.getlist(proxy.name_header)
    if len(names) != 1 or not names[0].strip():
        return None
    groups = [one.strip() for told in request.headers.getlist(proxy.groups_header) for one in told.split(",")]
    display = request.headers.get(proxy.display_header, "").strip()
    try:
        return desk_of(request).settings.people.person(names[0].strip(), display, groups)
    except NoRole as refused:
        raise NotAllowed(str(refused)) from refused


def _is_from(host: str, proxy: Proxy) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in proxy.addresses)
