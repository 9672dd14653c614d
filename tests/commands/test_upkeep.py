"""`caseclock db upgrade`, `calendar add` and `quarantine`."""

import json
from pathlib import Path

from calling import Call
from story import Told

FUNERAL = (
    "calendar",
    "add",
    "2026-03-17",
    "--title",
    "A day of mourning",
    "--because",
    "proclaimed",
    "--by",
    "clerk",
)


def test_upgrade_makes_a_database_where_there_is_none_and_leaves_one_that_is_up_to_date(
    call: Call, db: str
) -> None:
    first, second = call("db", "upgrade", "--db", db), call("db", "upgrade", "--db", db)

    assert (0, 0, True) == (first.status, second.status, first.out == second.out)
    assert [] == call("timers", "--db", db, "--format", "json").json()


def test_a_day_added_moves_running_timers_and_says_how_many(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")

    done = call(*FUNERAL, "--db", db, "--now", "2026-03-10T09:00:00Z")
    again = call(*FUNERAL, "--db", db, "--now", "2026-03-10T10:00:00Z", "--format", "json")

    assert "17 March 2026 is not worked: A day of mourning. 2 running timers moved, in 1 case.\n" == done.out
    assert {"day": "2026-03-17", "replaces": None, "cases": 0, "timers": 0} == again.json()
    assert ["2026-05-08", "2026-05-08"] == [
        row["due_on"]
        for row in call("timers", "--db", db, "--format", "json", "--standing", "overdue").json()
    ]


def test_a_day_of_another_authority_moves_nothing_here(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")

    done = call(
        *FUNERAL, "--db", db, "--authority", "elsewhere", "--format", "json", "--now", "2026-03-10T09:00:00Z"
    )

    assert 0 == done.json()["timers"]


def test_what_did_not_fit_is_listed_with_its_reason_and_goes_in_once_it_fits(
    call: Call, db: str, tmp_path: Path
) -> None:
    def line(number: int, type_: str, on: str, **data: str) -> str:
        told = {"event_id": f"e{number}", "type": type_, "case_id": "C-1", "episode_id": "R-1", "by": "hub"}
        return json.dumps(told | {"authority": "anywhere", "occurred_at": on, "data": data}) + "\n"

    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text(line(2, "ReferralDecided", "2026-03-03", outcome="assessment"), "utf-8")
    second.write_text(line(1, "ReferralReceived", "2026-03-02"), "utf-8")

    kept = call("import", first, "--db", db, "-a", "anywhere", "--format", "json")
    (row,) = call("quarantine", "--db", db, "--format", "json").json()
    call("import", second, "--db", db, "-a", "anywhere")

    assert (1, 1) == (kept.status, kept.json()["totals"]["quarantined"])
    assert ("first.jsonl", "line 1", "C-1", True) == (row["file"], row["row"], row["case_id"], row["retried"])
    assert "has not begun" in row["reason"]
    assert [] == call("quarantine", "--db", db, "--format", "json").json()


def test_import_can_stand_on_an_earlier_day(call: Call, db: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    told = {"event_id": "1", "type": "ReferralReceived", "case_id": "C-1", "episode_id": "R-1", "by": "hub"}
    lines.write_text(
        json.dumps(told | {"authority": "anywhere", "occurred_at": "2026-03-02"}) + "\n", "utf-8"
    )

    before = call("import", lines, "--db", db, "-a", "anywhere", "--as-at", "2026-03-01", "--format", "json")
    after = call("import", lines, "--db", db, "-a", "anywhere", "--as-at", "2026-03-02", "--format", "json")

    assert (0, 1) == (before.json()["totals"]["accepted"], after.json()["totals"]["accepted"])


def test_a_second_import_changes_nothing_and_ends_with_0(call: Call, db: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    told = {"event_id": "1", "type": "ReferralReceived", "case_id": "C-1", "episode_id": "R-1", "by": "hub"}
    lines.write_text(
        json.dumps(told | {"authority": "anywhere", "occurred_at": "2026-03-02"}) + "\n", "utf-8"
    )
    call("import", lines, "--db", db, "-a", "anywhere")

    again = call("import", lines, "--db", db, "-a", "anywhere", "--format", "json")

    totals = again.json()["totals"]
    assert (0, 0, 1, 0) == (again.status, totals["accepted"], totals["unchanged"], totals["events"])


def test_a_bank_holiday_is_moved_by_hand(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    words = ("--title", "Early May bank holiday (victory day)", "--by", "clerk", "--because", "proclaimed")
    now = ("--db", db, "--now", "2026-03-10T09:00:00Z")

    done = call("calendar", "add", "2026-05-08", "--instead-of", "2026-05-04", *words, *now)
    wrong = call("calendar", "add", "2026-05-15", "--instead-of", "2026-05-14", *words, *now)
    twice = call("calendar", "add", "2026-05-08", *words, *now)

    assert (
        "8 May 2026 is not worked, and 4 May 2026 is: Early May bank holiday (victory day). "
        "2 running timers moved, in 1 case.\n"
    ) == done.out
    assert (1, True) == (wrong.status, "2026-05-14 is not a bank holiday that could be moved" in wrong.err)
    assert (1, True) == (twice.status, "it is there already, instead of 2026-05-04" in twice.err)
