"""`caseclock import` and `caseclock quarantine`: returns and event lines in, and what was kept back and why."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.faults import REFUSED, WrongCall
from caseclock.commands.logs import log
from caseclock.commands.options import (
    AsRows,
    AsTable,
    Authority,
    Case,
    Db,
    Now,
    OutboxLimit,
    Rows,
    TableOrJson,
    named,
    opened,
    past_day,
    present,
    read_date,
)
from caseclock.commands.output import (
    progress,
    show,
    table,
    text,
    warn,
    write_csv,
    write_json,
    write_json_rows,
)
from caseclock.desk.words import counted
from caseclock.timers.when import end_of_day, london_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from caseclock.exchange.reports import ImportReport
    from caseclock.exchange.spreading import Spread
    from caseclock.store.protocol import Quarantined
    from caseclock.store.sql import SqlStore
    from caseclock.workflow.engine import Engine

#: reasons shown in full after an import; `caseclock quarantine` lists them all
REASONS_SHOWN = 10
QUARANTINE_COLUMNS = (
    "quarantine_id",
    "authority",
    "case_id",
    "file",
    "row",
    "column",
    "value",
    "reason",
    "kept_at",
    "retried",
)


def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Files, or folders of them.", show_default=False),
    ] = None,
    db: Db = None,
    authority: Authority = None,
    as_at: Annotated[
        date | None,
        typer.Option(
            "--as-at",
            metavar="DATE",
            parser=read_date,
            help="Bring the files in as on this day: a later date in them has not happened. Today unless given.",
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try again what is kept in quarantine; with files, after them.")
    ] = False,
    processes: Annotated[
        int,
        typer.Option(
            "--processes",
            metavar="N",
            min=1,
            max=64,
            help="Spread the cases of big files of event lines over so many processes; PostgreSQL only.",
        ),
    ] = 1,
    cases_at_once: Annotated[
        int,
        typer.Option(
            "--cases-at-once", metavar="N", min=1, help="Cases of event lines taken in with one commit."
        ),
    ] = 100,
    outbox_limit: OutboxLimit = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Bring in Annex A (.xlsx), child in need census (.xml), SSDA903 (.csv) or event lines (.jsonl).

    Files are told apart by what is in them; those of an SSDA903 return belong together and are given together.

    What can't be true is refused, what does not fit its case is kept in quarantine, each with its row and the
    reason. The same file again changes nothing, and goes on from where it was broken off. Ends with 1 where something
    was refused or kept.
    """
    if authority is None:
        raise WrongCall("Whose files are these? Give --authority, such as --authority thurrock.")
    if not files and not retry:
        raise WrongCall("Which files? Name at least one, or give --retry to try again what is in quarantine.")
    missing = [str(file) for file in files or [] if not file.exists()]
    if missing:
        raise WrongCall(f"There is no {' and no '.join(missing)}. Check the name and the folder.")
    at = present(now)
    if past_day(as_at, at, "--as-at") is not None and as_at is not None and as_at < london_date(at):
        at = end_of_day(as_at)
    from caseclock.workflow.engine import Engine

    with opened(db, create=bool(files)) as store:
        engine = Engine(store, outbox_limit=outbox_limit)
        spread = _spread(store, db, processes, outbox_limit)
        report = bring_in(engine, files or [], authority, at, spread=spread, cases_at_once=cases_at_once)
        retried = None
        if retry:
            from caseclock.exchange.importing import retry_quarantine

            retried = retry_quarantine(engine, authority, at)
    for file in report.files:
        if file.reason:
            warn(file.reason)
    if answer is TableOrJson.JSON:
        document = report.as_dict()
        if retried is not None:
            document["retried"] = {"tried": retried.tried, "released": retried.released}
        write_json(document)
    else:
        if files:
            show_report(report)
        if retried is not None:
            typer.echo(f"Tried {counted(retried.tried, 'kept record')} again; {retried.released} went in.")
    if not report.is_clean or (retried is not None and retried.released < retried.tried):
        raise typer.Exit(REFUSED)


def _spread(store: "SqlStore", db: str | None, processes: int, outbox_limit: int | None) -> "Spread | None":
    if processes == 1:
        return None
    if store.engine.dialect.name == "sqlite":
        raise WrongCall(
            "SQLite has one writer at a time, so several processes would only wait. Leave --processes out."
        )
    from caseclock.exchange.spreading import Spread

    return Spread(processes, named(db), outbox_limit)


def bring_in(
    engine: "Engine",
    files: "Sequence[Path]",
    authority: str,
    at: "datetime",
    *,
    spread: "Spread | None" = None,
    cases_at_once: int = 100,
) -> "ImportReport":
    """Bring files in, showing someone who watches how far it has come."""
    from caseclock.exchange.importing import import_files

    with progress("Bringing in") as shown:

        def told(file: str, records: int) -> None:
            shown.at(f"Bringing in {file}", records)

        report = import_files(
            files,
            engine=engine,
            authority=authority,
            imported_at=at,
            progress=told,
            spread=spread,
            cases_at_once=cases_at_once,
        )
    for file in report.files:
        log().info(
            "file.imported",
            authority=authority,
            kind=file.kind,
            records=file.records,
            accepted=file.accepted,
            refused=file.refused,
            quarantined=file.quarantined,
            unchanged=file.unchanged,
        )
    return report


def show_report(report: "ImportReport", *, reasons: int = REASONS_SHOWN) -> None:
    """Print what came of an import, file by file, and the first reasons why something did not go in."""
    counts = ("records", "accepted", "refused", "quarantined", "unchanged", "events")
    made = table("Brought in", ("file", "kind", *counts), right=counts)
    told = [file for file in report.files if file.records or file.reason]
    for file in told:
        made.add_row(text(file.file), file.kind or "", *(f"{getattr(file, name):,}" for name in counts))
    if len(report.files) > 1:
        totals = report.totals()
        made.add_section()
        made.add_row("all", "", *(f"{totals[name]:,}" for name in counts))
    show(made)
    if len(told) < len(report.files):
        silent = counted(len(report.files) - len(told), "file")
        typer.echo(
            f"{silent} more hold no record of their own: they are read together with those above, or not used."
        )
    _say_reasons([*report.refusals, *report.kept], reasons)
    not_used = sum(sum(file.not_used.values()) for file in report.files)
    if not_used:
        typer.echo(
            f"{counted(not_used, 'thing')} in these files had no use yet; --format json counts them by name."
        )
    if report.skipped:
        typer.echo(f"Left alone, since their names are none of a return's: {', '.join(report.skipped)}.")


def _say_reasons(rows: "Sequence[Quarantined]", most: int) -> None:
    for row in rows[:most]:
        typer.echo(f"{row.file}, {row.row}: {row.reason}")
    if len(rows) > most:
        more = len(rows) - most
        typer.echo(f"and {more:,} more: `caseclock quarantine` lists every one with its row.")


def quarantine(
    db: Db = None,
    authority: Authority = None,
    case: Case = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try them again, as `import --retry` does.")] = False,
    answer: AsRows = Rows.TABLE,
    now: Now = None,
) -> None:
    """List what imports kept back, and why."""
    with opened(db) as store:
        from caseclock.workflow.engine import Engine

        of = [authority] if authority else _authorities(store)
        if retry:
            from caseclock.exchange.importing import retry_quarantine

            engine = Engine(store)
            retried = [retry_quarantine(engine, one, present(now)) for one in of]
            tried, released = sum(one.tried for one in retried), sum(one.released for one in retried)
            (typer.echo if answer is Rows.TABLE else warn)(
                f"Tried {counted(tried, 'kept record')} again; {released} went in."
            )
        with store.snapshot() as unit:
            rows = [row for one in of for row in unit.quarantined(one, case)]
    if answer is Rows.JSON:
        write_json_rows(_row(row) for row in rows)
    elif answer is Rows.CSV:
        write_csv(QUARANTINE_COLUMNS, (_row(row) for row in rows))
    else:
        _show_quarantine(rows)


def _authorities(store: "SqlStore") -> list[str]:
    """Name the authorities that have rows in quarantine: one may have nothing else yet, not even a case."""
    from sqlalchemy import select

    from caseclock.store.schema import quarantine as kept

    waiting = (
        select(kept.c.authority).distinct().where(kept.c.released_at.is_(None)).order_by(kept.c.authority)
    )
    with store.engine.connect() as connection:
        return list(connection.scalars(waiting))


def _row(row: "Quarantined") -> dict[str, Any]:
    from caseclock.exchange.kept import is_tried_again

    told = {name: getattr(row, name) for name in QUARANTINE_COLUMNS[:-2]}
    return told | {"kept_at": row.kept_at.isoformat(), "retried": is_tried_again(row)}


def _show_quarantine(rows: "Iterable[Quarantined]") -> None:
    made = table("Kept back", ("file", "row", "case", "reason"))
    total = 0
    for row in rows:
        total += 1
        made.add_row(text(row.file), text(row.row), text(row.case_id), text(row.reason))
    show(made)
    typer.echo(f"{counted(total, 'record')} kept back.")
