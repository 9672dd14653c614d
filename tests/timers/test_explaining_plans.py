"""Why this day? Clocks that count from, or back from, another day than that of the event which starts them."""

from story import Told, begin, instant

from caseclock.processes.catalogue import OPENERS
from caseclock.timers.explain import explain
from caseclock.timers.history import History


def sentences(case: Told, timescale: str) -> list[str]:
    timer = case.timer(timescale).timer
    with case.engine.store.snapshot() as unit:
        history = History(unit.events(case.authority, case.case_id), OPENERS)
        setting = case.engine.setting(unit, case.authority)
    return explain(history, setting, timer.timer_id, instant("2026-04-30")).lines()


def test_a_review_counts_from_the_conference_that_made_the_plan() -> None:
    case = begin()
    case.happened("PlanStarted", "2026-04-30", "P-1", conference_held_on="2026-04-28")

    assert [
        "The clock started with PlanStarted of Thursday 30 April 2026, recorded Thursday 30 April 2026 by sw.jones.",
        "It counts from data.conference_held_on, Tuesday 28 April 2026, not from the day of the event.",
        "The limit: 3 months; the day after is day 1.",
    ] == sentences(case, "cp.review.first.3m")[1:4]


def test_a_report_counts_back_from_the_day_appointed() -> None:
    case = begin(authority="example")
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened(
        "ConferenceAppointed", "2026-04-10", "S-1", conference_id="IC-1", appointed_for="2026-04-28"
    )

    assert [
        (
            "The clock started with ConferenceAppointed of Friday 10 April 2026, recorded Friday 10 April 2026 by "
            "sw.jones."
        ),
        "It counts from data.appointed_for, Tuesday 28 April 2026, not from the day of the event.",
        "The limit: 2 working days before, counted back; done before it started counts too.",
    ] == sentences(case, "cp.icpc.report.2wd")[1:4]


def test_an_outline_plan_is_owed_on_the_very_day() -> None:
    case = begin()
    case.happened("InitialConferenceHeld", "2026-04-28", "S-1", conference_id="IC-1", outcome="plan")

    assert "The limit: on the very day." in sentences(case, "cp.plan.outline")
