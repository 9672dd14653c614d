"""`caseclock db partition`: the tables of cases divided by authority, for a national table."""

from typing import Annotated

import typer

from caseclock.commands.options import Db, opened
from caseclock.commands.output import progress
from caseclock.desk.words import counted


def partition(
    db: Db = None,
    parts: Annotated[int, typer.Option(min=2, max=999, help="How many partitions.")] = 16,
    cases_at_once: Annotated[
        int, typer.Option(min=1, max=100_000, help="Cases copied in one transaction.")
    ] = 500,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Take away what was begun and not ended instead.")
    ] = False,
) -> None:
    """Divide the tables of cases by authority (PostgreSQL), while others go on writing.

    What was broken off goes on where it stopped. The tables as they were are kept in a schema of their own.
    """
    from caseclock.store import partitioning

    with opened(db) as store:
        if give_up:
            gone = partitioning.give_up(store.engine)
            typer.echo(
                "Took away what was begun; the tables are as they were." if gone else "Nothing was begun."
            )
            return
        with progress("Copying cases") as step:
            done = partitioning.partition(store.engine, parts, cases_at_once=cases_at_once, progress=step.of)
    if done.kept_in is None:
        typer.echo(f"The tables of cases are in {done.parts} partitions already; nothing was changed.")
        return
    typer.echo(
        f"The tables of cases are in {done.parts} partitions by authority: {counted(done.rows['cases'], 'case')}, "
        f"{counted(done.rows['events'], 'event')}, {counted(done.rows['timers'], 'timer')}."
    )
    typer.echo(
        f"They are kept as they were in the schema {done.kept_in}. Once `caseclock verify` finds nothing: "
        f'DROP SCHEMA "{done.kept_in}" CASCADE'
    )
