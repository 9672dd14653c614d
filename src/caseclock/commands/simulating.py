"""`caseclock simulate`: a service that never was, its event lines, and its results with their intervals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from caseclock.commands.faults import REFUSED, WrongCall, stop
from caseclock.commands.options import Rows, shown
from caseclock.commands.output import console, show, table, text, warn, write_csv, write_json
from caseclock.desk.words import counted, day

if TYPE_CHECKING:
    from caseclock.simulation.intervals import Interval
    from caseclock.simulation.running import Engine, Run
    from caseclock.simulation.scenario import Scenario


class EngineName(StrEnum):
    """Who does the work."""

    LOCAL = "local"
    DASK = "dask"


Seed = Annotated[
    int, typer.Option("--seed", min=0, help="The same seed gives the same service, to the byte.")
]
Replications = Annotated[
    int,
    typer.Option("--replications", "-n", min=1, max=9999, help="How often; results need two or more."),
]
ProcessCount = Annotated[
    int | None,
    typer.Option("--processes", min=1, max=256, help="Processes to use; one for each core unless given."),
]
EngineOption = Annotated[
    EngineName, typer.Option("--engine", help="Who does the work: this machine, or a Dask cluster.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="The Dask scheduler; one is started here unless given."
    ),
]


def simulate(
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="NAME-OR-FILE", help="One that ships, or a TOML file.")
    ],
    seed: Seed = 1,
    replications: Replications = 1,
    authorities: Annotated[
        int,
        typer.Option(
            "--authorities", min=1, help="So many services of this kind, of sizes like England's 153."
        ),
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where it is kept; what is finished there is not done again."
        ),
    ] = None,
    db: Annotated[
        str | None,
        typer.Option(
            "--db", metavar="URL", help="Tell it to the durable engine too, in a database of its own."
        ),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events/--no-events", help="Whether event lines are kept.")
    ] = True,
    clocks: Annotated[
        bool, typer.Option("--clocks", help="Judge every clock too, and keep how the timers stood.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write a page of HTML with charts, to open or print."),
    ] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Keep the results as Parquet too.")] = False,
    processes: ProcessCount = None,
    engine: EngineOption = EngineName.LOCAL,
    scheduler: Scheduler = None,
    answer: Annotated[Rows, typer.Option("--format", help="How to answer.")] = Rows.TABLE,
) -> None:
    """Simulate a service: families arrive, workers work, every clock runs. Results come with intervals, or not at all.

    An interrupted run is kept as far as it came: the same call goes on from there.
    """
    from caseclock.simulation.intervals import across
    from caseclock.simulation.manifest import COMPLETE, PARTIAL, begin, made_from, mark, write_whole
    from caseclock.simulation.nation import authorities as services
    from caseclock.simulation.outputs import polars, write_clocks, write_results
    from caseclock.simulation.running import Run, run

    chosen = scenario_named(scenario)
    services(chosen, authorities)
    if db is not None and (replications, authorities) != (1, 1):
        raise WrongCall(
            "A database holds one service. With --db, leave --replications and --authorities out."
        )
    if db is not None:
        refuse_own_rules(chosen)
    if out is None and db is None and replications < 2:
        raise WrongCall(
            "Nothing would be kept of it: give --out for its event lines, --db for a database, or --replications 10 "
            "for results with intervals."
        )
    if clocks and out is None:
        raise WrongCall("How the clocks stood is kept in a folder. Give --out with --clocks.")
    if report is not None and replications < 2:
        raise WrongCall("A report tells nothing without intervals. Ask for --replications 10 with --report.")
    if parquet:
        polars()
    made = made_from(chosen, seed, replications, authorities) | ({"clocks": True} if clocks else {})
    finished = 0
    what = Run(chosen, seed, replications, authorities, out, events, clocks)
    if db is not None:
        _to_database(chosen, seed, db)
    if out is None and replications < 2:
        return
    if out is not None:
        begin(out, made)
    try:
        with progress_of(f"Simulating {chosen.name}") as so_far:

            def note(done: int, of: int) -> None:
                nonlocal finished
                finished = done
                so_far(done, of)

            figures = run(what, engine_named(engine, processes, scheduler), note)
    except KeyboardInterrupt:
        if out is not None:
            finished = what.finished()
            mark(out, made, PARTIAL, finished)
            kept = f"{counted(finished, 'piece')} finished and kept in {out}"
            stop(f"Interrupted. {kept}: the same call goes on from there.", REFUSED)
        stop("Interrupted. Nothing is kept; give --out to be able to go on.", REFUSED)
    found = across(figures) if len(figures) > 1 else {}
    if out is not None:
        if found:
            write_results(out, made, found, parquet=parquet)
            if clocks:
                write_clocks(out, figures)
        mark(out, made, COMPLETE, finished)
    if report is not None:
        from caseclock.simulation.comparing_page import results_page

        write_whole(report, results_page(made, chosen, found))
    _tell(what, made, found, answer)
    if report is not None and answer is Rows.TABLE:
        typer.echo(f"Report: {report}")


def _tell(what: "Run", made: dict[str, Any], found: "dict[str, Interval]", answer: Rows) -> None:
    from caseclock.simulation.outputs import COLUMNS, document, rows

    if answer is Rows.JSON:
        write_json(document(made, found))
    elif answer is Rows.CSV:
        write_csv(COLUMNS, rows(found))
    elif found:
        show_results(what, found)
    if what.out is not None and answer is Rows.TABLE:
        typer.echo(f"Kept in {what.out}.")
    if not found:
        warn("One replication tells nothing of chance, so no figures are given: ask for --replications 10.")


def show_results(what: "Run", found: "dict[str, Interval]") -> None:
    """Print each measure with the interval of its mean and the spread of single replications."""
    from caseclock.simulation.comparing_page import number
    from caseclock.simulation.intervals import METHOD
    from caseclock.simulation.results import MEASURES

    scenario = what.scenario
    made = table(
        f"{scenario.title or scenario.name}, {day(scenario.first_day)} to {day(scenario.last_day)}, "
        f"{counted(what.replications, 'replication')}, seed {what.seed}",
        ("measure", "mean", "interval of the mean", "spread of replications"),
        right=("mean", "interval of the mean", "spread of replications"),
        whole=("measure",),
    )
    for name, measure in MEASURES.items():
        if name in found:
            one = found[name]
            made.add_row(
                text(measure.words),
                f"{number(one.mean)}{'%' if measure.unit == 'percent' else ''}",
                f"{number(one.low)} to {number(one.high)}",
                f"{number(one.spread_low)} to {number(one.spread_high)}",
            )
    show(made)
    typer.echo(f"Intervals: {METHOD}. The spread is where one more replication would lie.")
    _show_held(scenario.name, found)


def _show_held(scenario: str, found: "dict[str, Interval]") -> None:
    """Print what was published of a service beside what was simulated of it; misses are named."""
    from caseclock.simulation.comparing_page import number
    from caseclock.simulation.holding import held_against

    held = held_against(scenario, found)
    if not held:
        return
    made = table(
        "Held against what was published",
        ("line", "as at", "published", "mean", "spread of replications", "inside"),
        right=("published", "mean", "spread of replications"),
        whole=("line",),
    )
    for one in held:
        told = one.simulated
        made.add_row(
            text(one.line.words),
            str(one.line.as_at),
            f"{one.line.published:g}",
            number(told.mean) if told else "none",
            f"{number(told.spread_low)} to {number(told.spread_high)}" if told else "",
            "yes" if one.is_inside else "no",
        )
    show(made)
    missed = [one.line.words for one in held if not one.is_inside]
    typer.echo(
        f"{len(held) - len(missed)} of {counted(len(held), 'published line')} inside the spread. "
        f"Missed: {'; '.join(missed) if missed else 'none'}."
    )


def scenario_named(name: str) -> "Scenario":
    """Read a scenario, and say which extra is missing where simulation is not installed."""
    needs_simulation()
    from caseclock.simulation.scenario import load_scenario

    return load_scenario(name)


def needs_simulation() -> None:
    """Say which extra is missing where what simulation needs is not installed."""
    try:
        import numpy  # noqa: F401
        import scipy  # noqa: F401
    except ImportError as missing:
        raise WrongCall(
            f"Can't simulate: {missing.name} is not installed. Install caseclock[simulation]."
        ) from missing


def engine_named(name: EngineName, processes: int | None, scheduler: str | None) -> "Engine":
    """Give who does the work, as a call asks for it."""
    from caseclock.simulation.engines import Dask, Processes

    if scheduler is not None and name is not EngineName.DASK:
        raise WrongCall("--scheduler is the address of a Dask scheduler. Give --engine dask with it.")
    return Dask(scheduler, processes) if name is EngineName.DASK else Processes(processes)


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far a run has come and the time left, on standard error, and only to someone who is watching."""
    screen = console(err=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    ) as on_screen:
        task = on_screen.add_task(what, total=None)
        yield lambda done, of: on_screen.update(task, completed=done, total=of)


def refuse_own_rules(scenario: "Scenario") -> None:
    """Refuse to fill a database under rules that it would not be judged by afterwards."""
    from caseclock.simulation.scenario import Rules

    rules = scenario.rules
    if rules.standards_of == scenario.authority:
        rules = rules.model_copy(update={"standards_of": None})
    if rules != Rules.model_validate({}):
        raise WrongCall(
            f"{scenario.name} changes rules or the calendar, and the database would judge its timers by those that "
            "ship. Take the rules out of the scenario, and adopt the pack or add the day in the database."
        )


def _to_database(scenario: "Scenario", seed: int, url: str) -> None:
    """Tell a simulated history to the durable engine, day by day, with a sweep each night."""
    from caseclock.simulation.storing import refuse_cases, store
    from caseclock.simulation.world import simulate as histories
    from caseclock.store.sql import open_store
    from caseclock.workflow.engine import Engine as Durable

    with open_store(url, synchronous="NORMAL") as kept:
        durable = Durable(kept)
        refuse_cases(durable, shown(url))
        begun, days = scenario.begins, (scenario.last_day - scenario.begins).days + 1
        with progress_of("Recording, day by day") as so_far:
            stored = store(
                histories(scenario, seed, 1).events(),
                durable,
                scenario.last_day,
                lambda on, _: so_far((on - begun).days, days),
            )
    typer.echo(
        f"Recorded {counted(stored.events, 'event')} of {scenario.authority} up to {day(stored.until)} in "
        f"{shown(url)}; {counted(stored.breaches, 'breach', 'breaches')} raised on the way.\n"
        f"Check it: caseclock verify --db {shown(url)} --as-at {stored.until}"
    )
