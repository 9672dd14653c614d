"""Into care on Friday 19 December 2025; bank holidays are 25 and 26 December, 1 January, 3 and 6 April."""

import pytest
from care import done, into_care, out_of_care, placed, reviewed, seen
from story import LONG_AFTER, Told, begin
from walks import tell

from caseclock.timers.durations import MonthPolicy
from caseclock.workflow.positions import asked, positions

SECOND = "cla.review.second.3m"
LATER = "cla.review.next.6m"


def child(authority: str = "anywhere") -> Told:
    return tell(begin(authority=authority), (into_care("2025-12-19"), placed("2025-12-19")))


def due_by(case: Told, timescale: str, months: MonthPolicy) -> list[str]:
    with case.engine.store.snapshot() as unit:
        question = asked(now=LONG_AFTER)
        found = positions(case.engine, unit, question, authority=case.authority, months=months)
        return [str(one.timer.due_on) for one in found if one.timer.timescale == timescale]


@pytest.mark.parametrize(
    ("timescale", "due"),
    [
        ("cla.visit.first.1w", "2025-12-26"),  # a week is a week, bank holiday or not
        ("cla.placementplan.5wd", "2025-12-30"),
        ("cla.iro.appoint.5wd", "2025-12-30"),
        ("cla.careplan.10wd", "2026-01-07"),
        ("cla.pep.initiate.10wd", "2026-01-07"),
        ("cla.review.first.20wd", "2026-01-21"),
        ("cla.iha.20wd", "2026-01-21"),
        ("cla.pep.first_review", "2026-01-21"),
    ],
)
def test_what_coming_into_care_starts(timescale: str, due: str) -> None:
    assert due == child().due(timescale)


def test_visited_before_christmas_the_next_visit_is_six_weeks_on() -> None:
    case = tell(child(), [seen("2025-12-23")])

    assert "met" == case.standing("cla.visit.first.1w")
    assert "2026-02-03" == case.due("cla.visit.year1.6w")


@pytest.mark.parametrize(
    ("timescale", "event", "due"),
    [
        ("cla.review.decisions.5wd", "ReviewDecisionsIssued", "2026-01-22"),
        ("cla.review.record.15wd", "ReviewRecordCompleted", "2026-02-05"),
        ("cla.review.distribute.20wd", "ReviewRecordDistributed", "2026-02-12"),
    ],
)
def test_what_the_first_review_starts_is_owed_though_the_period_of_care_ends(
    timescale: str, event: str, due: str
) -> None:
    case = tell(
        child(), [reviewed("2026-01-15"), out_of_care("2026-01-19"), done(event, due, review_id="R-1")]
    )

    assert (due, "met") == (case.due(timescale), case.standing(timescale))


@pytest.mark.parametrize(
    ("months", "due"),
    [(MonthPolicy.CALENDAR_MONTHS, ["2026-04-15"]), (MonthPolicy.DAYS_91_183, ["2026-04-16"])],
)
def test_the_second_review_is_due_three_months_after_the_first_was_held(
    months: MonthPolicy, due: list[str]
) -> None:
    assert due == due_by(tell(child(), [reviewed("2026-01-15")]), SECOND, months)


def test_a_second_review_held_early_brings_the_next_forward() -> None:
    case = tell(child(), [reviewed("2026-01-15"), reviewed("2026-03-31", "R-2")])

    assert ("met", "2026-09-30") == (case.standing(SECOND), case.due(LATER))


def test_each_review_has_a_record_of_its_own() -> None:
    case = tell(
        child("thurrock"),
        [
            reviewed("2026-01-15"),
            reviewed("2026-03-31", "R-2"),
            done("ReviewRecordDistributed", "2026-04-30", review_id="R-2"),
        ],
    )

    assert {"R-1": ("2026-02-12", "overdue"), "R-2": ("2026-04-30", "met")} == {
        str(one.timer.key): (str(one.timer.due_on), str(one.standing))
        for one in case.positions()
        if one.timer.timescale == "local.cla.review.record.20wd"
    }
