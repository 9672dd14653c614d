"""What can't be true in a children in need census is refused record by record."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.records import NotUsed, Refused, Told

Record = Told | Refused | NotUsed


def read(path: Path) -> list[Record]:
    return list(read_cin_census(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def refusals(path: Path) -> list[tuple[str | None, str | None]]:
    """Give the columns and values at fault."""
    return [(record.column, record.value) for record in read(path) if isinstance(record, Refused)]


def told(path: Path) -> list[tuple[str, date, str]]:
    """Give the events told, as type, day and episode."""
    return [
        (event.type, event.occurred.on, event.episode_id)
        for record in read(path)
        if isinstance(record, Told)
        for event in record.events
        if event.type != "SourceTold"
    ]


@pytest.mark.parametrize(
    ("start", "end", "fault"),
    [
        ("2024-04-30", None, ("AssessmentActualStartDate", "2024-04-30")),  # before the referral: rule 1103
        ("2024-05-02", "2024-05-01", ("AssessmentAuthorisationDate", "2024-05-01")),
        ("2025-04-01", None, ("AssessmentActualStartDate", "2025-04-01")),  # after the reference date
        ("2024-05-02", "2025-04-01", ("AssessmentAuthorisationDate", "2025-04-01")),
        ("02/05/2024", None, ("AssessmentActualStartDate", "02/05/2024")),
        ("2024-02-30", None, ("AssessmentActualStartDate", "2024-02-30")),
        (None, "2024-05-02", ("AssessmentActualStartDate", None)),
    ],
)
def test_an_assessment_that_can_not_be_is_refused_alone(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
    start: str | None,
    end: str | None,
    fault: tuple[str, str | None],
) -> None:
    path = census(child(details("2024-05-01", assessment(start, end), closure="2024-07-01")))

    assert [fault] == refusals(path)
    assert ["ReferralReceived", "ReferralClosed"] == [type_ for type_, _, _ in told(path)]


def test_days_on_the_edge_are_possible(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    """All on the day of the referral, and that on the reference date itself."""
    block = assessment("2025-03-31", "2025-03-31")

    assert [] == refusals(census(child(details("2025-03-31", block, closure="2025-03-31"))))


def test_a_referral_280_days_before_birth_is_possible_and_281_are_not(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    """Born on Friday 11 October 2024; 280 days before is Friday 5 January."""
    path = census(
        child(details("2024-01-05"), born="2024-10-11"),
        child(details("2024-01-04"), born="2024-10-11", case_id="C-2"),
        child(
            details("2024-01-04"),
            born=None,
            case_id="C-3",
            more="<ExpectedPersonBirthDate>2024-10-11</ExpectedPersonBirthDate>",
        ),
    )

    assert [("CINreferralDate", "2024-01-04")] * 2 == refusals(path)


def test_a_closure_before_its_referral_is_refused_and_the_referral_stays_open(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details("2024-05-01", closure="2024-04-30")))

    assert [("CINclosureDate", "2024-04-30")] == refusals(path)
    assert [("ReferralReceived", date(2024, 5, 1), "R-2024-05-01")] == told(path)


@pytest.mark.parametrize("referral", [None, "", "1 May 2024", "2024-05-32", "0024-05-01", "2025-04-01"])
def test_what_follows_a_refused_referral_is_refused_with_it(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
    referral: str | None,
) -> None:
    block = assessment("2024-05-02", "2024-06-14")
    path = census(child(details(referral, block, closure="2024-07-01"), details("2024-08-01")))

    assert [("CINreferralDate", referral or None)] * 3 == refusals(path)
    assert [("ReferralReceived", date(2024, 8, 1), "R-2024-08-01")] == told(path)


def test_a_referral_told_twice_is_refused_the_second_time(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details("2024-05-01"), details("2024-05-01")))

    assert [("CINreferralDate", "2024-05-01")] == refusals(path)
    assert [("ReferralReceived", date(2024, 5, 1), "R-2024-05-01")] == told(path)


def test_an_assessment_told_twice_is_refused_the_second_time(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    path = census(child(details("2024-05-01", assessment("2024-05-02"), assessment("2024-05-02"))))

    assert [("AssessmentActualStartDate", "2024-05-02")] == refusals(path)


@pytest.mark.parametrize("case_id", [None, "", "  "])
def test_records_of_nobody_are_refused_each(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str], case_id: str | None
) -> None:
    path = census(child(details(closure="2024-07-01"), case_id=case_id), child(details(), case_id="C-2"))

    assert [("LAchildID", None)] * 2 == refusals(path)
    assert [("ReferralReceived", date(2024, 5, 1), "R-2024-05-01")] == told(path)


def test_a_refusal_says_where_what_why_and_what_now(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    (refused,) = read(census(child(details("2026-01-05"))))

    assert isinstance(refused, Refused)
    assert (
        "CINreferralDate is 2026-01-05, after the return's reference date, 2025-03-31: it had not happened yet. "
        "Correct the date."
    ) == refused.reason
    assert "child 1, line 6" == refused.row
    assert "C-1042" == refused.case_id
    assert {
        "LAchildID": "C-1042",
        "PersonBirthDate": "2015-03-27",
        "CINreferralDate": "2026-01-05",
        "ReferralSource": "2A",
        "ReferralNFA": "0",
    } == refused.content
