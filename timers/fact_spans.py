"""Between which places of a history a fact holds: worked out once for an episode, not anew for each of its events.

A fact (the kind of placement, the legal status) changes with few events and is asked of many: of each visit in years
of them, by every rule of which most never apply. So a whole episode is divided at the events that can change it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf

from caseclock.timers.timescale import Fact

#: first and last place, both included
Span = tuple[float, float]
PlacesOf = Callable[[str], Sequence[int]]
Holds = Callable[[Fact, int], bool]
EVERYWHERE: Span = (-inf, inf)


class FactSpans:
    """The spans of one episode's facts. Each stays right until an event comes that can change its fact."""

    def __init__(self) -> None:
        self._known: dict[tuple[Fact, ...], list[Span]] = {}
        #: types of event on which some span known rests
        self._rests_on: set[str] = set()

    def came(self, event_type: str) -> None:
        """Forget what an event of this type may have changed."""
        if event_type in self._rests_on:
            self._known.clear()
            self._rests_on.clear()

    def where(self, facts: tuple[Fact, ...], places_of: PlacesOf, holds: Holds) -> list[Span]:
        """Give the spans in which all these facts hold, in order. Not for facts that look at the event itself.

        Told where in the episode events of a type are, and what says of a fact whether it holds at a place.
        """
        spans = self._known.get(facts)
        if spans is None:
            spans = [EVERYWHERE]
            for fact in facts:
                spans = list(_both(spans, self._of(fact, places_of, holds)))
            self._known[facts] = spans
        return spans

    def _of(self, fact: Fact, places_of: PlacesOf, holds: Holds) -> list[Span]:
        alone = (fact,)
        spans = self._known.get(alone)
        if spans is None:
            self._rests_on.update(fact.events, fact.since)
            spans = self._known[alone] = list(_divided(fact, places_of, holds))
        return spans


def _divided(fact: Fact, places_of: PlacesOf, holds: Holds) -> Iterator[Span]:
    """Yield each span between two changes in which a fact holds; the first begins before the first event."""
    types = (*fact.events, *fact.since)
    changes = sorted({place for event_type in types for place in places_of(event_type)})
    begins: Iterable[float] = (-1, *changes)
    ends: Iterable[float] = (*(place - 1 for place in changes), inf)
    for first, last in zip(begins, ends, strict=True):
        if first <= last and holds(fact, int(first)):
            yield first, last


def _both(ours: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans that two lists of them have in common."""
    for first, last in ours:
        for other_first, other_last in others:
            begin, end = max(first, other_first), min(last, other_last)
            if begin <= end:
                yield begin, end


def within(places: Sequence[int], spans: Iterable[Span], after: int) -> Iterator[int]:
    """Yield the places that lie in spans, in order, behind one."""
    for first, last in spans:
        begin = max(bisect_left(places, first), bisect_right(places, after))
        for index in range(begin, bisect_right(places, last)):
            yield places[index]
