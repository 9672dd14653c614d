"""The desk on a demonstration: on a simulated caseload where simulation is installed, else on samples."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from caseclock.commands import clock
from caseclock.commands.faults import WrongCall
from caseclock.desk.words import day
from caseclock.timers.when import LONDON

if TYPE_CHECKING:
    from caseclock.simulation.scenario import Scenario

#: the scenario a demonstration opens on, and the seed that makes it the same each time
SCENARIO = "small"
SEED = 1
DATABASE = "simulated.db"
#: how far ahead its forecast looks
FORECAST_DAYS = 30
#: when a demonstration's day begins
MORNING = time(9, 0)


def simulated(folder: Path) -> tuple[str, date] | None:
    """Make the simulated caseload's database, or take the one made before; gives its URL and the day it ends.

    None where the simulation is not installed.
    """
    from caseclock.commands.simulating import needs_simulation, scenario_named

    try:
        needs_simulation()
    except WrongCall:
        return None
    scenario = scenario_named(SCENARIO)
    file = folder / DATABASE
    making = folder / f"{DATABASE}.making"
    if not file.exists():
        for left in (making, *(making.with_name(making.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
        typer.echo(
            f"Simulating {scenario.title.lower()} up to {day(scenario.last_day)}: once, for about a minute."
        )
        _record(scenario, f"sqlite:///{making}")
        making.rename(file)  # only what is whole gets the name
    return f"sqlite:///{file}", scenario.last_day


def _record(scenario: "Scenario", url: str) -> None:
    from caseclock.commands.keeping_forecasts import keep_forecasts
    from caseclock.commands.simulating import progress_of
    from caseclock.simulation.storing import store
    from caseclock.simulation.world import simulate
    from caseclock.store.sql import open_store
    from caseclock.workflow.engine import Engine

    days = (scenario.last_day - scenario.begins).days + 1
    with open_store(url, synchronous="NORMAL") as kept, progress_of("Recording, day by day") as so_far:
        store(
            simulate(scenario, SEED, 1).events(),
            Engine(kept),
            scenario.last_day,
            lambda on, _: so_far((on - scenario.begins).days, days),
        )
        morning = datetime.combine(scenario.last_day, MORNING, LONDON)
        for line in keep_forecasts(kept, morning.astimezone(UTC), FORECAST_DAYS, None):
            typer.echo(line)


def open_demonstration(url: str, on: date, port: int) -> None:
    """Open the desk on a database of invented children, on the morning of a day."""
    from caseclock.commands.serving import demo_people, open_desk
    from caseclock.desk.settings import DeskSettings

    settings = DeskSettings(
        db=url, now=clock.now, secure_cookies=False, demonstration=True, demo_people=demo_people(url)
    )
    typer.echo(f"The desk's clock stands at the morning of {day(on)}, where the caseload ends.")
    open_desk(replace(settings, now=running_from(datetime.combine(on, MORNING, LONDON))), port)


def running_from(morning: datetime) -> Callable[[], datetime]:
    """Give a clock that shows a moment now, and goes on from there."""
    began = clock.now()
    return lambda: morning.astimezone(began.tzinfo) + (clock.now() - began)
