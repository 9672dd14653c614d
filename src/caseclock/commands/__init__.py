"""The command line: one small module for a command or two, each reading its call and asking a room for the answer.

Here: options, how answers are printed, exit statuses, the present. Not here: any rule, any query.
Start reading at faults.py (what a command may end with), then listing.py.
"""

from typing import Annotated

import typer

from caseclock.commands import logs
from caseclock.commands.adopting import adopt, list_packs
from caseclock.commands.answering import answer
from caseclock.commands.bringing_in import import_, quarantine
from caseclock.commands.calibrating import calibrate
from caseclock.commands.case import case
from caseclock.commands.checkpointing import key, write
from caseclock.commands.comparing import compare
from caseclock.commands.demo import demo
from caseclock.commands.explaining import explain
from caseclock.commands.exporting import export, views
from caseclock.commands.faults import SayFaults
from caseclock.commands.forecasting import backtest, forecast
from caseclock.commands.listing import breaches, timers
from caseclock.commands.loading import load
from caseclock.commands.migrating import migrate
from caseclock.commands.outbox import drop, forget, list_outbox, retry
from caseclock.commands.partitioning import partition
from caseclock.commands.recording import record
from caseclock.commands.rulebook import diagram, rules
from caseclock.commands.scorecard import scorecard
from caseclock.commands.serving import serve
from caseclock.commands.simulating import simulate
from caseclock.commands.tokens import list_tokens, make, revoke
from caseclock.commands.upkeep import add_day, upgrade, verify
from caseclock.commands.worker import run

app = typer.Typer(
    cls=SayFaults,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Cases of children's social care in England, every statutory timescale a clock with its source.",
    epilog="Ends with 0 when done, 1 when something was refused or found wrong, 2 when the call itself was wrong.",
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        typer.echo(f"caseclock {metadata.version('caseclock')}")
        raise typer.Exit


@app.callback()
def begin(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say in log lines what happens.")] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say the version and end.")
    ] = False,
) -> None:
    """Set the log up before any command runs."""
    logs.configure(verbose=verbose and not version)


app.command("demo")(demo)
app.command("import")(import_)
app.command("record")(record)
app.command("timers")(timers)
app.command("breaches")(breaches)
app.command("answer")(answer)
app.command("case")(case)
app.command("explain")(explain)
app.command("serve")(serve)
app.command("scorecard")(scorecard)
app.command("rules")(rules)
app.command("diagram")(diagram)
app.command("run")(run)
app.command("export")(export)
app.command("verify")(verify)
app.command("simulate")(simulate)
app.command("compare")(compare)
app.command("forecast")(forecast)
app.command("backtest")(backtest)
app.command("calibrate")(calibrate)
app.command("migrate")(migrate)
app.command("quarantine")(quarantine)

database = typer.Typer(no_args_is_help=True, help="Look after the database.", rich_markup_mode=None)
database.command("upgrade")(upgrade)
database.command("views")(views)
database.command("partition")(partition)
app.add_typer(database, name="db")

outbox = typer.Typer(
    no_args_is_help=True, help="Look after what is handed on to others.", rich_markup_mode=None
)
outbox.command("list")(list_outbox)
outbox.command("retry")(retry)
outbox.command("drop")(drop)
outbox.command("forget")(forget)
app.add_typer(outbox, name="outbox")

calendar = typer.Typer(no_args_is_help=True, help="Look after the calendar.", rich_markup_mode=None)
calendar.command("add")(add_day)
calendar.command("load")(load)
app.add_typer(calendar, name="calendar")

packs = typer.Typer(no_args_is_help=True, help="Look after the packs of timescales.", rich_markup_mode=None)
packs.command("list")(list_packs)
packs.command("adopt")(adopt)
app.add_typer(packs, name="packs")

checkpoint = typer.Typer(
    no_args_is_help=True,
    help="Sign what the logs hold, to show later what was cut off.",
    rich_markup_mode=None,
)
checkpoint.command("key")(key)
checkpoint.command("write")(write)
app.add_typer(checkpoint, name="checkpoint")

token = typer.Typer(
    no_args_is_help=True,
    help="Look after the tokens by which other systems use the API.",
    rich_markup_mode=None,
)
token.command("make")(make)
token.command("list")(list_tokens)
token.command("revoke")(revoke)
app.add_typer(token, name="token")
