"""The results of a run as files and rows: JSON, CSV and Parquet, each saying what it was made from."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from caseclock.simulation.clocks import COLUMNS as CLOCK_COLUMNS
from caseclock.simulation.clocks import clock_rows
from caseclock.simulation.holding import held_against
from caseclock.simulation.intervals import METHOD, Interval, as_row
from caseclock.simulation.manifest import write_whole
from caseclock.simulation.results import MEASURES, Figures

COLUMNS = (
    "measure",
    "words",
    "unit",
    "mean",
    "low",
    "high",
    "spread_low",
    "spread_high",
    "replications",
)
#: what every row of a table file says of its making
_MADE = ("scenario", "scenario_digest", "seed", "program", "calendar")


class NoPolars(ValueError):
    """Parquet was asked for and polars is not installed."""


def rows(found: Mapping[str, Interval]) -> list[dict[str, Any]]:
    """Give each measure's interval as a row, in the order in which the measures are listed."""
    return [
        {"measure": name, "words": measure.words, "unit": measure.unit, **as_row(found[name])}
        for name, measure in MEASURES.items()
        if name in found
    ]


def held_rows(scenario: str, found: Mapping[str, Interval]) -> list[dict[str, Any]]:
    """Give each published line that a scenario is held against as a row, beside what was simulated."""
    return [
        {
            "line": one.line.words,
            "as_at": one.line.as_at.isoformat(),
            "months": one.line.months,
            "published": one.line.published,
            **(as_row(one.simulated) if one.simulated else {}),
            "inside": one.is_inside,
            "source": one.line.source,
        }
        for one in held_against(scenario, found)
    ]


def document(made: Mapping[str, Any], found: Mapping[str, Interval]) -> dict[str, Any]:
    """Give results as one document: what they were made from, how the intervals are made, and the measures."""
    held = held_rows(made["scenario"]["name"], found)
    return {
        "made_from": dict(made),
        "intervals": METHOD,
        "low_and_high": "interval of the mean",
        "spread": "where one more replication would lie",
        "measures": rows(found),
        **({"held_against": held} if held else {}),
    }


def write_results(
    folder: Path, made: Mapping[str, Any], found: Mapping[str, Interval], *, parquet: bool = False
) -> list[Path]:
    """Write results.json and results.csv, and results.parquet where it is wanted; gives what was written."""
    if parquet:
        polars()
    written = [folder / "results.json", folder / "results.csv"]
    write_whole(written[0], json.dumps(document(made, found), indent=1) + "\n")
    told = [row | _made(made) for row in rows(found)]
    write_whole(written[1], as_csv((*COLUMNS, *_MADE), told))
    if parquet:
        written.append(folder / "results.parquet")
        write_parquet(written[-1], told)
    return written


def write_clocks(folder: Path, replications: Sequence[Figures]) -> Path:
    """Write clocks.csv: the timers of each timescale by where they stood in the end, with their intervals."""
    path = folder / "clocks.csv"
    write_whole(path, as_csv(CLOCK_COLUMNS, list(clock_rows(replications))))
    return path


def as_csv(columns: Sequence[str], told: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(told)
    return text.getvalue()


def write_parquet(path: Path, told: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as a Parquet file, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    polars().DataFrame(list(told)).write_parquet(part)
    part.replace(path)


def polars() -> Any:
    """Give the library; NoPolars where it is not installed."""
    try:
        import polars as library
    except ImportError as missing:
        raise NoPolars(
            "Can't write Parquet: polars is not installed. Install caseclock[parquet], or leave --parquet out; "
            "results.csv holds the same."
        ) from missing
    return library


def _made(made: Mapping[str, Any]) -> dict[str, Any]:
    return {name: made["scenario"]["name"] if name == "scenario" else made[name] for name in _MADE}
