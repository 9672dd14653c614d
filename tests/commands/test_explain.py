"""`caseclock explain`: why this date."""

from datetime import date

import pytest
from calling import Call
from story import Told

from caseclock.timers.calendar import england_and_wales


@pytest.fixture
def timer_id(late_assessment: Told) -> str:
    return late_assessment.timer("assessment.single.45wd").timer.timer_id


def test_the_beginning_of_an_id_is_enough(call: Call, db: str, timer_id: str) -> None:
    whole = call("explain", timer_id, "--db", db)
    part = call("explain", timer_id[:6].upper(), "--db", db)

    assert (0, whole.out) == (part.status, part.out)


def test_the_id_of_its_breach_means_the_timer_whether_it_was_raised_or_not(
    call: Call, db: str, late_assessment: Told, timer_id: str
) -> None:
    rows = call("breaches", "--db", db, "--format", "json").json()
    (breach,) = [row["breach_id"] for row in rows if row["timer_id"] == timer_id]
    whole = call("explain", timer_id, "--db", db).out

    assert whole == call("explain", breach[:8], "--db", db).out
    late_assessment.swept("2026-02-03")
    assert whole == call("explain", breach, "--db", db).out


def test_the_id_of_a_breach_withdrawn_since_its_date_moved_means_the_timer_too(
    call: Call, db: str, told: Told
) -> None:
    told.happened("ApplicationIssued", "2026-01-12", "P-1", by="court")
    told.swept("2026-07-14")
    (breach,) = [one.breach_id for one in told.breaches() if one.timescale == "court.s31.26w"]
    given = "2026-07-10"  # in time, and written up after the breach was raised
    told.happened(
        "ProceedingsExtended",
        given,
        "P-1",
        recorded="2026-07-15",
        by="court",
        until="2026-09-06",
        reason="expert",
    )

    done = call("explain", breach, "--db", db, "--as-at", "2026-07-15")

    assert (0, True) == (done.status, "6 September 2026" in done.out)


def test_it_tells_trigger_limit_source_skipped_days_and_standing(call: Call, db: str, timer_id: str) -> None:
    done = call("explain", timer_id, "--db", db, "--as-at", "2026-01-22")

    for said in (
        "Friday 14 November 2025",
        "45 working days",
        "Working Together to Safeguard Children",
        "Thursday 25 December 2025 (bank holiday: Christmas Day)",
        "Wednesday 21 January 2026",
        "As at Thursday 22 January 2026: It was met late by 1 working day.",
    ):
        assert said in done.out


def test_each_day_is_on_its_weekday_with_its_number(call: Call, db: str, timer_id: str) -> None:
    rows = [line.split() for line in call("explain", timer_id, "--db", db).out.splitlines()]
    christmas = next(row for row in rows if row[:3] == ["22", "Dec", "2025"])

    assert ["26", "27", "28", "-", "-", "-", "-"] == christmas[3:10]
    assert "Thu 25: bank holiday: Christmas Day" in " ".join(christmas)


def test_json_has_the_sentences_and_every_day(call: Call, db: str, timer_id: str) -> None:
    told = call("explain", timer_id, "--db", db, "--format", "json").json()
    counted = [day["count"] for day in told["days"] if day["count"] is not None]

    assert (timer_id, "met_late", 1) == (told["timer_id"], told["standing"], told["over"])
    assert list(range(46)) == counted
    assert ("2025-11-14", "2026-01-21") == (told["days"][0]["day"], told["days"][-1]["day"])


def test_it_explains_as_at_a_day_and_as_known_at_a_moment(call: Call, db: str, timer_id: str) -> None:
    done = call("explain", timer_id, "--db", db, "--as-at", "2026-01-22", "--known-at", "2026-01-21")

    assert "As at Thursday 22 January 2026: It is overdue by 1 working day." in done.out


def test_a_timer_that_had_not_begun_by_then_is_told_so(call: Call, db: str, timer_id: str) -> None:
    done = call("explain", timer_id, "--db", db, "--as-at", "2025-11-01")

    assert (2, "", True) == (done.status, done.out, "by what was known" in done.err)


def test_json_names_the_events_the_pack_and_the_calendar_that_decided(
    call: Call, db: str, late_assessment: Told, timer_id: str
) -> None:
    told = call("explain", timer_id, "--db", db, "--format", "json").json()
    history = call("case", late_assessment.case_id, "--db", db, "--format", "json").json()["history"]
    types = {entry["event_id"]: entry["type"] for entry in history}

    assert ("ReferralReceived", [], "AssessmentAuthorised") == (
        types[told["trigger_event"]],
        told["extended_by"],
        types[told["stop_event"]],
    )
    assert ("england.assessment", "2013-04-15", "V2") == (told["pack"], told["version"], told["verification"])
    assert told["source"].startswith("Working Together to Safeguard Children")
    assert england_and_wales().as_known(date(2026, 1, 22)).version == told["calendar"]


def test_json_names_the_events_that_gave_more_time(call: Call, db: str, told: Told) -> None:
    told.happened("ApplicationIssued", "2026-01-12", "P-1", by="court")
    (until,) = [one for one in told.positions() if one.timer.timescale == "court.s31.26w"]
    given = told.happened(
        "ProceedingsExtended", "2026-06-01", "P-1", by="court", until="2026-09-06", reason="expert"
    )

    explained = call("explain", until.timer.timer_id, "--db", db, "--format", "json").json()

    assert [given.event_id] == explained["extended_by"]
