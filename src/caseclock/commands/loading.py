"""`caseclock calendar load`: a newer list of bank holidays, as GOV.UK publishes it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import REFUSED, WrongCall, stop
from caseclock.commands.options import AsTable, Because, By, Db, Now, TableOrJson, opened, present
from caseclock.commands.output import progress, write_json
from caseclock.desk.words import counted, day

if TYPE_CHECKING:
    from caseclock.workflow.calendar_lists import Loaded


def load(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="As saved from https://www.gov.uk/bank-holidays.json."),
    ],
    by: By,
    because: Because,
    db: Db = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Add the bank holidays of a newer list that are not known yet; running timers move, and each log says why.

    Each is known from now on, for every authority. One that the list has on another day is moved. Ends with 1 where
    the list has a hole, or lacks a day that is known and has none in its place.
    """
    from caseclock.timers.calendar import BankHolidaysRefused
    from caseclock.workflow.calendar_lists import load_list
    from caseclock.workflow.engine import Engine

    if not file.is_file():
        raise WrongCall(f"There is no file {file}. Check the name and the folder.")
    with opened(db) as store, progress("Working out running timers"):
        try:
            loaded = load_list(Engine(store), file, at=present(now), by=by, because=because)
        except BankHolidaysRefused as refused:
            stop(str(refused), REFUSED)
    if answer is TableOrJson.JSON:
        write_json(
            {
                "file": file.name,
                "until": loaded.until.isoformat(),
                "added": [
                    {
                        "day": change.day.isoformat(),
                        "title": change.title,
                        "replaces": None if change.replaces is None else change.replaces.isoformat(),
                        "cases": moved.cases,
                        "timers": moved.timers,
                    }
                    for change, moved in loaded.added
                ],
            }
        )
    else:
        _say(loaded)


def _say(loaded: "Loaded") -> None:
    for change, moved in loaded.added:
        instead = "" if change.replaces is None else f", and {day(change.replaces)} is"
        typer.echo(
            f"{day(change.day)} is not worked{instead}: {change.title}. "
            f"{counted(moved.timers, 'running timer')} moved, in {counted(moved.cases, 'case')}."
        )
    said = f"Added {counted(len(loaded.added), 'day')}" if loaded.added else "Every day of it was known"
    typer.echo(f"{said}; the last in it is {day(loaded.until)}.")
