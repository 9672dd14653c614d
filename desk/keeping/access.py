"""Restricted cases: which, who may see them, who opened one in an emergency. Everything is on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, literal, select

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import Desk
from caseclock.desk.refusals import NotFound, Stale
from caseclock.desk.roles import Permission, Person
from caseclock.desk.seeing import is_restricted, may_see
from caseclock.store.access_tables import broken_glass, restricted_cases, restricted_readers
from caseclock.store.desk_tables import case_facts
from caseclock.store.schema import cases

#: restricted cases listed on one page
PAGE = 50


@dataclass(frozen=True, slots=True)
class Restricted:
    """A case that only named people see."""

    case_id: str
    since_at: datetime
    by_whom: str
    because: str
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Glass:
    """An opening of a restricted case in an emergency."""

    case_id: str
    who: str
    broken_at: datetime
    until_at: datetime
    because: str


def restricted(
    connection: Connection, authority: str, *, after: str = "", limit: int = PAGE
) -> Sequence[Restricted]:
    """List restricted cases in the order of their ids, from the first behind `after`."""
    rows = connection.execute(
        select(restricted_cases)
        .where(restricted_cases.c.authority == authority, restricted_cases.c.case_id > after)
        .order_by(restricted_cases.c.case_id)
        .limit(limit)
    ).all()
    readers: dict[str, list[str]] = {row.case_id: [] for row in rows}
    if readers:
        named = connection.execute(
            select(restricted_readers.c.case_id, restricted_readers.c.who)
            .where(
                restricted_readers.c.authority == authority, restricted_readers.c.case_id.in_(list(readers))
            )
            .order_by(restricted_readers.c.who)
        )
        for case_id, who in named:
            readers[case_id].append(who)
    return [
        Restricted(row.case_id, row.since_at, row.by_whom, row.because, tuple(readers[row.case_id]))
        for row in rows
    ]


def one_restricted(connection: Connection, authority: str, case_id: str) -> Restricted:
    """Give one restricted case; raises NotFound where it is not restricted."""
    row = connection.execute(
        select(restricted_cases).where(
            restricted_cases.c.authority == authority, restricted_cases.c.case_id == case_id
        )
    ).first()
    if row is None:
        raise NotFound
    readers = connection.scalars(
        select(restricted_readers.c.who)
        .where(restricted_readers.c.authority == authority, restricted_readers.c.case_id == case_id)
        .order_by(restricted_readers.c.who)
    )
    return Restricted(row.case_id, row.since_at, row.by_whom, row.because, tuple(readers))


def openings(connection: Connection, authority: str, case_id: str | None = None) -> Sequence[Glass]:
    """List who opened restricted cases in an emergency, newest first; of one case where it is named."""
    wanted = select(broken_glass).where(broken_glass.c.authority == authority)
    if case_id is not None:
        wanted = wanted.where(broken_glass.c.case_id == case_id)
    rows = connection.execute(wanted.order_by(broken_glass.c.broken_at.desc()).limit(PAGE))
    return [Glass(row.case_id, row.who, row.broken_at, row.until_at, row.because) for row in rows]


def restrict(desk: Desk, person: Person, case_id: str, because: str) -> None:
    """Close a case to everybody who is not named; raises NotFound where there is no such case."""
    with desk.writing() as connection:
        if not _there(connection, person.authority, case_id):
            raise NotFound(
                f"There is no case {case_id} in your authority. Check its reference.", field="case"
            )
        if is_restricted(connection, person.authority, case_id):
            raise Stale(f"Case {case_id} is restricted already. Name who may see it on its own page.")
        connection.execute(
            insert(restricted_cases).values(
                authority=person.authority,
                case_id=case_id,
                since_at=desk.now(),
                by_whom=person.name,
                because=because,
            )
        )
        did(desk, person, Deed.RESTRICTED, case_id=case_id, because=because, connection=connection)


def unrestrict(desk: Desk, person: Person, case_id: str, because: str) -> None:
    """Open a case again to everybody whose role lets them see it."""
    with desk.writing() as connection:
        one_restricted(connection, person.authority, case_id)
        for table in (restricted_readers, restricted_cases):
            connection.execute(
                delete(table).where(table.c.authority == person.authority, table.c.case_id == case_id)
            )
        did(desk, person, Deed.UNRESTRICTED, case_id=case_id, because=because, connection=connection)


def name_reader(desk: Desk, person: Person, case_id: str, who: str) -> None:
    """Let somebody see a restricted case; once is enough."""
    with desk.writing() as connection:
        found = one_restricted(connection, person.authority, case_id)
        if who in found.readers:
            return
        connection.execute(
            insert(restricted_readers).values(
                authority=person.authority, case_id=case_id, who=who, since_at=desk.now(), by_whom=person.name
            )
        )
        did(desk, person, Deed.NAMED_READER, case_id=case_id, subject=who, connection=connection)


def remove_reader(desk: Desk, person: Person, case_id: str, who: str) -> None:
    """Let somebody see a restricted case no longer."""
    with desk.writing() as connection:
        found = one_restricted(connection, person.authority, case_id)
        if who not in found.readers:
            return
        connection.execute(
            delete(restricted_readers).where(
                restricted_readers.c.authority == person.authority,
                restricted_readers.c.case_id == case_id,
                restricted_readers.c.who == who,
            )
        )
        did(desk, person, Deed.REMOVED_READER, case_id=case_id, subject=who, connection=connection)


def break_glass(desk: Desk, person: Person, case_id: str, because: str) -> bool:
    """Open a restricted case to somebody for some hours; says whether there was one to open.

    The attempt is on the record either way: whoever tries references learns nothing unseen. A case that is not of
    the person's teams stays closed: what is opened is the restriction.
    """
    now = desk.now()
    with desk.writing() as connection:
        opened = (
            is_restricted(connection, person.authority, case_id)
            and _of_their_teams(connection, person, case_id)
            and not may_see(connection, person, case_id, now)
        )
        if opened:
            connection.execute(
                insert(broken_glass).values(
                    authority=person.authority,
                    case_id=case_id,
                    who=person.name,
                    broken_at=now,
                    until_at=now + desk.settings.glass_broken_for,
                    because=because,
                )
            )
        subject = "opened" if opened else "nothing to open"
        did(
            desk,
            person,
            Deed.BROKE_GLASS,
            case_id=case_id,
            subject=subject,
            because=because,
            connection=connection,
        )
        return opened or may_see(connection, person, case_id, now)


def _of_their_teams(connection: Connection, person: Person, case_id: str) -> bool:
    teams = person.teams(Permission.BREAK_GLASS)
    if teams is None:
        return True
    team = connection.scalar(
        select(case_facts.c.team).where(
            case_facts.c.authority == person.authority, case_facts.c.case_id == case_id
        )
    )
    return team in teams


def _there(connection: Connection, authority: str, case_id: str) -> bool:
    asked = select(
        exists(select(literal(1)).where(cases.c.authority == authority, cases.c.case_id == case_id))
    )
    return bool(connection.scalar(asked))


def last_opening(
    connection: Connection, authority: str, case_id: str, since: timedelta, now: datetime
) -> Glass | None:
    """Give the last emergency opening of a case within some time, for its page to show."""
    row = connection.execute(
        select(broken_glass)
        .where(
            broken_glass.c.authority == authority,
            broken_glass.c.case_id == case_id,
            broken_glass.c.broken_at > now - since,
        )
        .order_by(broken_glass.c.broken_at.desc())
        .limit(1)
    ).first()
    return None if row is None else Glass(row.case_id, row.who, row.broken_at, row.until_at, row.because)
