"""Due dates: which limit applies to an anchor, what day it gives, and what extends it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from caseclock.timers.anchors import Anchor
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.caps import last_moment
from caseclock.timers.dates_in_words import day_words
from caseclock.timers.durations import (
    Counting,
    Limit,
    MonthPolicy,
    Unit,
    add_months,
    count_back,
    due_at,
    due_on,
)
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.making import maker_of
from caseclock.timers.timescale import Extension, ExtensionKind, Kind, LimitRule
from caseclock.timers.when import start_of_day

#: how a limit's own unit is told when it is overrun; weeks and months are overrun by days
OVERRUN_UNITS = {
    Unit.HOURS: "hours",
    Unit.WORKING_DAYS: "working_days",
    Unit.BUSINESS_DAYS: "working_days",
}
#: without a warning of its own, a timer is due soon in the last fifth of its limit
WARNING_SHARE = 5


@dataclass(frozen=True, slots=True)
class Extended:
    """An event that asked for more time, and what came of it."""

    event: Event
    #: due date it gave, or None where it moved nothing
    until: date | None
    #: why it moved nothing or less than it asked, or empty
    why: str = ""
    #: that it came when the time had run out already, in a sentence, or empty
    late: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The lawful days of one timer."""

    limit: Limit
    #: last day in time; None for clocks in hours and minimum periods
    on: date | None
    #: last instant in time, UTC; only for clocks in hours
    at: datetime | None
    #: `on` before any extension, where there was one
    first_on: date | None
    not_before: date | None
    extensions: tuple[Extended, ...] = ()
    #: when it is due soon, where that follows from these days alone; None where it is to be worked out
    soon_at: datetime | None = None

    @property
    def unit(self) -> str:
        return OVERRUN_UNITS.get(self.limit.unit, "calendar_days")

    @property
    def unbounded(self) -> bool:
        """Say whether there is no last day at all."""
        return self.on is None and self.at is None


_made = maker_of(Due)


def due_by(history: History, anchor: Anchor, calendar: WorkingCalendar, months: MonthPolicy) -> Due:
    """Give the lawful days of the timer that an anchor starts."""
    if anchor.ends_on is not None:
        return _set_by_order(history, anchor, anchor.ends_on, calendar, months)
    rule = applicable(history, anchor, calendar, months)
    limit = rule.limit
    if anchor.version.kind is Kind.ROLLING_CAP:
        return _capped(history, anchor, limit)
    if limit.unit is Unit.HOURS:
        # A trigger known only to the day happened somewhere on it: nobody is blamed for hours that may not have passed.
        return _made(limit, None, due_at(anchor.counts_from.latest(), limit.number), None, None, (), None)
    kind = anchor.version.kind
    if rule.not_before is None and kind is not Kind.AT_LEAST and kind is not Kind.BACKWARDS:
        due = _counted(anchor.counts_from.on, limit.number, limit.unit, anchor.counting, calendar, months)
    else:
        due = _bounded(anchor, rule, calendar, months)
    return due if anchor.version.extension is None else _extended(history, anchor, due, calendar, months)


@lru_cache(maxsize=16384)
def _counted(
    start: date, number: int, unit: Unit, counting: Counting, calendar: WorkingCalendar, months: MonthPolicy
) -> Due:
    """Give what most timers have: a last day counted from a day. The same days are asked of again and again."""
    limit = Limit(number, unit)
    last = due_on(start, limit, counting, calendar, months)
    return _made(limit, last, None, None, None, (), _soon(start, limit, last, calendar))


def _bounded(anchor: Anchor, rule: LimitRule, calendar: WorkingCalendar, months: MonthPolicy) -> Due:
    """Give a first lawful day instead of a last one or besides it, or a last day that is counted back."""
    day = _day(anchor, rule, calendar, months)
    if anchor.version.kind is Kind.AT_LEAST:
        return _made(rule.limit, None, None, None, day, (), None)
    if rule.not_before is None:
        return _made(rule.limit, day, None, None, None, (), None)
    not_before = due_on(anchor.counts_from.on, rule.not_before, anchor.counting, calendar, months)
    return _made(rule.limit, day, None, None, not_before, (), None)


def _set_by_order(
    history: History, anchor: Anchor, ends_on: date, calendar: WorkingCalendar, months: MonthPolicy
) -> Due:
    """Take the last day from the order itself; its length is told in calendar days.

    Raises CalendarExhausted for a day that no calendar knows: a slip of the pen.
    """
    calendar.is_working_day(ends_on)
    length = Limit(max(0, (ends_on - anchor.counts_from.on).days), Unit.CALENDAR_DAYS)
    return _extended(history, anchor, Due(length, ends_on, None, None, None), calendar, months)


def _extended(
    history: History, anchor: Anchor, due: Due, calendar: WorkingCalendar, months: MonthPolicy
) -> Due:
    """Move a last day to where the extensions asked for bring it."""
    if due.on is None:
        return due
    extensions = _extensions(history, anchor, due.on, calendar, months)
    if not extensions:
        return due
    last = max([due.on, *(one.until for one in extensions if one.until)])
    return replace(due, on=last, first_on=due.on, extensions=extensions, soon_at=None)


def _capped(history: History, anchor: Anchor, limit: Limit) -> Due:
    """Give the end of a stay under a cap on all stays in a moving period."""
    last = last_moment(history, anchor, limit)
    if limit.unit is Unit.HOURS:
        return Due(limit, None, last, None, None)
    return Due(limit, last.date(), None, None, None)


def applicable(history: History, anchor: Anchor, calendar: WorkingCalendar, months: MonthPolicy) -> LimitRule:
    """Choose the first limit whose conditions hold; the last one where none does."""
    if anchor.start.limit is not None:
        return _of_start(anchor.start.limit)
    if len(anchor.version.limits) == 1:
        return anchor.version.limits[0]
    rules = [rule for rule in anchor.version.limits if not rule.of_start]
    for rule in rules[:-1]:
        if _applies(history, anchor, rule, calendar, months):
            return rule
    return rules[-1]


@lru_cache(maxsize=1024)
def _of_start(limit: Limit) -> LimitRule:
    return LimitRule(limit, of_start=True)


def _applies(
    history: History, anchor: Anchor, rule: LimitRule, calendar: WorkingCalendar, months: MonthPolicy
) -> bool:
    if not all(history.holds(fact, anchor.event.episode_id, anchor.place) for fact in rule.facts):
        return False
    if rule.since is not None and rule.years_since is not None:
        begun = history.last_event(rule.since, anchor.event.episode_id, anchor.place)
        if begun is None or anchor.counts_from.on < add_months(begun.occurred.on, 12 * rule.years_since):
            return False
    if rule.age_under is not None:
        born = history.date_of_birth()
        if born is None:
            return False
        return _day(anchor, rule, calendar, months) < add_months(born, 12 * rule.age_under)
    return True


def _day(anchor: Anchor, rule: LimitRule, calendar: WorkingCalendar, months: MonthPolicy) -> date:
    if anchor.version.kind is Kind.BACKWARDS:
        return count_back(anchor.counts_from.on, rule.limit, calendar, anchor.counting)
    return due_on(anchor.counts_from.on, rule.limit, anchor.counting, calendar, months)


def _extensions(
    history: History, anchor: Anchor, first: date, calendar: WorkingCalendar, months: MonthPolicy
) -> tuple[Extended, ...]:
    extension = anchor.version.extension
    if extension is None:
        return ()
    last = furthest_in_all(extension, anchor.counts_from.on, anchor.counting, calendar, months)
    reached, granted = first, 0
    told: list[Extended] = []
    for event in _extending(history, anchor, extension):
        one = judge_extension(extension, event, reached, granted, calendar, months, last)
        told.append(one)
        if one.until is not None:
            reached, granted = one.until, granted + 1
    return tuple(told)


def _extending(history: History, anchor: Anchor, extension: Extension) -> list[Event]:
    if extension.event == "TimerExtended":
        return [
            event
            for event in history.of_type("TimerExtended")
            if event.data.get("timer_id") == anchor.timer_id
        ]
    reach = history.within(anchor.version.scope, anchor.event.episode_id)
    return [
        event
        for event in history.of_type(extension.event)
        if event.episode_id in reach and history.place(event) > anchor.place
    ]


def furthest_in_all(
    extension: Extension, start: date, counting: Counting, calendar: WorkingCalendar, months: MonthPolicy
) -> date | None:
    """Give the day beyond which no number of extensions leads, from the day counted from; None for no such day."""
    return None if extension.in_all is None else due_on(start, extension.in_all, counting, calendar, months)


def judge_extension(
    extension: Extension,
    event: Event,
    reached: date,
    granted: int,
    calendar: WorkingCalendar,
    months: MonthPolicy,
    last: date | None = None,
) -> Extended:
    """Say what an extension gives, from the due date reached and how many were granted before.

    `last` is the day beyond which none may lead. The same judgement is used when one is recorded, to refuse what
    the source does not allow.
    """
    if extension.kind is ExtensionKind.REASONS:
        return Extended(event, None, "the source lets reasons be recorded; the due date stays")
    if extension.times is not None and granted >= extension.times:
        times = "once" if extension.times == 1 else f"{extension.times} times"
        return Extended(event, None, f"it may be extended {times}, and was")
    if extension.kind is ExtensionKind.CAPPED and not event.data.get("approved_by"):
        return Extended(event, None, "it may be extended only with approval; approved_by is missing")
    if extension.by is None:
        return Extended(event, None, "its pack gives no length")
    # A court that extends a period already over does so from the day on which it orders it.
    after = max(reached, event.occurred.on) if extension.kind is ExtensionKind.COURT else reached
    furthest = due_on(after, extension.by, Counting.DAY_AFTER_TRIGGER, calendar, months)
    most = f"{extension.by.words()} is the most at a time"
    if last is not None and extension.in_all is not None and last < furthest:
        furthest, most = last, f"{extension.in_all.words()} is the most in all"
    asked = date.fromisoformat(str(event.data["until"])[:10]) if event.data.get("until") else furthest
    if min(asked, furthest) <= reached:
        why = f"{asked} is not after {reached}, when it is due already" if asked <= reached else most
        return Extended(event, None, why)
    late = _late(event, reached)
    if asked > furthest:
        return Extended(event, furthest, f"{asked} was asked for; {most}", late)
    return Extended(event, asked, late=late)


def _late(event: Event, reached: date) -> str:
    """Say of more time that it was asked for, or only written down, when the time had run out already."""
    if event.recorded.on <= reached:
        return ""
    ran_out = f"when the time had run out on {day_words(reached)}"
    if event.occurred.on > reached:
        return f"It was asked for {ran_out}."
    return f"It is back-dated: it was written down on {day_words(event.recorded.on)}, {ran_out}."


def warning_from(anchor: Anchor, due: Due, calendar: WorkingCalendar) -> datetime:
    """Give the UTC instant from which a timer is due soon."""
    warn = anchor.version.warn
    if due.at is not None:
        hours = warn.number if warn else due.limit.number // WARNING_SHARE
        return due.at - timedelta(hours=hours)
    if due.on is None:
        return start_of_day(due.not_before or anchor.counts_from.on)
    if warn is not None:
        return start_of_day(count_back(due.on, warn, calendar))
    return due.soon_at or _soon(anchor.counts_from.on, due.limit, due.on, calendar)


def _soon(start: date, limit: Limit, last: date, calendar: WorkingCalendar) -> datetime:
    """Give the instant from which a last day is near: in the last share of the days there are."""
    if limit.unit in OVERRUN_UNITS:
        return start_of_day(calendar.add_working_days(last, -(limit.number // WARNING_SHARE)))
    days = abs((last - start).days) // WARNING_SHARE
    return start_of_day(last - timedelta(days=days))
