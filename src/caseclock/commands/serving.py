"""`caseclock serve`: the desk, for browsers and other systems, on one database."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands import clock
from caseclock.commands.faults import WrongCall
from caseclock.commands.options import Db, Now, named, shown

if TYPE_CHECKING:
    from caseclock.desk.people import PeopleRules
    from caseclock.desk.roles import Person
    from caseclock.desk.settings import DeskSettings, OpenId, Proxy
    from caseclock.store.sql import SqlStore

PORT = 8000
LOOPBACK = "127.0.0.1"
#: environment variable that holds what the sign-in service knows the desk by; a secret on a command line is seen by all
SECRET_VARIABLE = "CASECLOCK_CLIENT_SECRET"  # noqa: S105  # the name of the variable
#: requests that may wait in line while all threads are at work, before the next is turned away
_BACKLOG = 512
#: a connection stays open so long between two requests: longer than a proxy keeps one, which would be cut off asking
_KEPT_OPEN_SECONDS = 75

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")]


def serve(
    db: Db = None,
    port: Port = PORT,
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="ADDRESS", help="The address to listen on; a demonstration takes loopback only."
        ),
    ] = LOOPBACK,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="HOST",
            help="A name under which browsers call the desk; give it again for another.",
        ),
    ] = None,
    sign_in: Annotated[
        str,
        typer.Option(
            "--sign-in",
            metavar="[demo|openid|proxy]",
            help="How people sign in: by choosing who to be (loopback only), OpenID Connect, or a proxy in front.",
        ),
    ] = "demo",
    people: Annotated[
        Path | None,
        typer.Option("--people", metavar="FILE", help="Which groups have which role: a TOML file."),
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", metavar="URL", help="The sign-in service, for --sign-in openid.")
    ] = None,
    client_id: Annotated[
        str | None,
        typer.Option(
            "--client-id",
            metavar="ID",
            help=f"What the sign-in service knows the desk by; its secret is read from {SECRET_VARIABLE}.",
        ),
    ] = None,
    groups_claim: Annotated[
        str, typer.Option("--groups-claim", metavar="NAME", help="The claim that names somebody's groups.")
    ] = "groups",
    proxy_address: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy-address",
            metavar="ADDRESS",
            help="From where the proxy calls, for --sign-in proxy: an address or a network; give it again for another.",
        ),
    ] = None,
    idle_minutes: Annotated[
        int,
        typer.Option(
            "--idle-minutes", min=5, max=480, help="A session ends after so long without a request."
        ),
    ] = 30,
    two_person: Annotated[
        bool, typer.Option("--two-person", help="Let an answer to a breach need a second person's agreement.")
    ] = False,
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="Say on every page that the children in it are invented.")
    ] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            "--metrics-port",
            metavar="PORT",
            min=1,
            max=65535,
            help="Answer /metrics there, for Prometheus, to anyone who can reach it.",
        ),
    ] = None,
    metrics_host: Annotated[
        str,
        typer.Option("--metrics-host", metavar="ADDRESS", help="On which address of this machine."),
    ] = LOOPBACK,
    now: Now = None,
) -> None:
    """Open the desk on a database: pages for people and an API for other systems, until stopped (Ctrl-C).

    Breaches are raised by `caseclock run`, which goes beside it. Needs caseclock[desk].
    """
    needs_desk()
    from caseclock.desk.settings import DeskSettings, SettingsRefused, SignIn, is_loopback

    if sign_in not in list(SignIn):
        raise WrongCall(f"--sign-in '{sign_in}' is not one of {', '.join(SignIn)}.")
    url = named(db)
    rules = _rules(people)
    try:
        settings = DeskSettings(
            db=url,
            now=clock.now if now is None else lambda: now,
            sign_in=SignIn(sign_in),
            hosts=_names(host, name),
            listens_on=host,
            secure_cookies=not (sign_in == SignIn.DEMO and is_loopback(host)),
            demonstration=demonstration,
            openid=_openid(issuer, client_id, groups_claim),
            proxy=_proxy(proxy_address),
            people=rules,
            demo_people=demo_people(url) if sign_in == SignIn.DEMO else (),
            idle=timedelta(minutes=idle_minutes),
            two_person=two_person,
        )
    except SettingsRefused as refused:
        raise WrongCall(str(refused)) from refused
    if metrics_port is None:
        open_desk(settings, port)
    else:
        with _watched(settings, (metrics_host, metrics_port)) as watched:
            open_desk(watched, port)


@contextmanager
def _watched(settings: "DeskSettings", at: tuple[str, int]) -> "Iterator[DeskSettings]":
    """Answer /metrics beside the desk, on a port of its own, so that no address of the desk gives them away."""
    from caseclock.commands.reporting import metrics_of
    from caseclock.store.sql import open_store
    from caseclock.telemetry.pages import Pages

    with open_store(settings.db, create=False) as store:
        metrics = metrics_of(store, settings.now)

        def measured() -> tuple[int, str, bytes]:
            body, kind = metrics.page()
            return 200, kind, body

        try:
            pages = Pages(*at, {"/metrics": measured})
        except OSError as error:
            raise WrongCall(
                f"Can't answer at {at[0]}, port {at[1]}: {error.strerror}. Give another."
            ) from error
        with pages:
            yield replace(settings, answered=metrics.answered)


def needs_desk() -> None:
    """Raise WrongCall where what the desk is made of is not installed."""
    try:
        import fastapi  # noqa: F401
        import python_multipart  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError as missing:
        raise WrongCall(
            f"The desk needs an extra ({missing.name} is missing). Install it: pip install 'caseclock[desk]'."
        ) from missing


def open_desk(settings: "DeskSettings", port: int) -> None:
    """Serve until stopped."""
    import uvicorn

    from caseclock.desk.app import create_app, set_apart
    from caseclock.desk.settings import SignIn

    app: Any = create_app(settings)
    set_apart()
    host = f"[{settings.listens_on}]" if ":" in settings.listens_on else settings.listens_on
    typer.echo(f"The desk is open at http://{host}:{port}/ on {shown(settings.db)}. Stop it with Ctrl-C.")
    if settings.sign_in is SignIn.DEMO:
        typer.echo("Anyone on this machine can sign in as anybody: nobody has a password here.")
    uvicorn.run(
        app,
        host=settings.listens_on,
        port=port,
        log_level="warning",
        access_log=False,  # an address may hold a reference
        proxy_headers=False,  # whose address it is decides who is believed
        server_header=False,
        date_header=True,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEPT_OPEN_SECONDS,
        timeout_graceful_shutdown=10,
    )


def demo_people(url: str) -> "tuple[Person, ...]":
    """Make the people one can be in a demonstration: each role in each authority, the worker one with a caseload."""
    from caseclock.store.sql import open_store

    with open_store(url, create=False) as store:
        return tuple(person for authority in _authorities(store) for person in _people_of(store, authority))


def _authorities(store: "SqlStore") -> Sequence[str]:
    from sqlalchemy import select

    from caseclock.store.schema import cases

    with store.engine.connect() as connection:
        return connection.scalars(select(cases.c.authority).distinct().order_by(cases.c.authority)).all()


def _people_of(store: "SqlStore", authority: str) -> "list[Person]":
    from sqlalchemy import func, select

    from caseclock.desk.roles import Grant, Person, Role
    from caseclock.store.desk_tables import case_facts

    largest = (
        select(case_facts.c.worker, case_facts.c.team)
        .where(case_facts.c.authority == authority, case_facts.c.worker.is_not(None))
        .group_by(case_facts.c.worker, case_facts.c.team)
        .order_by(func.count().desc(), case_facts.c.worker)
        .limit(1)
    )
    with store.engine.connect() as connection:
        found = connection.execute(largest).first()
    worker, team = (found.worker, found.team) if found else (None, None)
    of_team = frozenset({team}) if team else frozenset()
    place = f" of {team}" if team else ""
    return [
        Person("demo.compliance", "Compliance officer", authority, (Grant(Role.COMPLIANCE),)),
        Person("demo.manager", f"Team manager{place}", authority, (Grant(Role.MANAGER, of_team),)),
        Person(worker or "demo.worker", f"Social worker{place}", authority, (Grant(Role.WORKER, of_team),)),
        Person("demo.viewer", "Viewer", authority, (Grant(Role.VIEWER),)),
        Person("demo.administrator", "Administrator", authority, (Grant(Role.ADMINISTRATOR),)),
    ]


def _names(host: str, given: Sequence[str] | None) -> tuple[str, ...]:
    from caseclock.desk.settings import is_loopback

    own = ("127.0.0.1", "localhost", "[::1]") if is_loopback(host) else ()
    return tuple(dict.fromkeys([*own, *(one.lower() for one in given or ())])) or (host.lower(),)


def _rules(file: Path | None) -> "PeopleRules":
    from caseclock.desk.people import PeopleRefused, PeopleRules, read_people

    try:
        return read_people(file) if file else PeopleRules()
    except PeopleRefused as refused:
        raise WrongCall(str(refused)) from refused


def _openid(issuer: str | None, client_id: str | None, groups_claim: str) -> "OpenId | None":
    from caseclock.desk.settings import OpenId

    secret = os.environ.get(SECRET_VARIABLE, "")
    if not issuer or not client_id:
        return None
    if not secret:
        raise WrongCall(f"The secret that goes with --client-id is missing. Set {SECRET_VARIABLE}.")
    return OpenId(issuer, client_id, secret, groups_claim=groups_claim)


def _proxy(addresses: Sequence[str] | None) -> "Proxy | None":
    from caseclock.desk.settings import Proxy

    if not addresses:
        return None
    try:
        return Proxy(tuple(ip_network(one) for one in addresses))
    except ValueError as error:
        raise WrongCall(
            f"--proxy-address: {error}. Give an address, such as 10.0.0.5, or a network."
        ) from error
