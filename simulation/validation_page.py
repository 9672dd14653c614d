"""The validation table as a page of documentation: what was predicted, what came, and whether it lay inside."""

from collections.abc import Iterable, Mapping, Sequence

from caseclock.simulation.calibration import FIRST_FITTED, LAST_FITTED, Fitted
from caseclock.simulation.calibration_check import NOT_FITTED, Checked
from caseclock.simulation.comparing_page import number
from caseclock.simulation.intervals import LEVEL, Interval
from caseclock.simulation.results import MEASURES
from caseclock.simulation.validation import VOLUMES, WITHIN, BandsJudged, Judged, Validated

GENERATED = "<!-- Made by `caseclock calibrate`: change simulation/validation_page.py, and make it anew. -->"


_OPENING = """\
A simulation that is made of the same rules as the real thing may still be unlike it.
Here it is held against what the Department for Education published of years that nothing was fitted to.

**How it was fitted.** Settings that no table gives (hours of an assessment, how long others take to reply, room in
diaries, shares of outcomes) were fitted to the published figures of each year from {first} to {last} by the simulated
method of moments: least squares (scipy) on a surrogate learnt from {runs}, the simulator asked again at and
around what was found.
Single assessments began in April 2013 and were first counted for a whole year in 2014-15, so the years ending in 2013
and 2014 can't be fitted to; they tell of demand only.

**What a prediction is told.** *Ahead*: nothing later than March {last}. Referrals, staff, shares and the caseload found
are those last known then.
*Given demand and staff*: besides that, the predicted year's own referrals, and its case holders of September, which are
what is asked of a service and who is there to do it; no outcome.

**What the intervals are made of.** Settings and inputs walk on at random with the covariance of their steps from year
to year in the years fitted, in {draws} draws; chance within a year is added, for an area of that size.
Student's t, {level:.0%}: where one such year would lie."""

_PREDICTED = """\
*Nothing changes* is the last fitted year's published figure, which any prediction should beat."""

_DISTANCE = """\
The distance is the total variation distance: the share of cases that would have to be in another band, in points.
*Nothing changes* is the distance from the published bands of the last fitted year."""

_FITTED = """\
The simulator run at what was fitted. Measures marked \N{DAGGER} were not fitted to: they show what the mechanism gives
by itself."""


def page(
    fits: Sequence[Fitted], checks: Mapping[str, Sequence[Checked]], found: Sequence[Validated], why: str
) -> str:
    """Make the page of several areas; `why` is what was found out about the misses, as Markdown."""
    judged = [one for area in found for one in area.judged]
    bands = [one for area in found for one in area.bands]
    opening = _OPENING.format(
        first=FIRST_FITTED,
        last=LAST_FITTED,
        runs=" and ".join(f"{fit.runs} runs for {fit.area}" for fit in fits),
        draws=max((area.draws for area in found), default=0),
        level=LEVEL,
    )
    parts = [
        "# How far a simulated service is like a real one",
        GENERATED,
        opening,
        "## In short",
        "\n".join(f"- {sentence}" for sentence in _in_short(judged)),
        "## Years predicted",
        _PREDICTED,
        *(_judged_table(judged, area, year) for area, year in _areas_and_years(judged)),
        "## Bands of duration",
        _DISTANCE,
        _bands_table(bands),
        "### Band by band",
        *(_band_by_band(bands, family) for family in dict.fromkeys(one.family for one in bands)),
        "## Years fitted",
        _FITTED,
        *(_checked_table(area, list(checks[area])) for area in checks),
        "## Why it misses where it does",
        why.strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _in_short(judged: Sequence[Judged]) -> Iterable[str]:
    for kind in dict.fromkeys(one.kind for one in judged):
        of_kind = [one for one in judged if one.kind == kind]
        asked = [one for one in of_kind if one.measure in ("assessments.in_time", "conferences.in_time")]
        inside = sum(one.is_inside for one in asked)
        volumes = [one for one in of_kind if one.measure in VOLUMES]
        near = sum(abs(one.off) <= WITHIN for one in volumes)
        held = sum(one.is_inside for one in volumes)
        yield (
            f"**{kind.capitalize()}**: of the {len(asked)} shares of assessments within 45 days and conferences within "
            f"15, {inside} lie inside the interval; of {len(volumes)} volumes, {near} are within "
            f"{WITHIN:.0%} and {held} inside the interval."
        )
        for one in (*asked, *volumes):
            missed = abs(one.off) > WITHIN if one.measure in VOLUMES else not one.is_inside
            if missed:
                way = f"off by {one.off:+.0%}" if one.measure in VOLUMES else "outside"
                yield f"Missed ({kind}): {one.area} {one.year}, {MEASURES[one.measure].words}, {way}: {_beside(one)}."


def _beside(one: Judged) -> str:
    return f"{number(one.predicted.mean)} predicted ({_span(one.predicted)}), {number(one.published.value)} published"


def _span(found: Interval) -> str:
    return f"{number(max(0.0, found.spread_low))} to {number(found.spread_high)}"


def _areas_and_years(judged: Sequence[Judged]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((one.area, one.year) for one in judged))


def _judged_table(judged: Sequence[Judged], area: str, year: int) -> str:
    kinds = list(dict.fromkeys(one.kind for one in judged))
    of_year = {(one.measure, one.kind): one for one in judged if (one.area, one.year) == (area, year)}
    heads = [cell for kind in kinds for cell in (f"{kind}", "interval", "inside")]
    lines = [f"| {area}, year ending March {year} | published | nothing changes | {' | '.join(heads)} |"]
    lines.append("|---" * (3 + len(heads)) + "|")
    for measure in dict.fromkeys(name for name, _ in of_year):
        first = next(one for (name, _), one in of_year.items() if name == measure)
        unit = "%" if MEASURES[measure].unit == "percent" else ""
        cells = []
        for kind in kinds:
            one = of_year[measure, kind]
            off = f" ({one.off:+.0%})" if measure in VOLUMES else ""
            cells += [
                f"{number(one.predicted.mean)}{unit}{off}",
                _span(one.predicted),
                "yes" if one.is_inside else "**no**",
            ]
        before = "" if first.before is None else f"{number(first.before)}{unit}"
        lines.append(
            f"| {MEASURES[measure].words} | {number(first.published.value)}{unit} | {before} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def _bands_table(bands: Sequence[BandsJudged]) -> str:
    lines = [
        "| area, year | bands of | prediction | distance, points | interval | nothing changes |",
        "|---|---|---|---|---|---|",
    ]
    for one in bands:
        before = "" if one.distance_before is None else number(one.distance_before)
        lines.append(
            f"| {one.area} {one.year} | {one.family} | {one.kind} | {number(one.distance.mean)} | "
            f"{_span(one.distance)} | {before} |"
        )
    return "\n".join(lines)


def _band_by_band(bands: Sequence[BandsJudged], family: str) -> str:
    of_family = [one for one in bands if one.family == family]
    names = list(of_family[0].bands)
    lines = [f"| {family}, % in each band | {' | '.join(names)} |", "|---" * (1 + len(names)) + "|"]
    for one in of_family:
        told = [f"{predicted:.1f}" for predicted, _ in one.bands.values()]
        lines.append(f"| {one.area} {one.year}, {one.kind} | {' | '.join(told)} |")
        if one.kind == of_family[-1].kind:
            came = [f"{published:.1f}" for _, published in one.bands.values()]
            lines.append(f"| {one.area} {one.year}, published | {' | '.join(came)} |")
    return "\n".join(lines)


def _checked_table(area: str, checked: list[Checked]) -> str:
    years = list(dict.fromkeys(one.year for one in checked))
    found = {(one.measure, one.year): one for one in checked}
    lines = [
        f"| {area}: simulated / published | {' | '.join(str(year) for year in years)} |",
        "|---" * (1 + len(years)) + "|",
    ]
    for measure in dict.fromkeys(one.measure for one in checked):
        cells = []
        for year in years:
            one = found.get((measure, year))
            mark = "" if one is None or one.is_inside else "*"
            cells.append(
                "" if one is None else f"{number(one.simulated.mean)}{mark} / {number(one.published.value)}"
            )
        dagger = " \N{DAGGER}" if measure in NOT_FITTED else ""
        lines.append(f"| {MEASURES[measure].words}{dagger} | {' | '.join(cells)} |")
    inside = sum(one.is_inside for one in checked)
    return "\n".join(
        [*lines, "", f"\\* outside the spread of the replications; {inside} of {len(checked)} are inside."]
    )
