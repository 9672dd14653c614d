"""A newer list of bank holidays, as GOV.UK publishes it: what was not known is added, or moved, from now on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from caseclock.store.protocol import CalendarChange
from caseclock.timers.bank_holiday_files import read_days
from caseclock.timers.bank_holiday_rules import ordinary_bank_holidays
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

    A bank holiday that is not in it any more was moved, where one of its name or the only new one of that year is:
    that one takes its place. Raises BankHolidaysRefused where the list can't be trusted, ListRefused where a bank
    holiday is gone and none takes its place: then nothing is added. Safe to repeat after a crash.
    """
    newer, told = load_bank_holidays(path), read_days(path)
    with engine.store.snapshot() as unit:
        changes = [change for change in unit.calendar_changes() if change.authority is None]
        known = engine.setting(unit, "").holidays.as_known(None)
    added = {change.day for change in changes}
    gone = [day for day in _holidays(known, newer) if day not in newer.days and day not in added]
    new = {day: title for day, title in told.items() if known.is_working_day(day)}
    moved = {_moved_to(day, known, new, gone, path): day for day in gone}
    fresh = [CalendarChange(day, title, at, by, because, None, moved.get(day)) for day, title in new.items()]
    # a load that was broken off may have left timers behind: one more pass finds them
    again = [change for change in changes if change.day in told][-1:] if not fresh else []
    done = [(change, add_calendar_day(engine, change)) for change in [*fresh, *again]]
    return Loaded(max(told), tuple(done[: len(fresh)]))


def _moved_to(
    gone: date, known: WorkingCalendar, new: Mapping[date, str], all_gone: Sequence[date], path: Path
) -> date:
    """Say which new day of a list takes the place of a bank holiday that is not in it any more."""
    name = _name(known.why_not_working(gone) or "")
    same_year = [day for day in new if day.year == gone.year]
    named = [day for day in same_year if _name(new[day]).startswith(name)]
    alone = same_year if sum(day.year == gone.year for day in all_gone) == 1 else []
    found = named if len(named) == 1 else alone
    if len(found) != 1 or gone not in ordinary_bank_holidays(gone.year):
        raise ListRefused(
            f"Can't load {path.name}: it has no {gone}, which is known here as not worked "
            f"({known.why_not_working(gone)}), and no new day in {gone.year} that surely takes its place. Nothing was "
            "added. Check the list; if the day was moved, say so with `caseclock calendar add --instead-of`."
        )
    return found[0]


def _name(title: str) -> str:
    """Give what a bank holiday is called, without what is said of it besides."""
    return title.removeprefix("bank holiday: ").split(" (")[0].casefold()


def _holidays(known: WorkingCalendar, newer: BankHolidays) -> Iterator[date]:
    """Give every weekday that is known as a bank holiday, official or projected, in the years a list speaks of."""
    day = newer.official_from
    while day <= newer.official_until:
        if day.weekday() < 5 and not known.is_working_day(day):
            yield day
        day += timedelta(days=1)
