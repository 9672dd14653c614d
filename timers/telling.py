"""What a source tells: a return is a snapshot, and what it leaves out is unknown, never a breach.

The event that opens an episode may say that its source leaves out some types of event (`data.untold`), or tells them
from a day on only (`data.told_from`). A SourceTold event says up to which day the source tells at all.
"""

from datetime import date

from caseclock.timers.anchors import Anchor
from caseclock.timers.history import History


def untold_of(history: History, anchor: Anchor) -> frozenset[str]:
    """Name the event types that the source of a timer's episodes does not tell."""
    told_under = {anchor.event.episode_id, anchor.episode_id}
    return frozenset[str]().union(*(history.episodes[episode].untold for episode in told_under))


def gap_until(history: History, anchor: Anchor) -> date | None:
    """Give the day from which the source tells what stops a timer, where the clock started before it."""
    told_under = {anchor.event.episode_id, anchor.episode_id}
    begins = [
        day
        for episode_id in told_under
        for event_type, day in history.episodes[episode_id].told_from.items()
        if any(clause.event == event_type for clause in anchor.version.stops)
    ]
    return max((day for day in begins if anchor.counts_from.on < day), default=None)


def told_until(history: History, anchor: Anchor) -> date | None:
    """Give the last day of which the sources of a timer's episodes tell; None where they tell without end."""
    told_under = (anchor.event.episode_id, anchor.episode_id)
    return min((history.told_until[one] for one in told_under if one in history.told_until), default=None)
