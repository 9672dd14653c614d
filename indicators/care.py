"""What one case adds to the indicators of looked-after children: where they live, and how they leave care.

Short breaks are left out throughout, as they are of the national statistics.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from caseclock.indicators.counting import CaseView, Tally
from caseclock.timers.durations import add_months
from caseclock.timers.event import Event
from caseclock.timers.timescale import as_text

#: reasons for leaving care that mean adoption: the word, and the SSDA903 codes E11 and E12
ADOPTED = frozenset({"adopted", "E11", "E12"})
#: reasons that tell nothing of why a child left care
_UNTOLD_REASONS = frozenset({"", "not_told"})
_SHORT_BREAKS = frozenset({"short_break_single", "short_break_series", "V3", "V4"})
#: placed for good with those who are to adopt
_WITH_ADOPTERS = "adoption"

#: months in care and in the same placement from which a placement counts as stable, and the age up to which
IN_CARE_MONTHS, SAME_PLACEMENT_MONTHS, STABLE_UNDER = 30, 24, 16


@dataclass(frozen=True, slots=True)
class Care:
    """One period of care, as far as it had come by the end of the period counted."""

    episode_id: str
    start: Event
    #: PeriodOfCareEnded, or None while it goes on
    end: Event | None
    legal_status: str

    @property
    def is_short_breaks(self) -> bool:
        return in_short_breaks(self.legal_status)

    @property
    def began_earlier(self) -> bool:
        """Say whether it began before the first day known of it."""
        return as_text(self.start.data.get("began_earlier")) == "true"


@dataclass(frozen=True, slots=True)
class Placement:
    """One placement, from its first day to its last; a temporary move leaves it as it was."""

    kind: str
    #: own, adjoining, distant, outside_england, or empty where it is not told
    area: str
    on: date
    #: None while it goes on
    until: date | None
    began_earlier: bool


def in_short_breaks(legal_status: str) -> bool:
    """Say whether a period of care is one of short breaks, which the national statistics leave out."""
    return legal_status in _SHORT_BREAKS


def care_of(view: CaseView) -> list[Care]:
    """List the child's periods of care in order; planned admissions and short breaks are none."""
    found = []
    for start in view.history.of_type("PeriodOfCareStarted"):
        ends = _in_episode(view, "PeriodOfCareEnded", start.episode_id)
        statuses = _in_episode(view, "LegalStatusChanged", start.episode_id)
        status = as_text((statuses[-1] if statuses else start).data.get("legal_status"))
        care = Care(start.episode_id, start, ends[-1] if ends else None, status)
        if not care.is_short_breaks:
            found.append(care)
    return found


def in_care_at_end(view: CaseView) -> Care | None:
    """Give the period of care in which the child is at the end of the period counted."""
    return next((care for care in care_of(view) if care.end is None), None)


def placements(view: CaseView, care: Care) -> list[Placement]:
    """List the placements of a period of care. One ends when it is ended, when another begins, or with the period."""
    starts = [
        start
        for start in _in_episode(view, "PlacementStarted", care.episode_id)
        if as_text(start.data.get("kind")) != "short_break"
    ]
    ended = _in_episode(view, "PlacementEnded", care.episode_id)
    found = []
    for start, following in zip_longest(starts, starts[1:]):
        own = as_text(start.data.get("placement_id"))
        ends = [end.occurred.on for end in ended if as_text(end.data.get("placement_id")) == own]
        ends = [day for day in ends if day >= start.occurred.on][:1]
        ends += [other.occurred.on for other in (following, care.end) if other is not None]
        found.append(
            Placement(
                kind=as_text(start.data.get("kind")),
                area=as_text(start.data.get("area")),
                on=start.occurred.on,
                until=min(ends, default=None),
                began_earlier=as_text(start.data.get("began_earlier")) == "true",
            )
        )
    return found


def _in_episode(view: CaseView, event_type: str, episode_id: str) -> list[Event]:
    return [event for event in view.history.of_type(event_type) if event.episode_id == episode_id]


def looked_after(view: CaseView) -> Tally:
    """Count the child where looked after at the end of the period."""
    return Tally(int(in_care_at_end(view) is not None))


def missing_from_placement(view: CaseView) -> Tally:
    """Count the times in the period that a looked-after child went missing; away without leave is not missing."""
    return Tally(sum(1 for event in view.events("ChildMissing") if _is_from_placement(view, event)))


def _is_from_placement(view: CaseView, missing: Event) -> bool:
    """Say whether it was from care, where the event does not say by whether the child was looked after then."""
    if as_text(missing.data.get("kind")) not in ("missing", ""):
        return False
    told = as_text(missing.data.get("from"))
    if told:
        return told == "care"
    on = missing.occurred.on
    return any(
        care.start.occurred.on <= on and (care.end is None or on <= care.end.occurred.on)
        for care in care_of(view)
    )


def three_placements(view: CaseView) -> Tally:
    """Of the children looked after at the end, count those with three or more placements in the period.

    A placement that went on when the period began counts, and so do those of an earlier period of care.
    """
    if in_care_at_end(view) is None:
        return Tally()
    lived = [
        placement
        for care in care_of(view)
        for placement in placements(view, care)
        if placement.until is None or placement.until > view.period.after
    ]
    return Tally(int(len(lived) >= 3), 1)


def same_placement(view: CaseView) -> Tally:
    """Of the children under 16 in care for two and a half years, count those in the same placement for two.

    A placement for adoption is taken together with the one before it. Left out are children of whom it is not told
    when they were born, came into care or were placed, where that decides it.
    """
    care, until = in_care_at_end(view), view.period.until
    born = view.history.date_of_birth()
    if care is None or born is None or until >= add_months(born, 12 * STABLE_UNDER):
        return Tally()
    if add_months(care.start.occurred.on, IN_CARE_MONTHS) > until:
        return Tally()
    lived = placements(view, care)
    if not lived or lived[-1].until is not None:
        return Tally(0, 1)
    now = lived[-1]
    if now.kind == _WITH_ADOPTERS and len(lived) > 1 and lived[-2].until == now.on:
        now = lived[-2]
    is_long = add_months(now.on, SAME_PLACEMENT_MONTHS) <= until
    if not is_long and now.began_earlier:
        return Tally()
    return Tally(int(is_long), 1)


def in_own_area(view: CaseView) -> Tally:
    """Of the children looked after at the end whose placement's area is told, count those placed in the authority's."""
    care = in_care_at_end(view)
    now = [placement for placement in placements(view, care) if placement.until is None] if care else []
    if not now or not now[-1].area:
        return Tally()
    return Tally(int(now[-1].area == "own"), 1)


def left_care_adopted(view: CaseView) -> Tally:
    """Of the children who left care in the period, count those adopted; the last time of each is taken.

    Those of whom it is not told why they left are in neither number.
    """
    left = _last_left(view)
    if left is None or left.end is None or as_text(left.end.data.get("reason")) in _UNTOLD_REASONS:
        return Tally()
    return Tally(int(_is_adopted(left)), 1)


def adopted(view: CaseView) -> Tally:
    """Count the child where adopted in the period."""
    left = _last_left(view)
    return Tally(int(left is not None and _is_adopted(left)))


def days_to_adopters(view: CaseView) -> Tally:
    """Add up the days from coming into care to moving in with adopters, of children adopted in the period.

    Left out are those of whom either day is not told.
    """
    left = _last_left(view)
    if left is None or not _is_adopted(left) or left.began_earlier:
        return Tally()
    moved_in = [placement for placement in placements(view, left) if placement.kind == _WITH_ADOPTERS]
    if not moved_in or moved_in[-1].began_earlier:
        return Tally()
    return Tally((moved_in[-1].on - left.start.occurred.on).days, 1)


def _is_adopted(care: Care) -> bool:
    return care.end is not None and as_text(care.end.data.get("reason")) in ADOPTED


def _last_left(view: CaseView) -> Care | None:
    """Give the last period of care that ended in the period counted."""
    left: Iterator[Care] = (
        care for care in care_of(view) if care.end is not None and view.period.holds(care.end.occurred.on)
    )
    return max(left, key=lambda care: care.end.occurred.on if care.end else date.min, default=None)
