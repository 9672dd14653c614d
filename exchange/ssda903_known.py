"""Periods of care that a case has already, from an earlier year's return or another source.

A return of one year tells again what goes on from the year before; with these its episodes go on in the period that
is known, instead of beginning one of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from caseclock.processes.catalogue import OPENERS
from caseclock.processes.looked_after_codes import LEGAL_STATUS
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timescale import as_text


@dataclass(frozen=True, slots=True)
class Standing:
    """How a child stood before something changed: under which status, in which placement."""

    legal_status: str = ""
    placement_id: str = ""
    kind: str = ""
    #: codes of the placement, where a return told it
    place: str = ""
    provider: str = ""
    #: a temporary move away from the placement that has not ended
    move_id: str = ""


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """A period of care in the log."""

    episode_id: str
    on: date
    #: None while it goes on
    end: date | None
    #: corrected, in the order in which they happened
    events: tuple[Event, ...]
    began_earlier: bool

    def covers(self, on: date) -> bool:
        """Say whether the child was looked after in this period on a day, its own last day not counted."""
        return self.on <= on and (self.end is None or on < self.end)

    def before(self, on: date) -> Standing:
        """Say how the child stood by the end of the day before."""
        legal_status = move_id = ""
        placement: Event | None = None
        for event in self.events:
            if event.occurred.on >= on:
                break
            match event.type:
                case "PeriodOfCareStarted" | "LegalStatusChanged":
                    told = as_text(event.data.get("legal_status"))
                    legal_status = LEGAL_STATUS.get(told, told)
                case "PlacementStarted":
                    placement = event
                case "PlacementEnded" if placement and _same(placement, event, "placement_id"):
                    placement = None
                case "TemporaryMoveStarted":
                    move_id = as_text(event.data.get("move_id"))
                case "TemporaryMoveEnded":
                    move_id = ""
        if placement is None:
            return Standing(legal_status)
        data = placement.data
        placement_id, kind, place, provider = (
            as_text(data.get(name)) for name in ("placement_id", "kind", "place", "provider")
        )
        return Standing(legal_status, placement_id, kind, place, provider, move_id)


def known_periods(events: Iterable[Event]) -> list[KnownPeriod]:
    """Find the periods of care in a case's log, the earliest first."""
    history = History(events, OPENERS)
    periods = []
    for episode in history.episodes.values():
        if episode.process != "looked_after":
            continue
        told = tuple(event for event in history.events if event.episode_id == episode.episode_id)
        started = next((event for event in told if event.type == "PeriodOfCareStarted"), None)
        if started is None:
            continue
        end = next((event.occurred.on for event in told if event.type == "PeriodOfCareEnded"), None)
        began_earlier = as_text(started.data.get("began_earlier")) == "true"
        periods.append(KnownPeriod(episode.episode_id, started.occurred.on, end, told, began_earlier))
    return sorted(periods, key=lambda period: period.on)


def _same(one: Event, other: Event, field: str) -> bool:
    return as_text(one.data.get(field)) == as_text(other.data.get(field))
