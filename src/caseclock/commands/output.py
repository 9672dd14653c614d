"""How commands answer: one JSON document, CSV that no spreadsheet takes for a formula, or a table to read."""

import csv
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from caseclock.desk.exports.cells import is_formula

#: how wide a table may be where nobody says how wide the screen is
WIDTH_WITHOUT_SCREEN = 180
#: columns of ids, which are copied into the next command or held against another list
_IDS = frozenset({"timer", "breach", "pack", "digest"})
#: how much of an answer is held in memory before it goes to a file
_SPOOLED = 8_000_000


def console(*, err: bool = False) -> Console:
    """Give a console on standard output, or standard error, as it is now."""
    stream = sys.stderr if err else sys.stdout
    screen = stream.isatty() or "COLUMNS" in os.environ
    return Console(file=stream, width=None if screen else WIDTH_WITHOUT_SCREEN, highlight=False, emoji=False)


def warn(sentence: str) -> None:
    """Say what is wrong, in a sentence on standard error: never part of the answer."""
    typer.echo(sentence, err=True)


def write_json(document: Any) -> None:
    """Print one JSON document, in ASCII so that no terminal's encoding can spoil it."""
    typer.echo(json.dumps(document, indent=2))


def write_json_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as one JSON list, a row a line; nothing is printed until the last row is known to be good."""
    with tempfile.SpooledTemporaryFile(_SPOOLED, "w+", encoding="utf-8") as spool:
        spool.write("[")
        for number, row in enumerate(rows):
            spool.write(",\n " if number else "\n ")
            spool.write(json.dumps(row))
        spool.write("\n]\n")
        spool.seek(0)
        shutil.copyfileobj(spool, sys.stdout)


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as CSV with a header line; dates as ISO text, nothing that a spreadsheet would run."""
    with tempfile.SpooledTemporaryFile(_SPOOLED, "w+", encoding="utf-8", newline="") as spool:
        writer = csv.writer(spool, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([safe_cell(row[name]) for name in columns])
        spool.seek(0)
        shutil.copyfileobj(spool, sys.stdout)


def safe_cell(value: object) -> object:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("C-1042"), safe_cell(-3), safe_cell(None)
    ("'=HYPERLINK(1)", 'C-1042', -3, '')
    """
    if value is None:
        return ""
    if isinstance(value, str) and is_formula(value):
        return f"'{value}"
    return value


def table(
    title: str, columns: Sequence[str], *, right: Iterable[str] = (), whole: Iterable[str] = ()
) -> Table:
    """Begin a table. Cells fold and are never cut; those of the columns named in `whole` fold last, of ids never."""
    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    numbers, unfolded = set(right), set(whole)
    wide = console().width >= WIDTH_WITHOUT_SCREEN
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in numbers else "left",
            overflow="fold",
            no_wrap=name in _IDS or (wide and name in unfolded),
        )
    return made


def text(value: object) -> Text:
    """Give a value as text to show: no markup in it is obeyed, and no control character reaches the terminal.

    >>> text("[red]C-1" + chr(27)).plain
    '[red]C-1�'
    """
    shown = "" if value is None else str(value)
    return Text("".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in shown))


def show(made: Table) -> None:
    """Print a table on standard output."""
    console().print(made)


@dataclass(frozen=True, slots=True)
class Step:
    """Work under way, as someone who watches sees it."""

    shown: Progress
    task: TaskID

    def advance(self) -> None:
        self.shown.advance(self.task)

    def at(self, what: str, done: int) -> None:
        """Say what is being done now, and how much of it is done."""
        self.shown.update(self.task, description=what, completed=done)

    def of(self, done: int, total: int) -> None:
        """Say how much is done, of how much."""
        self.shown.update(self.task, completed=done, total=total)


@contextmanager
def progress(what: str) -> Iterator[Step]:
    """Show how far something has come, on standard error, and only to someone who is watching."""
    screen = console(err=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    ) as shown:
        yield Step(shown, shown.add_task(what, total=None))
