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
