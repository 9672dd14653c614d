"""`--as-judged-by`: the same events under another pack, on every command that judges, with nothing stored changed."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from calling import Call
from story import Told, begin

from caseclock.store.sql import open_store

FORTY = """
[pack]
id = "what_if"
title = "An assessment in forty working days"
process = "assessment"
{authority}
reviewed_on = 2026-11-21

[[timescale]]
id = "{timescale}"
duty = "Complete the assessment within 40 working days of its own start"
basis = "statistic"
source = "A question asked of the figures"
verification = "K"
effective_from = 2013-04-15
counting = "day_after_trigger"
limit = {{ working_days = 40 }}
starts = [{{ event = "AssessmentStarted" }}]
stops = [{{ event = "AssessmentAuthorised" }}]
"""
STATISTIC = "assessment.stat.duration"


def pack(tmp_path: Path, *, authority: str = "", timescale: str = STATISTIC) -> Path:
    path = tmp_path / "forty.toml"
    named = f'authority = "{authority}"' if authority else ""
    path.write_text(FORTY.format(timescale=timescale, authority=named), "utf-8")
    return path


@pytest.fixture
def forty(tmp_path: Path) -> Path:
    return pack(tmp_path)


def stands(call: Call, db: str, *words: object, timescale: str = STATISTIC) -> list[str]:
    rows = call("timers", "--db", db, "--timescale", timescale, "--format", "json", *words).json()
    return [row["standing"] for row in rows]


@pytest.mark.usefixtures("late_assessment")
def test_what_45_days_kept_40_would_have_missed_and_nothing_stored_changes(
    call: Call, db: str, forty: Path
) -> None:
    before = call("timers", "--db", db, "--format", "json").out

    assert ["met"] == stands(call, db)
    assert ["met_late"] == stands(call, db, "--as-judged-by", forty)
    assert before == call("timers", "--db", db, "--format", "json").out


@pytest.mark.usefixtures("late_assessment")
def test_a_row_names_the_packs_it_was_judged_by(call: Call, db: str, forty: Path) -> None:
    judged = ("--db", db, "--as-judged-by", forty)
    timers = call("timers", *judged, "--format", "json").json()
    breaches = call("breaches", *judged, "--format", "json").json()
    written = list(csv.DictReader(StringIO(call("timers", *judged, "--format", "csv").out)))

    assert [["what_if"]] * 3 == [row["judged_by"] for row in timers]
    assert [["what_if"]] * 2 == [row["judged_by"] for row in breaches]
    assert ["what_if"] * 3 == [row["judged_by"] for row in written]
    assert all("judged_by" not in row for row in call("timers", "--db", db, "--format", "json").json())


@pytest.mark.usefixtures("late_assessment")
def test_every_heading_says_by_which_pack(call: Call, db: str, forty: Path) -> None:
    timer = call("timers", "--db", db, "--timescale", STATISTIC, "--format", "json").json()[0]["timer_id"]
    said = "as judged by An assessment in forty working days (what_if)"

    for words in (("timers",), ("breaches",), ("scorecard",), ("explain", timer)):
        done = call(*words, "--db", db, "--as-judged-by", forty)

        assert (0, True) == (done.status, said in " ".join(done.out.split())), words
        assert "as judged by" not in call(*words, "--db", db).out


@pytest.mark.usefixtures("late_assessment")
def test_a_breach_other_packs_would_give_is_not_one_that_waits_to_be_raised(
    call: Call, db: str, forty: Path
) -> None:
    assert "not yet raised" in call("breaches", "--db", db).out
    assert "not yet raised" not in call("breaches", "--db", db, "--as-judged-by", forty).out


@pytest.mark.usefixtures("late_assessment")
def test_the_scorecard_counts_by_the_pack(call: Call, db: str, forty: Path) -> None:
    def in_time(*more: object) -> tuple[int, int]:
        told = call("scorecard", "--db", db, "--as-at", "2026-01-31", "--format", "json", *more).json()
        (line,) = [line for line in told["indicators"] if line["id"] == "assessments.in_time"]
        return line["numerator"], line["denominator"]

    assert (1, 1) == in_time()
    assert (0, 1) == in_time("--as-judged-by", forty)


@pytest.mark.usefixtures("late_assessment")
def test_the_scorecard_names_the_pack(call: Call, db: str, forty: Path) -> None:
    words = ("scorecard", "--db", db, "--as-judged-by", forty, "--format")
    written = list(csv.DictReader(StringIO(call(*words, "csv").out)))

    assert ["what_if"] == call(*words, "json").json()["judged_by"]
    assert {"what_if"} == {row["judged_by"] for row in written}


@pytest.mark.usefixtures("late_assessment")
def test_a_timer_that_only_the_pack_has_can_be_explained(call: Call, db: str, tmp_path: Path) -> None:
    new = pack(tmp_path, timescale="what_if.assessment.40wd")
    rows = call("timers", "--db", db, "--as-judged-by", new, "--format", "json").json()
    (timer,) = [row["timer_id"] for row in rows if row["timescale"] == "what_if.assessment.40wd"]

    told = call("explain", timer[:8], "--db", db, "--as-judged-by", new, "--format", "json").json()

    assert ("what_if", "2013-04-15", "K", ["what_if"]) == (
        told["pack"],
        told["version"],
        told["verification"],
        told["judged_by"],
    )
    assert 2 == call("explain", timer, "--db", db).status


def test_a_pack_of_one_authority_judges_no_other(call: Call, db: str, told: Told, tmp_path: Path) -> None:
    theirs = begin(authority="elsewhere", store=told.engine.store)
    for case in (told, theirs):
        case.referral("2025-11-14")
        case.assessment("2025-11-17")
        case.authorised("2026-01-22")
    local = pack(tmp_path, authority="elsewhere")

    assert ["met"] == stands(call, db, "--as-judged-by", local, "--authority", "anywhere")
    assert ["met_late"] == stands(call, db, "--as-judged-by", local, "--authority", "elsewhere")
    assert ["met", "met_late"] == stands(call, db, "--as-judged-by", local)


@pytest.mark.parametrize("command", ["timers", "breaches", "scorecard", "explain"])
def test_a_pack_that_is_not_there_or_does_not_load_is_a_wrong_call(
    call: Call, db: str, tmp_path: Path, command: str
) -> None:
    with open_store(db):
        pass
    broken = tmp_path / "broken.toml"
    broken.write_text(
        pack(tmp_path).read_text("utf-8").replace('source = "A question asked of the figures"', "")
    )
    words = (command, *(("abc",) if command == "explain" else ()), "--db", db, "--as-judged-by")

    absent, unreadable = call(*words, tmp_path / "none.toml"), call(*words, broken)

    assert (2, "", True) == (absent.status, absent.out, "none.toml" in absent.err)
    assert (2, "", True) == (unreadable.status, unreadable.out, "source is missing" in unreadable.err)
