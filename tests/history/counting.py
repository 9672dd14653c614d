"""Counting a duty out: when it is due, what it is over by, when it warns. The model's own arithmetic."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from days import DAY, in_london, midnight, months_on, working_days_on, working_days_within
from duties import Duty

from caseclock.timers.event import Event
from caseclock.timers.when import When

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


class Name(NamedTuple):
    """Which timer."""

    timescale: str
    #: the event that started it
    trigger: str
    key: str | None


@dataclass(frozen=True)
class Counted:
    """A timer, counted out."""

    name: Name
    started_on: date
    due: date | datetime
    #: before any extension, where there was one
    first_due: date | None
    warns_at: datetime
    falls_at: datetime
    ended: Event | None
    #: running, met, recorded_late, met_late, lapsed or void
    outcome: str
    #: how far past the limit it was when it ended
    over: int
    unit: str

    def standing(self, moment: datetime) -> str:
        if self.outcome != "running":
            return "overdue" if self.outcome == "lapsed" else self.outcome
        if moment >= self.falls_at:
            return "overdue"
        if self.first_due is not None and moment >= midnight(self.first_due + DAY):
            return "extended"
        return "due_soon" if moment >= self.warns_at else "running"

    def runs_out_at(self) -> datetime | None:
        return self.falls_at if self.outcome in ("running", "met_late", "lapsed") else None


def due_by(
    duty: Duty, starts: When, name: Name, extensions: list[Event], added: frozenset[date]
) -> tuple[date | datetime, date | None]:
    """The last day in time, or the last instant; and the last day before it was extended, if it was asked for."""
    if duty.unit == "hours":
        return (starts.at or midnight(starts.on + DAY) - INSTANT) + duty.number * HOUR, None
    if duty.unit == "working_days":
        due = working_days_on(starts.on, duty.number, added)
    elif duty.unit == "weeks":
        due = starts.on + 7 * duty.number * DAY
    else:
        due = months_on(starts.on, duty.number)
    asked = [event for event in extensions if tuple(event.data["of"]) == name]
    if not asked:
        return due, None
    # the engine takes no second one, and none without approval or beyond the weeks it may last
    until = date.fromisoformat(str(asked[0].data["until"]))
    until = min(until, due + 7 * duty.extended_by * DAY)
    return max(due, until), due


def over_by(due: date | datetime, done: When, unit: str, added: frozenset[date]) -> int:
    if isinstance(due, datetime):
        late = (done.at or midnight(done.on)) - due
        if late <= timedelta(0):
            return 0
        if due == midnight(in_london(due) + DAY) - INSTANT:
            late -= INSTANT  # it had the whole of that day: what is over begins with the next
        return max(1, -(-late // HOUR))
    if done.on <= due:
        return 0
    return (
        max(1, working_days_within(due, done.on, added)) if unit == "working_days" else (done.on - due).days
    )


def written_after(due: date | datetime, written: When) -> bool:
    if isinstance(due, datetime):
        return (written.at or midnight(written.on)) > due
    return written.on > due


def warned_at(duty: Duty, started_on: date, due: date | datetime, added: frozenset[date]) -> datetime:
    if isinstance(due, datetime):
        return due - duty.number // 5 * HOUR
    number, unit = duty.warned or (duty.number // 5, duty.unit)
    if unit == "working_days":
        return midnight(working_days_on(due, -number, added))
    if duty.warned is not None:
        return midnight(due - 7 * number * DAY)
    return midnight(due - (due - started_on).days // 5 * DAY)
