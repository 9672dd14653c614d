"""What would make a history impossible, or the law go backwards, is refused on the command line, the conflict named."""

import json
from pathlib import Path

import pytest
from calling import Call, Called
from story import Told

from caseclock.workflow.event_lines import event_line

RAN_OUT = "when the time had run out on Monday 23 February 2026."
NOW = ("--now", "2026-03-10T09:00:00Z")


def line(told: Told, event_type: str, on: str, episode: str, **data: object) -> dict[str, object]:
    return {
        "event_id": f"bad-{event_type}",
        "type": event_type,
        "authority": told.authority,
        "case_id": told.case_id,
        "episode_id": episode,
        "occurred_at": on,
        "by": "sw.jones",
        "because": "",
        "data": data,
    }


@pytest.fixture
def recorded(call: Call, db: str, tmp_path: Path) -> "Recording":
    return Recording(call, db, tmp_path)


class Recording:
    """Records one line strictly."""

    def __init__(self, call: Call, db: str, folder: Path) -> None:
        self.call, self.db, self.file = call, db, folder / "events.jsonl"

    def __call__(self, written: dict[str, object], *now: str) -> Called:
        self.file.write_text(json.dumps(written) + "\n", "utf-8")
        return self.call("record", self.file, "--db", self.db, *(now or NOW))


def refused(done: Called, *said: str) -> None:
    """Refused with one sentence that says all of this, and nothing else."""
    words = " ".join(done.err.split())
    assert (1, []) == (done.status, [one for one in said if one not in words]), words
    assert "Traceback" not in done.err


def test_an_event_from_the_future(recorded: "Recording", told: Told) -> None:
    before = told.log()

    done = recorded(line(told, "ReferralReceived", "2026-03-11", "R-1", source="school"))

    refused(done, "it is dated 2026-03-11", "after the moment of recording", "Record it once it has happened")
    assert before == told.log()


def test_a_correction_of_what_was_retracted(recorded: "Recording", told: Told) -> None:
    told.referral("2026-03-02")
    started = told.assessment("2026-03-03")
    told.retracted(started, recorded="2026-03-04")

    done = recorded(
        line(
            told, "EventCorrected", "2026-03-05", "A-1",
            event_id=started.event_id, occurred_at="2026-03-02", reason="wrong day",
        )
    )  # fmt: skip

    refused(done, f"event '{started.event_id}' was retracted already", "Record the fact anew")


def connected_person(told: Told) -> str:
    """A child placed with a grandmother on Monday 3 November 2025: sixteen weeks end on 23 February 2026."""
    told.happened(
        "PeriodOfCareStarted", "2025-11-03", "L-1", legal_status="section_20", date_of_birth="2015-06-10"
    )
    told.happened(
        "PlacementStarted", "2025-11-03", "L-1", placement_id="P-1", kind="connected_person_temporary"
    )
    return told.timer("cla.reg24.16w", "2025-12-01").timer.timer_id


def more_time(told: Told, timer_id: str, until: str, on: str, **data: object) -> dict[str, object]:
    asked = {"timer_id": timer_id, "until": until, "reason": "the panel is late", **data}
    return line(told, "TimerExtended", on, "L-1", **asked)


def test_an_extension_beyond_its_cap(recorded: "Recording", told: Told) -> None:
    """Eight weeks is the most: 20 April 2026."""
    timer_id = connected_person(told)

    beyond = recorded(more_time(told, timer_id, "2026-04-21", "2026-02-20", approved_by="head"))
    unapproved = recorded(more_time(told, timer_id, "2026-04-20", "2026-02-20"))
    allowed = recorded(more_time(told, timer_id, "2026-04-20", "2026-02-20", approved_by="head"))

    refused(
        beyond,
        "due 2026-02-23",
        "2026-04-21 was asked for; 8 weeks is the most at a time",
        "Source: Care Planning",
    )
    refused(unapproved, "only with approval; approved_by is missing")
    assert 0 == allowed.status


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-02-20", f"It is back-dated: it was written down on Tuesday 10 March 2026, {RAN_OUT}"),
        ("2026-03-09", f"It was asked for {RAN_OUT}"),
    ],
    ids=["back-dated", "too late"],
)
def test_an_extension_written_down_after_the_time_had_run_out_is_taken_and_seen_to_be_so(
    call: Call, recorded: "Recording", db: str, told: Told, on: str, said: str
) -> None:
    timer_id = connected_person(told)
    told.swept("2026-02-25")
    done = recorded(more_time(told, timer_id, "2026-04-20", on, approved_by="head"))

    (row,) = call("timers", "--db", db, "--timescale", "cla.reg24.16w", *NOW, "--format", "json").json()
    explained = " ".join(call("explain", timer_id, "--db", db, *NOW).out.split())
    withdrawn = call("breaches", "--db", db, "--withdrawn", *NOW, "--format", "json").json()

    assert (0, "2026-04-20", "2026-02-23") == (done.status, row["due_on"], row["first_due_on"])
    assert row["reason"].endswith(said)
    assert said in explained
    assert ["rescheduled"] == [one["cause"] for one in withdrawn if one["timescale"] == "cla.reg24.16w"]


def test_an_exemption_without_a_reason(
    call: Call, db: str, recorded: "Recording", late_assessment: Told
) -> None:
    late_assessment.swept("2026-02-01")
    breach = late_assessment.breaches()[0].breach_id
    exempt = ("answer", breach, "--exempt", "--by", "head", "--db", db, *NOW)

    bare = call(*exempt)
    unknown = call(*exempt, "--reason-code", "whim", "--text", "it was a busy week")
    as_line = recorded(
        line(late_assessment, "BreachExempted", "2026-03-09", "A-1", breach_id=breach, text="busy")
    )

    assert (2, True) == (bare.status, "--reason-code" in bare.err)
    refused(unknown, "reason_code 'whim' is not one for this", "Give one of")
    refused(as_line, "data.reason_code is missing")
    assert "BreachExempted" not in late_assessment.log()


def test_a_calendar_file_with_a_hole(call: Call, db: str, told: Told, tmp_path: Path) -> None:
    """It has eight days in 2029 and none on Christmas Day."""
    told.referral("2026-03-02")
    days = [f"2029-{day}" for day in ("01-01", "03-30", "04-02", "05-07", "05-28", "08-27", "12-24", "12-26")]
    rows = [{"title": "A day", "date": day, "notes": "", "bunting": True} for day in days]
    file = tmp_path / "bank-holidays.json"
    file.write_text(
        json.dumps({"england-and-wales": {"division": "england-and-wales", "events": rows}}), "utf-8"
    )

    done = call("calendar", "load", file, "--db", db, "--by", "clerk", "--because", "a new list", *NOW)

    refused(done, "2029-12-25, which is a bank holiday in any year, is missing")
    with told.engine.store.snapshot() as unit:
        assert [] == unit.calendar_changes()


PACK = """
[pack]
id = "shorter"
title = "Assessment, shorter"
process = "assessment"
reviewed_on = 2026-03-01

[[timescale]]
id = "assessment.stat.duration"
duty = "Complete the assessment"
basis = "statistic"
source = "An amendment"
verification = "K"
effective_from = 2026-01-01
counting = "day_after_trigger"
limit = { working_days = 35 }
starts = [{ event = "AssessmentStarted" }]
stops = [{ event = "AssessmentAuthorised" }]
"""


def test_a_pack_that_shortens_the_law_retroactively(call: Call, db: str, told: Told, tmp_path: Path) -> None:
    told.assessment("2026-03-02", follows="")
    due = told.due("assessment.stat.duration")
    file = tmp_path / "shorter.toml"
    file.write_text(PACK, "utf-8")

    done = call("packs", "adopt", file, "--db", db, "--by", "head", "--because", "amended", *NOW)

    refused(
        done,
        "assessment.stat.duration from 2026-01-01 would shorten 2013-04-15 of england.assessment (45 working days to "
        "35 working days) for clocks that have started",
        "Let it begin on 2026-03-10 or later",
    )
    assert due == told.due("assessment.stat.duration")


def test_a_line_as_written_can_be_read_again(told: Told, recorded: "Recording") -> None:
    """So that what is refused above is refused for its content."""
    event = told.assessment("2026-03-02", follows="")

    assert 0 == recorded(event_line(event)).status
