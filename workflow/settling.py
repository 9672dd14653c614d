"""Settling: when a case's timers are worked out anew, what changes in its stored timers and breaches.

Breaches are raised by the sweep alone; here they are closed, withdrawn, or left for the sweep to find.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b

from caseclock.store.protocol import Breach, BreachStanding, DueTimer, StoredTimer
from caseclock.timers.event import Event
from caseclock.timers.timer import BREACHED_OUTCOMES, AtEnd, Outcome, Timer
from caseclock.timers.when import When, start_of_day
from caseclock.workflow.case_file import CaseFile

#: who writes what no person wrote
CASECLOCK = "caseclock"


@dataclass
class Settled:
    """What must be written for the stored rows to follow the events."""

    timers: list[StoredTimer] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    #: BreachWithdrawn and TimersMoved events, to be written to the log
    events: list[Event] = field(default_factory=list)


def breach_id(timer: Timer | DueTimer) -> str:
    """Name a breach by its timer and the day or instant it ran out on."""
    told = f"{timer.timer_id}\x1f{timer.due_on or timer.due_at or timer.not_before!s}"
    return blake2b(told.encode(), digest_size=10).hexdigest()


def ran_out_at(timer: Timer | DueTimer) -> datetime | None:
    """Give the UTC instant at which a timer is in breach, by what is known now; None where it will not be."""
    if timer.outcome is Outcome.TOO_EARLY and timer.stopped_on is not None:
        return start_of_day(timer.stopped_on)
    if timer.outcome in BREACHED_OUTCOMES or (
        timer.outcome is Outcome.RUNNING and timer.at_end is AtEnd.OVERDUE
    ):
        return timer.falls_at
    return None


def settle(
    file: CaseFile,
    timers: Iterable[Timer],
    *,
    considered: frozenset[str] | None,
    others: Iterable[str] = (),
    at: datetime,
    cause: Event | None = None,
) -> Settled:
    """Compare a case's timers, worked out anew, with those stored, and update the file.

    `considered` names the timescales that were worked out (None: all), `others` single timers of other timescales by
    their ids; the rest is left alone. `cause` is the event that brought the change about.
    """
    settled = Settled()
    gone = dict.fromkeys(others)
    if considered is None:
        gone = dict.fromkeys(file.timers)
    elif considered:
        gone |= {
            timer_id: None for timer_id, kept in file.timers.items() if kept.timer.timescale in considered
        }
    for timer in timers:
        gone.pop(timer.timer_id, None)
        kept = file.timers.get(timer.timer_id)
        if kept is None or kept.timer != timer:
            _keep(file, settled, timer, at)
    for timer_id in gone:
        retracted = cause is not None and cause.type == "EventRetracted"
        for breach in _standing(file, timer_id):
            _withdraw(file, settled, breach, "retracted" if retracted else "rescheduled", at)
        settled.removed.append(timer_id)
        file.drop(timer_id)
    return settled


def _keep(file: CaseFile, settled: Settled, timer: Timer, at: datetime) -> None:
    """Store a timer, close or withdraw the breaches it no longer gives, and say when a sweep must look at it."""
    fell_at = ran_out_at(timer)
    wake_at = fell_at
    for breach in _standing(file, timer.timer_id):
        if fell_at is not None and breach.breach_id == breach_id(timer):
            wake_at = None
            now = breach_of(timer, fell_at, breach.raised_at)
            if now != breach:
                _write(file, settled, now)
        else:
            _withdraw(file, settled, breach, _cause(timer, breach), at)
    kept = StoredTimer(timer, wake_at)
    settled.timers.append(kept)
    file.keep(kept)


def told_of(timer: Timer | DueTimer) -> tuple[BreachStanding, date | None]:
    """A breach is closed once the duty is done, however late; one that was never done stays open."""
    done = timer.outcome in (Outcome.MET_LATE, Outcome.TOO_EARLY)
    return (BreachStanding.CLOSED, timer.stopped_on) if done else (BreachStanding.OPEN, None)


def _cause(timer: Timer, breach: Breach) -> str:
    """Say why a breach does not stand any more; a date that moved explains it before anything that was done does."""
    if (timer.due_on, timer.due_at) != (breach.due_on, breach.due_at):
        return "rescheduled"
    if timer.outcome in (Outcome.MET, Outcome.RECORDED_LATE) and not timer.is_of_recording:
        return "recorded_late"
    return "void" if timer.outcome in (Outcome.VOID, Outcome.UNKNOWN) else "rescheduled"


def _standing(file: CaseFile, timer_id: str) -> list[Breach]:
    """List the breaches of a timer that are not withdrawn."""
    return [
        breach
        for breach in file.breaches.values()
        if breach.timer_id == timer_id and breach.standing is not BreachStanding.WITHDRAWN
    ]


def _write(file: CaseFile, settled: Settled, breach: Breach) -> None:
    file.breaches[breach.breach_id] = breach
    settled.breaches.append(breach)


def _withdraw(file: CaseFile, settled: Settled, breach: Breach, cause: str, at: datetime) -> None:
    withdrawn = replace(breach, standing=BreachStanding.WITHDRAWN, cause=cause, withdrawn_at=at)
    _write(file, settled, withdrawn)
    times = sum(
        event.type == "BreachWithdrawn" and event.data.get("breach_id") == breach.breach_id
        for event in file.events
    )
    told = Event(
        event_id=f"BreachWithdrawn:{breach.breach_id}:{times + 1}",
        type="BreachWithdrawn",
        authority=breach.authority,
        case_id=breach.case_id,
        episode_id=breach.episode_id,
        occurred=When.instant(at),
        recorded=When.instant(at),
        by=CASECLOCK,
        because=breach.timescale,
        data={"breach_id": breach.breach_id, "timer_id": breach.timer_id, "cause": cause},
    )
    settled.events.append(told)


def breach_of(timer: Timer | DueTimer, fell_at: datetime, raised_at: datetime) -> Breach:
    """Give the breach of a timer that ran out at an instant, as it stands by what is known now."""
    standing, closed_on = told_of(timer)
    return Breach(  # by place: by name it takes twice as long, and a sweep makes thousands a second
        breach_id(timer),
        timer.timer_id,
        timer.authority,
        timer.case_id,
        timer.episode_id,
        timer.process,
        timer.timescale,
        timer.key,
        timer.due_on,
        timer.due_at,
        fell_at,
        raised_at,
        standing,
        closed_on,
    )
