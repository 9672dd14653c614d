"""The sample returns that Caseclock carries, counted independently of the readers."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.reports import ImportReport
from caseclock.store.protocol import Quarantined
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine

SAMPLES = Path(str(files("caseclock") / "samples"))
FAKE = SAMPLES / "cin_census" / "fake_CIN_data.xml"


def totals(report: ImportReport) -> dict[str, Any]:
    return {name: count for name, count in report.totals().items() if name != "not_used"}


def fake_referrals() -> list[dict[str, str]]:
    """Read the dates of the large census with no XML reader: a CINdetails block is plain text, one date a tag."""
    born = r"<PersonBirthDate>(?P<born>[\d-]+)</PersonBirthDate>"
    referred = r"<CINreferralDate>(?P<referred>[\d-]+)</CINreferralDate>"
    closed = r"<CINclosureDate>(?P<closed>[\d-]+)</CINclosureDate>"
    conferred = r"<DateOfInitialCPC>(?P<conferred>[\d-]+)</DateOfInitialCPC>"
    found: list[dict[str, str]] = []
    birth = ""
    for match in re.finditer(f"{born}|{referred}|{closed}|{conferred}", FAKE.read_text("utf-8")):
        told = {name: day for name, day in match.groupdict().items() if day}
        birth = told.get("born", birth)
        if "referred" in told:
            found.append({"born": birth, **told})
        elif "born" not in told:
            found[-1].update(told)
    return found


def is_weekend(day: str) -> bool:
    return date.fromisoformat(day).isoweekday() > 5


def test_the_large_census_holds_1004_records() -> None:
    referrals = fake_referrals()

    assert (402, 252, 350) == (
        len(referrals),
        sum("closed" in told for told in referrals),
        sum("conferred" in told for told in referrals),
    )
    assert 332 == FAKE.read_text("utf-8").count("<Child>")


def test_the_large_census_is_accounted_for_to_the_last_record(bring_in: Callable[..., ImportReport]) -> None:
    report = bring_in(FAKE)

    assert {
        "files": 1,
        "files_refused": 0,
        "records": 1004,
        "accepted": 891,
        "refused": 113,
        "quarantined": 0,
        "unchanged": 0,
        "events": 1042,
    } == totals(report)


def test_each_open_case_of_the_large_census_says_how_far_it_is_told_of() -> None:
    """1,042 events are 891 facts and, for each referral not closed by the reference date, one that says so."""
    last = "2022-07-21"
    referred = [told for told in fake_referrals() if told["referred"] <= last]

    assert 1042 - 891 == sum(told.get("closed", "9999") > last for told in referred)


def test_the_113_refusals_of_the_large_census_are_those_its_own_dates_make_impossible(
    bring_in: Callable[..., ImportReport],
) -> None:
    """The return is of 21 July 2022; its dates are random: some lie after that, some conferences on a weekend."""
    last = "2022-07-21"
    referrals = fake_referrals()
    told_too_late = [told for told in referrals if told["referred"] > last]
    others = [told for told in referrals if told["referred"] <= last]
    expected = Counter(
        {
            "referral after the reference date": len(told_too_late),
            "what followed such a referral": sum(("closed" in t) + ("conferred" in t) for t in told_too_late),
            "closure after the reference date": sum(last < told.get("closed", "") for told in others),
            "conference on a weekend": sum(is_weekend(t["conferred"]) for t in others if "conferred" in t),
        }
    )
    refused: Counter[str] = Counter()
    for row in bring_in(FAKE).refusals:
        if "has nothing to follow" in row.reason:
            refused["what followed such a referral"] += 1
        elif row.column == "CINclosureDate":
            refused["closure after the reference date"] += 1
        elif "rule 8875" in row.reason:
            refused["conference on a weekend"] += 1
        else:
            refused["referral after the reference date"] += 1

    assert expected == refused
    assert [8, 9, 6, 90] == list(expected.values())


def test_nothing_else_in_the_large_census_is_impossible() -> None:
    days = [{name: date.fromisoformat(day) for name, day in told.items()} for told in fake_referrals()]

    assert not [told for told in days if told.get("closed", date.max) < told["referred"]]
    assert not [told for told in days if told.get("conferred", date.max) < told["referred"]]
    assert not [told for told in days if told["referred"] < told["born"] - timedelta(days=280)]


def test_what_the_large_census_holds_and_is_not_read_is_counted(
    bring_in: Callable[..., ImportReport],
) -> None:
    assert {
        "UPN": 332,
        "GenderCurrent": 332,
        "ChildCharacteristics": 332,
        "PrimaryNeedCode": 402,
        "PersonDeathDate": 21,
    } == bring_in(FAKE).totals()["not_used"]


#: what is wrong on purpose with both small censuses: an enquiry and a plan of before the referral, an assessment of
#: 2028 and a referral of October 2024 in a return of 31 March 2024; and what would have come of them
WRONG = [
    ("AssessmentActualStartDate", "2028-04-28"),
    ("S47ActualStartDate", "2022-06-02"),
    ("DateOfInitialCPC", "2022-06-17"),
    ("CPPstartDate", "2022-02-17"),
    ("CPPreviewDate", "2023-02-15"),
]
#: the block of the later one, whose dates are all of 2026 and 2027
WRONG_BEFORE_COURT = [
    ("PPStartDate", "2026-09-09"),
    ("LBPSentDate", "2026-09-20"),
    ("InitialPPMeetingDate", "2026-09-28"),
    ("StepDecisionDate", "2026-12-01"),
]
WRONG_REFERRAL = [("CINreferralDate", "2024-10-24")] * 3


@pytest.mark.parametrize(
    ("year", "wrong"),
    [
        (2024, [*WRONG, *WRONG_REFERRAL]),
        (2026, [*WRONG, *WRONG_BEFORE_COURT, *WRONG_REFERRAL]),
    ],
)
def test_the_small_censuses_refuse_what_is_wrong_with_them_on_purpose(
    bring_in: Callable[..., ImportReport],
    log: Callable[[str], list[Event]],
    year: int,
    wrong: list[tuple[str, str]],
) -> None:
    report = bring_in(SAMPLES / "cin_census" / f"CIN_Census_{year}.xml")

    assert (4 + len(wrong), 4, len(wrong)) == tuple(
        report.totals()[name] for name in ("records", "accepted", "refused")
    )
    assert wrong == [(row.column, row.value) for row in report.refusals]
    assert len(wrong) == len({row.row for row in report.refusals})
    assert [
        ("ReferralReceived", "R-2022-10-06"),
        ("InitialConferenceHeld", "ICPC-2022-12-06"),
        ("ChildInNeedPlanStarted", "CINP-2023-01-24"),
        ("ChildInNeedPlanEnded", "CINP-2023-01-24"),
        ("ReferralClosed", "R-2022-10-06"),
    ] == [(event.type, event.episode_id) for event in log("DfEX0000001")]
    assert [] == log("child_fails_assessments")


def test_the_small_censuses_say_what_is_not_read(bring_in: Callable[..., ImportReport]) -> None:
    """Stray text behind a closing tag is one of them."""
    not_used = bring_in(SAMPLES / "cin_census" / "CIN_Census_2026.xml").totals()["not_used"]

    assert {
        "text between elements": 1,
        "FactorsIdentifiedAtAssessment": 2,
        "LatestCategoryOfAbuse": 1,
        "InitialCPCtarget": 1,
    }.items() <= not_used.items()


def test_the_census_of_eight_children_goes_in_whole(bring_in: Callable[..., ImportReport]) -> None:
    """9 referrals, 3 closed, 8 assessments, 5 enquiries, 3 conferences, 3 plans, 4 reviews, 1 child in need plan."""
    report = bring_in(SAMPLES / "cin_census" / "CIN_Census_2022.xml")

    assert (36, 36, 0, 0) == tuple(
        report.totals()[name] for name in ("records", "accepted", "refused", "quarantined")
    )


def test_the_annex_a_workbook_is_accounted_for_to_the_last_record(
    bring_in: Callable[..., ImportReport],
) -> None:
    """Lists 1 to 4 hold 21 records, list 5 has 8, list 7 has 16, list 8 has 26; two rows can't be true."""
    report = bring_in(SAMPLES / "annex_a" / "Annex_A_2024_Jan.xlsx")

    assert {
        "files": 1,
        "files_refused": 0,
        "records": 71,
        "accepted": 69,
        "refused": 2,
        "quarantined": 0,
        "unchanged": 0,
    } == {name: count for name, count in totals(report).items() if name != "events"}
    assert [("List 7 row 8", "rule 8606"), ("List 8 row 5", "before the date of birth")] == [
        (row.row, next(why for why in ("rule 8606", "before the date of birth") if why in row.reason))
        for row in report.refusals
    ]
    assert {"List 6": 5, "List 9": 6, "List 10": 5, "List 11": 5} == {
        what.partition(" (")[0]: count
        for what, count in report.totals()["not_used"].items()
        if ":" not in what
    }


def test_the_annex_a_workbook_tells_to_the_middle_of_march_2021(
    bring_in: Callable[..., ImportReport], engine: Engine
) -> None:
    """Its latest date is 15 March 2021, and the ages in it are those of 16 March; it was saved long after."""
    bring_in(SAMPLES / "annex_a" / "Annex_A_2024_Jan.xlsx")
    with engine.store.snapshot() as unit:
        untils = {
            event.data["until"]
            for _, case_id in unit.case_ids()
            for event in unit.events("thurrock", case_id)
            if event.type == "SourceTold"
        }

    assert {"2021-03-14"} == untils


def test_the_annex_a_workbook_tells_values_without_their_letters(
    bring_in: Callable[..., ImportReport], log: Callable[[str], list[Event]]
) -> None:
    bring_in(SAMPLES / "annex_a" / "Annex_A_2024_Jan.xlsx")
    (contact,) = log("11973218")
    referral = next(event for event in log("6537810") if event.type == "ReferralReceived")

    assert ("ContactReceived", date(2020, 9, 16), "6") == (
        contact.type,
        contact.occurred.on,
        contact.data["source"],
    )
    assert ("8", False, "Dustin Hazlett") == tuple(
        referral.data[name] for name in ("source", "nfa", "worker")
    )


def test_all_samples_again_change_nothing(
    bring_in: Callable[..., ImportReport], kept: Callable[[], list[Quarantined]]
) -> None:
    first, rows = bring_in(SAMPLES), kept()
    second = bring_in(SAMPLES)

    assert first.totals()["accepted"] + first.totals()["unchanged"] == second.totals()["unchanged"]
    assert (0, 0) == (second.totals()["accepted"], second.totals()["events"])
    assert rows == kept()


def test_the_samples_name_their_authors() -> None:
    said = (SAMPLES / "PROVENANCE.md").read_text("utf-8")
    folders = {
        path.parent.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.*") if path.is_file()
    } - {"."}

    assert set() == {folder for folder in folders if folder not in said}
