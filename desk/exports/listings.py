"""The lists that can be taken away, each described once; a page with rows of its own uses `field`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from caseclock.desk.exports.cells import Cell, Column, Kind, Listing, Row
from caseclock.desk.fields import FIELDS
from caseclock.desk.rows import BREACH_COLUMNS, TIMER_COLUMNS
from caseclock.indicators.scorecard import Line
from caseclock.timers.timescale import Timescale

#: kinds of the fields that are not text
KINDS: dict[str, Kind] = {
    "started_on": Kind.DATE,
    "due_on": Kind.DATE,
    "due_at": Kind.INSTANT,
    "stopped_on": Kind.DATE,
    "recorded_on": Kind.DATE,
    "first_due_on": Kind.DATE,
    "not_before": Kind.DATE,
    "over": Kind.NUMBER,
    "fell_on": Kind.DATE,
    "raised_at": Kind.INSTANT,
    "answered_on": Kind.DATE,
    "review_on": Kind.DATE,
    "back_dated": Kind.YES_NO,
}


def field(name: str, value: Callable[[Row], Cell], heading: str | None = None) -> Column[Row]:
    """Describe a public field of a timer or breach as a column: its meaning and kind are those it has everywhere."""
    return Column(name, heading or name.replace("_", " "), FIELDS[name], value, KINDS.get(name, Kind.TEXT))


def _typed(name: str) -> Callable[[Mapping[str, Any]], Cell]:
    """Read a field of a public row as what it is: dates and instants are ISO text there."""
    kind = KINDS.get(name)
    if kind is Kind.DATE:
        return lambda row: date.fromisoformat(row[name]) if row[name] else None
    if kind is Kind.INSTANT:
        return lambda row: datetime.fromisoformat(row[name]) if row[name] else None
    return lambda row: row[name]


def row_columns(names: Iterable[str]) -> list[Column[Mapping[str, Any]]]:
    """Describe fields of the public rows of timers and breaches (desk/rows.py)."""
    return [field(name, _typed(name)) for name in names]


#: of rows as `timer_row` gives them
TIMERS: Listing[Mapping[str, Any]] = Listing("timers", "Timers", row_columns(TIMER_COLUMNS))
#: of rows as `breach_row` and `answer_row` give them together
BREACHES: Listing[Mapping[str, Any]] = Listing("breaches", "Breaches", row_columns(BREACH_COLUMNS))

RULES: Listing[Timescale] = Listing(
    "rules",
    "Timescales",
    (
        Column("id", "timescale", "Names the rule.", lambda row: row.id),
        Column("duty", "duty", "What must be done, in Caseclock's own words.", lambda row: row.duty),
        Column("process", "process", FIELDS["process"], lambda row: row.process),
        Column("kind", "kind", "Which kind of clock it is.", lambda row: str(row.kind)),
        Column("counting", "counting", "Which day is day 1.", lambda row: str(row.counting)),
        Column("basis", "basis", FIELDS["basis"], lambda row: str(row.basis)),
        Column("source", "source", FIELDS["source"], lambda row: row.source),
        Column("source_url", "where", "Where the source can be read.", lambda row: row.source_url),
        Column(
            "verification",
            "seen",
            "V1: the primary text was seen; V2: a secondary text; K: not yet checked.",
            lambda row: str(row.verification),
        ),
        Column(
            "effective_from",
            "in force from",
            "The first day of this version.",
            lambda row: row.effective_from,
            Kind.DATE,
        ),
        Column(
            "effective_to",
            "in force to",
            "The last day of this version; empty where none is known.",
            lambda row: row.effective_to,
            Kind.DATE,
        ),
        Column(
            "commenced",
            "commenced",
            "Whether it is in force at all, or only enacted.",
            lambda row: row.commenced,
            Kind.YES_NO,
        ),
        Column("pack", "pack", "The pack the rule stands in.", lambda row: row.pack),
        Column("notes", "notes", "What else is known of it.", lambda row: row.notes),
    ),
)

SCORECARD: Listing[Line] = Listing(
    "scorecard",
    "Scorecard",
    (
        Column("id", "indicator", "Names the indicator.", lambda row: row.indicator.id),
        Column("name", "what is counted", "The indicator in words.", lambda row: row.indicator.name),
        Column("unit", "unit", "percent, rate (per 10,000), count or days.", lambda row: row.indicator.unit),
        Column(
            "value",
            "figure",
            "The figure; empty where nothing could be divided by.",
            lambda row: None if row.value is None else round(row.value, 2),
            Kind.NUMBER,
        ),
        Column("numerator", "numerator", "How many.", lambda row: row.tally.numerator, Kind.NUMBER),
        Column("denominator", "denominator", "Of how many.", lambda row: row.denominator, Kind.NUMBER),
        Column(
            "small",
            "small numbers",
            "Whether it is counted from fewer than five: not for publication.",
            lambda row: row.small,
            Kind.YES_NO,
        ),
        Column(
            "numerator_is", "numerator is", "What the numerator counts.", lambda row: row.indicator.numerator
        ),
        Column(
            "denominator_is",
            "denominator is",
            "What it is counted of.",
            lambda row: row.indicator.denominator,
        ),
        Column("definition", "definition", "How it is counted.", lambda row: row.indicator.definition),
        Column("source", "source", "Who defines it.", lambda row: row.indicator.source),
    ),
)
