"""How a page is declared: with what it asks of whoever calls it. An app with a route that does not say is not made."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Annotated, Any, Protocol, TypeVar, runtime_checkable

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.routing import BaseRoute, Mount

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.forms import Form, form_of, read_form
from caseclock.desk.refusals import NotAllowed, SignInFirst
from caseclock.desk.roles import Permission, Person
from caseclock.desk.security import check_csrf
from caseclock.desk.sessions import Session
from caseclock.desk.sign_in.proxy import current_session

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
#: methods that change nothing
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RouteWithoutPermission(TypeError):
    """A route says nothing of who may call it. Declare it with `page`, or with a scope of the API."""


@runtime_checkable
class Gate(Protocol):
    """A dependency that lets a request through or refuses it, and says what it asks for."""

    @property
    def asks(self) -> str: ...


class Allowing:
    """Lets whoever may do something through; who it is and what they sent are then in the request's state."""

    def __init__(self, permission: Permission, *, whoever: bool = False) -> None:
        self.permission = permission
        #: it is not even asked who it is: a file that is the same for everybody
        self.whoever = whoever

    @property
    def asks(self) -> str:
        return self.permission.value

    def __call__(self, request: Request, sent: Annotated[FormData | None, Depends(form_of)]) -> None:
        self.check(request)
        self.take(request, sent)

    def check(self, request: Request) -> None:
        """Raise SignInFirst or NotAllowed for whoever may not; who it is, is in the request's state then."""
        request.state.session = None
        session = None if self.whoever else self._session(request)
        request.state.session = session
        request.state.person = session.person if session else None
        if self.permission is not Permission.OPEN:
            if session is None or session.person is None:
                raise SignInFirst("Sign in to go on.")
            if not session.person.may(self.permission):
                asked = f"{request.method} {request.scope['route'].path}"
                did(desk_of(request), session.person, Deed.REFUSED, subject=asked)
                raise NotAllowed(
                    "Your role does not let you do this. If it should, ask whoever looks after Caseclock in your "
                    "authority."
                )

    @staticmethod
    def take(request: Request, sent: FormData | None) -> None:
        """Put a form into the request's state, once it is known that a page of the desk was given to its sender."""
        if request.method not in SAFE:
            check_csrf(request, sent)
        request.state.form = Form(sent)

    def _session(self, request: Request) -> Session | None:
        try:
            return current_session(request)
        except (NotAllowed, OperationalError):
            # what anyone may read can be read by somebody without a role, and while the database is away
            if self.permission is Permission.OPEN and request.method in SAFE:
                return None
            raise


class AllowingFiles(Allowing):
    """Lets whoever may send files send them: nothing of a file is read before it is known who sends it."""

    def __init__(self, permission: Permission, files: int) -> None:
        super().__init__(permission)
        self.files = files

    async def __call__(self, request: Request) -> AsyncIterator[None]:  # type: ignore[override]  # reads by itself
        await run_in_threadpool(self.check, request)
        sent = await read_form(request, files=self.files)
        try:
            self.take(request, sent)
            yield
        finally:
            if sent is not None:
                await sent.close()


def page(
    router: APIRouter, method: str, path: str, *, may: Permission, whoever: bool = False, files: int = 0
) -> Callable[[Endpoint], Endpoint]:
    """Declare a page: its method, its path and what it asks of whoever calls it.

    The function is called in a thread, once the person is known, may do it, and (POST) sent the form from a page of
    this desk. It takes `request`, path parameters and query parameters, and gives a response. With `whoever` the
    person is not looked up at all, which costs a query. `files` can be sent where it says how many.
    """
    gate = AllowingFiles(may, files) if files else Allowing(may, whoever=whoever)

    def declare(endpoint: Endpoint) -> Endpoint:
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            dependencies=[Depends(gate)],
            include_in_schema=False,
            response_model=None,
        )
        return endpoint

    return declare


def person_of(request: Request) -> Person:
    """Give the person who is signed in. Only for pages that ask for more than Permission.OPEN."""
    person: Person | None = request.state.person
    if person is None:
        raise SignInFirst("Sign in to go on.")
    return person


def declared(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Give every route as (method, path, what it asks); raises RouteWithoutPermission for one that does not say."""
    yield from _declared(app.routes, "")


def _declared(routes: Sequence[BaseRoute], below: str) -> Iterator[tuple[str, str, str]]:
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from _declared(route.routes, f"{below}{route.path}")
            continue
        gates = [
            one.dependency for one in getattr(route, "dependencies", []) if isinstance(one.dependency, Gate)
        ]
        path = f"{below}{getattr(route, 'path', repr(route))}"
        if not isinstance(route, APIRoute) or len(gates) != 1:
            raise RouteWithoutPermission(
                f"{path} does not say who may call it. Declare it with caseclock.desk.routes.page, or, in the API, "
                "with one scope."
            )
        for method in sorted(route.methods or ()):
            yield method, path, gates[0].asks
