"""What one child's records in a children in need census tell: referrals, assessments, closures.

A CINdetails block is one referral and what came of it. Each kind of record in it is one function in `PARTS`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxml import etree

from caseclock.exchange.possible import Horizon, iso_date, not_after, not_before, not_long_before_birth
from caseclock.exchange.records import Refused, Source, Told, Unfit
from caseclock.exchange.safe_xml import local_name, text_of

#: what the return does not tell of a referral, and of an assessment: timers that wait for it are unknown, not breached
UNTOLD_OF_REFERRAL = ("ContactDecided", "ReferralDecided", "ReferrerInformed")
UNTOLD_OF_ASSESSMENT = ("AssessmentAllocated", "ChildSeen")

BIRTH_DATES = {
    "PersonBirthDate": "the date of birth",
    "ExpectedPersonBirthDate": "the expected date of birth",
}
YES_OR_NO = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Child:
    """One Child element: whose record it is, and what has been told of it so far."""

    source: Source
    element: etree._Element
    #: place in the file, from 1
    number: int
    horizon: Horizon
    case_id: str | None
    #: which of the two dates of birth is given, and it
    born: str
    born_on: date | None
    #: episode ids told so far, with the rows that told them
    told: dict[str, str] = field(default_factory=dict)

    def row(self, element: etree._Element) -> str:
        return f"child {self.number}, line {element.sourceline}"

    def possible(self, column: str, text: str | None) -> date:
        """Read a date of this child that can have happened; raises Unfit."""
        on = iso_date(column, text)
        not_after(column, on, self.horizon)
        return on

    def first_told(self, column: str, on: date, episode_id: str, row: str) -> None:
        """Refuse an episode told twice in one child's records."""
        if episode_id in self.told:
            reason = f"{column} {on} is told twice for this child (first at {self.told[episode_id]}). Take one out."
            raise Unfit(column, on, reason)
        self.told[episode_id] = row


@dataclass(frozen=True, slots=True)
class Details:
    """One CINdetails element whose referral has been read."""

    child: Child
    element: etree._Element
    #: None where the referral was refused
    referral_on: date | None

    def text(self, column: str) -> str | None:
        return text_of(self.element.find(f"{{*}}{column}"))

    def referral(self) -> tuple[str, date]:
        """Give the referral's episode and date; raises Unfit where it was refused."""
        if self.referral_on is None:
            reason = "The referral it belongs to was refused, so it has nothing to follow. Correct the referral first."
            raise Unfit("CINreferralDate", self.text("CINreferralDate"), reason)
        return referral_episode(self.referral_on), self.referral_on

    def refused(self, at: etree._Element, content: dict[str, Any], unfit: Unfit) -> Refused:
        child = self.child
        return Refused(child.row(at), unfit.column, unfit.value, unfit.reason, content, child.case_id)

    def read(self, block: etree._Element | None = None) -> dict[str, Any]:
        """Give the row as read: who, and what the block (by default this one) says itself."""
        identifiers = self.child.element.find("{*}ChildIdentifiers")
        who = {} if identifiers is None else _leaves(identifiers, {"LAchildID", *BIRTH_DATES})
        if block is None:
            return who | _leaves(self.element)
        return who | _leaves(self.element, {"CINreferralDate"}) | _leaves(block)


def referral_episode(on: date) -> str:
    return f"R-{on}"


def read_referral(child: Child, element: etree._Element) -> tuple[Told | Refused, Details]:
    details = Details(child, element, None)
    content = details.read()
    try:
        on = child.possible("CINreferralDate", details.text("CINreferralDate"))
        not_long_before_birth("CINreferralDate", on, child.born, child.born_on)
        child.first_told("CINreferralDate", on, referral_episode(on), child.row(element))
    except Unfit as unfit:
        return details.refused(element, content, unfit), details
    data: dict[str, Any] = {"untold": list(UNTOLD_OF_REFERRAL)}
    if source := details.text("ReferralSource"):
        data["source"] = source
    nfa = YES_OR_NO.get((details.text("ReferralNFA") or "").lower())
    if nfa is not None:
        data["nfa"] = nfa
    if nfa:
        data["untold"].append("ReferralClosed")  # it opened no case, so the return need not tell of its end
    if child.born == BIRTH_DATES["PersonBirthDate"] and child.born_on:
        data["date_of_birth"] = child.born_on.isoformat()
    case_id = child.case_id or ""
    event = child.source.event("ReferralReceived", case_id, referral_episode(on), on, data)
    return Told("referral", child.row(element), case_id, (event,), content), Details(child, element, on)


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
    start = child.possible("AssessmentActualStartDate", text_of(block.find("{*}AssessmentActualStartDate")))
    not_before("AssessmentActualStartDate", start, "the referral", referral_on, "1103")
    end = None
    if told := text_of(block.find("{*}AssessmentAuthorisationDate")):
        end = child.possible("AssessmentAuthorisationDate", told)
        not_before("AssessmentAuthorisationDate", end, "the assessment's start", start)
    child.first_told("AssessmentActualStartDate", start, f"A-{start}", child.row(block))
    return start, end


def _assessment(
    details: Details, block: etree._Element, start: date, end: date | None, data: dict[str, Any]
) -> Told:
    child, episode = details.child, f"A-{start}"
    case_id = child.case_id or ""
    events = [child.source.event("AssessmentStarted", case_id, episode, start, data)]
    if end is not None:
        events.append(child.source.event("AssessmentAuthorised", case_id, episode, end))
    return Told("assessment", child.row(block), case_id, tuple(events), details.read(block))


def _closure(details: Details) -> Iterator[Told | Refused]:
    told, child = details.text("CINclosureDate"), details.child
    at = details.element.find("{*}CINclosureDate")
    if told is None or at is None:
        return
    content = details.read()
    try:
        episode, referral_on = details.referral()
        on = child.possible("CINclosureDate", told)
        not_before("CINclosureDate", on, "the referral", referral_on)
    except Unfit as unfit:
        yield details.refused(at, content, unfit)
        return
    reason = details.text("ReasonForClosure")
    case_id = child.case_id or ""
    event = child.source.event("ReferralClosed", case_id, episode, on, {"reason": reason} if reason else {})
    yield Told("closure", child.row(at), case_id, (event,), content)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of record within CINdetails, the elements it reads, and the function that tells it."""

    reads: frozenset[str]
    tell: Callable[[Details], Iterator[Told | Refused]]
    #: the elements of CINdetails whose inner elements are looked at one by one
    blocks: frozenset[str] = frozenset()


#: in the order in which things happen; a referral is read before any of them
PARTS = (
    Part(
        frozenset({"AssessmentActualStartDate", "AssessmentAuthorisationDate"}),
        _assessments,
        frozenset({"Assessments"}),
    ),
    Part(frozenset({"CINclosureDate", "ReasonForClosure"}), _closure),
)
_OF_REFERRAL = frozenset({"LAchildID", "CINreferralDate", "ReferralSource", "ReferralNFA", *BIRTH_DATES})
READS = _OF_REFERRAL.union(*(part.reads for part in PARTS))
BLOCKS = frozenset({"ChildIdentifiers", "CINdetails"}).union(*(part.blocks for part in PARTS))


def _leaves(element: etree._Element, only: set[str] | None = None) -> dict[str, Any]:
    """Give the elements that hold text and nothing else, by name."""
    return {
        local_name(inner): text_of(inner)
        for inner in element.iterchildren(tag=etree.Element)
        if len(inner) == 0 and (only is None or local_name(inner) in only)
    }
