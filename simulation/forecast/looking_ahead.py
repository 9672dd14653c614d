"""A forecast of a live caseload, or of a history that ends on a day: as at a day, as known at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from caseclock.processes.catalogue import OPENERS
from caseclock.simulation.forecast.expecting import AtRisk, Forecast, expect
from caseclock.simulation.forecast.experience import Experience, Fate, fate_of, last_day
from caseclock.store.protocol import CaseFacts, Transaction
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Outcome, Timer
from caseclock.timers.when import end_of_day
from caseclock.workflow.allocation import facts_of
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question


def forecast(engine: Engine, unit: Transaction, question: Question, authority: str, days: int) -> Forecast:
    """Forecast an authority's running timers that have their last day within so many days, streaming its cases."""
    setting = engine.setting(unit, authority)
    cases = ((case_id, unit.events(authority, case_id)) for _, case_id in unit.case_ids(authority))
    return forecast_cases(
        authority, cases, setting, as_at=question.as_at, known_at=question.known_at, days=days
    )


def forecast_cases(
    authority: str,
    cases: Iterable[tuple[str, Sequence[Event]]],
    setting: Setting,
    *,
    as_at: date,
    known_at: datetime,
    days: int,
) -> Forecast:
    """Do as `forecast` for cases given with their events."""
    fates: list[Fate] = []
    running: list[tuple[Timer, date, CaseFacts]] = []
    until = as_at + timedelta(days=days)
    for case_id, events in cases:
        history = History(events, OPENERS, as_at=as_at, known_at=known_at)
        timers = [timer for timer in evaluate(history, setting) if last_day(timer) is not None]
        if not timers:
            continue
        facts = facts_of(authority, case_id, history)
        for timer in timers:
            fate = fate_of(timer, facts.team, end_of_day(as_at))
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
