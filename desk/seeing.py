"""Who may see which case: those of their teams, and of restricted ones only where they are named or broke the glass.

A case one may not see is to one as if it were not there.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, literal, or_, select

from caseclock.desk.roles import Permission, Person
from caseclock.store.access_tables import broken_glass, restricted_cases, restricted_readers
from caseclock.store.desk_tables import case_facts
from caseclock.store.schema import cases


def seen_by(
    person: Person,
    now: datetime,
    authority: ColumnElement[str],
    case_id: ColumnElement[str],
    *,
    permission: Permission = Permission.READ,
) -> list[ColumnElement[bool]]:
    """Give the conditions under which rows that tell a case may be shown to a person, for a WHERE."""
    closed = exists(
        select(literal(1))
        .select_from(restricted_cases)
        .where(
            restricted_cases.c.authority == authority,
            restricted_cases.c.case_id == case_id,
            ~open_to(person, now),
        )
    )
    conditions = [authority == person.authority, ~closed]
    teams = person.teams(permission)
    if teams is not None:
        conditions.append(
            exists(
                select(literal(1)).where(
                    case_facts.c.authority == authority,
                    case_facts.c.case_id == case_id,
                    case_facts.c.team.in_(sorted(teams)),
                )
            )
        )
    return conditions


def open_to(person: Person, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which a restricted case is open to a person, of the table of restricted cases."""
    named = exists(
        select(literal(1)).where(
            restricted_readers.c.authority == restricted_cases.c.authority,
            restricted_readers.c.case_id == restricted_cases.c.case_id,
            restricted_readers.c.who == person.name,
        )
    )
    opened = exists(
        select(literal(1)).where(
            broken_glass.c.authority == restricted_cases.c.authority,
            broken_glass.c.case_id == restricted_cases.c.case_id,
            broken_glass.c.who == person.name,
            broken_glass.c.until_at > now,
        )
    )
    return or_(named, opened)


def may_see(connection: Connection, person: Person, case_id: str, now: datetime) -> bool:
    """Say whether a case of the person's authority is there for them."""
    if not person.may(Permission.READ):
        return False
    there = select(literal(1)).where(
        cases.c.case_id == case_id, *seen_by(person, now, cases.c.authority, cases.c.case_id)
    )
    return connection.scalar(there) is not None


def may_for_case(connection: Connection, person: Person, case_id: str, permission: Permission) -> bool:
    """Say whether they may do something for a case that they see: where their role is for some teams, for those."""
    teams = person.teams(permission)
    if not person.may(permission) or teams is None:
        return person.may(permission)
    team = connection.scalar(
        select(case_facts.c.team).where(
            case_facts.c.authority == person.authority, case_facts.c.case_id == case_id
        )
    )
    return team in teams


def is_restricted(connection: Connection, authority: str, case_id: str) -> bool:
    """Say whether a case is restricted."""
    asked = select(literal(1)).where(
        restricted_cases.c.authority == authority, restricted_cases.c.case_id == case_id
    )
    return connection.scalar(asked) is not None
