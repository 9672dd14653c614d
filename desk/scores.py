"""Figures of a scorecard in words; none without what it was counted from."""

from caseclock.indicators.scorecard import Line


def value_words(line: Line) -> str:
    """Write an indicator's figure: 84.2%, 475 per 10,000; marked with * where the numbers are small."""
    if line.value is None:
        return "none counted" if line.indicator.unit == "percent" else "no population given"
    figure = f"{line.value:.1f}%" if line.indicator.unit == "percent" else f"{line.value:.0f} per 10,000"
    return f"{figure} *" if line.small else figure


def counted_of(line: Line) -> str:
    """Say what was counted: 16 of 19 assessments authorised in the period."""
    if line.indicator.unit == "percent":
        return f"{line.tally.numerator:,} of {line.tally.denominator:,} {line.indicator.denominator}"
    return f"{line.tally.numerator:,} {line.indicator.numerator}"
