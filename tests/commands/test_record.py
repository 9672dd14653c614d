"""`caseclock record`: strict, and whole files only."""

import json
from pathlib import Path

import pytest
from calling import Call

NOW = ("--now", "2026-05-29T12:00:00Z")


def line(
    event_id: str,
    type_: str,
    on: str,
    *,
    authority: str | None = "anywhere",
    episode: str = "R-1",
    **data: object,
) -> dict[str, object]:
    told: dict[str, object] = {
        "event_id": event_id,
        "type": type_,
        "case_id": "C-1",
        "episode_id": episode,
        "by": "hub",
        "data": data,
    }
    return told | {"occurred_at": on} | ({"authority": authority} if authority else {})


REFERRAL = line("1", "ReferralReceived", "2026-05-22T15:40:00+00:00", source="school")
DECISION = line("2", "ReferralDecided", "2026-05-26", outcome="assessment")


def written(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    return path


def types(call: Call, db: str) -> list[str]:
    history = call("case", "C-1", "--db", db, "--format", "json", *NOW).json()["history"]
    return [entry["type"] for entry in history]


def test_a_file_is_recorded_and_a_database_made_for_it(call: Call, db: str, tmp_path: Path) -> None:
    done = call("record", written(tmp_path / "day.jsonl", REFERRAL, DECISION), "--db", db, *NOW)

    assert (0, "Recorded 2 events.\n", "") == (done.status, done.out, done.err)
    assert ["ReferralReceived", "ReferralDecided"] == types(call, db)


def test_a_file_sent_again_with_more_at_its_end_adds_what_is_new(call: Call, db: str, tmp_path: Path) -> None:
    call("record", written(tmp_path / "day.jsonl", REFERRAL), "--db", db, *NOW)

    done = call(
        "record", written(tmp_path / "day.jsonl", REFERRAL, DECISION), "--db", db, "--format", "json", *NOW
    )

    assert {"file": "day.jsonl", "events": 1, "unchanged": 1, "refused": None} == {
        name: value for name, value in done.json().items() if name != "timers"
    }


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (line("3", "AssessmentAuthorised", "2026-05-27", episode="A-1"), "has not begun"),
        (line("3", "ReferralDecided", "2026-05-27", outcome="assessment"), "'decided'"),
        (line("3", "ReferralDecidedd", "2026-05-27"), "Did you mean ReferralDecided?"),
        (line("1", "ReferralReceived", "2026-05-23"), "is taken by"),
        (line("3", "ReferrerInformed", "2026-06-30"), "after the moment of recording"),
        ({"event_id": "3"}, "is missing"),
    ],
    ids=["not begun", "illegal there", "misspelt", "other content", "in the future", "no event"],
)
def test_the_first_line_that_does_not_fit_stops_the_file_and_nothing_of_it_is_kept(
    call: Call, db: str, tmp_path: Path, bad: dict[str, object], said: str
) -> None:
    done = call("record", written(tmp_path / "day.jsonl", REFERRAL, DECISION, bad), "--db", db, *NOW)

    assert (1, "", True) == (done.status, done.out, said in done.err), done.err
    assert done.err.startswith("day.jsonl, line 3: ")
    assert done.err.endswith("Nothing of the file was recorded.\n")
    assert 2 == call("case", "C-1", "--db", db).status


def test_lines_may_come_by_standard_input(call: Call, db: str) -> None:
    lines = "".join(json.dumps(one) + "\n" for one in (REFERRAL, DECISION))

    done = call("record", "-", "--db", db, *NOW, stdin=lines.encode())

    assert (0, ["ReferralReceived", "ReferralDecided"]) == (done.status, types(call, db))


def test_a_byte_order_mark_and_blank_lines_are_no_lines(call: Call, db: str, tmp_path: Path) -> None:
    file = tmp_path / "day.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(REFERRAL).encode() + b"\r\n\r\n" + json.dumps(DECISION).encode()
    )

    assert "Recorded 2 events.\n" == call("record", file, "--db", db, *NOW).out


def test_lines_that_name_no_authority_are_of_the_one_given(call: Call, db: str, tmp_path: Path) -> None:
    unsaid = line("1", "ReferralReceived", "2026-05-22", authority=None)
    file = written(tmp_path / "day.jsonl", unsaid)

    refused = call("record", file, "--db", db, *NOW)
    recorded = call("record", file, "--db", db, "--authority", "thurrock", *NOW)

    assert (1, 0) == (refused.status, recorded.status)
    assert "thurrock" == call("case", "C-1", "--db", db, "--format", "json").json()["authority"]


def test_a_line_of_another_authority_than_the_one_given_is_refused(
    call: Call, db: str, tmp_path: Path
) -> None:
    done = call("record", written(tmp_path / "day.jsonl", REFERRAL), "--db", db, "-a", "thurrock", *NOW)

    assert (1, True) == (done.status, "belongs to another authority" in done.err)
