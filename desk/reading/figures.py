"""The figures of a board: the scorecard, and month by month what was done in time and what ran out.

Counting a large authority takes a while: see counting.py.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from caseclock.indicators.catalogue import INDICATORS, Indicator
from caseclock.indicators.counting import CaseView, Tally, months_to
from caseclock.indicators.published import comparators
from caseclock.indicators.recording import recording_indicators
from caseclock.indicators.scorecard import Line, view_of
from caseclock.store.desk_tables import case_facts
from caseclock.store.sql import SqlStore
from caseclock.timers.durations import add_months
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timer import BREACHED_STANDINGS, Outcome
from caseclock.timers.when import london_date
from caseclock.workflow.allocation import facts_of
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question
from caseclock.workflow.settling import ran_out_at

#: months of the scorecard and of every trend
MONTHS = 12
_IN_TIME = frozenset({Outcome.MET, Outcome.RECORDED_LATE})
_DECIDED = _IN_TIME | {Outcome.MET_LATE}


@dataclass(slots=True)
class Share:
    """How many of how many."""

    numerator: int = 0
    denominator: int = 0

    @property
    def percent(self) -> float | None:
        return self.numerator * 100 / self.denominator if self.denominator else None


@dataclass(slots=True)
class Figures:
    """What was counted of an authority as at a day."""

    as_at: date
    #: when it was counted, a UTC instant
    made_at: datetime
    cases: int
    #: seconds it took
    seconds: float = 0.0
    #: whether more was written since, or the day went on, and it is being counted anew
    is_behind: bool = False
    lines: list[Line] = field(default_factory=list)
    #: first day of a month -> of the duties done in it, those done in time; practice, and writing up
    practice: dict[date, Share] = field(default_factory=dict)
    recording: dict[date, Share] = field(default_factory=dict)
    #: first day of a month -> breaches of practice that fell in it
    fell: Counter[date] = field(default_factory=Counter)
    #: over the whole period
    by_team: dict[str, Share] = field(default_factory=dict)
    team_breaches: Counter[str] = field(default_factory=Counter)
    by_timescale: dict[str, Share] = field(default_factory=dict)
    timescale_breaches: Counter[str] = field(default_factory=Counter)


#: is told how many cases of how many are done
Progress = Callable[[int, int], None]


def months_of(as_at: date) -> list[date]:
    """Give the first days of the twelve months that end with the one of a day.

    >>> months_of(date(2026, 11, 20))[0], months_of(date(2026, 11, 20))[-1]
    (datetime.date(2025, 12, 1), datetime.date(2026, 11, 1))
    """
    this = as_at.replace(day=1)
    return [add_months(this, -back) for back in range(MONTHS - 1, -1, -1)]


def counted(
    store: SqlStore,
    authority: str,
    question: Question,
    now: datetime,
    population: int | None,
    progress: Progress | None = None,
    teams: frozenset[str] | None = None,
    months: int = MONTHS,
) -> Figures:
    """Count everything of an authority, or of the cases of some teams, in one pass over the cases."""
    engine = Engine(store)
    found = Figures(question.as_at, now, 0)
    shown = months_of(question.as_at)
    found.practice = {month: Share() for month in shown}
    found.recording = {month: Share() for month in shown}
    period = months_to(question.as_at, months)
    with store.snapshot() as unit:
        setting = engine.setting(unit, authority)
        calendar = setting.holidays.as_known(london_date(question.known_at))
        indicators = indicators_of(setting.rulebook, question.as_at)
        tallies = {indicator.id: Tally() for indicator in indicators}
        ids = [case_id for _, case_id in unit.case_ids(authority)]
        if teams is not None:
            ours = set(unit.connection.scalars(_allocated_to(authority, teams)).all())
            ids = [case_id for case_id in ids if case_id in ours]
        for start in range(0, len(ids), 200):
            some = ids[start : start + 200]
            unit.look_ahead(authority, some)
            for case_id in some:
                view = view_of(unit.events(authority, case_id), setting, question, period, calendar)
                for indicator in indicators:
                    tallies[indicator.id] += indicator.count(view)
                _add(found, view, facts_of(authority, case_id, view.history).team or "No team", shown[0])
            if progress is not None:
                progress(start + len(some), len(ids))
    found.cases = len(ids)
    found.lines = [
        Line(indicator, tallies[indicator.id], population, comparators(indicator), months)
        for indicator in indicators
    ]
    return found


def indicators_of(rules: Rulebook, as_at: date) -> tuple[Indicator, ...]:
    """Name what is counted: the scorecard, and how soon events are written up where that has a limit."""
    return (*INDICATORS, *recording_indicators(rules, as_at))


def _allocated_to(authority: str, teams: frozenset[str]) -> Select[str]:
    return select(case_facts.c.case_id).where(
        case_facts.c.authority == authority, case_facts.c.team.in_(sorted(teams))
    )


def _add(found: Figures, view: CaseView, team: str, first: date) -> None:
    """Add one case's timers to the months they belong to."""
    for position in view.positions:
        timer = position.timer
        if timer.stopped_on is not None and timer.stopped_on >= first and timer.outcome in _DECIDED:
            month, in_time = timer.stopped_on.replace(day=1), timer.outcome in _IN_TIME
            shares = [found.recording if timer.is_of_recording else found.practice]
            for share in shares:
                if month in share:
                    _count(share[month], in_time)
            if not timer.is_of_recording:
                _count(found.by_team.setdefault(team, Share()), in_time)
                _count(found.by_timescale.setdefault(timer.timescale, Share()), in_time)
        fell_at = ran_out_at(timer) if position.standing in BREACHED_STANDINGS else None
        if fell_at is not None and not timer.is_of_recording:
            fell_on = london_date(fell_at)
            if fell_on >= first:
                found.fell[fell_on.replace(day=1)] += 1
                found.team_breaches[team] += 1
                found.timescale_breaches[timer.timescale] += 1


def _count(share: Share, in_time: bool) -> None:
    share.numerator += in_time
    share.denominator += 1


def last_months(months: Mapping[date, Share], number: int) -> Share:
    """Add up the last months."""
    found = Share()
    for month in sorted(months)[-number:]:
        found.numerator += months[month].numerator
        found.denominator += months[month].denominator
    return found


def month_end(month: date) -> date:
    """Give the last day of a month."""
    return add_months(month, 1) - timedelta(days=1)
