"""Events as sentences, in English a parent could read: the one place where the log is put into words.

What happened, and what its data says of it; who wrote it down, when and why stand beside it and are not repeated.
"""

import re
from collections.abc import Mapping
from datetime import date

from caseclock.processes.catalogue import rules_of
from caseclock.processes.reasons import reasons
from caseclock.timers.event import Event
from caseclock.timers.timescale import as_text
from caseclock.timers.when import When

#: what an event of each type says; a type that is not here is said by its own name
PHRASES: Mapping[str, str] = {
    "ContactReceived": "Someone contacted children's social care about the child",
    "ContactDecided": "It was decided what the contact needs",
    "ReferralReceived": "The child was referred to children's social care",
    "ReferralDecided": "It was decided what the referral needs",
    "ReferrerInformed": "Whoever made the referral was told what was decided",
    "ReferralClosed": "The case was closed",
    "EarlyHelpAssessmentStarted": "An early help assessment was started",
    "EarlyHelpAssessmentCompleted": "The early help assessment was completed",
    "AssessmentStarted": "An assessment was started",
    "AssessmentAllocated": "The assessment was given to a social worker",
    "AssessmentAuthorised": "A manager authorised the assessment, which completes it",
    "AssessmentCancelled": "The assessment was stopped before it was complete",
    "ChildSeen": "The child was seen",
    "VisitAttempted": "A visit was tried, and the child was not seen",
    "StrategyDiscussionHeld": "The agencies held a strategy discussion",
    "Section47Started": "A section 47 enquiry was started",
    "Section47Concluded": "The section 47 enquiry was concluded",
    "Section47Cancelled": "The section 47 enquiry was stopped",
    "InitialConferenceHeld": "The initial child protection conference was held",
    "ReviewConferenceHeld": "A review child protection conference was held",
    "ConferenceDecisionsSent": "The decisions of the conference were sent out",
    "ConferenceMinutesSent": "The minutes of the conference were sent out",
    "PlanStarted": "A child protection plan was started",
    "PlanEnded": "The child protection plan ended",
    "CoreGroupHeld": "The core group met",
    "PeriodOfCareStarted": "The child came into care",
    "PeriodOfCareEnded": "The child left care",
    "LegalStatusChanged": "The child's legal status changed",
    "PlacementStarted": "A placement began",
    "PlacementEnded": "A placement ended",
    "CarePlanPrepared": "The care plan was prepared",
    "PlacementPlanPrepared": "The placement plan was prepared",
    "ReviewingOfficerAppointed": "An independent reviewing officer was appointed",
    "HealthAssessmentCompleted": "A health assessment was completed",
    "EducationPlanCompleted": "The personal education plan was completed",
    "ReviewHeld": "A review of the child's care was held",
    "ReviewDecisionsIssued": "The decisions of the review were issued",
    "ReviewRecordCompleted": "The record of the review was completed",
    "ReviewRecordDistributed": "The record of the review was sent out",
    "PermanencePlanAgreed": "The plan for permanence was agreed",
    "LegalPlanningMeetingHeld": "A legal planning meeting was held",
    "LetterBeforeProceedingsSent": "The letter before proceedings was sent",
    "PreProceedingsMeetingHeld": "A pre-proceedings meeting was held",
    "PreProceedingsReviewHeld": "The pre-proceedings work was reviewed",
    "PreProceedingsEnded": "The pre-proceedings work ended",
    "ApplicationIssued": "The application to the court was issued",
    "ApplicationWithdrawn": "The application to the court was withdrawn",
    "AllocationDirected": "The court gave its directions on issue and allocation",
    "CaseManagementHearingHeld": "The case management hearing was held",
    "IssuesResolutionHearingHeld": "The issues resolution hearing was held",
    "ProceedingsExtended": "The court extended the proceedings",
    "FinalOrderMade": "The court made its final order",
    "TimerExtended": "More time was asked for",
    "EventCorrected": "The date of an earlier entry was put right",
    "EventRetracted": "An earlier entry was taken back",
    "TimersMoved": "A day that is not worked was added to the calendar, and dates moved",
    "BreachRaised": "The time allowed ran out",
    "BreachWithdrawn": "The breach was withdrawn",
    "BreachExplained": "The breach was explained",
    "BreachExempted": "The breach was exempted",
    "BreachEscalated": "The breach was escalated",
    "BreachReopened": "The breach was reopened",
}
#: why a breach was withdrawn
CAUSES: Mapping[str, str] = {
    "recorded_late": "the duty had been done in time and was written up late",
    "rescheduled": "the date moved, so it had not run out",
    "void": "the duty had ended before",
    "retracted": "what started it was taken back",
}
#: fields that a sentence tells: as they are, or (the second) with these words before them
_TOLD = {
    "outcome": "",
    "source": "from ",
    "organisation": "by ",
    "kind": "",
    "category": "category ",
    "legal_status": "",
    "order": "",
    "until": "until ",
    "reason": "",
    "to": "to ",
    "text": "",
}


def sentence(event: Event) -> str:
    """Say what an event tells, in one sentence.

    >>> from caseclock.timers.when import When
    >>> on = When.parse("2026-03-02")
    >>> sentence(Event("1", "CoreGroupHeld", "thurrock", "C-1", "P-1", on, on, "worker"))
    'The core group met.'
    """
    phrase = PHRASES.get(event.type) or _spelt_out(event.type)
    details = "; ".join(_details(event))
    return f"{phrase}: {details}." if details else f"{phrase}."


def _details(event: Event) -> list[str]:
    data = event.data
    if event.type in ("BreachRaised", "BreachWithdrawn"):
        return _of_breach(event)
    if event.type == "TimersMoved":
        return [_moved(one) for one in data.get("moved", ()) if isinstance(one, Mapping)]
    told = []
    if event.type == "EventCorrected":
        told.append(f"it happened {_in_words(str(data.get('occurred_at')))}")
    if event.type == "ChildSeen" and "alone" in data:
        told.append("alone" if as_text(data["alone"]) == "true" else "not alone")
    code = data.get("reason_code")
    if code:
        known = reasons().get(str(code))
        told.append(known.words if known else _plain(str(code)))
    for field, before in _TOLD.items():
        value = as_text(data.get(field))
        if value:
            told.append(before + (_in_words(value) if field == "until" else _plain(value)))
    return told


def _of_breach(event: Event) -> list[str]:
    told = []
    timescale = str(event.data.get("timescale") or event.because)
    versions = rules_of(event.authority).rules.get(timescale)
    told.append(versions[-1].duty[:1].lower() + versions[-1].duty[1:] if versions else timescale)
    if event.data.get("due"):
        told.append(f"due {_in_words(str(event.data['due']))}")
    cause = event.data.get("cause")
    if cause:
        told.append(CAUSES.get(str(cause), _plain(str(cause))))
    return told


def _moved(one: Mapping[str, object]) -> str:
    return f"{one.get('timescale')} from {_in_words(str(one.get('from')))} to {_in_words(str(one.get('to')))}"


def _in_words(text: str) -> str:
    """Write a date or instant as a day in words; anything else as it is."""
    try:
        return _day(When.parse(text).on)
    except ValueError:
        return text


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _plain(value: str) -> str:
    """Write a code such as no_further_action in words; text that has spaces is left as somebody wrote it."""
    return value if " " in value else value.replace("_", " ")


def _spelt_out(event_type: str) -> str:
    """Spell a name such as CoreGroupHeld out: Core group held."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", event_type)
    return words[:1] + words[1:].lower()
