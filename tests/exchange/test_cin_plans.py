"""Plans of the children in need census, and their reviews: a child protection plan told on its conference's day.

The return's census year is 1 April 2024 to 31 March 2025 unless a test says otherwise.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.cin_plans import UNTOLD_OF_CHILD_IN_NEED_PLAN, UNTOLD_OF_PLAN
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.exchange.reports import ImportReport
from caseclock.timers.event import Event
from caseclock.timers.timer import Standing

Census = Callable[..., Path]
Write = Callable[..., str]
BringIn = Callable[..., ImportReport]
Log = Callable[[str], list[Event]]
Standings = Callable[[str, str], dict[tuple[str, date], Standing]]

FIRST, NEXT = "cp.review.first.3m", "cp.review.next.6m"


def plan(
    start: str | None, end: str | None = None, *reviews: str, category: str = "NEG", previous: str = "1"
) -> str:
    told = "".join(f"<CPPreviewDate>{on}</CPPreviewDate>" for on in reviews)
    blocks = {
        "CPPstartDate": start,
        "CPPendDate": end,
        "InitialCategoryOfAbuse": category,
        "NumberOfPreviousCPP": previous,
    }
    written = "".join(f"<{name}>{text}</{name}>" for name, text in blocks.items() if text)
    return f"<ChildProtectionPlans>{written}<Reviews>{told}</Reviews></ChildProtectionPlans>"


def in_need(start: str | None, end: str | None = None) -> str:
    told = "".join(
        f"<{name}>{text}</{name}>"
        for name, text in {"CINPlanStartDate": start, "CINPlanEndDate": end}.items()
        if text
    )
    return f"<CINPlanDates>{told}</CINPlanDates>"


def records(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_cin_census(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def told(path: Path, kind: str) -> list[Told]:
    return [record for record in records(path) if isinstance(record, Told) and record.kind == kind]


def refusals(path: Path) -> list[tuple[str | None, str | None]]:
    return [(record.column, record.value) for record in records(path) if isinstance(record, Refused)]


def reasons(path: Path) -> list[str]:
    return [record.reason for record in records(path) if isinstance(record, Refused)]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in records(path) if isinstance(record, NotUsed)}


def test_a_plan_with_two_reviews_is_three_records_of_one_episode(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2024-05-01", plan("2024-06-20", "2025-02-10", "2024-09-12", "2025-02-10"))))
    (whole,) = told(path, "plan")
    started, until, ended = whole.events

    assert ("PlanStarted", "CPP-2024-06-20", date(2024, 6, 20)) == (
        started.type,
        started.episode_id,
        started.occurred.on,
    )
    assert {
        "follows": "R-2024-05-01",
        "conference_held_on": "2024-06-20",
        "category": "NEG",
        "previous_plans": 1,
        "untold": list(UNTOLD_OF_PLAN),
    } == started.data
    assert {"until": "2025-03-31", "untold": list(UNTOLD_OF_PLAN)} == until.data
    assert ("PlanEnded", date(2025, 2, 10)) == (ended.type, ended.occurred.on)
    assert [
        (date(2024, 9, 12), {"conference_id": "RCPC-2024-09-12", "outcome": "continue"}),
        (date(2025, 2, 10), {"conference_id": "RCPC-2025-02-10", "outcome": "end"}),
    ] == [(record.events[0].occurred.on, record.events[0].data) for record in told(path, "review")]


def test_the_reviews_of_earlier_years_are_not_told(census: Census, child: Write, details: Write) -> None:
    path = census(child(details("2023-05-01", plan("2023-06-20", None, "2024-05-13"))))
    started, until, *_ = told(path, "plan")[0].events

    assert {"ReviewConferenceHeld": "2024-04-01"} == started.data["told_from"]
    assert {"ReviewConferenceHeld": "2024-04-01"} == until.data["told_from"]


@pytest.mark.parametrize(
    ("told_plan", "fault", "why"),
    [
        (plan("2024-04-30"), ("CPPstartDate", "2024-04-30"), "rule 1105"),
        (plan("2024-06-20", "2024-06-19"), ("CPPendDate", "2024-06-19"), "before the plan's start"),
        (plan("2024-06-20", "2024-06-20"), ("CPPendDate", "2024-06-20"), "rule 8840"),
        (plan("2024-06-20", "2025-04-01"), ("CPPendDate", "2025-04-01"), "reference date"),
        (plan(None, "2024-06-20"), ("CPPstartDate", None), "is missing"),
        (plan("2024-06-20", None, "2024-06-19"), ("CPPreviewDate", "2024-06-19"), "rule 8841"),
        (plan("2024-06-20", None, "2024-06-20"), ("CPPreviewDate", "2024-06-20"), "rule 8841"),
        (plan("2024-06-20", "2024-12-02", "2024-12-03"), ("CPPreviewDate", "2024-12-03"), "plan's end"),
        (plan("2024-06-20", None, "2025-04-01"), ("CPPreviewDate", "2025-04-01"), "reference date"),
        (plan("2024-06-20", None, "2024-09-12", "2024-09-12"), ("CPPreviewDate", "2024-09-12"), "twice"),
        (plan("2024-06-20", None, ""), ("CPPreviewDate", None), "is missing"),
        (in_need("2024-04-30"), ("CINPlanStartDate", "2024-04-30"), "rule 4015"),
        (in_need("2024-06-20", "2024-06-19"), ("CINPlanEndDate", "2024-06-19"), "before the plan's start"),
        (in_need(None), ("CINPlanStartDate", None), "is missing"),
    ],
)
def test_what_can_not_be_right_is_refused_with_its_reason(
    census: Census, child: Write, details: Write, told_plan: str, fault: tuple[str, str | None], why: str
) -> None:
    path = census(child(details("2024-05-01", told_plan)))

    assert [fault] == refusals(path)
    assert why in reasons(path)[0]


def test_the_reviews_of_a_refused_plan_have_nothing_to_follow(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2024-05-01", plan("2024-04-30", None, "2024-07-01", "2024-12-02"))))

    assert [
        ("CPPstartDate", "2024-04-30"),
        ("CPPreviewDate", "2024-07-01"),
        ("CPPreviewDate", "2024-12-02"),
    ] == refusals(path)


def test_a_plan_of_a_refused_referral_has_nothing_to_follow(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2025-04-01", plan("2025-04-10"), in_need("2025-04-10"))))

    assert [("CINreferralDate", "2025-04-01")] * 3 == refusals(path)


def test_unknown_codes_are_kept_as_they_are_and_counted(census: Census, child: Write, details: Write) -> None:
    path = census(child(details("2024-05-01", plan("2024-06-20", category="XYZ", previous="some"))))
    data = told(path, "plan")[0].events[0].data

    assert {
        "InitialCategoryOfAbuse (no known code)": 1,
        "NumberOfPreviousCPP (not a number)": 1,
    } == not_used(path)
    assert ("XYZ", False) == (data["category"], "previous_plans" in data)


def test_of_two_plans_that_overlap_the_later_is_kept_back(
    census: Census, child: Write, details: Write, bring_in: BringIn, log: Log
) -> None:
    """The first ends on 2 December; the second would start in September."""
    report = bring_in(
        census(
            child(
                details(
                    "2024-05-01", plan("2024-06-20", "2024-12-02"), plan("2024-09-12", None, "2024-12-03")
                )
            )
        )
    )

    assert (4, 2, 0, 2) == tuple(
        report.totals()[name] for name in ("records", "accepted", "refused", "quarantined")
    )
    assert "was on a child protection plan from 2024-06-20 until 2024-12-02" in report.kept[0].reason
    assert ["PlanStarted", "PlanEnded"] == [
        event.type for event in log("C-1042") if event.episode_id.startswith("CPP")
    ]


def test_a_plan_may_start_on_the_day_another_ends(
    census: Census, child: Write, details: Write, bring_in: BringIn
) -> None:
    report = bring_in(
        census(child(details("2024-05-01", plan("2024-06-20", "2024-12-02"), plan("2024-12-02"))))
    )

    assert 3 == report.totals()["accepted"]


def test_reviews_within_the_census_year_are_judged(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    """Reviews are due by 20 September 2024, then by 18 March 2025; the second was held a day after that."""
    bring_in(census(child(details("2024-05-01", plan("2024-06-20", None, "2024-09-18", "2025-03-19")))))
    found = standings("C-1042", "2025-03-31")

    assert Standing.MET == found[FIRST, date(2024, 6, 20)]
    assert Standing.MET_LATE == found[NEXT, date(2024, 9, 18)]


def test_a_plan_without_a_review_by_the_reference_date_is_overdue(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(census(child(details("2024-05-01", plan("2024-06-20")))))

    assert Standing.OVERDUE == standings("C-1042", "2024-09-21")[FIRST, date(2024, 6, 20)]


def test_a_review_due_before_the_census_year_is_unknown(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    """From 10 January 2024 the first review was due by 10 April; one in March would be in last year's return."""
    bring_in(census(child(details("2023-05-01", plan("2024-01-10", None, "2024-04-18", "2024-09-12")))))
    found = standings("C-1042", "2025-03-31")

    assert Standing.UNKNOWN == found[FIRST, date(2024, 1, 10)]
    assert Standing.MET == found[NEXT, date(2024, 4, 18)]


def test_the_returns_of_two_years_together_leave_nothing_unknown_between_them(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    """Reviewed on 12 February 2024 and on 13 August, a day late; the later return is brought in first."""
    first = census(
        child(details("2023-05-01", plan("2023-11-20", None, "2024-02-12"))),
        reference="2024-03-31",
        name="2024.xml",
    )
    second = census(child(details("2023-05-01", plan("2023-11-20", None, "2024-08-13"))), name="2025.xml")
    bring_in(second, first)

    assert Standing.MET_LATE == standings("C-1042", "2025-03-31")[NEXT, date(2024, 2, 12)]


def test_a_year_left_out_between_two_returns_is_unknown(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    first = census(
        child(details("2022-05-01", plan("2022-11-21", None, "2023-02-13"))),
        reference="2023-03-31",
        name="2023.xml",
    )
    bring_in(first, census(child(details("2022-05-01", plan("2022-11-21", None, "2024-06-10")))))

    assert Standing.UNKNOWN == standings("C-1042", "2025-03-31")[NEXT, date(2023, 2, 13)]


def test_a_review_with_an_impossible_date_leaves_the_plans_reviews_in_doubt(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    """It may have been held on any day, and so in time."""
    wrong = plan("2024-06-20", None, "2024-02-31", "2025-03-10")
    bring_in(census(child(details("2024-05-01", wrong))))

    assert Standing.UNKNOWN == standings("C-1042", "2025-03-31")[FIRST, date(2024, 6, 20)]

    bring_in(census(child(details("2024-05-01", plan("2024-06-20", None, "2024-09-23", "2025-03-10")))))

    assert Standing.MET_LATE == standings("C-1042", "2025-03-31")[FIRST, date(2024, 6, 20)]


def test_without_a_reference_date_nobody_knows_of_which_year_the_reviews_are(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    told_plan = plan("2024-06-20", None, "2024-09-18", "2025-05-07")
    bring_in(census(child(details("2024-05-01", told_plan)), reference=None))
    found = standings("C-1042", "2025-06-30")

    assert Standing.MET == found[FIRST, date(2024, 6, 20)]
    assert Standing.UNKNOWN == found[NEXT, date(2024, 9, 18)]


def test_visits_core_groups_and_what_is_sent_round_are_unknown(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(census(child(details("2024-05-01", plan("2024-06-20", None, "2024-09-18")))))
    found = standings("C-1042", "2025-03-31")

    assert {Standing.UNKNOWN} == {
        found[name, date(2024, 6, 20)] for name in ("cp.coregroup.first.10wd", "local.cp.visit.10wd")
    }
    assert Standing.UNKNOWN == found["local.cp.minutes.20wd", date(2024, 9, 18)]


def test_a_plan_still_open_is_unknown_a_year_later(
    census: Census, child: Write, details: Write, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(census(child(details("2024-05-01", plan("2024-12-02", None, "2025-02-24")))))
    found = standings("C-1042", "2026-03-31")

    assert Standing.UNKNOWN == found[NEXT, date(2025, 2, 24)]
    assert Standing.OVERDUE not in found.values()


def test_a_child_in_need_plan(census: Census, child: Write, details: Write) -> None:
    path = census(
        child(details("2024-05-01", in_need("2024-06-20"), in_need("2024-05-03", "2024-06-03"))),
    )
    still, over = told(path, "child_in_need_plan")

    assert ["ChildInNeedPlanStarted", "SourceTold"] == [event.type for event in still.events]
    assert ["ChildInNeedPlanStarted", "ChildInNeedPlanEnded"] == [event.type for event in over.events]
    assert {"follows": "R-2024-05-01", "untold": list(UNTOLD_OF_CHILD_IN_NEED_PLAN)} == over.events[0].data
    assert "CINP-2024-05-03" == over.events[0].episode_id


def test_a_child_in_need_plan_of_one_day_is_queried_and_goes_in(
    census: Census, child: Write, details: Write, bring_in: BringIn
) -> None:
    report = bring_in(census(child(details("2024-05-01", in_need("2024-06-20", "2024-06-20")))))

    assert (2, 2) == (report.totals()["records"], report.totals()["accepted"])
    assert {"CINPlanDates that start and end on one day (query 4012Q)": 1} == report.totals()["not_used"]


def test_the_same_return_again_changes_nothing(
    census: Census, child: Write, details: Write, bring_in: BringIn
) -> None:
    path = census(
        child(
            details(
                "2023-05-01",
                plan("2023-06-20", None, "2024-05-13", "2024-06-31"),
                in_need("2023-05-03", "2023-06-03"),
            )
        )
    )
    bring_in(path)
    report = bring_in(path, at=datetime(2027, 5, 4, 9, tzinfo=UTC))

    assert (0, 4, 1) == tuple(report.totals()[name] for name in ("events", "unchanged", "refused"))
