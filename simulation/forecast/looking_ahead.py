"""A forecast of a live caseload, or of a history that ends on a day: as at a day, as known at a moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from caseclock.processes.catalogue import OPENERS
from caseclock.simulation.forecast.expecting import AtRisk, Forecast, expect
from caseclock.simulation.forecast.experience import Experience, Fate, fate_of, last_day
from caseclock.store.protocol import CaseFacts, Transaction
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Outcome, Timer
from caseclock.timers.when import end_of_day, london_date
from caseclock.workflow.allocation import facts_of
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question


def forecast(engine: Engine, unit: Transaction, question: Question, authority: str, days: int) -> Forecast:
    """Forecast an authority's timers that ran on a day and had their last day within so many days, from its log."""
    setting = engine.setting(unit, authority)
    cases = ((case_id, unit.events(authority, case_id)) for _, case_id in unit.case_ids(authority))
    return forecast_cases(
        authority,
        cases,
        setting,
        as_at=question.as_at,
        known_at=question.known_at,
        days=days,
        moment=question.moment,
    )


def forecast_now(unit: Transaction, authority: str, now: datetime, days: int) -> Forecast:
    """Forecast the timers that run now, from the stored ones: the same as from the log, and no case is worked out."""
    return _forecast(authority, _stored(unit, authority), london_date(now), now, days)


def _stored(unit: Transaction, authority: str) -> Iterator[tuple[Timer, CaseFacts]]:
    facts = CaseFacts(authority, "")
    for one in unit.all_timers(authority):
        case_id = one.timer.case_id
        if facts.case_id != case_id:
            facts = unit.facts(authority, case_id) or CaseFacts(authority, case_id)
        yield one.timer, facts


def forecast_cases(
    authority: str,
    cases: Iterable[tuple[str, Sequence[Event]]],
    setting: Setting,
    *,
    as_at: date,
    known_at: datetime,
    days: int,
    moment: datetime | None = None,
) -> Forecast:
    """Do as `forecast` for cases given with their events; what ran out by the moment (or that day's end) is known."""

    def told() -> Iterator[tuple[Timer, CaseFacts]]:
        for case_id, events in cases:
            history = History(events, OPENERS, as_at=as_at, known_at=known_at)
            timers = [timer for timer in evaluate(history, setting) if last_day(timer) is not None]
            if timers:
                facts = facts_of(authority, case_id, history)
                yield from ((timer, facts) for timer in timers)

    return _forecast(authority, told(), as_at, moment or end_of_day(as_at), days)


def _forecast(
    authority: str, timers: Iterable[tuple[Timer, CaseFacts]], as_at: date, moment: datetime, days: int
) -> Forecast:
    """Forecast timers as they stood at a moment of a day."""
    fates: list[Fate] = []
    running: list[tuple[Timer, date, CaseFacts]] = []
    until = as_at + timedelta(days=days)
    for timer, facts in timers:
        fate = fate_of(timer, facts.team, moment)
        if fate is not None:
            fates.append(fate)
        elif timer.outcome is Outcome.RUNNING and (day := last_day(timer)) is not None and day <= until:
            running.append((timer, day, facts))
    experience = Experience.of(fates, as_at + timedelta(days=1))
    at_risk = (_at_risk(timer, day, facts, experience, as_at) for timer, day, facts in running)
    return expect(authority, as_at, days, at_risk, experience)


def _at_risk(timer: Timer, day: date, facts: CaseFacts, experience: Experience, as_at: date) -> AtRisk:
    chance = experience.chance(timer.timescale, timer.process, facts.team, (day - as_at).days)
    return AtRisk(
        timer.timer_id,
        timer.case_id,
        timer.timescale,
        timer.process,
        facts.team,
        facts.worker,
        day,
        chance,
    )


def ran_out(cases: Mapping[str, Sequence[Event]], setting: Setting, as_at: date) -> dict[str, bool]:
    """Tell of every timer whose last day has passed whether it ran out, by its id, as known at the end of a day."""
    end = end_of_day(as_at)
    told: dict[str, bool] = {}
    for events in cases.values():
        for timer in evaluate(History(events, OPENERS, as_at=as_at, known_at=end), setting):
            fate = fate_of(timer, None, end)
            if fate is not None:
                told[timer.timer_id] = fate.ran_out
    return told
