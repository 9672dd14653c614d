"""What one replication comes to over a period: volumes, timeliness, bands of duration, backlogs and caseloads.

What is in time is counted by the production indicators; bands are elapsed working days by the production calendar,
where the day it starts is day 0 as in the national statistics. Figures are those of everything recorded by the end of
the simulated history.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from caseclock.indicators.catalogue import INDICATORS
from caseclock.indicators.counting import Period, Tally
from caseclock.indicators.scorecard import view_of
from caseclock.processes.rereferral import WITHIN_MONTHS
from caseclock.simulation.ledger import CANCELLED, Ledger, Span, is_in_care
from caseclock.timers.bank_holiday_rules import LAST_YEAR
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.durations import add_months
from caseclock.timers.evaluation import Setting
from caseclock.timers.when import end_of_day
from caseclock.workflow.positions import Question, asked

#: upper ends of the bands of working days, and the bands in order
_ASSESSMENT_ENDS = (10, 20, 30, 40, 45, 50, 60)
_CONFERENCE_ENDS = (10, 15, 20)
BANDS: Mapping[str, tuple[str, ...]] = {
    "assessments": ("0-10", "11-20", "21-30", "31-40", "41-45", "46-50", "51-60", "61+"),
    "conferences": ("0-10", "11-15", "16-20", "21+"),
    "plans.ended": ("0-3m", "3-6m", "6-12m", "1-2y", "2y+"),
    "plans.open": ("0-3m", "3-6m", "6-12m", "1-2y", "2y+"),
}
#: bands in time, of those families that have a limit
IN_TIME: Mapping[str, int] = {"assessments": 5, "conferences": 2}
_MONTH_ENDS = (3, 6, 12, 24)
_LENGTHS = {
    "0-3m": "3 months or less",
    "3-6m": "up to 6 months",
    "6-12m": "up to a year",
    "1-2y": "up to two years",
    "2y+": "more than two years",
}
_SINGLE = ("single", "")
#: the indicator of reviews is asked of cases with a plan only, and of its own timescale only
_REVIEWS = next(one for one in INDICATORS if one.id == "plans.reviews_in_time")
_REVIEW_CLOCK = "cp.review.stat"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted of each replication."""

    id: str
    #: count, percent, per hundred, days or cases
    unit: str
    words: str


MEASURES: Mapping[str, Measure] = {
    one.id: one
    for one in (
        Measure("contacts", "count", "contacts received"),
        Measure("referrals", "count", "referrals received"),
        Measure("referrals.again", "percent", "referrals within 12 months of the child's previous one"),
        Measure("referrals.no_further_action", "percent", "referrals on which no further action was taken"),
        Measure(
            "referrals.not_in_need", "percent", "assessments for each hundred referrals that found no need"
        ),
        Measure("assessments", "count", "assessments completed"),
        Measure("assessments.in_time", "percent", "assessments completed within 45 working days"),
        Measure("assessments.median", "days", "median working days of an assessment"),
        Measure("assessments.open", "count", "assessments open at the end"),
        Measure(
            "assessments.open_late", "count", "assessments open at the end for more than 45 working days"
        ),
        Measure("assessments.unallocated", "count", "assessments open at the end that no worker was given"),
        Measure("enquiries", "count", "section 47 enquiries started"),
        Measure("conferences", "count", "initial conferences held"),
        Measure(
            "conferences.in_time", "percent", "initial conferences within 15 working days of the enquiry"
        ),
        Measure("conferences.waiting", "count", "children waiting for an initial conference at the end"),
        Measure("plans.started", "count", "child protection plans started"),
        Measure("plans.ended", "count", "child protection plans ended"),
        Measure("plans.open", "count", "child protection plans in force at the end"),
        Measure("plans.again", "percent", "child protection plans of a child who had one before"),
        Measure(
            "plans.reviews_in_time", "percent", "plans of three months or more with every review in time"
        ),
        Measure("need_plans.started", "count", "child in need plans started"),
        Measure("need_plans.open", "count", "child in need plans in force at the end"),
        Measure("care.started", "count", "children who came into care"),
        Measure("care.ended", "count", "children who left care"),
        Measure("care.open", "count", "children looked after at the end"),
        Measure("cases.open", "count", "children with any work open at the end"),
        Measure("workers", "count", "workers who hold a case at the end"),
        Measure("caseload", "cases", "open cases of each worker who holds one, at the end"),
        *(
            Measure(f"{family}.{band}", "percent", words.format(_LENGTHS.get(band, f"{band} working days")))
            for family, words in (
                ("assessments", "assessments that took {}"),
                ("conferences", "initial conferences after {}"),
                ("plans.ended", "plans ended that lasted {}"),
                ("plans.open", "plans in force for {}"),
            )
            for band in BANDS[family]
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one replication; a percentage keeps what it is of, so that authorities can be added up."""

    numerator: float
    #: None for a count
    denominator: float | None = None

    @property
    def value(self) -> float | None:
        """Give the count, the percentage or the average; None where there is nothing to divide by."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


Figures = Mapping[str, Figure]


def figures(ledger: Ledger, period: Period, setting: Setting) -> Figures:
    """Count every measure over a period that the ledger's history reaches."""
    calendar = setting.holidays.as_known(None)
    found: dict[str, Figure] = {"contacts": Figure(_in(period, ledger.contacts))}
    found |= _referrals(ledger, period)
    found |= _assessments(ledger, period, calendar)
    found |= _conferences(ledger, period, calendar)
    found |= _plans(ledger, period)
    found["plans.reviews_in_time"] = _reviews(ledger, period, setting, calendar)
    found |= _stocks(ledger, period)
    return found


def _in(period: Period, days: Iterable[date | None]) -> int:
    return sum(1 for day in days if period.holds(day))


def _percent(part: float, whole: float) -> Figure:
    return Figure(part * 100, whole)


def _referrals(ledger: Ledger, period: Period) -> Iterator[tuple[str, Figure]]:
    total = again = 0
    for days in ledger.referred.values():
        days.sort()
        for place, day in enumerate(days):
            if period.holds(day):
                total += 1
                again += place > 0 and day <= add_months(days[place - 1], WITHIN_MONTHS)
    outcomes = Counter(span.outcome for span in ledger.referrals.values() if period.holds(span.start))
    no_need = sum(
        1
        for span in ledger.assessments.values()
        if span.outcome == "no_further_action" and period.holds(span.end)
    )
    yield "referrals", Figure(total)
    yield "referrals.again", _percent(again, total)
    yield "referrals.no_further_action", _percent(outcomes["no_further_action"], total)
    yield "referrals.not_in_need", _percent(no_need, total)


def _assessments(ledger: Ledger, period: Period, calendar: WorkingCalendar) -> Iterator[tuple[str, Figure]]:
    days = [
        calendar.stat_working_days(span.start, span.end)
        for span in ledger.assessments.values()
        if span.start and span.end and span.outcome != CANCELLED and span.kind in _SINGLE
        if period.holds(span.end)
    ]
    yield "assessments", Figure(len(days))
    yield from _banded("assessments", days, _ASSESSMENT_ENDS)
    if days:
        yield "assessments.median", Figure(median(days), 1)
    still = [span for span in ledger.assessments.values() if span.is_open(period.until)]
    late = sum(
        1 for span in still if span.start and calendar.stat_working_days(span.start, period.until) > 45
    )
    yield "assessments.open", Figure(len(still))
    yield "assessments.open_late", Figure(late)
    unallocated = sum(1 for span in still if span.allocated is None or span.allocated > period.until)
    yield "assessments.unallocated", Figure(unallocated)


def _conferences(ledger: Ledger, period: Period, calendar: WorkingCalendar) -> Iterator[tuple[str, Figure]]:
    spans = ledger.enquiries.values()
    yield "enquiries", Figure(_in(period, (span.start for span in spans)))
    yield "conferences", Figure(_in(period, (span.held for span in spans)))
    days = [
        calendar.stat_working_days(span.start, span.held)
        for span in spans
        if span.start and span.held and period.holds(span.held)
    ]
    yield from _banded("conferences", days, _CONFERENCE_ENDS)
    waiting = sum(1 for span in spans if span.outcome == "conference" and span.is_open(period.until))
    yield "conferences.waiting", Figure(waiting)


def _banded(family: str, days: list[int], ends: tuple[int, ...]) -> Iterator[tuple[str, Figure]]:
    counts = Counter(bisect_left(ends, one) for one in days)
    for place, band in enumerate(BANDS[family]):
        yield f"{family}.{band}", _percent(counts[place], len(days))
    in_time = sum(counts[place] for place in range(IN_TIME[family]))
    yield f"{family}.in_time", _percent(in_time, len(days))


def _plans(ledger: Ledger, period: Period) -> Iterator[tuple[str, Figure]]:
    started = ended = still = again = 0
    firsts: dict[str, date] = {}
    for span in ledger.plans.values():
        if span.start:
            firsts[span.case_id] = min(span.start, firsts.get(span.case_id, span.start))
    lasted: Counter[int] = Counter()
    lasting: Counter[int] = Counter()
    for name, span in ledger.plans.items():
        if period.holds(span.start):
            started += 1
            again += name in ledger.earlier_plans or span.start != firsts[span.case_id]
        if span.start and period.holds(span.end):
            ended += 1
            lasted[_months_band(span, span.end)] += 1
        if span.is_open(period.until):
            still += 1
            lasting[_months_band(span, period.until)] += 1
    yield "plans.started", Figure(started)
    yield "plans.ended", Figure(ended)
    yield "plans.open", Figure(still)
    yield "plans.again", _percent(again, started)
    for place, band in enumerate(BANDS["plans.ended"]):
        yield f"plans.ended.{band}", _percent(lasted[place], ended)
        yield f"plans.open.{band}", _percent(lasting[place], still)


def _months_band(span: Span, until: date | None) -> int:
    """Give the place of the band of months that a plan has lasted: up to 3, 6, 12, 24 months, or longer."""
    if span.start is None or until is None:
        raise ValueError("A plan without a first and a last day has no length.")
    return sum(1 for count in _MONTH_ENDS if until > add_months(span.start, count))


def _reviews(ledger: Ledger, period: Period, setting: Setting, calendar: WorkingCalendar) -> Figure:
    """Ask the production indicator of the cases that have a plan at the end of the period."""
    question = _question(period.until)
    open_cases = {span.case_id for span in ledger.plans.values() if span.is_open(period.until)}
    tally = Tally()
    for case_id in sorted(open_cases):
        view = view_of(ledger.reviewed[case_id], setting, question, period, calendar, only=(_REVIEW_CLOCK,))
        tally += _REVIEWS.count(view)
    return _percent(tally.numerator, tally.denominator)


def _question(until: date) -> Question:
    """Ask as at the end of a day, with everything that was ever recorded."""
    far: datetime = end_of_day(date(LAST_YEAR, 12, 31))
    return asked(now=far, as_at=until, known_at=far)


def _stocks(ledger: Ledger, period: Period) -> Iterator[tuple[str, Figure]]:
    until = period.until
    for name, spans in (("need_plans", ledger.need_plans), ("care", ledger.care)):
        counted = [span for span in spans.values() if name != "care" or is_in_care(span)]
        yield f"{name}.started", Figure(_in(period, (span.start for span in counted)))
        if name == "care":
            yield "care.ended", Figure(_in(period, (span.end for span in counted)))
        yield f"{name}.open", Figure(sum(1 for span in counted if span.is_open(until)))
    worked = {
        span.case_id
        for spans in (ledger.assessments, ledger.enquiries, ledger.plans, ledger.need_plans, ledger.care)
        for span in spans.values()
        if span.is_open(until)
    }
    yield "cases.open", Figure(len(worked))
    held: Counter[str] = Counter()
    for case_id in worked:
        given = [(day, place) for place, (day, _) in enumerate(ledger.given.get(case_id, ())) if day <= until]
        if given:
            held[ledger.given[case_id][max(given)[1]][1]] += 1
    yield "workers", Figure(len(held))
    if held:
        yield "caseload", Figure(sum(held.values()), len(held))


def added_up(several: Iterable[Figures]) -> Figures:
    """Add up the figures of several authorities; shares are of all of them together, medians the mean of theirs."""
    total: dict[str, tuple[float, float | None]] = {}
    for one in several:
        for name, figure in one.items():
            above, below = total.get(name, (0.0, None if figure.denominator is None else 0.0))
            more = None if figure.denominator is None or below is None else below + figure.denominator
            total[name] = (above + figure.numerator, more)
    return {name: Figure(above, below) for name, (above, below) in total.items()}
