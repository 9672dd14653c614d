"""Child protection plans and their reviews, and child in need plans, in a children in need census.

The return of a year tells the reviews of that year. A plan's visits and core groups, and what is sent round after its
conferences, it does not tell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from caseclock.exchange.cin_child import Details, Part, within
from caseclock.exchange.possible import not_after_end, not_before, not_on_same_day, strictly_after
from caseclock.exchange.records import Refused, Told, Unfit
from caseclock.exchange.safe_xml import text_of

UNTOLD_OF_PLAN = (
    "CoreGroupHeld",
    "ChildSeen",
    "VisitAttempted",
    "PlanPanelHeld",
    "SupervisionHeld",
    "ConferenceAppointed",
    "ConferenceReportShared",
    "ConferenceDecisionsSent",
    "ConferenceMinutesSent",
)
UNTOLD_OF_CHILD_IN_NEED_PLAN = ("ChildSeen", "VisitAttempted", "ChildInNeedReviewHeld", "SupervisionHeld")
#: categories of abuse of the return
CATEGORIES = ("NEG", "PHY", "SAB", "EMO", "MUL")
REVIEW = "ReviewConferenceHeld"


@dataclass(frozen=True, slots=True)
class _Plan:
    start: date
    end: date | None

    @property
    def episode(self) -> str:
        return f"CPP-{self.start}"


@dataclass(frozen=True, slots=True)
class _Review:
    at: etree._Element
    #: its day, or why that can't be right
    on: date | Unfit


def protection_plans(details: Details, made_by: Mapping[date, str]) -> Iterator[Told | Refused]:
    """Tell the child protection plans. `made_by` gives the enquiry, or the conference, of each conference's day."""
    for block in details.element.iterchildren("{*}ChildProtectionPlans"):
        yield from _protection_plan(details, block, made_by)


def _protection_plan(
    details: Details, block: etree._Element, made_by: Mapping[date, str]
) -> Iterator[Told | Refused]:
    child, case_id, content = details.child, details.case_id, details.read(block)
    row = child.row(block)
    told_reviews = list(block.iterfind("{*}Reviews/{*}CPPreviewDate"))
    try:
        referral, referral_on = details.referral()
        plan = _dates(details, block, "CPPstartDate", "CPPendDate", referral_on, "1105")
        if plan.end is not None:
            not_on_same_day("CPPendDate", plan.end, "CPPstartDate", plan.start, "8840")
        child.first_told("CPPstartDate", plan.start, plan.episode, row)
    except Unfit as unfit:
        yield details.refused(block, content, unfit)
        for at in told_reviews:
            yield details.refused(at, _with(content, at), _nothing_to_follow(text_of(at)))
        return
    reviews = [_review(details, at, plan) for at in told_reviews]
    in_part = not all(isinstance(review.on, date) for review in reviews)
    data: dict[str, Any] = {"follows": made_by.get(plan.start, referral)}
    data["conference_held_on"] = plan.start.isoformat()  # rule 2885: it starts on the day of its conference
    data |= {**_words(details, block), **_telling(details, plan, in_part=in_part)}
    telling = child.source.told(
        case_id, plan.episode, plan.start, data["untold"], data.get("told_from"), in_part=in_part
    )
    events = [child.source.event("PlanStarted", case_id, plan.episode, plan.start, data), *telling]
    if plan.end is not None:
        events.append(child.source.event("PlanEnded", case_id, plan.episode, plan.end))
    yield Told("plan", row, case_id, tuple(events), content)
    for review in reviews:
        yield _told_review(details, review, plan, _with(content, review.at))


def _dates(
    details: Details, block: etree._Element, start: str, end: str, referral_on: date, rule: str
) -> _Plan:
    """Read when a plan started and ended; raises Unfit."""
    child = details.child
    start_on = child.possible(start, within(block, start))
    not_before(start, start_on, "the referral", referral_on, rule)
    end_on = None
    if told := within(block, end):
        end_on = child.possible(end, told)
        not_before(end, end_on, "the plan's start", start_on)
    return _Plan(start_on, end_on)


def _words(details: Details, block: etree._Element) -> dict[str, Any]:
    """Give what describes a plan: its first category of abuse, and how many the child had before."""
    words: dict[str, Any] = {}
    if category := within(block, "InitialCategoryOfAbuse"):
        words["category"] = category
        if category not in CATEGORIES:
            details.child.unread.add("InitialCategoryOfAbuse (no known code)")
    previous = within(block, "NumberOfPreviousCPP")
    if previous is not None and previous.isdecimal():
        words["previous_plans"] = int(previous)
    elif previous is not None:
        details.child.unread.add("NumberOfPreviousCPP (not a number)")
    return words


def _telling(details: Details, plan: _Plan, *, in_part: bool) -> dict[str, Any]:
    """Say what is not told: of reviews those before the census year, and all where one of them can't be right."""
    year_from = details.child.year_from
    if in_part or year_from is None:
        return {"untold": [*UNTOLD_OF_PLAN, REVIEW]}
    if plan.start < year_from:
        return {"untold": list(UNTOLD_OF_PLAN), "told_from": {REVIEW: year_from.isoformat()}}
    return {"untold": list(UNTOLD_OF_PLAN)}


def _review(details: Details, at: etree._Element, plan: _Plan) -> _Review:
    child = details.child
    try:
        on = child.possible("CPPreviewDate", text_of(at))
        strictly_after("CPPreviewDate", on, "the plan's start", plan.start, "8841")
        not_after_end("CPPreviewDate", on, "the plan's end", plan.end)
        child.first_told("CPPreviewDate", on, f"{plan.episode}, review of {on}", child.row(at))
    except Unfit as unfit:
        return _Review(at, unfit)
    return _Review(at, on)


def _told_review(details: Details, review: _Review, plan: _Plan, content: dict[str, Any]) -> Told | Refused:
    child, on = details.child, review.on
    if isinstance(on, Unfit):
        return details.refused(review.at, content, on)
    data = {"conference_id": f"RCPC-{on}", "outcome": "end" if on == plan.end else "continue"}
    event = child.source.event(REVIEW, details.case_id, plan.episode, on, data, which=f"{on}")
    return Told("review", child.row(review.at), details.case_id, (event,), content)


def _with(content: dict[str, Any], at: etree._Element) -> dict[str, Any]:
    return {**content, "CPPreviewDate": text_of(at)}


def _nothing_to_follow(told: str | None) -> Unfit:
    reason = "The plan it belongs to was refused, so it has nothing to follow. Correct the plan first."
    return Unfit("CPPreviewDate", told, reason)


def child_in_need_plans(details: Details) -> Iterator[Told | Refused]:
    """Tell the child in need plans. That one starts and ends on the same day is queried and not refused (4012Q)."""
    for block in details.element.iterchildren("{*}CINPlanDates"):
        child, content = details.child, details.read(block)
        row = child.row(block)
        try:
            referral, referral_on = details.referral()
            plan = _dates(details, block, "CINPlanStartDate", "CINPlanEndDate", referral_on, "4015")
            episode = f"CINP-{plan.start}"
            child.first_told("CINPlanStartDate", plan.start, episode, row)
        except Unfit as unfit:
            yield details.refused(block, content, unfit)
            continue
        if plan.end == plan.start:
            child.unread.add("CINPlanDates that start and end on one day (query 4012Q)")
        untold = list(UNTOLD_OF_CHILD_IN_NEED_PLAN)
        data = {"follows": referral, "untold": untold}
        events = [child.source.event("ChildInNeedPlanStarted", details.case_id, episode, plan.start, data)]
        if plan.end is not None:
            events.append(child.source.event("ChildInNeedPlanEnded", details.case_id, episode, plan.end))
        else:
            events.extend(child.source.told(details.case_id, episode, plan.start, untold))
        yield Told("child_in_need_plan", row, details.case_id, tuple(events), content)


CHILD_IN_NEED_PLANS = Part(
    frozenset({"CINPlanStartDate", "CINPlanEndDate"}), child_in_need_plans, frozenset({"CINPlanDates"})
)
