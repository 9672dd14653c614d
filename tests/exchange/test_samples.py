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

SAMPLES = Path(str(files("caseclock") / "samples"))
FAKE = SAMPLES / "cin_census" / "fake_CIN_data.xml"


def totals(report: ImportReport) -> dict[str, Any]:
    return {name: count for name, count in report.totals().items() if name != "not_used"}


def fake_referrals() -> list[dict[str, str]]:
    """Read the dates of the large census with no XML reader: a CINdetails block is plain text, one date a tag."""
    born = r"<PersonBirthDate>(?P<born>[\d-]+)</PersonBirthDate>"
    referred = r"<CINreferralDate>(?P<referred>[\d-]+)</CINreferralDate>"
    closed = r"<CINclosureDate>(?P<closed>[\d-]+)</CINclosureDate>"
    found: list[dict[str, str]] = []
    birth = ""
    for match in re.finditer(f"{born}|{referred}|{closed}", FAKE.read_text("utf-8")):
        told = {name: day for name, day in match.groupdict().items() if day}
        birth = told.get("born", birth)
        if "referred" in told:
            found.append({"born": birth, **told})
        elif "closed" in told:
            found[-1].update(told)
    return found


def test_the_large_census_holds_654_records() -> None:
    referrals = fake_referrals()

    assert (402, 252) == (len(referrals), sum("closed" in told for told in referrals))
    assert 332 == FAKE.read_text("utf-8").count("<Child>")


def test_the_large_census_is_accounted_for_to_the_last_record(bring_in: Callable[..., ImportReport]) -> None:
    report = bring_in(FAKE)

    assert {
        "files": 1,
        "files_refused": 0,
        "records": 654,
        "accepted": 637,
        "refused": 17,
        "quarantined": 0,
        "unchanged": 0,
        "events": 637,
    } == totals(report)


def test_the_17_refusals_of_the_large_census_are_those_the_reference_date_makes_impossible(
    bring_in: Callable[..., ImportReport],
) -> None:
    """The return is of 21 July 2022; its dates are random, and some lie after that."""
    last = "2022-07-21"
    referrals = fake_referrals()
    expected = Counter(
        {
            "referral after the reference date": sum(told["referred"] > last for told in referrals),
            "closure of such a referral": sum("closed" in t and t["referred"] > last for t in referrals),
            "closure after the reference date": sum(
                t["referred"] <= last < t.get("closed", "") for t in referrals
            ),
        }
    )
    refused: Counter[str] = Counter()
    for row in bring_in(FAKE).refusals:
        if "has nothing to follow" in row.reason:
            refused["closure of such a referral"] += 1
        elif row.column == "CINclosureDate":
            refused["closure after the reference date"] += 1
        else:
            refused["referral after the reference date"] += 1

    assert expected == refused
    assert [8, 3, 6] == list(expected.values())


def test_nothing_else_in_the_large_census_is_impossible() -> None:
    days = [{name: date.fromisoformat(day) for name, day in told.items()} for told in fake_referrals()]

    assert not [told for told in days if told.get("closed", date.max) < told["referred"]]
    assert not [told for told in days if told["referred"] < told["born"] - timedelta(days=280)]


def test_what_the_large_census_holds_and_is_not_read_is_counted(
    bring_in: Callable[..., ImportReport],
) -> None:
    assert {
        "UPN": 332,
        "GenderCurrent": 332,
        "ChildCharacteristics": 332,
        "PrimaryNeedCode": 402,
        "DateOfInitialCPC": 350,
        "PersonDeathDate": 21,
    } == bring_in(FAKE).totals()["not_used"]


@pytest.mark.parametrize("year", [2024, 2026])
def test_the_small_censuses_refuse_what_is_wrong_with_them_on_purpose(
    bring_in: Callable[..., ImportReport], log: Callable[[str], list[Event]], year: int
) -> None:
    """An assessment of 2028 in a return of 31 March 2024; a referral of October 2024, with what came of it."""
    report = bring_in(SAMPLES / "cin_census" / f"CIN_Census_{year}.xml")

    assert (6, 2, 4) == tuple(report.totals()[name] for name in ("records", "accepted", "refused"))
    assert [
        ("AssessmentActualStartDate", "2028-04-28"),
        ("CINreferralDate", "2024-10-24"),
        ("CINreferralDate", "2024-10-24"),
        ("CINreferralDate", "2024-10-24"),
    ] == [(row.column, row.value) for row in report.refusals]
    assert ["ReferralReceived", "ReferralClosed"] == [event.type for event in log("DfEX0000001")]
    assert [] == log("child_fails_assessments")


def test_the_small_censuses_say_what_is_not_read_yet(bring_in: Callable[..., ImportReport]) -> None:
    """Stray text behind a closing tag is one of them."""
    not_used = bring_in(SAMPLES / "cin_census" / "CIN_Census_2026.xml").totals()["not_used"]

    assert {
        "text between elements": 1,
        "CINPlanDates": 1,
        "Section47": 1,
        "ChildProtectionPlans": 1,
        "PreProceedingsandFGDM": 1,
        "DateOfInitialCPC": 1,
    }.items() <= not_used.items()


def test_the_annex_a_workbook_goes_in_whole(bring_in: Callable[..., ImportReport]) -> None:
    report = bring_in(SAMPLES / "annex_a" / "Annex_A_2024_Jan.xlsx")

    assert {
        "files": 1,
        "files_refused": 0,
        "records": 21,
        "accepted": 21,
        "refused": 0,
        "quarantined": 0,
        "unchanged": 0,
        "events": 31,
    } == totals(report)
    assert {f"List {n}": count for n, count in zip(range(5, 12), [5, 5, 7, 5, 6, 5, 5], strict=True)} == {
        what: count for what, count in report.totals()["not_used"].items() if ":" not in what
    }


def test_the_annex_a_workbook_tells_values_without_their_letters(
    bring_in: Callable[..., ImportReport], log: Callable[[str], list[Event]]
) -> None:
    bring_in(SAMPLES / "annex_a" / "Annex_A_2024_Jan.xlsx")
    (contact,) = log("11973218")
    (referral,) = log("6537810")

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
