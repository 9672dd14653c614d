"""A newer list of bank holidays, as GOV.UK publishes it: days it has that were not known are added from now on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from caseclock.store.protocol import CalendarChange
from caseclock.timers.bank_holiday_files import read_days
from caseclock.timers.calendar import BankHolidays, WorkingCalendar, load_bank_holidays
from caseclock.workflow.calendar_days import Moved, add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import Refused


class ListRefused(Refused):
    """A list that can't be taken over."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a list brought."""

    #: the last bank holiday in it
    until: date
    #: each day that was added, and what it moved
    added: tuple[tuple[CalendarChange, Moved], ...]


def load_list(engine: Engine, path: Path, *, at: datetime, by: str, because: str) -> Loaded:
    """Add every day of a newer list that is worked by what is known at `at`; it is known from then on.

    Raises BankHolidaysRefused where the list can't be trusted, ListRefused where a bank holiday that is known is not
    in it any more: then nothing is added. Safe to repeat after a crash.
    """
    newer, told = load_bank_holidays(path), read_days(path)
    with engine.store.snapshot() as unit:
        changes = [change for change in unit.calendar_changes() if change.authority is None]
        known = engine.setting(unit, "").holidays.as_known(None)
    added = {change.day for change in changes}
    gone = [day for day in _holidays(known, newer) if day not in newer.days and day not in added]
    if gone:
        raise ListRefused(
            f"Can't load {path.name}: it has no {gone[0]}, which is known here as not worked "
            f"({known.why_not_working(gone[0])}). A list adds days and takes none away, so nothing was added. If the "
            "day was moved, a version of Caseclock that knows of the move is needed; days added besides it can be "
            "added with `caseclock calendar add`."
        )
    fresh = [
        CalendarChange(day, title, at, by, because)
        for day, title in told.items()
        if known.is_working_day(day)
    ]
    # a load that was broken off may have left timers behind: one more pass finds them
    again = [change for change in changes if change.day in told][-1:] if not fresh else []
    moved = [(change, add_calendar_day(engine, change)) for change in [*fresh, *again]]
    return Loaded(max(told), tuple(moved[: len(fresh)]))


def _holidays(known: WorkingCalendar, newer: BankHolidays) -> Iterator[date]:
    """Give every weekday that is known as a bank holiday, official or projected, in the years a list speaks of."""
    day = newer.official_from
    while day <= newer.official_until:
        if day.weekday() < 5 and not known.is_working_day(day):
            yield day
        day += timedelta(days=1)
