"""Levers: what is changed in a service moves what it should, in the direction that anybody who runs one would expect.

Each is measured on the same families (common random numbers) in two replications. What is late is late since hours ran
out somewhere: no lever here says how late anything is to be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import mean

import pytest

from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world import Simulated, simulate
from caseclock.timers.event import Event

ServiceOf = Callable[..., Scenario]
Measure = Callable[[list[Simulated]], float]
REPLICATIONS = (1, 2)
#: a service with some slack, of 6,000 children
SERVICE = {
    "children": 6000,
    "hub": {"screeners": 1.2, "managers": 0.8},
    "teams": {
        "assessment": {"does": "assessment", "workers": 6, "supervisors": 1.0},
        "protection": {"does": "protection", "workers": 5, "supervisors": 1.0},
        "care": {"does": "care", "workers": 5, "supervisors": 1.0},
    },
    "diaries": {"conferences_a_week": 4, "reviews_a_week": 5, "hearings_a_week": 2},
}


def told(runs: list[Simulated], *types: str) -> list[Event]:
    """List the events of some types in the days reported, whoever they happened to."""
    return [
        event for run in runs for event in run if event.type in types and event.occurred.on >= run.first_day
    ]


def from_to(runs: list[Simulated], start: str, end: str) -> list[int]:
    """Count the days from one event to the first of another in the same episode, of those that had both."""
    found = []
    for run in runs:
        calendar = run.setting.holidays.as_known(None)
        for events in run.cases.values():
            begun = {event.episode_id: event.occurred.on for event in events if event.type == start}
            ended = {event.episode_id: event.occurred.on for event in reversed(events) if event.type == end}
            for episode, day in begun.items():
                if episode in ended and ended[episode] >= run.first_day:
                    found.append(calendar.working_days_between(day, ended[episode]))
    return found


def in_time(start: str, end: str, days: int) -> Measure:
    """Give the share of what was done that was done within so many working days."""

    def measure(runs: list[Simulated]) -> float:
        took = from_to(runs, start, end)
        return sum(one <= days for one in took) / len(took)

    return measure


def mean_days(start: str, end: str) -> Measure:
    return lambda runs: mean(from_to(runs, start, end))


def count(*types: str) -> Measure:
    return lambda runs: len(told(runs, *types))


def open_at_end(start: str, *ends: str) -> Measure:
    """Count what was begun and has not ended by the last day, whenever it began."""

    def measure(runs: list[Simulated]) -> float:
        events = [event.type for run in runs for event in run]
        return events.count(start) - sum(events.count(end) for end in ends)

    return measure


def unallocated(runs: list[Simulated]) -> float:
    return sum(sum(run.facts.waiting[max(run.facts.waiting)].values()) for run in runs)


def unread(runs: list[Simulated]) -> float:
    return sum(run.facts.piles[max(run.facts.piles)]["assessment"] for run in runs)


def caseload(runs: list[Simulated]) -> float:
    return mean(run.facts.caseload[max(run.facts.caseload)]["protection"] for run in runs)


def reviews_behind(runs: list[Simulated]) -> float:
    return sum(run.facts.booked_behind["reviews"] for run in runs)


def written_later(runs: list[Simulated]) -> float:
    """Give the share of visits written up on a later day than they were paid."""
    visits = told(runs, "ChildSeen")
    return sum(event.recorded.on > event.occurred.on for event in visits) / len(visits)


def second_plans(runs: list[Simulated]) -> float:
    """Give the share of plans begun that tell of one before."""
    begun = told(runs, "PlanStarted")
    return sum(1 for event in begun if event.data["previous_plans"] > 0) / len(begun)


def of_open_cases(runs: list[Simulated]) -> float:
    return sum("open_case" in event.data for event in told(runs, "AssessmentStarted"))


ASSESSED_IN_TIME = in_time("AssessmentStarted", "AssessmentAuthorised", 45)
OPEN_ASSESSMENTS = open_at_end("AssessmentStarted", "AssessmentAuthorised")
HALF = {"teams__assessment__workers": 3}
LATER = {"recording__same_day": 0.3}
MORE = {"demand__referrals_per_10000": 720}
ASSESSMENT_RULES = ("assessment.single.45wd", "assessment.stat.duration")


@dataclass(frozen=True)
class Lever:
    name: str
    changes: Mapping[str, object]
    measure: Measure
    rises: bool


LEVERS = (
    Lever("half the workers: assessments in time fall", HALF, ASSESSED_IN_TIME, rises=False),
    Lever("half the workers: assessments left open rise", HALF, OPEN_ASSESSMENTS, rises=True),
    Lever(
        "half the workers who hold few families: families wait for one",
        {**HALF, "staffing__most_families": 5},
        unallocated,
        rises=True,
    ),
    Lever("a third more demand: referrals rise", MORE, count("ReferralReceived"), rises=True),
    Lever("a third more demand: assessments in time fall", MORE, ASSESSED_IN_TIME, rises=False),
    Lever("more sickness: assessments in time fall", {"staffing__absence": 0.3}, ASSESSED_IN_TIME, rises=False),
    Lever("more leave: assessments in time fall", {"staffing__leave_days": 100}, ASSESSED_IN_TIME, rises=False),
    Lever(
        "few conferences a week: they are held later",
        {"diaries__conferences_a_week": 1.0},
        mean_days("Section47Started", "InitialConferenceHeld"),
        rises=True,
    ),
    Lever(
        "a limit of 40 days: assessments take less",
        {"rules": {"limits": {rule: {"working_days": 40} for rule in ASSESSMENT_RULES}}},
        mean_days("AssessmentStarted", "AssessmentAuthorised"),
        rises=False,
    ),
    Lever("hardly a supervisor: assessments lie unread", {"teams__assessment__supervisors": 0.12}, unread, rises=True),
    Lever(
        "a higher threshold: fewer assessments",
        {"outcomes__referral": {"no_further_action": 0.4, "assessment": 0.5, "strategy_discussion": 0.1}},
        count("AssessmentStarted"),
        rises=False,
    ),
    Lever("few reviews a week: they are booked behind", {"diaries__reviews_a_week": 1.5}, reviews_behind, rises=True),
    Lever(
        "fewer workers for plans: fewer visits to children on them",
        {"teams__protection__workers": 2},
        lambda runs: sum(event.episode_id[0] in "PN" for event in told(runs, "ChildSeen")),
        rises=False,
    ),
    Lever("posts left empty: more families for each worker", {"staffing__vacancies": 0.4}, caseload, rises=True),
    Lever("writing up later: visits are written up another day", LATER, written_later, rises=True),
    Lever(
        "reviews that end most plans: fewer plans in force",
        {"plans__ends_at_review": [0.9]},
        open_at_end("PlanStarted", "PlanEnded"),
        rises=False,
    ),
    Lever(
        "more reviews put off: plans are reviewed later",
        {"diaries__reviews_put_off": 0.5},
        mean_days("PlanStarted", "ReviewConferenceHeld"),
        rises=True,
    ),
    Lever(
        "more that can't be written without what others know: assessments in time fall",
        {"work__waits_on": 0.5},
        ASSESSED_IN_TIME,
        rises=False,
    ),
    Lever("open cases assessed more often: more of them", {"outcomes__reassessments": 4.0}, of_open_cases, rises=True),
    Lever("more families with a plan before: more second plans", {"plans__had_before": 0.8}, second_plans, rises=True),
    Lever(
        "few managers at the front door: referrals decided in a day fall",
        {"hub__managers": 0.03},
        in_time("ReferralReceived", "ReferralDecided", 1),
        rises=False,
    ),
    Lever(
        "a slow health service: first health assessments come later",
        {"care__health": 40},
        mean_days("PeriodOfCareStarted", "HealthAssessmentCompleted"),
        rises=True,
    ),
    Lever(
        "families that come again more often: more referrals",
        {"demand__return_share": 0.6, "demand__return_months": 2.0},
        lambda runs: sum(event.episode_id != "R-1" for event in told(runs, "ReferralReceived")),
        rises=True,
    ),
    Lever(
        "longer stays: more children looked after",
        {"care__long_years": 8.0, "care__short_share": 0.05},
        open_at_end("PeriodOfCareStarted", "PeriodOfCareEnded"),
        rises=True,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def as_it_is(service_of: ServiceOf) -> list[Simulated]:
    return [simulate(service_of(whole=SERVICE), seed=1, replication=number) for number in REPLICATIONS]


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_lever_moves_what_it_should(service_of: ServiceOf, as_it_is: list[Simulated], lever: Lever) -> None:
    scenario = service_of(whole=SERVICE, **lever.changes)
    changed = [simulate(scenario, seed=1, replication=number) for number in REPLICATIONS]
    before, after = lever.measure(as_it_is), lever.measure(changed)

    assert after > before if lever.rises else after < before, f"{before} before, {after} after"


def test_writing_up_later_changes_nothing_that_happens(
    service_of: ServiceOf, as_it_is: list[Simulated]
) -> None:
    """Late recording is not late practice: every event of the days long gone by is the same but for its writing up."""
    later = simulate(service_of(whole=SERVICE, recording__same_day=0.3), seed=1, replication=1)
    cut = str(later.first_day)

    def happened(run: Simulated) -> set[tuple[str, str, str]]:
        return {
            (event.case_id, event.type, str(event.occurred)) for event in run if str(event.occurred) < cut
        }

    assert happened(as_it_is[0]) == happened(later)
