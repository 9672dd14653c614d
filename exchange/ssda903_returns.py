"""How far one return of looked-after children (SSDA903) tells: the files of one folder, which don't say it themselves.

The return of a year, 1 April to 31 March, tells the reviews of that year, and the episodes that went on in it from the
day they began, which may be years before. Behind its last day nothing is known, nor of reviews before its first. Which
year it is of is shown by the days on which episodes ended, and by those of reviews as far as nearly all agree.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from caseclock.exchange.possible import Horizon
from caseclock.exchange.ssda903_rows import Absence, Review, Stay
from caseclock.exchange.told_until import day_before_latest

#: fewer reviews and ends than these are no evidence of a year
EVIDENCE = 25
#: share of them that lies in the year a return is of; the rest are slips
NEARLY_ALL = 0.95
_APRIL = 4


@dataclass(frozen=True, slots=True)
class Return:
    """What the files of one folder tell of."""

    #: first day of which reviews are told; None where nothing shows that any are left out
    told_from: date | None
    #: last day of which anything is told
    until: date
    children: frozenset[str]
    #: children of whom a review can't be read
    in_part: frozenset[str] = frozenset()
    #: first day of the year it is of; None where nothing shows that
    year_from: date | None = None
    #: children of whom it tells an episode
    in_care: frozenset[str] = frozenset()

    def tells_of(self, child: str, on: date, end: date | None) -> bool:
        """Say whether it tells of what a child did between two days; None for a time that goes on."""
        over_before = self.year_from is not None and end is not None and end < self.year_from
        return child in self.in_care and on <= self.until and not over_before


@dataclass(slots=True)
class Collected:
    """What is read of one return, as far as it says of when the return is."""

    children: set[str] = field(default_factory=set)
    in_part: set[str] = field(default_factory=set)
    in_care: set[str] = field(default_factory=set)
    begun: list[date] = field(default_factory=list)
    #: reviews and ends: what a year's return tells of that year alone
    reviews: list[date] = field(default_factory=list)
    ends: list[date] = field(default_factory=list)

    def add(self, told: Stay | Review | Absence) -> None:
        if isinstance(told, Review):
            self.reviews.append(told.on)
            return
        if isinstance(told, Stay):
            self.in_care.add(told.child)
        self.begun.append(told.on)
        if told.end is not None:
            self.ends.append(told.end)


def returns(collected: Mapping[Path, Collected], horizon: Horizon) -> list[Return]:
    """Say how far each return tells, the earliest first. One that holds no date tells nothing."""
    found = []
    for one in collected.values():
        days = [*one.begun, *one.reviews, *one.ends]
        if not days:
            continue
        april = _year([*one.reviews, *one.ends])
        # where reviews of other years are told besides, the ends alone still show how far it tells
        of_ends = april or _year(one.ends)
        until = day_before_latest(days, horizon)
        if of_ends is not None:
            march = date(of_ends.year + 1, 3, 31)
            until = march if march <= horizon.on else until
        found.append(
            Return(
                april, until, frozenset(one.children), frozenset(one.in_part), of_ends, frozenset(one.in_care)
            )
        )
    return sorted(found, key=lambda each: (each.until, each.told_from or date.min))


def told_from(told: Iterable[Return]) -> date | None:
    """Give the first day of which any of these tells reviews; None where one leaves none out."""
    days = [one.told_from for one in told]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _year(days: Sequence[date]) -> date | None:
    """Give the 1 April of the year in which nearly all of these days lie; None where they show none."""
    if len(days) < EVIDENCE:
        return None
    years = Counter(day.year if day.month >= _APRIL else day.year - 1 for day in days)
    ((year, count),) = years.most_common(1)
    return date(year, _APRIL, 1) if count >= NEARLY_ALL * len(days) else None
