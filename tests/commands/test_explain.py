"""`caseclock explain`: why this date."""

import pytest
from calling import Call
from story import Told


@pytest.fixture
def timer_id(late_assessment: Told) -> str:
    return late_assessment.timer("assessment.single.45wd").timer.timer_id


def test_the_beginning_of_an_id_is_enough(call: Call, db: str, timer_id: str) -> None:
    whole = call("explain", timer_id, "--db", db)
    part = call("explain", timer_id[:6].upper(), "--db", db)

    assert (0, whole.out) == (part.status, part.out)


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
