"""What happens to children in a made-up authority: journeys through the front door, and years of being visited.

The same numbers give the same journeys. Days lie in 2024 and 2025; nothing here is about anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from caseclock.timers.event import Event
from caseclock.timers.when import LONDON, When

AUTHORITY = "thurrock"
#: an authority without local standards of its own
ANYWHERE = "anywhere"
_FIRST = date(2024, 1, 1)


@dataclass
class Journey:
    """One case's events, as they are told."""

    case_id: str
    authority: str = AUTHORITY
    events: list[Event] = field(default_factory=list)

    def tell(
        self, event_type: str, episode: str, on: date, *, hour: int = 10, days_late: int = 0, **data: Any
    ) -> None:
        """Tell what happened at an hour of a London day, and was written up some minutes or days later."""
        number = len(self.events)
        clock = time(hour, number % 60)
        recorded = datetime.combine(on + timedelta(days=days_late), clock, tzinfo=LONDON) + timedelta(
            minutes=20
        )
        self.events.append(
            Event(
                event_id=f"{self.case_id}/{number}",
                type=event_type,
                authority=self.authority,
                case_id=self.case_id,
                episode_id=episode,
                occurred=When.instant(datetime.combine(on, clock, tzinfo=LONDON)),
                recorded=When.instant(recorded),
                by=f"sw.{number % 40}",
                because="",
                data=data,
            )
        )


def front_door(number: int, *, authority: str = AUTHORITY) -> list[Event]:
    """Tell one referral and what came of it: eight or nine events, fewer where nothing further was needed."""
    chance = Random(number)
    journey = Journey(f"C-{number:07}", authority)
    day = _FIRST + timedelta(days=chance.randrange(366))
    born = day - timedelta(days=chance.randrange(300, 6000))
    journey.tell("ContactReceived", "R-1", day, hour=9, source="school")
    journey.tell("ContactDecided", "R-1", day, hour=11, outcome="referral")
    journey.tell("ReferralReceived", "R-1", day, hour=12, source="school", date_of_birth=str(born))
    decided = day + timedelta(days=chance.choice((0, 1, 1, 2, 4)))
    if chance.random() < 0.1:
        journey.tell("ReferralDecided", "R-1", decided, hour=15, outcome="no_further_action")
        return journey.events
    journey.tell("ReferralDecided", "R-1", decided, hour=15, outcome="assessment")
    journey.tell("AssessmentStarted", "A-1", decided, hour=16, kind="single", follows="R-1")
    journey.tell("AssessmentAllocated", "A-1", decided + timedelta(days=1))
    seen = decided + timedelta(days=chance.randrange(2, 20))
    journey.tell("ChildSeen", "A-1", seen, days_late=chance.choice((0, 0, 1, 3)), alone=True)
    authorised = seen + timedelta(days=chance.randrange(5, 60))
    journey.tell("AssessmentAuthorised", "A-1", authorised, outcome=chance.choice(_OUTCOMES))
    if chance.random() < 0.6:
        journey.tell("ReferralClosed", "R-1", authorised + timedelta(days=3), reason="case_closed")
    return journey.events


_OUTCOMES = ("no_further_action", "child_in_need", "early_help")


def as_written(cases: int, *, authority: str = AUTHORITY) -> list[Event]:
    """Tell so many journeys through the front door in the order in which they were written up in one year."""
    told = [event for number in range(cases) for event in front_door(number, authority=authority)]
    return sorted(told, key=lambda event: event.recorded.latest())


def in_care(events: int, *, authority: str = AUTHORITY, case_id: str = "L-1") -> list[Event]:
    """Tell the years of one looked-after child: visits, reviews, health and education, a few moves."""
    journey = Journey(case_id, authority)
    day = date(2012, 1, 9)
    journey.tell(
        "PeriodOfCareStarted", "L-1", day, hour=9, legal_status="care_order", date_of_birth="2011-03-04"
    )
    journey.tell("PlacementStarted", "L-1", day, hour=12, placement_id="P-1", kind="foster", long_term=False)
    journey.tell("CarePlanPrepared", "L-1", day, hour=14)
    journey.tell("ReviewingOfficerAppointed", "L-1", day, hour=15)
    for week in _weeks(day, events):
        if len(journey.events) >= events:
            break
        _in_week(journey, *week)
    return journey.events[:events]


def _weeks(day: date, events: int) -> Iterator[tuple[int, date, int]]:
    """Yield each week's number and first day, and how many visits are told of it, so that all fit in 14 years."""
    in_all = 14 * 50
    visits = max(1, round(events / in_all) - 1)
    return ((week, day + timedelta(weeks=week), visits) for week in range(max(in_all, events)))


def _in_week(journey: Journey, week: int, monday: date, visits: int) -> None:
    for visit in range(visits):
        journey.tell(
            "ChildSeen", "L-1", monday + timedelta(days=1 + visit % 5), hour=9 + visit // 5, alone=True
        )
    friday = monday + timedelta(days=6)
    if week % 24 == 3:
        review = f"V-{week}"
        journey.tell("ReviewHeld", "L-1", friday, review_id=review)
        journey.tell("ReviewDecisionsIssued", "L-1", friday, hour=15, review_id=review)
        journey.tell("ReviewRecordCompleted", "L-1", friday, hour=16, review_id=review)
        journey.tell("ReviewRecordDistributed", "L-1", friday, hour=17, review_id=review)
    if week % 26 == 5:
        kind = "initial" if week < 26 else "review"
        journey.tell("HealthAssessmentCompleted", "L-1", friday, hour=18, kind=kind)
    if week % 52 == 7:
        journey.tell("EducationPlanCompleted", "L-1", friday, hour=18)
    if week % 104 == 90:
        old, new = f"P-{week // 104 + 1}", f"P-{week // 104 + 2}"
        journey.tell("PlacementEnded", "L-1", friday, hour=19, placement_id=old)
        journey.tell(
            "PlacementStarted", "L-1", friday, hour=20, placement_id=new, kind="foster", long_term=False
        )


def on_a_plan(events: int, *, authority: str = AUTHORITY, case_id: str = "P-1") -> list[Event]:
    """Tell one long child protection plan: visits on most working days, core groups, review conferences."""
    journey = Journey(case_id, authority)
    day = date(2012, 1, 9)
    journey.tell("PlanStarted", "P-1", day, hour=9, category="neglect", conference_held_on=str(day))
    number = 0
    while len(journey.events) < events:
        number += 1
        on = day + timedelta(days=number)
        journey.tell("ChildSeen", "P-1", on, alone=True)
        if number % 28 == 7:
            journey.tell("CoreGroupHeld", "P-1", on, hour=11)
        if number % 170 == 80:
            conference = f"K-{number}"
            journey.tell(
                "ReviewConferenceHeld", "P-1", on, hour=12, conference_id=conference, outcome="continue"
            )
            journey.tell("ConferenceMinutesSent", "P-1", on, hour=17, conference_id=conference)
    return journey.events[:events]


#: after everything that is told here
AFTERWARDS = datetime(2031, 1, 1, tzinfo=UTC)
