"""Which groups of a sign-in service have which role in which authority, read from a file an administrator keeps."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from caseclock.desk.roles import Grant, Person, Role

#: roles that see, or look after, what is of no team
WHOLE = frozenset({Role.COMPLIANCE, Role.ADMINISTRATOR})


class PeopleRefused(ValueError):
    """The file that maps groups to roles can't be used; the message says why."""


class NoRole(Exception):
    """Somebody signed in whose groups give them no role here, or roles in several authorities."""


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    authority: str
    role: Role
    teams: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    group: tuple[_Group, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleRules:
    """What groups give."""

    groups: tuple[tuple[str, str, Grant], ...] = ()

    def person(self, name: str, display: str, groups: Iterable[str]) -> Person:
        """Say who somebody is by their groups; raises NoRole where they give nothing, or more than one authority."""
        held = set(groups)
        found = [(authority, grant) for group, authority, grant in self.groups if group in held]
        authorities = sorted({authority for authority, _ in found})
        if not authorities:
            raise NoRole(
                "You have signed in, but none of your groups has a role here. "
                "Ask whoever looks after Caseclock in your authority to give one of them a role."
            )
        if len(authorities) > 1:
            raise NoRole(
                "Your groups have roles in more than one authority, and a session belongs to one. "
                "Ask whoever looks after Caseclock to leave you those of one."
            )
        return Person(name, display or name, authorities[0], tuple(grant for _, grant in found))


def read_people(path: Path) -> PeopleRules:
    """Read the file: `[[group]]` tables with name, authority, role and, where not for all, teams.

    Raises PeopleRefused.
    """
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        file = _File.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PeopleRefused(f"Can't use {path}: {where}: {first['msg']}. Mend it there.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PeopleRefused(f"Can't read {path} as TOML: {error}. Mend it there.") from error
    for one in file.group:
        if one.teams and one.role in WHOLE:
            raise PeopleRefused(
                f"Can't use {path}: group {one.name} is {one.role} for some teams. That role is for the whole "
                "authority: leave its teams out, or give another role."
            )
    return PeopleRules(
        tuple((one.name, one.authority, Grant(one.role, frozenset(one.teams))) for one in file.group)
    )
