"""What was fitted, kept as TOML with its provenance: read back by `fitted`, and shipped below data/."""

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from caseclock.simulation.calibration import Fitted
from caseclock.simulation.calibration_knobs import BY_NAME, KNOBS
from caseclock.simulation.calibration_search import Solved

_Z = 1.96


def toml_of(value: object) -> str:
    """Write a value as TOML: text, numbers, booleans, lists, and small tables on one line.

    >>> toml_of({"working_days": 45, "words": "a limit", "held": True})
    '{ working_days = 45, words = "a limit", held = true }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, float):
        return f"{value:.6g}" if value != int(value) or abs(value) >= 1e15 else f"{value:.1f}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_of(one) for one in value)}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml_of(one)}" for name, one in value.items()) + " }"
    return str(value)


def settings_toml(settings: Mapping[str, Any], opening: str) -> str:
    """Write a scenario's settings as a TOML file that begins with comments."""
    lines = [*(f"# {line}".rstrip() for line in opening.splitlines()), ""]
    told = {name: value for name, value in settings.items() if value is not None}
    lines += [
        f"{name} = {_plain(name, value)}" for name, value in told.items() if not isinstance(value, Mapping)
    ]
    for name, group in told.items():
        if not isinstance(group, Mapping):
            continue
        nested = {key: value for key, value in group.items() if name == "teams"}
        plain = {key: value for key, value in group.items() if key not in nested}
        if plain:
            lines += ["", f"[{name}]", *(f"{key} = {toml_of(value)}" for key, value in plain.items())]
        for key, team in nested.items():
            lines += ["", f"[{name}.{key}]", *(f"{one} = {toml_of(value)}" for one, value in team.items())]
    return "\n".join(lines) + "\n"


def _plain(name: str, value: object) -> str:
    return str(value) if name == "first_day" else toml_of(value)


def written(found: Fitted, made_on: date) -> str:
    """Write what was fitted: every setting of every year with its 95% interval, and how it was found."""
    lines = [
        f"# Settings of {found.area}'s services fitted to published figures; made by `caseclock calibrate`.",
        "# Published figures: Department for Education, Open Government Licence v3.0 (see PROVENANCE.md).",
        "",
        f'area = "{found.area}"',
        f"years = [{min(found.years)}, {max(found.years)}]",
        'fitted_to = "published_2012_2023.csv: tables C1, C2, C4, D1, D3, D6, D7 and looked_after, of those years"',
        f'method = "simulated method of moments: Gauss-Newton on {found.runs} runs of the simulator (ADR 0023)"',
        f"seed = {found.seed}",
        f"runs = {found.runs}",
        f"made_on = {made_on.isoformat()}",
        f'version = "{metadata.version("caseclock")}"',
    ]
    for year, solved in found.years.items():
        lines += ["", f"[year.{year}]"]
        for knob in KNOBS:
            value = solved.values[knob.name]
            inward, unsure = knob.inward(value), solved.unsure[knob.name]
            low, high = knob.outward(inward - _Z * unsure), knob.outward(inward + _Z * unsure)
            lines.append(
                f"{knob.name} = {{ value = {value:.6g}, low = {low:.4g}, high = {high:.4g} }}  # {knob.words}"
            )
    for year, solved in found.years.items():
        lines += ["", "# what the simulator answered there: logarithms of counts, log odds of shares"]
        lines += [
            f"[answered.{year}]",
            *(f'"{name}" = {value:.4f}' for name, value in solved.answers.items()),
        ]
    lines += [
        "",
        f"# how the figures of {max(found.years)} move with each setting, on the same scales",
        "[slopes]",
    ]
    for name, moves in found.slopes.items():
        told = ", ".join(f'"{figure}" = {slope:.4f}' for figure, slope in moves.items())
        lines.append(f"{name} = {{ {told} }}")
    return "\n".join(lines) + "\n"


def fitted(area: str, path: Path | None = None) -> Fitted:
    """Read what was fitted for an area: a file, or what ships."""
    room = files("caseclock.simulation") / "data" / f"fitted_{area.lower()}.toml"
    told = tomllib.loads((path or room).read_text(encoding="utf-8"))
    years = {
        int(year): Solved(
            {name: one["value"] for name, one in knobs.items()},
            {name: _unsure(name, one) for name, one in knobs.items()},
            told["answered"][year],
        )
        for year, knobs in told["year"].items()
    }
    return Fitted(told["area"], told["seed"], years, told["runs"], told["slopes"])


def _unsure(name: str, one: Mapping[str, float]) -> float:
    """Give the standard deviation that an interval was made of."""
    knob = BY_NAME[name]
    return (knob.inward(one["high"]) - knob.inward(one["low"])) / (2 * _Z)
