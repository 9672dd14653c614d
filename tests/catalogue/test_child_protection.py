"""Every timescale from strategy discussion to the end of a child protection plan, walked from its start to its stop.

Bank holidays on the way: 3 and 6 April, 4 and 25 May 2026.
"""

from walked import Walked
from walks import Step, Walk, step

from caseclock.timers.timescale import Kind

DISCUSSED = step("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
STARTED = step("Section47Started", "2026-04-08", "S-1")
NO_CONFERENCE = step("Section47Concluded", "2026-04-20", "S-1", outcome="no_conference")
CANCELLED = step("Section47Cancelled", "2026-04-20", "S-1", reason="the child moved away")
CONFERENCE = step("InitialConferenceHeld", "2026-04-28", "S-1", conference_id="IC-1", outcome="plan")
PLAN = step("PlanStarted", "2026-04-28", "P-1", conference_held_on="2026-04-28", category="neglect")
REVIEW = step("ReviewConferenceHeld", "2026-07-14", "P-1", conference_id="RC-1", outcome="continue")


def ended(on: str) -> Step:
    return step("PlanEnded", on, "P-1", reason="the child came into care")


def discussed(on: str, **data: object) -> Step:
    return step("StrategyDiscussionHeld", on, "S-1", **{"initiates_section_47": True, **data})


def sent(event: str, on: str, conference: str = "IC-1") -> Step:
    return step(event, on, "S-1" if conference == "IC-1" else "P-1", conference_id=conference)


ENQUIRY = [
    Walk("cp.icpc.15wd", (DISCUSSED,), CONFERENCE, "2026-04-29", NO_CONFERENCE),
    Walk("cp.icpc.stat", (DISCUSSED, STARTED), CONFERENCE.moved("2026-04-29"), "2026-04-30", CANCELLED),
    Walk(
        "cp.transfer_in.15wd",
        (step("TransferInNotified", "2026-04-07", "S-1", from_authority="southend"),),
        CONFERENCE,
        "2026-04-29",
        CANCELLED,
    ),
    Walk(
        "cp.strategy.followup.5wd",
        (discussed("2026-04-10", kind="telephone"),),
        discussed("2026-04-17", kind="meeting"),
        "2026-04-20",
        CANCELLED.moved("2026-04-13"),
        "example",
    ),
    Walk(
        "cp.s47.child_seen.1wd",
        (discussed("2026-04-10"),),
        step("ChildSeen", "2026-04-13", "S-1", alone=True),
        "2026-04-14",
        CANCELLED.moved("2026-04-10"),
        "example",
    ),
    Walk(
        "cp.icpc.request.1wd",
        (DISCUSSED, step("Section47Concluded", "2026-04-17", "S-1", outcome="conference")),
        step("ConferenceRequested", "2026-04-20", "S-1"),
        "2026-04-21",
        CANCELLED.moved("2026-04-17"),
        "example",
    ),
    Walk(
        "cp.icpc.report.2wd",
        (
            DISCUSSED,
            step(
                "ConferenceAppointed", "2026-04-10", "S-1", conference_id="IC-1", appointed_for="2026-04-28"
            ),
        ),
        sent("ConferenceReportShared", "2026-04-24"),
        "2026-04-27",
        CANCELLED,
        "example",
    ),
    Walk(
        "cp.prebirth.icpc",
        (DISCUSSED, step("BirthExpected", "2026-04-09", "S-1", expected_on="2026-10-07")),
        CONFERENCE.moved("2026-07-08"),
        "2026-07-09",
        step("ChildBorn", "2026-07-01", "S-1"),
        "example",
    ),
]

CONFERENCES = [
    Walk(
        "cp.conference.decision.1wd",
        (CONFERENCE.moved("2012-05-11"),),
        sent("ConferenceDecisionsSent", "2012-05-14"),
        "2012-05-15",
        note="while it was national",
    ),
    Walk(
        "cp.conference.decision.1wd",
        (CONFERENCE.moved("2026-05-01"),),
        sent("ConferenceDecisionsSent", "2026-05-05"),
        "2026-05-06",
        authority="example",
        note="since it is local",
    ),
    Walk(
        "cp.conference.decision.1wd",
        (PLAN, REVIEW),
        sent("ConferenceDecisionsSent", "2026-07-15", "RC-1"),
        "2026-07-16",
        authority="example",
        note="after a review",
    ),
    Walk(
        "local.cp.decisions.24h",
        (CONFERENCE.moved("2026-04-28 13:00"),),
        sent("ConferenceDecisionsSent", "2026-04-29 13:00"),
        "2026-04-29 13:30",
        authority="thurrock",
    ),
    Walk(
        "cp.conference.minutes.20wd",
        (CONFERENCE,),
        sent("ConferenceMinutesSent", "2026-05-28"),
        "2026-05-29",
        authority="example",
    ),
    Walk(
        "local.cp.minutes.20wd",
        (CONFERENCE,),
        sent("ConferenceMinutesSent", "2026-05-28"),
        "2026-05-29",
        authority="thurrock",
    ),
    Walk(
        "local.cp.minutes.20wd",
        (PLAN, REVIEW),
        sent("ConferenceMinutesSent", "2026-08-11", "RC-1"),
        "2026-08-12",
        authority="thurrock",
        note="after a review",
    ),
]

PLANS = [
    Walk("cp.plan.outline", (CONFERENCE,), PLAN, "2026-04-29"),
    Walk(
        "cp.coregroup.first.10wd",
        (PLAN,),
        step("CoreGroupHeld", "2026-05-13", "P-1"),
        "2026-05-14",
        ended("2026-05-08"),
    ),
    Walk(
        "cp.coregroup.repeat",
        (PLAN, step("CoreGroupHeld", "2026-05-13", "P-1")),
        step("CoreGroupHeld", "2026-06-24", "P-1"),
        "2026-06-25",
        ended("2026-06-01"),
        "example",
    ),
    Walk("cp.review.first.3m", (PLAN,), REVIEW.moved("2026-07-28"), "2026-07-29", ended("2026-06-01")),
    Walk("cp.review.next.6m", (PLAN, REVIEW), REVIEW.moved("2027-01-14"), "2027-01-15", ended("2026-10-01")),
    Walk(
        "cp.review.stat",
        (PLAN,),
        REVIEW.moved("2026-07-28"),
        "2026-07-29",
        ended("2026-06-01"),
        note="first",
    ),
    Walk(
        "cp.review.stat",
        (PLAN, REVIEW),
        REVIEW.moved("2027-01-14"),
        "2027-01-15",
        ended("2026-10-01"),
        note="later",
    ),
    Walk("cp.plan.duration_watch", (PLAN,), ended("2028-04-27"), "2028-04-28"),
    Walk(
        "cp.prebirth.review",
        (PLAN, step("ChildBorn", "2026-06-08", "P-1")),
        REVIEW.moved("2026-07-06"),
        "2026-07-07",
        ended("2026-06-22"),
        "example",
    ),
    Walk(
        "cp.rcpc.report.5wd",
        (
            PLAN.moved("2026-02-06"),
            step(
                "ConferenceAppointed", "2026-04-10", "P-1", conference_id="RC-1", appointed_for="2026-05-06"
            ),
        ),
        sent("ConferenceReportShared", "2026-04-28", "RC-1"),
        "2026-04-29",
        ended("2026-04-20"),
        "example",
    ),
    Walk(
        "local.cp.plan.panel.12m",
        (PLAN,),
        step("PlanPanelHeld", "2027-04-28", "P-1"),
        "2027-04-29",
        ended("2027-01-05"),
        "thurrock",
    ),
]

WALKS = [*ENQUIRY, *CONFERENCES, *PLANS]


#: rows of the catalogue and how far each was checked
CATALOGUE = {
    "cp.strategy.asap": "V2",
    "cp.strategy.followup.5wd": "V2",
    "cp.s47.complete": "V2",
    "cp.icpc.15wd": "V2",
    "cp.icpc.stat": "V2",
    "cp.icpc.stat.open15": "V2",
    "cp.icpc.report.2wd": "V2",
    "cp.rcpc.report.5wd": "V2",
    "cp.icpc.request.1wd": "V2",
    "cp.conference.decision.1wd": "V2",
    "cp.conference.minutes.20wd": "V2",
    "cp.plan.outline": "V2",
    "cp.coregroup.first.10wd": "V2",
    "cp.coregroup.repeat": "V2",
    "cp.review.first.3m": "V2",
    "cp.review.next.6m": "V2",
    "cp.review.stat": "K",
    "cp.plan.start_end": "V2",
    "cp.prebirth.icpc": "V2",
    "cp.prebirth.review": "V2",
    "cp.transfer_in.15wd": "V2",
    "cp.transfer_in.stat": "V2",
    "cp.plan.duration_watch": "V2",
    "cp.s47.child_seen.1wd": "V2",
}
#: rows that run no clock: duties without a number, and how returns and statistics count
WITHOUT_CLOCK = {
    "cp.strategy.asap": Kind.NO_CLOCK,
    "cp.s47.complete": Kind.NO_CLOCK,
    "cp.icpc.stat.open15": Kind.DEFINITION,
    "cp.plan.start_end": Kind.DEFINITION,
    "cp.transfer_in.stat": Kind.DEFINITION,
}


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
