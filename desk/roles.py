"""Who may do what: roles, what each role may do, and a person with the roles they have been given.

Roles are not steps of a ladder: an administrator looks after the desk and reads no case; compliance officers answer
for the whole service and change no access.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the service. Values are used in the file that maps groups to roles."""

    VIEWER = "viewer"
    WORKER = "worker"
    MANAGER = "manager"
    COMPLIANCE = "compliance"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a route asks of whoever calls it."""

    #: anyone, signed in or not
    OPEN = "open"
    #: anyone who is signed in, whatever their role
    SIGNED_IN = "signed_in"
    #: read cases, timers, breaches and figures
    READ = "read"
    #: take rows away as a file
    EXPORT = "export"
    #: explain a breach or escalate it
    ANSWER = "answer"
    #: exempt a breach, or open an answered one again
    JUDGE = "judge"
    #: agree to another person's answer as the second person
    SIGN_OFF = "sign_off"
    #: see a restricted case in an emergency, with a reason, on the record
    BREAK_GLASS = "break_glass"
    #: bring files in, see what was refused of them, correct it and try it again
    IMPORTS = "imports"
    #: read who looked and who did what
    AUDIT = "audit"
    #: restrict cases, name who may see them, give tokens to other systems
    ADMINISTER = "administer"


#: what each role may do, beyond what everyone may
MAY: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.WORKER: frozenset(
        {Permission.READ, Permission.EXPORT, Permission.ANSWER, Permission.BREAK_GLASS},
    ),
    Role.MANAGER: frozenset(
        {
            Permission.READ,
            Permission.EXPORT,
            Permission.ANSWER,
            Permission.JUDGE,
            Permission.SIGN_OFF,
            Permission.BREAK_GLASS,
        }
    ),
    Role.COMPLIANCE: frozenset(
        {
            Permission.READ,
            Permission.EXPORT,
            Permission.ANSWER,
            Permission.JUDGE,
            Permission.SIGN_OFF,
            Permission.BREAK_GLASS,
            Permission.IMPORTS,
            Permission.AUDIT,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.AUDIT, Permission.ADMINISTER}),
}

EVERYONE = frozenset({Permission.OPEN, Permission.SIGNED_IN})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a person's authority: for some teams, or for all of them where none is named."""

    role: Role
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in, with one authority. Only what sign-in told: nothing is looked up later."""

    #: who they are to the sign-in service; stands in logs, audit and answers
    name: str
    #: how a screen calls them
    display: str
    authority: str
    grants: tuple[Grant, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: Permission, team: str | None = None) -> bool:
        """Say whether they may do this at all; with a team, whether they may for a case of that team."""
        if permission in EVERYONE:
            return True
        return any(
            permission in MAY[grant.role] and (team is None or not grant.teams or team in grant.teams)
            for grant in self.grants
        )

    def teams(self, permission: Permission = Permission.READ) -> frozenset[str] | None:
        """Name the teams for whose cases they may do this; None where for every case, of a team or of none."""
        holding = [grant for grant in self.grants if permission in MAY[grant.role]]
        if any(not grant.teams for grant in holding):
            return None
        return frozenset(team for grant in holding for team in grant.teams)
