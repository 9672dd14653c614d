"""The busiest day of a large authority: what is recorded when, and what is asked when, from published volumes.

England's figures for the year to March 2023 (simulation/data/published_2012_2023.csv: children in need, looked after,
workforce) are divided by its 153 authorities, and a large one is taken to be four average ones: about that of
the two or three largest. A day has its working day's share of the busiest month, twice over.
"""

import csv
from calendar import month_name
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from random import Random
from typing import Any

AUTHORITIES = 153
#: how the publisher writes a value that may not be told, or is not there
SUPPRESSED = frozenset("cu-")
#: a large authority in average ones
LARGE = 4
#: how much busier than the average of its month the busiest day is. Assumed: nobody publishes days
BUSIEST = 2
#: working days in a year and in a month
IN_A_YEAR, IN_A_MONTH = 250, 21
#: working days between two visits: child protection (ten), care (six weeks), other children in need (four weeks)
VISITS = {"P-1": 10, "L-1": 30, "N-1": 20}
#: Sunday, half an hour before midnight: the day begins with what falls due over the weekend's end
BEGINS = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
HOUR = 3600.0
#: Monday's working hours, in seconds from BEGINS, and when most is written up
OPENS, FULLEST, CLOSES = 8.5 * HOUR, 11 * HOUR, 19 * HOUR
#: the share that the night and the evening have
OUT_OF_HOURS = 0.04


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """Something to record, so many seconds into the day."""

    seconds: float
    event_id: str
    case_id: str = field(compare=False)
    event_type: str = field(compare=False)
    episode: str = field(compare=False)
    data: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Volumes:
    """How much of each a large authority's busiest day has."""

    contacts: int
    referrals: int
    assessments: int
    enquiries: int
    #: by episode: children visited
    visits: Mapping[str, int]
    case_holders: int


def volumes() -> Volumes:
    """Work the day's volumes out from what was published of England."""
    said = _published("England", "2023")
    share = LARGE / AUTHORITIES

    def of_year(number: float) -> int:
        return round(number / IN_A_YEAR * share * BUSIEST)

    month = max(said[f"C6.{name}"] for name in month_name if name)
    referrals = round(month / IN_A_MONTH * share * BUSIEST)
    protected, looked_after = said["D1.CPP_At31"], said["looked_after.at_31_march"]
    children = {
        "P-1": protected,
        "L-1": looked_after,
        "N-1": said["B1.At31_episodes"] - protected - looked_after,
    }
    return Volumes(
        contacts=round(referrals * _contacts_for_each_referral()),
        referrals=referrals,
        assessments=of_year(said["C2.Assessments_completed"]),
        enquiries=of_year(said["C4.Section47"]),
        visits={name: round(number / VISITS[name] * share * BUSIEST) for name, number in children.items()},
        case_holders=round(said["workforce.case_holders_fte"] * share),
    )


def _published(area: str, year: str) -> dict[str, float]:
    return {
        f"{row['table']}.{row['field']}": float(row["value"])
        for row in _rows("published_2012_2023.csv")
        if (row["area"], row["year"]) == (area, year) and row["value"] not in SUPPRESSED
    }


def _contacts_for_each_referral() -> float:
    """Divide the contacts of the one month for which an authority has told them by that month's referrals."""
    (contacts,) = (
        float(row["value"])
        for row in _rows("service_volumes_2011_2018.csv")
        if (row["measure"], row["date"]) == ("contacts in the month", "2017-11")
    )
    return contacts / _published("Thurrock", "2018")["C6.November"]


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("caseclock.simulation").joinpath("data", name).read_text("utf-8")
    return csv.DictReader(text.splitlines())


def recorded(of: Volumes, running: Mapping[str, Sequence[str]], chance: Random, run: str) -> list[Happening]:
    """Give the day's events in order; `running` has the cases in which an episode of each name runs."""
    told = list(_front_door(of, chance, run))
    for episode, count in of.visits.items():
        told += _visits(episode, running[episode], count, chance, run)
    finished = chance.sample(running["A-1"], min(of.assessments, len(running["A-1"])))
    told += [
        Happening(moment(chance), f"{run}/{case_id}/done", case_id, "AssessmentAuthorised", "A-1", _IN_NEED)
        for case_id in finished
    ]
    return sorted(told)


_IN_NEED = {"outcome": "child_in_need"}


def _front_door(of: Volumes, chance: Random, run: str) -> Iterator[Happening]:
    """Tell of new cases: a contact each, what it became, and for some an enquiry the same day."""
    for number in range(of.contacts):
        case_id = f"{run}-{number:05}"
        steps: list[tuple[str, str, Mapping[str, Any]]] = [("ContactReceived", "R-1", {"source": "school"})]
        if number < of.referrals:
            steps += [
                ("ContactDecided", "R-1", {"outcome": "referral"}),
                ("ReferralReceived", "R-1", {"source": "school", "team": "Assessment 1"}),
                ("ReferralDecided", "R-1", {"outcome": "assessment"}),
                ("AssessmentStarted", "A-1", {"kind": "single", "follows": "R-1"}),
                ("AssessmentAllocated", "A-1", {"worker": f"sw.{number % 400:03}", "team": "Assessment 1"}),
            ]
        if number < of.enquiries:
            steps += [
                ("StrategyDiscussionHeld", "S-1", {"initiates_section_47": True}),
                ("Section47Started", "S-1", {}),
            ]
        at = moment(chance)
        for place, (event_type, episode, data) in enumerate(steps):
            yield Happening(at, f"{case_id}/{place}", case_id, event_type, episode, data)
            at = min(at + chance.uniform(2, 40) * 60, 23.9 * HOUR + place)


def _visits(
    episode: str, running: Sequence[str], count: int, chance: Random, run: str
) -> Iterator[Happening]:
    for number, case_id in enumerate(chance.choices(running, k=count) if running else ()):
        event_id = f"{run}/{episode}/{number}"
        yield Happening(moment(chance), event_id, case_id, "ChildSeen", episode, {"alone": True})


def moment(chance: Random) -> float:
    """Give a moment of the day: mostly in working hours, most about eleven."""
    if chance.random() < OUT_OF_HOURS:
        return chance.uniform(0, 23.9 * HOUR)
    return chance.triangular(OPENS, CLOSES, FULLEST)


#: what each case holder asks for in a day, {case} being one of theirs: pages at their own desk, and what the case
#: system shows beside a case
ASKED = (
    *(["/queue?worker={worker}"] * 3),
    *(["/cases/{case}"] * 3),
    "/timers/{timer}",
    *(["/api/v1/timers?case_id={case}"] * 3),
    "/api/v1/cases/{case}",
    "/api/v1/breaches?case_id={case}",
)


def asked(of: Volumes, timers: Sequence[tuple[str, str]], chance: Random) -> list[tuple[float, str]]:
    """Give the day's reads in order: when, and of what; `timers` are some, each with its case."""
    told = []
    for number in range(of.case_holders):
        for address in ASKED:
            timer, case_id = chance.choice(timers)
            filled = address.format(worker=f"sw.{number % 400:03}", case=case_id, timer=timer)
            told.append((moment(chance), filled))
    return sorted(told)
