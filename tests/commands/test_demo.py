"""`caseclock demo`: the main job end to end on the sample returns, on a machine that has nothing yet."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from calling import Call
from story import begin

from caseclock.store.sql import open_store


@dataclass(frozen=True, slots=True)
class Shown:
    """A demonstration that was given, in a folder of its own."""

    folder: Path
    said: str

    @property
    def db(self) -> str:
        return f"sqlite:///{self.folder / 'demo' / 'demonstration.db'}"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demonstration, started once as a user starts it."""
    folder = tmp_path_factory.mktemp("demonstration")
    environment = {name: value for name, value in os.environ.items() if name != "CASECLOCK_DB"}
    done = subprocess.run(
        [sys.executable, "-m", "caseclock", "demo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"COLUMNS": "160"},
    )
    assert (0, "") == (done.returncode, done.stderr)
    return Shown(folder, done.stdout)


@pytest.mark.slow
def test_it_says_where_the_database_and_the_report_are(shown: Shown) -> None:
    assert "Database: sqlite:///demo/demonstration.db" in shown.said
    assert "Report: demo/report.html" in shown.said
    assert (shown.folder / "demo" / "report.html").stat().st_size > 20_000


@pytest.mark.slow
def test_every_record_of_every_sample_is_accounted_for(shown: Shown) -> None:
    with open_store(shown.db) as store, store.snapshot() as unit:
        reports = [one.report for one in unit.imports("thurrock")]

    assert [] == [
        one
        for one in reports
        if one["records"] != one["accepted"] + one["refused"] + one["quarantined"] + one["unchanged"]
    ]
    assert {"cin_census", "annex_a", "event_lines"} <= {str(one["kind"]) for one in reports}
    assert sum(one["accepted"] for one in reports) > 600


@pytest.mark.slow
def test_all_five_pathways_run_on_live_events_and_what_a_return_can_tell_on_each(shown: Shown) -> None:
    """No return of a year before 2026 tells of work before proceedings, and SSDA903 of nothing but care."""
    with open_store(shown.db) as store, store.snapshot() as unit:
        told: dict[str, set[str]] = {}
        for authority, case_id in unit.case_ids():
            process = {one.episode_id: one.process for one in unit.episodes(authority, case_id)}
            for event in unit.events(authority, case_id):
                source = event.by if event.by.startswith("return:") else "live"
                told.setdefault(source, set()).add(process.get(event.episode_id, ""))

    before_care = {"assessment", "section_47", "child_protection_plan"}
    assert before_care | {"looked_after", "public_law_outline"} <= told["live"]
    assert before_care <= told["return:cin_census"]
    assert before_care | {"looked_after"} <= told["return:annex_a"]
    assert "looked_after" in told["return:ssda903"]


@pytest.mark.slow
def test_work_before_proceedings_and_at_court_runs_runs_out_and_is_met(shown: Shown, call: Call) -> None:
    """Easter lies between an application of 6 April 2022 and the window for its hearing, 25 April to 4 May."""
    asked = call("timers", "--db", shown.db, "--as-at", "2022-07-21", "--format", "json").json()
    found = {
        (row["case_id"], row["timescale"]): (row["due_on"], row["standing"], row["over"])
        for row in asked
        if row["process"] == "public_law_outline" and not row["timescale"].startswith("local.")
    }

    assert ("2022-02-04", "met_late", 6) == found["LIVE-15", "plo.midway.8w"]
    assert ("2022-04-01", "met", 0) == found["LIVE-15", "plo.max.16w"]
    assert ("2022-05-04", "met_late", 4) == found["LIVE-15", "court.pd12a.cmh"]
    assert ("2022-10-04", "running", 0) == found["LIVE-15", "court.s31.26w"]
    assert ("2022-01-28", "met", 0) == found["LIVE-16", "court.pd12a.cmh"]
    assert ("2022-08-30", "extended", 0) == found["LIVE-16", "court.s31.26w"]
    assert ("2022-07-11", "overdue", 10) == found["LIVE-17", "plo.max.16w"]
    assert "plo.max.16w" in (shown.folder / "demo" / "report.html").read_text("utf-8")


@pytest.mark.slow
def test_the_first_breaches_are_listed_and_one_date_is_explained(shown: Shown) -> None:
    listed = re.findall(r"^ ?[0-9a-f]{10} +\S+ .*(?:met late|overdue)", shown.said, re.MULTILINE)

    assert 15 == len(listed)
    assert "Not counted: " in shown.said
    assert "Platinum Jubilee bank holiday" in shown.said
    assert "all is as the log has it" in shown.said


@pytest.mark.slow
def test_its_database_answers_further_questions(shown: Shown, call: Call) -> None:
    asked = call("breaches", "--db", shown.db, "--as-at", "2022-07-21", "--format", "json").json()
    late = call(
        "timers", "--db", shown.db, "--as-at", "2022-07-21", "--case", "LIVE-03", "--format", "json"
    ).json()

    assert {"LIVE-02", "LIVE-04", "LIVE-14"} <= {row["case_id"] for row in asked}
    assert "recorded_late" in {row["standing"] for row in late}
    assert "LIVE-03" not in {row["case_id"] for row in asked}


@pytest.mark.slow
def test_it_can_be_given_again_and_says_the_same(
    shown: Shown, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shown.folder)
    monkeypatch.setenv("COLUMNS", "160")

    again = call("demo")

    assert (0, "") == (again.status, again.err)
    assert shown.said.splitlines() == again.out.splitlines()


@pytest.mark.slow
def test_a_database_of_ones_own_is_kept_and_a_second_demonstration_adds_nothing(
    call: Call, db: str, tmp_path: Path
) -> None:
    call("demo", "--db", db, "--out", tmp_path / "out")
    before = len(call("timers", "--db", db, "--format", "json").json())

    again = call("demo", "--db", db, "--out", tmp_path / "out", "--as-at", "2021-03-31")

    assert (0, before) == (again.status, len(call("timers", "--db", db, "--format", "json").json()))
    assert "As at 31 March 2021:" in again.out


def test_invented_children_are_not_put_among_real_cases(call: Call, db: str, tmp_path: Path) -> None:
    with open_store(db) as store:
        begin(authority="thurrock", store=store).referral("2026-03-02")

    done = call("demo", "--db", db, "--out", tmp_path / "out")

    assert (2, True) == (done.status, "holds cases that are not the demonstration's" in done.err)


def test_a_database_in_its_place_that_is_not_its_own_is_left_alone(call: Call, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demonstration.db'}"
    with open_store(url) as store:
        begin(authority="thurrock", store=store).referral("2026-03-02")

    done = call("demo", "--out", tmp_path)

    assert (2, 1) == (
        done.status,
        len({row["case_id"] for row in json.loads(call("timers", "--db", url, "--format", "json").out)}),
    )


def test_a_day_that_has_not_come_is_a_wrong_call(call: Call, tmp_path: Path) -> None:
    assert 2 == call("demo", "--out", tmp_path, "--as-at", "2999-01-01").status
