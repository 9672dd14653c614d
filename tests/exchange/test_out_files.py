"""What goes out: event lines that come in again, a log for process mining, and the audit with its chain."""

import json
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import text
from story import begin

from caseclock.exchange.importing import import_files
from caseclock.exchange.out_audit import AUDIT_COLUMNS, ChainChecked, audit_rows
from caseclock.exchange.out_events import event_lines
from caseclock.exchange.out_xes import EXTENSIONS, write_xes
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A case whose assessment ran out on 21 January 2026 and was done the day after, and another."""
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as store:
        told = begin(store=store)
        told.referral("2025-11-14", decided="2025-11-17")
        started = told.assessment("2025-11-17 10:15")
        told.swept("2026-01-22")
        told.authorised("2026-01-22")
        told.corrected(started, "2025-11-18 09:00", recorded="2026-01-23")
        begin(case_id="C-2 <&>\x1b", store=store).referral("2026-03-02")
        yield store


def lines(store: SqlStore, **how: object) -> list[str]:
    with store.snapshot() as unit:
        return list(event_lines(unit, "anywhere", **how))  # type: ignore[arg-type]


def bring_in(store: SqlStore, file: Path) -> dict[str, Any]:
    at = When.parse("2026-05-20").latest()
    return import_files([file], engine=Engine(store), authority="anywhere", imported_at=at).totals()


def test_what_caseclock_writes_itself_is_left_out_unless_asked_for(store: SqlStore) -> None:
    facts = {json.loads(line)["type"] for line in lines(store)}
    everything = {json.loads(line)["type"] for line in lines(store, own=True)}

    assert "BreachRaised" in everything - facts
    assert not facts & {"BreachRaised", "BreachWithdrawn", "TimersMoved"}


def test_event_lines_brought_in_again_change_nothing(store: SqlStore, tmp_path: Path) -> None:
    before = lines(store, own=True)
    file = tmp_path / "out.jsonl"
    file.write_text("\n".join(lines(store)) + "\n", "utf-8")

    report = bring_in(store, file)

    assert (len(lines(store)), 0) == (report["unchanged"], report["events"])
    assert before == lines(store, own=True)


def test_event_lines_make_the_same_cases_elsewhere(store: SqlStore, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("\n".join(lines(store)) + "\n", "utf-8")

    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        bring_in(other, file)

        assert lines(store) == lines(other)


def test_a_mining_log_has_a_trace_for_each_case_in_the_order_of_happening(store: SqlStore) -> None:
    into = BytesIO()
    with store.snapshot() as unit:
        counted = write_xes(unit, "anywhere", into)

    log = etree.fromstring(into.getvalue())
    traces = log.findall("trace")
    times = [
        [one.get("value") for one in trace.findall("event/date[@key='time:timestamp']")] for trace in traces
    ]
    assert (2, 6) == counted
    assert [4, 2] == [len(trace) for trace in times]
    assert all(str(one) <= str(other) for trace in times for one, other in pairwise(trace))


def test_a_mining_log_has_the_shape_of_the_standard(store: SqlStore) -> None:
    """By IEEE 1849: extensions, globals, classifiers, attributes, traces, in this order; attributes typed and keyed."""
    into = BytesIO()
    with store.snapshot() as unit:
        write_xes(unit, "anywhere", into)

    log = etree.fromstring(into.getvalue())
    order = [child.tag for child in log]
    kinds = {"string", "date", "int", "float", "boolean", "id"}
    prefixes = {prefix for _, prefix, _ in EXTENSIONS}
    assert ["extension"] * 4 + ["global"] * 2 + ["classifier", "string", "trace", "trace"] == order
    for event in log.iter("event"):
        keys = [one.get("key") for one in event]
        assert len(set(keys)) == len(keys)
        assert {"concept:name", "time:timestamp", "lifecycle:transition", "org:resource"} <= set(keys)
        assert {one.tag for one in event} <= kinds
        assert {str(key).split(":")[0] for key in keys if ":" in str(key)} <= prefixes


def test_a_mining_log_has_what_was_corrected_where_it_happened(store: SqlStore) -> None:
    into = BytesIO()
    with store.snapshot() as unit:
        write_xes(unit, "anywhere", into, case_id="C-1042")

    started = etree.fromstring(into.getvalue()).xpath(
        "//event[string[@value='AssessmentStarted']]/date[@key='time:timestamp']/@value"
    )
    assert ["2025-11-18T09:00:00.000+00:00"] == started


def test_the_audit_has_every_event_with_its_place_in_the_chain(store: SqlStore) -> None:
    checked = ChainChecked()
    with store.snapshot() as unit:
        rows = list(audit_rows(unit, "anywhere", checked))

    assert (2, len(lines(store, own=True)), []) == (checked.cases, len(rows), checked.broken)
    assert {"whole"} == {row["chain"] for row in rows}
    assert set(AUDIT_COLUMNS) == set(rows[0])
    assert all(
        one["hash"] == other["previous"]
        for one, other in pairwise(rows)
        if one["case_id"] == other["case_id"]
    )


@pytest.mark.parametrize("altered", ["by_whom = 'somebody.else'", "occurred_on = 'no day'", "data = '{'"])
def test_the_audit_says_where_a_chain_breaks_whatever_was_written_there(
    store: SqlStore, altered: str
) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER events_no_update"))
        connection.execute(text("UPDATE events SET " + altered + " WHERE case_id = 'C-1042' AND seq = 2"))  # noqa: S608  # words of this test
    checked = ChainChecked()
    with store.snapshot() as unit:
        rows = [row for row in audit_rows(unit, "anywhere", checked) if row["case_id"] == "C-1042"]

    assert 1 == len(checked.broken)
    assert "whole" == rows[0]["chain"]
    assert rows[1]["chain"].startswith("Event 2")
    assert {"behind a break"} == {row["chain"] for row in rows[2:]}
