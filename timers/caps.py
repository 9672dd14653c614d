"""Rolling caps: so much in any period of such a length, over all stays of one kind."""

from datetime import UTC, date, datetime, time, timedelta

from caseclock.timers.anchors import Anchor, anchors
from caseclock.timers.durations import Limit, Unit, add_months
from caseclock.timers.history import History
from caseclock.timers.timescale import as_text

_LENGTHS = {
    Unit.HOURS: timedelta(hours=1),
    Unit.CALENDAR_DAYS: timedelta(days=1),
    Unit.WEEKS: timedelta(weeks=1),
}


def last_moment(history: History, anchor: Anchor, most: Limit) -> datetime:
    """Give the last moment to which the stay that an anchor begins may go on.

    For a cap in days the answer's date is meant: a stay from the 1st to the 18th has used 17 days. Stays are told
    apart by the timescale's key; one that has used the cap up before it begins may not begin at all, and its last
    moment lies before its start.
    """
    begun = _moment(anchor, most)
    earlier = earlier_stays(history, anchor, most)
    cap = _LENGTHS[most.unit] * most.number
    step = _LENGTHS[Unit.HOURS] / 60 if most.unit is Unit.HOURS else timedelta(days=1)

    def used(moment: datetime) -> timedelta:
        opens = _window_start(anchor, moment)
        before = (min(end, moment) - max(start, opens) for start, end in earlier if end > opens)
        return (moment - begun) + sum((max(stay, timedelta(0)) for stay in before), timedelta(0))

    # Use never falls as a stay goes on, since another leaves the window no faster than this one grows.
    low, high = -1, cap // step
    while low < high:
        middle = (low + high + 1) // 2
        if used(begun + step * max(middle, 0)) <= cap and middle >= 0:
            low = middle
        else:
            high = middle - 1
    return begun + step * low


def earlier_stays(history: History, anchor: Anchor, most: Limit) -> list[tuple[datetime, datetime]]:
    """List the stays of the same kind that began before this one and have ended, as (start, end).

    Of a cap in days these are midnights in UTC that stand for London dates; of one in hours, instants.
    """
    version = anchor.version
    stays = []
    for other in anchors(history, (version,)):
        if other.place >= anchor.place:
            continue
        ends = (
            place
            for clause in version.stops
            for place in history.matching(clause, (other.event.episode_id,), after=other.place)
            if not version.key or as_text(history.events[place].data.get(version.key)) == (other.key or "")
        )
        first = min(ends, default=None)
        if first is not None:
            end = history.events[first].occurred
            finished = end.latest() if most.unit is Unit.HOURS else _midnight(end.on)
            stays.append((_moment(other, most), finished))
    return stays


def _moment(anchor: Anchor, most: Limit) -> datetime:
    return anchor.counts_from.earliest() if most.unit is Unit.HOURS else _midnight(anchor.counts_from.on)


def _midnight(day: date) -> datetime:
    """Stand a London date on a line without clock changes, so that days can be subtracted."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def _window_start(anchor: Anchor, moment: datetime) -> datetime:
    in_any = anchor.version.in_any
    if in_any is None:
        raise ValueError(f"{anchor.version.id} has a rolling cap but no period for it.")
    if in_any.unit is Unit.MONTHS:
        return datetime.combine(add_months(moment.date(), -in_any.number), moment.timetz())
    return moment - _LENGTHS[in_any.unit] * in_any.number
