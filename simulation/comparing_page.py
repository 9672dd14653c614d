"""A comparison, or one scenario's results, as rows, as sentences, and as a page of HTML to open, print or send."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from caseclock.simulation.charts_page import Shown, charts
from caseclock.simulation.comparing import Compared, measures_shown
from caseclock.simulation.intervals import METHOD, Interval, as_row
from caseclock.simulation.manifest import digest, made_from
from caseclock.simulation.results import MEASURES
from caseclock.simulation.scenario import Scenario

if TYPE_CHECKING:
    from jinja2 import Template

#: differences put into sentences, most asked first
_IN_SHORT = (
    ("assessments.in_time", "assessments completed in 45 working days"),
    ("conferences.in_time", "initial conferences in 15 working days"),
    ("assessments.unallocated", "assessments waiting for a worker"),
    ("conferences.waiting", "children waiting for a conference"),
    ("caseload", "cases for each worker"),
)
_UNITS = {"percent": "%", "per hundred": "", "count": "", "days": " days", "cases": ""}
_POINTS = _UNITS | {"percent": " points"}

COLUMNS = ("scenario", "measure", "words", "unit", "mean", "low", "high", "difference", "difference_low",
           "difference_high", "certain", "replications")  # fmt: skip


def rows(compared: Sequence[Compared], *, every: bool = False) -> list[dict[str, Any]]:
    """Give each scenario's measures as rows, with the difference from the base and its interval."""
    found = []
    for one in compared:
        for name in measures_shown(every=every):
            if name not in one.results:
                continue
            measure, result, differs = MEASURES[name], one.results[name], one.differences.get(name)
            told = as_row(result)
            found.append(
                {
                    "scenario": one.scenario.name,
                    "measure": name,
                    "words": measure.words,
                    "unit": measure.unit,
                    "mean": told["mean"],
                    "low": told["low"],
                    "high": told["high"],
                    "difference": round(differs.mean, 3) if differs else None,
                    "difference_low": round(differs.low, 3) if differs else None,
                    "difference_high": round(differs.high, 3) if differs else None,
                    "certain": differs.is_certain if differs else None,
                    "replications": result.replications,
                }
            )
    return found


def document(compared: Sequence[Compared], seed: int, *, every: bool = False) -> dict[str, Any]:
    """Give a comparison as one document, with what each scenario was made from."""
    return {
        "made_from": [_made(one, seed) for one in compared],
        "intervals": METHOD,
        "changes": {
            one.scenario.name: {key: list(both) for key, both in one.changes.items()} for one in compared[1:]
        },
        "measures": rows(compared, every=every),
    }


def in_short(compared: Sequence[Compared]) -> list[str]:
    """Say the main differences in sentences; those that chance may explain are said to be so."""
    sentences = []
    for one in compared[1:]:
        told = []
        for name, words in _IN_SHORT:
            differs, result = one.differences.get(name), one.results.get(name)
            if differs is None or result is None or not differs.is_certain or name not in compared[0].results:
                continue
            unit, before = _UNITS[MEASURES[name].unit], compared[0].results[name]
            way = "rise" if differs.mean > 0 else "fall"
            low, high = sorted((abs(differs.low), abs(differs.high)))
            told.append(
                f"{words} {way} from {number(before.mean)}{unit} to {number(result.mean)}{unit} "
                f"({number(low)} to {number(high)}{_POINTS[MEASURES[name].unit]})"
            )
        title = one.scenario.title or one.scenario.name
        sentences.append(
            f"{title}: {'; '.join(told)}."
            if told
            else f"{title}: none of the main figures differs by more than chance may explain."
        )
    return sentences


def page(compared: Sequence[Compared], seed: int, *, every: bool = False) -> str:
    """Make the page: it needs nothing else, and says what it was made from."""
    base, *others = compared
    shown = [name for name in measures_shown(every=every) if name in base.results]
    return template("comparison.html").render(
        base=base.scenario,
        others=others,
        seed=seed,
        replications=max(found.replications for found in base.results.values()),
        summary=in_short(compared),
        charts=charts(
            [
                Shown(one.scenario.title or one.scenario.name, one.results, one.differences)
                for one in compared
            ],
            base.scenario.first_day,
            base.scenario.last_day,
        ),
        rows=[
            {
                "words": MEASURES[name].words,
                "base": _cell(base.results[name], name),
                "others": [_pair(one, name) for one in others],
            }
            for name in shown
        ],
        made=[_made(one, seed) for one in compared],
        method=METHOD,
    )


def results_page(made: Mapping[str, Any], scenario: Scenario, found: Mapping[str, Interval]) -> str:
    """Make the page of one scenario's results, charts first."""
    return template("results.html").render(
        scenario=scenario,
        made=made,
        packs_digest=digest(made["packs"]),
        replications=max(one.replications for one in found.values()),
        charts=charts(
            [Shown(scenario.title or scenario.name, found, {})], scenario.first_day, scenario.last_day
        ),
        rows=[
            {
                "words": measure.words,
                "mean": f"{number(found[name].mean)}{_UNITS[measure.unit]}",
                "interval": f"{number(found[name].low)} to {number(found[name].high)}",
                "spread": f"{number(found[name].spread_low)} to {number(found[name].spread_high)}",
            }
            for name, measure in MEASURES.items()
            if name in found
        ],
        method=METHOD,
    )


def template(name: str) -> "Template":
    """Give a template of this room; what it prints is escaped, and an undefined name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("caseclock.simulation", "data"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["day"] = _day
    environment.filters["thousands"] = "{:,}".format
    return environment.get_template(name)


def _made(one: Compared, seed: int) -> dict[str, Any]:
    made = made_from(one.scenario, seed, max((r.replications for r in one.results.values()), default=0), 1)
    return {**made, "packs_digest": digest(made["packs"])}


def _pair(one: Compared, name: str) -> dict[str, Any]:
    nothing = {"mean": "none", "of": ""}
    differs, result = one.differences.get(name), one.results.get(name)
    return {
        "value": _cell(result, name) if result else nothing,
        "difference": _cell(differs, name, signed=True) if differs else nothing,
        "sure": differs is not None and differs.is_certain,
    }


def _cell(found: Interval, name: str, *, signed: bool = False) -> Mapping[str, str]:
    unit = (_POINTS if signed else _UNITS)[MEASURES[name].unit]
    return {
        "mean": f"{number(found.mean, signed=signed)}{unit}",
        "of": f"{number(found.low, signed=signed)} to {number(found.high, signed=signed)}",
    }


def number(value: float, *, signed: bool = False) -> str:
    """Write a number as people read it: whole from a hundred on, else with one decimal.

    >>> number(1234.5), number(81.26), number(2.04, signed=True), number(-0.01, signed=True)
    ('1,234', '81.3', '+2.0', '0.0')
    """
    places = 0 if abs(value) >= 100 else 1
    rounded = round(value, places)
    written = f"{abs(rounded):,.{places}f}"
    if rounded == 0:
        return written
    return f"{'-' if rounded < 0 else '+' if signed else ''}{written}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def as_json(compared: Sequence[Compared], seed: int) -> str:
    """Write a comparison as JSON text, every measure in it."""
    return json.dumps(document(compared, seed, every=True), indent=1) + "\n"
