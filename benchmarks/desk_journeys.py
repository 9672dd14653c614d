"""Children's whole ways through a made-up service, up to a day: what a desk is filled with to see whether it is fast.

The same numbers give the same journeys; nothing here is about anybody. Each tells its team, worker and siblings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from caseclock.timers.event import Event
from caseclock.timers.when import LONDON, When

#: without standards of its own, so that the timers are those that hold everywhere
AUTHORITY = "anywhere"
#: the moment at which the filled desk is looked at
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TEAMS = tuple(
    f"{name} {number}"
    for name in ("Assessment", "Family support", "Children in care")
    for number in (1, 2, 3, 4)
)


@dataclass
class Journey:
    """One case's events as they are told, none of them after NOW."""

    case_id: str
    team: str
    worker: str
    family: str
    born: date
    chance: Random
    events: list[Event] = field(default_factory=list)

    def tell(self, event_type: str, episode: str, on: date, hour: int = 10, **data: Any) -> None:
        """Tell what happened at an hour of a London day; most is written up that day, some days later."""
        minute = len(self.events) % 60
        happened = datetime.combine(on, time(hour, minute), tzinfo=LONDON)
        late = self.chance.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 6))
        recorded = min(happened + timedelta(days=late, minutes=25), NOW)
        if happened > NOW:
            return
        self.events.append(
            Event(
                event_id=f"{self.case_id}/{len(self.events)}",
                type=event_type,
                authority=AUTHORITY,
                case_id=self.case_id,
                episode_id=episode,
                occurred=When.instant(happened),
                recorded=When.instant(recorded),
                by=self.worker,
                because="",
                data=data,
            )
        )

    @staticmethod
    def working(day: date) -> date:
        """Give a day on which a conference may be held: the day itself, or the Monday after its weekend."""
        return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)

    def every(self, first: date, last: date, days: int, late: float) -> Iterator[date]:
        """Give the days of what is to be done every so many days: mostly a little before, at times well after."""
        day = first
        while True:
            share = (
                self.chance.uniform(1.05, 1.6)
                if self.chance.random() < late
                else self.chance.uniform(0.6, 0.98)
            )
            day += timedelta(days=max(1, round(days * share)))
            if day >= min(last, TODAY):
                return
            yield day


def journeys(count: int) -> Iterator[list[Event]]:
    """Tell so many cases, each in the order of happening."""
    for number in range(count):
        chance = Random(number)
        began = TODAY - timedelta(days=chance.randrange(3, 1000))
        journey = Journey(
            case_id=f"template-{number:05}-case",
            team=TEAMS[number % len(TEAMS)],
            worker=f"worker-of-{number:05}",
            family=f"family-of-{number // 2:05}",
            born=began - timedelta(days=chance.randrange(200, 5800)),
            chance=chance,
        )
        _from_contact(journey, began)
        yield journey.events


def _from_contact(journey: Journey, day: date) -> None:
    chance = journey.chance
    journey.tell("ContactReceived", "R-1", day, 9, source="school", family=journey.family)
    journey.tell(
        "ContactDecided", "R-1", day + timedelta(days=chance.choice((0, 0, 0, 2))), 11, outcome="referral"
    )
    referred = day + timedelta(days=2)
    journey.tell(
        "ReferralReceived",
        "R-1",
        referred,
        12,
        source="school",
        date_of_birth=str(journey.born),
        team=journey.team,
        family=journey.family,
    )
    decided = referred + timedelta(days=chance.choice((0, 0, 1, 1, 1, 1, 1, 3, 1, 4)))
    journey.tell("ReferralDecided", "R-1", decided, 15, outcome="assessment")
    journey.tell("AssessmentStarted", "A-1", decided, 16, kind="single", follows="R-1")
    journey.tell(
        "AssessmentAllocated", "A-1", decided + timedelta(days=1), worker=journey.worker, team=journey.team
    )
    seen = decided + timedelta(days=chance.choice((2, 4, 5, 6, 12)))
    journey.tell("ChildSeen", "A-1", seen, alone=True)
    way = chance.random()
    done = seen + timedelta(days=chance.choice((10, 20, 25, 30, 35, 40, 45, 45, 50, 90)))
    outcome = "no_further_action" if way < 0.2 else "child_in_need"
    journey.tell("AssessmentAuthorised", "A-1", done, 14, outcome=outcome)
    if way < 0.2:
        journey.tell("ReferralClosed", "R-1", done + timedelta(days=2), reason="case_closed")
    elif way < 0.42:
        _in_need(journey, done + timedelta(days=1))
    elif way < 0.7:
        _protected(journey, done + timedelta(days=1))
    else:
        _looked_after(journey, done + timedelta(days=1))


def _in_need(journey: Journey, day: date) -> None:
    last = day + timedelta(days=journey.chance.randrange(120, 700))
    journey.tell("ChildInNeedPlanStarted", "N-1", day, 9, team=journey.team)
    for visit in journey.every(day, last, 28, 0.12):
        journey.tell("ChildSeen", "N-1", visit, alone=True)
    for review in journey.every(day, last, 90, 0.1):
        journey.tell("ChildInNeedReviewHeld", "N-1", review, 13)
    journey.tell("ChildInNeedPlanEnded", "N-1", last, 15, reason="needs_met")


def _protected(journey: Journey, day: date) -> None:
    journey.tell("StrategyDiscussionHeld", "S-1", day, 9, initiates_section_47=True)
    journey.tell("Section47Started", "S-1", day, 11)
    journey.tell("ChildSeen", "S-1", day + timedelta(days=1), alone=True)
    journey.tell("Section47Concluded", "S-1", day + timedelta(days=9), 15, outcome="conference")
    held = journey.working(day + timedelta(days=journey.chance.choice((13, 16, 17, 18, 27))))
    journey.tell("InitialConferenceHeld", "S-1", held, 10, conference_id="K-0", outcome="plan")
    journey.tell(
        "PlanStarted", "P-1", held, 11, category="neglect", conference_held_on=str(held), team=journey.team
    )
    journey.tell("ConferenceMinutesSent", "S-1", held + timedelta(days=20), 12, conference_id="K-0")
    last = held + timedelta(days=journey.chance.randrange(150, 500))
    for visit in journey.every(held, last, 11, 0.08):
        journey.tell("ChildSeen", "P-1", visit, alone=True)
    journey.tell("CoreGroupHeld", "P-1", held + timedelta(days=journey.chance.choice((9, 11, 13, 20))), 13)
    for group in journey.every(held + timedelta(days=14), last, 30, 0.1):
        journey.tell("CoreGroupHeld", "P-1", group, 13)
    for number, review in enumerate(journey.every(held, last, 85, 0.3), start=1):
        journey.tell(
            "ReviewConferenceHeld", "P-1", review, 12, conference_id=f"K-{number}", outcome="continue"
        )
        journey.tell(
            "ConferenceMinutesSent", "P-1", review + timedelta(days=15), 9, conference_id=f"K-{number}"
        )
    journey.tell("ReviewConferenceHeld", "P-1", last, 16, conference_id="K-last", outcome="end")
    journey.tell("PlanEnded", "P-1", last, 17, reason="plan_no_longer_needed")


def _looked_after(journey: Journey, day: date) -> None:
    last = day + timedelta(days=journey.chance.randrange(200, 1500))
    born = str(journey.born)
    journey.tell(
        "PeriodOfCareStarted", "L-1", day, 9, legal_status="care_order", date_of_birth=born, team=journey.team
    )
    journey.tell("PlacementStarted", "L-1", day, 12, placement_id="H-1", kind="foster", long_term=False)
    journey.tell("PlacementPlanPrepared", "L-1", day + timedelta(days=4), 12, placement_id="H-1")
    journey.tell("ReviewingOfficerAppointed", "L-1", day + timedelta(days=3), 15)
    journey.tell("CarePlanPrepared", "L-1", day + timedelta(days=8), 14)
    journey.tell("HealthAssessmentCompleted", "L-1", day + timedelta(days=19), 9, kind="initial")
    for visit in journey.every(day, last, 36, 0.1):
        journey.tell("ChildSeen", "L-1", visit, alone=True)
    journey.tell(
        "PlacementNoticeGiven",
        "L-1",
        day + timedelta(days=journey.chance.choice((2, 4, 9))),
        16,
        placement_id="H-1",
    )
    journey.tell(
        "ChildSeen", "L-1", day + timedelta(days=journey.chance.choice((3, 5, 6, 11))), 16, alone=True
    )
    first = day + timedelta(days=journey.chance.choice((17, 24, 26, 35)))
    journey.tell("EducationPlanDrafted", "L-1", day + timedelta(days=9), 15)
    journey.tell("ReviewHeld", "L-1", first, 10, review_id="V-0")
    for number, review in enumerate(journey.every(first, last, 80, 0.15), start=1):
        held = {"review_id": f"V-{number}"}
        journey.tell("ReviewHeld", "L-1", review, 10, **held)
        journey.tell(
            "ReviewDecisionsIssued",
            "L-1",
            review + timedelta(days=journey.chance.choice((3, 4, 4, 5, 5, 5, 9))),
            11,
            **held,
        )
        journey.tell(
            "ReviewRecordCompleted",
            "L-1",
            review + timedelta(days=journey.chance.choice((12, 15, 18, 19, 20, 24))),
            11,
            **held,
        )
        journey.tell(
            "ReviewRecordDistributed",
            "L-1",
            review + timedelta(days=journey.chance.choice((21, 25, 26, 26, 27, 33))),
            12,
            **held,
        )
    for number, plan in enumerate(journey.every(day, last, 120, 0.2)):
        journey.tell("EducationPlanCompleted", "L-1", plan, 14 + number % 2)
    for check in journey.every(day, last, 180, 0.2):
        journey.tell("HealthAssessmentCompleted", "L-1", check, 15, kind="review")
    journey.tell("PeriodOfCareEnded", "L-1", last, 17, reason="returned_home")
