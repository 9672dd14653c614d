"""Looked-after returns of several years: together, one after the other, and where they begin in the middle."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from accounts import NOW, outcomes

from caseclock.exchange.importing import import_files
from caseclock.exchange.reports import ImportReport
from caseclock.store.memory import InMemoryStore
from caseclock.timers.event import Event
from caseclock.timers.timer import BREACHED_STANDINGS
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, asked, positions

BringIn = Callable[..., ImportReport]
Log = Callable[[str], list[Event]]

SAMPLES = Path(str(files("caseclock") / "samples" / "ssda903"))


def told(events: list[Event]) -> list[tuple[str, str]]:
    return sorted((event.occurred.on.isoformat(), event.type) for event in events)


def standing(engine: Engine, as_at: date, timescale: str) -> list[Position]:
    with engine.store.snapshot() as unit:
        found = positions(engine, unit, asked(now=NOW, as_at=as_at), authority="thurrock")
        of_timescale = [position for position in found if position.timer.timescale == timescale]
        return sorted(of_timescale, key=lambda position: position.timer.started_on)


def test_a_period_is_rebuilt_across_years_given_in_one_go(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    report = bring_in(
        year("2023", episodes=["05/02/2024 S V2 U6 PR1 - -"], reviews=["01/03/2024 PN1"]),
        year(
            "2024",
            episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 X1", "12/07/2024 P V2 K2 PR4 - -"],
            reviews=["23/05/2024 PN1"],
        ),
    )

    assert (6, 0, 0, 0) == outcomes(report)
    assert [
        ("2024-02-05", "PeriodOfCareStarted"),
        ("2024-02-05", "PlacementStarted"),
        ("2024-03-01", "ReviewHeld"),
        ("2024-05-23", "ReviewHeld"),
        ("2024-07-12", "PlacementEnded"),
        ("2024-07-12", "PlacementStarted"),
    ] == told(log("1001"))


@pytest.mark.parametrize("at_once", [True, False])
def test_years_one_after_the_other_tell_the_same_as_in_one_go(
    year: Callable[..., Path], bring_in: BringIn, log: Log, at_once: bool
) -> None:
    """The return of 2024 begins in the middle of a period; that of 2023 has told its start."""
    years = (
        year("2023", episodes=["05/02/2024 S V2 U6 PR1 20/03/2024 X1", "20/03/2024 L C1 U6 PR1 - -"]),
        year(
            "2024",
            episodes=["20/03/2024 L C1 U6 PR1 12/07/2024 X1", "12/07/2024 P C1 K2 PR4 02/09/2024 E4A"],
            reviews=["23/05/2024 PN1"],
        ),
    )
    if at_once:
        bring_in(*years)
    else:
        for one in years:
            bring_in(one)

    assert [
        ("2024-02-05", "PeriodOfCareStarted"),
        ("2024-02-05", "PlacementStarted"),
        ("2024-03-20", "LegalStatusChanged"),
        ("2024-05-23", "ReviewHeld"),
        ("2024-07-12", "PlacementEnded"),
        ("2024-07-12", "PlacementStarted"),
        ("2024-09-02", "PeriodOfCareEnded"),
        ("2024-09-02", "PlacementEnded"),
    ] == told(log("1001"))
    assert {"POC-2024-02-05"} == {event.episode_id for event in log("1001")}


def test_the_same_years_again_change_nothing(year: Callable[..., Path], bring_in: BringIn) -> None:
    years = (
        year("2023", episodes=["05/02/2024 S V2 U6 PR1 - -"], absences=["M 06/02/2024 -"]),
        year(
            "2024", episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 E4A"], absences=["M 06/02/2024 08/02/2024"]
        ),
    )
    first = bring_in(*years)
    second = bring_in(*years)
    third = bring_in(years[0])

    assert (4, 0, 0, 1) == outcomes(first)
    assert (0, 0, 0, 5) == outcomes(second)
    assert (0, 0, 0, 3) == outcomes(third)


def test_rows_told_twice_are_one_fact(year: Callable[..., Path], bring_in: BringIn, log: Log) -> None:
    stay, review = "05/02/2024 S V2 U6 PR1 12/07/2024 E4A", "01/03/2024 PN1"
    report = bring_in(
        year("2023", episodes=[stay, stay], reviews=[review]),
        year("2024", episodes=[stay], reviews=[review, review]),
    )

    assert (3, 0, 0, 4) == outcomes(report)
    assert 5 == len(log("1001"))


@pytest.mark.parametrize(
    ("again", "column", "otherwise"),
    [
        ("05/02/2024 S V2 U6 PR1 13/07/2024 E4A", "DEC", "has DEC 12/07/2024 (2023/episodes.csv row 2)"),
        ("05/02/2024 S V2 U6 PR1 12/07/2024 E4B", "REC", "has REC E4A"),
        ("05/02/2024 S C2 U6 PR1 12/07/2024 E4A", "LS", "has LS V2"),
        ("05/02/2024 S V2 K2 PR1 12/07/2024 E4A", "PLACE", "has PLACE U6"),
        ("05/02/2024 P V2 U6 PR1 12/07/2024 E4A", "RNE", "has RNE S"),
    ],
)
def test_a_year_that_contradicts_the_year_before_is_refused(
    year: Callable[..., Path], bring_in: BringIn, again: str, column: str, otherwise: str
) -> None:
    report = bring_in(
        year("2023", episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 E4A"]), year("2024", episodes=[again])
    )
    (refused,) = report.refusals

    assert (2, 1, 0, 0) == outcomes(report)
    assert ("2024/episodes.csv", column) == (refused.file, refused.column)
    assert otherwise in refused.reason


def test_a_contradiction_that_comes_later_is_kept(year: Callable[..., Path], bring_in: BringIn) -> None:
    bring_in(year("2023", episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 E4A"]))
    report = bring_in(year("2024", episodes=["05/02/2024 S V2 U6 PR1 13/07/2024 E4A"]))

    assert (1, 0, 1, 0) == outcomes(report)  # the period is told further
    assert "is taken by PlacementEnded of 2024-07-12 with other content" in report.kept[0].reason


def test_a_review_told_with_another_code_is_refused(year: Callable[..., Path], bring_in: BringIn) -> None:
    report = bring_in(
        year("2023", episodes=["05/02/2024 S V2 U6 PR1 - -"], reviews=["01/03/2024 PN1"]),
        year("2024", reviews=["01/03/2024 PN2"]),
    )

    assert (3, 1, 0, 0) == outcomes(report)
    assert "2023/reviews.csv row 2 has PN1 for the same review" in report.refusals[0].reason


def test_a_period_that_began_before_the_return_has_no_first_review_to_judge(
    year: Callable[..., Path], bring_in: BringIn, log: Log, engine: Engine
) -> None:
    bring_in(
        year(
            episodes=["03/06/2024 P C2 U6 PR1 - -"],
            reviews=["01/07/2024 PN1", "30/12/2024 PN1", "30/06/2025 PN1"],
        )
    )
    start = log("1001")[0]

    assert ("PeriodOfCareStarted", date(2024, 6, 3), True) == (
        start.type,
        start.occurred.on,
        start.data["began_earlier"],
    )
    assert [] == standing(engine, date(2025, 7, 1), "cla.review.first.20wd")
    assert [] == standing(engine, date(2025, 7, 1), "cla.review.second.3m")
    assert [(date(2025, 1, 1), "met"), (date(2025, 6, 30), "met"), (date(2025, 12, 30), "running")] == [
        (position.timer.due_on, str(position.standing))
        for position in standing(engine, date(2025, 7, 1), "cla.review.next.6m")
    ]


def test_what_is_told_of_the_first_placement_known_depends_on_what_began(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    """A change of legal status leaves the placement as it was, so it began earlier; a move begins another."""
    year(episodes=["03/06/2024 L C2 U6 PR1 - -"])
    year(child="1002", episodes=["03/06/2024 P C2 U6 PR1 - -"])
    bring_in(year(child="1003", episodes=["03/06/2024 P V4 U6 PR1 - -"]))

    assert [True, None, True] == [
        event.data.get("began_earlier")
        for child in ("1001", "1002", "1003")
        for event in log(child)
        if event.type == "PlacementStarted"
    ]


def test_a_gap_between_episodes_ends_one_period_and_leaves_the_start_of_the_next_unknown(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    bring_in(
        year(episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 X1", "15/07/2024 P V2 K2 PR4 - -"]),
    )
    periods: list[dict[str, Any]] = [
        {"id": event.episode_id, **event.data}
        for event in log("1001")
        if event.type in ("PeriodOfCareStarted", "PeriodOfCareEnded")
    ]

    assert [
        ("POC-2024-02-05", None, None),
        ("POC-2024-02-05", "not_told", None),
        ("POC-2024-07-15", None, True),
    ] == [(told["id"], told.get("reason"), told.get("began_earlier")) for told in periods]


def test_an_earlier_year_brought_in_after_a_later_one_is_kept_with_what_to_do(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    bring_in(year("2024", episodes=["12/07/2024 P V2 K2 PR4 - -"]))
    report = bring_in(year("2023", episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 X1"]), year("2024"))

    assert 0 == report.totals()["refused"]
    assert all("Bring the years in together, or the earliest first" in row.reason for row in report.kept)


def test_what_a_live_system_has_told_is_not_told_anew(
    year: Callable[..., Path], bring_in: BringIn, log: Log, lines: Callable[..., Path]
) -> None:
    """The same period under the live system's own name, its end told by the return alone."""
    bring_in(
        lines(
            {
                "type": "PeriodOfCareStarted",
                "occurred_at": "2024-02-05T11:30:00+00:00",
                "recorded_at": "2024-02-05T16:00:00+00:00",
                "episode_id": "LAC-7",
                "case_id": "1001",
                "data": {"legal_status": "section_20", "date_of_birth": "2010-02-19"},
            }
        )
    )
    report = bring_in(
        year(episodes=["05/02/2024 S V2 U6 PR1 12/07/2024 E4A"], reviews=["01/03/2024 PN1"]),
    )

    assert [] == [row.reason for row in report.kept]
    assert (3, 0, 0, 0) == outcomes(report)
    assert {"LAC-7"} == {event.episode_id for event in log("1001")}
    assert [
        "PeriodOfCareStarted",
        "PlacementStarted",
        "PlacementEnded",
        "PeriodOfCareEnded",
        "ReviewHeld",
    ] == [event.type for event in log("1001")]


@pytest.mark.slow
def test_nothing_the_return_does_not_tell_becomes_a_breach() -> None:
    """Only reviews, and the length of stays in short breaks, can be judged by what it tells."""
    engine = Engine(InMemoryStore())
    import_files([SAMPLES], engine=engine, authority="anywhere", imported_at=NOW)
    with engine.store.snapshot() as unit:
        breached = {
            position.timer.timescale
            for position in positions(engine, unit, asked(now=NOW), authority="anywhere")
            if position.standing in BREACHED_STANDINGS
        }

    assert {
        "adoption.review.placed.3m",
        "adoption.review.placed.4w",
        "adoption.review.placed.6m",
        "adoption.review.unplaced.3m",
        "cla.review.first.20wd",
        "cla.review.next.6m",
        "cla.review.second.3m",
        "cla.shortbreak.limits",
        "cla.shortbreak.review",
        "cla.shortbreak.stay.17d",
    } == breached


@pytest.mark.slow
def test_the_sample_years_tell_the_same_together_and_one_after_the_other() -> None:
    """But for four children whose episodes overlap or leave a gap: only together can it be seen."""

    def brought_in(*calls: list[Path]) -> dict[str, set[tuple[str, date]]]:
        engine = Engine(InMemoryStore())
        for paths in calls:
            import_files(paths, engine=engine, authority="anywhere", imported_at=NOW)
        with engine.store.snapshot() as unit:
            return {
                case_id: {(event.event_id, event.occurred.on) for event in unit.events("anywhere", case_id)}
                for _, case_id in unit.case_ids("anywhere")
            }

    together = brought_in([SAMPLES])
    yearly = brought_in(*([SAMPLES / name] for name in ("2019", "2020", "2021")))

    assert 362 == len(together)
    assert {"359195", "687605", "718139", "92150"} == {
        child for child in together if together[child] != yearly.get(child)
    }
