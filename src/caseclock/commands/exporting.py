"""`caseclock export FORMAT` and `caseclock db views`: what the database holds, as others can take it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import REFUSED, WrongCall
from caseclock.commands.options import AsAt, Case, Db, KnownAt, Now, opened, question
from caseclock.commands.output import progress, safe_cell, warn
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from caseclock.store.sql_transaction import SqlTransaction
    from caseclock.workflow.positions import Question

#: format -> what it is; those of the contract that are not here are not made yet
FORMATS = {
    "events": "event lines, which `caseclock import` and `caseclock record` take again",
    "audit": "every event with its place in the hash chain, and whether the chain holds, as CSV",
    "annex-a": "the lists of Annex A that the log can fill, as a workbook; needs --out",
    "xes": "a log for process mining (IEEE 1849), a trace for each case",
}
#: format -> what can be done instead
NOT_MADE = {
    "cin": "The census needs every child's sex and ethnicity, which no event tells. Take the events as event lines, "
    "and the figures from `caseclock scorecard`.",
    "ssda903": "The return needs every child's sex, ethnicity and pupil number, which no event tells. Take the events "
    "as event lines, and the figures from `caseclock scorecard`.",
    "dfe-api": "It collects who a child is, which no event tells. Other systems read cases, timers and breaches from "
    "the desk's own API.",
}
STANDARD_OUTPUT = "-"


def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    authority: Annotated[
        str | None,
        typer.Option("--authority", "-a", metavar="NAME", help="Whose cases; the only one's unless given."),
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Where it goes; - is standard output.")
    ] = STANDARD_OUTPUT,
    case: Case = None,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    own: Annotated[
        bool,
        typer.Option("--own", help="For events: also those Caseclock writes itself, which no import takes."),
    ] = False,
    db: Db = None,
    now: Now = None,
) -> None:
    """Write out what the database holds. Ends with 1 where the audit finds a chain of hashes broken.

    --as-at and --known-at are for annex-a; the others are whole logs.
    """
    if form in NOT_MADE:
        raise WrongCall(
            f"This version does not write {form}. {NOT_MADE[form]} It writes {', '.join(FORMATS)}."
        )
    if form not in FORMATS:
        raise WrongCall(f"There is no format {form}. There are {', '.join(FORMATS)}.")
    if own and form != "events":
        raise WrongCall(f"--own is for events; {form} has no such choice. Leave it out.")
    if form != "annex-a" and (as_at is not None or known_at is not None):
        raise WrongCall(f"--as-at and --known-at are for annex-a; {form} is written whole. Leave them out.")
    if form == "annex-a" and (out == STANDARD_OUTPUT or case is not None):
        raise WrongCall(
            "annex-a is a workbook of all cases. Say with --out where it goes, and leave --case out."
        )
    with opened(db) as store, store.snapshot() as unit:
        of = _authority(unit, authority)
        if form == "annex-a":
            warn(_annex_a(unit, of, question(now, as_at, known_at), out))
            return
        if case is not None and unit.case(of, case) is None:
            raise WrongCall(f"{of} has no case {case}. Check the identifier.")
        with _target(out) as into, progress(f"Writing {form}"):
            said, holds = _WRITERS[form](unit, of, case, into, own)
    warn(said)
    if not holds:
        raise typer.Exit(REFUSED)


def views(
    drop: Annotated[bool, typer.Option("--drop", help="Take them away instead.")] = False,
    db: Db = None,
) -> None:
    """Make views for other tools to read, such as Power BI: v_cases, v_timers, v_breaches. Nothing else changes."""
    from caseclock.store.engines import begun
    from caseclock.store.views import VIEWS, drop_views, make_views

    with opened(db) as store, begun(store.engine, to_write=True) as connection:
        if drop:
            drop_views(connection)
        else:
            make_views(connection)
    typer.echo(f"{'Took away' if drop else 'Made'} the views {', '.join(VIEWS)}.")


def _events(
    unit: "SqlTransaction", authority: str, case: str | None, into: IO[bytes], own: bool
) -> tuple[str, bool]:
    from caseclock.exchange.out_events import event_lines

    number = 0
    for number, line in enumerate(event_lines(unit, authority, case, own=own), start=1):  # noqa: B007
        into.write(line.encode() + b"\n")
    return f"Wrote {counted(number, 'event')} of {authority}.", True


def _audit(
    unit: "SqlTransaction", authority: str, case: str | None, into: IO[bytes], own: bool
) -> tuple[str, bool]:
    import csv
    from io import TextIOWrapper

    from caseclock.exchange.out_audit import AUDIT_COLUMNS, ChainChecked, audit_rows

    del own
    checked = ChainChecked()
    text = TextIOWrapper(into, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(AUDIT_COLUMNS)
        for row in audit_rows(unit, authority, checked, case):
            writer.writerow([safe_cell(row[name]) for name in AUDIT_COLUMNS])
    finally:
        text.detach()
    said = f"Wrote {counted(checked.events, 'event')} of {counted(checked.cases, 'case')} of {authority}. "
    if not checked.broken:
        return f"{said}Every chain of hashes holds.", True
    found = counted(len(checked.broken), "chain does", "chains do")
    return f"{said}{found} not hold. " + " ".join(checked.broken[:5]), False


def _xes(
    unit: "SqlTransaction", authority: str, case: str | None, into: IO[bytes], own: bool
) -> tuple[str, bool]:
    from caseclock.exchange.out_xes import write_xes

    del own
    traces, events = write_xes(unit, authority, into, case)
    return f"Wrote {counted(traces, 'trace')} with {counted(events, 'event')} of {authority}.", True


def _annex_a(unit: "SqlTransaction", authority: str, asked: "Question", out: str) -> str:
    from caseclock.exchange.out_annex_a import write_annex_a

    file = Path(out)
    if file.exists():
        raise WrongCall(f"There is a file {file} already. Name another, or take it away first.")
    with progress("Writing annex-a"):
        counts = write_annex_a(unit, authority, asked, file)
    told = ", ".join(f"list {number}: {rows:,}" for number, rows in counts.items())
    return f"Wrote {file.name} of {authority}, rows by list: {told}. Its last sheet says what is not filled."


_WRITERS = {"events": _events, "audit": _audit, "xes": _xes}


def _authority(unit: "SqlTransaction", authority: str | None) -> str:
    """Name the authority whose cases they are: the one given, or the only one there is."""
    if authority is not None:
        return authority
    from caseclock.commands.judging import authorities

    found = authorities(unit, None)
    if len(found) != 1:
        there = f"There are {', '.join(found)}" if found else "This database holds no case"
        raise WrongCall(f"Whose cases? {there}. Give --authority.")
    return found[0]


@contextmanager
def _target(out: str) -> Iterator[IO[bytes]]:
    """Open where it goes. A file appears under its name only when it is whole."""
    if out == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    file = Path(out)
    if file.exists():
        raise WrongCall(f"There is a file {file} already. Name another, or take it away first.")
    beside = file.with_name(f".{file.name}.part")
    try:
        with beside.open("xb") as into:
            yield into
        beside.rename(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
