"""How a desk is set up: its database, who may sign in and how, for how long, under which name it is called."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address

from caseclock.desk.people import PeopleRules
from caseclock.desk.roles import Person


class SignIn(StrEnum):
    """How people sign in."""

    DEMO = "demo"
    OPENID = "openid"
    PROXY = "proxy"


class SettingsRefused(ValueError):
    """A desk can't be started as it was set up; the message says what to change."""


@dataclass(frozen=True, slots=True)
class OpenId:
    """The sign-in service: its issuer, and what it knows this desk by."""

    issuer: str
    client_id: str
    client_secret: str
    scope: str = "openid profile email"
    #: the claim that names a person's groups
    groups_claim: str = "groups"
    #: the claim that names the person in logs and answers
    name_claim: str = "sub"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A reverse proxy that signs people in and says in headers who they are."""

    #: the addresses it calls from; headers from any other are not believed
    addresses: tuple[IPv4Network | IPv6Network, ...]
    name_header: str = "x-forwarded-user"
    display_header: str = "x-forwarded-preferred-username"
    groups_header: str = "x-forwarded-groups"


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Everything a desk is told when it starts. Nothing is read from the environment or the clock later."""

    db: str
    now: Callable[[], datetime]
    sign_in: SignIn = SignIn.DEMO
    #: names under which the desk may be called (the Host header), without port
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]", "testserver")
    #: the address the server listens on; a demonstration only takes loopback
    listens_on: str = "127.0.0.1"
    #: whether cookies are given for encrypted connections only; off only for a demonstration on loopback
    secure_cookies: bool = True
    #: whether the children in it are invented, which every page then says
    demonstration: bool = False
    openid: OpenId | None = None
    proxy: Proxy | None = None
    #: which groups of the sign-in service have which role, where
    people: PeopleRules = field(default_factory=PeopleRules)
    #: people one can sign in as in a demonstration
    demo_people: tuple[Person, ...] = ()
    #: a session ends after so long without a request
    idle: timedelta = timedelta(minutes=30)
    #: and after so long in any case
    longest: timedelta = timedelta(hours=10)
    #: a notice is shown so long before it ends
    warned_before: timedelta = timedelta(minutes=5)
    #: how long a break-glass opens a restricted case
    glass_broken_for: timedelta = timedelta(hours=4)
    #: told the status of each answer and the seconds it took, where somebody counts them
    answered: Callable[[int, float], None] | None = None
    #: whether an answer to a breach needs a second person's agreement
    two_person: bool = False
    #: requests worked on at once; each takes up to two connections of the store's fifteen
    threads: int = 7
    #: bytes a form may have, and a call of the API
    largest_form: int = 100_000
    largest_call: int = 50_000_000
    #: bytes of the files that can be brought in at once from a page; the command line takes larger ones
    largest_upload: int = 20_000_000

    def __post_init__(self) -> None:
        """Refuse what can't be meant; raises SettingsRefused."""
        if self.sign_in is SignIn.DEMO and not is_loopback(self.listens_on):
            raise SettingsRefused(
                f"Can't offer the demonstration's sign-in on {self.listens_on}: anyone could sign in as anybody. "
                "Listen on 127.0.0.1, or set up OpenID Connect or a proxy that signs people in."
            )
        if not self.secure_cookies and not is_loopback(self.listens_on):
            raise SettingsRefused(
                f"Can't give cookies over an open connection on {self.listens_on}. Leave secure cookies on, and "
                "let a proxy end the encryption."
            )
        if self.sign_in is SignIn.OPENID and self.openid is None:
            raise SettingsRefused(
                "Sign-in by OpenID Connect needs the issuer, a client id and a client secret. Give them."
            )
        if self.sign_in is SignIn.PROXY and (self.proxy is None or not self.proxy.addresses):
            raise SettingsRefused(
                "Sign-in by a proxy needs the addresses it calls from: headers from elsewhere can't be believed. "
                "Give them."
            )


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
