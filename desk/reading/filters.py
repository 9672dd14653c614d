"""What a queue is asked for: read from its address, written back into one, and held against a row of the past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from caseclock.desk.refusals import Unfit
from caseclock.timers.timer import BREACHED_STANDINGS, Standing

#: rows of a page that can be chosen
SIZES = (25, 50, 100)
#: the furthest row that can be paged to; who wants more narrows the filters or takes the list away
FURTHEST = 10_000
#: letters a filter's text may have
_LONGEST = 200

_Value = TypeVar("_Value", bound=StrEnum)


class Show(StrEnum):
    """Which timers a queue holds."""

    OPEN = "open"  # duties still to be done
    BREACHES = "breaches"  # duties not done in time
    WRITTEN_LATE = "written_late"  # events written up late: of recording, not of practice
    ALL = "all"


class Due(StrEnum):
    """When the last day in time is."""

    TODAY = "today"
    WEEK = "week"
    NEXT_10 = "next_10"  # up to the tenth working day from today


class Reason(StrEnum):
    """Whether it was said why a breach came about."""

    RECORDED = "recorded"
    NONE = "none"


class Whose(StrEnum):
    """Whose work."""

    MINE = "mine"
    TEAM = "team"
    SERVICE = "service"


class Order(StrEnum):
    """By what a queue is sorted; within it by the last day in time."""

    DUE = "due"
    OVER = "over"
    CASE = "case"
    TEAM = "team"
    CHANCE = "chance"  # likeliest to run out first; only those of which that is told


class Group(StrEnum):
    """By what a queue is divided."""

    NONE = "none"
    TEAM = "team"
    WORKER = "worker"
    TIMESCALE = "timescale"
    FAMILY = "family"
    DUE = "due"


#: the standings a queue can hold, by what it shows
HELD: Mapping[Show, tuple[Standing, ...]] = {
    Show.OPEN: (Standing.OVERDUE, Standing.DUE_SOON, Standing.EXTENDED, Standing.RUNNING, Standing.UNKNOWN),
    Show.BREACHES: (Standing.OVERDUE, Standing.MET_LATE, Standing.TOO_EARLY),
    Show.WRITTEN_LATE: (Standing.MET_LATE,),
    Show.ALL: tuple(Standing),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a queue is narrowed to, and how it is ordered; empty is anything."""

    show: Show = Show.OPEN
    whose: Whose = Whose.SERVICE
    process: tuple[str, ...] = ()
    timescale: tuple[str, ...] = ()
    standing: tuple[Standing, ...] = ()
    team: tuple[str, ...] = ()
    worker: str = ""
    family: str = ""
    case: str = ""
    due: Due | None = None
    due_from: date | None = None
    due_to: date | None = None
    #: at least so many days on the calendar past the last day in time
    days_over: int | None = None
    reason: Reason | None = None
    #: the day from which the version of the rule took effect
    version: str = ""
    #: so many times in a hundred, or more, it would run out undone, as the kept forecast tells
    chance: int | None = None
    sort: Order = Order.DUE
    #: the other way round; written as a minus before what it is sorted by
    down: bool = False
    group: Group = Group.NONE
    page: int = 1
    size: int = 25

    @property
    def standings(self) -> frozenset[Standing]:
        """Name the standings that are wanted of those this queue can hold."""
        held = frozenset(HELD[self.show])
        return held & frozenset(self.standing) if self.standing else held

    @property
    def asks_chance(self) -> bool:
        """Say whether only timers are wanted of which a forecast told their chance to run out."""
        return self.chance is not None or self.sort is Order.CHANCE

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything is filtered by, beside whose work and what is shown."""
        return any(getattr(self, name) not in ((), "", None) for name in NARROWING)

    def query(self, **changes: Any) -> str:
        """Write the address' query: what is at its default is left out, so that equal queues have equal addresses."""
        asked = replace(self, **changes)
        told: list[tuple[str, str]] = []
        for one in fields(asked):
            value = getattr(asked, one.name)
            if one.name == "sort" and asked.down:
                value = f"-{value}"
            if value == one.default or one.name == "down":
                continue
            told += [(one.name, str(each)) for each in (value if isinstance(value, tuple) else (value,))]
        return urlencode(told)


NARROWING = (
    "process",
    "timescale",
    "standing",
    "team",
    "worker",
    "family",
    "case",
    "due",
    "due_from",
    "due_to",
    "days_over",
    "reason",
    "version",
    "chance",
)


def read_filters(params: Iterable[tuple[str, str]]) -> Filters:
    """Read filters from the query of an address; raises Unfit for a value that can't be meant.

    Dates are written as 2026-03-02, or in three fields with `-day`, `-month` and `-year` behind the name.
    """
    told: dict[str, list[str]] = {}
    for name, value in params:
        if value.strip():
            told.setdefault(name, []).append(value.strip()[:_LONGEST].replace("\0", ""))

    def last(name: str) -> str:
        return told.get(name, [""])[-1]

    size = _number(last("size"), "size", 25)
    page = _number(last("page"), "page", 1)
    if size not in SIZES:
        raise Unfit(f"A page has {', '.join(map(str, SIZES[:-1]))} or {SIZES[-1]} rows.", field="size")
    if not 1 <= page <= FURTHEST // size:
        raise Unfit(
            f"There is no page {page}: a list goes up to row {FURTHEST:,}. Narrow the filters.", field="page"
        )
    since, until = _day(told, "due_from"), _day(told, "due_to")
    if since and until and since > until:
        raise Unfit("The first day must not be after the last day.", field="due_from")
    days_over = last("days_over")
    return Filters(
        show=_one_of(Show, last("show"), "show") or Show.OPEN,
        whose=_one_of(Whose, last("whose"), "whose") or Whose.SERVICE,
        process=tuple(dict.fromkeys(told.get("process", ()))),
        timescale=tuple(dict.fromkeys(told.get("timescale", ()))),
        standing=_all_of(Standing, told.get("standing", ()), "standing"),
        team=tuple(dict.fromkeys(told.get("team", ()))),
        worker=last("worker"),
        family=last("family"),
        case=last("case"),
        due=_one_of(Due, last("due"), "due"),
        due_from=since,
        due_to=until,
        days_over=_number(days_over, "days_over", 0) if days_over else None,
        reason=_one_of(Reason, last("reason"), "reason"),
        version=last("version"),
        chance=_chance(last("chance")),
        sort=_one_of(Order, last("sort").removeprefix("-"), "sort") or Order.DUE,
        down=last("sort").startswith("-"),
        group=_one_of(Group, last("group"), "group") or Group.NONE,
        page=page,
        size=size,
    )


def _one_of(kind: type[_Value], text: str, field: str) -> _Value | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise Unfit(f"“{text}” is not one of {', '.join(kind)}.", field=field) from None


def _all_of(kind: type[_Value], texts: Sequence[str], field: str) -> tuple[_Value, ...]:
    found = (_one_of(kind, text, field) for text in texts)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _number(text: str, field: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise Unfit(f"“{text[:20]}” is not a whole number from 0 to 999,999.", field=field)
    return int(text)


def _chance(text: str) -> int | None:
    if not text:
        return None
    found = _number(text, "chance", 0)
    if not 1 <= found <= 100:
        raise Unfit("A chance is a number of times in a hundred, from 1 to 100.", field="chance")
    return found


def _day(told: Mapping[str, list[str]], name: str) -> date | None:
    parts = [told.get(f"{name}-{part}", [""])[-1] for part in ("year", "month", "day")]
    text = told.get(name, [""])[-1]
    if not text and not any(parts):
        return None
    try:
        if text:
            return date.fromisoformat(text) if len(text) == 10 else _no_date(name)
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return _no_date(name)


def _no_date(name: str) -> date:
    what = "The first day" if name == "due_from" else "The last day"
    raise Unfit(f"{what} must be a real date, such as 27 3 2026.", field=name)


#: standings in which a duty was not done in time
BREACHED = BREACHED_STANDINGS
