"""Rows of a looked-after return that can't be true, or belong nowhere yet: each named, the rest goes in."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from accounts import outcomes

from caseclock.exchange.reports import ImportReport
from caseclock.store.protocol import Quarantined
from caseclock.timers.event import Event

BringIn = Callable[..., ImportReport]
Log = Callable[[str], list[Event]]

IN_CARE = "03/06/2024 S V2 U6 PR1 - -"


@pytest.mark.parametrize(
    ("row", "column", "value", "why"),
    [
        ("2024-06-03 S V2 U6 PR1 - -", "DECOM", "2024-06-03", "written year first. The return writes dates dd/mm"),
        ("31/02/2024 S V2 U6 PR1 - -", "DECOM", "31/02/2024", "not a date written dd/mm/yyyy"),
        ("06/13/2024 S V2 U6 PR1 - -", "DECOM", "06/13/2024", "not a date written dd/mm/yyyy"),
        ("- S V2 U6 PR1 - -", "DECOM", None, "DECOM is missing"),
        ("03/06/2024 S V2 U6 PR1 02/06/2024 E3", "DEC", "02/06/2024", "before the start of the episode 2024-06-03"),
        ("03/06/2027 S V2 U6 PR1 - -", "DECOM", "03/06/2027", "after the day of the import, 2026-11-20"),
        ("18/02/2010 S V2 U6 PR1 - -", "DECOM", "18/02/2010", "before the date of birth 2010-02-19"),
        ("03/06/2024 X V2 U6 PR1 - -", "RNE", "X", "no code of it (S, P, L, T, U, B)"),
        ("03/06/2024 S V9 U6 PR1 - -", "LS", "V9", "is no code of it"),
        ("03/06/2024 S V2 U9 PR1 - -", "PLACE", "U9", "is no code of it"),
        ("03/06/2024 S V2 U6 PR9 - -", "PLACE_PROVIDER", "PR9", "is no code of it"),
        ("03/06/2024 S V2 U6 PR1 04/06/2024 E99", "REC", "E99", "is no code of it"),
        ("03/06/2024 S - U6 PR1 - -", "LS", None, "LS is missing"),
    ],
)  # fmt: skip
def test_an_episode_that_cannot_be_is_refused_with_its_place_and_reason(
    year: Callable[..., Path], bring_in: BringIn, row: str, column: str, value: str | None, why: str
) -> None:
    report = bring_in(year(episodes=[row]))
    (refused,) = report.refusals

    assert (0, 1, 0, 0) == outcomes(report)
    assert ("2024/episodes.csv", "row 2", column, value) == (
        refused.file,
        refused.row,
        refused.column,
        refused.value,
    )
    assert why in refused.reason


def test_the_rest_goes_in(year: Callable[..., Path], bring_in: BringIn, log: Log) -> None:
    year(episodes=[IN_CARE], reviews=["2024-07-01 PN1", "24/09/2024 PN1"])
    report = bring_in(year(child="1002", episodes=["03/06/2024 S V2 U6 PR1 - Q"]))

    assert (5, 1, 0, 0) == outcomes(report)
    assert ["REVIEW"] == [row.column for row in report.refusals]
    assert 3 == len(log("1001"))
    assert 2 == len(log("1002"))


def test_a_placement_for_a_child_nobody_declared_is_refused(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    folder = year(episodes=[IN_CARE], reviews=["01/07/2024 PN1"])
    (folder / "header.csv").write_text("CHILD,DOB,UPN\n1002,19/02/2010,\n", "utf-8")
    report = bring_in(folder)

    assert (0, 2, 0, 0) == outcomes(report)
    assert [
        "This is a placement for a child nobody declared: no header file has child 1001. Add the child to it.",
        "This is a review for a child nobody declared: no header file has child 1001. Add the child to it.",
    ] == [row.reason for row in report.refusals]


def test_a_child_whose_header_row_is_refused_takes_its_rows_along(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    report = bring_in(year(born="2010-02-19", episodes=[IN_CARE]))

    assert (0, 2, 0, 0) == outcomes(report)
    assert ["DOB", "CHILD"] == [row.column for row in report.refusals]
    assert "whose header row was refused" in report.refusals[1].reason


def test_without_a_header_file_the_whole_return_is_refused_with_a_sentence(
    year: Callable[..., Path], bring_in: BringIn, kept: Callable[[], list[Quarantined]]
) -> None:
    folder = year(episodes=[IN_CARE])
    (folder / "header.csv").unlink()
    report = bring_in(folder)
    why = (
        "Can't bring in episodes.csv, missing.csv, reviews.csv: no header file is among them, so nobody knows which "
        "children they are about, or when these were born. Give the header file together with the others."
    )

    assert (0, 0, 0, 0) == outcomes(report)
    assert {why} == {file.reason for file in report.files}
    assert [] == kept()


def test_a_date_of_birth_that_differs_from_the_header_is_refused(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    folder = year(episodes=[IN_CARE], reviews=["01/07/2024 PN1"])
    reviews = folder / "reviews.csv"
    reviews.write_text(reviews.read_text("utf-8").replace("19/02/2010", "20/02/2010"), "utf-8")
    report = bring_in(folder)

    assert (2, 1, 0, 0) == outcomes(report)
    assert (
        "DOB is 20/02/2010, but child 1001 was born on 19/02/2010 (2024/header.csv row 2). Correct whichever is wrong."
    ) == report.refusals[0].reason


def test_an_episode_within_another_is_refused(year: Callable[..., Path], bring_in: BringIn) -> None:
    report = bring_in(
        year(episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 X1", "11/07/2024 P V2 K2 PR1 20/07/2024 E3"])
    )

    assert (2, 1, 0, 0) == outcomes(report)
    assert (
        "DECOM is 11/07/2024, within the episode that began on 03/06/2024 (2024/episodes.csv row 2) and ended on "
        "12/07/2024. Correct whichever is wrong."
    ) == report.refusals[0].reason


def test_an_episode_that_begins_while_another_has_not_ended_is_refused(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    report = bring_in(year(episodes=[IN_CARE, "12/07/2024 P V2 K2 PR1 - -"]))

    assert (2, 1, 0, 0) == outcomes(report)
    assert "has not ended by then (rule 142)" in report.refusals[0].reason


def test_a_review_outside_every_period_is_kept_until_its_period_is_known(
    year: Callable[..., Path], bring_in: BringIn, kept: Callable[[], list[Quarantined]]
) -> None:
    """It may be true: the return of another year tells the period."""
    late = year("2025", reviews=["01/07/2024 PN1"])
    first = bring_in(late)
    second = bring_in(year("2024", episodes=[IN_CARE]), late)

    assert (0, 0, 1, 0) == outcomes(first)
    assert (
        "REVIEW is 01/07/2024, outside every period of care that is known of this child: none is. Kept: bring in the "
        "return of that year together with this one, or correct the date."
    ) == first.kept[0].reason
    assert (3, 0, 0, 0) == outcomes(second)
    assert [] == kept()


def test_a_review_before_or_after_care_is_kept_with_the_periods_known(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    report = bring_in(
        year(
            episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 E4A"],
            reviews=["02/06/2024 PN1", "13/07/2024 PN1"],
        )
    )

    assert (2, 0, 2, 0) == outcomes(report)
    assert all("known of this child: 03/06/2024 to 12/07/2024." in row.reason for row in report.kept)


@pytest.mark.parametrize(
    ("held_on", "code", "participation", "doubt"),
    [
        ("18/02/2024", "PN0", "PN0", None),
        ("19/02/2024", "PN0", "PN0", None),
        ("19/02/2024", "PN1", "PN1", None),
        ("20/02/2024", "PN0", None, "reviews: REVIEW_CODE PN0 after the fourth birthday (rule 440)"),
        ("18/02/2024", "PN7", None, "reviews: REVIEW_CODE PN1 to PN7 before the fourth birthday (rule 441)"),
    ],
)
def test_a_participation_code_the_age_rules_out_is_left_out_and_the_review_stands(
    year: Callable[..., Path],
    bring_in: BringIn,
    log: Log,
    held_on: str,
    code: str,
    participation: str | None,
    doubt: str | None,
) -> None:
    """The fourth birthday of a child born on 19 February 2020 is 19 February 2024: both are right on it."""
    report = bring_in(
        year(born="19/02/2020", episodes=["05/02/2024 S V2 U6 PR1 - -"], reviews=[f"{held_on} {code}"])
    )
    (review,) = [event for event in log("1001") if event.type == "ReviewHeld"]

    assert (3, 0, 0, 0) == outcomes(report)
    assert participation == review.data.get("participation")
    assert ([doubt] if doubt else []) == [what for what in report.totals()["not_used"] if "REVIEW" in what]


def test_missing_episodes_that_overlap_or_lie_outside_care_do_not_go_in(
    year: Callable[..., Path], bring_in: BringIn, log: Log
) -> None:
    report = bring_in(
        year(
            episodes=["03/06/2024 S V2 U6 PR1 12/07/2024 E4A"],
            absences=[
                "M 10/06/2024 14/06/2024",
                "M 13/06/2024 15/06/2024",
                "M 14/06/2024 14/06/2024",
                "M 10/07/2024 14/07/2024",
                "Z 20/06/2024 21/06/2024",
            ],
        )
    )

    assert (4, 2, 1, 0) == outcomes(report)
    assert "(rule 574)" in report.refusals[1].reason
    assert "(rule 577)" in report.kept[0].reason
    assert [date(2024, 6, 10), date(2024, 6, 14)] == [
        event.occurred.on for event in log("1001") if event.type == "ChildMissing"
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1001,03/06/2024,S,V2,U6,PR1,,,,x", "more cells than the header row has columns"),
        ('1001,03/06/2024,S,"V2,U6\nPR1",,,', "LS runs over several lines: a quotation mark is not closed"),
        (",03/06/2024,S,V2,U6,PR1,,", "CHILD is missing"),
    ],
)
def test_a_broken_row_is_refused(year: Callable[..., Path], bring_in: BringIn, row: str, why: str) -> None:
    folder = year()
    with (folder / "episodes.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    (refused,) = bring_in(folder).refusals

    assert why in refused.reason


def test_a_file_that_cannot_be_read_to_its_end_stops_the_return(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    folder = year(episodes=[IN_CARE])
    with (folder / "reviews.csv").open("a", encoding="utf-8") as file:
        file.write('1001,"' + "x" * 200_000)
    report = bring_in(folder)

    assert (0, 0, 0, 0) == outcomes(report)
    assert all("reviews.csv: it can't be read beyond line" in str(file.reason) for file in report.files)


def test_a_row_mended_is_released(
    year: Callable[..., Path], bring_in: BringIn, kept: Callable[[], list[Quarantined]]
) -> None:
    folder = year(episodes=["2024-06-03 S V2 U6 PR1 - -"])
    bring_in(folder)
    refused = kept()
    (folder / "episodes.csv").unlink()
    report = bring_in(year(episodes=[IN_CARE]))

    assert ["DECOM"] == [row.column for row in refused]
    assert (2, 0, 0, 0) == outcomes(report)
    assert [] == kept()
