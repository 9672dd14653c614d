"""What a year's service is told from published figures before anything is fitted: demand, staff and the caseload found.

A figure is used only where its year is not after `known_to`: a prediction is told nothing of the year it predicts.
Years before a figure was first published take the first; years after the last one known take that. What no table gives
(how work is shared between teams, what a diary holds) is an assumption of ours, and named as one.
"""

from collections.abc import Callable
from statistics import fmean
from typing import Any

from caseclock.simulation.scenario import Scenario, scenario_from
from caseclock.simulation.targets import FIRST_YEAR, children, figure, months, year_of

#: children of the service that stands for England
UNIT = 60_000
#: months simulated before the year, from the caseload found
WARM_UP = 12
#: assumption: how case holders are shared between assessment, protection and children looked after
TEAMS = {"assessment": 0.33, "protection": 0.40, "care": 0.27}
#: assumption: families of one supervisor's workers, and of one person at the front door, in full-time posts
WORKERS_A_SUPERVISOR, WORKERS_A_SCREENER = 6.0, 22.0
#: assumptions: hours a case holder has for cases on a day at work, and hours of an assessment of one child, its spread.
#: England's share in time rose by five points as assessments for each case holder fell by a seventh (2018-21): with
#: fewer hours, or longer work, a service would be at its limit, and would have moved several times as much.
HOURS_A_DAY, HOURS, HOURS_SPREAD = 6.5, 7.0, 0.6
#: assumptions: working days until what an enquiry needs is known, and their spread: hardly ever too late for a
#: conference in time, since in some places 97 of a hundred are held in time
ENQUIRY_REPLIES, ENQUIRY_REPLIES_SPREAD = 3.5, 0.5
#: assumptions: share of plans that each of their reviews ends, and that end in a month without one: England's bands of
#: ended plans come of these
ENDS_AT_REVIEW = (0.16, 0.46, 0.50, 0.55)
ENDS_OTHERWISE = 0.010
#: assumption: children in need with a plan of their own, of all children in need (first published for 2022)
NEED_PLANS = 0.30
#: assumptions: children of a family on a plan, reviews of its plan a year, and the room in chairs' diaries for each
#: conference that was held
CHILDREN_A_PLAN, REVIEWS_A_YEAR, ROOM = 1.9, 2.4, 3.0
#: contacts for each referral where none are published; Thurrock's scorecard of 2017 gives its own
CONTACTS = {"Thurrock": 1505 / 475, "England": 2.9}


def years_known(known_to: int) -> range:
    return range(FIRST_YEAR, known_to + 1)


def latest(of: Callable[[int], float | None], year: int, known_to: int) -> float:
    """Give a figure for a year, or of the nearest year known: the last before, else the first."""
    known = {one: value for one in years_known(known_to) if (value := of(one)) is not None}
    if not known:
        raise ValueError(f"No figure up to {known_to} is published; choose a later year.")
    before = [one for one in known if one <= year]
    return known[max(before)] if before else known[min(known)]


def told(area: str, year: int, known_to: int, *, size: int | None = None) -> dict[str, Any]:
    """Give the settings of a year that come from figures published up to `known_to`; `size` sets the children."""
    known_children = children(area, min(year, known_to))
    size = size or (known_children if area == "Thurrock" else UNIT)
    share = size / known_children

    def count(table: str, field: str, of: int = year) -> float:
        return latest(lambda one: figure(table, area, one, field), of, known_to)

    def staff(
        field: str,
    ) -> float:  # counted on 30 September: that of 2020 is within the year ending March 2021
        return latest(lambda one: figure("workforce", area, one - 1, field), year, known_to)

    referrals = count("C1", "Referrals")
    workers = staff("case_holders_fte") * share
    plan = latest(lambda one: _ratio(area, one, ("D1", "CPP_start"), ("C4", "ICPC")), year, known_to)
    no_action = latest(
        lambda one: _ratio(area, one, ("C1", "No_Further_Action"), ("C1", "Referrals")), year, known_to
    )
    first, _ = year_of(year)
    return {
        "name": f"{area.lower()}-{year}",
        "title": f"{area}, year ending March {year}",
        "authority": area.lower(),
        "children": size,
        "first_day": first.isoformat(),
        "months": 12,
        "warm_up_months": WARM_UP,
        "demand": {
            "referrals_per_10000": referrals / known_children * 10_000,
            "contacts_per_referral": CONTACTS[area],
            "by_month": _by_month(area, known_to),
        },
        "outcomes": {
            "referral": {
                "no_further_action": no_action,
                "assessment": (1 - no_action) * 0.86,
                "strategy_discussion": (1 - no_action) * 0.14,
            },
            "plan": min(0.98, plan),
        },
        "teams": {
            does: {
                "does": does,
                "workers": workers * part,
                "supervisors": workers * part / WORKERS_A_SUPERVISOR,
            }
            for does, part in TEAMS.items()
        },
        "work": {
            "assessment": HOURS,
            "assessment_spread": HOURS_SPREAD,
            "enquiry_replies": ENQUIRY_REPLIES,
            "enquiry_replies_spread": ENQUIRY_REPLIES_SPREAD,
        },
        "plans": {"ends_otherwise": ENDS_OTHERWISE, "ends_at_review": list(ENDS_AT_REVIEW)},
        "hub": {
            "screeners": workers / WORKERS_A_SCREENER,
            "managers": workers / WORKERS_A_SCREENER / 2,
        },
        "staffing": {
            "vacancies": 0.0,  # case holders are counted as they are, agency workers with them
            "absence": staff("absence_rate_fte") / 100,
            "hours_a_day": HOURS_A_DAY,
        },
        "diaries": {
            "conferences_a_week": _conferences(count("C4", "ICPC"), count("D1", "CPP_At31")) * share,
            "reviews_a_week": size / 10_000 * 6.0,
            "hearings_a_week": size / 10_000 * 1.6,
            "papers_a_day": size / 10_000 * 7.0,
        },
        "caseload": {
            "protection_plans": round(count("D1", "CPP_At31", year - 1) * share),
            "need_plans": round(count("B1", "At31_episodes", year - 1) * NEED_PLANS * share),
            "looked_after": round(count("looked_after", "at_31_march", year - 1) * share),
        },
    }


def _conferences(initial: float, plans: float) -> float:
    """Give the conferences that chairs could hold in a week, from children of initial ones and of plans in force."""
    return ROOM * (initial + plans * REVIEWS_A_YEAR) / CHILDREN_A_PLAN / 52


def _ratio(area: str, year: int, above: tuple[str, str], below: tuple[str, str]) -> float | None:
    part, whole = figure(above[0], area, year, above[1]), figure(below[0], area, year, below[1])
    return None if part is None or not whole else part / whole


def _by_month(area: str, known_to: int) -> list[float]:
    """Give each month's share of a year's referrals, January first, as the mean of the years known."""
    known = [found for year in years_known(known_to) if (found := months(area, year)) is not None]
    april_first = [fmean(year[place] * 12 / sum(year) for year in known) for place in range(12)]
    return [round(one, 3) for one in (*april_first[9:], *april_first[:9])]


def year_scenario(settings: dict[str, Any]) -> Scenario:
    """Check the settings of a year and make its scenario; raises ScenarioRefused."""
    return scenario_from(settings, settings["name"])
