"""The validation table as a page of documentation: what was predicted, what came, and whether it lay inside."""

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import fmean

from caseclock.simulation.calibration import LAST_FITTED, Fitted
from caseclock.simulation.calibration_ahead import HORIZONS, all_foretold
from caseclock.simulation.calibration_knobs import in_figures, published_moments
from caseclock.simulation.comparing_page import number
from caseclock.simulation.intervals import LEVEL, Interval
from caseclock.simulation.results import MEASURES
from caseclock.simulation.targets import targets
from caseclock.simulation.validation import VOLUMES, WITHIN, BandsJudged, Judged, Validated

GENERATED = "<!-- Made by `caseclock calibrate`: change simulation/validation_page.py, and make it anew. -->"


_OPENING = """\
A simulation that is made of the same rules as the real thing may still be unlike it. Here it is held against what the
Department for Education published of years that nothing was fitted to.

**How it was fitted.** To the published figures of {years}, in two steps. Demand, staff, the caseload found and the
share of referrals that go no further are *told*: they are published. The other settings (shares of outcomes, how long
others take to reply, meetings put off) are found by asking the simulator, by the simulated method of moments: slopes
of every figure by every setting, a bounded least squares step (scipy), the simulator asked again where it leads, and
the slopes corrected by what it says there; {runs}. Most settings are the mechanism's own word for one published
ratio, such as enquiries for each referral; those of time share the bands of duration. Single assessments began in
April 2013 and were first counted for a whole year in 2014-15, so the years ending in 2013 and 2014 can't be fitted
to; they tell of trends only.

**What a prediction is told.** *Ahead*: nothing later than March {last}. Each figure goes on as in the last year, as
in the median of the last three, or on a damped trend through the middle one of those: by whichever would have
foretold the years up to {last} best from those before them (below). The settings move to where those figures are met.
*Given demand and staff*: the same settings, with the predicted year's own referrals, and its case holders of
September: what is asked of a service and who is there to do it; no outcome. What changes between the two is the
mechanism's answer.

**The year of closed schools.** The last year known, to March 2021, had 7% fewer referrals than the one before and
more of everything done in time. Nobody in 2021 knew which of that would stay. So no rule for a trend sets out from
one year alone, and the median of three passes over one odd year by itself; a rule that does take the last year on was
chosen since it had been best for that figure before. Whoever chose these rules knew what came; the choice between
them is left to the years known, and the errors of the rules are in the intervals.

**What the intervals are made of.** The simulation gives the middle; the interval is how far off each figure would
have been, foretold in the same way one and two years ahead from every year known. A volume is a chain of ratios, and
what was off together is off together. These errors hold the chance of one year in an area of that size. The chance of
the simulated mean is added. Student's t, {level:.0%}, with as many degrees of freedom as years were foretold: where
such a year would lie."""

_PREDICTED = """\
*Nothing changes* is the last fitted year's published figure, which any prediction should beat."""

_DISTANCE = """\
The distance is the total variation distance: the share of cases that would have to be in another band, in points.
The range is that of single replications.
*Nothing changes* is the distance from the published bands of the last fitted year."""

_RULED = """\
How each figure goes on, and how far off that would have been (root mean square, in percent of a count, or in points of
log odds times a hundred of a share), in the years up to {last}: one year ahead, and two."""

_FITTED = """\
What the simulator answered at the settings found, beside what was published: counts for each 10,000 children or for
each of another count, and percentages."""


def page(fits: Sequence[Fitted], found: Sequence[Validated], why: str) -> str:
    """Make the page of several areas; `why` is what was found out about the misses, as Markdown."""
    judged = [one for area in found for one in area.judged]
    bands = [one for area in found for one in area.bands]
    first = min(year for fit in fits for year in fit.years)
    opening = _OPENING.format(
        years=f"the years {first} to {LAST_FITTED}" if first < LAST_FITTED else f"the year {LAST_FITTED}",
        last=LAST_FITTED,
        runs=" and ".join(f"{fit.runs} runs for {fit.area}" for fit in fits),
        level=LEVEL,
    )
    parts = [
        "# How far a simulated service is like a real one",
        GENERATED,
        opening,
        "## In short",
        "\n".join(f"- {sentence}" for sentence in (*_in_short(judged), *_bands_in_short(bands))),
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
        *(_fitted_table(fit) for fit in fits),
        "## How figures go on",
        _RULED.format(last=LAST_FITTED),
        _rules_table([fit.area for fit in fits]),
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
        unchanged = sum(
            one.before is not None and abs(one.before / one.published.value - 1) <= WITHIN for one in volumes
        )
        yield (
            f"**{kind.capitalize()}**: of the {len(asked)} shares of assessments within 45 days and conferences within "
            f"15, {inside} lie inside the interval; of {len(volumes)} volumes, {near} are within "
            f"{WITHIN:.0%} and {held} inside the interval; were nothing to change, {unchanged} would be within "
            f"{WITHIN:.0%}."
        )
        for one in (*asked, *volumes):
            missed = abs(one.off) > WITHIN if one.measure in VOLUMES else not one.is_inside
            if missed:
                way = f"off by {one.off:+.0%}" if one.measure in VOLUMES else "outside"
                yield f"Missed ({kind}): {one.area} {one.year}, {MEASURES[one.measure].words}, {way}: {_beside(one)}."


def _bands_in_short(bands: Sequence[BandsJudged]) -> Iterable[str]:
    for kind in dict.fromkeys(one.kind for one in bands):
        of_kind = [one for one in bands if one.kind == kind]
        both = [
            (one.distance.mean, one.distance_before) for one in of_kind if one.distance_before is not None
        ]
        if both:
            nearer = sum(found < before for found, before in both)
            yield (
                f"**Bands of duration, {kind}**: {number(fmean(one.distance.mean for one in of_kind))} points from the "
                f"published ones on average; of the {len(both)} of which the year before is known, {nearer} are nearer "
                f"than that year's."
            )


def _beside(one: Judged) -> str:
    return f"{number(one.predicted.mean)} predicted ({_span(one.predicted)}), {number(one.published.value)} published"


def _span(found: Interval) -> str:
    return f"{number(max(0.0, found.spread_low))} to {number(found.spread_high)}"


def _rules_table(areas: Sequence[str]) -> str:
    lines = [f"| figure | {' | '.join(f'{area}: rule | off 1 | off 2' for area in areas)} |"]
    lines.append("|---" * (1 + 3 * len(areas)) + "|")
    told = {area: all_foretold(area) for area in areas}
    for name in dict.fromkeys(name for rules in told.values() for name in rules):
        cells = []
        for area in areas:
            one = told[area].get(name)
            offs = [
                "" if one is None else _root_mean_square(one.errors[ahead].values()) for ahead in HORIZONS
            ]
            cells += ["" if one is None else one.rule, *offs]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _root_mean_square(errors: Iterable[float]) -> str:
    found = list(errors)
    return f"{100 * sqrt(fmean(one * one for one in found)):.1f}" if found else ""


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
        "| area, year | bands of | prediction | distance, points | range | nothing changes |",
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


def _fitted_table(fit: Fitted) -> str:
    lines = [
        f"| {fit.area}: simulated / published | {' | '.join(str(year) for year in fit.years)} |",
        "|---" * (1 + len(fit.years)) + "|",
    ]
    published = {year: published_moments(fit.area, year, targets(fit.area, year)) for year in fit.years}
    for name in fit.years[LAST_FITTED].answers:
        cells = []
        for year, solved in fit.years.items():
            beside = published[year].get(name)
            told = "suppressed" if beside is None else in_figures(name, beside)
            cells.append(f"{in_figures(name, solved.answers[name])} / {told}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
