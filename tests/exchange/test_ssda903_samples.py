"""The sample looked-after returns that Caseclock carries, counted independently of the reader."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from caseclock.exchange.reports import ImportReport
from caseclock.timers.timer import AtEnd, Standing
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions
from caseclock.workflow.sweep import sweep

pytestmark = pytest.mark.slow

SAMPLES = Path(str(files("caseclock") / "samples" / "ssda903"))
YEARS = ("2019", "2020", "2021")


def rows(file: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for year in YEARS:
        with (SAMPLES / year / f"{file}.csv").open(encoding="utf-8-sig", newline="") as told:
            found.extend(csv.DictReader(told))
    return found


def test_every_row_and_every_period_of_the_three_years_is_accounted_for(
    bring_in: Callable[..., ImportReport],
) -> None:
    report = bring_in(SAMPLES)
    totals = report.totals()
    told = sum(len(rows(file)) for file in ("episodes", "reviews", "missing"))

    assert 6094 == told
    assert {"files": 24, "files_refused": 0, "records": told + 367, "refused": 18} == {
        name: totals[name] for name in ("files", "files_refused", "records", "refused")
    }
    assert totals["records"] == sum(
        totals[name] for name in ("accepted", "refused", "quarantined", "unchanged")
    )


def test_what_is_wrong_with_the_samples_is_refused_and_what_belongs_nowhere_is_kept(
    bring_in: Callable[..., ImportReport],
) -> None:
    report = bring_in(SAMPLES)
    refused = Counter((Path(row.file).stem, row.column) for row in report.refusals)

    assert {("episodes", "DECOM"): 11, ("reviews", "REVIEW"): 6, ("reviews", "REVIEW_CODE"): 1} == refused
    assert {("reviews", "REVIEW"): 2334} == Counter((Path(row.file).stem, row.column) for row in report.kept)


def test_what_is_not_read_is_counted_to_the_last_cell(bring_in: Callable[..., ImportReport]) -> None:
    read = {
        "header": {"CHILD", "DOB"},
        "episodes": {"CHILD", "DECOM", "RNE", "LS", "PLACE", "PLACE_PROVIDER", "DEC", "REC"},
        "reviews": {"CHILD", "DOB", "REVIEW", "REVIEW_CODE"},
        "missing": {"CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"},
    }
    expected: Counter[str] = Counter()
    for file in (*read, "uasc", "oc2", "oc3", "previous_permanence"):
        for row in rows(file):
            expected.update(
                f"{file}: {column}"
                for column, cell in row.items()
                if cell and column not in read.get(file, {"CHILD", "DOB"})
            )
    not_used = bring_in(SAMPLES).totals()["not_used"]

    assert expected == {what: n for what, n in not_used.items() if "rule" not in what}
    assert {
        "episodes: REC without DEC (rule 148)": sum(
            bool(row["REC"]) and not row["DEC"] for row in rows("episodes")
        ),
        "reviews: REVIEW_CODE PN0 after the fourth birthday (rule 440)": 584,
        "reviews: REVIEW_CODE PN1 to PN7 before the fourth birthday (rule 441)": 59,
    } == {what: n for what, n in not_used.items() if "rule" in what}


def test_nothing_becomes_overdue_behind_the_last_day_that_the_sample_years_tell_of(
    bring_in: Callable[..., ImportReport], engine: Engine
) -> None:
    """Years later: what was undone by that day is overdue, what fell due behind it is unknown and never raised."""
    bring_in(SAMPLES)
    later = datetime(2026, 11, 20, 9, tzinfo=UTC)
    sweep(engine, later)
    until: dict[tuple[str, str], date] = {}
    with engine.store.snapshot() as unit:
        for authority, case_id in unit.case_ids():
            for event in unit.events(authority, case_id):
                if event.type == "SourceTold":
                    told, of = date.fromisoformat(event.data["until"]), (case_id, event.episode_id)
                    until[of] = max(told, until.get(of, told))
        found = list(positions(engine, unit, asked(now=later), authority="thurrock"))
        raised = {breach.timer_id for breach in unit.all_breaches("thurrock")}
    still_open = [one for one in found if one.timer.stopped_on is None]
    behind = [one.timer for one in still_open if one.timer.at_end is AtEnd.UNKNOWN]
    undone = [one.timer for one in still_open if one.standing is Standing.OVERDUE]

    assert [] == [
        (timer.case_id, timer.timescale, timer.due_on)
        for timer in undone
        if timer.due_on is None or timer.due_on > until[timer.case_id, timer.episode_id]
    ]
    assert min(len(undone), len(behind)) > 20
    assert raised.isdisjoint(timer.timer_id for timer in behind)
