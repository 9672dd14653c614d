"""Anchors: the events that start clocks, found in a case's history."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from caseclock.timers.durations import Counting, add_months, calendar_end
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.making import maker_of
from caseclock.timers.opened import OpenedEpisode
from caseclock.timers.timescale import Clause, Start, Timescale, as_text
from caseclock.timers.when import When


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event that starts a clock, from the moment it counts from, under the version in force then."""

    event: Event
    #: place of the event in the history
    place: int
    start: Start
    counts_from: When
    version: Timescale
    #: the occurrence it belongs to (a conference, a placement), or None
    key: str | None
    #: episode the timer is told under: one of the timescale's own process where there is one
    episode_id: str
    #: last day as an order sets it, or None where the limit is counted
    ends_on: date | None = None

    @property
    def timer_id(self) -> str:
        """Name the timer by its case, timescale, starting event and key: the same wherever it is computed."""
        event = self.event
        named = _named(event.authority, event.case_id, self.version.id).copy()
        named.update(f"{event.event_id}\x1f{self.key or ''}".encode())
        return named.hexdigest()

    @property
    def counting(self) -> Counting:
        """Which day is day 1."""
        return self.start.counting or self.version.counting


_made = maker_of(Anchor)


@lru_cache(maxsize=1024)
def _named(authority: str, case_id: str, timescale: str) -> blake2b:
    """Begin the name that the timers of one timescale in one case share."""
    return blake2b(f"{authority}\x1f{case_id}\x1f{timescale}\x1f".encode(), digest_size=10)


def anchors(history: History, versions: Iterable[Timescale]) -> Iterator[Anchor]:
    """Find every event that starts a clock of a timescale, each under the version in force on its day."""
    for version in versions:
        if version.has_clock():
            for start in version.starts:
                yield from started(history, version, start)


def started(
    history: History, version: Timescale, start: Start, among: Collection[Event] | None = None
) -> Iterator[Anchor]:
    """Find every event that starts the clock of one version in one way.

    Of a timescale that looks at one event at a time, only the events in `among` may be asked for; all for None.
    """
    if version.looks_at_one_event():
        return _anchors_of_one(history, version, start, among)
    return _anchors_of(history, version, start)


def anchors_at(history: History, versions: tuple[Timescale, ...], place: int) -> Iterator[Anchor]:
    """Find the clocks of a timescale that the event at one place starts: those of `anchors` with that event."""
    event = history.events[place]
    if event.episode_id not in history.episodes:
        return
    process = history.episodes[event.episode_id].process
    for version in versions:
        if not version.has_clock():
            continue
        for start in version.starts:
            clause = start.clause
            if clause.event != event.type:
                continue
            wanted = clause.process or (process if version.looks_at_one_event() else version.process)
            if process != wanted or not history.fits(event, clause, place):
                continue
            if _is_nth(history, start, event, place):
                anchor = _anchor(history, version, start, place)
                if anchor is not None:
                    yield anchor


def _is_nth(history: History, start: Start, event: Event, place: int) -> bool:
    """Say whether an event that fits a start is the n-th, or the n-th or later, that does in its episode."""
    if start.nth is None and start.from_nth is None:
        return True
    ordinal = 0
    for found in history.matching(start.clause, (event.episode_id,)):
        ordinal += 1
        if found == place or ordinal > max(start.nth or 0, start.from_nth or 0):
            break
    return start.nth in (None, ordinal) and (start.from_nth is None or ordinal >= start.from_nth)


def _anchors_of_one(
    history: History, version: Timescale, start: Start, among: Collection[Event] | None
) -> Iterator[Anchor]:
    clause = start.clause
    if among is None:
        places = history.matching(clause, history.episodes)
    else:
        places = (history.place(event) for event in among if _is_meant(history, clause, event))
    for place in places:
        anchor = _anchor(history, version, start, place)
        if anchor is not None:
            yield anchor


def _is_meant(history: History, clause: Clause, event: Event) -> bool:
    if event.type != clause.event or event.episode_id not in history.episodes:
        return False
    wanted = clause.process in (None, history.episodes[event.episode_id].process)
    return wanted and history.fits(event, clause, history.place(event))


def _anchors_of(history: History, version: Timescale, start: Start) -> Iterator[Anchor]:
    for episode in history.of_process(start.clause.process or version.process):
        for ordinal, place in enumerate(history.fitting(start.clause, episode.episode_id), start=1):
            if start.nth is not None and ordinal != start.nth:
                if ordinal > start.nth:
                    break
                continue
            if start.from_nth is not None and ordinal < start.from_nth:
                continue
            anchor = _anchor(history, version, start, place)
            if anchor is not None:
                yield anchor


def _anchor(history: History, version: Timescale, start: Start, place: int) -> Anchor | None:
    event = history.events[place]
    if start.is_conditional and not _starts(history, start, event, place):
        return None
    counts_from = event.occurred if start.counts_from_event else _counts_from(history, start, event, place)
    if counts_from is None:
        return None
    ends_on = None if start.ends_from is None else _set_day(start.ends_from, event)
    if ends_on is None and not version.limits:
        return None
    governed_on = counts_from.on
    if version.governed_by is not None or start.from_birth:
        governed_on = _governing_day(history, version, start, event, counts_from)
    if not version.in_force(governed_on):
        return None
    key = as_text(event.data.get(version.key)) or None if version.key else None
    told_under = _told_under(history, version, event)
    return _made(event, place, start, counts_from, version, key, told_under, ends_on)


def _starts(history: History, start: Start, event: Event, place: int) -> bool:
    """Say whether what else must hold for the event to start the clock does hold."""
    episode_id = event.episode_id
    if start.open_case is not None:
        open_case = history.episodes[episode_id].follows is None or bool(event.data.get("open_case"))
        if open_case != start.open_case:
            return False
    if start.year_of is not None and not _in_year(history, start, event, place):
        return False
    if (start.age_under is not None or start.age_from is not None) and not _of_age(history, start, event):
        return False
    if start.needs:
        linked = history.linked(episode_id)
        if all(history.first_matching(clause, one) is None for clause in start.needs for one in linked):
            return False
    for clause in start.without:
        if history.first_matching(clause, episode_id) is not None:
            return False
    for clause in start.unless:
        if clause.event in history.types:
            break
    else:
        if not start.after:
            return True  # mostly: what would be in its way never came
    behind = _looks_back_to(history, start, event, place) - 1
    if start.after and not _found_between(history, start.after, episode_id, behind, place):
        return False
    return not _found_between(history, start.unless, episode_id, behind, place)


def _found_between(
    history: History, clauses: tuple[Clause, ...], episode_id: str, behind: int, before: int
) -> bool:
    """Say whether something of an episode fits one of the clauses between two places, both left out."""
    for clause in clauses:
        first = history.first_matching(clause, episode_id, after=behind)
        if first is not None and first < before:
            return True
    return False


def _looks_back_to(history: History, start: Start, event: Event, place: int) -> int:
    """Give the earliest place to which a start looks back: that of the last `since` event before it, or the first."""
    return history.last_place(start.since, event.episode_id, place - 1)


def _of_age(history: History, start: Start, event: Event) -> bool:
    """Say whether the child is as young or as old as a start wants; one of unknown age counts as old enough."""
    born = history.date_of_birth()
    if born is None:
        return start.age_under is None
    on = event.occurred.on
    if start.age_in is not None:
        on = calendar_end(on, start.age_in)
    if start.age_under is not None and on >= add_months(born, 12 * start.age_under):
        return False
    return start.age_from is None or on >= add_months(born, 12 * start.age_from)


def _in_year(history: History, start: Start, event: Event, place: int) -> bool:
    """Say whether the event falls in the years wanted since something began; not where that has not begun."""
    begun = history.last_event(str(start.year_of), event.episode_id, place)
    if begun is None:
        return False
    since = begun.occurred.on
    if start.from_year is not None and event.occurred.on < add_months(since, 12 * (start.from_year - 1)):
        return False
    return start.to_year is None or event.occurred.on < add_months(since, 12 * start.to_year)


def _counts_from(history: History, start: Start, event: Event, place: int) -> When | None:
    """Say from when a start counts; None where it counts from a birth that the case does not tell."""
    if start.from_birth:
        born = history.date_of_birth()
        return None if born is None else When(born)
    if start.date_from and event.data.get(start.date_from):
        return When.parse(str(event.data[start.date_from]))
    if start.counts_from_last is not None:
        last = history.last_event(start.counts_from_last, event.episode_id, place)
        if last is not None and history.place(last) >= _looks_back_to(history, start, event, place):
            return last.occurred
    return event.occurred


def _set_day(field: str, event: Event) -> date | None:
    told = event.data.get(field)
    return When.parse(str(told)).on if told else None


def _governing_day(
    history: History, version: Timescale, start: Start, event: Event, counts_from: When
) -> date:
    """Say on which day's law the timer runs: that of the governing event where there is one, else its start."""
    if version.governed_by is not None:
        linked = history.linked(event.episode_id)
        place = min(history.matching(version.governed_by, linked), default=None)
        if place is not None:
            return history.events[place].occurred.on
    return event.occurred.on if start.from_birth else counts_from.on


def _told_under(history: History, version: Timescale, event: Event) -> str:
    """Name the episode a timer is told under: the nearest of its own process in the trigger's own line.

    An enquiry's conference is told under the plan that came of it, not under an earlier plan that followed the same
    referral.
    """
    if version.looks_at_one_event() or history.episodes[event.episode_id].process == version.process:
        return event.episode_id
    for episode in _line(history, event.episode_id):
        if episode.process == version.process and not episode.opener.data.get("open_case"):
            return episode.episode_id
    return event.episode_id


def _line(history: History, episode_id: str) -> Iterator[OpenedEpisode]:
    """Yield the episodes that follow from one, nearest first, then those it follows itself."""
    seen = {episode_id}
    frontier = [episode_id]
    while frontier:
        near = [
            one for one in history.episodes.values() if one.follows in frontier and one.episode_id not in seen
        ]
        yield from near
        frontier = [one.episode_id for one in near]
        seen.update(frontier)
    before = history.episodes[episode_id].follows
    while before in history.episodes and before not in seen:
        yield history.episodes[before]
        seen.add(before)
        before = history.episodes[before].follows
