"""The ledger of a replication: the dates that its measures are counted from, kept as events stream by.

Memory is bounded by the episodes, not by the events. Events may come in any order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from caseclock.indicators.care import in_short_breaks
from caseclock.timers.event import Event
from caseclock.timers.timescale import as_text

#: events that show work on a case by a worker named in them
WORKER = "worker"
#: events kept whole for the cases that have a plan: its reviews are judged by their timers
REVIEWED = frozenset(
    {"PlanStarted", "ReviewConferenceHeld", "PlanEnded", "TimerExtended", "EventCorrected", "EventRetracted"}
)


@dataclass(slots=True)
class Span:
    """One episode, or a part of one: from when to when, and what came of it."""

    case_id: str
    start: date | None = None
    end: date | None = None
    #: what came of it, as its last event says
    outcome: str = ""
    #: for assessments its kind, for care its legal status, for referrals their source
    kind: str = ""
    #: for enquiries: the day of the conference it led to
    held: date | None = None
    #: for assessments: when a worker was given it
    allocated: date | None = None

    def is_open(self, day: date) -> bool:
        """Say whether it has begun by the end of a day and not ended: what ends on the day is over."""
        return self.start is not None and self.start <= day and (self.end is None or self.end > day)


@dataclass(slots=True)
class Ledger:
    """Everything that a replication's measures are counted from."""

    contacts: list[date] = field(default_factory=list)
    #: case -> days of its referrals
    referred: dict[str, list[date]] = field(default_factory=dict)
    referrals: dict[tuple[str, str], Span] = field(default_factory=dict)
    assessments: dict[tuple[str, str], Span] = field(default_factory=dict)
    enquiries: dict[tuple[str, str], Span] = field(default_factory=dict)
    plans: dict[tuple[str, str], Span] = field(default_factory=dict)
    need_plans: dict[tuple[str, str], Span] = field(default_factory=dict)
    care: dict[tuple[str, str], Span] = field(default_factory=dict)
    #: case -> its plans told of before the first of ours
    earlier_plans: set[tuple[str, str]] = field(default_factory=set)
    #: case -> events that its reviews are judged by
    reviewed: dict[str, list[Event]] = field(default_factory=dict)
    #: case -> days on which it was given to a worker, and to whom
    given: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    events: int = 0

    def take_all(self, events: Iterable[Event]) -> "Ledger":
        for event in events:
            self.take(event)
        return self

    def take(self, event: Event) -> None:
        """Enter what an event tells."""
        self.events += 1
        worker = event.data.get(WORKER)
        if worker:
            self.given.setdefault(event.case_id, []).append((event.occurred.on, str(worker)))
        enter = _ENTRIES.get(event.type)
        if enter is not None:
            enter(self, event)
        if event.type in REVIEWED:
            self.reviewed.setdefault(event.case_id, []).append(event)


def _span(spans: dict[tuple[str, str], Span], event: Event) -> Span:
    name = (event.case_id, event.episode_id)
    found = spans.get(name)
    if found is None:
        found = spans[name] = Span(event.case_id)
    return found


def _contact(ledger: Ledger, event: Event) -> None:
    ledger.contacts.append(event.occurred.on)


def _referral(ledger: Ledger, event: Event) -> None:
    ledger.referred.setdefault(event.case_id, []).append(event.occurred.on)
    span = _span(ledger.referrals, event)
    span.start, span.kind = event.occurred.on, as_text(event.data.get("source"))


def _decided(ledger: Ledger, event: Event) -> None:
    _span(ledger.referrals, event).outcome = as_text(event.data.get("outcome"))


def _assessment(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.assessments, event)
    span.start, span.kind = event.occurred.on, as_text(event.data.get("kind"))


def _allocated(ledger: Ledger, event: Event) -> None:
    _span(ledger.assessments, event).allocated = event.occurred.on


def _authorised(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.assessments, event)
    span.end, span.outcome = event.occurred.on, as_text(event.data.get("outcome"))


def _assessment_cancelled(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.assessments, event)
    span.end, span.outcome = event.occurred.on, CANCELLED


def _enquiry(ledger: Ledger, event: Event) -> None:
    _span(ledger.enquiries, event).start = event.occurred.on


def _enquiry_concluded(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.enquiries, event)
    span.outcome = as_text(event.data.get("outcome"))
    if span.outcome == "no_conference":
        span.end = event.occurred.on


def _conference(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.enquiries, event)
    span.held = span.end = event.occurred.on


def _enquiry_cancelled(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.enquiries, event)
    span.end, span.outcome = event.occurred.on, CANCELLED


def _plan(ledger: Ledger, event: Event) -> None:
    _span(ledger.plans, event).start = event.occurred.on
    if as_text(event.data.get("previous_plans")) not in ("", "0", "false"):
        ledger.earlier_plans.add((event.case_id, event.episode_id))


def _plan_ended(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.plans, event)
    span.end, span.outcome = event.occurred.on, as_text(event.data.get("reason"))


def _need_plan(ledger: Ledger, event: Event) -> None:
    _span(ledger.need_plans, event).start = event.occurred.on


def _need_plan_ended(ledger: Ledger, event: Event) -> None:
    _span(ledger.need_plans, event).end = event.occurred.on


def _care(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.care, event)
    span.start, span.kind = event.occurred.on, as_text(event.data.get("legal_status"))


def _care_ended(ledger: Ledger, event: Event) -> None:
    span = _span(ledger.care, event)
    span.end, span.outcome = event.occurred.on, as_text(event.data.get("reason"))


#: what an assessment or enquiry that was stopped has for its outcome
CANCELLED = "cancelled"

_ENTRIES = {
    "ContactReceived": _contact,
    "ReferralReceived": _referral,
    "ReferralDecided": _decided,
    "AssessmentStarted": _assessment,
    "AssessmentAllocated": _allocated,
    "AssessmentAuthorised": _authorised,
    "AssessmentCancelled": _assessment_cancelled,
    "Section47Started": _enquiry,
    "Section47Concluded": _enquiry_concluded,
    "InitialConferenceHeld": _conference,
    "Section47Cancelled": _enquiry_cancelled,
    "PlanStarted": _plan,
    "PlanEnded": _plan_ended,
    "ChildInNeedPlanStarted": _need_plan,
    "ChildInNeedPlanEnded": _need_plan_ended,
    "PeriodOfCareStarted": _care,
    "PeriodOfCareEnded": _care_ended,
}


def is_in_care(span: Span) -> bool:
    """Say whether a period of care counts in the statistics: short breaks do not."""
    return not in_short_breaks(span.kind)
