"""`caseclock simulate`: event lines that import takes, results with intervals, a database, interruptions."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from calling import Call

TINY = """
based_on = "small"
name = "tiny"
children = 900
months = 2
warm_up_months = 1
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_import_takes_every_event_line(call: Call, tiny: Path, tmp_path: Path, db: str) -> None:
    out = tmp_path / "out"
    made = call("simulate", "--scenario", tiny, "--seed", 4, "--out", out)
    assert 0 == made.status
    assert "One replication tells nothing of chance" in made.err

    lines = (out / "events.jsonl").read_text("utf-8").splitlines()
    report = json.loads(
        call("import", out / "events.jsonl", "--db", db, "--authority", "anywhere", "--format", "json").out
    )

    totals = report["totals"]
    assert len(lines) > 200
    assert (len(lines), len(lines), 0, 0) == tuple(
        totals[name] for name in ("records", "accepted", "refused", "quarantined")
    )


def test_a_database_that_was_simulated_into_verifies(call: Call, tiny: Path, db: str) -> None:
    made = call("simulate", "--scenario", tiny, "--seed", 4, "--db", db)
    assert 0 == made.status
    assert "Check it: caseclock verify" in made.out

    verified = call("verify", "--db", db, "--as-at", "2026-05-31", "--now", "2026-06-01T00:00:00Z")

    assert "all is as the log has it" in verified.out


def test_how_the_clocks_stood_is_kept_with_its_intervals(call: Call, tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = call(
        "simulate", "--scenario", tiny, "-n", 2, "--clocks", "--no-events", "--processes", 1, "--out", out
    )
    assert 0 == made.status

    rows = list(csv.DictReader((out / "clocks.csv").read_text("utf-8").splitlines()))

    met = next(row for row in rows if (row["timescale"], row["standing"]) == ("cp.review.stat", "met"))
    assert 0 <= float(met["low"]) <= float(met["mean"]) <= float(met["high"])
    assert "2" == met["replications"]


def test_clocks_are_judged_for_a_folder_only(call: Call, tiny: Path) -> None:
    refused = call("simulate", "--scenario", tiny, "-n", 2, "--clocks")

    assert 2 == refused.status
    assert "Give --out with --clocks." in refused.err


def test_a_database_that_holds_cases_is_refused(call: Call, tiny: Path, db: str) -> None:
    call("simulate", "--scenario", tiny, "--db", db)

    again = call("simulate", "--scenario", tiny, "--db", db)

    assert 2 == again.status
    assert "simulated children don't belong among others" in again.err


def test_results_come_with_intervals_and_what_they_were_made_from(
    call: Call, tiny: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    made = call(
        "simulate", "--scenario", tiny, "--seed", 9, "-n", 3, "--out", out, "--processes", 1, "--parquet"
    )

    assert 0 == made.status
    told = json.loads((out / "results.json").read_text("utf-8"))
    row = next(row for row in told["measures"] if row["measure"] == "referrals")
    assert row["low"] < row["mean"] < row["high"]
    assert (3, 9) == (row["replications"], told["made_from"]["seed"])
    assert {"scenario", "packs", "calendar", "program"} <= set(told["made_from"])
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        as_csv = {row["measure"]: row for row in csv.DictReader(file)}
    assert ("tiny", "9") == (as_csv["referrals"]["scenario"], as_csv["referrals"]["seed"])
    import polars

    assert len(as_csv) == polars.read_parquet(out / "results.parquet").height
    assert "complete" == json.loads((out / "manifest.json").read_text("utf-8"))["state"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("[teams.assessment]\nworkers = 0", "teams.assessment.workers"),
        ("[demand]\nreferrals_per_10000 = -5", "demand.referrals_per_10000"),
        ('[rules]\npacks = ["nowhere.toml"]', "rules.packs"),
        ("first_day = 1999-01-01", "first_day"),
        ("[demand]\nreferals_per_10000 = 5", "did you mean"),
    ],
)
def test_an_impossible_scenario_is_refused_before_anything_runs(
    call: Call, tmp_path: Path, changed: str, said: str
) -> None:
    path = tmp_path / "impossible.toml"
    head, tables = (f"{changed}\n", "") if not changed.startswith("[") else ("", changed)
    path.write_text(f'based_on = "small"\nname = "impossible"\n{head}{tables}\n', encoding="utf-8")
    out = tmp_path / "out"

    refused = call("simulate", "--scenario", path, "-n", 3, "--out", out)

    assert 2 == refused.status
    assert said in refused.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scenario", "smal"), "Did you mean 'small'?"),
        (("--scenario", "small"), "Nothing would be kept of it"),
        (("--scenario", "small", "--db", "sqlite:///x.db", "-n", "2"), "A database holds one service"),
        (("--scenario", "small", "-n", "2", "--authorities", "5000"), "Give from 1 to 2000"),
        (("--scenario", "small", "-n", "2", "--scheduler", "tcp://x:1"), "Give --engine dask"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(call: Call, words: tuple[str, ...], said: str) -> None:
    refused = call("simulate", *words)

    assert 2 == refused.status
    assert said in refused.err


def test_rules_of_its_own_are_refused_for_a_database(call: Call, tiny: Path, db: str) -> None:
    tiny.write_text(
        TINY + '[rules.limits]\n"assessment.single.45wd" = { working_days = 40 }\n', encoding="utf-8"
    )

    refused = call("simulate", "--scenario", tiny, "--db", db)

    assert 2 == refused.status
    assert "adopt the pack" in refused.err


#: the command, heeding Ctrl-C even where the tests themselves run behind something that does not
_CASECLOCK = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from caseclock.__main__ import main
sys.exit(main())
"""


def test_an_interrupted_run_says_so_and_the_same_call_goes_on(tmp_path: Path, tiny: Path) -> None:
    """The terminal's Ctrl-C, once the first replication is finished."""
    out = tmp_path / "out"
    words = [sys.executable, "-c", _CASECLOCK, "simulate", "--scenario", str(tiny), "--out", str(out),
             "--replications", "400", "--processes", "1"]  # fmt: skip
    begun = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not (out / "replication-0001" / "figures.json").exists():
        try:
            begun.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    os.killpg(begun.pid, signal.SIGINT)
    _, said = begun.communicate(timeout=60)

    assert 1 == begun.returncode
    assert "the same call goes on from there" in said
    held = json.loads((out / "manifest.json").read_text("utf-8"))
    finished = list(out.glob("replication-*/figures.json"))
    assert "partial" == held["state"]
    assert held["finished"] == len(finished)
    assert [] == list(out.rglob("*.part"))
    assert not (out / "results.json").exists()
