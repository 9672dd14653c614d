"""Pages of results: figures month by month, charts with the tables they are drawn from, and files that others read."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars
import pytest
from lxml import html

from caseclock.indicators.counting import Period
from caseclock.simulation.charts_page import Shown, charts
from caseclock.simulation.comparing import compare
from caseclock.simulation.comparing_page import page, results_page
from caseclock.simulation.engines import Processes
from caseclock.simulation.intervals import across
from caseclock.simulation.ledger import Ledger, Span
from caseclock.simulation.manifest import made_from
from caseclock.simulation.monthly import monthly_figures, months_of
from caseclock.simulation.outputs import write_results
from caseclock.simulation.running import Run, run
from caseclock.simulation.scenario import Scenario, load_scenario
from caseclock.timers.calendar import england_and_wales


@pytest.fixture(scope="module")
def service() -> Scenario:
    return load_scenario("small").changed(
        {"children": 2500, "months": 3, "warm_up_months": 2, "title": "Tiny <1>"}
    )


@pytest.fixture(scope="module")
def fewer(service: Scenario) -> Scenario:
    return service.changed({"name": "fewer", "title": "Fewer & fewer", "teams.assessment.workers": 1.5})


def test_the_months_of_a_period_are_whole_and_in_order() -> None:
    found = months_of(Period(date(2026, 3, 31), date(2026, 6, 15)))

    assert [date(2026, 4, 30), date(2026, 5, 31)] == [month.until for month in found]
    assert date(2026, 4, 30) == found[1].after


def test_each_month_counts_what_ended_in_it_and_what_was_open_at_its_end() -> None:
    ledger = Ledger()
    spans = {
        # Wednesday 1 April: Easter and two bank holidays in May passed over, the 45th working day after is 9 June
        "met": Span("met", date(2026, 4, 1), date(2026, 6, 9)),
        "late": Span("late", date(2026, 4, 1), date(2026, 6, 10)),
        "open": Span("open", date(2026, 5, 5), allocated=date(2026, 6, 2)),
    }
    ledger.assessments = {(name, "A-1"): span for name, span in spans.items()}

    told = monthly_figures(
        ledger, Period(date(2026, 3, 31), date(2026, 6, 30)), england_and_wales().as_known(None)
    )

    assert [2, 3, 1] == [told[f"month.2026-0{month}.assessments.open"].value for month in (4, 5, 6)]
    # May has one assessment that no worker was given before June; nobody was given the other two at all
    assert [2, 3, 0] == [told[f"month.2026-0{month}.assessments.unallocated"].value for month in (4, 5, 6)]
    assert [None, None, 50.0] == [
        told[f"month.2026-0{month}.assessments.in_time"].value for month in (4, 5, 6)
    ]


def test_a_comparison_has_charts_with_words_and_the_numbers_of_each_beneath_it(
    service: Scenario, fewer: Scenario
) -> None:
    compared = compare(service, [fewer], seed=1, replications=2, engine=Processes(1))
    text = page(compared, 1)
    read: Any = html.fromstring(text)
    drawn = read.xpath("//figure")

    assert len(drawn) >= 8
    for figure in drawn:
        (picture,), (table,) = figure.xpath(".//*[local-name()='svg']"), figure.xpath(".//table")
        assert picture.xpath("./*[local-name()='title']/text()")
        assert len(picture.xpath("./*[local-name()='desc']")[0].text) > 20
        assert len(table.xpath(".//tbody/tr")) >= 1
        assert len(table.xpath(".//thead//th")) == len(table.xpath(".//tbody/tr[1]/*"))
    ids = read.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert "Tiny <1>" not in text
    assert "Fewer & fewer" not in text
    assert not re.search(r"<(script|img|link)|\son\w+=", text)


def test_results_of_one_service_are_a_page_and_files_that_polars_reads(
    service: Scenario, tmp_path: Path
) -> None:
    figures = run(Run(service, 1, 2), Processes(1))
    found = across(figures)
    made = made_from(service, 1, 2, 1)
    write_results(tmp_path, made, found, parquet=True)
    by_csv, by_parquet = (
        polars.read_csv(tmp_path / "results.csv"),
        polars.read_parquet(tmp_path / "results.parquet"),
    )
    with (tmp_path / "results.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))

    text = results_page(made, service, found)

    assert by_csv.columns == by_parquet.columns
    assert by_csv["measure"].to_list() == by_parquet["measure"].to_list() == [one["measure"] for one in lines]
    assert by_parquet["mean"].dtype == polars.Float64
    assert by_csv["mean"].to_list() == pytest.approx(by_parquet["mean"].to_list())
    assert {1} == set(by_parquet["seed"].to_list())
    assert "<h1>Tiny &lt;1&gt;, simulated</h1>" in text
    assert text.count("<figure>") == len(
        charts([Shown(service.title, found, {})], service.first_day, service.last_day)
    )
