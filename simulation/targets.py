"""Published figures, under the names of our own measures: what a simulated service is held against, and fitted to.

A year is named by the March in which it ends: 2018 is 1 April 2017 to 31 March 2018.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

AREAS = ("Thurrock", "England")
FIRST_YEAR, LAST_YEAR = 2013, 2023
MONTHS = (
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "January",
    "February",
    "March",
)

#: our measure -> table and fields of which the figure is the sum
_COUNTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "referrals": ("C1", ("Referrals",)),
    "assessments": ("C2", ("Assessments_completed",)),
    "enquiries": ("C4", ("Section47",)),
    "conferences": ("C4", ("ICPC",)),
    "plans.started": ("D1", ("CPP_start",)),
    "plans.ended": ("D1", ("CPP_end",)),
    "plans.open": ("D1", ("CPP_At31",)),
    "care.open": ("looked_after", ("at_31_march",)),
    "care.started": ("looked_after", ("started",)),
    "care.ended": ("looked_after", ("ceased",)),
    "need.started": ("B1", ("Started_episodes",)),
    "need.ended": ("B1", ("Ended_episodes",)),
    "need.open": ("B1", ("At31_episodes",)),
    "need_plans.started": ("B7", ("CINPlan_start",)),
    "need_plans.open": ("B7", ("CINPlan_At31",)),
}

#: our measure (a percentage) -> table, fields added up above the line, and below it
_SHARES: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "referrals.again": ("C1", ("Re_referrals",), ("Referrals",)),
    "referrals.no_further_action": ("C1", ("No_Further_Action",), ("Referrals",)),
    "referrals.not_in_need": ("C1", ("Not_in_Need",), ("Referrals",)),
    "plans.again": ("D3", ("CPP_subsequent",), ("CPP_start",)),
    "plans.reviews_in_time": ("D6", ("Reviewed_within_timescales",), ("CPP_At31_3Months",)),
}

#: our family of bands -> table and its bands: our name, the fields it is the sum of
BANDS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "assessments": (
        "C2",
        {
            "0-10": ("Same_day", "1-10_days"),
            "11-20": ("11-20_days",),
            "21-30": ("21-30_days",),
            "31-40": ("31-40_days",),
            "41-45": ("41-45_days",),
            "46-50": ("46-50_days",),
            "51-60": ("51-60_days",),
            "61+": ("61+_days",),
        },
    ),
    "conferences": (
        "C4",
        {
            "0-10": ("Duration_0-10_days",),
            "11-15": ("Duration_11-15_days",),
            "16-20": ("Duration_16-20_days",),
            "21+": ("Duration_21+_days",),
        },
    ),
    "plans.ended": (
        "D7",
        {
            "0-3m": ("3_months_or_less",),
            "3-6m": ("more_than_3_months_6_months",),
            "6-12m": ("more_than_6_months_less_than_1_year",),
            "1-2y": ("1_year_less_than_2_years",),
            "2y+": ("2_years_or_more",),
        },
    ),
    "plans.open": (
        "D5",
        {
            "0-3m": ("3_months_or_less",),
            "3-6m": ("more_than_3_months_6_months",),
            "6-12m": ("more_than_6_months_less_than_1_year",),
            "1-2y": ("1_year_less_than_2_years",),
            "2y+": ("2_years_or_more",),
        },
    ),
}
#: families of bands -> the bands that are in time
IN_TIME: Mapping[str, tuple[str, ...]] = {
    "assessments": ("0-10", "11-20", "21-30", "31-40", "41-45"),
    "conferences": ("0-10", "11-15"),
}
_TOTALS = {
    "assessments": "assessments",
    "conferences": "conferences",
    "plans.ended": "plans.ended",
    "plans.open": "plans.open",
}


@dataclass(frozen=True, slots=True)
class Target:
    """One published figure."""

    measure: str
    area: str
    year: int
    #: a count, or a percentage of `of`
    value: float
    #: what a percentage is of; None for a count
    of: int | None
    table: str


@cache
def _rows() -> Mapping[tuple[str, str, int, str], str]:
    text = (files("caseclock.simulation") / "data" / "published_2012_2023.csv").read_text("utf-8")
    return {
        (row["table"], row["area"], int(row["year"]), row["field"]): row["value"]
        for row in csv.DictReader(text.splitlines())
    }


def figure(table: str, area: str, year: int, field: str) -> float | None:
    """Give one published figure; None where it was suppressed, or not published for that year."""
    try:
        return float(_rows()[table, area, year, field])
    except (KeyError, ValueError):
        return None


def year_of(year: int) -> tuple[date, date]:
    """Give the first and last day of a year that is named by the March in which it ends.

    >>> year_of(2018)
    (datetime.date(2017, 4, 1), datetime.date(2018, 3, 31))
    """
    return date(year - 1, 4, 1), date(year, 3, 31)


def children(area: str, year: int) -> int:
    """Give the children aged 0 to 17 by which the statistics of a year divide: the estimate of the June within it.

    >>> children("Thurrock", 2018)
    42428
    """
    found = figure("population", area, year - 1, "population_estimate")
    if found is None:
        raise ValueError(f"No population of {area} is published for the year ending March {year}.")
    return int(found)


def months(area: str, year: int) -> tuple[int, ...] | None:
    """Give the referrals of a year by month, April first; None where they were not published."""
    names = [
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "January",
        "February",
        "March",
    ]
    found = [figure("C6", area, year, name) for name in names]
    return None if None in found else tuple(int(count or 0) for count in found)


def shares(area: str, year: int, family: str) -> dict[str, float] | None:
    """Give the bands of a family (`assessments`, `conferences`, ...) as percentages; None where one is suppressed."""
    table, bands = BANDS[family]
    counts = {name: _sum(table, area, year, fields) for name, fields in bands.items()}
    if None in counts.values():
        return None
    total = sum(count or 0 for count in counts.values())
    return {name: (count or 0) * 100 / total for name, count in counts.items()} if total else None


def targets(area: str, year: int) -> dict[str, Target]:
    """Give every published figure of an area and year that a measure of ours answers to, by measure."""
    return {target.measure: target for target in _targets(area, year)}


def _targets(area: str, year: int) -> Iterator[Target]:
    for measure, (table, fields) in _COUNTS.items():
        count = _sum(table, area, year, fields)
        if count is not None:
            yield Target(measure, area, year, count, None, table)
    for measure, (table, above, below) in _SHARES.items():
        part, whole = _sum(table, area, year, above), _sum(table, area, year, below)
        if part is not None and whole:
            yield Target(measure, area, year, part * 100 / whole, int(whole), table)
    for family, in_time in IN_TIME.items():
        table, bands = BANDS[family]
        total = _sum(*_COUNTS[_TOTALS[family]][:1], area, year, _COUNTS[_TOTALS[family]][1])
        late = [_sum(table, area, year, fields) for name, fields in bands.items() if name not in in_time]
        early = [_sum(table, area, year, bands[name]) for name in in_time]
        if total and None not in late:
            yield Target(f"{family}.in_time", area, year, 100 - _all(late) * 100 / total, int(total), table)
        elif total and None not in early:
            yield Target(f"{family}.in_time", area, year, _all(early) * 100 / total, int(total), table)
        elif (told := _told_share(family, area, year)) is not None:
            yield Target(f"{family}.in_time", area, year, told, int(total or 0), table)
    caseload = figure(
        "workforce", area, year - 1, "caseload_fte"
    )  # counted on the 30 September within the year
    if caseload is not None:
        yield Target("caseload", area, year, caseload, None, "workforce")


def _all(counts: list[float | None]) -> float:
    return sum(count or 0 for count in counts)


def _told_share(family: str, area: str, year: int) -> float | None:
    """Give the percentage as it was published itself, for years in which small bands were suppressed."""
    return figure("C4", area, year, "within_15_percent") if family == "conferences" else None


def _sum(table: str, area: str, year: int, fields: tuple[str, ...]) -> float | None:
    counts = [figure(table, area, year, field) for field in fields]
    return None if None in counts else _all(counts)
