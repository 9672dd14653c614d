"""What Annex A tells of looked-after children: list 8.

It tells when the period of care began, how the child stands now, the latest placement, and the latest review, visit,
health assessment and dental check. Which review the latest is, and what was done before it, is unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseclock.exchange.annex_entry import (
    BORN,
    CHILD,
    TEAM,
    WORKER,
    AnnexList,
    Column,
    Dated,
    Entry,
    latest_told,
    lies_within,
)
from caseclock.exchange.cells import cell_date, leading_code
from caseclock.exchange.possible import not_after_end, not_before
from caseclock.exchange.records import Unfit
from caseclock.processes.looked_after import LOOKED_AFTER
from caseclock.processes.looked_after_codes import (
    END_REASON,
    LEGAL_STATUS,
    PLACEMENT_KIND,
    TEMPORARY_MOVE,
    placement_told,
)

_REVIEW, _VISIT = "ReviewHeld", "ChildSeen"
_HEALTH, _DENTAL = "HealthAssessmentCompleted", "DentalCheckCompleted"
#: columns of which the list tells the latest only: kind of record and event
_LATEST = {
    "review": ("review", _REVIEW),
    "visit": ("visit", _VISIT),
    "health": ("health_assessment", _HEALTH),
    "dental": ("dental_check", _DENTAL),
}
_TOLD = frozenset({"PeriodOfCareStarted", "LegalStatusChanged", "PlacementStarted", "PeriodOfCareEnded"})
UNTOLD = tuple(event for event in LOOKED_AFTER.events if event not in _TOLD)

_SHORT_BREAKS = ("V3", "V4")
#: one agreement for a series of stays, which are not told
_AGREEMENT = "V4"
_INTERIM_ORDER = "C1"
#: placement types that say that a placement is not meant to last until eighteen
_NOT_LONG_TERM = ("U3", "U6")


@dataclass(frozen=True, slots=True)
class _Status:
    """The legal status now: its code, and since when; None where either can't be told."""

    code: str | None
    since: date | None

    def on(self, day: date) -> str:
        """Give the code that held on a day; empty where another may have."""
        return self.code if self.code and self.since and self.since <= day else ""


@dataclass(frozen=True, slots=True)
class _Placement:
    """The latest placement: its day, and what is told of it; nothing where the list's own codes don't tell."""

    on: date
    told: dict[str, Any] | None


def _period_of_care(entry: Entry) -> Iterator[Dated]:
    start, end = _start_and_end(entry)
    status = _status(entry, end)
    episode = entry.episode(f"POC-{start}")
    latest = {name: entry.day_or_fault(name) for name in _LATEST}
    placement = _placement(entry, start, end, status, latest["review"])
    data = _period(entry, start, status, placement, latest)
    faults = [one for one in (placement, *latest.values()) if isinstance(one, Unfit)]
    events = [entry.event("PeriodOfCareStarted", episode, start, data)]
    events.extend(entry.telling(episode, start, data, in_part=bool(faults)))
    if status.code and status.since and status.since > start:
        changed = {"legal_status": LEGAL_STATUS[status.code]}
        events.append(
            entry.event("LegalStatusChanged", episode, status.since, changed, which=f"{status.since}")
        )
    yield "period_of_care", tuple(events)
    if isinstance(placement, Unfit):
        yield placement
    elif placement is not None and placement.told is not None:
        on = placement.on
        yield "placement", (entry.event("PlacementStarted", episode, on, placement.told, which=f"{on}"),)
    for name, (kind, event) in _LATEST.items():
        last = latest[name]
        if isinstance(last, Unfit):
            yield last
        elif last is not None and lies_within(last, start, end):
            more = {"review_id": f"{last}", "began_earlier": True} if event == _REVIEW else {}
            yield kind, (entry.event(event, episode, last, more, which=f"{last}"),)
        elif last is not None:
            entry.count_unread(name, "outside the period of care")
    if end is not None:
        yield "end_of_care", (entry.event("PeriodOfCareEnded", episode, end, _reason(entry)),)


def _start_and_end(entry: Entry) -> tuple[date, date | None]:
    title = entry.columns["on"].title
    on, born_on = cell_date(title, entry.cells.get("on"), entry.epoch), entry.born_on()
    if on is not None and born_on is not None:
        not_before(title, on, "the date of birth", born_on)  # an unborn child is not looked after
    return entry.start_and_end()


def _status(entry: Entry, end: date | None) -> _Status:
    title, since = entry.columns["status_on"].title, entry.day_if_told("status_on")
    if since is not None:
        not_after_end(title, since, "the end of care", end)
    code = leading_code(entry.cells.get("status"))
    if code not in LEGAL_STATUS:
        if entry.text("status"):
            entry.count_unread("status", "no known code")
        return _Status(None, since)
    if since is None:
        entry.count_unread("status", "since when is not told")
    return _Status(code, since)


def _placement(
    entry: Entry, start: date, end: date | None, status: _Status, review: date | Unfit | None
) -> _Placement | Unfit | None:
    on = entry.day_or_fault(
        "placed_on",
        lambda title, day: not_before(title, day, "the start of care", start),
        lambda title, day: not_after_end(title, day, "the end of care", end),
    )
    if on is None or isinstance(on, Unfit):
        return on
    place = leading_code(entry.cells.get("place")) or ""
    provider = leading_code(entry.cells.get("provider")) or ""
    if place not in PLACEMENT_KIND:
        if entry.text("place"):
            why = "a temporary move" if place in TEMPORARY_MOVE else "no known code"
            entry.count_unread("place", why)
        return _Placement(on, None)
    code = status.on(on)
    told: dict[str, Any] = {"placement_id": f"{on}", **(placement_told(place, code, provider) or {})}
    told["place"] = place
    if "long_term" in told:
        told["long_term"] = True
    elif place in _NOT_LONG_TERM and told["kind"] != "short_break":
        told["long_term"] = False
    if code == _AGREEMENT:
        told["agreement"] = True
    # the latest break is not the first of its series; and which review since a placement is the latest, is unknown
    reviewed_since = isinstance(review, date) and review >= on
    if (told["kind"] == "short_break" and on > start) or (told["kind"] == "adoption" and reviewed_since):
        told["began_earlier"] = True
    return _Placement(on, told)


def _period(
    entry: Entry,
    start: date,
    status: _Status,
    placement: _Placement | Unfit | None,
    latest: dict[str, date | Unfit | None],
) -> dict[str, Any]:
    born_on = entry.born_on()
    code = status.on(start)
    known = {event: latest[name] for name, (_, event) in _LATEST.items()}
    for event in _not_judged(start, status, placement, known):
        known[event] = None
    return {
        "legal_status": LEGAL_STATUS[code] if code else None,
        "date_of_birth": born_on.isoformat() if born_on else None,
        **latest_told(UNTOLD, known),
        **entry.team(),
    }


def _not_judged(
    start: date,
    status: _Status,
    placement: _Placement | Unfit | None,
    known: dict[str, date | Unfit | None],
) -> set[str]:
    """Name the types whose rhythm can't be told: which one holds hangs on the legal status and the placement."""
    if status.code is None or status.since is None:
        return set(known)
    # one from before the period may be recent enough to have been accepted for it
    before = {_HEALTH} if _is_before(known[_HEALTH], start) else set()
    if not isinstance(placement, _Placement) or placement.told is None:
        return before | {_REVIEW, _VISIT}
    if status.code in _SHORT_BREAKS:
        if not status.on(placement.on):
            return before | {_REVIEW, _VISIT}
        # what was before the latest break was in another of which nothing is told
        return before | {kind for kind in (_REVIEW, _VISIT) if _is_before(known[kind], placement.on)}
    kind, weekly_until_reviewed = placement.told["kind"], False
    if kind == "with_parents":
        weekly_until_reviewed = status.code == _INTERIM_ORDER or not status.on(placement.on)
    elif kind == "adoption":
        weekly_until_reviewed = not isinstance(known[_REVIEW], date)
    return before | {_VISIT} if weekly_until_reviewed else before


def _is_before(told: date | Unfit | None, on: date) -> bool:
    return isinstance(told, date) and told < on


def _reason(entry: Entry) -> dict[str, Any]:
    code = leading_code(entry.cells.get("reason")) or ""
    if code in END_REASON:
        return {"reason": END_REASON[code], "code": code}
    if entry.text("reason"):
        entry.count_unread("reason", "no known code")
    return {}


LOOKED_AFTER_CHILDREN = AnnexList(
    {
        "child": CHILD,
        "born": BORN,
        "on": Column(
            "Date Started to be Looked After",
            ("Date Started Looked After", "Date Became Looked After", "Start Date of Period of Care"),
            needed=True,
            is_day=True,
        ),
        "status_on": Column("Start date of current legal status", ("Legal Status Start Date",), is_day=True),
        "status": Column("Child's Legal Status", ("Legal Status", "Current Legal Status")),
        "review": Column(
            "Date of Latest Statutory Review",
            ("Date of Last Statutory Review", "Latest Statutory Review", "Latest Review Date"),
            is_day=True,
        ),
        "visit": Column(
            "Date of Last Social Work Visit", ("Last Social Work Visit", "Date of Last Visit"), is_day=True
        ),
        "health": Column(
            "Date of Last Health Assessment",
            ("Last Health Assessment", "Last Health Assessment Date"),
            is_day=True,
        ),
        "dental": Column(
            "Date of Last Dental Check", ("Last Dental Check", "Last Dental Check Date"), is_day=True
        ),
        "end": Column(
            "Date Ceased to be Looked After",
            ("Date Ceased Looked After", "End Date of Period of Care"),
            is_day=True,
        ),
        "reason": Column("Reason Ceased to be Looked After", ("Reason Ceased",)),
        "placed_on": Column(
            "Start Date of Most Recent Placement", ("Most Recent Placement Start Date",), is_day=True
        ),
        "place": Column("Placement Type"),
        "provider": Column("Placement Provider"),
        "team": TEAM,
        "worker": WORKER,
    },
    _period_of_care,
)
