"""The published scorecard: its figures, to hold ours against, and those of its lines that are not given, with why."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from caseclock.indicators.catalogue import Indicator

#: lines of the published scorecard that are not given, by group and name, and why
NOT_GIVEN: Mapping[tuple[str, str], str] = {
    ("looked after children", "rate of unaccompanied asylum seeking children"): (
        "Nothing tells which looked-after children came unaccompanied: a referral under the national transfer scheme "
        "tells of some of them only, and the return's list of them is not read."
    ),
    ("care leavers", "care leavers aged 17 to 21 in education employment or training"): (
        "What a care leaver does on and around a birthday is no event of a pathway."
    ),
}


def comparators(indicator: Indicator) -> dict[str, float]:
    """Give the published figures to hold an indicator against, by whose they are and when."""
    row = published().get((indicator.group, indicator.name), {})
    named = {
        "thurrock_nov17": "Thurrock, November 2017",
        "statistical_neighbours_2016_17": "Statistical neighbours 2016-17",
        "eastern_region_q2_2017_18": "Eastern region, quarter 2 2017-18",
        "england_2016_17": "England 2016-17",
    }
    found = {words: float(row[column]) for column, words in named.items() if row.get(column)}
    if indicator.wanted_percent is not None:
        found["Target share"] = float(indicator.wanted_percent)
    return found


@cache
def published() -> dict[tuple[str, str], dict[str, str]]:
    text = (files("caseclock.indicators") / "data" / "comparators_2017_18.csv").read_text("utf-8")
    return {(row["group"], row["indicator"]): row for row in csv.DictReader(text.splitlines())}
