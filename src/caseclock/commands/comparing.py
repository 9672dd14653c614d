"""`caseclock compare`: what if - one scenario beside others, with what differs and how sure that is."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.faults import REFUSED, WrongCall, stop
from caseclock.commands.options import Rows
from caseclock.commands.output import show, table, text, write_csv, write_json
from caseclock.commands.simulating import (
    EngineName,
    EngineOption,
    ProcessCount,
    Scheduler,
    Seed,
    engine_named,
    progress_of,
    scenario_named,
)
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from caseclock.simulation.comparing import Compared
    from caseclock.simulation.scenario import Scenario

_CHANGE = re.compile(r"(?P<key>[A-Za-z0-9_.-]+?)(?P<how>[*+-]?)=(?P<value>.+)")


def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The scenario to hold others against.")],
    others: Annotated[
        list[str] | None, typer.Argument(metavar="OTHER...", help="Scenarios: names, or TOML files.")
    ] = None,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="KEY=VALUE",
            help="One more scenario: the base with this changed. KEY*=1.1, KEY+=2 and KEY-=2 reckon from the base's "
            "value. Several are changed together.",
        ),
    ] = None,
    seed: Seed = 1,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=9999, help="How often each is run; two or more.")
    ] = 10,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a page of HTML to open or print.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--every", help="Every measure, not only those asked first.")
    ] = False,
    processes: ProcessCount = None,
    engine: EngineOption = EngineName.LOCAL,
    scheduler: Scheduler = None,
    answer: Annotated[Rows, typer.Option("--format", help="How to answer.")] = Rows.TABLE,
) -> None:
    """Ask what if: run scenarios under the same chance, and give what differs from the base, with intervals."""
    from caseclock.simulation.comparing import compare as beside
    from caseclock.simulation.comparing_page import COLUMNS, document, page, rows
    from caseclock.simulation.manifest import write_whole
    from caseclock.simulation.running import enough

    enough(replications, "compare scenarios")
    held = scenario_named(base)
    against = [scenario_named(name) for name in others or []]
    if with_:
        against.append(_changed(held, with_))
    if not against:
        raise WrongCall(
            f"{held.name} is compared with nothing. Name another scenario, or change one of its settings, such as "
            "--with 'demand.referrals_per_10000*=1.1'."
        )
    _tell_apart(held, against)
    try:
        with progress_of("Comparing") as so_far:
            compared = beside(
                held,
                against,
                seed=seed,
                replications=replications,
                engine=engine_named(engine, processes, scheduler),
                progress=so_far,
            )
    except KeyboardInterrupt:
        stop("Interrupted. A comparison is told whole or not at all; nothing is kept.", REFUSED)
    if report is not None:
        write_whole(report, page(compared, seed, every=every))
    if answer is Rows.JSON:
        write_json(document(compared, seed, every=every))
    elif answer is Rows.CSV:
        write_csv(COLUMNS, rows(compared, every=every))
    else:
        _show(compared, seed, every=every)
        if report is not None:
            typer.echo(f"Report: {report}")


def _changed(base: "Scenario", asked: list[str]) -> "Scenario":
    changes = dict(_change(base, one) for one in asked)
    return base.changed(
        {
            "name": f"{base.name}-changed",
            "title": " and ".join(one.strip() for one in asked),
            "notes": "",
            **changes,
        }
    )


def _change(base: "Scenario", asked: str) -> tuple[str, Any]:
    """Read one change; WrongCall where it is none, or reckons from what is no number."""
    found = _CHANGE.fullmatch(asked.strip())
    if found is None:
        raise WrongCall(f"--with '{asked}' changes nothing. Write it as staffing.absence=0.08, or KEY*=1.1.")
    key, how, told = found["key"], found["how"], found["value"].strip()
    value: Any
    try:
        value = json.loads(told)
    except ValueError:
        value = told
    if not how:
        return key, value
    before = _value(base, key)
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in (before, value)):
        raise WrongCall(
            f"--with '{asked}' reckons, and {key} is {before!r} in {base.name}. Give it a value with =."
        )
    reckoned = {"*": before * value, "+": before + value, "-": before - value}[how]
    return key, round(reckoned) if isinstance(before, int) else reckoned


def _value(base: "Scenario", key: str) -> Any:
    place: Any = base.model_dump(mode="json")
    for name in key.split("."):
        place = place.get(name) if isinstance(place, dict) else None
    return place


def _tell_apart(base: "Scenario", others: "list[Scenario]") -> None:
    names = [base.name, *(one.name for one in others)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise WrongCall(
            f"Two scenarios are called {twice[0]}, and a table could not tell them apart. Name each differently."
        )


def _show(compared: "list[Compared]", seed: int, *, every: bool) -> None:
    from caseclock.simulation.comparing import measures_shown
    from caseclock.simulation.comparing_page import in_short, number
    from caseclock.simulation.intervals import METHOD
    from caseclock.simulation.results import MEASURES

    base, *others = compared
    replications = max(found.replications for found in base.results.values())
    heads = [
        head
        for one in others
        for head in (one.scenario.name, f"{one.scenario.name} less {base.scenario.name}")
    ]
    made = table(
        f"{base.scenario.name} and what if, {counted(replications, 'replication')} each, seed {seed}",
        ("measure", base.scenario.name, *heads),
        right=(base.scenario.name, *heads),
        whole=("measure",),
    )
    for name in measures_shown(every=every):
        if name not in base.results:
            continue
        cells = []
        for one in others:
            result, differs = one.results.get(name), one.differences.get(name)
            cells.append(number(result.mean) if result else "")
            sure = "*" if differs and differs.is_certain else ""
            span = (
                f"{number(differs.low, signed=True)} to {number(differs.high, signed=True)}"
                if differs
                else ""
            )
            cells.append(f"{number(differs.mean, signed=True)}{sure} ({span})" if differs else "")
        unit = "%" if MEASURES[name].unit == "percent" else ""
        made.add_row(text(MEASURES[name].words), f"{number(base.results[name].mean)}{unit}", *cells)
    show(made)
    for one in others:
        told = ", ".join(f"{key} {here} becomes {there}" for key, (here, there) in one.changes.items())
        typer.echo(f"{one.scenario.name}: {told or 'nothing is changed'}.")
    for sentence in in_short(compared):
        typer.echo(sentence)
    typer.echo(f"* a difference that chance does not explain. Intervals: {METHOD}; of differences, replication by "
               "replication, since the same families come in every scenario.")  # fmt: skip
