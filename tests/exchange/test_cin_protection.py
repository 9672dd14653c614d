"""Section 47 enquiries and initial conferences of the children in need census. 31 March 2025 is a Monday."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.cin_protection import UNTOLD_OF_CONFERENCE, UNTOLD_OF_ENQUIRY
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.exchange.reports import ImportReport
from caseclock.timers.timer import Standing

Census = Callable[..., Path]
Write = Callable[..., str]
Standings = Callable[[str, str], dict[tuple[str, date], Standing]]


def section_47(
    start: str | None, conference: str | None = None, *, not_required: str | None = "0", target: str = ""
) -> str:
    blocks = {
        "S47ActualStartDate": start,
        "InitialCPCtarget": target,
        "DateOfInitialCPC": conference,
        "ICPCnotRequired": not_required,
    }
    written = "".join(f"<{name}>{text}</{name}>" for name, text in blocks.items() if text)
    return f"<Section47>{written}</Section47>"


def alone(conference: str) -> str:
    """Write a conference beside the referral."""
    return f"<DateOfInitialCPC>{conference}</DateOfInitialCPC>"


def plan(start: str) -> str:
    return f"<ChildProtectionPlans><CPPstartDate>{start}</CPPstartDate></ChildProtectionPlans>"


def records(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_cin_census(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def told(path: Path, kind: str) -> list[Told]:
    return [record for record in records(path) if isinstance(record, Told) and record.kind == kind]


def refusals(path: Path) -> list[tuple[str | None, str | None]]:
    return [(record.column, record.value) for record in records(path) if isinstance(record, Refused)]


def reasons(path: Path) -> list[str]:
    return [record.reason for record in records(path) if isinstance(record, Refused)]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in records(path) if isinstance(record, NotUsed)}


def test_an_enquiry_and_its_conference_are_two_records_of_one_episode(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2024-05-01", section_47("2024-06-03", "2024-06-20"))))
    (enquiry,), (conference,) = told(path, "section_47"), told(path, "conference")
    (started, _), (held,) = enquiry.events, conference.events

    assert ("Section47Started", "S47-2024-06-03", date(2024, 6, 3)) == (
        started.type,
        started.episode_id,
        started.occurred.on,
    )
    assert {"follows": "R-2024-05-01", "untold": list(UNTOLD_OF_ENQUIRY)} == started.data
    assert ("InitialConferenceHeld", "S47-2024-06-03", date(2024, 6, 20)) == (
        held.type,
        held.episode_id,
        held.occurred.on,
    )
    assert {"conference_id": "ICPC-2024-06-20"} == held.data


def test_an_enquiry_says_how_far_the_return_tells_of_it(census: Census, child: Write, details: Write) -> None:
    (enquiry,) = told(census(child(details("2024-05-01", section_47("2025-03-03")))), "section_47")
    _, until = enquiry.events

    assert "cin:C-1042:S47-2025-03-03:SourceTold:2025-03-31" == until.event_id
    assert {"until": "2025-03-31", "untold": list(UNTOLD_OF_ENQUIRY)} == until.data
    assert date(2025, 3, 3) == until.occurred.on == until.recorded.on


def test_a_conference_on_whose_day_a_plan_starts_made_that_plan(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2024-05-01", section_47("2024-06-03", "2024-06-20"), plan("2024-06-20"))))
    (conference,), (made,) = told(path, "conference"), told(path, "plan")

    assert "plan" == conference.events[0].data["outcome"]
    assert "S47-2024-06-03" == made.events[0].data["follows"]


def test_a_conference_without_an_enquiry_follows_the_referral_and_its_plan_follows_it(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2024-05-01", alone("2024-06-20"), plan("2024-06-20"))))
    (conference,), (made,) = told(path, "conference"), told(path, "plan")
    (held,) = conference.events

    assert ("InitialConferenceHeld", "ICPC-2024-06-20") == (held.type, held.episode_id)
    assert {
        "conference_id": "ICPC-2024-06-20",
        "outcome": "plan",
        "follows": "R-2024-05-01",
        "untold": list(UNTOLD_OF_CONFERENCE),
    } == held.data
    assert "ICPC-2024-06-20" == made.events[0].data["follows"]


def test_a_conference_told_in_both_places_is_one(census: Census, child: Write, details: Write) -> None:
    path = census(child(details("2024-05-01", alone("2024-06-20"), section_47("2024-06-03", "2024-06-20"))))

    assert ["S47-2024-06-03"] == [record.events[0].episode_id for record in told(path, "conference")]
    assert {"DateOfInitialCPC beside the same in Section47 (rule 2884)": 1} == not_used(path)


def test_two_conferences_of_one_referral_are_two(census: Census, child: Write, details: Write) -> None:
    path = census(child(details("2024-05-01", alone("2024-09-19"), section_47("2024-06-03", "2024-06-20"))))

    assert ["S47-2024-06-03", "ICPC-2024-09-19"] == [
        record.events[0].episode_id for record in told(path, "conference")
    ]


@pytest.mark.parametrize(
    ("enquiry", "fault", "rule"),
    [
        (section_47("2024-04-30"), ("S47ActualStartDate", "2024-04-30"), "rule 2889"),
        (section_47("2024-06-03", "2024-05-31"), ("DateOfInitialCPC", "2024-05-31"), "rule 8615"),
        (section_47("2024-06-03", "2024-04-30"), ("DateOfInitialCPC", "2024-04-30"), "rule 1104"),
        (section_47("2024-06-03", "2024-06-22"), ("DateOfInitialCPC", "2024-06-22"), "a Saturday"),
        (section_47("2024-06-03", "2024-06-23"), ("DateOfInitialCPC", "2024-06-23"), "a Sunday"),
        (section_47("2024-06-03", "2025-04-01"), ("DateOfInitialCPC", "2025-04-01"), "reference date"),
        (section_47("2024-06-31"), ("S47ActualStartDate", "2024-06-31"), "not a date"),
        (section_47(None), ("S47ActualStartDate", None), "is missing"),
        (alone("2024-04-30"), ("DateOfInitialCPC", "2024-04-30"), "rule 1104"),
        (alone("2024-06-23"), ("DateOfInitialCPC", "2024-06-23"), "rule 8875"),
    ],
)
def test_what_can_not_be_right_is_refused_with_its_rule(
    census: Census,
    child: Write,
    details: Write,
    enquiry: str,
    fault: tuple[str, str | None],
    rule: str,
) -> None:
    path = census(child(details("2024-05-01", enquiry)))

    assert [fault] == refusals(path)
    assert rule in reasons(path)[0]


def test_a_conference_on_a_bank_holiday_is_possible(census: Census, child: Write, details: Write) -> None:
    """26 August 2024 was the summer bank holiday, a Monday."""
    path = census(child(details("2024-05-01", section_47("2024-08-05", "2024-08-26"))))

    assert [] == refusals(path)


def test_the_conference_of_a_refused_enquiry_has_nothing_to_follow(
    census: Census, child: Write, details: Write
) -> None:
    path = census(child(details("2024-05-01", section_47("2024-04-30", "2024-06-20"))))

    assert [("S47ActualStartDate", "2024-04-30"), ("DateOfInitialCPC", "2024-06-20")] == refusals(path)
    assert "has nothing to follow" in reasons(path)[1]


def test_an_enquiry_told_twice_is_refused_the_second_time(
    census: Census, child: Write, details: Write
) -> None:
    again = section_47("2024-06-03")
    path = census(child(details("2024-05-01", again, again)))

    assert [("S47ActualStartDate", "2024-06-03")] == refusals(path)


@pytest.mark.parametrize(
    ("target", "counted"),
    [
        ("2024-06-24", "InitialCPCtarget"),
        ("2024-06-22", "InitialCPCtarget (no date, or on a weekend: query 8870Q)"),
        ("June", "InitialCPCtarget (no date, or on a weekend: query 8870Q)"),
    ],
)
def test_a_target_date_is_counted_and_changes_nothing(
    census: Census, child: Write, details: Write, target: str, counted: str
) -> None:
    path = census(child(details("2024-05-01", section_47("2024-06-03", target=target))))

    assert {counted: 1} == not_used(path)
    assert [] == refusals(path)


def test_a_conference_in_time_and_one_that_was_late(
    census: Census,
    child: Write,
    details: Write,
    bring_in: Callable[..., ImportReport],
    standings: Standings,
) -> None:
    """From Monday 3 June 2024, fifteen working days end on Monday 24 June; from Monday 2 December, on 23 December."""
    bring_in(
        census(
            child(
                details(
                    "2024-05-01",
                    section_47("2024-06-03", "2024-06-24"),
                    section_47("2024-12-02", "2024-12-24"),
                )
            )
        )
    )
    found = standings("C-1042", "2025-03-31")

    assert Standing.MET == found["cp.icpc.stat", date(2024, 6, 3)]
    assert Standing.MET_LATE == found["cp.icpc.stat", date(2024, 12, 2)]
    # the guidance counts from the strategy discussion, which the census does not tell
    assert Standing.UNKNOWN == found["cp.icpc.15wd", date(2024, 12, 2)]


@pytest.mark.parametrize(
    ("not_required", "stands"),
    [
        ("0", Standing.OVERDUE),
        ("false", Standing.OVERDUE),
        ("1", Standing.UNKNOWN),  # decided on a day that is not told
        ("true", Standing.UNKNOWN),
        ("perhaps", Standing.UNKNOWN),
        (None, Standing.UNKNOWN),
    ],
)
def test_an_enquiry_without_a_conference_is_overdue_only_where_one_is_still_wanted(
    census: Census,
    child: Write,
    details: Write,
    bring_in: Callable[..., ImportReport],
    standings: Standings,
    not_required: str | None,
    stands: Standing,
) -> None:
    bring_in(census(child(details("2024-05-01", section_47("2024-06-03", not_required=not_required)))))

    assert stands == standings("C-1042", "2024-06-25")["cp.icpc.stat", date(2024, 6, 3)]


def test_an_enquiry_whose_conference_has_an_impossible_date_is_no_breach(
    census: Census,
    child: Write,
    details: Write,
    bring_in: Callable[..., ImportReport],
    standings: Standings,
) -> None:
    report = bring_in(census(child(details("2024-05-01", section_47("2024-06-03", "2024-06-23")))))

    assert 1 == report.totals()["refused"]
    assert Standing.UNKNOWN == standings("C-1042", "2025-03-31")["cp.icpc.stat", date(2024, 6, 3)]


def test_the_return_corrected_makes_known_what_was_in_doubt(
    census: Census,
    child: Write,
    details: Write,
    bring_in: Callable[..., ImportReport],
    standings: Standings,
) -> None:
    """Sunday 23 June was a slip for Friday 28 June, four working days late."""
    bring_in(census(child(details("2024-05-01", section_47("2024-06-03", "2024-06-23")))))
    bring_in(census(child(details("2024-05-01", section_47("2024-06-03", "2024-06-28")))))

    assert Standing.MET_LATE == standings("C-1042", "2025-03-31")["cp.icpc.stat", date(2024, 6, 3)]


def test_an_enquiry_begun_just_before_the_reference_date_is_unknown_behind_it(
    census: Census,
    child: Write,
    details: Write,
    bring_in: Callable[..., ImportReport],
    standings: Standings,
) -> None:
    bring_in(census(child(details("2024-05-01", section_47("2025-03-17")))))

    assert Standing.DUE_SOON == standings("C-1042", "2025-03-31")["cp.icpc.stat", date(2025, 3, 17)]
    assert Standing.UNKNOWN == standings("C-1042", "2026-03-31")["cp.icpc.stat", date(2025, 3, 17)]


def test_a_plan_that_was_known_before_its_conference_is_no_breach_of_it(
    census: Census,
    child: Write,
    details: Write,
    bring_in: Callable[..., ImportReport],
    standings: Standings,
) -> None:
    """The outline plan is agreed at the conference; which of the two a source told first says nothing."""
    bring_in(census(child(details("2024-05-01", plan("2024-06-20"))), name="without.xml"))
    bring_in(census(child(details("2024-05-01", alone("2024-06-20"), plan("2024-06-20")))))
    found = standings("C-1042", "2025-03-31")

    assert found["cp.plan.outline", date(2024, 6, 20)] in (Standing.MET, Standing.UNKNOWN)
