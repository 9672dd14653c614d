"""What a source tells: a return is a snapshot, and what it leaves out is unknown, never a breach.

The event that opens an episode may say that its source leaves out some types of event (`data.untold`), or tells them
from a day on only (`data.told_from`). A SourceTold event says up to which day a source tells at all; one that has
either field itself speaks for a source of its own, such as a later return: what several sources tell adds up, and what
lies between them is unknown. A source without a SourceTold tells without end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from caseclock.timers.anchors import Anchor
from caseclock.timers.history import History
from caseclock.timers.opened import DaysTold

_DAY = timedelta(days=1)
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of which a type of event is not told though others are, then or later; both included."""

    #: None where nothing before is told at all
    first: date | None
    last: date


def untold_of(history: History, anchor: Anchor) -> frozenset[str]:
    """Name the event types that the source of a timer's episodes, as it opened them, does not tell."""
    if not history.is_told_in_part:
        return _NONE
    return frozenset[str]().union(*(history.episodes[name].untold for name in _told_under(anchor)))


def untold_stops(history: History, anchor: Anchor) -> frozenset[str]:
    """Name the event types that would stop a timer and that no source of one of its episodes tells."""
    if not history.is_told_in_part:
        return _NONE
    return frozenset(kind for name, kind in _stops(history, anchor) if not _spans(history, name, kind))


def gap_before(history: History, anchor: Anchor, last: date | None) -> Gap | None:
    """Find the first days, from a timer's start to its last day, of which what would stop it is not told.

    Days behind all that any source tells are no gap: the sources have not come so far.
    """
    if not history.is_told_in_part:
        return None
    gaps = [
        gap
        for name, kind in _stops(history, anchor)
        for gap in _gaps(history, name, kind)
        if gap.last >= anchor.counts_from.on and (last is None or gap.first is None or gap.first <= last)
    ]
    return min(gaps, key=lambda gap: gap.last, default=None)


def told_until(history: History, anchor: Anchor) -> date | None:
    """Give the last day of which what would stop a timer is told; None where it is told without end."""
    if not history.is_told_in_part:
        return None
    told = (_spans(history, name, kind) for name, kind in _stops(history, anchor))
    ends = (spans[-1].last for spans in told if spans)
    return min((end for end in ends if end is not None), default=None)


def _told_under(anchor: Anchor) -> tuple[str, ...]:
    first, other = anchor.event.episode_id, anchor.episode_id
    return (first,) if first == other else (first, other)


def _stops(history: History, anchor: Anchor) -> Iterator[tuple[str, str]]:
    """Yield each episode of a timer whose sources say how far they tell, with each type of event that stops it."""
    for name in _told_under(anchor):
        episode = history.episodes[name]
        if name in history.tellings or episode.untold or episode.told_from:
            for kind in anchor.version.stopped_by:
                yield name, kind


def _spans(history: History, name: str, kind: str) -> list[DaysTold]:
    """List the days of which a type of event is told in an episode: in order, and joined where they touch."""
    known = history.told_days.get((name, kind))
    if known is None:
        known = history.told_days[name, kind] = _joined(_told(history, name, kind))
    return known


def _told(history: History, name: str, kind: str) -> Iterator[DaysTold]:
    """Yield what each source tells of a type of event."""
    episode, tellings = history.episodes[name], history.tellings.get(name, [])
    if kind not in episode.untold and not any(one.by == episode.opener.by for one in tellings):
        yield DaysTold(episode.told_from.get(kind), None)
    for one in tellings:
        untold = episode.untold if one.untold is None else one.untold
        told_from = episode.told_from if one.told_from is None else one.told_from
        first = told_from.get(kind)
        if kind not in untold and (first is None or first <= one.until):
            yield DaysTold(first, one.until)


def _joined(spans: Iterable[DaysTold]) -> list[DaysTold]:
    joined: list[DaysTold] = []
    for span in sorted(spans, key=lambda each: each.first or date.min):
        before = joined[-1] if joined else None
        if before is None or (before.last and span.first and span.first > before.last + _DAY):
            joined.append(span)
        else:
            last = None if before.last is None or span.last is None else max(before.last, span.last)
            joined[-1] = DaysTold(before.first, last)
    return joined


def _gaps(history: History, name: str, kind: str) -> Iterator[Gap]:
    """Yield the days before, between and behind those told, as far as any source tells of the episode at all."""
    spans = _spans(history, name, kind)
    before: date | None = None
    for span in spans:
        if span.first is not None:
            yield Gap(before + _DAY if before else None, span.first - _DAY)
        before = span.last
    end = max((one.until for one in history.tellings.get(name, ())), default=None)
    if before is not None and end is not None and before < end:
        yield Gap(before + _DAY, end)
