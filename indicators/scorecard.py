"""The scorecard: every indicator over an authority's cases, with comparators; small numbers are flagged."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from caseclock.indicators.catalogue import INDICATORS, Indicator
from caseclock.indicators.counting import CaseView, Period, Tally
from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import Transaction
from caseclock.timers.durations import MonthPolicy, add_months
from caseclock.timers.evaluation import evaluate
from caseclock.timers.history import History
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.standing import over, standing
from caseclock.timers.when import london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, Question
from caseclock.workflow.replay import episodes_of

#: below this a figure says more about single children than about a service
SMALL = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator as counted."""

    indicator: Indicator
    tally: Tally
    #: the population for rates; None where it was not given
    population: int | None
    comparators: Mapping[str, float]

    @property
    def denominator(self) -> int | None:
        return self.population if self.indicator.unit == "rate" else self.tally.denominator

    @property
    def value(self) -> float | None:
        """Give the percentage, or the rate per 10,000; None where there is nothing to divide by."""
        if not self.denominator:
            return None
        return self.tally.numerator * (10_000 if self.indicator.unit == "rate" else 100) / self.denominator

    @property
    def recording_value(self) -> float | None:
        """Give the share both done and written up in time; None where the indicator has no such side."""
        if self.value is None or self.indicator.unit == "rate":
            return None
        return (self.tally.numerator - self.tally.recorded_late) * 100 / (self.denominator or 1)

    @property
    def small(self) -> bool:
        """Say whether the numbers are too small to be given outside the authority."""
        counted = self.tally.numerator if self.indicator.unit == "rate" else self.tally.denominator
        return 0 < counted < SMALL or 0 < self.tally.numerator < SMALL


def scorecard(
    engine: Engine,
    unit: Transaction,
    question: Question,
    *,
    authority: str,
    months: int = 12,
    policy: MonthPolicy | None = None,
    population: int | None = None,
    judged_by: Rulebook | None = None,
) -> list[Line]:
    """Count every indicator over the months that end on the day asked about, case by case.

    `policy` re-evaluates under another month policy, `judged_by` under another rulebook, finished timers too. Rates
    need the `population` of children.
    """
    period = Period(add_months(question.as_at, -months), question.as_at)
    setting = engine.setting(unit, authority)
    if policy is not None:
        setting = replace(setting, months=policy)
    if judged_by is not None:
        setting = replace(setting, rulebook=judged_by)
    tallies = {indicator.id: Tally() for indicator in INDICATORS}
    calendar = setting.holidays.as_known(london_date(question.known_at))
    for _, case_id in unit.case_ids(authority):
        events = unit.events(authority, case_id)
        history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
        positions = tuple(
            Position(timer, standing(timer, question.moment), over(timer, question.moment, calendar))
            for timer in evaluate(history, setting)
        )
        view = CaseView(history, tuple(episodes_of(history.events)), positions, period)
        for indicator in INDICATORS:
            tallies[indicator.id] += indicator.count(view)
    return [
        Line(indicator, tallies[indicator.id], population, comparators(indicator)) for indicator in INDICATORS
    ]


def comparators(indicator: Indicator) -> dict[str, float]:
    """Give the published figures to hold an indicator against, by whose they are and when."""
    row = _published().get((indicator.group, indicator.name), {})
    named = {
        "thurrock_nov17": "Thurrock, November 2017",
        "statistical_neighbours_2016_17": "Statistical neighbours 2016-17",
        "eastern_region_q2_2017_18": "Eastern region, quarter 2 2017-18",
        "england_2016_17": "England 2016-17",
    }
    return {words: float(row[column]) for column, words in named.items() if row.get(column)}


@cache
def _published() -> dict[tuple[str, str], dict[str, str]]:
    text = (files("caseclock.indicators") / "data" / "comparators_2017_18.csv").read_text("utf-8")
    return {(row["group"], row["indicator"]): row for row in csv.DictReader(text.splitlines())}
