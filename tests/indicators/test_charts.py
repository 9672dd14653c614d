"""Charts say what they show in words, hold nothing a strict page refuses, and put every value where it belongs."""

import re

import pytest
from lxml import etree

from caseclock.indicators.charts import Series, bars, differences, lines, number

MONTHS = ("Sep\n26", "Oct\n26", "Nov\n26")
_SVG = "{http://www.w3.org/2000/svg}"


def read(chart: str) -> etree._Element:
    return etree.fromstring(chart)


def heights(chart: str) -> list[float]:
    """The heights of the bars, without the ground they stand on."""
    return [float(str(one.get("height"))) for one in read(chart).iter(f"{_SVG}rect")][1:]


def test_a_chart_is_named_and_described_by_ids_of_its_own() -> None:
    chart = read(bars("fell", "Breaches", "Twelve breaches fell.", MONTHS, (4, 6, 2)))
    told = {str(one.get("id")): one.text for one in chart if one.get("id")}

    assert "fell-title fell-message" == chart.get("aria-labelledby")
    assert {"fell-title": "Breaches", "fell-message": "Twelve breaches fell."} == told


def test_what_a_chart_is_called_can_do_no_harm() -> None:
    hostile = '"><script>alert(1)</script>'
    chart = bars(hostile, hostile, hostile, (hostile,), (1,), unit=hostile) + lines(
        hostile, hostile, hostile, (hostile,), [Series(hostile, (1.0,))]
    )

    assert "<script" not in chart
    assert not re.search(r"\sstyle=", chart)


def test_bars_are_as_high_as_their_values_and_say_them() -> None:
    chart = bars("fell", "Breaches", "Falling.", MONTHS, (40, 20, 0))
    high, half, none = heights(chart)

    assert high == pytest.approx(2 * half, abs=0.2)
    assert 0.5 == none
    assert {"40", "20", "0"} <= {one.text for one in read(chart).iter(f"{_SVG}text")}


def test_a_value_that_is_not_known_is_no_bar_of_nought() -> None:
    chart = bars("fell", "Breaches", "One month is left out.", MONTHS, (4, None, 2))

    assert 2 == len(heights(chart))
    assert "none" in {one.text for one in read(chart).iter(f"{_SVG}text")}


def test_a_line_has_a_gap_where_a_value_is_not_known() -> None:
    chart = read(
        lines("p", "In time", "A gap.", ("a", "b", "c", "d"), [Series("Done", (80, 82, None, 90))], unit="%")
    )

    assert 2 == len(list(chart.iter(f"{_SVG}polyline")))


def test_lines_are_told_apart_without_colour_and_named_where_they_end() -> None:
    chart = read(
        lines("p", "In time", "Two.", MONTHS, [Series("Done", (80, 82, 85)), Series("Written", (85, 84, 85))])
    )
    drawn = list(chart.iter(f"{_SVG}polyline"))

    assert 2 == len({one.get("stroke-dasharray") for one in drawn})
    assert {"Done", "Written"} <= {one.text for one in chart.iter(f"{_SVG}text")}


def test_an_interval_is_a_band_around_its_line() -> None:
    one = Series("Expected", (10, 12, 14), low=(8, 9, 10), high=(13, 15, 19))

    assert 1 == len(list(read(lines("f", "Forecast", "Rising.", MONTHS, [one])).iter(f"{_SVG}polygon")))


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(84.0, "%", "84%"), (84.25, "%", "84.2%"), (1204.5, "", "1,204"), (0, "", "0")],
)
def test_values_are_written_as_short_as_they_stay_true(value: float, unit: str, said: str) -> None:
    assert said == number(value, unit)


@pytest.mark.parametrize("values", [(), (None,), (0, 0)])
def test_nothing_to_draw_is_drawn_all_the_same(values: tuple[float | None, ...]) -> None:
    labels = tuple("x" for _ in values)

    assert read(bars("n", "Nothing", "None.", labels, values)) is not None
    assert read(lines("n", "Nothing", "None.", labels, [Series("None", values)])) is not None


def test_a_bar_with_an_interval_shows_both_ends_and_a_limit_stands_between_two_bars() -> None:
    chart = bars("took", "Days", "Most in time.", ("0-10", "11-45", "46+"), (20, 70, 10),
                 unit="%", between=((15, 25), (60, 80), (5, 15)), limit=(2, "45 working days"))  # fmt: skip
    paths = [str(one.get("d")) for one in read(chart).iter(f"{_SVG}path")]
    words = [one.text for one in read(chart).iter(f"{_SVG}text")]
    _, *drawn = read(chart).iter(f"{_SVG}rect")
    middles = [float(str(one.get("x"))) + float(str(one.get("width"))) / 2 for one in drawn]
    (at,) = (
        float(str(one.get("d"))[1:].split()[0])
        for one in read(chart).iter(f"{_SVG}path")
        if one.get("stroke-dasharray")
    )

    assert 3 == sum(1 for one in paths if "h10" in one)
    assert middles[1] < at < middles[2]
    assert "45 working days" in words


def test_a_difference_that_chance_may_explain_has_a_hollow_mark() -> None:
    chart = differences(
        "differs", "Less", "One is sure.", ("In time", "Waiting"), (-8.0, 2.0), ((-12.0, -4.0), (-1.0, 5.0))
    )
    sure, unsure = read(chart).iter(f"{_SVG}circle")

    assert ("#1d5a9e", "#ffffff") == (sure.get("fill"), unsure.get("fill"))
    assert float(str(sure.get("cx"))) < float(str(unsure.get("cx")))
    assert {"-8", "+2", "In time", "Waiting", "no difference"} <= {
        one.text for one in read(chart).iter(f"{_SVG}text")
    }


def test_no_difference_at_all_can_be_drawn() -> None:
    assert "no difference" in differences("none", "Less", "None.", ("In time",), (0.0,), ((0.0, 0.0),))
