"""Working days of England and Wales: which days count, how to count them, and what was known when.

A working day is not a Saturday, a Sunday, Christmas Day, Good Friday or a bank holiday in England and Wales
(SI 2010/959 reg 2 and its like; the business day of FPR 2010 r 2.3 is the same day). Start at
`england_and_wales().as_known(None)`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from caseclock.timers.bank_holiday_files import AddedDay, BankHolidaysRefused, read_announcements, read_days
from caseclock.timers.bank_holiday_rules import FIRST_YEAR, LAST_YEAR, ordinary_bank_holidays

__all__ = [
    "AddedDay",
    "BankHolidays",
    "BankHolidaysRefused",
    "CalendarExhausted",
    "WorkingCalendar",
    "england_and_wales",
    "load_bank_holidays",
]

_DATA = Path(__file__).parent / "data"
_FIRST_DAY = date(FIRST_YEAR, 1, 1)
_LAST_DAY = date(LAST_YEAR, 12, 31)
#: how the reason of a day that no list holds ends
_PROJECTED = " (projected)"
#: the last year whose projected days are in a version's digest: timers that were kept name versions made so
_TOLD_UNTIL = 2070
_FIRST, _LAST = _FIRST_DAY.toordinal(), _LAST_DAY.toordinal()


class CalendarExhausted(ValueError):
    """A day lies outside the years in which bank holidays can be listed or projected."""

    def __init__(self, day: str) -> None:
        super().__init__(
            f"Can't count working days at {day}: bank holidays are known or projected from {_FIRST_DAY} "
            f"to {_LAST_DAY} only. Check the date for a slip of the pen."
        )


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """Working days as they were known at one moment; immutable, each answer found by bisection."""

    #: which calendar this is, such as england_and_wales:9 (nine announcements known); with a list or days that
    #: are not shipped here, a digest of its days follows: two calendars of one version always count alike
    version: str
    #: first and last day covered by the official list; other days are projected by rule
    official_from: date
    official_until: date
    _reasons: Mapping[date, str]
    _announced: frozenset[date]
    #: ordinals of the weekdays that are not worked, ascending
    _skipped: list[int] = field(init=False, repr=False)
    #: how many working days (since day 1 of year 1) precede each of them
    _before: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        skipped = sorted(day.toordinal() for day in self._reasons if day.weekday() < 5)
        object.__setattr__(self, "_skipped", skipped)
        object.__setattr__(self, "_before", [_weekdays_to(o) - i for i, o in enumerate(skipped, 1)])

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is worked; raises CalendarExhausted outside 1990 to 2120."""
        _within(day.toordinal())
        return day.weekday() < 5 and day not in self._reasons

    def why_not_working(self, day: date) -> str | None:
        """Say why a day is not worked, such as 'Saturday' or 'bank holiday: Good Friday'; None if it is.

        A bank holiday projected by rule says so.
        """
        _within(day.toordinal())
        if day.weekday() >= 5:
            return "Saturday" if day.weekday() == 5 else "Sunday"
        return self._reasons.get(day)

    def add_working_days(self, day: date, n: int) -> date:
        """Give the n-th working day after a day, or before it for a negative n.

        The day itself is day 0, worked or not, and n = 0 gives it back. Saturday + 1 is Monday, as is Friday + 1.

        >>> england_and_wales().as_known(None).add_working_days(date(2017, 5, 18), 10)
        datetime.date(2017, 6, 2)
        """
        if n == 0:
            return day
        ordinal = _within(day.toordinal())
        return self._nth(self._worked_to(ordinal) + n if n > 0 else self._worked_to(ordinal - 1) + 1 + n)

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`.

        With `end` before `start`, minus the working days from `end` up to but not including `start`; so that
        counting undoes adding in both directions.
        """
        first, last = _within(start.toordinal()), _within(end.toordinal())
        back = 1 if last < first else 0
        return self._worked_to(last - back) - self._worked_to(first - back)

    def stat_working_days(self, start: date, end: date) -> int:
        """Count working days as the national statistics band them: same day 0, the next working day 1.

        The answer is the smallest limit that would have been kept: `stat_working_days(s, e) <= n` exactly
        when `e <= add_working_days(s, n)`, so a statistic and a timer never disagree. Between two working
        days this is every usual count. It matters at weekends: an end on a day not worked counts as the next
        working day would (Friday to Saturday is 1, not 0: it was not the same day), and a start on one is
        day 0, as for a timer (Saturday to Monday is 1; `numpy.busday_count` says 0). An end before the start
        gives the mirrored negative.
        """
        if end < start:
            return -self.stat_working_days(end, start)
        first, last = _within(start.toordinal()), _within(end.toordinal())
        return self._worked_to(last - 1) - self._worked_to(first) + 1 if first < last else 0

    def nth_business_day(self, day: date, n: int) -> date:
        """Give court day n, where the day itself is day 1, or the next working day if it is not one.

        >>> england_and_wales().as_known(None).nth_business_day(date(2026, 3, 30), 12)
        datetime.date(2026, 4, 16)
        """
        if n < 1:
            raise ValueError(f"Can't find day {n}: the first day counted is day 1. Ask for day 1 or later.")
        return self._nth(self._worked_to(_within(day.toordinal()) - 1) + n)

    def beginning_with_working_days(self, day: date, n: int) -> date:
        """Give the last of n working days beginning with a day, itself the first if it is worked."""
        return self.nth_business_day(day, n)

    def certainty(self, day: date) -> Literal["official", "projected"]:
        """Say whether a day stands in the official list (or was announced since), or is projected by rule."""
        _within(day.toordinal())
        if self.official_from <= day <= self.official_until or day in self._announced:
            return "official"
        return "projected"

    def _worked_to(self, ordinal: int) -> int:
        """Count working days up to and including a day; only a difference of two such counts means anything."""
        return _weekdays_to(ordinal) - bisect_right(self._skipped, ordinal)

    def _nth(self, n: int) -> date:
        """Give the day on which `_worked_to` first reaches n."""
        weeks, rest = divmod(n + bisect_left(self._before, n) - 1, 5)
        ordinal = weeks * 7 + rest + 1
        return date.fromordinal(_within(ordinal))


def _weekdays_to(ordinal: int) -> int:
    """Count Mondays to Fridays up to and including an ordinal (ordinal 1 was a Monday)."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _within(ordinal: int) -> int:
    if not _FIRST <= ordinal <= _LAST:
        shown = (
            date.fromordinal(ordinal).isoformat() if 1 <= ordinal <= date.max.toordinal() else "that distance"
        )
        raise CalendarExhausted(shown)
    return ordinal


@dataclass(frozen=True, slots=True, eq=False)
class BankHolidays:
    """The official list, the rule beyond it, and what was announced when: calendars as known on any day."""

    official_from: date
    official_until: date
    #: every official day and title
    days: Mapping[date, str]
    #: days added or moved once, in the order in which they became known
    announcements: tuple[AddedDay, ...]
    closures: frozenset[date] = frozenset()
    _known_ons: list[date] = field(init=False, repr=False)
    _calendars: dict[int, WorkingCalendar] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known_ons", [added.known_on for added in self.announcements])

    def as_known(
        self, on: date | None, extra: Iterable[AddedDay] = (), closures: Iterable[date] = ()
    ) -> WorkingCalendar:
        """Give the calendar as it was known at the end of a London date; None for all that is known.

        A day not yet announced is absent, and a moved one still in its old place. `extra` holds bank holidays
        announced after the official list was saved; one that the list has too (a newer file was loaded since)
        keeps its `known_on`. `closures` are an authority's own days off: the law does not know them.
        Repeating a question costs about a microsecond if `extra` is a tuple and `closures` a frozenset.
        """
        if extra or closures:
            return _with_local(self, tuple(extra), frozenset(closures)).as_known(on)
        known = len(self._known_ons) if on is None else bisect_right(self._known_ons, on)
        calendar = self._calendars.get(known)
        if calendar is None:
            calendar = self._calendars[known] = self._build(known)
        return calendar

    def with_local(self, extra: Iterable[AddedDay], closures: Iterable[date] = ()) -> "BankHolidays":
        """Give these bank holidays with days announced since and an authority's own closure days laid over them."""
        return _with_local(self, tuple(extra), frozenset(closures))

    def _build(self, known: int) -> WorkingCalendar:
        """Build the calendar that holds the first `known` announcements and no later one."""
        days = {day: f"bank holiday: {title}" for day, title in self.days.items()}
        official = range(self.official_from.year, self.official_until.year + 1)
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            if year not in official:
                projected = ordinary_bank_holidays(year).items()
                days |= {day: f"bank holiday: {title}{_PROJECTED}" for day, title in projected}
        for added in self.announcements:
            if added.day not in ordinary_bank_holidays(added.day.year):
                days.pop(added.day, None)
            if added.replaces:
                title = ordinary_bank_holidays(added.replaces.year)[added.replaces]
                days[added.replaces] = f"bank holiday: {title}"
        for added in self.announcements[:known]:
            days.setdefault(added.day, f"bank holiday: {self.days.get(added.day, added.title)}")
            if added.replaces:
                del days[added.replaces]
        for closure in self.closures:
            days.setdefault(closure, "local closure")
        announced = frozenset(added.day for added in self.announcements[:known])
        version = f"england_and_wales:{known}"
        if (
            self.closures
            or not self._shipped
            or not set(self.announcements[:known]).issubset(_announcements())
        ):
            version += f"+{self._digest(days)}"
        return WorkingCalendar(version, self.official_from, self.official_until, days, announced)

    def _digest(self, days: Mapping[date, str]) -> str:
        """Sum up the days by which a calendar differs from others; those projected far ahead are in none of them."""
        told = sorted(
            day for day, reason in days.items() if day.year <= _TOLD_UNTIL or not reason.endswith(_PROJECTED)
        )
        return blake2b(repr((self.official_until, told)).encode(), digest_size=6).hexdigest()

    @property
    def _shipped(self) -> bool:
        return self.days is england_and_wales().days


@lru_cache(maxsize=512)
def _with_local(base: BankHolidays, extra: tuple[AddedDay, ...], closures: frozenset[date]) -> BankHolidays:
    for day in (*closures, *(added.day for added in extra)):
        _within(day.toordinal())
    moved = {added.replaces for added in base.announcements}
    for added in sorted(extra, key=lambda added: added.known_on):
        if added.replaces is None:
            continue
        if added.replaces in moved or added.replaces not in ordinary_bank_holidays(added.replaces.year):
            raise ValueError(
                f"Can't move a bank holiday from {added.replaces} to {added.day}: there is none to move on "
                f"{added.replaces}. Give the ordinary bank holiday it replaces, or leave that out."
            )
        moved.add(added.replaces)
    announcements = tuple(sorted((*base.announcements, *extra), key=lambda added: added.known_on))
    return BankHolidays(base.official_from, base.official_until, base.days, announcements, closures)


@lru_cache(maxsize=1)
def england_and_wales() -> BankHolidays:
    """Give the bank holidays shipped here: official from 2012 to 2028, projected by rule around that."""
    return _bank_holidays(read_days(_DATA / "bank-holidays-england-and-wales.json"))


def load_bank_holidays(path: Path) -> BankHolidays:
    """Load a newer list, as saved from https://www.gov.uk/bank-holidays.json, over the one shipped here.

    Its years replace the same years; GOV.UK drops old years, so those it does not hold stay as shipped. A day in
    it that was added or moved later than the shipped announcements tell counts as always known, unless it is
    also given to `as_known` as an AddedDay. Raises BankHolidaysRefused where the list can't be trusted.
    """
    newer, shipped = read_days(path), england_and_wales()
    first, last = min(newer).year, max(newer).year
    if first > shipped.official_until.year + 1 or last < shipped.official_from.year - 1:
        raise BankHolidaysRefused(
            path, f"years are missing between its {first} to {last} and the list shipped here"
        )
    kept = {day: title for day, title in shipped.days.items() if not first <= day.year <= last}
    return _bank_holidays(dict(sorted((kept | newer).items())))


def _bank_holidays(days: dict[date, str]) -> BankHolidays:
    # whole years are listed, so the list also says that the days around its first and last are worked
    return BankHolidays(date(min(days).year, 1, 1), date(max(days).year, 12, 31), days, _announcements())


@lru_cache(maxsize=1)
def _announcements() -> tuple[AddedDay, ...]:
    return tuple(sorted(read_announcements(_DATA / "announcements.json"), key=lambda added: added.known_on))
