"""The state a desk is in: its database, its clock, the last look at what runs out, the calendar and the packs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, text

from caseclock.desk.engines import Desk
from caseclock.desk.words import counted, day, moment
from caseclock.processes.catalogue import shipped_packs
from caseclock.store.revision import revision_of
from caseclock.store.schema import adopted_packs, breaches, calendar_days, timers
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.when import london_date

#: a timer whose time has come is raised at the next sweep; after so long nobody is sweeping
SWEPT_WITHIN = timedelta(minutes=15)
#: the clocks of two machines may differ by so much
CLOCKS_WITHIN = timedelta(seconds=5)
#: the official calendar is asked for again so long before it ends
CALENDAR_ENDS_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    is_well: bool
    #: a sentence or two; where it is not well, with what to do
    words: str


def findings(desk: Desk, authority: str) -> list[Finding]:
    """Look at everything that can be told without going through cases."""
    now = desk.now()
    with desk.reading() as connection:
        return [
            _database(connection),
            _sweep(connection, authority, now),
            _clock(connection, now),
            _calendar(connection, authority, london_date(now)),
            _packs(connection, authority),
        ]


def _database(connection: Connection) -> Finding:
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
    return Finding("Database", True, f"{kind} answers. Its tables are of revision {revision_of(connection)}.")


def _sweep(connection: Connection, authority: str, now: datetime) -> Finding:
    waiting, since = connection.execute(
        select(func.count(), func.min(timers.c.wake_at)).where(
            timers.c.wake_at.is_not(None), timers.c.wake_at <= now, timers.c.authority == authority
        )
    ).one()
    raised_at = connection.scalar(
        select(func.max(breaches.c.raised_at)).where(breaches.c.authority == authority)
    )
    last = (
        f" The last breach was raised on {moment(raised_at)}." if raised_at else " No breach was raised yet."
    )
    if not waiting:
        return Finding("Sweep", True, f"Every timer whose time has come has been looked at.{last}")
    said = f"{counted(waiting, 'timer')} ran out and {'was' if waiting == 1 else 'were'} not looked at yet"
    if now - since <= SWEPT_WITHIN:
        return Finding("Sweep", True, f"{said}: the next sweep raises what is due.{last}")
    return Finding(
        "Sweep",
        False,
        f"{said}, the first since {moment(since)}. Is the worker running? Start it with `caseclock run`.{last}",
    )


def _clock(connection: Connection, now: datetime) -> Finding:
    told = f"It is {moment(now)} in London."
    if connection.dialect.name != "postgresql":
        return Finding("Clock", True, f"{told} The database has no clock of its own.")
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(theirs - now)
    if apart <= CLOCKS_WITHIN:
        return Finding("Clock", True, f"{told} The database's clock agrees.")
    return Finding(
        "Clock",
        False,
        f"{told} The database's clock is {apart.total_seconds():,.0f} seconds away: {moment(theirs)}. "
        "Set both by a time service.",
    )


def _calendar(connection: Connection, authority: str, today: date) -> Finding:
    until = england_and_wales().official_until
    added = connection.scalar(
        select(func.count())
        .select_from(calendar_days)
        .where((calendar_days.c.authority == authority) | calendar_days.c.authority.is_(None))
    )
    since = f" {counted(added, 'day')} {'was' if added == 1 else 'were'} added since." if added else ""
    told = f"Those of England and Wales are official up to {day(until)}; later ones are worked out by rule.{since}"
    if until - today > CALENDAR_ENDS_WITHIN:
        return Finding("Bank holidays", True, told)
    return Finding(
        "Bank holidays",
        False,
        f"{told} Load the newest list: `caseclock calendar load` says how many timers move.",
    )


def _packs(connection: Connection, authority: str) -> Finding:
    shipped = [pack for pack in shipped_packs() if pack.authority in (None, authority)]
    adopted = connection.scalar(
        select(func.count())
        .select_from(adopted_packs)
        .where((adopted_packs.c.authority == authority) | adopted_packs.c.authority.is_(None))
    )
    timescales = {rule.id for pack in shipped for rule in pack.timescales}
    return Finding(
        "Packs",
        True,
        f"{counted(len(shipped), 'pack')} loaded with {counted(len(timescales), 'timescale')}."
        + (
            f" {counted(adopted, 'pack')} {'was' if adopted == 1 else 'were'} adopted since."
            if adopted
            else ""
        ),
    )
