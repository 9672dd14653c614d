"""Moves and due dates made ready: looked up, not worked out, where millions of them are asked for.

Moves are the tables of processes, due dates come from the code that production counts by. Tests hold moves equal to the
machines and due dates equal to `evaluate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from caseclock.processes.definition import NOT_BEGUN, Process
from caseclock.timers.calendar import BankHolidays, WorkingCalendar
from caseclock.timers.durations import MonthPolicy, Unit, due_on
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timescale import Timescale, as_text


@dataclass(frozen=True, slots=True)
class Branch:
    """Where an event leads by the value of one field of its data."""

    field: str
    #: value as text -> state
    to: Mapping[str, str]
    #: for every other value; None where the event is not allowed with it
    otherwise: str | None

    def of(self, data: Mapping[str, object]) -> str | None:
        return self.to.get(as_text(data.get(self.field)), self.otherwise)


#: (state, event) -> the state it leads to, always or by its data; absent where it is not allowed
Moves = Mapping[tuple[str, str], str | Branch]


@cache
def moves_of(process: Process) -> Moves:
    """Compile a process's table. Raises ValueError for one whose moves look at two fields of one event."""
    compiled: dict[tuple[str, str], str | Branch] = {}
    for state in (NOT_BEGUN, *(each.name for each in process.states)):
        for event in process.events:
            step = _step(process, state, event)
            if step is not None:
                compiled[state, event] = step
    return compiled


def _step(process: Process, state: str, event: str) -> str | Branch | None:
    lines = [move for move in process.moves if move.event == event and state in move.when]
    by: dict[str, str] = {}
    field: str | None = None
    for move in lines:
        to = move.to or state
        if not move.if_:
            return Branch(field, by, to) if field is not None else to
        if len(move.if_) > 1 or (field is not None and field not in move.if_):
            raise ValueError(
                f"{event} of {process.name} looks at several fields. Ask the process itself for its moves."
            )
        ((field, accepted),) = move.if_.items()
        for value in accepted:
            by.setdefault(value, to)
    return None if field is None else Branch(field, by, None)


def moved(moves: Moves, state: str, event: str, data: Mapping[str, object]) -> str | None:
    """Give the state an event leads to, or None where it is not allowed."""
    step = moves.get((state, event))
    return step if step is None or type(step) is str else step.of(data)  # type: ignore[union-attr]


class DueTable:
    """Last days by timescale and first day, each worked out once by the production code and then looked up.

    For limits that hold whatever the case: of a timescale with several, the last one is taken.
    """

    def __init__(
        self,
        book: Rulebook,
        holidays: BankHolidays,
        months: MonthPolicy = MonthPolicy.CALENDAR_MONTHS,
    ) -> None:
        self._book, self._holidays, self._months = book, holidays, months
        self._known: dict[tuple[str, date, str], date | None] = {}
        self._calendar_on: dict[date, WorkingCalendar] = {}

    def holds(self, timescale: str, day: date) -> bool:
        """Say whether a version of a timescale is in force for clocks that start on a day."""
        return self._version(timescale, day) is not None

    def last_day(self, timescale: str, started: date, asked_on: date | None = None) -> date | None:
        """Give the last day in time, by the calendar known on a day; None where no version holds."""
        calendar = self._calendar(asked_on or started)
        key = (timescale, started, calendar.version)
        try:
            return self._known[key]
        except KeyError:
            found = self._known[key] = self._worked_out(timescale, started, calendar)
            return found

    def _calendar(self, day: date) -> WorkingCalendar:
        calendar = self._calendar_on.get(day)
        if calendar is None:
            calendar = self._calendar_on[day] = self._holidays.as_known(day)
        return calendar

    def _version(self, timescale: str, day: date) -> Timescale | None:
        versions = self._book.rules.get(timescale, ())
        return next((one for one in versions if one.has_clock() and one.in_force(day)), None)

    def _worked_out(self, timescale: str, started: date, calendar: WorkingCalendar) -> date | None:
        version = self._version(timescale, started)
        if version is None or not version.limits:
            return None
        limit = version.limits[-1].limit
        if limit.unit is Unit.HOURS:
            return started + timedelta(days=limit.number // 24)
        return due_on(started, limit, version.counting, calendar, self._months)
