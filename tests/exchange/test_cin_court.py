"""The pre-proceedings block of the census from 2026 on. The census year is 1 April 2026 to 31 March 2027.

Its dates lie in the future of the project's own day, so everything is brought in on 20 May 2027.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.exchange.reports import ImportReport
from caseclock.timers.timer import Standing
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions

Census = Callable[..., Path]
Write = Callable[..., str]

AT = datetime(2027, 5, 20, 9, tzinfo=UTC)
DECIDED = {"PPStartDate": "2026-09-09"}
WHOLE = {
    **DECIDED,
    "LBPSentDate": "2026-09-14",
    "FGDMMeetingOffer": "1",
    "FGDMMeetingFac": "0",
    "InitialPPMeetingDate": "2026-09-28",
    "ReviewMeetingsCount": "3",
    "StepDecisionDate": "2026-12-01",
    "PPOutcome": "A",
    "CourtAppDate": "2026-12-18",
    "LetterInitCPDate": "2027-02-05",
}


@pytest.fixture
def before_court(census: Census, child: Write, details: Write) -> Callable[..., Path]:
    """Write a return with one block, of a referral of 5 May 2026 unless said otherwise."""

    def before_court(
        *blocks: dict[str, str], referral: str = "2026-05-05", reference: str = "2027-03-31"
    ) -> Path:
        written = [
            f"<PreProceedingsandFGDM>{''.join(f'<{name}>{text}</{name}>' for name, text in block.items())}"
            "</PreProceedingsandFGDM>"
            for block in blocks
        ]
        return census(child(details(referral, *written)), reference=reference)

    return before_court


@pytest.fixture
def stands(engine: Engine, bring_in: Callable[..., ImportReport]) -> Callable[..., Standing]:
    """Bring a return in, and say where the timer of a timescale stands at the end of a day."""

    def stands(path: Path, timescale: str, on: str = "2027-03-31") -> Standing:
        bring_in(path, at=AT)
        with engine.store.snapshot() as unit:
            question = asked(now=AT, as_at=date.fromisoformat(on))
            (timer,) = [
                one
                for one in positions(engine, unit, question, authority="thurrock", case_id="C-1042")
                if one.timer.timescale == timescale
            ]
        return timer.standing

    return stands


def records(path: Path) -> list[Told | Refused | NotUsed]:
    return list(read_cin_census(path, authority="thurrock", imported_at=AT))


def told(path: Path) -> dict[str, date]:
    """Give the events told of the block, with their days, without what says how far the return tells."""
    found = [record for record in records(path) if isinstance(record, Told) and record.kind != "referral"]
    return {
        event.type: event.occurred.on
        for record in found
        for event in record.events
        if event.type != "SourceTold"
    }


def data(path: Path, event_type: str) -> dict[str, object]:
    found = [event for record in records(path) if isinstance(record, Told) for event in record.events]
    return dict(next(event.data for event in found if event.type == event_type))


def refusals(path: Path) -> list[tuple[str | None, str | None]]:
    return [(record.column, record.value) for record in records(path) if isinstance(record, Refused)]


def reasons(path: Path) -> list[str]:
    return [record.reason for record in records(path) if isinstance(record, Refused)]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in records(path) if isinstance(record, NotUsed)}


def test_each_dated_thing_of_the_block_is_a_record(before_court: Callable[..., Path]) -> None:
    path = before_court(WHOLE)

    assert {
        "LegalPlanningMeetingHeld": date(2026, 9, 9),
        "LetterBeforeProceedingsSent": date(2026, 9, 14),
        "PreProceedingsMeetingHeld": date(2026, 9, 28),
        "PreProceedingsEnded": date(2026, 12, 1),
    } == told(path)
    assert ["referral", "legal_planning_meeting", "letter", "meeting", "step_decision"] == [
        record.kind for record in records(path) if isinstance(record, Told)
    ]


def test_an_application_is_told_as_submitted_and_never_as_issued(before_court: Callable[..., Path]) -> None:
    path = before_court(WHOLE)

    assert {
        "outcome": "issue",
        "submitted_on": "2026-12-18",
        "initiation_letter_on": "2027-02-05",
        "code": "A",
    } == data(path, "PreProceedingsEnded")
    assert "ApplicationIssued" not in told(path)


def test_what_is_told_without_a_day_is_kept_and_counted(before_court: Callable[..., Path]) -> None:
    path = before_court(WHOLE)
    opened = data(path, "LegalPlanningMeetingHeld")

    assert {
        "family_meeting_offered": True,
        "family_meeting_facilitated": False,
        "review_meetings": 3,
    }.items() <= opened.items()
    assert {
        "FGDMMeetingOffer (its day is not told)": 1,
        "FGDMMeetingFac (its day is not told)": 1,
        "ReviewMeetingsCount (its day is not told)": 1,
    } == not_used(path)


def test_without_an_application_the_decision_may_have_been_up_or_down(
    before_court: Callable[..., Path],
) -> None:
    path = before_court({**DECIDED, "StepDecisionDate": "2026-12-01", "PPOutcome": "B"})

    assert {"LegalPlanningMeetingHeld": date(2026, 9, 9)} == told(path)
    assert {
        "StepDecisionDate (up or down is not told without CourtAppDate)": 1,
        "PPOutcome (what its codes mean is not known)": 1,
    } == not_used(path)


@pytest.mark.parametrize(
    ("changed", "fault", "why"),
    [
        ({"LBPSentDate": "2026-09-08"}, ("LBPSentDate", "2026-09-08"), "rule 9006"),
        ({"InitialPPMeetingDate": "2026-09-08"}, ("InitialPPMeetingDate", "2026-09-08"), "decision to begin"),
        ({"StepDecisionDate": "2026-09-08"}, ("StepDecisionDate", "2026-09-08"), "rule 9009"),
        ({"CourtAppDate": "2026-11-30"}, ("CourtAppDate", "2026-11-30"), "rule 9012"),
        ({"LetterInitCPDate": "2026-12-17"}, ("LetterInitCPDate", "2026-12-17"), "rule 9013"),
        ({"LetterInitCPDate": "2027-04-01"}, ("LetterInitCPDate", "2027-04-01"), "reference date"),
        ({"LBPSentDate": "2026-09-31"}, ("LBPSentDate", "2026-09-31"), "not a date"),
    ],
)
def test_what_can_not_be_right_is_refused_and_the_rest_goes_in(
    before_court: Callable[..., Path], changed: dict[str, str], fault: tuple[str, str], why: str
) -> None:
    path = before_court({**WHOLE, **changed})

    assert [fault] == refusals(path)
    assert why in reasons(path)[0]
    assert 3 == len(told(path))


def test_all_on_one_day_is_possible(before_court: Callable[..., Path]) -> None:
    day = "2026-09-09"
    path = before_court({name: day if name.endswith("Date") else text for name, text in WHOLE.items()})

    assert [] == refusals(path)


@pytest.mark.parametrize(
    ("start", "why"),
    [("2026-03-31", "rule 9005"), ("2027-04-01", "reference date"), ("2026-05-04", "the referral")],
)
def test_a_decision_to_begin_outside_the_census_year_refuses_the_whole_block(
    before_court: Callable[..., Path], start: str, why: str
) -> None:
    path = before_court({**WHOLE, "PPStartDate": start})

    assert ["PPStartDate", "LBPSentDate", "InitialPPMeetingDate", "StepDecisionDate"] == [
        column for column, _ in refusals(path)
    ]
    assert why in reasons(path)[0]
    assert {} == told(path)


def test_the_work_before_court_in_time(
    before_court: Callable[..., Path], stands: Callable[..., Standing]
) -> None:
    """Sixteen weeks from the letter of 14 September end on 4 January 2027; the decision came on 1 December."""
    assert Standing.MET == stands(before_court(WHOLE), "plo.max.16w")


def test_the_work_before_court_goes_on_too_long(
    before_court: Callable[..., Path], stands: Callable[..., Standing]
) -> None:
    """No application was submitted, so none was issued: on 5 January 2027 the sixteen weeks are over."""
    open_still = {**DECIDED, "LBPSentDate": "2026-09-14", "InitialPPMeetingDate": "2026-09-28"}

    assert Standing.OVERDUE == stands(before_court(open_still), "plo.max.16w", "2027-01-05")


@pytest.mark.parametrize("decided", [{"StepDecisionDate": "2026-12-01"}, {"PPOutcome": "C"}])
def test_work_that_may_have_ended_is_unknown(
    before_court: Callable[..., Path], stands: Callable[..., Standing], decided: dict[str, str]
) -> None:
    path = before_court({**DECIDED, "LBPSentDate": "2026-09-14", **decided})

    assert Standing.UNKNOWN == stands(path, "plo.max.16w")


def test_a_meeting_that_may_not_have_been_owed_any_more_is_no_breach(
    before_court: Callable[..., Path], stands: Callable[..., Standing]
) -> None:
    path = before_court({**DECIDED, "LBPSentDate": "2026-09-14", "StepDecisionDate": "2026-09-16"})

    assert Standing.UNKNOWN == stands(path, "plo.letter_to_meeting")


def test_the_review_midway_is_never_told(
    before_court: Callable[..., Path], stands: Callable[..., Standing]
) -> None:
    assert Standing.UNKNOWN == stands(before_court({**DECIDED, "LBPSentDate": "2026-09-14"}), "plo.midway.8w")


def test_behind_the_reference_date_nothing_is_known(
    before_court: Callable[..., Path], stands: Callable[..., Standing]
) -> None:
    path = before_court({"PPStartDate": "2027-03-19", "LBPSentDate": "2027-03-22"})

    assert Standing.UNKNOWN == stands(path, "plo.letter_to_meeting", "2027-05-01")
