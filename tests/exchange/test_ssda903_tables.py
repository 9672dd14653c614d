"""The files of a looked-after return are known by their header rows, however these are written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from caseclock.exchange.recognise import recognise
from caseclock.exchange.records import FileRefused
from caseclock.exchange.reports import ImportReport
from caseclock.timers.event import Event

BringIn = Callable[..., ImportReport]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("episodes.csv", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE"),
        ("export 7.csv", " child , Decom , rne, Ls ,cin,Place,Place Provider,dec,rec"),
        ("reviews.csv", "Child,DOB,Review,Review Code"),
        ("missing.csv", "CHILD;DOB;MISSING;MIS START;MIS END"),
        ("ad1.csv", "CHILD\tDOB\tDATE_INT\tDATE_MATCH"),
        ("placed.csv", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED"),
        ("oc2.csv", '"CHILD","DOB","SDQ_SCORE","SDQ_REASON"'),
        ("oc3.csv", "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM"),
        ("uasc.csv", "CHILD,SEX,DOB,DUC"),
        ("prev.csv", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM"),
        ("sw.csv", "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON"),
        ("header", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"),
    ],
)
def test_a_file_is_known_by_its_header_row(tmp_path: Path, name: str, header: str) -> None:
    path = tmp_path / name
    path.write_text(f"\n{header}\n", "utf-8")

    assert "ssda903" == recognise(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encodings_that_spreadsheet_programs_write(
    year: Callable[..., Path], bring_in: BringIn, encoding: str
) -> None:
    folder = year(episodes=["03/06/2024 S V2 U6 PR1 - -"])
    header = folder / "header.csv"
    header.write_text("CHILD,SEX,DOB,ETHNIC,UPN\n1001,1,19/02/2010,WBRI,\N{POUND SIGN}5\n", encoding)
    report = bring_in(folder)

    assert [] == [file.reason for file in report.files if file.reason]
    assert (2, 0) == (report.totals()["accepted"], report.totals()["refused"])


def test_rows_are_counted_as_a_spreadsheet_shows_them(year: Callable[..., Path], bring_in: BringIn) -> None:
    folder = year()
    (folder / "episodes.csv").write_text(
        "CHILD,DECOM,RNE,LS,PLACE,DEC,REC\r\n,,,,,,\r\n\r\n1001,2024-06-03,S,V2,U6,,\r\n", "utf-8"
    )

    assert ["row 4"] == [row.row for row in bring_in(folder).refusals]


def test_files_of_one_name_given_by_themselves_are_told_apart_by_their_folders(
    year: Callable[..., Path], bring_in: BringIn
) -> None:
    before, after = year("2023", episodes=["05/02/2024 S V2 U6 PR1 - -"]), year("2024")
    files = [folder / name for folder in (before, after) for name in ("header.csv", "episodes.csv")]
    report = bring_in(*files, after / "reviews.csv", files[0])

    assert [
        ("2023/header.csv", 0),
        ("2023/episodes.csv", 2),
        ("2024/header.csv", 0),
        ("2024/episodes.csv", 0),
        ("reviews.csv", 0),
    ] == [(file.file, file.accepted) for file in report.files]


def test_a_damaged_file_does_not_keep_the_others_out(
    year: Callable[..., Path], bring_in: BringIn, log: Callable[[str], list[Event]]
) -> None:
    folder = year(episodes=["05/02/2024 S V2 U6 PR1 - -"])
    (folder / "reviews.csv").write_text("CHILD,DOB,REVIEW,REVIEW\n", "utf-8")
    report = bring_in(folder)

    assert [
        "Can't bring in reviews.csv: its header row names REVIEW twice. Take one of the columns out."
    ] == [file.reason for file in report.files if file.reason]
    assert 2 == len(log("1001"))


def test_another_table_of_comma_separated_values_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "children.csv"
    path.write_text("CHILD,NAME\n1,Ann\n", "utf-8")

    with pytest.raises(FileRefused, match="it is plain text, perhaps comma-separated"):
        recognise(path)
