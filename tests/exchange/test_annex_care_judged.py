"""What the latest dates of looked-after children in Annex A show, and what they leave unknown.

The child of `care` is looked after since Monday 2 March 2026; the workbook tells to 19 November 2026.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.reports import ImportReport
from caseclock.timers.timer import Standing

BringIn = Callable[..., ImportReport]
Care = Callable[..., Path]
Standings = Callable[[str, str], dict[tuple[str, date], Standing]]

START = date(2026, 3, 2)


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
