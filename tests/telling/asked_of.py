"""A caseload to ask a queue of, and the slow way to answer: every timer looked at by the definition of its standing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from benchmarks.desk_journeys import AUTHORITY, NOW, journeys
from sqlalchemy import select

from caseclock.desk.reading.filters import Filters, Group, Order, Reason, Show
from caseclock.desk.reading.queue import Asking
from caseclock.desk.reading.spans import due_span
from caseclock.processes.reasons import reasons
from caseclock.store.forecast_tables import timer_chances
from caseclock.store.forecasts import KeptForecast, TimerChance, keep_forecast
from caseclock.store.protocol import BreachAnswer, BreachStanding, CaseFacts
from caseclock.store.sql import SqlStore
from caseclock.timers.event import Event
from caseclock.timers.standing import standing
from caseclock.timers.timer import BREACHED_STANDINGS, AtEnd, Outcome, Standing, Timer
from caseclock.timers.when import When, london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

CASES = 60


def everybody_sees(_authority: Any, _case_id: Any) -> Sequence[Any]:
    """Hide nothing."""
    return ()


class Asked:
    """A store with a caseload in it, and everything that is in it; no dataclass, which a failing test would print."""

    def __init__(
        self,
        store: SqlStore,
        engine: Engine,
        timers: list[Timer],
        facts: dict[str, CaseFacts],
        answers: dict[str, BreachAnswer],
        chances: dict[str, float],
    ) -> None:
        self.store = store
        self.engine = engine
        self.timers = timers
        self.facts = facts
        #: timer id -> the last answer to its breach
        self.answers = answers
        #: timer id -> how likely a forecast told it to run out
        self.chances = chances

    def at(self, moment: datetime, **changes: Any) -> Asking:
        """Ask for everybody's work at an instant."""
        with self.store.snapshot() as unit:
            setting = self.engine.setting(unit, AUTHORITY)
        calendar = setting.holidays.as_known(london_date(moment))
        return Asking(AUTHORITY, setting.rulebook, calendar, moment, **({"sees": everybody_sees} | changes))


@dataclass(frozen=True)
class Expected:
    ids: list[str]
    counts: dict[Standing, int]


def caseload(store: SqlStore, cases: int = CASES) -> Asked:
    """Record whole journeys, raise what ran out, and answer for every third breach."""
    engine = Engine(store)
    for events in journeys(cases):
        engine.take_in(AUTHORITY, events[0].case_id, [events], NOW)
    sweep(engine, NOW)
    with store.snapshot() as unit:
        raised = list(unit.all_breaches(AUTHORITY))
    for number, breach in enumerate(raised[::3]):
        kind = ("BreachExplained", "BreachExempted", "BreachEscalated")[number % 3]
        code = next(
            one.code
            for one in reasons().values()
            if ("explained", "exempted", "explained")[number % 3] in one.answers
        )
        told = (
            {"to": "head.of.service"}
            if kind == "BreachEscalated"
            else {"reason_code": code, "text": "See file."}
        )
        answer = Event(
            f"{kind}/{breach.breach_id}", kind, AUTHORITY, breach.case_id, breach.episode_id,
            When.instant(NOW), When.instant(NOW), "officer.one", data={"breach_id": breach.breach_id, **told},
        )  # fmt: skip
        engine.record(answer, at=NOW)
    _forecast(store)
    return everything_in(store, engine)


def _forecast(store: SqlStore) -> None:
    """Keep a forecast that tells of two timers of three that run, the chance being a number in their id."""
    with store.transaction() as work:
        told = [
            TimerChance(
                AUTHORITY, one.timer.timer_id, one.timer.case_id, int(one.timer.timer_id[:2], 16) / 255, 9, 3
            )
            for one in work.all_timers(AUTHORITY)
            if one.timer.outcome is Outcome.RUNNING and int(one.timer.timer_id[-2:], 16) % 3
        ]
        kept = KeptForecast(AUTHORITY, london_date(NOW), NOW, 30, 1000, {})
        keep_forecast(work.connection, kept, told)


def everything_in(store: SqlStore, engine: Engine) -> Asked:
    """Read all that the slow way needs."""
    facts, answers = {}, {}
    with store.snapshot() as unit:
        timers = [kept.timer for kept in unit.all_timers(AUTHORITY)]
        for _, case_id in unit.case_ids(AUTHORITY):
            facts[case_id] = unit.facts(AUTHORITY, case_id) or CaseFacts(AUTHORITY, case_id)
            given = {answer.breach_id: answer for answer in unit.breach_answers(AUTHORITY, case_id)}
            for breach in unit.breaches(AUTHORITY, case_id):
                if breach.standing is not BreachStanding.WITHDRAWN and breach.breach_id in given:
                    answers[breach.timer_id] = given[breach.breach_id]
        chances: dict[str, float] = {
            row.timer_id: row.chance for row in unit.connection.execute(select(timer_chances))
        }
    return Asked(store, engine, timers, facts, answers, chances)


def brute_force(asked: Asked, filters: Filters, moment: datetime) -> Expected:
    """Answer by looking at every timer."""
    today = london_date(moment)
    found = [timer for timer in asked.timers if _is_in(asked, timer, filters, moment)]
    found.sort(key=lambda timer: (timer.falls_at, timer.timer_id), reverse=_last_goes_down(filters))
    if filters.sort is Order.CHANCE:
        found.sort(key=lambda timer: asked.chances[timer.timer_id], reverse=not filters.down)
    key, down = _first_key(asked, filters, today)
    found.sort(key=key, reverse=down)
    return Expected(
        [timer.timer_id for timer in found], dict(Counter(standing(one, moment) for one in found))
    )


def last_day(timer: Timer) -> date | None:
    """Give the last London day in time."""
    return timer.due_on or (london_date(timer.due_at) if timer.due_at else None)


def days_past(timer: Timer, today: date) -> int:
    due = last_day(timer)
    return max(0, ((timer.stopped_on or today) - due).days) if due else 0


def _is_in(asked: Asked, timer: Timer, filters: Filters, moment: datetime) -> bool:
    stands, facts = standing(timer, moment), asked.facts[timer.case_id]
    late_recording = timer.timescale.startswith("recording.") or timer.is_of_recording
    shown = {
        Show.OPEN: timer.outcome is Outcome.RUNNING and stands is not Standing.MET,
        Show.BREACHES: stands in BREACHED_STANDINGS and not late_recording,
        Show.WRITTEN_LATE: stands is Standing.MET_LATE and late_recording,
        Show.ALL: True,
    }[filters.show]
    calendar = asked.at(moment).calendar
    first, last = due_span(filters, london_date(moment), calendar)
    due = last_day(timer)
    said = asked.answers.get(timer.timer_id)
    why = said is not None and said.answer in ("explained", "exempted")
    return (
        shown
        and (not filters.standing or stands in filters.standing)
        and (not filters.team or facts.team in filters.team)
        and (not filters.worker or facts.worker == filters.worker)
        and (not filters.process or timer.process in filters.process)
        and (not filters.timescale or timer.timescale in filters.timescale)
        and (first is None or (due is not None and due >= first))
        and (last is None or (due is not None and due <= last))
        and (
            not filters.days_over
            or (stands in BREACHED_STANDINGS and days_past(timer, london_date(moment)) >= filters.days_over)
        )
        and (not filters.asks_chance or _has_chance(asked, timer, filters, stands))
        and (filters.reason is None or why == (filters.reason is Reason.RECORDED))
    )


def _has_chance(asked: Asked, timer: Timer, filters: Filters, stands: Standing) -> bool:
    """Say whether a timer is told to be so likely to run out, and has not."""
    chance = asked.chances.get(timer.timer_id)
    ahead = stands in (Standing.RUNNING, Standing.DUE_SOON, Standing.EXTENDED)
    return (
        chance is not None
        and ahead
        and timer.at_end is AtEnd.OVERDUE
        and chance >= (filters.chance or 0) / 100
    )


def _last_goes_down(filters: Filters) -> bool:
    by_group = filters.group in (Group.TEAM, Group.WORKER, Group.TIMESCALE) or filters.sort is Order.TEAM
    return filters.down and (not by_group or filters.sort is Order.DUE)


def _first_key(asked: Asked, filters: Filters, today: date) -> tuple[Any, bool]:
    facts = asked.facts
    if filters.group is Group.TIMESCALE:
        return lambda timer: timer.timescale, False
    if filters.group is Group.WORKER:
        return lambda timer: facts[timer.case_id].worker or "\uffff", False
    if filters.group is Group.TEAM:
        return lambda timer: facts[timer.case_id].team or "\uffff", False
    if filters.sort is Order.TEAM:
        return lambda timer: facts[timer.case_id].team or "\uffff", filters.down
    if filters.group is Group.FAMILY:
        return lambda timer: (facts[timer.case_id].family or "\uffff", timer.case_id), False
    if filters.sort is Order.CASE:
        return lambda timer: timer.case_id, filters.down
    if filters.sort is Order.OVER:
        return lambda timer: days_past(timer, today), not filters.down
    return lambda _: 0, False
