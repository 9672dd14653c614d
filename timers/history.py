"""A case's history: the events that are known, corrected, in the order in which they happened, by episode."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from caseclock.timers.event import Event, comes_last, in_order
from caseclock.timers.fact_spans import FactSpans, Span, within
from caseclock.timers.opened import DaysTold, OpenedEpisode, Telling, opened_by, telling_of
from caseclock.timers.timescale import Clause, Fact, Scope, as_text
from caseclock.timers.when import When

CORRECTED = "EventCorrected"
#: says up to which day a source tells of an episode; behind it nothing is known
SOURCE_TOLD = "SourceTold"
RETRACTED = "EventRetracted"
#: events of a type in one episode for which its facts are sooner asked one by one than divided into spans
FEW = 8


def as_known(events: Iterable[Event], known_at: datetime | None) -> list[Event]:
    """Keep what was written down by an instant (all of it for None), with corrections and retractions applied.

    The corrected event keeps its id and its own time of recording, since the fact was known from then; the
    correction itself is known from its own. Corrections and retractions are left out of the result.
    """
    known = [event for event in events if known_at is None or event.recorded.latest() <= known_at]
    mended = [event for event in known if event.type in (CORRECTED, RETRACTED)]
    if not mended:
        return known
    gone: set[str] = set()
    moved: dict[str, When] = {}
    for mend in sorted(mended, key=lambda event: (event.recorded.latest(), event.seq)):
        target = str(mend.data.get("event_id"))
        if mend.type == RETRACTED:
            gone.add(target)
        else:
            moved[target] = When.parse(str(mend.data["occurred_at"]))
    facts = (event for event in known if event.type not in (CORRECTED, RETRACTED))
    return [
        replace(event, occurred=moved[event.event_id]) if event.event_id in moved else event
        for event in facts
        if event.event_id not in gone
    ]


class History:
    """What is known of one case, indexed for evaluation. Only `take` changes it, and only at its end."""

    def __init__(
        self,
        events: Iterable[Event],
        openers: Mapping[str, str],
        *,
        as_at: date | None = None,
        known_at: datetime | None = None,
    ):
        """Take what had happened by the end of `as_at` and was written down by `known_at` (None: all of it)."""
        known = as_known(events, known_at)
        #: in the order in which they happened
        self.events: list[Event] = in_order(
            event for event in known if as_at is None or event.occurred.on <= as_at
        )
        self.known_at = known_at
        self.episodes: dict[str, OpenedEpisode] = {}
        self._of_process: dict[str, list[OpenedEpisode]] = {}
        self.places: dict[tuple[str, str], list[int]] = defaultdict(list)
        #: every type of event there is
        self.types: set[str] = set()
        self._place: dict[str, int] = {}
        #: episode -> between which places its facts hold, as far as that was asked
        self._spans: dict[str, FactSpans] = {}
        self._linked: dict[str, tuple[str, ...]] = {}
        #: episode -> what its sources say of how far they tell; absent where none says so
        self.tellings: dict[str, list[Telling]] = {}
        #: (episode, type of event) -> the days of which it is told, as far as that was asked (telling.py)
        self.told_days: dict[tuple[str, str], list[DaysTold]] = {}
        #: whether some source says that it tells only part of an episode
        self.is_told_in_part = False
        self._born: date | None = None
        self._openers = openers
        for place, event in enumerate(self.events):
            self._index(event, place)

    def _index(self, event: Event, place: int) -> None:
        event_type, episode_id = event.type, event.episode_id
        if event_type in self._openers:
            if episode_id not in self.episodes:
                opened = self.episodes[episode_id] = opened_by(event, self._openers[event_type])
                self._of_process.setdefault(opened.process, []).append(opened)
                self.is_told_in_part |= bool(opened.untold or opened.told_from)
                self._linked.clear()
            if event.data.get("date_of_birth"):
                self._born = When.parse(str(event.data["date_of_birth"])).on
        elif event_type == SOURCE_TOLD:
            self.tellings.setdefault(episode_id, []).append(telling_of(event))
            self.is_told_in_part = True
            self.told_days.clear()
        self.types.add(event_type)
        self.places[episode_id, event_type].append(place)
        self._place[event.event_id] = place
        if episode_id in self._spans:
            self._spans[episode_id].came(event_type)

    def take(self, event: Event) -> bool:
        """Add an event, written after all others, at the end; False, and nothing added, where it belongs elsewhere.

        Spares whoever has a history of all that is written in hand from making it anew for each event.
        """
        if event.type in (CORRECTED, RETRACTED) or not comes_last(self.events, event):
            return False
        self._index(event, len(self.events))
        self.events.append(event)
        return True

    def place(self, event: Event) -> int:
        """Give an event's place in the order of happening."""
        return self._place[event.event_id]

    def place_of(self, event_id: str) -> int:
        """Give the place of the event that has an id."""
        return self._place[event_id]

    def kinds(self) -> set[tuple[str | None, str]]:
        """Name the types of event there are, each with the process of its episode, and with None for any process."""
        found: set[tuple[str | None, str]] = set()
        for episode_id, event_type in self.places:
            episode = self.episodes.get(episode_id)
            if episode is not None:
                found.add((episode.process, event_type))
                found.add((None, event_type))
        return found

    def of_process(self, process: str) -> Sequence[OpenedEpisode]:
        """List the episodes of a process, in the order in which they were opened."""
        return self._of_process.get(process, ())

    def of_type(self, event_type: str) -> list[Event]:
        """List the events of a type over all episodes, in order."""
        places = sorted(
            place for (_, kind), found in self.places.items() if kind == event_type for place in found
        )
        return [self.events[place] for place in places]

    def last_event(self, event_type: str, episode_id: str, place: int) -> Event | None:
        """Give the last event of a type in an episode, up to and including a place."""
        places = self.places.get((episode_id, event_type), [])
        index = bisect_right(places, place)
        return self.events[places[index - 1]] if index else None

    def date_of_birth(self) -> date | None:
        """Give the child's date of birth, as the last event of an opening type that tells it has it."""
        return self._born

    def linked(self, episode_id: str) -> tuple[str, ...]:
        """Name the episodes joined to one by `follows`, in either direction and at any distance, itself first."""
        if episode_id not in self._linked:
            self._linked[episode_id] = self._walk(episode_id)
        return self._linked[episode_id]

    def _walk(self, episode_id: str) -> tuple[str, ...]:
        neighbours: dict[str, list[str]] = defaultdict(list)
        for episode in self.episodes.values():
            if episode.follows in self.episodes:
                neighbours[episode.episode_id].append(str(episode.follows))
                neighbours[str(episode.follows)].append(episode.episode_id)
        found = {episode_id: None}
        frontier = [episode_id]
        while frontier:
            frontier = [near for far in frontier for near in neighbours[far] if near not in found]
            found.update(dict.fromkeys(frontier))
        return tuple(found)

    def within(self, scope: Scope, episode_id: str) -> tuple[str, ...]:
        """Name the episodes a scope reaches from one of them."""
        if scope is Scope.EPISODE:
            return (episode_id,)
        return self.linked(episode_id) if scope is Scope.LINKED else tuple(self.episodes)

    def fitting(self, clause: Clause, episode_id: str) -> Sequence[int]:
        """List the places of the events of one episode that fit a clause, in order."""
        places = self.places.get((episode_id, clause.event), ())
        if not places or clause.is_plain:
            return places
        if clause.facts or clause.process is not None:
            return list(self.matching(clause, (episode_id,)))
        return [place for place in places if fits_data(self.events[place], clause)]

    def matching(self, clause: Clause, episodes: Iterable[str], *, after: int = -1) -> Iterator[int]:
        """Yield the places of events that fit a clause, those of each episode in order, behind a place."""
        for episode_id in episodes:
            places = self.places.get((episode_id, clause.event))
            if not places:
                continue
            if clause.is_plain:
                for index in range(bisect_right(places, after), len(places)):  # no slice: chains are long
                    yield places[index]
                continue
            if clause.process is not None and self.episodes[episode_id].process != clause.process:
                continue
            if clause.facts and len(places) > FEW and not any(fact.same for fact in clause.facts):
                spans = self._spans_of(episode_id, clause.facts)
                everywhere = not clause.where and not clause.where_not
                for place in within(places, spans, after):
                    if everywhere or fits_data(self.events[place], clause):
                        yield place
                continue
            for index in range(bisect_right(places, after), len(places)):
                place = places[index]
                if self.fits(self.events[place], clause, place):
                    yield place

    def first_matching(
        self, clause: Clause, episode_id: str, *, after: int = -1, before: int | None = None
    ) -> int | None:
        """Give the first place of `matching` in one episode, before a place; None where nothing fits."""
        places = self.places.get((episode_id, clause.event))
        if not places or places[-1] <= after:
            return None
        first = places[bisect_right(places, after)]
        if before is not None and first >= before:
            return None
        if clause.is_plain:
            return first
        fitting = next(self.matching(clause, (episode_id,), after=after), None)
        return None if fitting is None or (before is not None and fitting >= before) else fitting

    def _spans_of(self, episode_id: str, facts: tuple[Fact, ...]) -> list[Span]:
        known = self._spans.get(episode_id)
        if known is None:
            known = self._spans[episode_id] = FactSpans()
        return known.where(
            facts,
            lambda event_type: self.places.get((episode_id, event_type), ()),
            lambda fact, place: self.holds(fact, episode_id, place),
        )

    def fits(self, event: Event, clause: Clause, place: int) -> bool:
        """Say whether an event's data, and what was known of its episode by then, are as a clause wants."""
        if not fits_data(event, clause):
            return False
        for fact in clause.facts:  # noqa: SIM110  a generator costs as much as what it asks
            if not self.holds(fact, event.episode_id, place):
                return False
        return True

    def holds(self, fact: Fact, episode_id: str, place: int) -> bool:
        """Say whether the last known value of a field, up to and including a place, is one of those wanted."""
        told = as_text(self.last_known(fact, episode_id, place))
        return (not fact.values or told in fact.values) and told not in fact.not_values

    def last_known(self, fact: Fact, episode_id: str, place: int) -> object:
        """Give the last value of a fact's field, up to and including a place, or None where none was told."""
        latest = self.last_place(fact.since, episode_id, place) - 1 if fact.since else -1
        value = None
        for event_type in fact.events:
            places = self.places.get((episode_id, event_type))
            if places is None:
                continue
            for index in range(bisect_right(places, place) - 1, -1, -1):
                found = places[index]
                if found <= latest:
                    break
                told = self.events[found].data
                if fact.same is not None and told.get(fact.same) != self.events[place].data.get(fact.same):
                    continue
                if fact.field in told:
                    latest, value = found, told[fact.field]
                    break
        return value

    def last_place(self, event_types: Iterable[str], episode_id: str, place: int) -> int:
        """Give the last place, up to and including one, at which any of these types happened; 0 where none did."""
        last = 0
        for event_type in event_types:
            places = self.places.get((episode_id, event_type), [])
            index = bisect_right(places, place)
            if index:
                last = max(last, places[index - 1])
        return last


def fits_data(event: Event, clause: Clause) -> bool:
    """Say whether an event's data are as a clause wants."""
    data = event.data
    if clause.where:
        for name, accepted in clause.where.items():
            if as_text(data.get(name)) not in accepted:
                return False
    if clause.where_not:
        for name, refused in clause.where_not.items():
            if as_text(data.get(name)) in refused:
                return False
    return True
