"""How far looked-after returns tell: what lies before, between and behind them is unknown, and never a breach."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.reports import ImportReport
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions

BringIn = Callable[..., ImportReport]
Told = list[tuple[str, str]]

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
#: enough children, reviewed twice a year, to show which year a return is of
CHILDREN = 15


@pytest.fixture
def of_the_year(year: Callable[..., Path]) -> Callable[..., Path]:
    """Write a return of fifteen children in care since 4 March 2019, their reviews on the days given."""

    def of_the_year(name: str, *reviews: str, started: str = "04/03/2019", end: str = "- -") -> Path:
        folder = Path()
        for number in range(CHILDREN):
            folder = year(
                name,
                child=f"{2001 + number}",
                episodes=[f"{started} S C2 U6 PR1 {end}"],
                reviews=[f"{held_on} PN1" for held_on in reviews],
            )
        return folder

    return of_the_year


@pytest.fixture
def standings(engine: Engine) -> Callable[[str, date], Told]:
    """Give the due dates and standings of one child's timers of one timescale, as at a day."""

    def standings(timescale: str, as_at: date) -> Told:
        with engine.store.snapshot() as unit:
            found = positions(engine, unit, asked(now=NOW, as_at=as_at), authority="thurrock", case_id="2001")
            told = [
                (str(position.timer.due_on), str(position.standing))
                for position in found
                if position.timer.timescale == timescale
            ]
        return sorted(told)

    return standings


@pytest.fixture
def telling(engine: Engine) -> Callable[[], Mapping[str, Any]]:
    """Give what the one return that was brought in says of how far it tells of a child."""

    def telling() -> Mapping[str, Any]:
        with engine.store.snapshot() as unit:
            (told,) = [event for event in unit.events("thurrock", "2001") if event.type == "SourceTold"]
        return told.data

    return telling


def test_reviews_before_a_years_return_are_not_told_so_none_of_its_own_is_the_first(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    """The episodes began in 2019, and the return tells of April 2024 to March 2025."""
    bring_in(of_the_year("2024", "13/05/2024", "12/11/2024"))

    assert [] == standings("cla.review.first.20wd", date(2024, 12, 31))
    assert [] == standings("cla.review.second.3m", date(2024, 12, 31))
    assert [("2024-11-13", "met"), ("2025-05-12", "running")] == standings(
        "cla.review.next.6m", date(2024, 12, 31)
    )


def test_behind_the_last_day_of_a_years_return_nothing_is_known(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    bring_in(of_the_year("2024", "13/05/2024", "12/11/2024"))

    assert [("2024-11-13", "met"), ("2025-05-12", "unknown")] == standings(
        "cla.review.next.6m", date(2025, 6, 30)
    )


def test_what_should_have_happened_by_its_last_day_and_is_not_told_is_a_breach(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    """Reviewed in April and September 2024, and not by 24 March 2025."""
    bring_in(of_the_year("2024", "15/04/2024", "24/09/2024"))

    assert [("2024-10-15", "met"), ("2025-03-24", "overdue")] == standings(
        "cla.review.next.6m", date(2025, 6, 30)
    )


def test_two_years_in_a_row_leave_no_day_out(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    bring_in(
        of_the_year("2023", "14/04/2023", "13/10/2023"),
        of_the_year("2024", "15/04/2024", "14/10/2024"),
    )

    assert [("2023-10-14", "met"), ("2024-04-13", "met_late"), ("2024-10-15", "met")] == standings(
        "cla.review.next.6m", date(2024, 12, 31)
    )[:3]


def test_a_year_of_which_no_return_is_given_is_unknown(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    """From October 2022 to April 2024 there may have been any number of reviews."""
    bring_in(
        of_the_year("2022", "14/04/2022", "13/10/2022"),
        of_the_year("2024", "15/04/2024", "14/10/2024"),
    )

    assert [("2022-10-14", "met"), ("2023-04-13", "unknown"), ("2024-10-15", "met")] == standings(
        "cla.review.next.6m", date(2024, 12, 31)
    )[:3]


def test_care_that_starts_within_the_year_is_told_from_its_first_day(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    """Into care on Monday 3 June 2024: twenty working days end on 1 July."""
    bring_in(of_the_year("2024", "02/07/2024", "01/10/2024", started="03/06/2024"))

    assert [("2024-07-01", "met_late")] == standings("cla.review.first.20wd", date(2024, 12, 31))
    assert [("2024-10-02", "met")] == standings("cla.review.second.3m", date(2024, 12, 31))


def test_a_review_that_cannot_be_read_leaves_late_ones_unknown(
    of_the_year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    """One of 2 September may have been held in time: nobody is blamed for a date written wrongly."""
    folder = of_the_year("2024", "13/05/2024", "12/12/2024")
    with (folder / "reviews.csv").open("a", encoding="utf-8") as file:
        file.write("2001,19/02/2010,2024-09-02,PN1\n")
    report = bring_in(folder)

    assert ["REVIEW"] == [row.column for row in report.refusals]
    assert ("2024-11-13", "unknown") == standings("cla.review.next.6m", date(2024, 12, 31))[0]


@pytest.mark.parametrize("slips", [1, 2])
def test_a_date_or_two_in_another_year_are_slips(
    of_the_year: Callable[..., Path],
    bring_in: BringIn,
    telling: Callable[[], Mapping[str, Any]],
    slips: int,
) -> None:
    """One of 31 dates in 2014 is a slip; two of 32 are more than one in twenty, and the year is not known."""
    folder = of_the_year("2024", "13/05/2024", "12/11/2024")
    with (folder / "reviews.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"200{n + 2},19/02/2010,13/05/2014,PN1\n" for n in range(slips))
    bring_in(folder)
    told = telling()

    assert [("2025-03-31", True), ("2024-11-11", False)][slips - 1] == (
        told["until"],
        "told_from" in told,
    )


def test_a_few_rows_are_no_evidence_that_reviews_are_left_out(
    year: Callable[..., Path], bring_in: BringIn, standings: Callable[[str, date], Told]
) -> None:
    bring_in(year(child="2001", episodes=["04/03/2024 S C2 U6 PR1 - -"], reviews=["13/05/2024 PN1"]))

    assert [("2024-04-03", "met_late")] == standings("cla.review.first.20wd", date(2024, 6, 1))


def test_a_return_of_the_year_that_is_not_over_tells_to_the_day_before_its_latest(
    of_the_year: Callable[..., Path], bring_in: BringIn, telling: Callable[[], Mapping[str, Any]]
) -> None:
    """Brought in on 20 November 2026; the reviews of 13 November 2026 are its latest."""
    bring_in(of_the_year("2026", "13/05/2026", "13/11/2026"))
    told = telling()

    assert ("2026-11-12", {"ReviewHeld": "2026-04-01"}) == (told["until"], told["told_from"])
