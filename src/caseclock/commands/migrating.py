"""`caseclock migrate`: running episodes move to another version of their process, all that can, or none and why."""

from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from caseclock.commands.faults import REFUSED, WrongCall, stop
from caseclock.commands.options import AsTable, Db, Now, TableOrJson, opened, present, read_words
from caseclock.commands.output import progress, show, table, text, warn, write_json
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from caseclock.workflow.migration import MigrationRefused, Plan


def migrate(
    process: Annotated[str, typer.Argument(metavar="PROCESS", help="Such as assessment.")],
    from_version: Annotated[str, typer.Argument(metavar="FROM", help="The version they run on.")],
    to_version: Annotated[str, typer.Argument(metavar="TO", help="The version they go on with.")],
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", parser=read_words, help="Who does it, as the log will have it."),
    ] = None,
    because: Annotated[
        str | None,
        typer.Option("--because", metavar="TEXT", parser=read_words, help="Why, as the log will have it."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would move; move nothing.")] = False,
    db: Db = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Move running episodes to another version of their process, and list them with the timers armed in their cases.

    Ends with 1, and nothing moved, where an episode is in a state that leads nowhere in that version: those are listed.
    """
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.migration import MigrationRefused, plan_migration
    from caseclock.workflow.migration import migrate as move

    if not dry_run and (by is None or because is None):
        raise WrongCall("Every change has an author and a reason. Give --by and --because, or --dry-run.")
    with opened(db) as store, progress("Moving episodes"):
        engine = Engine(store)
        try:
            if by is None or because is None or dry_run:
                plan = plan_migration(engine, process, from_version, to_version)
            else:
                versions = (process, from_version, to_version)
                plan = move(engine, *versions, at=present(now), by=by, because=because)
        except MigrationRefused as refused:
            _refuse(
                refused, answer, {"process": process, "from_version": from_version, "to_version": to_version}
            )
    if answer is TableOrJson.JSON:
        write_json(_document(plan, dry_run))
    else:
        _show(plan, dry_run)


def _refuse(refused: "MigrationRefused", answer: TableOrJson, named: dict[str, str]) -> NoReturn:
    if answer is TableOrJson.JSON:
        in_the_way = [
            {"authority": authority, "case_id": case_id, "episode_id": episode_id, "state": state}
            for authority, case_id, episode_id, state in refused.stranded
        ]
        write_json({**named, "moves": [], "refused": in_the_way, "reason": str(refused)})
    elif refused.stranded:
        made = table("In the way", ("authority", "case", "episode", "state"))
        for row in refused.stranded:
            made.add_row(*(text(cell) for cell in row))
        show(made)
    stop(str(refused), REFUSED)


def _document(plan: "Plan", dry_run: bool) -> dict[str, Any]:
    return {
        "process": plan.migration.process,
        "from_version": plan.migration.from_version,
        "to_version": plan.migration.to_version,
        "dry_run": dry_run,
        "moves": [
            {
                "authority": authority,
                "case_id": case_id,
                "episode_id": episode_id,
                "from_state": before,
                "to_state": after,
            }
            for authority, case_id, episode_id, before, after in plan.moves
        ],
        "refused": [],
        "armed_before": plan.armed_before,
        "armed_after": None if dry_run else plan.armed_after,
    }


def _show(plan: "Plan", dry_run: bool) -> None:
    named = (
        f"{plan.migration.process} from version {plan.migration.from_version} to {plan.migration.to_version}"
    )
    made = table(
        f"{'To be moved' if dry_run else 'Moved'}, {named}",
        ("authority", "case", "episode", "state before", "state after"),
    )
    for row in plan.moves:
        made.add_row(*(text(cell) for cell in row))
    show(made)
    moves, armed = counted(len(plan.moves), "episode"), counted(plan.armed_before, "timer")
    if dry_run:
        typer.echo(f"{moves} would move; {armed} armed in their cases. Nothing was moved.")
        return
    typer.echo(f"{moves} moved; {armed} armed in their cases before, {plan.armed_after:,} after.")
    if plan.armed_before != plan.armed_after:
        warn("A timer armed before is not armed now, or one that was not is: `caseclock verify` says which.")
