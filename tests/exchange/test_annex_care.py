"""Annex A, list 8: looked-after children, with the latest of each thing. The workbook tells to 19 November 2026."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.timers.event import Event

Care = Callable[..., Path]


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
        "List 8: Date of Latest Statutory Review (outside the period of care)": 1,
        "List 8: Date of Last Social Work Visit (outside the period of care)": 1,
        "List 8: Date of Last Dental Check (outside the period of care)": 1,
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
