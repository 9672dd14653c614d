"""A period of care of the return (SSDA903) as events: its start and end, changes of status, placements, moves away.

A review and a missing episode are one event or two of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from caseclock.exchange.records import Source
from caseclock.exchange.ssda903_known import Standing
from caseclock.exchange.ssda903_periods import Chain, ToldStay
from caseclock.exchange.ssda903_returns import Return
from caseclock.exchange.ssda903_rows import Absence, Review, Stay
from caseclock.processes.looked_after import LOOKED_AFTER
from caseclock.processes.looked_after_codes import (
    END_REASON,
    LEGAL_STATUS,
    TEMPORARY_MOVE,
    TOLD_BY_RETURN,
    placement_told,
)
from caseclock.processes.missing import MISSING
from caseclock.timers.event import Event
from caseclock.timers.history import SOURCE_TOLD

#: reason for new episode under which the child stays in the same placement: only the legal status changes
SAME_PLACEMENT = "L"
#: legal status of a child in short breaks of whom one agreement is told, and not the stays under it
AGREEMENT = "V4"
#: kind of placement of which many make one series
SERIES = "short_break"
#: why a period ended that, by its last episode, went on, though the next one told is not joined to it
NOT_TOLD = "not_told"
UNTOLD = tuple(event for event in LOOKED_AFTER.events if event not in TOLD_BY_RETURN)
UNTOLD_OF_ABSENCE = tuple(event for event in MISSING.events if event not in ("ChildMissing", "ChildReturned"))


@dataclass(frozen=True, slots=True)
class StayEvents:
    """What one episode of the return tells: on its first day, and on its last."""

    told: ToldStay
    begins: tuple[Event, ...]
    ends: tuple[Event, ...]

    def of(self, telling: Stay) -> tuple[Event, ...]:
        """Give what one of the rows tells; a row without DEC tells no end."""
        return self.begins if telling.end is None else (*self.begins, *self.ends)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one child's periods as events."""

    source: Source
    child: str
    born: date
    #: what began before this day is not told from its beginning; None where all is
    told_from: date | None

    def event(
        self, type_: str, episode_id: str, on: date, which: str = "", data: Mapping[str, Any] | None = None
    ) -> Event:
        """Make an event; `which` tells it from others of its type in the episode."""
        return self.source.event(type_, self.child, episode_id, on, data, which=which)

    def start(self, chain: Chain, episode_id: str) -> Event:
        """Tell the start of a period. Where it began before the return tells of it, the first day known is taken."""
        first = chain.stays[0].stay
        data = {
            "legal_status": LEGAL_STATUS[first.legal_status],
            "date_of_birth": self.born.isoformat(),
            "untold": list(UNTOLD),
            **({} if chain.starts else {"began_earlier": True}),
            **self._early(chain.on),
        }
        return self.event("PeriodOfCareStarted", episode_id, chain.on, data=data)

    def telling(self, told: Return, episode_id: str, on: date) -> Event:
        """Say how far a return tells of a period that began `on`."""
        untold = [*UNTOLD, *(["ReviewHeld"] if self.child in told.in_part else [])]
        data: dict[str, Any] = {"until": told.until.isoformat(), "untold": untold}
        which = data["until"]
        if told.told_from is not None and on < told.told_from:
            which = f"{told.told_from}:{which}"
            data["told_from"] = {"ReviewHeld": told.told_from.isoformat()}
        which = f"{which}:in_part" if self.child in told.in_part else which
        return self.event(SOURCE_TOLD, episode_id, on, which, data)

    def stays(self, chain: Chain, episode_id: str, before: Standing | None) -> Iterator[StayEvents]:
        """Tell the episodes of a period. `before` is how the child stood where the period is known from earlier on."""
        first = chain.stays[0].stay
        now = before or Standing(LEGAL_STATUS[first.legal_status])
        arriving: list[Event] = []
        if before is not None:
            arriving, now = self._leave(first.on, first, episode_id, now)
        for place, told in enumerate(chain.stays):
            stay = told.stay
            is_first_known = before is None and place == 0 and not chain.starts
            begins, now = self._begin(stay, episode_id, now, is_first_known)
            following = chain.stays[place + 1].stay if place + 1 < len(chain.stays) else None
            ends: list[Event] = []
            if stay.end is not None and following is not None:
                ends, now = self._leave(stay.end, following, episode_id, now)
            elif following is None and chain.end is not None:
                ends = self._end(stay, chain.end, episode_id, now)
            yield StayEvents(told, (*arriving, *begins), tuple(ends))
            arriving = []

    def _begin(
        self, stay: Stay, episode_id: str, now: Standing, is_first_known: bool
    ) -> tuple[list[Event], Standing]:
        """Tell what an episode begins with; the placement before, where there was another, has been left.

        What is first known of a period that began earlier may not be the beginning: not of the placement where only
        the legal status changed, and not of a series of short breaks.
        """
        on, events = stay.on, []
        legal_status = LEGAL_STATUS[stay.legal_status]
        if legal_status != now.legal_status:
            changed = {"legal_status": legal_status}
            events.append(self.event("LegalStatusChanged", episode_id, on, f"{on}", changed))
            now = replace(now, legal_status=legal_status)
        placement = placement_told(stay.place, stay.legal_status, stay.provider)
        if placement is None and now.placement_id and not now.move_id:
            moved = {"move_id": f"{on}", "place": stay.place}
            if kind := TEMPORARY_MOVE[stay.place]:
                moved["kind"] = kind
            events.append(self.event("TemporaryMoveStarted", episode_id, on, f"{on}", moved))
            now = replace(now, move_id=f"{on}")
        elif placement is not None and not now.placement_id:
            is_earlier = is_first_known and (stay.rne == SAME_PLACEMENT or placement["kind"] == SERIES)
            earlier = {"began_earlier": True} if is_earlier else self._early(on)
            series = {"agreement": True} if stay.legal_status == AGREEMENT else {}
            data = {"placement_id": f"{on}", **_typed(placement), "place": stay.place, **series, **earlier}
            events.append(self.event("PlacementStarted", episode_id, on, f"{on}", data))
            provider = placement.get("provider", "")
            now = Standing(legal_status, f"{on}", placement["kind"], stay.place, provider)
        return events, now

    def _leave(
        self, on: date, following: Stay, episode_id: str, now: Standing
    ) -> tuple[list[Event], Standing]:
        """Tell what ends on the day another episode begins."""
        events = []
        leaves = _leaves(following, now)
        if now.move_id and following.place not in TEMPORARY_MOVE:
            events.append(self._move_ended(on, episode_id, now))
            now = replace(now, move_id="")
        if now.placement_id and leaves:
            events.append(self._placement_ended(on, episode_id, now))
            now = Standing(now.legal_status)
        return events, now

    def _end(self, stay: Stay, on: date, episode_id: str, now: Standing) -> list[Event]:
        """Tell the end of a period of care, and of what ends with it."""
        events = []
        if now.move_id:
            events.append(self._move_ended(on, episode_id, now))
        if now.placement_id:
            events.append(self._placement_ended(on, episode_id, now))
        data = {"reason": END_REASON.get(stay.rec, NOT_TOLD), "code": stay.rec} if stay.rec else {}
        return [*events, self.event("PeriodOfCareEnded", episode_id, on, data=data)]

    def _move_ended(self, on: date, episode_id: str, now: Standing) -> Event:
        data = {"move_id": now.move_id}
        return self.event("TemporaryMoveEnded", episode_id, on, now.move_id, data)

    def _placement_ended(self, on: date, episode_id: str, now: Standing) -> Event:
        data = {"placement_id": now.placement_id}
        return self.event("PlacementEnded", episode_id, on, now.placement_id, data)

    def _early(self, on: date) -> dict[str, bool]:
        is_early = self.told_from is not None and on < self.told_from
        return {"began_earlier": True} if is_early else {}

    def review(self, review: Review, episode_id: str) -> Event:
        on = review.on
        data = {"review_id": f"{on}"}
        if review.participation:
            data["participation"] = review.participation
        return self.event("ReviewHeld", episode_id, on, f"{on}", data)

    def absence(self, absence: Absence, period: str | None) -> tuple[Event, ...]:
        """Tell a missing episode: an episode of its own, following the period of care it lies in."""
        episode_id = f"MIS-{absence.on}"
        data = {"kind": absence.kind, "from": "care", "untold": list(UNTOLD_OF_ABSENCE)}
        if period is not None:
            data["follows"] = period
        missing = self.event("ChildMissing", episode_id, absence.on, data=data)
        if absence.end is None:
            return (missing,)
        return missing, self.event("ChildReturned", episode_id, absence.end)


def period_id(on: date) -> str:
    """Name a period of care by its first day known."""
    return f"POC-{on}"


def _leaves(following: Stay, now: Standing) -> bool:
    """Say whether the child leaves the placement for good as another episode begins.

    A temporary move leaves the placement as it was, and coming back from one is no new placement.
    """
    placement = placement_told(following.place, following.legal_status, following.provider)
    if placement is None:
        return False
    if now.move_id:
        return (following.place, placement.get("provider", "")) != (now.place, now.provider)
    return following.rne != SAME_PLACEMENT or placement["kind"] != now.kind


def _typed(placement: Mapping[str, str]) -> dict[str, Any]:
    """Give yes-or-no fields as such."""
    return {
        name: value == "true" if value in ("true", "false") else value for name, value in placement.items()
    }
