"""Figures of a scorecard in words; none without what it was counted from."""

from typing import Any

from caseclock.indicators.scorecard import Line

SCORE_COLUMNS = (
    "id",
    "group",
    "name",
    "unit",
    "numerator",
    "denominator",
    "value",
    "recorded_late",
    "recording_value",
    "recording_numerator",
    "recording_denominator",
    "small",
    "numerator_is",
    "denominator_is",
    "definition",
    "source",
)

#: what is said where nothing could be divided by
_NOTHING = {"percent": "none counted", "rate": "no population given", "days": "none counted"}


def value_words(line: Line) -> str:
    """Write an indicator's figure: 84.2%, 475 per 10,000, 208, 239 days; marked with * where the numbers are small."""
    if line.value is None:
        return _NOTHING[line.indicator.unit]
    figure = {
        "percent": f"{line.value:.1f}%",
        "rate": f"{line.value:.0f} per 10,000{' a year' if line.indicator.a_year else ''}",
        "count": f"{line.value:,.0f}",
        "days": f"{line.value:,.0f} days",
    }[line.indicator.unit]
    return f"{figure} *" if line.small else figure


def counted_of(line: Line) -> str:
    """Say what was counted: 16 of 19 assessments authorised in the period."""
    numerator, denominator = line.indicator.numerator, line.indicator.denominator
    if line.indicator.unit == "percent":
        return f"{line.tally.numerator:,} of {line.tally.denominator:,} {denominator}"
    if line.indicator.unit == "days":
        return f"{line.tally.numerator:,} {numerator}, of {line.tally.denominator:,} {denominator}"
    return f"{line.tally.numerator:,} {numerator}"


def recording_words(line: Line) -> str:
    """Say how much was both done and written up in time, of what it is told of: 75.0%, 3 of 4.

    Empty where the indicator is not about time, or nothing was counted.
    """
    if not line.indicator.timely or not line.tally.denominator:
        return ""
    if line.recording_value is None:
        return "not told"
    return f"{line.recording_value:.1f}%, {line.tally.both_in_time:,} of {line.tally.told:,}"


def score_row(line: Line) -> dict[str, Any]:
    """Give a line of the scorecard as a row, without comparators."""
    return {
        "id": line.indicator.id,
        "group": line.indicator.group,
        "name": line.indicator.name,
        "unit": line.indicator.unit,
        "numerator": line.tally.numerator,
        "denominator": line.denominator,
        "value": None if line.value is None else round(line.value, 2),
        "recorded_late": line.tally.recorded_late,
        "recording_value": None if line.recording_value is None else round(line.recording_value, 2),
        "recording_numerator": line.tally.both_in_time if line.indicator.timely else None,
        "recording_denominator": line.tally.told if line.indicator.timely else None,
        "small": line.small,
        "numerator_is": line.indicator.numerator,
        "denominator_is": line.indicator.denominator,
        "definition": line.indicator.definition,
        "source": line.indicator.source,
    }
