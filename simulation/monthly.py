"""Figures month by month: timeliness of what ended in a month, and what was open at its end.

They are kept with a replication's other figures, under names such as `month.2026-04.assessments.in_time`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from caseclock.indicators.counting import Period
from caseclock.simulation.ledger import CANCELLED, Ledger, is_in_care
from caseclock.simulation.results import Figure, Figures
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.durations import add_months

#: working days within which each is in time, as the national statistics count
_ASSESSED_WITHIN, _HELD_WITHIN = 45, 15
#: what is followed, in words
SERIES: Mapping[str, str] = {
    "assessments.in_time": "assessments within 45 working days",
    "conferences.in_time": "initial conferences within 15 working days",
    "assessments.open": "assessments open",
    "assessments.unallocated": "assessments waiting for a worker",
    "plans.open": "child protection plans in force",
    "need_plans.open": "child in need plans in force",
    "care.open": "children looked after",
}


def months_of(period: Period) -> list[Period]:
    """Give the months of a period, each as the period from the day before its first day to its last."""
    found = []
    first = period.after + timedelta(days=1)
    for number in range(120):
        begins, ends = add_months(first, number), add_months(first, number + 1) - timedelta(days=1)
        if ends > period.until:
            break
        found.append(Period(begins - timedelta(days=1), ends))
    return found


def name_of(month: date, series: str) -> str:
    """Name a series' figure of the month that a day is in."""
    return f"month.{month:%Y-%m}.{series}"


def monthly_figures(ledger: Ledger, period: Period, calendar: WorkingCalendar) -> Figures:
    """Count every series for each whole month of a period."""
    return {
        name_of(month.until, series): figure
        for month in months_of(period)
        for series, figure in _of_month(ledger, month, calendar)
    }


def _of_month(ledger: Ledger, month: Period, calendar: WorkingCalendar) -> Iterator[tuple[str, Figure]]:
    assessed = [
        calendar.stat_working_days(span.start, span.end)
        for span in ledger.assessments.values()
        if span.start and span.end and span.outcome != CANCELLED and span.kind in ("single", "")
        if month.holds(span.end)
    ]
    held = [
        calendar.stat_working_days(span.start, span.held)
        for span in ledger.enquiries.values()
        if span.start and span.held and month.holds(span.held)
    ]
    yield "assessments.in_time", _within(assessed, _ASSESSED_WITHIN)
    yield "conferences.in_time", _within(held, _HELD_WITHIN)
    until = month.until
    still = [span for span in ledger.assessments.values() if span.is_open(until)]
    yield "assessments.open", Figure(len(still))
    yield (
        "assessments.unallocated",
        Figure(sum(1 for span in still if span.allocated is None or span.allocated > until)),
    )
    for name, spans in (("plans", ledger.plans), ("need_plans", ledger.need_plans), ("care", ledger.care)):
        yield (
            f"{name}.open",
            Figure(
                sum(
                    1
                    for span in spans.values()
                    if span.is_open(until) and (name != "care" or is_in_care(span))
                )
            ),
        )


def _within(days: list[int], limit: int) -> Figure:
    return Figure(100 * sum(1 for one in days if one <= limit), len(days))
