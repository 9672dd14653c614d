"""`caseclock calibrate`: settings fitted to published years, and years nothing was fitted to held against them."""

from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands import clock
from caseclock.commands.faults import REFUSED, stop
from caseclock.commands.options import TableOrJson
from caseclock.commands.output import show, table, text, write_json
from caseclock.commands.simulating import (
    EngineName,
    EngineOption,
    ProcessCount,
    Scheduler,
    Seed,
    engine_named,
    needs_simulation,
    progress_of,
)
from caseclock.timers.when import london_date

if TYPE_CHECKING:
    from caseclock.simulation.calibration import Fitted
    from caseclock.simulation.running import Engine
    from caseclock.simulation.validation import Validated

#: the area whose slopes an authority is fitted by, as they ship
NATION = "England"
#: years that nothing is fitted to
PREDICTED = (2022, 2023)


class Area(StrEnum):
    """Whose published figures."""

    THURROCK = "thurrock"
    ENGLAND = "england"


def calibrate(
    area: Annotated[
        list[Area] | None,
        typer.Option("--area", help="Whose published figures; may be given twice, both unless given."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where what was fitted and the validation page go.")
    ] = Path("calibration"),
    seed: Seed = 1,
    runs: Annotated[
        int, typer.Option("--runs", min=1, max=1000, help="Runs at each place that the search looks at.")
    ] = 4,
    replications: Annotated[
        int,
        typer.Option(
            "--replications",
            "-n",
            min=2,
            max=1000,
            help="Runs of each year predicted.",
        ),
    ] = 4,
    since: Annotated[
        int,
        typer.Option("--since", min=2015, max=2021, help="First year fitted; predictions set out from 2021."),
    ] = 2015,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Fit nothing: predict from what ships, fitted before.")
    ] = False,
    processes: ProcessCount = None,
    engine: EngineOption = EngineName.LOCAL,
    scheduler: Scheduler = None,
    answer: Annotated[TableOrJson, typer.Option("--format", help="How to answer.")] = TableOrJson.TABLE,
) -> None:
    """Fit settings to the published figures of 2015 to 2021, predict 2022 and 2023, and say how far that is off."""
    needs_simulation()
    from caseclock.simulation.engines import Keeping
    from caseclock.simulation.manifest import write_whole
    from caseclock.simulation.validation_page import page

    who = Keeping(engine_named(engine, processes, scheduler), out / "runs")
    fits: list[Fitted] = []
    found: list[Validated] = []
    out.mkdir(parents=True, exist_ok=True)
    try:
        for one in area or list(Area):
            fit, validated = _one_area(
                one.title(), who, seed, runs, replications, out, since=since, shipped=shipped
            )
            fits.append(fit)
            found.append(validated)
    except KeyboardInterrupt:
        stop(
            f"Interrupted. Every run that was finished is kept in {out / 'runs'}: the same call goes on.",
            REFUSED,
        )
    path = out / "validation.md"
    own = out / "misses.md"
    why = (own if own.exists() else files("caseclock.simulation") / "data" / "misses.md").read_text("utf-8")
    write_whole(path, page(fits, found, why))
    if answer is TableOrJson.JSON:
        write_json({"areas": [_document(fit, one) for fit, one in zip(fits, found, strict=True)]})
    else:
        for one_found in found:
            _show(one_found)
        typer.echo(f"Fitted settings and the whole table are in {out}.")


def _one_area(
    area: str,
    who: "Engine",
    seed: int,
    runs: int,
    replications: int,
    out: Path,
    *,
    since: int,
    shipped: bool,
) -> "tuple[Fitted, Validated]":
    from caseclock.simulation.calibration import LAST_FITTED, fitted_settings
    from caseclock.simulation.calibration import calibrate as fit
    from caseclock.simulation.calibration_files import fitted, settings_toml, written
    from caseclock.simulation.manifest import write_whole
    from caseclock.simulation.validation import validate

    if shipped:
        found = fitted(area)
    else:
        with progress_of(f"Fitting {area}") as so_far:
            own = out / f"fitted_{NATION.lower()}.toml"
            like = None if area == NATION else fitted(NATION, own if own.exists() else None)
            found = fit(area, seed=seed, replications=runs, engine=who, note=so_far, since=since, like=like)
        made = written(found, london_date(clock.now()))
        write_whole(out / f"fitted_{area.lower()}.toml", made)
    opening = (
        f"{area} as fitted to the year ending March {LAST_FITTED}; made by `caseclock calibrate`, seed {found.seed}, "
        f"{found.runs} runs.\nFrom figures of the Department for Education, Open Government Licence v3.0."
    )
    settings = fitted_settings(found, LAST_FITTED) | {"name": f"{area.lower()}-{LAST_FITTED}"}
    write_whole(out / f"{area.lower()}-{LAST_FITTED}.toml", settings_toml(settings, opening))
    with progress_of(f"Predicting {area}") as so_far:
        validated = validate(
            found,
            PREDICTED,
            replications=replications,
            seed=seed + 2000,
            engine=who,
            note=so_far,
        )
    return found, validated


def _document(fit: "Fitted", found: "Validated") -> dict[str, object]:
    from caseclock.simulation.intervals import as_row

    return {
        "area": fit.area,
        "seed": fit.seed,
        "runs": fit.runs,
        "fitted": {str(year): dict(solved.values) for year, solved in fit.years.items()},
        "answered": {str(year): dict(solved.answers) for year, solved in fit.years.items()},
        "predicted": [
            {
                "year": one.year,
                "kind": one.kind,
                "measure": one.measure,
                "published": round(one.published.value, 3),
                "inside": one.is_inside,
                "off": round(one.off, 4),
                **as_row(one.predicted),
            }
            for one in found.judged
        ],
        "bands": [
            {
                "year": one.year,
                "kind": one.kind,
                "family": one.family,
                "total_variation_distance": round(one.distance.mean, 2),
                "if_nothing_changes": None if one.distance_before is None else round(one.distance_before, 2),
                "bands": {band: [round(two, 2) for two in both] for band, both in one.bands.items()},
            }
            for one in found.bands
        ],
    }


def _show(found: "Validated") -> None:
    from caseclock.simulation.comparing_page import number
    from caseclock.simulation.results import MEASURES

    if not found.judged:
        return
    made = table(
        f"{found.judged[0].area}: predicted from the years up to 2021, {found.replications} replications",
        ("year", "measure", "told", "predicted", "interval of one year", "published", "inside", "off"),
        right=("predicted", "interval of one year", "published", "off"),
        whole=("measure",),
    )
    for one in found.judged:
        made.add_row(
            str(one.year),
            text(MEASURES[one.measure].words),
            one.kind,
            number(one.predicted.mean),
            f"{number(one.predicted.spread_low)} to {number(one.predicted.spread_high)}",
            number(one.published.value),
            "yes" if one.is_inside else "no",
            f"{one.off:+.0%}",
        )
    show(made)
