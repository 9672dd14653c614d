"""`caseclock compare`: what differs, under the same chance, and how sure that is."""

import json
from pathlib import Path

import pytest
from calling import Call

TINY = """
based_on = "small"
name = "tiny"
title = "A tiny service"
children = 2500
months = 3
warm_up_months = 2
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_half_the_workers_make_assessments_late_under_the_same_demand(
    call: Call, tiny: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    compared = call("compare", tiny, "--with", "teams.assessment.workers*=0.2", "-n", 3, "--processes", 1,
                    "--report", report, "--format", "json")  # fmt: skip

    assert 0 == compared.status
    told = json.loads(compared.out)
    rows = {row["measure"]: row for row in told["measures"] if row["scenario"] == "tiny-changed"}
    assert [6.0, pytest.approx(1.2)] == told["changes"]["tiny-changed"]["teams.assessment.workers"]
    assert rows["assessments.in_time"]["difference"] < -5
    assert rows["caseload"]["difference"] > 0
    page = report.read_text("utf-8")
    assert "<h1>A tiny service: what if?</h1>" in page
    assert '<th scope="row">assessments completed within 45 working days</th>' in page
    assert '<html lang="en-GB">' in page


def test_a_scenario_beside_itself_differs_in_nothing(call: Call, tiny: Path, tmp_path: Path) -> None:
    """Common random numbers: the same settings under another name give the same service."""
    twin = tmp_path / "twin.toml"
    twin.write_text(
        'based_on = "tiny.toml"\nname = "twin"\n'.replace("tiny.toml", str(tiny)), encoding="utf-8"
    )

    told = json.loads(
        call("compare", tiny, twin, "-n", 2, "--processes", 1, "--format", "json", "--every").out
    )

    differences = [row["difference"] for row in told["measures"] if row["scenario"] == "twin"]
    assert len(differences) > 40
    assert {0.0} == set(differences)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "1", "--with", "staffing.absence=0.1"), "Can't compare scenarios from 1 replication"),
        ((), "is compared with nothing"),
        (("small",), "Two scenarios are called small"),
        (("--with", "staffing.absense=0.1"), "staffing.absense is not a key of a scenario; did you mean"),
        (("--with", "staffing.absence=2"), "staffing.absence"),
        (("--with", "nonsense"), "changes nothing"),
        (("--with", "demand.sources*=2"), "reckons, and demand.sources is"),
        (("nowhere.toml",), "There is no scenario 'nowhere.toml'"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(call: Call, words: tuple[str, ...], said: str) -> None:
    refused = call("compare", "small", *words)

    assert 2 == refused.status
    assert said in refused.err
