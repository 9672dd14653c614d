"""`caseclock rules` and `caseclock diagram`: the law with its sources, and how a case may move."""

import csv
from io import StringIO

import pytest
from calling import Call
from lxml import etree

from caseclock.processes import PROCESSES, Process


def ids(call: Call, *words: str) -> list[str]:
    return [row["id"] for row in call("rules", "--format", "json", *words).json()]


def test_the_law_changes_with_the_day(call: Call) -> None:
    before, after = ids(call, "--as-at", "2013-04-14"), ids(call, "--as-at", "2013-04-15")

    assert ("assessment.core.35wd" in before, "assessment.single.45wd" in before) == (True, False)
    assert ("assessment.core.35wd" in after, "assessment.single.45wd" in after) == (False, True)


def test_every_version_can_be_listed(call: Call) -> None:
    everything = ids(call, "--all-versions")

    assert {"assessment.initial.7wd", "assessment.initial.10wd", "assessment.single.45wd"} <= set(everything)


def test_local_standards_are_those_of_the_authority_asked_for(call: Call) -> None:
    assert not [rule for rule in ids(call) if rule.startswith("local.")]
    assert [rule for rule in ids(call, "-a", "thurrock") if rule.startswith("local.")]


def test_each_rule_says_limit_source_and_how_far_it_was_checked(call: Call) -> None:
    rows = {row["id"]: row for row in call("rules", "--format", "json", "--as-at", "2026-03-02").json()}

    assert ("45 working days", "statutory_guidance", "V2") == tuple(
        rows["assessment.single.45wd"][name] for name in ("limit", "basis", "verification")
    )
    assert "no clock" == rows["referral.feedback_referrer"]["limit"]
    assert "definition" == rows["referral.rereferral.12m"]["limit"]
    assert all(row["source"] and row["effective_from"] for row in rows.values())


def test_the_table_explains_its_marks(call: Call) -> None:
    said = call("rules").out

    for mark in (
        "V1 the primary text was seen",
        "V2 a secondary text was seen",
        "K written from knowledge",
        "No clock:",
    ):
        assert mark in said


def test_rules_come_as_csv_too(call: Call) -> None:
    rows = list(csv.DictReader(StringIO(call("rules", "--format", "csv", "--process", "assessment").out)))

    assert {"assessment"} == {row["process"] for row in rows}


@pytest.mark.parametrize("process", PROCESSES.values(), ids=lambda process: process.name)
def test_a_diagram_has_every_state_and_every_event(call: Call, process: Process) -> None:
    drawn = call("diagram", process.name).out
    tabled = call("diagram", process.name, "--format", "table").out

    assert drawn.startswith("stateDiagram-v2\n")
    assert [] == [state.name for state in process.states if f"    {state.name} : " not in drawn]
    assert [] == [event for event in process.events if event not in drawn or f"`{event}`" not in tabled]
    assert len(process.moves) == tabled.count("\n") - 2


def test_a_diagram_says_where_a_process_begins_and_ends(call: Call) -> None:
    drawn = call("diagram", "assessment").out.splitlines()

    assert "    [*] --> started : AssessmentStarted" in drawn
    assert "    authorised --> [*]" in drawn
    assert "    started --> allocated : AssessmentAllocated" in drawn


@pytest.mark.parametrize("process", PROCESSES.values(), ids=lambda process: process.name)
def test_a_picture_is_whole_xml_and_says_in_words_what_it_draws(call: Call, process: Process) -> None:
    drawn = etree.fromstring(call("diagram", process.name, "--format", "svg").out.encode())
    texts = " ".join(text.text or "" for text in drawn.iter("{*}text"))
    description = " ".join(text.text or "" for text in drawn.iter("{*}desc"))

    assert [] == [state.name for state in process.states if state.name.replace("_", " ") not in texts]
    assert [] == [event for event in process.events if event not in texts]
    assert f"From Begins: {process.openers[0]}" in description
    assert [] == [*drawn.iter("{*}script", "{*}image", "{*}style")]


def test_a_form_that_is_not_drawn_is_a_wrong_call(call: Call) -> None:
    done = call("diagram", "assessment", "--format", "bpmn")

    assert (2, "", True) == (done.status, done.out, "svg" in done.err)
