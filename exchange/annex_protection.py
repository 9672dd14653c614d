"""What Annex A tells of enquiries, initial conferences and child protection plans: lists 5 and 7.

List 7 tells the latest review and the latest visit of each plan and none before them: what was done earlier is unknown,
and behind the latest nothing was done, as far as the workbook goes.
"""

from collections.abc import Iterator
from typing import Any

from caseclock.exchange.annex_entry import (
    BORN,
    CHILD,
    TEAM,
    WORKER,
    AnnexList,
    Column,
    Dated,
    Entry,
    latest_told,
    lies_within,
)
from caseclock.exchange.cin_plans import CATEGORIES, REVIEW, UNTOLD_OF_PLAN
from caseclock.exchange.cin_protection import UNTOLD_OF_ENQUIRY
from caseclock.exchange.possible import (
    not_after_end,
    not_before,
    not_on_a_weekend,
    not_on_same_day,
    strictly_after,
)
from caseclock.exchange.records import Unfit

_DISCUSSION, _CONFERENCE, _VISIT = "StrategyDiscussionHeld", "InitialConferenceHeld", "ChildSeen"
#: categories of abuse as the workbook names them, by the codes of the census
_CATEGORY = dict(
    zip(("neglect", "physical abuse", "sexual abuse", "emotional abuse", "multiple"), CATEGORIES, strict=True)
)

#: and by those codes, as the workbook names them
CATEGORY_WORDS = {code: words.capitalize() for words, code in _CATEGORY.items()}


def _enquiry(entry: Entry) -> Iterator[Dated]:
    """Tell an enquiry, from the strategy discussion that initiated it, on whose day it starts, and its conference."""
    on = entry.day("on")
    episode = entry.episode(f"S47-{on}")
    held = entry.day_or_fault(
        "conference",
        lambda title, day: not_before(title, day, "the enquiry's start", on, "8615"),
        lambda title, day: not_on_a_weekend(title, day, "an initial child protection conference", "8875"),
    )
    unnecessary, made_a_plan = entry.flag("unnecessary"), entry.flag("plan")
    untold = [event for event in UNTOLD_OF_ENQUIRY if event != _DISCUSSION]
    if isinstance(held, Unfit) or (held is None and unnecessary is not False):
        untold.append(_CONFERENCE)  # ruled out on a day that is not told, or held on another
    data = {"initiates_section_47": True, "untold": untold, **entry.team()}
    events = [entry.event(_DISCUSSION, episode, on, data), entry.event("Section47Started", episode, on)]
    events.extend(entry.telling(episode, on, data, in_part=isinstance(held, Unfit)))
    yield "section_47", tuple(events)
    if isinstance(held, Unfit):
        yield held
    elif held is not None:
        outcome = {True: "plan", False: "no_plan", None: None}[made_a_plan]
        told = {"conference_id": f"ICPC-{held}", "outcome": outcome}
        yield "conference", (entry.event(_CONFERENCE, episode, held, told),)


def _plan(entry: Entry) -> Iterator[Dated]:
    start, end = entry.start_and_end()
    if end is not None:
        not_on_same_day(entry.columns["end"].title, end, entry.columns["on"].title, start, "8840")
    episode = entry.episode(f"CPP-{start}")
    review = entry.day_or_fault(
        "review",
        lambda title, day: strictly_after(title, day, "the plan's start", start, "8841"),
        lambda title, day: not_after_end(title, day, "the plan's end", end),
    )
    visit = entry.day_or_fault("visit")
    in_part = any(isinstance(latest, Unfit) for latest in (review, visit))
    data = {**_words(entry), **latest_told(UNTOLD_OF_PLAN, {REVIEW: review, _VISIT: visit})}
    events = [entry.event("PlanStarted", episode, start, data)]
    events.extend(entry.telling(episode, start, data, in_part=in_part))
    if end is not None:
        events.append(entry.event("PlanEnded", episode, end))
    yield "plan", tuple(events)
    if isinstance(review, Unfit):
        yield review
    elif review is not None:
        told = {"conference_id": f"RCPC-{review}", "outcome": "end" if review == end else "continue"}
        yield "review", (entry.event(REVIEW, episode, review, told, which=f"{review}"),)
    if isinstance(visit, Unfit):
        yield visit
    elif visit is not None and lies_within(visit, start, end):
        seen = {"alone": entry.flag("alone")}
        yield "visit", (entry.event(_VISIT, episode, visit, seen, which=f"{visit}"),)
    elif visit is not None:
        entry.count_unread("visit", "outside the plan")


def _words(entry: Entry) -> dict[str, Any]:
    """Give what describes a plan: its first category of abuse, and how many the child had before."""
    category, previous = entry.text("category"), entry.text("previous")
    if category and category.upper() not in CATEGORIES and category.casefold() not in _CATEGORY:
        entry.count_unread("category", "no known category")
    words: dict[str, Any] = {"category": _CATEGORY.get(category.casefold(), category) if category else None}
    if previous and previous.isdecimal():
        words["previous_plans"] = int(previous)
    elif previous:
        entry.count_unread("previous", "not a number")
    return words | entry.team()


ENQUIRIES = AnnexList(
    {
        "child": CHILD,
        "born": BORN,
        "on": Column(
            "Strategy discussion initiating Section 47 Enquiry Start Date",
            (
                "Date of strategy discussion initiating Section 47 Enquiry",
                "Section 47 Enquiry Start Date",
                "Strategy Discussion Date",
                "Section 47 Start Date",
            ),
            needed=True,
            is_day=True,
        ),
        "unnecessary": Column(
            "Was an Initial Child Protection Conference deemed unnecessary?", ("ICPC deemed unnecessary",)
        ),
        "conference": Column(
            "Date of Initial Child Protection Conference",
            ("Initial Child Protection Conference Date", "Date of ICPC", "ICPC Date"),
            is_day=True,
        ),
        "plan": Column(
            "Did the Initial Child Protection Conference Result in a Child Protection Plan",
            ("ICPC resulted in a Child Protection Plan",),
        ),
        "team": TEAM,
        "worker": WORKER,
    },
    _enquiry,
)

PLANS = AnnexList(
    {
        "child": CHILD,
        "born": BORN,
        "on": Column(
            "Child Protection Plan Start Date",
            ("CP Plan Start Date", "CPP Start Date"),
            needed=True,
            is_day=True,
        ),
        "category": Column("Initial Category of Abuse"),
        "visit": Column(
            "Date of the Last Statutory Visit",
            ("Date of Last Statutory Visit", "Last Statutory Visit"),
            is_day=True,
        ),
        "alone": Column("Was the Child Seen Alone?", ("Child Seen Alone",)),
        "review": Column(
            "Date of latest review conference",
            ("Date of the latest review conference", "Latest Review Conference Date"),
            is_day=True,
        ),
        "end": Column("Child Protection Plan End Date", ("CP Plan End Date", "CPP End Date"), is_day=True),
        "previous": Column(
            "Number of Previous Child Protection Plans", ("Number of Previous CP Plans", "Previous CP Plans")
        ),
        "team": TEAM,
        "worker": WORKER,
    },
    _plan,
)
