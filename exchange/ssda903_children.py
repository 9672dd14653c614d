"""One child of the looked-after children return (SSDA903): its rows brought together, each told as a record.

Periods of care first, then the episodes in them, then reviews and missing episodes, each in the period it falls in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from caseclock.exchange.records import NotUsed, Refused, Source, Told, Unfit
from caseclock.exchange.ssda903_events import Teller, period_id
from caseclock.exchange.ssda903_known import KnownPeriod, known_periods
from caseclock.exchange.ssda903_periods import Chain, chains, merged
from caseclock.exchange.ssda903_returns import Return, told_from
from caseclock.exchange.ssda903_rows import GOES_ON, Absence, Review, Stay
from caseclock.exchange.ssda903_tables import Row
from caseclock.timers.event import Event

Records = Iterator[tuple[Path, Told | Refused | NotUsed]]


@dataclass(frozen=True, slots=True)
class Child:
    """What all files given tell of one child, in the order of reading."""

    case_id: str
    born: date
    stays: list[Stay] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a period of care, both its own included, and the episode it is told in."""

    episode_id: str
    on: date
    #: None while it goes on
    end: date | None

    def holds(self, on: date) -> bool:
        return self.on <= on and (self.end is None or on <= self.end)


def refused(row: Row, unfit: Unfit, *, may_be_true: bool = False) -> Refused:
    return Refused(
        row.place,
        unfit.column,
        unfit.value,
        unfit.reason,
        dict(row.cells),
        row.cells.get("CHILD"),
        may_be_true,
    )


def told_of(child: Child, source: Source, told_by: Sequence[Return], log: Sequence[Event]) -> Records:
    """Tell everything of a child. `told_by` are the returns that have it, `log` is what its case has already."""
    known = known_periods(log) if log else []
    teller = Teller(source, child.case_id, child.born, told_from(told_by))
    kept, contradicting = merged(child.stays)
    for stay, unfit in contradicting:
        yield stay.row.file, refused(stay.row, unfit)
    spans = {period.episode_id: Span(period.episode_id, period.on, period.end) for period in known}
    for chain in chains(kept):
        period, unfit_chain = _joined(chain, known)
        if unfit_chain is not None:
            for told in chain.stays:
                for telling in told.tellings:
                    yield telling.row.file, refused(telling.row, unfit_chain, may_be_true=True)
            continue
        if period is None:
            span = Span(period_id(chain.on), chain.on, chain.end)
        else:
            span = Span(period.episode_id, period.on, chain.end or period.end)
        spans[span.episode_id] = span
        tellings = [one for one in told_by if one.tells_of(child.case_id, chain.on, chain.end)]
        yield from _period(chain, span.episode_id, teller, period, tellings or told_by)
    in_order = sorted(spans.values(), key=lambda span: span.on)
    yield from _reviews(child, teller, in_order)
    yield from _absences(child, teller, in_order)


def _joined(chain: Chain, known: Sequence[KnownPeriod]) -> tuple[KnownPeriod | None, Unfit | None]:
    """Find the known period that a chain goes on, if there is one; or say why it fits beside none of them."""
    for period in known:
        if period.on == chain.on or (not chain.starts and period.covers(chain.on)):
            return period, None
        ends_before = chain.end is not None and chain.end <= period.on
        begins_after = period.end is not None and period.end <= chain.on
        if not ends_before and not begins_after:
            if chain.on < period.on:
                reason = (
                    f"The case has this period of care from {period.on} on, and this would be what came before. Bring "
                    "the years in together, or the earliest first, into a database that does not have the later ones."
                )
            else:
                until = f"until {period.end}" if period.end else "which has not ended"
                reason = (
                    f"The case has a period of care since {period.on}, {until}; another can't begin within it. Give "
                    "the end of that one, or correct DECOM."
                )
            return None, Unfit("DECOM", f"{chain.on:%d/%m/%Y}", reason)
    return None, None


def _period(
    chain: Chain, episode_id: str, teller: Teller, period: KnownPeriod | None, told_by: Sequence[Return]
) -> Records:
    """Tell a period of care and its episodes. Where it is known from earlier on, its start is not told again."""
    before, on = None, chain.on
    if period is not None:
        teller = replace(teller, told_from=None)
        if period.on < chain.on:
            before, on = period.before(chain.on), period.on
    start = () if before is not None else (teller.start(chain, episode_id),)
    tellings = tuple(teller.telling(one, episode_id, on) for one in told_by)
    row = chain.stays[0].stay.row
    yield row.file, Told("period of care", row.place, teller.child, (*start, *tellings), dict(row.cells))
    last = chain.stays[-1].stay
    if last.rec == GOES_ON:
        yield last.row.file, NotUsed("episodes: REC X1, and no episode follows", 1)
    for told in teller.stays(chain, episode_id, before):
        for telling in told.told.tellings:
            row = telling.row
            events = told.of(telling)
            yield row.file, Told("episode", row.place, teller.child, events, dict(row.cells))


def _reviews(child: Child, teller: Teller, spans: Sequence[Span]) -> Records:
    """Tell the reviews, each in its period. One on the day care starts, or ends, was held in it."""
    first: dict[date, Review] = {}
    for review in child.reviews:
        if not (review.on in first and (first[review.on].participation or not review.participation)):
            first[review.on] = review
    for review in sorted(child.reviews, key=lambda each: each.on):
        known = first[review.on]
        span = _span(review.on, spans)
        if known.participation and review.participation and known.participation != review.participation:
            reason = (
                f"REVIEW_CODE is {review.participation}, but {known.row.named} has {known.participation} for the same "
                "review. Correct whichever is wrong."
            )
            yield review.row.file, refused(review.row, Unfit("REVIEW_CODE", review.participation, reason))
        elif span is None:
            yield review.row.file, refused(review.row, _outside("REVIEW", review.on, spans), may_be_true=True)
        else:
            event = teller.review(known, span.episode_id)
            row = review.row
            yield row.file, Told("review", row.place, child.case_id, (event,), dict(row.cells))


def _absences(child: Child, teller: Teller, spans: Sequence[Span]) -> Records:
    """Tell the missing episodes; they lie inside a period of care and do not overlap (rules 577 and 574)."""
    kept: list[Absence] = []
    for absence in sorted(child.absences, key=lambda each: (each.on, each.end is None)):
        row = absence.row
        before = kept[-1] if kept else None
        if before is not None and (unfit := _clash(before, absence)):
            yield row.file, refused(row, unfit)
            continue
        span = _span(absence.on, spans)
        if span is None or (absence.end is not None and not span.holds(absence.end)):
            on = absence.on if span is None else absence.end or absence.on
            column = "MIS_START" if span is None else "MIS_END"
            yield row.file, refused(row, _outside(column, on, spans, " (rule 577)"), may_be_true=True)
            continue
        told = before if before is not None and before.on == absence.on else absence
        kept.append(told)
        events = teller.absence(told, span.episode_id)
        yield row.file, Told("missing episode", row.place, child.case_id, events, dict(row.cells))


def _clash(before: Absence, absence: Absence) -> Unfit | None:
    """Say why a missing episode can't follow another; one that was open and is told again with its end can."""
    if before.on == absence.on:
        if before.kind == absence.kind and (absence.end is None or absence.end == before.end):
            return None
        column = "MISSING" if before.kind != absence.kind else "MIS_END"
    elif before.end is not None and before.end <= absence.on:
        return None
    else:
        column = "MIS_START"
    reason = (
        f"The missing episode that began on {before.on:%d/%m/%Y} ({before.row.named}) says otherwise, or overlaps "
        "this one (rule 574). Correct whichever is wrong."
    )
    return Unfit(column, absence.row.cells.get(column), reason)


def _span(on: date, spans: Sequence[Span]) -> Span | None:
    """Find the period a day lies in; the earlier of two where one ends and the other begins on it."""
    return next((span for span in spans if span.holds(on)), None)


def _outside(column: str, on: date, spans: Sequence[Span], rule: str = "") -> Unfit:
    """Say that something lies outside every period of care as far as it is known."""
    told = "; ".join(
        f"{span.on:%d/%m/%Y} to {span.end:%d/%m/%Y}" if span.end else f"{span.on:%d/%m/%Y} on"
        for span in spans
    )
    reason = (
        f"{column} is {on:%d/%m/%Y}, outside every period of care that is known of this child{rule}: "
        f"{told or 'none is'}. Kept: bring in the return of that year together with this one, or correct the date."
    )
    return Unfit(column, f"{on:%d/%m/%Y}", reason)
