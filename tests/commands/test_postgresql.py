"""The same commands on PostgreSQL."""

import json
from pathlib import Path

from calling import Call


def test_record_sweep_list_and_verify(call: Call, postgres_database: str, tmp_path: Path) -> None:
    lines, unfit = tmp_path / "lines.jsonl", tmp_path / "unfit.jsonl"
    event = {"event_id": "1", "type": "ReferralReceived", "case_id": "C-1", "episode_id": "R-1", "by": "hub"}
    told_on = {"occurred_at": "2026-03-02", "recorded_at": "2026-03-02"}
    lines.write_text(json.dumps(event | {"authority": "anywhere"} | told_on), "utf-8")
    late = {"event_id": "2", "type": "ChildSeen", "case_id": "C-2", "episode_id": "A-1", "by": "hub"}
    unfit.write_text(json.dumps(late | {"authority": "elsewhere", "occurred_at": "2026-03-02"}), "utf-8")
    db = ("--db", postgres_database)

    assert 0 == call("record", lines, *db).status
    assert (
        1 == call("run", "--once", *db, "--now", "2026-03-04T00:00:00Z", "--format", "json").json()["raised"]
    )
    (breach,) = call("breaches", *db, "--as-at", "2026-03-04", "--format", "json").json()
    assert ("overdue", 1, "2026-03-04") == (breach["standing"], breach["over"], breach["fell_on"])
    assert 0 == call("explain", breach["timer_id"], *db).status
    assert 1 == call("import", unfit, *db, "-a", "elsewhere").status
    assert ["elsewhere"] == [row["authority"] for row in call("quarantine", *db, "--format", "json").json()]
    assert 0 == call("verify", *db).status
    assert 0 == call("db", "upgrade", *db).status


def test_the_tables_of_cases_are_divided_once_and_recording_goes_on(
    call: Call, postgres_database: str, tmp_path: Path
) -> None:
    lines = tmp_path / "lines.jsonl"
    event = {"event_id": "1", "type": "ReferralReceived", "case_id": "C-1", "episode_id": "R-1", "by": "hub"}
    lines.write_text(json.dumps(event | {"authority": "anywhere", "occurred_at": "2026-03-02"}), "utf-8")
    db = ("--db", postgres_database)

    assert "Nothing was begun" in call("db", "partition", "--give-up", *db).out
    divided = call("db", "partition", "--parts", "2", *db)
    assert (0, True) == (divided.status, 'DROP SCHEMA "public_unpartitioned" CASCADE' in divided.out)
    assert "2 partitions already" in call("db", "partition", *db).out
    assert 0 == call("record", lines, *db).status
    assert (
        1 == call("run", "--once", *db, "--now", "2026-03-04T00:00:00Z", "--format", "json").json()["raised"]
    )
    assert 0 == call("verify", *db).status


def test_sqlite_is_not_divided_and_told_why(call: Call, db: str) -> None:
    call("db", "upgrade", "--db", db)
    refused = call("db", "partition", "--db", db)

    assert (2, True) == (refused.status, "one file with one writer" in refused.err)
