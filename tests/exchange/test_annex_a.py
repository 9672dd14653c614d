"""The Annex A workbook: what its first four lists tell, and what of it can't be true."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.timers.event import Event

CONTACTS = ["Child Unique ID", "Gender", "Date of Birth", "Date of Contact", "Contact Source"]
EARLY_HELP = [
    "Child Unique ID",
    "Assessment start date",
    "Assessment completion date",
    "Organisation completing assessment",
]
REFERRALS = [
    "Child Unique ID",
    "Date of Birth",
    "Date of Referral",
    "Referral Source",
    "Referral NFA?",
    "Allocated Team",
    "Allocated Worker",
]
ASSESSMENTS = [
    "Child Unique ID",
    "Continuous Assessment Start Date",
    "Continuous Assessment Date of Authorisation",
    "Allocated Team",
    "Allocated Worker",
]
BORN = datetime(2015, 3, 27)  # noqa: DTZ001 - a cell of a workbook has no zone
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001
APRIL = datetime(2026, 4, 13)  # noqa: DTZ001


def read(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_annex_a(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def events(path: Path) -> list[Event]:
    """Give what happened, as the workbook tells it, without what says how far it tells."""
    told = [event for record in read(path) if isinstance(record, Told) for event in record.events]
    return [event for event in told if event.type != "SourceTold"]


def refusals(path: Path) -> list[Refused]:
    return [record for record in read(path) if isinstance(record, Refused)]


def faults(path: Path) -> list[tuple[str, str | None, str | None]]:
    return [(refused.row, refused.column, refused.value) for refused in refusals(path)]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in read(path) if isinstance(record, NotUsed)}


def test_a_contact(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 1": [CONTACTS, [10692868, "b) Female", BORN, MONDAY, "q) 6: Police"]]})
    (contact,) = events(path)

    assert ("ContactReceived", "10692868", "C-2026-03-02", date(2026, 3, 2)) == (
        contact.type,
        contact.case_id,
        contact.episode_id,
        contact.occurred.on,
    )
    assert {"source": "6", "untold": ["ContactDecided"]} == contact.data
    assert ("annex-a:10692868:C-2026-03-02:ContactReceived", "return:annex_a") == (
        contact.event_id,
        contact.by,
    )


def test_an_early_help_assessment(workbook: Callable[..., Path]) -> None:
    started, completed = events(workbook({"List 2": [EARLY_HELP, [7, MONDAY, APRIL, "Top Town Academy"]]}))

    assert ("EarlyHelpAssessmentStarted", "EH-2026-03-02", {"organisation": "Top Town Academy"}) == (
        started.type,
        started.episode_id,
        started.data,
    )
    assert ("EarlyHelpAssessmentCompleted", "EH-2026-03-02", date(2026, 4, 13)) == (
        completed.type,
        completed.episode_id,
        completed.occurred.on,
    )


def test_a_referral(workbook: Callable[..., Path]) -> None:
    row = [7, BORN, MONDAY, "e) 2A: Schools", "b) No", "Duty Team", "Verdell\xa0Arp"]
    (referral,) = events(workbook({"List 3": [REFERRALS, row]}))

    assert ("ReferralReceived", "R-2026-03-02") == (referral.type, referral.episode_id)
    assert {
        "source": "2A",
        "nfa": False,
        "date_of_birth": "2015-03-27",
        "team": "Duty Team",
        "worker": "Verdell Arp",
        "untold": ["ContactDecided", "ReferralDecided", "ReferrerInformed", "ReferralClosed"],
    } == referral.data


def test_an_assessment_names_no_referral_even_where_list_3_has_one(workbook: Callable[..., Path]) -> None:
    path = workbook(
        {
            "List 3": [REFERRALS, [7, BORN, MONDAY, "2A", "No"]],
            "List 4": [ASSESSMENTS, [7, MONDAY, APRIL, "Unit 1", "#N/A"]],
        }
    )
    _, started, authorised = events(path)

    assert {
        "kind": "single",
        "team": "Unit 1",
        "untold": ["ReferralReceived", "AssessmentAllocated", "ChildSeen"],
    } == started.data
    assert ("A-2026-03-02", date(2026, 4, 13)) == (authorised.episode_id, authorised.occurred.on)


@pytest.mark.parametrize("end", [None, "", "  ", "#N/A", "#REF!"])
def test_an_assessment_without_an_end_goes_on(workbook: Callable[..., Path], end: str | None) -> None:
    path = workbook({"List 4": [ASSESSMENTS, [7, MONDAY, end]]})

    assert ["AssessmentStarted"] == [event.type for event in events(path)]


@pytest.mark.parametrize(
    "title", ["List 1", "list1", " LIST 01 ", "List_1", "List 1 - Contacts", "Annex A List 1", "List-1"]
)
def test_a_list_is_found_by_its_number(workbook: Callable[..., Path], title: str) -> None:
    path = workbook({title: [CONTACTS, [7, None, None, MONDAY]]})

    assert ["ContactReceived"] == [event.type for event in events(path)]


def test_list_1_is_not_list_10_or_11(workbook: Callable[..., Path]) -> None:
    path = workbook(
        {"List 10": [CONTACTS, [7, None, None, MONDAY]], "List 11": [CONTACTS], "List 1": [CONTACTS]}
    )

    assert {"List 10 (decisions about adoption, which no process here keeps)": 1} == not_used(path)


def test_headers_are_known_despite_case_space_breaks_marks_and_other_names(
    workbook: Callable[..., Path],
) -> None:
    path = workbook(
        {
            "List 1": [
                ["Annex A: children's contacts, last six months"],
                [],
                ["CHILD\xa0unique\nid ", "D.O.B", "Contact date (dd/mm/yyyy)", "Source of\ncontact:"],
                [7, BORN, MONDAY, "6"],
            ],
            "List 3": [
                [
                    "Child\N{RIGHT SINGLE QUOTATION MARK}s Unique ID",
                    "date  of referral",
                    "Referral NFA (Y/N)",
                ],
                [7, MONDAY, "Y"],
            ],
        }
    )
    contact, referral = events(path)

    assert "6" == contact.data["source"]
    assert True is referral.data["nfa"]


def test_a_list_without_a_needed_column_has_each_row_refused_with_its_name(
    workbook: Callable[..., Path],
) -> None:
    path = workbook(
        {"List 1": [["Child Unique ID", "Contact Source"], [7, "6"], [8, "6"]], "List 2": [EARLY_HELP]}
    )

    assert [("List 1 row 2", "Date of Contact", None), ("List 1 row 3", "Date of Contact", None)] == faults(
        path
    )
    assert "List 1 has no column 'Date of Contact'" in refusals(path)[0].reason


def test_a_list_without_a_header_has_each_row_refused(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 1": [[7, "a) Male", BORN, MONDAY], [8, "b) Female", BORN, MONDAY]]})

    assert ["Child Unique ID"] * 2 == [refused.column for refused in refusals(path)]


def test_empty_rows_are_no_records_and_rows_of_formulas_only_are_counted(
    workbook: Callable[..., Path],
) -> None:
    header = ["Child Unique ID", "Age", "Date of Contact"]
    path = workbook(
        {"List 1": [header, [7, 11, MONDAY], [], ["", None, " "], [None, "#VALUE!", "#N/A"], [8, 5, MONDAY]]}
    )

    assert ["7", "8"] == [event.case_id for event in events(path)]
    assert {"List 1: Age": 2, "List 1: rows with no child and no date": 1} == not_used(path)


@pytest.mark.parametrize(
    ("start", "end", "column"),
    [
        (MONDAY, datetime(2026, 3, 1), "Continuous Assessment Date of Authorisation"),  # noqa: DTZ001
        (datetime(2026, 11, 21), None, "Continuous Assessment Start Date"),  # noqa: DTZ001
        (MONDAY, datetime(2026, 11, 21), "Continuous Assessment Date of Authorisation"),  # noqa: DTZ001
        (datetime(1826, 3, 2), None, "Continuous Assessment Start Date"),  # noqa: DTZ001
        (MONDAY, "soon", "Continuous Assessment Date of Authorisation"),
    ],
)
def test_an_assessment_that_can_not_be_is_refused(
    workbook: Callable[..., Path], start: object, end: object, column: str
) -> None:
    if isinstance(start, datetime) and start.year < 1900:
        start = start.strftime("%d/%m/%Y")  # a workbook can't hold it as a date
    path = workbook({"List 4": [ASSESSMENTS, [7, start, end]]})

    assert [column] == [refused.column for refused in refusals(path)]
    assert [] == events(path)


def test_the_day_of_the_import_is_possible(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 1": [CONTACTS, [7, None, None, datetime(2026, 11, 20)]]})  # noqa: DTZ001

    assert date(2026, 11, 20) == events(path)[0].occurred.on


def test_a_referral_more_than_280_days_before_birth_is_refused(workbook: Callable[..., Path]) -> None:
    """Born on Friday 11 October 2024; 280 days before is Friday 5 January."""
    born = datetime(2024, 10, 11)  # noqa: DTZ001
    path = workbook({"List 3": [REFERRALS, [7, born, "05/01/2024"], [8, born, "04/01/2024"]]})

    assert [("List 3 row 3", "Date of Referral", "2024-01-04")] == faults(path)


def test_a_date_of_birth_that_is_none_is_counted_and_left_out(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 3": [REFERRALS, [7, "unborn", MONDAY]]})

    assert "date_of_birth" not in events(path)[0].data
    assert {"List 3: Date of Birth (not a date)": 1} == not_used(path)


def test_two_different_contacts_on_one_day_are_two_and_the_same_row_twice_is_one(
    workbook: Callable[..., Path],
) -> None:
    police, school = [7, None, None, MONDAY, "6"], [7, None, None, MONDAY, "2A"]
    path = workbook({"List 1": [CONTACTS, police, school, police, school]})

    assert [("C-2026-03-02", "6"), ("C-2026-03-02-2", "2A")] == [
        (event.episode_id, event.data["source"]) for event in events(path)
    ]
    assert ["List 1 row 4", "List 1 row 5"] == [refused.row for refused in refusals(path)]


def test_a_referral_told_twice_is_refused_and_names_the_first(workbook: Callable[..., Path]) -> None:
    (refused,) = refusals(workbook({"List 3": [REFERRALS, [7, None, MONDAY], [7, None, MONDAY]]}))

    assert "already (List 3 row 2)" in refused.reason


def test_a_flag_that_says_neither_is_counted(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 3": [REFERRALS, [7, None, MONDAY, None, "CS Assessment Updated"]]})

    assert "nfa" not in events(path)[0].data
    assert {"List 3: Referral NFA? (neither yes nor no)": 1} == not_used(path)


def test_lists_and_sheets_that_are_not_read_are_counted(workbook: Callable[..., Path]) -> None:
    rows = [["Child Unique ID", "CIN Start Date"], [7, MONDAY], [8, MONDAY]]
    path = workbook(
        {"Cover": [["Annex A"]], "List 1": [CONTACTS], "List 6": rows, "Checklist 3": rows, "List 12": rows}
    )

    assert {
        "sheet 'Cover'": 1,
        "List 6 (the days a need began and ended, and not those of a referral or a plan)": 2,
        "sheet 'Checklist 3'": 3,
        "sheet 'List 12'": 3,
    } == not_used(path)
