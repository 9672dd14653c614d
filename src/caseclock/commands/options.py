"""Options that several commands share, and how their values are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands import clock
from caseclock.commands.faults import WrongCall
from caseclock.timers.durations import MonthPolicy
from caseclock.timers.when import When, london_date

if TYPE_CHECKING:
    from caseclock.store.sql import SqlStore
    from caseclock.workflow.positions import Question

#: environment variable that names the database where --db does not
DB_VARIABLE = "CASECLOCK_DB"


class TableOrJson(StrEnum):
    """How a command answers."""

    TABLE = "table"
    JSON = "json"


class Rows(StrEnum):
    """How a command that gives rows answers."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def read_date(text: str) -> date:
    """Read a date written 2026-03-02; says so where it is none."""
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date. Write it as 2026-03-02.") from None


def read_instant(text: str) -> datetime:
    """Read an instant with its offset, or a date, which stands for its last moment in London."""
    try:
        return When.parse(text).latest().astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"'{text}' is not an instant. Write it as 2026-03-02T09:30:00Z, or give a date for the end of its day."
        ) from None


def read_words(text: str) -> str:
    """Read what must be said; refuses nothing but spaces."""
    if not text.strip():
        raise typer.BadParameter("nothing is said in it. Every change has an author and a reason; give them.")
    return text.strip()


Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar=DB_VARIABLE,
        metavar="URL",
        show_default=False,
        help="The database: sqlite:///path/to/file.db, or postgresql://user@host/database.",
    ),
]
Authority = Annotated[
    str | None, typer.Option("--authority", "-a", metavar="NAME", help="Only this local authority.")
]
Case = Annotated[str | None, typer.Option("--case", metavar="ID", help="Only this case.")]
By = Annotated[
    str, typer.Option("--by", metavar="NAME", parser=read_words, help="Who does it, as the log will have it.")
]
Because = Annotated[
    str, typer.Option("--because", metavar="TEXT", parser=read_words, help="Why, as the log will have it.")
]
ForAuthority = Annotated[
    str | None,
    typer.Option("--authority", "-a", metavar="NAME", help="For this authority only; for all unless given."),
]
AsAt = Annotated[
    date | None,
    typer.Option(
        "--as-at",
        metavar="DATE",
        parser=read_date,
        help="Take in what had happened by the end of this day in London; today unless given.",
    ),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        metavar="INSTANT",
        parser=read_instant,
        help="Take in what had been written down by this instant (or the end of this date); "
        "the end of the as-at day unless given.",
    ),
]
Months = Annotated[
    MonthPolicy | None,
    typer.Option(
        "--months",
        help="Work out limits in months by corresponding dates, or as 91 and 183 days; what is stored does not change.",
    ),
]
OutboxLimit = Annotated[
    int | None,
    typer.Option(
        "--outbox-limit",
        envvar="CASECLOCK_OUTBOX_LIMIT",
        metavar="N",
        min=1,
        help="Refuse what would be said while so many messages wait to be handed on; no limit unless given.",
    ),
]
Now = Annotated[datetime | None, typer.Option("--now", hidden=True, metavar="INSTANT", parser=read_instant)]
AsTable = Annotated[TableOrJson, typer.Option("--format", help="How to answer.")]
AsRows = Annotated[Rows, typer.Option("--format", help="How to answer.")]


def present(given: datetime | None) -> datetime:
    """Give the instant a command takes for the present."""
    return given if given is not None else clock.now()


def question(given: datetime | None, as_at: date | None, known_at: datetime | None) -> "Question":
    """Make the question a command asks of the timers."""
    from caseclock.workflow.positions import asked

    return asked(now=present(given), as_at=as_at, known_at=known_at)


def past_day(text: date | None, now: datetime, option: str) -> date | None:
    """Refuse a day that has not come; nothing can have been told of it."""
    if text is not None and text > london_date(now):
        raise WrongCall(f"{option} {text} has not come yet. Give a day up to {london_date(now)}.")
    return text


@contextmanager
def opened(url: str | None, *, create: bool = False) -> Iterator["SqlStore"]:
    """Open the database a command was given; WrongCall where it was given none."""
    from caseclock.store.sql import open_store

    with open_store(named(url), create=create) as store:
        yield store


def named(url: str | None) -> str:
    """Give the URL of the database a command was given; WrongCall where it was given none."""
    if not url:
        raise WrongCall(
            f"No database was named. Give --db, such as --db sqlite:///caseclock.db, or set {DB_VARIABLE}."
        )
    return url


def shown(url: str) -> str:
    """Write a database's URL for the screen, without its password."""
    from caseclock.store.engines import database_url

    return database_url(url).render_as_string(hide_password=True)
