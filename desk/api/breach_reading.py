"""Reads the breaches of several cases together: as at now from the stored tables, for a past day from the logs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from caseclock.desk.answers import TELLING, InLog, told_by
from caseclock.desk.api.walking import stored_position
from caseclock.desk.breaches import standing_breaches, withdrawn_breaches
from caseclock.desk.rows import answer_row, breach_row
from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import Breach
from caseclock.store.schema import LIVE, events
from caseclock.store.sql_derived import BREACHES, TIMERS
from caseclock.store.sql_log import EVENTS
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.standing import over, standing
from caseclock.workflow.positions import Position, Question

_TELLING = EVENTS.of_several.where(events.c.type.in_(sorted(TELLING)))
#: what has run out, or may have; a breach of any other timer was withdrawn
_LIVE_TIMERS = TIMERS.of_several.where(LIVE)


@dataclass(frozen=True, slots=True)
class BreachTold:
    """A breach as its row, with where it stands in the list."""

    case_id: str
    breach_id: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BreachReader:
    """Reads the breaches of an authority's cases, as a question has them."""

    unit: SqlTransaction
    setting: Setting
    calendar: WorkingCalendar
    question: Question
    authority: str
    is_now: bool

    def read(self, case_ids: Sequence[str], *, withdrawn: bool) -> dict[str, list[BreachTold]]:
        """Give the breaches of these cases, by case, in the order of their ids; those withdrawn where asked for."""
        asked = {"a": self.authority, "cs": list(case_ids)}
        connection = self.unit.connection
        stored: dict[str, list[Breach]] = {case_id: [] for case_id in case_ids}
        for row in connection.execute(BREACHES.of_several, asked):
            breach = BREACHES.made(row)
            stored[breach.case_id].append(breach)
        log: dict[str, list[Event]] = {case_id: [] for case_id in case_ids}
        for row in connection.execute(_TELLING if self.is_now else EVENTS.of_several, asked):
            event = EVENTS.made(row)
            log[event.case_id].append(event)
        positions: dict[str, list[Position]] = {case_id: [] for case_id in case_ids}
        if self.is_now:
            # a withdrawn breach is told with its timer, whatever became of that
            for row in connection.execute(TIMERS.of_several if withdrawn else _LIVE_TIMERS, asked):
                timer = TIMERS.made(row).timer
                positions[timer.case_id].append(stored_position(timer, self.question, self.calendar))
        else:
            for case_id in case_ids:
                positions[case_id] += self._worked_out(log[case_id])
        return {
            case_id: list(self._told(case_id, positions[case_id], stored[case_id], log[case_id], withdrawn))
            for case_id in case_ids
        }

    def _worked_out(self, told: Sequence[Event]) -> Iterator[Position]:
        question = self.question
        history = History(told, OPENERS, as_at=question.as_at, known_at=question.known_at)
        for timer in evaluate(history, self.setting):
            stands, past = standing(timer, question.moment), over(timer, question.moment, self.calendar)
            yield Position(timer, stands, past)

    def _told(
        self,
        case_id: str,
        positions: Sequence[Position],
        stored: Sequence[Breach],
        log: Sequence[Event],
        withdrawn: bool,
    ) -> Iterator[BreachTold]:
        found = standing_breaches(positions, stored, self.question)
        if withdrawn:
            found += withdrawn_breaches(positions, stored, self.question)
        told = told_by(log, found, self.question) if found else {}
        for breach in sorted(found, key=lambda one: one.breach_id):
            row = breach_row(breach) | answer_row(told.get(breach.breach_id, InLog()))
            yield BreachTold(case_id, breach.breach_id, row)
