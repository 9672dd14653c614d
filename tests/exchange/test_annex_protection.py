"""Annex A, lists 5 and 7: enquiries with their conferences, and child protection plans with their latest dates.

A workbook tells to the day before its latest date: that of a contact on 20 November 2026, unless a test says otherwise.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.exchange.reports import ImportReport
from caseclock.timers.event import Event
from caseclock.timers.timer import Standing

BringIn = Callable[..., ImportReport]
Log = Callable[[str], list[Event]]
Standings = Callable[[str, str], dict[tuple[str, date], Standing]]

ENQUIRIES = [
    "Child Unique ID",
    "Date of Birth",
    "Strategy discussion initiating Section 47 Enquiry Start Date",
    "Was an Initial Child Protection Conference deemed unnecessary?",
    "Date of Initial Child Protection Conference",
    "Did the Initial Child Protection Conference Result in a Child Protection Plan",
    "Allocated Team",
]
PLANS = [
    "Child Unique ID",
    "Date of Birth",
    "Child Protection Plan Start Date",
    "Initial Category of Abuse",
    "Date of the Last Statutory Visit",
    "Was the Child Seen Alone?",
    "Date of latest review conference",
    "Child Protection Plan End Date",
    "Number of Previous Child Protection Plans",
]
CONTACTS = ["Child Unique ID", "Date of Contact"]
ON_THE_LAST_DAY = [CONTACTS, [99, "20/11/2026"]]


@pytest.fixture
def enquiries(workbook: Callable[..., Path]) -> Callable[..., Path]:
    """Write a workbook with rows of list 5, whose first three columns are child 7, no date of birth, and the day."""

    def enquiries(*rows: list[object], name: str = "annex_a.xlsx") -> Path:
        written = [[7, None, *row] for row in rows]
        return workbook({"List 1": ON_THE_LAST_DAY, "List 5": [ENQUIRIES, *written]}, name)

    return enquiries


@pytest.fixture
def plans(workbook: Callable[..., Path]) -> Callable[..., Path]:
    """Write a workbook with plans of child 7: start, latest visit, latest review, end."""

    def plans(*rows: tuple[str | None, ...], latest: str = "20/11/2026", name: str = "annex_a.xlsx") -> Path:
        written = [
            [7, None, start, "Neglect", visit, "a) Yes", review, end, 0] for start, visit, review, end in rows
        ]
        return workbook({"List 1": [CONTACTS, [99, latest]], "List 7": [PLANS, *written]}, name)

    return plans


def records(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_annex_a(path, authority="thurrock", imported_at=datetime(2026, 11, 20, 9, tzinfo=UTC)))


def told(path: Path, kind: str) -> tuple[Event, ...]:
    (record,) = [record for record in records(path) if isinstance(record, Told) and record.kind == kind]
    return record.events


def refusals(path: Path) -> list[tuple[str, str | None, str | None]]:
    return [
        (record.row, record.column, record.value) for record in records(path) if isinstance(record, Refused)
    ]


def reasons(path: Path) -> list[str]:
    return [record.reason for record in records(path) if isinstance(record, Refused)]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in records(path) if isinstance(record, NotUsed)}


def test_an_enquiry_begins_with_the_discussion_that_initiated_it(enquiries: Callable[..., Path]) -> None:
    path = enquiries(["03/08/2026", "b) No", "24/08/2026", "a) Yes", "Unit 1"])
    discussed, started, until = told(path, "section_47")
    (held,) = told(path, "conference")

    assert ("StrategyDiscussionHeld", "Section47Started") == (discussed.type, started.type)
    assert {date(2026, 8, 3)} == {discussed.occurred.on, started.occurred.on}
    assert (True, "Unit 1") == (discussed.data["initiates_section_47"], discussed.data["team"])
    assert "StrategyDiscussionHeld" not in discussed.data["untold"]
    assert {"conference_id": "ICPC-2026-08-24", "outcome": "plan"} == held.data
    assert {"S47-2026-08-03"} == {event.episode_id for event in (discussed, started, held)}
    assert "2026-11-19" == until.data["until"]


@pytest.mark.parametrize(("answer", "outcome"), [("b) No", "no_plan"), (None, None), ("perhaps", None)])
def test_whether_a_plan_was_made_is_told_only_where_it_is_said(
    enquiries: Callable[..., Path], answer: str | None, outcome: str | None
) -> None:
    (held,) = told(enquiries(["03/08/2026", "No", "24/08/2026", answer, None]), "conference")

    assert outcome == held.data.get("outcome")


@pytest.mark.parametrize(
    ("row", "fault", "why"),
    [
        (["03/08/2026", "No", "23/08/2026"], ("23/08/2026", "2026-08-23"), "a Sunday"),
        (["03/08/2026", "No", "22/08/2026"], ("22/08/2026", "2026-08-22"), "a Saturday"),
        (["03/08/2026", "No", "31/07/2026"], ("31/07/2026", "2026-07-31"), "rule 8615"),
        (["03/08/2026", "No", "soon"], ("soon", "soon"), "not a date"),
        (["03/08/2026", "No", "23/11/2026"], ("23/11/2026", "2026-11-23"), "not happened yet"),
    ],
)
def test_a_conference_that_can_not_be_right_leaves_its_enquiry_in_doubt(
    enquiries: Callable[..., Path],
    bring_in: BringIn,
    standings: Standings,
    row: list[object],
    fault: tuple[str, str],
    why: str,
) -> None:
    path = enquiries([*row, "Yes", None])
    bring_in(path)

    assert [("List 5 row 2", "Date of Initial Child Protection Conference", fault[1])] == refusals(path)
    assert why in reasons(path)[0]
    assert Standing.UNKNOWN == standings("7", "2026-11-19")["cp.icpc.15wd", date(2026, 8, 3)]


def test_an_enquiry_without_its_day_is_refused_whole(enquiries: Callable[..., Path]) -> None:
    path = enquiries([None, "No", "24/08/2026", "Yes", None])

    assert [("List 5 row 2", ENQUIRIES[2], None)] == refusals(path)


def test_both_clocks_of_an_enquiry_are_known(
    enquiries: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    """From Monday 3 August 2026, fifteen working days end on Monday 24 August."""
    bring_in(
        enquiries(
            ["03/08/2026", "No", "24/08/2026", "Yes", None], ["07/09/2026", "No", "29/09/2026", "No", None]
        )
    )
    found = standings("7", "2026-11-19")

    assert Standing.MET == found["cp.icpc.15wd", date(2026, 8, 3)] == found["cp.icpc.stat", date(2026, 8, 3)]
    assert Standing.MET_LATE == found["cp.icpc.15wd", date(2026, 9, 7)]


@pytest.mark.parametrize(
    ("unnecessary", "stands"),
    [("b) No", Standing.OVERDUE), ("a) Yes", Standing.UNKNOWN), (None, Standing.UNKNOWN)],
)
def test_a_conference_is_awaited_only_where_it_was_not_deemed_unnecessary(
    enquiries: Callable[..., Path],
    bring_in: BringIn,
    standings: Standings,
    unnecessary: str | None,
    stands: Standing,
) -> None:
    bring_in(enquiries(["03/08/2026", unnecessary, None, None, None]))

    assert stands == standings("7", "2026-08-25")["cp.icpc.15wd", date(2026, 8, 3)]


def test_a_plan_with_its_latest_visit_and_review(plans: Callable[..., Path]) -> None:
    path = plans(("03/03/2026", "02/11/2026", "16/11/2026", None))
    started, until = told(path, "plan")
    (reviewed,), (seen,) = told(path, "review"), told(path, "visit")

    assert ("PlanStarted", "CPP-2026-03-03", "NEG", 0) == (
        started.type,
        started.episode_id,
        started.data["category"],
        started.data["previous_plans"],
    )
    latest = {"ReviewConferenceHeld": "2026-11-16", "ChildSeen": "2026-11-02"}
    assert latest == started.data["told_from"] == until.data["told_from"]
    assert {"conference_id": "RCPC-2026-11-16", "outcome": "continue"} == reviewed.data
    assert {"alone": True} == seen.data


def test_a_plan_that_ended_at_its_review(plans: Callable[..., Path]) -> None:
    path = plans(("03/03/2026", "02/11/2026", "16/11/2026", "16/11/2026"))

    assert "end" == told(path, "review")[0].data["outcome"]
    assert "PlanEnded" == told(path, "plan")[-1].type


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        (("03/03/2026", None, "03/03/2026", None), "Date of latest review conference", "rule 8841"),
        (("03/03/2026", None, "02/03/2026", None), "Date of latest review conference", "rule 8841"),
        (("03/03/2026", None, "11/06/2026", "10/06/2026"), "Date of latest review conference", "plan's end"),
        (("03/03/2026", None, None, "02/03/2026"), "Child Protection Plan End Date", "before"),
        (("03/03/2026", None, None, "03/03/2026"), "Child Protection Plan End Date", "rule 8840"),
        (("03/03/2026", "31/02/2026", None, None), "Date of the Last Statutory Visit", "not a date"),
        (("21/11/2026", None, None, None), "Child Protection Plan Start Date", "not happened yet"),
    ],
)
def test_what_can_not_be_right_of_a_plan_is_refused(
    plans: Callable[..., Path], row: tuple[str | None, ...], column: str, why: str
) -> None:
    path = plans(row)

    assert [column] == [at for _, at, _ in refusals(path)]
    assert why in reasons(path)[0]


def test_a_visit_outside_the_plan_is_counted_and_not_told_of_it(plans: Callable[..., Path]) -> None:
    path = plans(("03/03/2026", "25/09/2026", None, "17/09/2026"))

    assert {"List 7: Date of the Last Statutory Visit (outside the plan)": 1} == {
        what: count for what, count in not_used(path).items() if "Visit" in what
    }
    assert [] == refusals(path)


def test_an_unknown_category_is_kept_and_counted(workbook: Callable[..., Path]) -> None:
    row = [7, None, "03/03/2026", "Trafficking", None, None, None, None, "many"]
    path = workbook({"List 7": [PLANS, row]})

    assert "Trafficking" == told(path, "plan")[0].data["category"]
    assert {
        "List 7: Initial Category of Abuse (no known category)": 1,
        "List 7: Number of Previous Child Protection Plans (not a number)": 1,
    } == not_used(path)


def test_two_rows_of_one_plan_are_one_too_many(plans: Callable[..., Path]) -> None:
    path = plans(("03/03/2026", None, None, None), ("03/03/2026", None, None, "02/09/2026"))

    assert [("List 7 row 3", "Child Protection Plan Start Date", "03/03/2026")] == refusals(path)


def test_only_what_lies_behind_the_latest_review_is_judged(
    plans: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    """Reviewed on 4 May 2026, and not by 4 November; what was done between March and May nobody tells."""
    bring_in(plans(("03/12/2025", "02/11/2026", "04/05/2026", None)))
    found = standings("7", "2026-11-19")

    assert Standing.UNKNOWN == found["cp.review.first.3m", date(2025, 12, 3)]
    assert Standing.OVERDUE == found["cp.review.next.6m", date(2026, 5, 4)]


def test_only_what_lies_behind_the_latest_visit_is_judged(
    plans: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    """Seen on 2 November 2026: ten working days end on 16 November."""
    bring_in(plans(("03/03/2026", "02/11/2026", None, None)))
    found = standings("7", "2026-11-19")

    assert Standing.UNKNOWN == found["local.cp.visit.10wd", date(2026, 3, 3)]
    assert Standing.OVERDUE == found["local.cp.visit.10wd", date(2026, 11, 2)]


def test_a_blank_latest_date_is_no_breach(
    plans: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    bring_in(plans(("03/03/2026", None, None, None)))
    found = standings("7", "2026-11-19")

    assert (
        Standing.UNKNOWN
        == found["cp.review.first.3m", date(2026, 3, 3)]
        == found["local.cp.visit.10wd", date(2026, 3, 3)]
    )


def test_two_workbooks_half_a_year_apart_leave_unknown_what_lies_between(
    plans: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    """Reviews of February and November 2026 are told; there may have been another between the two workbooks."""
    first = plans(("03/12/2025", None, "23/02/2026", None), latest="27/03/2026", name="march.xlsx")
    bring_in(first, plans(("03/12/2025", None, "16/11/2026", None), name="november.xlsx"))
    found = standings("7", "2026-11-19")

    assert Standing.UNKNOWN == found["cp.review.next.6m", date(2026, 2, 23)]
    assert Standing.MET == found["cp.review.first.3m", date(2025, 12, 3)]


def test_a_plan_that_the_census_tells_too_is_one_plan_with_one_review(
    plans: Callable[..., Path],
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: BringIn,
    log: Log,
) -> None:
    written = (
        "<ChildProtectionPlans><CPPstartDate>2025-12-03</CPPstartDate>"
        "<InitialCategoryOfAbuse>PHY</InitialCategoryOfAbuse>"
        "<Reviews><CPPreviewDate>2026-02-23</CPPreviewDate></Reviews></ChildProtectionPlans>"
    )
    path = census(child(details("2025-11-03", written), case_id="7"), reference="2026-03-31")
    bring_in(plans(("03/12/2025", None, "23/02/2026", None), latest="27/03/2026"))
    report = bring_in(path)

    assert 0 == report.totals()["quarantined"]
    assert ["PlanStarted", "ReviewConferenceHeld"] == [
        event.type for event in log("7") if event.episode_id == "CPP-2025-12-03"
    ]
    assert 1 == report.totals()["not_used"]["plan: category, told otherwise before"]


def test_the_same_workbook_a_year_later_knows_no_more(
    plans: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    path = plans(("03/03/2026", "02/11/2026", "16/11/2026", None))
    bring_in(path)
    report = bring_in(path, at=datetime(2027, 11, 22, 9, tzinfo=UTC))

    assert 0 == report.totals()["events"]
    assert Standing.UNKNOWN == standings("7", "2027-11-19")["cp.review.next.6m", date(2026, 11, 16)]
