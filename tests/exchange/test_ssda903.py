"""A looked-after return of one year: its rows told as events of a period of care."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.reports import ImportReport
from caseclock.timers.event import Event

BringIn = Callable[..., ImportReport]
Log = Callable[[str], list[Event]]


def told(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.type, event.occurred.on.isoformat()) for event in events]


def data(events: list[Event], type_: str) -> list[dict[str, Any]]:
    return [dict(event.data) for event in events if event.type == type_]


def test_a_child_comes_into_care_moves_and_goes_home(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    report = bring_in(
        year(
            episodes=[
                "03/06/2024 S V2 U6 PR1 12/07/2024 X1",
                "12/07/2024 P V2 K2 PR4 02/09/2024 X1",
                "02/09/2024 L C2 K2 PR4 20/01/2025 E4A",
            ],
            reviews=["01/07/2024 PN1", "24/09/2024 PN2"],
        )
    )
    events = log("1001")

    assert [
        ("PeriodOfCareStarted", "2024-06-03"),
        ("PlacementStarted", "2024-06-03"),
        ("PlacementEnded", "2024-07-12"),
        ("PlacementStarted", "2024-07-12"),
        ("LegalStatusChanged", "2024-09-02"),
        ("PlacementEnded", "2025-01-20"),
        ("PeriodOfCareEnded", "2025-01-20"),
        ("ReviewHeld", "2024-07-01"),
        ("ReviewHeld", "2024-09-24"),
    ] == told(events)
    assert {"POC-2024-06-03"} == {event.episode_id for event in events}
    assert ["2024-06-03", "2024-07-12"] == [one["placement_id"] for one in data(events, "PlacementStarted")]
    assert [("foster", "own"), ("residential", "private")] == [
        (one["kind"], one["provider"]) for one in data(events, "PlacementStarted")
    ]
    assert [{"legal_status": "care_order"}] == data(events, "LegalStatusChanged")
    assert [{"reason": "returned_home", "code": "E4A"}] == data(events, "PeriodOfCareEnded")
    assert [
        {"review_id": "2024-07-01", "participation": "PN1"},
        {"review_id": "2024-09-24", "participation": "PN2"},
    ] == data(events, "ReviewHeld")
    assert report.is_clean


def test_a_record_is_a_row_and_beside_the_rows_a_period_of_care(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    folder = year(
        episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 X1", "12/07/2024 P V2 K2 PR4 - -"],
        reviews=["01/07/2024 PN1"],
        absences=["M 05/08/2024 07/08/2024"],
    )
    report = bring_in(folder)

    assert {
        "2024/episodes.csv": (3, 3),
        "2024/header.csv": (0, 0),
        "2024/missing.csv": (1, 1),
        "2024/reviews.csv": (1, 1),
    } == {file.file: (file.records, file.accepted) for file in report.files}
    assert {"ssda903"} == {file.kind for file in report.files}


def test_the_start_tells_the_birth_the_status_and_what_the_return_does_not_tell(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    bring_in(year(episodes=["03/06/2024 S C1 U6 PR1 - -"]))
    (start,) = data(log("1001"), "PeriodOfCareStarted")

    assert ("interim_care_order", "2010-02-19") == (start["legal_status"], start["date_of_birth"])
    assert {"ChildSeen", "CarePlanPrepared", "ReviewDecisionsIssued", "PermanencePlanAgreed"} <= set(
        start["untold"]
    )
    assert set() == {"ReviewHeld", "PlacementEnded", "PeriodOfCareEnded"} & set(start["untold"])
    assert "began_earlier" not in start


def test_events_are_known_from_their_own_day(year: Callable[..., Path], bring_in: BringIn, log: Log) -> None:
    bring_in(year(episodes=["03/06/2024 S C1 U6 PR1 - -"], reviews=["01/07/2024 PN1"]))

    assert all(event.recorded == event.occurred for event in log("1001"))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("03/06/2024 S V2 U4 PR1 - -", {"kind": "foster", "long_term": True, "place": "U4"}),
        ("03/06/2024 S E1 A6 PR1 - -", {"kind": "adoption", "place": "A6"}),
        ("03/06/2024 S V3 K2 PR1 - -", {"kind": "short_break", "place": "K2"}),
        ("03/06/2024 S V4 K2 PR1 - -", {"kind": "short_break", "place": "K2", "agreement": True}),
        ("03/06/2024 S C2 R5 PR3 - -", {"kind": "youth_detention", "place": "R5", "arranged_by": "others"}),
        ("03/06/2024 S C2 p1 pr0 - -", {"kind": "with_parents", "place": "P1", "provider": "parents"}),
    ],
)
def test_codes_become_the_words_of_placements(
    year: Callable[..., Path], bring_in: BringIn, log: Log, row: str, expected: dict[str, Any]
) -> None:
    bring_in(year(episodes=[row]))
    (placement,) = data(log("1001"), "PlacementStarted")

    assert expected.items() <= placement.items()


def test_a_status_that_stays_changes_nothing_and_a_new_one_leaves_the_placement(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    bring_in(
        year(
            episodes=[
                "03/06/2024 S V2 U6 PR1 12/07/2024 X1",
                "12/07/2024 L V2 U6 PR1 02/09/2024 X1",
                "02/09/2024 L C2 U6 PR1 - -",
            ]
        )
    )

    assert [("LegalStatusChanged", "2024-09-02")] == told(log("1001"))[2:]


def test_a_temporary_move_leaves_the_placement_as_it_was(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    """Seven weeks in hospital, and back to the same carers."""
    bring_in(
        year(
            episodes=[
                "03/06/2024 S V2 U6 PR1 12/07/2024 X1",
                "12/07/2024 P V2 T1 - 30/08/2024 X1",
                "30/08/2024 P V2 U6 PR1 - -",
            ]
        )
    )
    events = log("1001")

    assert [("TemporaryMoveStarted", "2024-07-12"), ("TemporaryMoveEnded", "2024-08-30")] == told(events)[2:]
    assert [{"move_id": "2024-07-12", "place": "T1", "kind": "hospital"}] == data(
        events, "TemporaryMoveStarted"
    )


def test_a_temporary_move_that_leads_elsewhere_ends_the_placement(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    bring_in(
        year(
            episodes=[
                "03/06/2024 S V2 U6 PR1 12/07/2024 X1",
                "12/07/2024 P V2 T4 - 15/07/2024 X1",
                "15/07/2024 P V2 K2 PR1 - -",
            ]
        )
    )

    assert [
        ("TemporaryMoveStarted", "2024-07-12"),
        ("TemporaryMoveEnded", "2024-07-15"),
        ("PlacementEnded", "2024-07-15"),
        ("PlacementStarted", "2024-07-15"),
    ] == told(log("1001"))[2:]


def test_a_child_missing_from_care_has_an_episode_of_its_own(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    bring_in(
        year(
            episodes=["03/06/2024 S V2 U6 PR1 - -"],
            absences=["M 05/08/2024 07/08/2024", "A 20/08/2024 -"],
        )
    )
    events = log("1001")

    assert [
        ("ChildMissing", "2024-08-05"),
        ("ChildReturned", "2024-08-07"),
        ("ChildMissing", "2024-08-20"),
    ] == told(events)[2:]
    assert [("missing", "POC-2024-06-03"), ("away", "POC-2024-06-03")] == [
        (one["kind"], one["follows"]) for one in data(events, "ChildMissing")
    ]
    assert ["MIS-2024-08-05", "MIS-2024-08-05", "MIS-2024-08-20"] == [e.episode_id for e in events[2:]]


def test_what_is_not_read_is_counted_by_file_and_column(year: Callable[..., Path], bring_in: BringIn) -> None:
    folder = year(episodes=["03/06/2024 S V2 U6 PR1 - -"])
    (folder / "oc2.csv").write_text("CHILD,DOB,SDQ_SCORE,CONVICTED\n1001,19/02/2010,12,\n", "utf-8")
    (folder / "ad1.csv").write_text("CHILD,DOB,DATE_INT\n", "utf-8")
    report = bring_in(folder)

    assert {"header: SEX": 1, "header: ETHNIC": 1, "oc2: SDQ_SCORE": 1} == report.totals()["not_used"]
    assert report.is_clean


def test_a_period_that_goes_on_by_its_last_row_goes_on(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    """X1 says that another episode began that day; it is not told yet."""
    report = bring_in(year(episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 X1"]))

    assert ["PeriodOfCareStarted", "PlacementStarted"] == [event.type for event in log("1001")]
    assert 1 == report.totals()["not_used"]["episodes: REC X1, and no episode follows"]


def test_a_review_on_the_day_care_starts_and_on_the_day_it_ends_was_held_in_care(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    report = bring_in(
        year(
            episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 E4A"],
            reviews=["03/06/2024 PN1", "12/07/2024 PN1"],
        )
    )

    assert ["2024-06-03", "2024-07-12"] == [one["review_id"] for one in data(log("1001"), "ReviewHeld")]
    assert report.is_clean


def test_care_that_starts_anew_on_the_day_it_ended_is_another_period(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    bring_in(
        year(episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 E4A", "12/07/2024 S L2 U6 PR1 - -"]),
    )

    assert [date(2024, 6, 3), date(2024, 7, 12)] == [
        event.occurred.on for event in log("1001") if event.type == "PeriodOfCareStarted"
    ]
