"""The pre-proceedings block of a children in need census (from 2026): from the decision to begin to its outcome.

PPStartDate is the day on which a legal planning meeting or other forum decided to begin. Family group meetings and
review meetings are told without their days. CourtAppDate is the day the application was submitted; proceedings run
from the day it is issued, which is not told. What the codes of PPOutcome mean is not published with the rules that
check them, so that stepping down can't be told from a decision to apply of which no application has come yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from caseclock.exchange.cin_child import Details, Part, flag, within
from caseclock.exchange.possible import iso_date, not_before
from caseclock.exchange.records import Refused, Told, Unfit
from caseclock.processes.public_law_outline import PUBLIC_LAW_OUTLINE

_LETTER, _MEETING, _ENDED = "LetterBeforeProceedingsSent", "PreProceedingsMeetingHeld", "PreProceedingsEnded"
#: what the block can tell; everything else of the process it does not
_TOLD = frozenset({"LegalPlanningMeetingHeld", _LETTER, _MEETING, _ENDED})
UNTOLD = tuple(event for event in PUBLIC_LAW_OUTLINE.events if event not in _TOLD)
#: an application that is not submitted is not issued
_APPLICATION = "ApplicationIssued"
_DECISION = ("StepDecisionDate", "CourtAppDate", "LetterInitCPDate")


@dataclass(frozen=True, slots=True)
class _Dated:
    """One dated thing of a block: its element, and its day or why it can't be right; no day where none is told."""

    kind: str
    column: str
    event: str
    at: etree._Element
    on: date | Unfit


def pre_proceedings(details: Details) -> Iterator[Told | Refused]:
    """Tell the blocks; each dated thing of a block is a record, and one that can't be right leaves the others be."""
    for block in details.element.iterchildren("{*}PreProceedingsandFGDM"):
        yield from _block(details, block)


def _block(details: Details, block: etree._Element) -> Iterator[Told | Refused]:
    child, content = details.child, details.read(block)
    try:
        referral, _ = details.referral()
        start = _start(details, block)
        episode = f"PLO-{start}"
        child.first_told("PPStartDate", start, episode, child.row(block))
    except Unfit as unfit:
        yield details.refused(block, content, unfit)
        for column in ("LBPSentDate", "InitialPPMeetingDate", "StepDecisionDate"):
            at = block.find(f"{{*}}{column}")
            if at is not None and (told := within(block, column)):
                yield details.refused(at, content, _nothing_to_follow(column, told))
        return
    dated = [one for one in _dated(details, block, start) if one is not None]
    data: dict[str, Any] = {"follows": referral, "untold": _untold(block, dated), **_words(details, block)}
    in_part = any(isinstance(one.on, Unfit) for one in dated)
    events = [child.source.event("LegalPlanningMeetingHeld", details.case_id, episode, start, data)]
    events.extend(child.source.told(details.case_id, episode, start, data["untold"], in_part=in_part))
    yield Told("legal_planning_meeting", child.row(block), details.case_id, tuple(events), content)
    for one in dated:
        if isinstance(one.on, Unfit):
            yield details.refused(one.at, content, one.on)
            continue
        more = _application(block) if one.event == _ENDED else {}
        event = child.source.event(one.event, details.case_id, episode, one.on, more)
        yield Told(one.kind, child.row(one.at), details.case_id, (event,), content)


def _start(details: Details, block: etree._Element) -> date:
    child, (_, referral_on) = details.child, details.referral()
    start = child.possible("PPStartDate", within(block, "PPStartDate"))
    if child.year_from is not None:
        not_before("PPStartDate", start, "the first day of the census year,", child.year_from, "9005")
    not_before("PPStartDate", start, "the referral", referral_on)
    return start


def _dated(details: Details, block: etree._Element, start: date) -> Iterator[_Dated | None]:
    decided = "the decision to begin,"
    yield _one(details, block, "letter", "LBPSentDate", _LETTER, (decided, start, "9006"))
    yield _one(details, block, "meeting", "InitialPPMeetingDate", _MEETING, (decided, start, ""))
    decision = _one(details, block, "step_decision", "StepDecisionDate", _ENDED, (decided, start, "9009"))
    if decision is None:
        if within(block, "CourtAppDate"):
            details.child.unread.add("CourtAppDate without StepDecisionDate")
    elif isinstance(decision.on, Unfit):
        yield decision
    elif fault := _application_fault(details, block, decision.on):
        yield _Dated(decision.kind, decision.column, decision.event, decision.at, fault)
    elif within(block, "CourtAppDate"):
        yield decision
    else:
        details.child.unread.add("StepDecisionDate (up or down is not told without CourtAppDate)")


def _one(
    details: Details,
    block: etree._Element,
    kind: str,
    column: str,
    event: str,
    after: tuple[str, date, str],
) -> _Dated | None:
    """Read one date of a block, which must not be before another; None where it is not told."""
    at, told = block.find(f"{{*}}{column}"), within(block, column)
    if at is None or told is None:
        return None
    return _Dated(kind, column, event, at, _read(details, column, told, after))


def _read(details: Details, column: str, told: str, after: tuple[str, date, str]) -> date | Unfit:
    try:
        on = details.child.possible(column, told)
        not_before(column, on, *after)
    except Unfit as unfit:
        return unfit
    return on


def _application_fault(details: Details, block: etree._Element, decided_on: date) -> Unfit | None:
    """Say what is wrong with the application that followed the decision, or with the letter that told of it."""
    submitted = within(block, "CourtAppDate")
    if submitted is None:
        return None
    on = _read(details, "CourtAppDate", submitted, ("the decision", decided_on, "9012"))
    if isinstance(on, Unfit):
        return on
    letter = within(block, "LetterInitCPDate")
    if letter is None:
        return None
    told = _read(details, "LetterInitCPDate", letter, ("the application", on, "9013"))
    return told if isinstance(told, Unfit) else None


def _application(block: etree._Element) -> dict[str, Any]:
    """Give what is told of an end by application, the only one that can be told from the other."""
    told = {
        "outcome": "issue",
        "submitted_on": iso_date("CourtAppDate", within(block, "CourtAppDate")).isoformat(),
    }
    if letter := within(block, "LetterInitCPDate"):
        told["initiation_letter_on"] = iso_date("LetterInitCPDate", letter).isoformat()
    if code := within(block, "PPOutcome"):
        told["code"] = code
    return told


def _untold(block: etree._Element, dated: list[_Dated]) -> list[str]:
    """Name what the block leaves out: also what it tells with a date that can't be right, or with none.

    Where the work may have ended on a day not told, whether anything else was still owed then is unknown too.
    """
    known = {one.event for one in dated if isinstance(one.on, date)}
    doubted = {one.event for one in dated if isinstance(one.on, Unfit)}
    if _ENDED not in known and any(within(block, column) for column in (*_DECISION, "PPOutcome")):
        doubted |= {_LETTER, _MEETING, _ENDED} - known
    may_be_issued = within(block, "CourtAppDate") is not None and _ENDED not in known
    left_out = [event for event in UNTOLD if event != _APPLICATION or may_be_issued]
    return [*left_out, *sorted(doubted)]


def _words(details: Details, block: etree._Element) -> dict[str, Any]:
    """Give what is told without a day, and count it as such: nothing can be timed by it."""
    words: dict[str, Any] = {}
    for column, name in _WITHOUT_A_DAY.items():
        told = within(block, column)
        if told is None:
            continue
        details.child.unread.add(f"{column} (its day is not told)")
        if name != "review_meetings":
            read: int | bool | None = flag(told)
        else:
            read = int(told) if told.isdecimal() else None
        if read is not None:
            words[name] = read
    if within(block, "PPOutcome") and not within(block, "CourtAppDate"):
        details.child.unread.add("PPOutcome (what its codes mean is not known)")
    return words


_WITHOUT_A_DAY = {
    "FGDMMeetingOffer": "family_meeting_offered",
    "FGDMMeetingFac": "family_meeting_facilitated",
    "ReviewMeetingsCount": "review_meetings",
}


def _nothing_to_follow(column: str, told: str) -> Unfit:
    reason = "The decision to begin was refused, so it has nothing to follow. Correct PPStartDate first."
    return Unfit(column, told, reason)


COURT = Part(
    frozenset(
        {"PPStartDate", "LBPSentDate", "InitialPPMeetingDate", "PPOutcome", *_DECISION, *_WITHOUT_A_DAY}
    ),
    pre_proceedings,
    frozenset({"PreProceedingsandFGDM"}),
)
