"""What the officer does about a breach: explains, exempts, escalates, reopens. Kept apart from what happened.

An answer never changes a timer or a breach: a duty done late stays late, whoever explains it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caseclock.processes.reasons import reasons
from caseclock.store.protocol import BreachStanding
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.refusals import BadData


class Answer(StrEnum):
    """Where the answering of a breach has got to."""

    UNANSWERED = "unanswered"
    EXPLAINED = "explained"
    EXEMPTED = "exempted"
    ESCALATED = "escalated"
    REOPENED = "reopened"


ANSWERS = {
    "BreachExplained": Answer.EXPLAINED,
    "BreachExempted": Answer.EXEMPTED,
    "BreachEscalated": Answer.ESCALATED,
    "BreachReopened": Answer.REOPENED,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer to a breach, and all of them in the order of writing."""

    answer: Answer
    by: str | None
    on: date | None
    reason_code: str | None
    text: str | None
    #: to whom it was escalated
    to: str | None
    review_on: date | None
    #: said to be of an earlier day than it was written down
    back_dated: bool
    history: tuple[Event, ...]


UNANSWERED = Answered(Answer.UNANSWERED, None, None, None, None, None, None, False, ())


def check_answer(file: CaseFile, event: Event) -> None:
    """Raise BadData where an answer names no breach of the case, or lacks what its kind needs."""
    breach = file.breaches.get(str(event.data["breach_id"]))
    what = f"Can't record {event.type} on case {event.case_id}"
    if breach is None:
        raise BadData(
            f"{what}: it has no breach {event.data['breach_id']}. List them with `caseclock breaches`."
        )
    answer = ANSWERS[event.type]
    if breach.standing is BreachStanding.WITHDRAWN and answer is not Answer.REOPENED:
        raise BadData(f"{what}: the breach was withdrawn ({breach.cause}). There is nothing to answer for.")
    if answer in (Answer.EXPLAINED, Answer.EXEMPTED):
        code = str(event.data.get("reason_code"))
        reason = reasons().get(code)
        offered = [one.code for one in reasons().values() if str(answer) in one.answers and one.until is None]
        if reason is None or str(answer) not in reason.answers:
            raise BadData(
                f"{what}: reason_code '{code}' is not one for this. Give one of {', '.join(offered)}."
            )
    if answer is Answer.REOPENED and answered(file.events, breach.breach_id).answer is Answer.UNANSWERED:
        raise BadData(f"{what}: the breach was never answered. Explain, exempt or escalate it instead.")


def answered(events: Iterable[Event], breach_id: str) -> Answered:
    """Tell how a breach was answered, from its case's events in the order of writing."""
    told = tuple(
        event for event in events if event.type in ANSWERS and event.data.get("breach_id") == breach_id
    )
    if not told:
        return UNANSWERED
    last = told[-1]
    review_on = last.data.get("review_on")
    return Answered(
        answer=ANSWERS[last.type],
        by=last.by,
        on=last.occurred.on,
        reason_code=last.data.get("reason_code"),
        text=last.data.get("text") or last.data.get("reason"),
        to=last.data.get("to"),
        review_on=When.parse(str(review_on)).on if review_on else None,
        back_dated=last.occurred.on < last.recorded.on,
        history=told,
    )
