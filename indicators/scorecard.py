"""The scorecard: every indicator over an authority's cases, with comparators; small numbers are flagged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from caseclock.indicators.catalogue import INDICATORS, Indicator
from caseclock.indicators.counting import CaseView, Period, Tally, months_to
from caseclock.indicators.published import comparators
from caseclock.indicators.recording import recording_indicators
from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import Episode, Transaction
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.durations import MonthPolicy
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.standing import over, standing
from caseclock.timers.when import london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, Question
from caseclock.workflow.replay import Misfit, by_episode, replay

#: below this a figure says more about single children than about a service
SMALL = 5


#: units of which the numbers are counted of something, and what their share is told in
_SHARES = {"percent": 100, "days": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator as counted."""

    indicator: Indicator
    tally: Tally
    #: the population for rates; None where it was not given
    population: int | None
    comparators: Mapping[str, float]
    #: how long the period is
    months: int = 12

    @property
    def denominator(self) -> int | None:
        """Give what it is counted of; None for a count, and for a rate without a population."""
        if self.indicator.unit == "rate":
            return self.population
        return None if self.indicator.unit == "count" else self.tally.denominator

    @property
    def value(self) -> float | None:
        """Give the percentage, the rate per 10,000, the count or the average; None where nothing is to divide by.

        What happened in a period that is longer or shorter than a year is told as the rate of a year.
        """
        if self.indicator.unit == "count":
            return float(self.tally.numerator)
        if not self.denominator:
            return None
        if self.indicator.unit == "rate":
            a_year = 12 / self.months if self.indicator.a_year else 1
            return self.tally.numerator * 10_000 * a_year / self.denominator
        return self.tally.numerator * _SHARES[self.indicator.unit] / self.denominator

    @property
    def recording_value(self) -> float | None:
        """Give the percentage both done and written up in time, of those of which it is told when they were written up.

        None where the indicator is not about time, and where it is told of none.
        """
        if not self.indicator.timely or not self.tally.told:
            return None
        return self.tally.both_in_time * 100 / self.tally.told

    @property
    def small(self) -> bool:
        """Say whether the numbers are too small to be given outside the authority."""
        if self.indicator.unit == "days":
            return 0 < self.tally.denominator < SMALL
        counted = self.tally.denominator if self.indicator.unit == "percent" else self.tally.numerator
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
    period = months_to(question.as_at, months)
    setting = engine.setting(unit, authority)
    if policy is not None:
        setting = replace(setting, months=policy)
    if judged_by is not None:
        setting = replace(setting, rulebook=judged_by)
    indicators = (*INDICATORS, *recording_indicators(setting.rulebook, question.as_at))
    tallies = {indicator.id: Tally() for indicator in indicators}
    calendar = setting.holidays.as_known(london_date(question.known_at))
    for _, case_id in unit.case_ids(authority):
        view = view_of(unit.events(authority, case_id), setting, question, period, calendar)
        for indicator in indicators:
            tallies[indicator.id] += indicator.count(view)
    return [
        Line(indicator, tallies[indicator.id], population, comparators(indicator), months)
        for indicator in indicators
    ]


def view_of(
    events: Iterable[Event],
    setting: Setting,
    question: Question,
    period: Period,
    calendar: WorkingCalendar,
    only: Iterable[str] | None = None,
) -> CaseView:
    """Look at one case as the question asks: its episodes and where its timers stood, or those of `only`."""
    history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
    positions = tuple(
        Position(timer, standing(timer, question.moment), over(timer, question.moment, calendar))
        for timer in evaluate(history, setting, only)
    )
    by_id = {event.event_id: event for event in history.events}
    return CaseView(history, tuple(_episodes(history)), positions, period, by_id)


def _episodes(history: History) -> Iterator[Episode]:
    """Rebuild the episodes of a case from what was known of it; what makes sense only with more is left out."""
    for told in by_episode(history.events).values():
        known, episode = told, replay(told)
        while isinstance(episode, Misfit):
            misfit = episode.event
            known = [event for event in known if event is not misfit]
            if not known:
                break
            episode = replay(known)
        if not isinstance(episode, Misfit):
            yield episode
