"""The charts of a report, each with its message in words and the table it is drawn from beneath it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from caseclock.indicators.charts import Series, bars, differences, lines, number
from caseclock.indicators.counting import Period
from caseclock.simulation.intervals import Interval
from caseclock.simulation.monthly import SERIES, months_of, name_of
from caseclock.simulation.results import BANDS, IN_TIME, MEASURES

#: lines that can be told apart on one chart; the table beneath has every scenario
_MOST_LINES = 4
_LIMITS = {"assessments": "45 working days", "conferences": "15 working days"}
_TAKEN = {
    "assessments": "How many working days assessments took",
    "conferences": "How many working days from enquiry to initial conference",
}
#: differences drawn together, since they share a unit: title, unit, measure -> its words on the chart
_DIFFERENCES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "in percentage points",
        "",
        {
            "assessments.in_time": "Assessments in time",
            "conferences.in_time": "Conferences in time",
            "plans.reviews_in_time": "Plans reviewed in time",
        },
    ),
    (
        "in cases at the end",
        "",
        {
            "assessments.open": "Assessments open",
            "assessments.unallocated": "Waiting for a worker",
            "conferences.waiting": "Waiting for a conference",
            "need_plans.open": "Child in need plans",
            "plans.open": "Protection plans",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn of one scenario."""

    title: str
    results: Mapping[str, Interval]
    #: this one less the base; empty for the base itself
    differences: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table."""

    svg: Markup
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def charts(shown: Sequence[Shown], first_day: date, last_day: date) -> list[Chart]:
    """Draw what can be drawn: what differs from the first, months, and lengths with the limit marked."""
    period = Period(date.fromordinal(first_day.toordinal() - 1), last_day)
    months = [month.until for month in months_of(period)]
    by_month = (_by_month(f"month-{place}", series, shown, months) for place, series in enumerate(SERIES))
    return [
        *_differences(shown),
        *(chart for chart in by_month if chart is not None),
        *(chart for family in IN_TIME for chart in _lengths(family, shown)),
    ]


def _by_month(chart_id: str, series: str, shown: Sequence[Shown], months: Sequence[date]) -> Chart | None:
    told = [[one.results.get(name_of(month, series)) for month in months] for one in shown]
    if len(months) < 2 or not any(value for values in told for value in values):
        return None
    share = series.endswith("in_time")
    unit, words = "%" if share else "", SERIES[series]
    most = 100.0 if share else float("inf")
    drawn = [
        Series(
            one.title,
            [None if value is None else value.mean for value in values],
            [None if value is None else max(0.0, value.low) for value in values],
            [None if value is None else min(most, value.high) for value in values],
        )
        for one, values in list(zip(shown, told, strict=True))[:_MOST_LINES]
    ]
    ends = "; ".join(
        f"{one.name} from {number(round(known[0], 1), unit)} to {number(round(known[-1], 1), unit)}"
        for one in drawn
        if (known := [value for value in one.values if value is not None])
    )
    title = f"{words[0].upper()}{words[1:]}, {'month by month' if share else 'at the end of each month'}"
    svg = lines(
        chart_id,
        title,
        f"First month to last: {ends}. Each band is the 95% interval of the mean.",
        [f"{month:%b}\n{month:%y}" for month in months],
        drawn,
        unit=unit,
        top=100.0 if share else None,
    )
    rows = [
        [f"{month:%B %Y}", *(_told(values[place], unit, most) for values in told)]
        for place, month in enumerate(months)
    ]
    return Chart(Markup(svg), title, ("Month", *(one.title for one in shown)), rows)  # noqa: S704  # escaped there


def _told(value: Interval | None, unit: str, most: float = float("inf")) -> str:
    if value is None:
        return "none"
    low, high = max(0.0, value.low), min(most, value.high)
    return f"{number(round(value.mean, 1), unit)} ({number(round(low, 1), unit)} to {number(round(high, 1), unit)})"


def _lengths(family: str, shown: Sequence[Shown]) -> Iterator[Chart]:
    bands = BANDS[family]
    for place, one in enumerate(shown):
        told = [one.results.get(f"{family}.{band}") for band in bands]
        known = [value for value in told if value is not None]
        if len(known) < len(bands):
            continue
        in_time = one.results[f"{family}.in_time"]
        title = f"{_TAKEN[family]}: {one.title}" if len(shown) > 1 else _TAKEN[family]
        svg = bars(
            f"{family}-{place}",
            title,
            f"{number(round(in_time.mean, 1), '%')} within {_LIMITS[family]}, left of the dashed line. "
            "Each thin line is the 95% interval of the mean.",
            bands,
            [round(value.mean, 1) for value in known],
            unit="%",
            between=[(max(0.0, value.low), value.high) for value in known],
            limit=(IN_TIME[family], _LIMITS[family]),
        )
        rows = [[band, _told(value, "%", 100.0)] for band, value in zip(bands, known, strict=True)]
        yield Chart(Markup(svg), title, ("Working days", "Share"), rows)  # noqa: S704  # escaped there


def _differences(shown: Sequence[Shown]) -> Iterator[Chart]:
    base, *others = shown
    for place, one in enumerate(others):
        for number_of, (unit_words, unit, measures) in enumerate(_DIFFERENCES):
            found = {name: one.differences[name] for name in measures if name in one.differences}
            if not found:
                continue
            sure = [measures[name] for name, told in found.items() if told.is_certain]
            title = f"{one.title} less {base.title}, {unit_words}"
            message = (
                f"Chance does not explain the difference in: {', '.join(sure)}."
                if sure
                else "Chance may explain every difference."
            )
            svg = differences(
                f"differs-{place}-{number_of}",
                title,
                f"{message} A full mark is one that chance does not explain; the line is its 95% interval.",
                [measures[name] for name in found],
                [told.mean for told in found.values()],
                [(told.low, told.high) for told in found.values()],
                unit=unit,
            )
            rows = [
                [
                    MEASURES[name].words,
                    number(round(told.mean, 1)),
                    f"{number(round(told.low, 1))} to {number(round(told.high, 1))}",
                    "no" if told.is_certain else "yes",
                ]
                for name, told in found.items()
            ]
            head = ("Measure", "Difference", "95% interval", "Chance may explain it")
            yield Chart(Markup(svg), title, head, rows)  # noqa: S704  # escaped there
