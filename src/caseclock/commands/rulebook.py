"""`caseclock rules` and `caseclock diagram`: what the law says, with its sources, and how a case may move."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.options import (
    AsRows,
    Authority,
    Db,
    Now,
    Rows,
    opened,
    present,
    read_date,
)
from caseclock.commands.output import show, table, text, write_csv, write_json_rows
from caseclock.desk.rules import RULE_COLUMNS, limit_words, rule_row
from caseclock.desk.words import BASES, VERIFICATIONS, counted, day
from caseclock.timers.when import london_date

if TYPE_CHECKING:
    from caseclock.timers.timescale import Timescale


class DiagramForm(StrEnum):
    """How a machine is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"
    TABLE = "table"


def rules(
    db: Db = None,
    as_at: Annotated[
        date | None,
        typer.Option(
            "--as-at", metavar="DATE", parser=read_date, help="As in force on this day; today unless given."
        ),
    ] = None,
    authority: Authority = None,
    process: Annotated[
        str | None, typer.Option("--process", metavar="NAME", help="Only those of this process.")
    ] = None,
    all_versions: Annotated[
        bool, typer.Option("--all-versions", help="Every version, whenever it is or was in force.")
    ] = False,
    answer: AsRows = Rows.TABLE,
    now: Now = None,
) -> None:
    """List the timescales in force, with their sources and how far each source was checked.

    With --authority, the authority's own standards as well; with a database, what was adopted there since.
    """
    from caseclock.processes.catalogue import PROCESSES

    if process is not None and process not in PROCESSES:
        raise WrongCall(f"There is no process {process}. There are {', '.join(PROCESSES)}.")
    on = as_at or london_date(present(now))
    found = [
        version
        for _, versions in sorted(_rules(db, authority).items())
        for version in versions
        if (process is None or version.process == process)
        and (all_versions or version.in_force(on) or _not_commenced(version, on))
    ]
    if answer is Rows.JSON:
        write_json_rows(rule_row(version, on) for version in found)
    elif answer is Rows.CSV:
        write_csv(RULE_COLUMNS, (rule_row(version, on) for version in found))
    else:
        _show_rules(found, "in all versions" if all_versions else f"in force on {day(on)}")


def _rules(db: str | None, authority: str | None) -> "Mapping[str, tuple[Timescale, ...]]":
    """Give an authority's timescales as shipped, or as a database has them with what was adopted since."""
    from caseclock.processes.catalogue import rules_of
    from caseclock.workflow.engine import Engine

    if not db:
        return rules_of(authority).rules
    with opened(db) as store, store.snapshot() as unit:
        return Engine(store).setting(unit, authority or "").rulebook.rules


def _not_commenced(version: "Timescale", on: date) -> bool:
    """Say whether a version is enacted and waits for its day: shown, so that nobody takes it for forgotten."""
    return not version.commenced and (version.effective_to is None or on <= version.effective_to)


def _show_rules(found: "list[Timescale]", when: str) -> None:
    made = table(
        f"Timescales {when}",
        ("timescale", "duty", "limit", "basis", "source", "in force", "seen"),
        whole=("limit", "seen"),
    )
    for version in found:
        until = f" to {version.effective_to}" if version.effective_to else ""
        force = f"from {version.effective_from}{until}" if version.commenced else "enacted, not commenced"
        made.add_row(
            text(version.id),
            text(version.duty),
            limit_words(version),
            BASES[version.basis],
            text(version.source),
            force,
            str(version.verification),
        )
    show(made)
    typer.echo(f"{counted(len(found), 'timescale')}.")
    typer.echo("Seen: " + "; ".join(f"{mark} {words}" for mark, words in VERIFICATIONS.items()) + ".")
    typer.echo(
        "No clock: a duty to which its source gives no number. Definition: how something is counted; no duty."
    )


def diagram(
    process: Annotated[str, typer.Argument(metavar="PROCESS", help="Such as assessment.")],
    form: Annotated[
        DiagramForm,
        typer.Option("--format", help="A Mermaid state diagram, or a Markdown table of the moves."),
    ] = DiagramForm.MERMAID,
) -> None:
    """Draw a process: its states, and the events that lead from one to another."""
    from caseclock.processes.catalogue import PROCESSES
    from caseclock.processes.diagram import mermaid
    from caseclock.processes.diagram import table as moves
    from caseclock.processes.drawing import svg

    if process not in PROCESSES:
        raise WrongCall(f"There is no process {process}. There are {', '.join(PROCESSES)}.")
    draw = {DiagramForm.MERMAID: mermaid, DiagramForm.SVG: svg, DiagramForm.TABLE: moves}[form]
    typer.echo(draw(PROCESSES[process]), nl=False)
