"""What one CINdetails block of a children in need census tells: a referral, its assessments, its closure, and more.

Each kind of record in it is one function in `PARTS`; those of protection, plans and court have modules of their own.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml import etree

from caseclock.exchange.cin_child import (
    BIRTH_DATES,
    Child,
    Details,
    Part,
    flag,
    referral_episode,
    within,
)
from caseclock.exchange.cin_court import COURT
from caseclock.exchange.cin_plans import CHILD_IN_NEED_PLANS
from caseclock.exchange.cin_protection import PROTECTION
from caseclock.exchange.possible import not_before, not_long_before_birth
from caseclock.exchange.records import Refused, Told, Unfit

#: what the return does not tell of a referral, and of an assessment: timers that wait for it are unknown, not breached
UNTOLD_OF_REFERRAL = ("ContactDecided", "ReferralDecided", "ReferrerInformed")
UNTOLD_OF_ASSESSMENT = ("AssessmentAllocated", "ChildSeen")


def read_referral(child: Child, element: etree._Element) -> tuple[Told | Refused, Details]:
    """Read the referral of a block; the block is given back with it, for its other parts."""
    details = Details(child, element, None)
    content = details.read()
    try:
        on = child.possible("CINreferralDate", details.text("CINreferralDate"))
        not_long_before_birth("CINreferralDate", on, child.born, child.born_on)
        child.first_told("CINreferralDate", on, referral_episode(on), child.row(element))
    except Unfit as unfit:
        return details.refused(element, content, unfit), details
    details = Details(child, element, on)
    data: dict[str, Any] = {"untold": list(UNTOLD_OF_REFERRAL)}
    if source := details.text("ReferralSource"):
        data["source"] = source
    nfa = flag(details.text("ReferralNFA"))
    if nfa is not None:
        data["nfa"] = nfa
    if nfa:
        data["untold"].append("ReferralClosed")  # it opened no case, so the return need not tell of its end
    if child.born == BIRTH_DATES["PersonBirthDate"] and child.born_on:
        data["date_of_birth"] = child.born_on.isoformat()
    episode = referral_episode(on)
    events = [child.source.event("ReferralReceived", details.case_id, episode, on, data)]
    if not _is_closed(details):
        events.extend(child.source.told(details.case_id, episode, on, data["untold"]))
    return Told("referral", child.row(element), details.case_id, tuple(events), content), details


def _assessments(details: Details) -> Iterator[Told | Refused]:
    """Tell the assessments, the earliest first: it answers the referral, later ones assess a case already open.

    Where one that stands before the earliest was refused, nobody can say which of them answered the referral: the
    earliest then names no referral, so that the clock from the referral is unknown rather than running from a guess.
    """
    fitting: list[tuple[date, date | None, etree._Element]] = []
    unsure: set[date] = set()
    some_refused = False
    for block in details.element.iterchildren("{*}Assessments"):
        try:
            start, end = _assessment_dates(details, block)
        except Unfit as unfit:
            some_refused = True
            yield details.refused(block, details.read(block), unfit)
            continue
        fitting.append((start, end, block))
        if some_refused:
            unsure.add(start)
    for place, (start, end, block) in enumerate(sorted(fitting, key=lambda each: each[0])):
        referral, _ = details.referral()
        data: dict[str, Any] = {"kind": "single", "untold": list(UNTOLD_OF_ASSESSMENT)}
        if place > 0:
            data |= {"follows": referral, "open_case": True}
        elif start in unsure:
            data["untold"].append("ReferralReceived")
        else:
            data["follows"] = referral
        yield _assessment(details, block, start, end, data)


def _assessment_dates(details: Details, block: etree._Element) -> tuple[date, date | None]:
    child, (_, referral_on) = details.child, details.referral()
    start = child.possible("AssessmentActualStartDate", within(block, "AssessmentActualStartDate"))
    not_before("AssessmentActualStartDate", start, "the referral", referral_on, "1103")
    end = None
    if told := within(block, "AssessmentAuthorisationDate"):
        end = child.possible("AssessmentAuthorisationDate", told)
        not_before("AssessmentAuthorisationDate", end, "the assessment's start", start)
    child.first_told("AssessmentActualStartDate", start, f"A-{start}", child.row(block))
    return start, end


def _assessment(
    details: Details, block: etree._Element, start: date, end: date | None, data: dict[str, Any]
) -> Told:
    child, episode, case_id = details.child, f"A-{start}", details.case_id
    events = [child.source.event("AssessmentStarted", case_id, episode, start, data)]
    if end is not None:
        events.append(child.source.event("AssessmentAuthorised", case_id, episode, end))
    else:
        events.extend(child.source.told(case_id, episode, start, data["untold"]))
    return Told("assessment", child.row(block), case_id, tuple(events), details.read(block))


def _closure(details: Details) -> Iterator[Told | Refused]:
    child, at = details.child, details.element.find("{*}CINclosureDate")
    if at is None or details.text("CINclosureDate") is None:
        return
    content = details.read()
    try:
        episode, on = _closed_on(details)
    except Unfit as unfit:
        yield details.refused(at, content, unfit)
        return
    reason = details.text("ReasonForClosure")
    data = {"reason": reason} if reason else {}
    event = child.source.event("ReferralClosed", details.case_id, episode, on, data)
    yield Told("closure", child.row(at), details.case_id, (event,), content)


def _closed_on(details: Details) -> tuple[str, date]:
    """Give the referral's episode and the day it was closed; raises Unfit, also where no such day is told."""
    episode, referral_on = details.referral()
    on = details.child.possible("CINclosureDate", details.text("CINclosureDate"))
    not_before("CINclosureDate", on, "the referral", referral_on)
    return episode, on


def _is_closed(details: Details) -> bool:
    try:
        return bool(_closed_on(details))
    except Unfit:
        return False


#: in the order in which things happen; a referral is read before any of them
PARTS = (
    Part(
        frozenset({"AssessmentActualStartDate", "AssessmentAuthorisationDate"}),
        _assessments,
        frozenset({"Assessments"}),
    ),
    PROTECTION,
    CHILD_IN_NEED_PLANS,
    COURT,
    Part(frozenset({"CINclosureDate", "ReasonForClosure"}), _closure),
)
_OF_REFERRAL = frozenset({"LAchildID", "CINreferralDate", "ReferralSource", "ReferralNFA", *BIRTH_DATES})
READS = _OF_REFERRAL.union(*(part.reads for part in PARTS))
BLOCKS = frozenset({"ChildIdentifiers", "CINdetails"}).union(*(part.blocks for part in PARTS))
