"""`caseclock timers` and `caseclock breaches`: as at a day, as known at a moment, in fields others rely on."""

import csv
from io import StringIO

import pytest
from calling import Call
from freezegun import freeze_time
from story import Told, begin

from caseclock.store.sql import open_store

CONTRACT = [
    "timer_id",
    "authority",
    "case_id",
    "episode_id",
    "process",
    "timescale",
    "version",
    "key",
    "started_on",
    "due_on",
    "due_at",
    "standing",
    "stopped_on",
    "recorded_on",
    "over",
    "unit",
    "basis",
    "source",
]


@pytest.fixture
def written_up_late(told: Told) -> Told:
    """An assessment due on 7 May 2026, authorised on the 6th, written up on the 19th; a sweep came in between."""
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    told.swept("2026-05-15")
    told.authorised("2026-05-06", recorded="2026-05-19")
    return told


def standing_of(call: Call, db: str, *words: str, timescale: str = "assessment.single.45wd") -> str:
    rows = call("timers", "--db", db, "--format", "json", *words).json()
    (found,) = [str(row["standing"]) for row in rows if row["timescale"] == timescale]
    return found


@pytest.mark.usefixtures("late_assessment")
def test_a_timer_has_the_fields_of_the_contract_in_their_order(call: Call, db: str) -> None:
    rows = call("timers", "--db", db, "--format", "json").json()
    guidance = next(row for row in rows if row["timescale"] == "assessment.single.45wd")

    assert CONTRACT == list(guidance)[: len(CONTRACT)]
    assert {
        "authority": "anywhere",
        "case_id": "C-1042",
        "episode_id": "A-1",
        "process": "assessment",
        "version": "2013-04-15",
        "key": None,
        "started_on": "2025-11-14",
        "due_on": "2026-01-21",
        "due_at": None,
        "standing": "met_late",
        "stopped_on": "2026-01-22",
        "recorded_on": "2026-01-22",
        "over": 1,
        "unit": "working_days",
        "basis": "statutory_guidance",
    } == {name: guidance[name] for name in CONTRACT if name not in ("timer_id", "timescale", "source")}


@pytest.mark.usefixtures("written_up_late")
def test_a_duty_written_up_late_is_overdue_until_it_is_known_and_in_time_from_then(
    call: Call, db: str
) -> None:
    assert "overdue" == standing_of(call, db, "--as-at", "2026-05-15")
    assert "recorded_late" == standing_of(call, db, "--as-at", "2026-05-20")
    assert "overdue" == standing_of(call, db, "--as-at", "2026-05-20", "--known-at", "2026-05-15")
    assert "recorded_late" == standing_of(
        call, db, "--as-at", "2026-05-15", "--known-at", "2026-05-20T10:00:00Z"
    )


@pytest.mark.usefixtures("written_up_late")
def test_a_breach_stands_as_at_a_day_and_is_withdrawn_once_more_is_known(call: Call, db: str) -> None:
    def breaches(*words: str) -> list[tuple[str, str, str | None]]:
        rows = call("breaches", "--db", db, "--format", "json", *words).json()
        return [
            (row["standing"], row["breach"], row["cause"])
            for row in rows
            if row["timescale"] == "assessment.single.45wd"
        ]

    assert [("overdue", "open", None)] == breaches("--as-at", "2026-05-15")
    assert [] == breaches("--as-at", "2026-05-20")
    assert [("recorded_late", "withdrawn", "recorded_late")] == breaches(
        "--as-at", "2026-05-20", "--withdrawn"
    )


def test_a_breach_says_when_it_fell_and_when_it_was_raised(
    call: Call, db: str, late_assessment: Told
) -> None:
    def guidance() -> dict[str, object]:
        rows = call("breaches", "--db", db, "--format", "json").json()
        return next(row for row in rows if row["timescale"] == "assessment.single.45wd")

    unraised = guidance()
    late_assessment.swept("2026-02-03 08:00")
    raised = guidance()

    assert ("2026-01-22", None) == (unraised["fell_on"], unraised["raised_at"])
    assert ("2026-01-22", "2026-02-03T08:00:00+00:00") == (raised["fell_on"], raised["raised_at"])
    assert "closed" == raised["breach"]


def test_the_furthest_past_its_limit_comes_first_whatever_the_unit(call: Call, db: str, told: Told) -> None:
    begin(authority="anywhere", case_id="C-2", store=told.engine.store).referral(
        "2026-03-02", decided="2026-03-31"
    )
    begin(authority="anywhere", case_id="C-3", store=told.engine.store).referral(
        "2026-03-02", decided="2026-03-05"
    )
    begin(authority="thurrock", case_id="C-4", store=told.engine.store).referral(
        "2026-03-02", decided="2026-03-16"
    )

    rows = call("breaches", "--db", db, "--as-at", "2026-04-01", "--format", "json").json()

    assert ["C-2", "C-4", "C-4", "C-3"] == [row["case_id"] for row in rows]


def test_timers_can_be_narrowed(call: Call, db: str, late_assessment: Told) -> None:
    begin(authority="thurrock", case_id="C-2", store=late_assessment.engine.store).referral("2025-12-01")

    def cases(*words: str) -> set[str]:
        return {row["case_id"] for row in call("timers", "--db", db, "--format", "json", *words).json()}

    assert {"C-1042", "C-2"} == cases()
    assert {"C-2"} == cases("--authority", "thurrock")
    assert {"C-1042"} == cases("--case", "C-1042")
    assert {"C-1042"} == cases("--standing", "met_late", "--standing", "extended")
    assert {"C-1042"} == cases("--timescale", "assessment.stat.duration")
    assert set() == cases("--case", "C-1042", "--authority", "thurrock")


def test_another_month_policy_changes_the_answer_and_nothing_stored(call: Call, db: str, told: Told) -> None:
    told.happened("PlanStarted", "2025-05-30", "P-1", category="neglect")
    told.happened("ReviewConferenceHeld", "2025-08-31", "P-1", conference_id="K-2", outcome="continue")

    def due(*words: str) -> str:
        rows = call(
            "timers", "--db", db, "--timescale", "cp.review.next.6m", "--format", "json", *words
        ).json()
        return str(rows[0]["due_on"])

    before = due()
    other = due("--months", "days_91_183")

    assert ("2026-02-28", "2026-03-02", "2026-02-28") == (before, other, due("--months", "calendar_months"))


def test_a_spreadsheet_is_given_no_formula(call: Call, db: str, told: Told) -> None:
    begin(authority="anywhere", case_id='=HYPERLINK("x")', store=told.engine.store).referral("2026-03-02")

    rows = list(csv.DictReader(StringIO(call("timers", "--db", db, "--format", "csv").out)))

    assert {'\'=HYPERLINK("x")'} == {row["case_id"] for row in rows}
    assert CONTRACT == list(rows[0])[: len(CONTRACT)]


def test_text_of_a_case_cannot_colour_the_screen(call: Call, db: str, told: Told) -> None:
    begin(authority="anywhere", case_id="[red]C\x1b[2J", store=told.engine.store).referral("2026-03-02")

    done = call("timers", "--db", db)

    assert ("[red]C\ufffd[2J" in done.out, "\x1b" in done.out) == (True, False)


def test_today_is_the_day_it_is(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02", decided="not yet")
    with freeze_time("2026-03-03T23:59:59Z"):
        last_day = standing_of(call, db, timescale="referral.decision.1wd")
    with freeze_time("2026-03-04T00:00:00Z"):
        day_after = standing_of(call, db, timescale="referral.decision.1wd")

    assert (True, "overdue") == (last_day in ("running", "due_soon"), day_after)


@pytest.mark.usefixtures("written_up_late")
def test_a_table_says_as_at_when_and_counts(call: Call, db: str) -> None:
    done = call("timers", "--db", db, "--as-at", "2026-05-20")

    assert "as at 20 May 2026, as known on 20 May 2026 at 11:59pm" in done.out
    assert "met, recorded late" in done.out
    assert "3 timers:" in done.out


def test_timers_of_recording_standards_are_folded_in_the_table_alone(call: Call, db: str) -> None:
    """In Thurrock each event is to be written up within a day or two: one timer an event."""
    with open_store(db) as store:
        case = begin(authority="thurrock", store=store)
        case.referral("2026-03-02")
        case.assessment("2026-03-02")
        case.happened("ChildSeen", "2026-03-04", "A-1", recorded="2026-03-20")
        case.swept("2026-03-31")
    now = ("--db", db, "--now", "2026-03-31T12:00:00Z")
    rows = call("timers", *now, "--format", "json").json()
    of_recording = {row["timescale"] for row in rows if row["timescale"].startswith("local.recording")}

    table, whole = call("timers", *now), call("timers", *now, "--recording")
    breaches = call("breaches", *now).out

    assert of_recording
    assert not any(name in table.out for name in of_recording)
    assert all(name in whole.out for name in of_recording)
    assert "1 more is of how soon an event was written up, late: --recording shows it." in " ".join(
        table.out.split()
    )
    assert "--recording shows" not in whole.out
    assert ["written up late"] == [
        "written up late"
        for line in breaches.splitlines()
        if "local.recording" in line and "written up late" in line
    ]
    assert not any("overdue" in line for line in breaches.splitlines() if "local.recording" in line)
