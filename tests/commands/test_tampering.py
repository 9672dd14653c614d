"""`caseclock verify` names the first row that does not fit, whatever was done to the log by hand.

Each case of one database is tampered with in a way of its own, and `verify` is run once over all of them.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from calling import Call
from sqlalchemy import Connection, create_engine, text
from story import Told, begin

from caseclock.store.chain import hash_of, line_of
from caseclock.store.sql import open_store
from caseclock.store.types import utc_text

Deed = Callable[[Connection, str], object]
#: as at a day on which no breach was to be raised yet
AS_AT = ("--as-at", "2026-03-02")
NEVER_WRITTEN = "is not what was written: its content does not give the hash stored with it."
CHAINED_ELSEWHERE = (
    "is chained to another event than the one before it: a row was inserted, replaced or put in another "
    "place."
)
OF_NO_CASE = "is of a case that does not exist: the row was inserted, or the case's own row was deleted."
ONE_MORE = (
    "is one more than the case's own row tells of: a row was added at the end, or the case's own row was "
    "altered."
)


def tell(case: Told) -> None:
    """Four events of Monday 2 March 2026."""
    case.referral("2026-03-02 09:30", decided="2026-03-02 10:00")
    case.assessment("2026-03-02 11:00")
    case.happened("AssessmentAllocated", "2026-03-02 12:00", "A-1")


def sql(statement: str) -> Deed:
    """Run a statement on the row or rows of a case; `:c` is its id."""
    return lambda connection, case: connection.execute(text(statement), {"c": case})


def altered(column: str, value: str, seq: int = 3) -> Deed:
    return sql(f"UPDATE events SET {column} = {value} WHERE case_id = :c AND seq = {seq}")  # noqa: S608


def inserted_at_the_end(connection: Connection, case: str) -> None:
    """A fifth event, chained as it should be."""
    row = _copy_of_last(connection, case)
    _insert(connection, row | {"seq": 5, "event_id": f"{case}/forged", "previous": row["hash"]})


def inserted_between(connection: Connection, case: str) -> None:
    for seq in (4, 3):
        connection.execute(
            text("UPDATE events SET seq = seq + 1 WHERE case_id = :c AND seq = :s"), {"c": case, "s": seq}
        )
    row = _copy_of_last(connection, case)
    _insert(connection, row | {"seq": 3, "event_id": f"{case}/forged"})


def inserted_under_no_case(connection: Connection, case: str) -> None:
    row = _copy_of_last(connection, case) | {"case_id": "C-nobody", "event_id": "nobody/1", "seq": 1}
    _insert(connection, row | {"previous": "0" * 64})


def _copy_of_last(connection: Connection, case: str) -> dict[str, Any]:
    found = connection.execute(text("SELECT * FROM events WHERE case_id = :c ORDER BY seq DESC"), {"c": case})
    return dict(found.mappings().first() or {})


def _insert(connection: Connection, row: dict[str, Any]) -> None:
    """With the hash that its content gives, as someone does who knows how it is made."""
    told = {name: _canonical(value) for name, value in row.items()}
    row["hash"] = hash_of(row["previous"], line_of(told, row["seq"]))
    connection.execute(
        text(f"INSERT INTO events ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"),  # noqa: S608
        row,
    )


def _canonical(value: object) -> object:
    """PostgreSQL gives dates and instants, SQLite the texts that were hashed."""
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value


def swapped(connection: Connection, case: str) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        connection.execute(
            text("UPDATE events SET seq = :new WHERE case_id = :c AND seq = :old"),
            {"c": case, "old": old, "new": new},
        )


def gone_with_its_rows(connection: Connection, case: str) -> None:
    for table in ("events", "episodes", "timers", "breaches", "case_facts", "cases"):
        connection.execute(text(f"DELETE FROM {table} WHERE case_id = :c"), {"c": case})  # noqa: S608


#: what was done, and the sentence that names the first row that does not fit; {c} is the case
DEEDS: dict[str, tuple[Deed, str]] = {
    "authority": (
        altered("authority", "'elsewhere'"),
        "Event 3 is missing: the log goes on with event 4 ({c}/4).",
    ),
    "case_id": (
        altered("case_id", "'C-other'", seq=2),
        "Event 2 is missing: the log goes on with event 3 ({c}/3).",
    ),
    "seq": (altered("seq", "7"), "Event 3 is missing: the log goes on with event 4 ({c}/4)."),
    "event_id": (altered("event_id", "'new'"), f"Event 3 (new) {NEVER_WRITTEN}"),
    "type": (altered("type", "'ChildSeen'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "episode_id": (altered("episode_id", "'A-2'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "occurred_on": (altered("occurred_on", "'2026-03-01'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "occurred_at": (altered("occurred_at", "NULL"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "recorded_on": (altered("recorded_on", "'2026-03-03'", 1), f"Event 1 ({{c}}/1) {NEVER_WRITTEN}"),
    "recorded_at": (
        altered("recorded_at", "'2026-03-02T11:00:00.000001Z'"),
        f"Event 3 ({{c}}/3) {NEVER_WRITTEN}",
    ),
    "by_whom": (altered("by_whom", "'someone.else'", seq=4), f"Event 4 ({{c}}/4) {NEVER_WRITTEN}"),
    "because": (altered("because", "'forgotten'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "data": (altered("data", """'{"kind":"initial"}'"""), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "data written otherwise": (
        altered("data", """'{"outcome": "assessment"}'""", 2),
        f"Event 2 ({{c}}/2) {NEVER_WRITTEN}",
    ),
    "data that is no JSON": (altered("data", "'{\"kind'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "data that is no object": (altered("data", "'[1]'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "previous": (altered("previous", f"'{'f' * 64}'"), f"Event 3 ({{c}}/3) {CHAINED_ELSEWHERE}"),
    "hash": (altered("hash", f"'{'f' * 64}'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "two rows": (
        sql("UPDATE events SET because = 'x' WHERE case_id = :c AND seq IN (2, 4)"),
        f"Event 2 ({{c}}/2) {NEVER_WRITTEN}",
    ),
    "first deleted": (
        sql("DELETE FROM events WHERE case_id = :c AND seq = 1"),
        "Event 1 is missing: the log goes on with event 2 ({c}/2).",
    ),
    "middle deleted": (
        sql("DELETE FROM events WHERE case_id = :c AND seq = 3"),
        "Event 3 is missing: the log goes on with event 4 ({c}/4).",
    ),
    "last deleted": (
        sql("DELETE FROM events WHERE case_id = :c AND seq = 4"),
        "Event 4 is missing: the log ends with event 3 ({c}/3), and the case says it has 4.",
    ),
    "log deleted": (
        sql("DELETE FROM events WHERE case_id = :c"),
        "Event 1 is missing: the log is empty, and the case says it has 4.",
    ),
    "case's own row deleted": (
        sql("DELETE FROM cases WHERE case_id = :c"),
        f"Event 1 ({{c}}/1) {OF_NO_CASE}",
    ),
    "inserted at the end": (
        inserted_at_the_end,
        f"Event 5 ({{c}}/forged) {ONE_MORE}",
    ),
    "inserted between": (inserted_between, f"Event 3 ({{c}}/forged) {CHAINED_ELSEWHERE}"),
    "swapped": (swapped, f"Event 2 ({{c}}/3) {CHAINED_ELSEWHERE}"),
}
ONLY_ON_SQLITE: dict[str, tuple[Deed, str]] = {
    "a date that is none": (altered("occurred_on", "'yesterday'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "an instant that is none": (altered("recorded_at", "'noon'"), f"Event 3 ({{c}}/3) {NEVER_WRITTEN}"),
    "an instant written otherwise": (
        altered("occurred_at", "'2026-03-02T11:00:00Z'"),
        f"Event 3 ({{c}}/3) {NEVER_WRITTEN}",
    ),
    "a place that is no number": (
        altered("seq", "'third'"),
        "Event 3 is missing: the log goes on with event 4 ({c}/4).",
    ),
    "bytes that are no text": (
        altered("because", "CAST(x'ff' AS TEXT)"),
        f"Event 3 (it can't be decoded) {CHAINED_ELSEWHERE}",
    ),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of each kind."""
    return str(request.getfixturevalue("db" if request.param == "sqlite" else "postgres_database"))


def by_hand(url: str, do: Callable[[Connection], object]) -> None:
    """Do something to a database as whoever owns it can: the triggers taken away."""
    engine = create_engine(url)
    with engine.begin() as connection:
        on_table = " ON events" if connection.dialect.name == "postgresql" else ""
        for name in ("events_no_update", "events_no_delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on_table}"))
        do(connection)
    engine.dispose()


def found(call: Call, url: str, *words: object) -> dict[str, list[str]]:
    """What `verify` says of each case, all of it in sentences; it ends with 1 where it says anything."""
    done = call("verify", "--db", url, *AS_AT, "--format", "json", *words)
    said: dict[str, list[str]] = {}
    for finding in done.json()["findings"]:
        said.setdefault(finding["case_id"], []).append(finding["words"])
        assert finding["words"].endswith("."), finding
        assert "Break(" not in finding["words"]
    assert (1 if said else 0, "") == (done.status, done.err)
    return said


def test_whatever_is_done_to_a_row_is_found_and_the_first_that_does_not_fit_is_named(
    call: Call, url: str
) -> None:
    deeds = DEEDS if url.startswith("postgresql") else DEEDS | ONLY_ON_SQLITE
    with open_store(url) as store:
        for name in (*deeds, "untouched"):
            tell(begin(authority="anywhere", case_id=f"C-{name}", store=store))
    by_hand(url, lambda connection: [deed(connection, f"C-{name}") for name, (deed, _) in deeds.items()])

    said = found(call, url)

    assert {f"C-{name}": words.format(c=f"C-{name}") for name, (_, words) in deeds.items()} == {
        case: words[0] for case, words in said.items() if case != "C-other"
    }
    assert [f"Event 2 (C-case_id/2) {OF_NO_CASE}"] == said["C-other"]


def test_a_row_under_a_case_that_does_not_exist_is_named(call: Call, url: str) -> None:
    with open_store(url) as store:
        tell(begin(authority="anywhere", store=store))
    by_hand(url, lambda connection: inserted_under_no_case(connection, "C-1042"))

    assert {"C-nobody": [f"Event 1 (nobody/1) {OF_NO_CASE}"]} == found(call, url)


def test_what_is_derived_from_a_log_that_was_deleted_is_found(call: Call, url: str) -> None:
    """Whoever deletes a case and its log, and forgets what followed from it."""
    with open_store(url) as store:
        tell(begin(authority="anywhere", store=store))
    by_hand(
        url,
        lambda connection: [sql(f"DELETE FROM {table}")(connection, "") for table in ("events", "cases")],  # noqa: S608
    )

    said = found(call, url)["C-1042"]

    assert (
        "The table episodes has rows of a case that does not exist: its log was deleted, or they were inserted."
        in said
    )
    assert any("The table timers has rows" in words for words in said)


@pytest.mark.parametrize(
    ("table", "column"), [("timers", "due_on"), ("timers", "outcome"), ("episodes", "opened_on")]
)
def test_a_derived_row_that_can_t_be_read_is_told_in_words(
    call: Call, db: str, tmp_path: Path, table: str, column: str
) -> None:
    with open_store(db) as store:
        tell(begin(authority="anywhere", store=store))
    by_hand(
        db,
        lambda connection: [
            connection.execute(text("PRAGMA ignore_check_constraints = 1")),
            sql(f"UPDATE {table} SET {column} = 'soon' WHERE case_id = :c")(connection, "C-1042"),  # noqa: S608
        ],
    )

    (words,) = found(call, db)["C-1042"]
    more = {
        "event_id": "more",
        "type": "ChildSeen",
        "authority": "anywhere",
        "case_id": "C-1042",
        "by": "sw.jones",
    }
    file = tmp_path / "more.jsonl"
    file.write_text(json.dumps(more | {"episode_id": "A-1", "occurred_at": "2026-03-03"}), "utf-8")
    recorded = call("record", file, "--db", db)

    assert (1, True) == (recorded.status, "can't be read" in recorded.err), recorded
    assert f"A row of case C-1042 of anywhere in the table {table} can't be read" in words


def test_a_case_cut_off_or_taken_away_whole_is_found_by_a_checkpoint_alone(
    call: Call, url: str, tmp_path: Path
) -> None:
    """What was written last is taken away and everything else made to fit: no chain is broken then."""
    with open_store(url) as store:
        for name in ("C-cut", "C-gone", "C-kept"):
            tell(begin(authority="anywhere", case_id=name, store=store))
    key, public, signed = (tmp_path / name for name in ("private.pem", "public.pem", "signed.json"))
    call("checkpoint", "key", key, public)
    made = call("checkpoint", "write", "--db", url, "-a", "anywhere", "--key", key, "--out", signed)
    assert 0 == made.status

    def mend(connection: Connection) -> None:
        gone_with_its_rows(connection, "C-gone")
        sql("DELETE FROM events WHERE case_id = :c AND seq = 4")(connection, "C-cut")
        sql(
            "UPDATE cases SET version = 3, head = (SELECT hash FROM events WHERE case_id = :c AND seq = 3) "
            "WHERE case_id = :c"
        )(connection, "C-cut")
        sql("UPDATE episodes SET state = 'started' WHERE case_id = :c AND episode_id = 'A-1'")(
            connection, "C-cut"
        )

    by_hand(url, mend)

    assert {} == found(call, url)
    assert {"C-cut", "C-gone"} == set(found(call, url, "--checkpoint", signed, "--public-key", public))
