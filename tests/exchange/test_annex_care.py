"""Annex A, list 8: looked-after children, with the latest of each thing. The workbook tells to 19 November 2026."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.exchange.reports import ImportReport
from caseclock.timers.event import Event
from caseclock.timers.timer import Standing

BringIn = Callable[..., ImportReport]
Care = Callable[..., Path]
Standings = Callable[[str, str], dict[tuple[str, date], Standing]]

COLUMNS = {
    "child": "Child Unique ID",
    "born": "Date of Birth",
    "on": "Date Started to be Looked After",
    "status_on": "Start date of current legal status",
    "status": "Child's Legal Status",
    "review": "Date of Latest Statutory Review",
    "visit": "Date of Last Social Work Visit",
    "iro": "Date of Last IRO Visit / Contact to the Child",
    "health": "Date of Last Health Assessment",
    "dental": "Date of Last Dental Check",
    "end": "Date Ceased to be Looked After",
    "reason": "Reason Ceased to be Looked After",
    "placed_on": "Start Date of Most Recent Placement",
    "place": "Placement Type",
    "provider": "Placement Provider",
}
#: looked after since Monday 2 March 2026 under section 20, in one foster placement since
CHILD: dict[str, object] = {
    "child": 7,
    "born": "27/03/2015",
    "on": "02/03/2026",
    "status_on": "02/03/2026",
    "status": "c) V2: Single period of accommodation under section 20",
    "placed_on": "02/03/2026",
    "place": "f) U6: Foster placement - not FFA",
    "provider": "b) PR1 - Own provision",
}
START = date(2026, 3, 2)


@pytest.fixture
def care(workbook: Callable[..., Path]) -> Care:
    """Write a workbook with list 8: one row a child, whose cells differ as said from those of `CHILD`."""

    def care(*rows: dict[str, object], name: str = "annex_a.xlsx") -> Path:
        written = [[(CHILD | row).get(column) for column in COLUMNS] for row in rows]
        contacts = [["Child Unique ID", "Date of Contact"], [99, "20/11/2026"]]
        return workbook({"List 1": contacts, "List 8": [list(COLUMNS.values()), *written]}, name)

    return care


def records(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_annex_a(path, authority="thurrock", imported_at=datetime(2026, 11, 20, 9, tzinfo=UTC)))


def told(path: Path) -> dict[str, Event]:
    """Give the events of the child, by type, without what says how far the workbook tells."""
    found = [event for one in records(path) if isinstance(one, Told) for event in one.events]
    return {event.type: event for event in found if event.type != "SourceTold" and event.case_id == "7"}


def data(path: Path, event_type: str) -> dict[str, Any]:
    return dict(told(path)[event_type].data)


def refusals(path: Path) -> list[tuple[str | None, str]]:
    return [(one.column, one.reason) for one in records(path) if isinstance(one, Refused)]


def not_used(path: Path) -> dict[str, int]:
    return {one.what: one.count for one in records(path) if isinstance(one, NotUsed)}


def test_each_dated_thing_of_a_row_is_a_record(care: Care) -> None:
    path = care(
        {
            "review": "03/08/2026",
            "visit": "02/11/2026",
            "health": "27/03/2026",
            "dental": "05/06/2026",
            "end": "16/11/2026",
            "reason": "k) E47: Special Guardianship Orders - relative/friend",
        }
    )

    assert [
        "period_of_care",
        "placement",
        "review",
        "visit",
        "health_assessment",
        "dental_check",
        "end_of_care",
    ] == [one.kind for one in records(path) if isinstance(one, Told) and one.case_id == "7"]
    assert {"POC-2026-03-02"} == {event.episode_id for event in told(path).values()}
    assert {"reason": "special_guardianship", "code": "E47"} == data(path, "PeriodOfCareEnded")


def test_the_period_says_under_which_status_it_began_and_what_is_told_of_it(care: Care) -> None:
    period = data(care({"review": "03/08/2026", "visit": "02/11/2026"}), "PeriodOfCareStarted")

    assert ("section_20", "2015-03-27") == (period["legal_status"], period["date_of_birth"])
    assert {"ReviewHeld": "2026-08-03", "ChildSeen": "2026-11-02"} == period["told_from"]
    assert {
        "HealthAssessmentCompleted",
        "DentalCheckCompleted",
        "CarePlanPrepared",
        "ReviewDecisionsIssued",
        "PlacementEnded",
    } <= set(period["untold"])
    assert not {"ReviewHeld", "ChildSeen", "PlacementStarted"} & set(period["untold"])


def test_a_status_that_changed_since_says_nothing_of_the_one_before(care: Care) -> None:
    path = care({"status_on": "06/07/2026", "status": "C2: FCO"})

    assert "legal_status" not in data(path, "PeriodOfCareStarted")
    assert {"legal_status": "care_order"} == data(path, "LegalStatusChanged")
    assert date(2026, 7, 6) == told(path)["LegalStatusChanged"].occurred.on


@pytest.mark.parametrize(
    ("place", "told_of_it"),
    [
        ("f) U6: Foster placement - not FFA", {"kind": "foster", "long_term": False}),
        ("d) U4: Foster placement - long term", {"kind": "foster", "long_term": True}),
        ("a) U1: Foster placement - relatives", {"kind": "connected_person", "long_term": True}),
        ("K2", {"kind": "residential"}),
        ("P1: Placed with own parents", {"kind": "with_parents"}),
    ],
)
def test_the_latest_placement(care: Care, place: str, told_of_it: dict[str, object]) -> None:
    placement = data(care({"place": place}), "PlacementStarted")

    assert {"placement_id": "2026-03-02", "provider": "own", **told_of_it} == {
        name: value for name, value in placement.items() if name != "place"
    }


def test_a_temporary_move_and_an_unknown_type_are_no_placement(care: Care) -> None:
    for place, why in {"T1": "a temporary move", "X9: Elsewhere": "no known code"}.items():
        path = care({"place": place})

        assert "PlacementStarted" not in told(path)
        assert 1 == not_used(path)[f"List 8: Placement Type ({why})"]


@pytest.mark.parametrize(
    ("changed", "column", "why"),
    [
        ({"on": "26/03/2015"}, "Date Started to be Looked After", "before the date of birth"),
        ({"on": None}, "Date Started to be Looked After", "is missing"),
        ({"on": "23/11/2026"}, "Date Started to be Looked After", "not happened yet"),
        ({"end": "27/02/2026"}, "Date Ceased to be Looked After", "before"),
        ({"end": "01/06/2026", "status_on": "02/06/2026"}, "Start date of current legal status", "after"),
        ({"placed_on": "27/02/2026"}, "Start Date of Most Recent Placement", "before the start of care"),
        (
            {"end": "01/06/2026", "placed_on": "02/06/2026"},
            "Start Date of Most Recent Placement",
            "end of care",
        ),
        ({"review": "30/02/2026"}, "Date of Latest Statutory Review", "not a date"),
        ({"visit": "23/11/2026"}, "Date of Last Social Work Visit", "not happened yet"),
        ({"health": "soon"}, "Date of Last Health Assessment", "not a date"),
    ],
)
def test_what_can_not_be_right_is_refused_with_its_reason(
    care: Care, changed: dict[str, object], column: str, why: str
) -> None:
    ((at, reason),) = refusals(care(changed))

    assert column == at
    assert why in reason


def test_what_lies_outside_the_period_is_counted_and_not_told_of_it(care: Care) -> None:
    path = care({"review": "02/02/2026", "visit": "09/02/2026", "dental": "05/01/2026"})

    assert not {"ReviewHeld", "ChildSeen", "DentalCheckCompleted"} & set(told(path))
    assert {
        f"List 8: {COLUMNS[name]} (outside the period of care)": 1 for name in ("review", "visit", "dental")
    } == not_used(path)


def test_unknown_codes_are_counted(care: Care) -> None:
    path = care({"status": "X9: Something else", "end": "16/11/2026", "reason": "Moved on"})

    assert {
        "List 8: Child's Legal Status (no known code)": 1,
        "List 8: Reason Ceased to be Looked After (no known code)": 1,
    } == not_used(path)
    assert {} == data(path, "PeriodOfCareEnded")


def test_the_iro_visit_is_counted_since_no_process_knows_it(care: Care) -> None:
    assert {"List 8: Date of Last IRO Visit / Contact to the Child": 1} == not_used(
        care({"iro": "02/11/2026"})
    )


def test_an_early_latest_review_shows_that_the_first_was_in_time(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    """Twenty working days from Monday 2 March 2026 end on Monday 30 March."""
    bring_in(care({"review": "30/03/2026"}))

    assert Standing.MET == standings("7", "2026-11-19")["cla.review.first.20wd", START]


def test_a_late_latest_review_does_not_show_that_the_first_was_late(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(care({"review": "31/03/2026"}))

    assert Standing.UNKNOWN == standings("7", "2026-11-19")["cla.review.first.20wd", START]


def test_the_latest_review_may_be_the_first_so_only_six_months_make_a_breach(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    """From 30 March 2026 three months end on 30 June, six on 30 September."""
    bring_in(care({"review": "30/03/2026"}))
    found = standings("7", "2026-11-19")

    assert Standing.OVERDUE == found["cla.review.next.6m", date(2026, 3, 30)]
    assert "cla.review.second.3m" not in {name for name, _ in found}
    assert Standing.OVERDUE not in {
        stands for (name, _), stands in standings("7", "2026-07-15").items() if "review" in name
    }


def test_a_visit_in_the_first_week_is_met_and_a_later_one_leaves_it_unknown(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(care({"visit": "09/03/2026"}, {"child": 8, "visit": "10/03/2026"}))

    assert Standing.MET == standings("7", "2026-11-19")["cla.visit.first.1w", START]
    assert Standing.UNKNOWN == standings("8", "2026-11-19")["cla.visit.first.1w", START]


def test_no_visit_since_the_child_moved_is_a_breach(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    """Last seen on 2 October; the child moved on 5 October 2026, and was to be seen by 12 October."""
    bring_in(care({"visit": "02/10/2026", "placed_on": "05/10/2026"}))

    assert Standing.OVERDUE == standings("7", "2026-11-19")["cla.visit.first.1w", date(2026, 10, 5)]


def test_six_weeks_after_the_latest_visit(care: Care, bring_in: BringIn, standings: Standings) -> None:
    """Six weeks from 7 October 2026 end on 18 November, within what the workbook tells; from 9 October on the 20th."""
    bring_in(care({"visit": "07/10/2026"}, {"child": 8, "visit": "09/10/2026"}))

    assert Standing.OVERDUE == standings("7", "2026-11-19")["cla.visit.year1.6w", date(2026, 10, 7)]
    assert Standing.UNKNOWN == standings("8", "2027-11-19")["cla.visit.year1.6w", date(2026, 10, 9)]


@pytest.mark.parametrize(
    ("place", "timescale", "stands"),
    [
        ("U6", "cla.visit.year1.6w", Standing.OVERDUE),  # not meant to last: six weeks throughout
        ("K2", "cla.visit.year1.6w", Standing.UNKNOWN),  # whether it is meant to last is not told
        ("U4", "cla.visit.perm.3m", Standing.UNKNOWN),  # whether the child agrees to six months is not told
    ],
)
def test_after_a_year_the_interval_hangs_on_what_the_list_does_not_tell(
    care: Care, bring_in: BringIn, standings: Standings, place: str, timescale: str, stands: Standing
) -> None:
    long_ago = {"on": "03/03/2025", "status_on": "03/03/2025", "placed_on": "03/03/2025"}
    bring_in(care({**long_ago, "place": place, "visit": "03/08/2026"}))

    assert stands == standings("7", "2026-11-19")[timescale, date(2026, 8, 3)]


def test_health_and_teeth(care: Care, bring_in: BringIn, standings: Standings) -> None:
    """The child is eleven: an assessment within twenty working days was in time; teeth are checked once a year."""
    bring_in(
        care({"on": "01/09/2025", "status_on": "01/09/2025", "health": "29/09/2025", "dental": "13/10/2025"})
    )
    found = standings("7", "2026-11-19")

    assert Standing.MET == found["cla.iha.20wd", date(2025, 9, 1)]
    assert Standing.OVERDUE == found["cla.rha.5plus.12m", date(2025, 9, 29)]
    assert Standing.OVERDUE == found["cla.dental.12m", date(2025, 10, 13)]


def test_an_assessment_of_before_the_period_may_have_been_accepted_for_it(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(care({"health": "09/02/2026"}))

    assert Standing.UNKNOWN == standings("7", "2026-11-19")["cla.iha.20wd", START]


@pytest.mark.parametrize(
    "changed",
    [
        {},  # nothing but the period and the placement is told
        {"status": None, "review": "30/03/2026", "visit": "09/03/2026"},
        {"status": "X9", "review": "30/03/2026", "visit": "09/03/2026"},
        {"status_on": None, "review": "30/03/2026", "visit": "09/03/2026"},
        {"place": "T1", "review": "30/03/2026", "visit": "09/03/2026"},
        {"placed_on": "27/02/2026", "review": "30/03/2026", "visit": "09/03/2026"},
        {"status": "C1: ICO", "place": "P1", "visit": "09/03/2026"},  # weekly until a review that is not told
        {"status": "E1: Placement order", "place": "A3", "visit": "09/03/2026"},
        {"status": "V4", "visit": "09/03/2026", "placed_on": "05/10/2026"},  # one break of a series
        {"review": "30/02/2026", "visit": "30/02/2026"},
    ],
)
def test_what_can_not_be_told_is_no_breach(
    care: Care, bring_in: BringIn, standings: Standings, changed: dict[str, object]
) -> None:
    bring_in(care(changed))

    assert Standing.OVERDUE not in standings("7", "2026-11-19").values()


def test_a_year_after_the_workbook_nothing_more_is_overdue(
    care: Care, bring_in: BringIn, standings: Standings
) -> None:
    bring_in(
        care({"review": "16/11/2026", "visit": "16/11/2026", "health": "16/11/2026", "dental": "16/11/2026"})
    )

    assert {Standing.UNKNOWN, Standing.RUNNING} >= {
        stands for (_, on), stands in standings("7", "2027-11-19").items() if on == date(2026, 11, 16)
    }
    assert Standing.OVERDUE not in standings("7", "2027-11-19").values()


def test_care_that_ended_ends_its_duties(care: Care, bring_in: BringIn, standings: Standings) -> None:
    """Seen on 1 June 2026; six weeks end on 13 July, after the child had gone home."""
    bring_in(care({"visit": "01/06/2026", "end": "10/07/2026", "reason": "E4A: Returned home"}))

    assert Standing.VOID == standings("7", "2026-11-19")["cla.visit.year1.6w", date(2026, 6, 1)]


def test_one_day_of_respite_goes_in_whole(care: Care, bring_in: BringIn) -> None:
    report = bring_in(care({"status": "V3", "placed_on": "02/03/2026", "end": "02/03/2026", "reason": "E4A"}))

    assert (4, 0, 0) == tuple(report.totals()[name] for name in ("accepted", "refused", "quarantined"))


def test_the_same_workbook_again_changes_nothing(care: Care, bring_in: BringIn) -> None:
    path = care({"review": "30/03/2026", "visit": "31/06/2026"}, {"child": 8, "on": "01/01/2014"})
    bring_in(path)
    report = bring_in(path, at=datetime(2027, 11, 22, 9, tzinfo=UTC))

    assert (0, 2) == (report.totals()["events"], report.totals()["refused"])


def test_the_looked_after_return_and_annex_a_tell_of_one_period(
    care: Care, tmp_path: Path, bring_in: BringIn, standings: Standings
) -> None:
    """Both tell the placement of 2 March and the review of 27 March 2026; each counts once."""
    folder = tmp_path / "ssda903"
    folder.mkdir()
    (folder / "header.csv").write_text(
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n7,1,27/03/2015,WBRI,,,\n", "utf-8"
    )
    (folder / "episodes.csv").write_text(
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
        "7,02/03/2026,S,V2,N1,U6,PR1,,,,,,\n",
        "utf-8",
    )
    (folder / "reviews.csv").write_text(
        "CHILD,DOB,REVIEW,REVIEW_CODE\n7,27/03/2015,27/03/2026,PN1\n", "utf-8"
    )
    bring_in(folder)
    report = bring_in(care({"review": "27/03/2026"}))
    found = standings("7", "2026-11-19")

    assert 0 == report.totals()["quarantined"]
    assert 1 == sum(name == "cla.visit.first.1w" for name, _ in found)
    assert Standing.MET == found["cla.review.first.20wd", START]
