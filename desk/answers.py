"""How breaches were answered for, as at a day and as known at a moment, and how that is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from caseclock.desk.breaches import AskedBreach
from caseclock.store.protocol import Transaction
from caseclock.timers.event import Event
from caseclock.workflow.answers import ANSWERS, UNANSWERED, Answer, Answered, answered
from caseclock.workflow.positions import Question

#: types of the events that tell of a breach who raised it and how it was answered
TELLING = frozenset({"BreachRaised", *ANSWERS})


@dataclass(frozen=True, slots=True)
class InLog:
    """What the log of a breach's case tells of the breach, as known then."""

    #: id of the event that raised it last; None where none had
    raised_event: str | None = None
    answer: Answered = UNANSWERED


def in_log(unit: Transaction, found: Iterable[AskedBreach], question: Question) -> dict[str, InLog]:
    """Read from the log who raised and who answered breaches, by breach id.

    Only cases with a breach that was raised are read; nobody can answer for another.
    """
    raised = [breach for breach in found if breach.stored is not None]
    told: dict[str, InLog] = {}
    for (authority, case_id), breaches in groupby(sorted(raised, key=_case), key=_case):
        told |= told_by(unit.events(authority, case_id), breaches, question)
    return told


def told_by(events: Iterable[Event], breaches: Iterable[AskedBreach], question: Question) -> dict[str, InLog]:
    """Tell of a case's breaches what its events tell of them, by breach id; of other types than TELLING nothing."""
    known = [
        event
        for event in events
        if event.type in TELLING
        and event.recorded.latest() <= question.known_at
        and event.occurred.on <= question.as_at
    ]
    last = {
        str(event.data.get("breach_id")): event.event_id for event in known if event.type == "BreachRaised"
    }
    return {
        breach.breach_id: InLog(last.get(breach.breach_id), answered(known, breach.breach_id))
        for breach in breaches
    }


def _case(breach: AskedBreach) -> tuple[str, str]:
    return breach.authority, breach.case_id


def answer_words(given: Answered) -> str:
    """Say how a breach was answered, and whether the answer was dated back.

    >>> answer_words(UNANSWERED)
    'unanswered'
    """
    if given.answer in (Answer.EXPLAINED, Answer.EXEMPTED):
        said = f"{given.answer} ({given.reason_code})"
    elif given.answer is Answer.ESCALATED:
        said = f"escalated to {given.to}"
    else:
        said = str(given.answer)
    return f"{said}, back-dated" if given.back_dated else said
