"""What comes out of the mechanism: who works when, what bunches where, and what no service does."""

from collections.abc import Callable
from datetime import date, datetime, time
from itertools import pairwise

import pytest

from caseclock.simulation.scenario import Scenario, load_scenario
from caseclock.simulation.world import Simulated, simulate
from caseclock.simulation.world.days import Days
from caseclock.simulation.world.diaries import Diary
from caseclock.simulation.world.ground import BEFORE
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.event import Event
from caseclock.timers.timer import Outcome
from caseclock.timers.when import LONDON, start_of_day
from caseclock.workflow.allocation import facts_of

ServiceOf = Callable[..., Scenario]
#: meetings and decisions that are nobody's on a day off
OFFICE = (
    "ReferralDecided", "AssessmentAllocated", "AssessmentAuthorised", "InitialConferenceHeld", "CoreGroupHeld",
    "ReviewConferenceHeld", "ReviewHeld", "CaseManagementHearingHeld", "FinalOrderMade", "ConferenceMinutesSent",
)  # fmt: skip


@pytest.fixture(scope="module")
def average() -> Simulated:
    """An average English service, for 16,000 children, from before the funeral of September 2022 into 2023."""
    scenario = load_scenario("england-average").sized("average", 16_000)
    return simulate(scenario.changed({"first_day": "2022-08-01", "months": 9, "warm_up_months": 4}), seed=1)


def local(event: Event) -> datetime:
    return event.occurred.earliest().astimezone(LONDON)


def took(run: Simulated, start: str, end: str) -> list[int]:
    """Count working days as the statistics do, from one event of an episode to another."""
    calendar = run.setting.holidays.as_known(None)
    found = []
    for events in run.cases.values():
        begun = {event.episode_id: event.occurred.on for event in events if event.type == start}
        found += [
            calendar.stat_working_days(begun[event.episode_id], event.occurred.on)
            for event in events
            if event.type == end and event.episode_id in begun
        ]
    return found


def test_offices_work_on_working_days_in_working_hours(average: Simulated) -> None:
    calendar = average.setting.holidays.as_known(None)
    wrong = [
        (event.type, str(event.occurred))
        for event in average
        if event.type in OFFICE
        and event.occurred.on >= average.scenario.begins
        and not (calendar.is_working_day(event.occurred.on) and time(8) <= local(event).time() <= time(20))
    ]

    assert [] == wrong


def test_nothing_is_written_up_before_it_happens_and_some_of_it_much_later(average: Simulated) -> None:
    delays = [event.recorded.earliest() - event.occurred.earliest() for event in average]

    assert min(delays).total_seconds() >= 0
    assert max(delays).days > 14


def test_events_of_a_case_happen_one_after_the_other(average: Simulated) -> None:
    """In the order of their ids, which is that in which they were told."""
    for events in average.cases.values():
        told = sorted(events, key=lambda event: int(event.event_id.rpartition(".")[2]))

        assert all(before.occurred.earliest() < after.occurred.earliest() for before, after in pairwise(told))


def test_brothers_and_sisters_share_a_referral_and_a_conference(average: Simulated) -> None:
    days: dict[tuple[str, str], dict[str, set[object]]] = {}
    for event in average:
        if event.type in ("ReferralReceived", "InitialConferenceHeld"):
            of_family = days.setdefault((average.families[event.case_id], event.type), {})
            of_family.setdefault(event.episode_id, set()).add(event.occurred.on)
    shared = [found for by_episode in days.values() for found in by_episode.values()]

    assert shared
    assert all(len(found) == 1 for found in shared)


def test_assessments_bunch_in_the_last_days_of_their_limit(average: Simulated) -> None:
    """Far more a day from the 41st to the 45th than in the five days behind, and than in the ten behind those."""
    days = took(average, "AssessmentStarted", "AssessmentAuthorised")

    def a_day(first: int, last: int) -> float:
        return sum(first <= one <= last for one in days) / (last - first + 1)

    assert a_day(41, 45) > 1.3 * a_day(46, 50)
    assert a_day(41, 45) > 2 * a_day(51, 60)


def test_initial_conferences_bunch_before_the_fifteenth_day(average: Simulated) -> None:
    days = took(average, "Section47Started", "InitialConferenceHeld")

    assert sum(11 <= one <= 15 for one in days) > len(days) / 2


def test_most_plans_end_on_the_day_of_a_review(average: Simulated) -> None:
    ends = [
        (event, {other.occurred.on for other in events if other.type == "ReviewConferenceHeld"})
        for events in average.cases.values()
        for event in events
        if event.type == "PlanEnded"
    ]

    assert sum(event.occurred.on in reviews for event, reviews in ends) > 0.8 * len(ends)


def test_a_plan_tells_of_every_plan_before_it_and_none_of_a_child_under_one(average: Simulated) -> None:
    """One of the years before the history at the most, and never one in a first year of life."""
    for case_id, events in average.cases.items():
        born = next(
            (event.data["date_of_birth"] for event in events if event.type == "ReferralReceived"), None
        )
        begun = sorted(
            (event for event in events if event.type == "PlanStarted"), key=lambda one: one.occurred.on
        )
        for place, event in enumerate(begun):
            assert event.data["previous_plans"] - place in (0, 1), case_id
            if born is not None and (event.occurred.on - date.fromisoformat(str(born))).days < 360:
                assert place == event.data["previous_plans"]


def test_a_family_on_a_plan_may_be_assessed_more_than_once(service_of: ServiceOf) -> None:
    run = simulate(service_of(outcomes__reassessments=20.0), seed=3)
    again = [
        sum(event.type == "AssessmentStarted" and "open_case" in event.data for event in events)
        for events in run.cases.values()
    ]

    assert max(again) > 1


def test_each_case_tells_the_worker_it_is_given_to(average: Simulated) -> None:
    """From the event that tells it on; a child on a plan is given to another worker than the one who assessed."""
    given = {
        case_id: [str(event.data["worker"]) for event in events if "worker" in event.data]
        for case_id, events in average.cases.items()
        if any(event.type == "AssessmentAllocated" for event in events)
    }

    assert all(worker.startswith("sw.") for workers in given.values() for worker in workers)
    assert any(len(set(workers)) > 1 for workers in given.values())


def test_nobody_is_blamed_for_what_was_before_the_first_day(average: Simulated) -> None:
    """Duties of the days before are met, unknown or void; those of the outline that is told are not late."""
    blamed = [
        (timer.timescale, timer.started_on)
        for _, timers in average.timers()
        for timer in timers
        if timer.outcome in (Outcome.MET_LATE, Outcome.LAPSED)
        and timer.stopped_on is not None
        and timer.stopped_on < average.scenario.begins
    ]

    assert [] == blamed


def test_a_full_diary_gives_the_next_day_with_room_and_an_endless_one_an_end() -> None:
    """One meeting a week: each waits five working days for the one before; behind the last day listed is the end."""
    days = Days(date(2026, 1, 5), date(2026, 1, 30), england_and_wales())
    diary = Diary(days, 1)
    monday = days.start
    booked = [diary.book(monday, monday, monday) for _ in range(200)]

    assert {5} == {days.between(earlier, later) for earlier, later in pairwise(booked[:20])}
    assert booked[-1] == booked[-2]


@pytest.mark.parametrize(
    "changes",
    [
        {"staffing__absence": 0.8, "teams__assessment__workers": 0.3, "staffing__most_families": 2},
        {"diaries__conferences_a_week": 0.2, "diaries__reviews_a_week": 0.2, "diaries__hearings_a_week": 0.1},
        {"outcomes__conference": 1.0, "outcomes__emergency": 0.7, "plans__to_court": 0.5, "court__weeks": 3},
        {
            "care__moves_first_year": 20,
            "care__missing": 20,
            "care__short_months": 0.1,
            "diaries__put_off": 0.6,
        },
        {"demand__return_share": 0.95, "demand__return_months": 0.1, "recording__same_day": 0.0},
        {"warm_up_months": 0, "first_day": "2013-04-01", "plans__need_enquiries": 5, "plans__need_ends": 0.9},
    ],
    ids=["hardly anybody", "hardly a diary", "all to court", "always moving", "always again", "from nothing"],
)
def test_no_setting_makes_a_service_do_what_its_processes_do_not_allow(
    service_of: ServiceOf, changes: dict[str, object]
) -> None:
    """An event that does not fit its episode would stop the run; so would one that is written up too soon."""
    run = simulate(service_of(children=800, **changes), seed=2)

    assert run.cases
    assert all(run.states().values())


def test_children_in_care_on_the_first_day_are_held_by_somebody_though_nobody_has_room(
    service_of: ServiceOf,
) -> None:
    """One worker, who may hold eighteen, holds the forty children there are; who comes later waits for room."""
    run = simulate(service_of(teams__care__workers=1.0, caseload__looked_after=40), seed=3)
    known = [
        case_id
        for case_id, events in run.cases.items()
        if any(event.type == "PeriodOfCareStarted" and event.by == BEFORE for event in events)
    ]

    facts = {case_id: facts_of(run.authority, case_id, run.history(case_id)) for case_id in known}

    assert 40 == len(known)
    assert {"care"} == {one.team for one in facts.values()}
    assert all(one.worker for one in facts.values())


def test_chance_of_a_family_is_its_own(service_of: ServiceOf) -> None:
    """The same family has the same children with the same birthdays in a service of twice the staff."""
    once = simulate(service_of(months=1), seed=4)
    twice = simulate(service_of(months=1, teams__care__workers=9), seed=4)

    def births(run: Simulated) -> dict[str, object]:
        return {
            event.case_id: event.data["date_of_birth"] for event in run if event.type == "ReferralReceived"
        }

    first, second = births(once), births(twice)

    assert first.keys() & second.keys()
    assert all(first[case_id] == second[case_id] for case_id in first.keys() & second.keys())


def test_what_is_reported_leaves_out_only_what_was_over_before(average: Simulated) -> None:
    """No timer of a case left out fell or was discharged in the days reported, or will fall."""
    reported = {case_id for case_id, _ in average.timers(reported=True)}
    first = average.first_day
    left_out = [timer for case_id, timers in average.timers() if case_id not in reported for timer in timers]

    assert left_out
    assert [] == [
        (timer.case_id, timer.timescale)
        for timer in left_out
        if (timer.outcome is Outcome.RUNNING and timer.falls_at >= start_of_day(first))
        or (timer.recorded_on is not None and timer.recorded_on >= first)
    ]
