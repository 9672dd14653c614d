"""What does not go in is kept: with its row, its reason, and another chance where it may have one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from accounts import LATER, counts

from caseclock.exchange.importing import Retried, retry_quarantine
from caseclock.exchange.reports import ImportReport
from caseclock.store.protocol import Quarantined
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine

Log = Callable[[str], list[Event]]

REFERRAL = {"type": "ReferralReceived", "occurred_at": "2026-03-02", "data": {"source": "2A"}}
CLOSURE = {"type": "ReferralClosed", "occurred_at": "2026-04-13", "data": {"reason": "RC7"}}


def test_a_refused_row_is_kept_with_where_it_stood_what_it_said_and_why(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    kept: Callable[[], list[Quarantined]],
) -> None:
    report = bring_in(census(child(details("2026-05-01"))))
    (row,) = kept()

    assert [row] == report.refusals
    assert ("census.xml", "child 1, line 6", "CINreferralDate", "2026-05-01", "C-1042") == (
        row.file,
        row.row,
        row.column,
        row.value,
        row.case_id,
    )
    assert "2026-05-01" == row.content["row"]["CINreferralDate"]
    assert row.reason.endswith("Correct the date.")
    assert not report.is_clean


def test_what_does_not_fit_its_case_yet_is_kept_and_goes_in_once_it_does(
    lines: Callable[..., Path],
    bring_in: Callable[..., ImportReport],
    kept: Callable[[], list[Quarantined]],
    log: Log,
) -> None:
    early = bring_in(lines(CLOSURE, name="closure.jsonl"))
    (row,) = kept()
    bring_in(lines(REFERRAL, name="referral.jsonl"))

    assert (1, 0, 0, 1, 0) == counts(early)
    assert [row] == early.kept
    assert "the episode has not begun" in row.reason
    assert ["ReferralClosed"] == [line["type"] for line in row.content["events"]]
    assert {"ReferralReceived", "ReferralClosed"} == {event.type for event in log("C-1042")}
    assert [] == kept()
    assert (1, 0, 0, 0, 1) == counts(bring_in(lines(CLOSURE, name="closure.jsonl")))


def test_the_order_of_lines_in_a_file_does_not_matter(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport]
) -> None:
    assert (2, 2, 0, 0, 0) == counts(bring_in(lines(CLOSURE, REFERRAL)))


def test_kept_rows_are_tried_again_when_asked(
    lines: Callable[..., Path], engine: Engine, bring_in: Callable[..., ImportReport]
) -> None:
    bring_in(lines(CLOSURE, {"type": "ReferralClosed", "occurred_at": "02/03/2026"}))

    assert Retried(tried=1, released=0) == retry_quarantine(engine, "thurrock", LATER)

    day = When(date(2026, 3, 2))
    opening = Event("late", "ReferralReceived", "thurrock", "C-1042", "R-1", day, day, "sw.jones")
    engine.record(opening, at=LATER)

    assert Retried(tried=1, released=1) == retry_quarantine(engine, "thurrock", LATER)
    assert Retried(tried=0, released=0) == retry_quarantine(engine, "thurrock", LATER)


def test_an_event_id_that_another_case_has_is_kept_back_alone(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport], log: Log
) -> None:
    bring_in(lines({**REFERRAL, "event_id": "taken"}, name="first.jsonl"))
    report = bring_in(
        lines(
            {**REFERRAL, "event_id": "taken", "case_id": "C-2"},
            {**REFERRAL, "event_id": "free", "case_id": "C-2"},
            name="second.jsonl",
        )
    )

    assert (2, 1, 0, 1, 0) == counts(report)
    assert ["free"] == [event.event_id for event in log("C-2")]


def test_two_events_of_a_live_system_on_one_day_are_never_taken_for_one(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport]
) -> None:
    again = {**REFERRAL, "event_id": "another"}

    assert (2, 1, 0, 1, 0) == counts(bring_in(lines(REFERRAL, again)))


def test_a_line_of_another_authority_is_refused(
    lines: Callable[..., Path], bring_in: Callable[..., ImportReport], log: Log
) -> None:
    report = bring_in(lines(REFERRAL, {**REFERRAL, "authority": "essex", "case_id": "C-2"}))

    assert (2, 1, 1, 0, 0) == counts(report)
    assert "another authority" in report.refusals[0].reason
    assert [] == log("C-2")
