"""`caseclock verify`, `db upgrade` and `calendar add`: what keeps a database sound and its calendar true."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from caseclock.commands.checkpointing import CheckpointFile, PublicKey, checkpoint_named, described
from caseclock.commands.faults import REFUSED
from caseclock.commands.options import (
    AsTable,
    Authority,
    Because,
    By,
    Db,
    ForAuthority,
    Now,
    TableOrJson,
    opened,
    past_day,
    present,
    read_date,
)
from caseclock.commands.output import progress, show, table, text, write_json
from caseclock.desk.words import counted, day, moment
from caseclock.timers.when import end_of_day, london_date

#: the revision from which team, worker, siblings and answers are kept beside the log
_FACTS_KEPT_FROM = "0003"
#: findings shown in a table; JSON has them all
_SHOWN = 50


def verify(
    db: Db = None,
    authority: Authority = None,
    as_at: Annotated[
        date | None,
        typer.Option(
            "--as-at",
            metavar="DATE",
            parser=read_date,
            help="Expect a breach of what had run out by the end of this day; by now unless given.",
        ),
    ] = None,
    checkpoint: CheckpointFile = None,
    public_key: PublicKey = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Rebuild everything from the log, compare it with what is stored, check the chain, find timers that were missed.

    With a checkpoint kept outside the database, also find logs that were cut off or written anew since. Ends with 1
    where something is not as the log has it.
    """
    from caseclock.workflow.checkpoints import compare
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.verification import verify as look

    at = present(now)
    if past_day(as_at, at, "--as-at") is not None and as_at is not None and as_at < london_date(at):
        at = end_of_day(as_at)
    kept = checkpoint_named(checkpoint, public_key, authority)
    with opened(db) as store, progress("Rebuilding every case from its log"):
        verified = look(Engine(store), at, authority=authority)
        if kept is not None:
            with store.snapshot() as unit:
                verified = replace(verified, findings=(*verified.findings, *compare(unit, kept)))
    if answer is TableOrJson.JSON:
        findings = [
            {"authority": one.authority, "case_id": one.case_id, "kind": one.kind, "words": one.words}
            for one in verified.findings
        ]
        counts = {name: getattr(verified, name) for name in ("cases", "events", "timers", "breaches")}
        held = {} if kept is None or checkpoint is None else {"checkpoint": described(kept, checkpoint)}
        write_json({**counts, **held, "findings": findings})
    else:
        typer.echo(
            f"Rebuilt {counted(verified.cases, 'case')} from {counted(verified.events, 'event')}, and compared "
            f"{counted(verified.timers, 'timer')} and {counted(verified.breaches, 'breach', 'breaches')}: "
            f"{counted(len(verified.findings), 'finding') if verified.findings else 'all is as the log has it'}."
        )
        if kept is not None:
            typer.echo(
                f"Held against the checkpoint of {moment(kept.made_at)}, of {counted(len(kept.heads), 'case')} of "
                f"{kept.authority}, digest {kept.digest()}."
            )
        if verified.findings:
            made = table("Findings", ("case", "kind", "what is wrong"))
            for one in verified.findings[:_SHOWN]:
                made.add_row(text(one.case_id), one.kind, text(one.words))
            show(made)
            kinds = Counter(one.kind for one in verified.findings)
            typer.echo(", ".join(f"{number} {kind}" for kind, number in kinds.items()) + ".")
            if len(verified.findings) > _SHOWN:
                typer.echo(f"The first {_SHOWN} are shown; --format json gives them all.")
    if verified.findings:
        raise typer.Exit(REFUSED)


def upgrade(db: Db = None) -> None:
    """Bring a database to the schema of this version, making it where there is none."""
    from caseclock.commands.options import named
    from caseclock.store.upgrade import current_revision
    from caseclock.store.upgrade import upgrade as bring_up

    before = current_revision(named(db))
    revision = bring_up(named(db))
    if before is not None and before < _FACTS_KEPT_FROM:
        from caseclock.workflow.allocation import fill_in

        with opened(db) as store, progress("Filling in who works on each case"):
            fill_in(store)
    typer.echo(f"The database has revision {revision}, which is this version's.")


def add_day(
    day_: Annotated[
        date, typer.Argument(metavar="DATE", parser=read_date, help="The day that is not worked.")
    ],
    title: Annotated[str, typer.Option("--title", help="What it is called.")],
    because: Because,
    by: By,
    db: Db = None,
    authority: ForAuthority = None,
    instead_of: Annotated[
        date | None,
        typer.Option(
            "--instead-of",
            metavar="DATE",
            parser=read_date,
            help="The bank holiday that is moved to it, and is worked now.",
        ),
    ] = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Add a bank holiday announced since, or move one; running timers move, and each case's log says why."""
    from caseclock.store.protocol import CalendarChange
    from caseclock.workflow.calendar_days import add_calendar_day
    from caseclock.workflow.engine import Engine

    change = CalendarChange(day_, title, present(now), by, because, authority, instead_of)
    with opened(db) as store, progress("Working out running timers"):
        moved = add_calendar_day(Engine(store), change)
    if answer is TableOrJson.JSON:
        replaced = None if instead_of is None else instead_of.isoformat()
        write_json(
            {"day": day_.isoformat(), "replaces": replaced, "cases": moved.cases, "timers": moved.timers}
        )
    else:
        typer.echo(
            f"{day(day_)} is not worked{_instead_of(instead_of)}: {title}. "
            f"{counted(moved.timers, 'running timer')} moved, in {counted(moved.cases, 'case')}."
        )


def _instead_of(gone: date | None) -> str:
    return f", and {day(gone)} is" if gone is not None else ""
