"""When each review told in SSDA903 returns was due, worked out from the CSV files alone: a second opinion.

Nothing of Caseclock is used here, only the standard library and GOV.UK's list of bank holidays. What is known, in the
words of the law:

- A period of care is a chain of episodes in which each begins on the day the one before ended and whose RNE is not S.
  Where the first has another RNE than S, its start is unknown, and so is which of its reviews is the first.
- Ordinarily: the first review within 20 working days of the start (four weeks before April 2011), the second within
  three months of the first, later ones within six months of the one before. In a period of unknown start six months
  is the most that any rule allows from one review to the next.
- Under a placement or freeing order (LS E1, D1) and not placed: within three months of it, then every six months.
- Placed for adoption (PLACE A3 to A6): four weeks after that, then three months, then six.
- In short breaks (LS V3, V4): within three months of the first break, then every six months.
- Whoever passes from one of these to another goes by the new from the day of passing: back from a placement order, or
  from a placement for adoption under one, within six months of the last review held meanwhile, or of that day. A clock
  to which no rule gives a beginning begins with the next review.
- A review on the day of a change was held after it, and counts for what held before it as well; one on the last day of
  care was held in care.
"""

import csv
import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

ADOPTION = {"A3", "A4", "A5", "A6"}
MAY_PLACE = {"E1", "D1"}
SHORT_BREAKS = {"V3", "V4"}
REGULATIONS_OF_2010 = date(2011, 4, 1)
FOR_EVER = date.max


@dataclass(frozen=True)
class Verdict:
    """One review that falls in a period of care, under one rule."""

    child: str
    held_on: date
    #: the rule it was held under; empty where none gives a date
    rule: str
    due_on: date | None

    @property
    def in_time(self) -> bool:
        return self.due_on is not None and self.held_on <= self.due_on


@dataclass(frozen=True)
class Episode:
    on: date
    end: date | None
    rne: str
    status: str
    place: str

    @property
    def regime(self) -> str:
        if self.status in SHORT_BREAKS:
            return "breaks"
        if self.place in ADOPTION:
            return "placed"
        return "may_place" if self.status in MAY_PLACE else "ordinary"


@dataclass
class Clock:
    """What a review was due by, as things stood."""

    rule: str = ""
    start: date | None = None
    #: months, or "20wd", "4w"
    limit: int | str = 0


def verdicts(years: Iterable[Path], *, known_by: date, months: str) -> list[Verdict]:
    """Judge every review of these years' returns that was held by a day and falls in a period of care.

    `months` is "calendar_months" or "days_91_183".
    """
    episodes: dict[str, dict[date, Episode]] = defaultdict(dict)
    reviews: dict[str, set[date]] = defaultdict(set)
    for year in years:
        for row in _rows(year / "episodes.csv"):
            told = Episode(
                _day(row["DECOM"]),
                _day(row["DEC"]) if row["DEC"] else None,
                row["RNE"],
                row["LS"],
                row["PLACE"],
            )
            known = episodes[row["CHILD"]].get(told.on)
            if known is None or (known.end is None and told.end is not None):
                episodes[row["CHILD"]][told.on] = told
        for row in _rows(year / "reviews.csv"):
            if (held := _day(row["REVIEW"])) <= known_by:
                reviews[row["CHILD"]].add(held)
    found = []
    for child in sorted(episodes):
        taken: set[date] = set()
        for chain in _periods([told for _, told in sorted(episodes[child].items())]):
            end = chain[-1].end or FOR_EVER
            within = sorted(on for on in reviews[child] - taken if chain[0].on <= on <= end)
            taken.update(within)
            found += _judge(child, chain, within, months)
    return found


def _periods(episodes: list[Episode]) -> list[list[Episode]]:
    periods: list[list[Episode]] = []
    for episode in episodes:
        last = periods[-1][-1] if periods else None
        if last is not None and (last.end is None or episode.on < last.end):
            continue  # it would begin within another: no return can tell both
        if last is not None and last.end == episode.on and episode.rne != "S":
            periods[-1].append(episode)
        else:
            periods.append([episode])
    return periods


def _judge(child: str, chain: list[Episode], reviews: list[date], months: str) -> list[Verdict]:
    """Walk a period through what happened in it, carrying the clocks of the next review."""
    walk = _Walk(start_known=chain[0].rne == "S")
    found = []
    happened = [*((episode.on, 0, episode) for episode in chain), *((on, 1, None) for on in reviews)]
    for on, _, episode in sorted(happened, key=lambda each: each[:2]):
        if episode is not None:
            walk.enter(episode)
            continue
        told = [(clock.rule, _due(clock, months)) for clock in walk.waiting(on)]
        found += [Verdict(child, on, rule, due_on) for rule, due_on in told or [("", None)]]
        walk.review(on)
    return found


@dataclass
class _Walk:
    """A child on the way through a period of care."""

    start_known: bool
    now: Episode | None = None
    clocks: list[Clock] = field(default_factory=list)
    #: clocks that ended with a change, and its day
    ended: list[Clock] = field(default_factory=list)
    ended_on: date = date.min
    last_review: date | None = None
    status_since: date = date.min
    placed_since: date = date.min
    #: reviews held under the ordinary rules
    ordinary: int = 0
    since_placed: int = 0
    placement_began_earlier: bool = False
    broke_before: bool = False

    def waiting(self, on: date) -> list[Clock]:
        """Give the clocks that a review stops: on the day of a change, also those that held before it."""
        return [*(self.ended if self.ended_on == on else []), *self.clocks]

    def review(self, on: date) -> None:
        assert self.now is not None
        self.last_review, self.ended = on, []
        regime = self.now.regime
        if regime == "placed":
            self.since_placed += 1
            second = self.since_placed == 1 and not self.placement_began_earlier
            rule, limit = ("adoption.review.placed.3m", 3) if second else ("adoption.review.placed.6m", 6)
        elif regime == "may_place":
            rule, limit = "adoption.review.unplaced.3m", 6
        elif regime == "breaks":
            rule, limit = "cla.shortbreak.review", 6
        else:
            self.ordinary += 1
            second = self.ordinary == 1 and self.start_known
            rule, limit = ("cla.review.second.3m", 3) if second else ("cla.review.next.6m", 6)
        self.clocks = [Clock(rule, on, limit)]

    def enter(self, episode: Episode) -> None:
        """Pass into an episode; the clocks go on where nothing about the child changes that they depend on."""
        was, self.now = self.now, episode
        on, regime = episode.on, episode.regime
        moved = was is None or episode.rne != "L" or (was.regime == "placed") != (regime == "placed")
        beginning = self._beginning(was, episode, moved)
        if beginning is not None:
            self.ended, self.ended_on = ([*self.clocks] if self.clocks else self.ended), on
            self.clocks = beginning
        elif was is not None and regime == "may_place" and episode.status != was.status:
            self.clocks.append(Clock("adoption.review.unplaced.3m", on, 3))  # a further order
        if was is None or episode.status != was.status:
            self.status_since = on
        if moved:
            self.placed_since = on
        self.broke_before |= regime == "breaks"

    def _beginning(self, was: Episode | None, episode: Episode, moved: bool) -> list[Clock] | None:
        """Give the clocks that begin in place of those that ran; None where those go on."""
        on, regime, former = episode.on, episode.regime, was.regime if was else None
        known = self.start_known or was is not None
        if regime == "placed":
            if former == "placed" and not moved:
                return None
            self.since_placed = 0
            self.placement_began_earlier = was is None and episode.rne == "L"
            return [] if self.placement_began_earlier else [Clock("adoption.review.placed.4w", on, "4w")]
        if regime == former:
            return None
        if regime == "breaks":
            return [Clock("cla.shortbreak.review", on, 3)] if known and not self.broke_before else []
        if regime == "may_place":
            if former == "placed":
                if was is None or was.status not in MAY_PLACE:
                    return []
                return [Clock("adoption.review.unplaced.3m", self._since(self.placed_since, on), 6)]
            return [Clock("adoption.review.unplaced.3m", on, 3)] if known else []
        if was is None and self.start_known:
            return [Clock("cla.review.first.20wd", on, "4w" if on < REGULATIONS_OF_2010 else "20wd")]
        if former == "may_place":
            return [Clock("cla.review.next.6m", self._since(self.status_since, on), 6)]
        return []

    def _since(self, begun: date, on: date) -> date:
        """Give the day of the last review since something began, or the day at hand where there was none."""
        return self.last_review if self.last_review is not None and self.last_review >= begun else on


def _due(clock: Clock, months: str) -> date | None:
    start, limit = clock.start, clock.limit
    if start is None:
        return None
    if limit == "4w":
        return start + timedelta(days=28)
    if limit == "20wd":
        return _working_days_after(start, 20)
    if months == "days_91_183":
        return start + timedelta(days={3: 91, 6: 183}[int(limit)])
    year, month = divmod(start.year * 12 + start.month - 1 + int(limit), 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _working_days_after(day: date, number: int) -> date:
    while number:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in BANK_HOLIDAYS:
            number -= 1
    return day


def _bank_holidays() -> set[date]:
    told = json.loads((files("govuk_bank_holidays") / "bank-holidays.json").read_text("utf-8"))
    return {date.fromisoformat(day["date"]) for day in told["england-and-wales"]["events"]}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


BANK_HOLIDAYS = _bank_holidays()
