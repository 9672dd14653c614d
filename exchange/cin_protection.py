"""Section 47 enquiries and initial child protection conferences in a children in need census, and the plans they make.

A conference stands within the enquiry that led to it, or, where none did, beside the referral it followed. The
strategy discussion, the conclusion of the enquiry, and what is sent round after the conference are not told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from caseclock.exchange.cin_child import Details, Part, flag, within
from caseclock.exchange.cin_plans import protection_plans
from caseclock.exchange.possible import iso_date, not_before, not_on_a_weekend
from caseclock.exchange.records import Refused, Told, Unfit

#: what the returns don't tell of a conference; nor whether a plan that is told under another name came of it
UNTOLD_OF_CONFERENCE = ("ConferenceDecisionsSent", "ConferenceMinutesSent", "PlanStarted")
UNTOLD_OF_ENQUIRY = (
    "StrategyDiscussionHeld",
    "Section47Concluded",
    "ConferenceRequested",
    "ConferenceAppointed",
    "ConferenceReportShared",
    "ChildSeen",
    "VisitAttempted",
    *UNTOLD_OF_CONFERENCE,
)
_CONFERENCE = "DateOfInitialCPC"


def protection(details: Details) -> Iterator[Told | Refused]:
    """Tell the enquiries, each with its conference, then conferences without one, then the plans that came of them."""
    made_by: dict[date, str] = {}
    for block in details.element.iterchildren("{*}Section47"):
        yield from _enquiry(details, block, made_by)
    at = details.element.find(f"{{*}}{_CONFERENCE}")
    if at is not None and details.text(_CONFERENCE):
        yield from _conference_alone(details, at, made_by)
    yield from protection_plans(details, made_by)


def _enquiry(details: Details, block: etree._Element, made_by: dict[date, str]) -> Iterator[Told | Refused]:
    """Tell an enquiry; where its conference's date can't be right, whether one was held is unknown."""
    child, content = details.child, details.read(block)
    at = block.find(f"{{*}}{_CONFERENCE}")
    told = within(block, _CONFERENCE)
    _query_target(details, block)
    try:
        referral, referral_on = details.referral()
        start = child.possible("S47ActualStartDate", within(block, "S47ActualStartDate"))
        not_before("S47ActualStartDate", start, "the referral", referral_on, "2889")
        child.first_told("S47ActualStartDate", start, f"S47-{start}", child.row(block))
    except Unfit as unfit:
        yield details.refused(block, content, unfit)
        if at is not None and told:
            yield details.refused(at, content, _nothing_to_follow(told))
        return
    episode = f"S47-{start}"
    held = _held(details, told, start) if told else None
    if isinstance(held, date):
        made_by.setdefault(held, episode)
    untold = list(UNTOLD_OF_ENQUIRY)
    if isinstance(held, Unfit) or (held is None and flag(within(block, "ICPCnotRequired")) is not False):
        untold.append("InitialConferenceHeld")  # ruled out on a day that is not told, or held on another
    data = {"follows": referral, "untold": untold}
    events = [child.source.event("Section47Started", details.case_id, episode, start, data)]
    in_part = isinstance(held, Unfit)
    events.extend(child.source.told(details.case_id, episode, start, untold, in_part=in_part))
    yield Told("section_47", child.row(block), details.case_id, tuple(events), content)
    if isinstance(held, Unfit):
        yield details.refused(block if at is None else at, content, held)
    elif held is not None:
        yield _conference(details, block if at is None else at, content, _Conference(episode, held))


@dataclass(frozen=True, slots=True)
class _Conference:
    episode: str
    on: date

    def data(self, details: Details) -> dict[str, Any]:
        """Give what is told of it: that it made a plan where one starts on its day."""
        starts = (
            within(plan, "CPPstartDate") for plan in details.element.iterchildren("{*}ChildProtectionPlans")
        )
        made_a_plan = any(_is(start, self.on) for start in starts)
        return {"conference_id": f"ICPC-{self.on}", **({"outcome": "plan"} if made_a_plan else {})}


def _conference_alone(
    details: Details, at: etree._Element, made_by: dict[date, str]
) -> Iterator[Told | Refused]:
    """Tell a conference that followed no enquiry; one that a Section47 block has told already is counted once."""
    child, content, told = details.child, details.read(), details.text(_CONFERENCE)
    blocks = details.element.iterchildren("{*}Section47")
    if told in {within(block, _CONFERENCE) for block in blocks}:
        child.unread.add(f"{_CONFERENCE} beside the same in Section47 (rule 2884)")
        return
    try:
        referral, referral_on = details.referral()
        on = _possible(details, told, referral_on)
        episode = f"ICPC-{on}"
        child.first_told(_CONFERENCE, on, episode, child.row(at))
    except Unfit as unfit:
        yield details.refused(at, content, unfit)
        return
    made_by.setdefault(on, episode)
    more = {"follows": referral, "untold": list(UNTOLD_OF_CONFERENCE)}
    yield _conference(details, at, content, _Conference(episode, on), more)


def _held(details: Details, told: str, enquiry_on: date) -> date | Unfit:
    """Give the day of an enquiry's conference, or say why it can't be right."""
    try:
        _, referral_on = details.referral()
        on = _possible(details, told, referral_on)
        not_before(_CONFERENCE, on, "the enquiry's start", enquiry_on, "8615")
    except Unfit as unfit:
        return unfit
    return on


def _possible(details: Details, told: str | None, referral_on: date) -> date:
    on = details.child.possible(_CONFERENCE, told)
    not_before(_CONFERENCE, on, "the referral", referral_on, "1104")
    not_on_a_weekend(_CONFERENCE, on, "an initial child protection conference", "8875")
    return on


def _conference(
    details: Details,
    at: etree._Element,
    content: dict[str, Any],
    conference: _Conference,
    more: Mapping[str, Any] | None = None,
) -> Told:
    child, data = details.child, conference.data(details) | dict(more or {})
    event = child.source.event(
        "InitialConferenceHeld", details.case_id, conference.episode, conference.on, data
    )
    return Told("conference", child.row(at), details.case_id, (event,), content)


def _nothing_to_follow(told: str) -> Unfit:
    reason = "The enquiry it belongs to was refused, so it has nothing to follow. Correct S47ActualStartDate first."
    return Unfit(_CONFERENCE, told, reason)


def _query_target(details: Details, block: etree._Element) -> None:
    """Count a conference's target date, which no timer needs; one on a weekend is queried."""
    target = within(block, "InitialCPCtarget")
    if target is None:
        return
    try:
        not_on_a_weekend("InitialCPCtarget", iso_date("InitialCPCtarget", target), "a conference", "8870Q")
    except Unfit:
        details.child.unread.add("InitialCPCtarget (no date, or on a weekend: query 8870Q)")
    else:
        details.child.unread.add("InitialCPCtarget")


def _is(told: str | None, on: date) -> bool:
    try:
        return iso_date("", told) == on
    except Unfit:
        return False


PROTECTION = Part(
    frozenset(
        {
            "S47ActualStartDate",
            "InitialCPCtarget",
            _CONFERENCE,
            "ICPCnotRequired",
            "CPPstartDate",
            "CPPendDate",
            "InitialCategoryOfAbuse",
            "NumberOfPreviousCPP",
            "CPPreviewDate",
        }
    ),
    protection,
    frozenset({"Section47", "ChildProtectionPlans", "Reviews"}),
)
