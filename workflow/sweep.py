"""The sweep: finds the timers that ran out and raises each breach exactly once.

Safe to run twice, late, or side by side with others.
"""

from dataclasses import dataclass, field
from datetime import datetime

from caseclock.store.protocol import Breach, Case, DueTimer, Transaction
from caseclock.timers.event import Event
from caseclock.workflow.calendar_days import finish_changes
from caseclock.workflow.engine import Engine
from caseclock.workflow.settling import raised, ran_out_at

#: timers raised in one transaction: short enough not to keep recorders waiting
BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    raised: int
    cases: int


@dataclass(slots=True)
class _Batch:
    """What a batch raises, to be written together."""

    logs: list[tuple[Case, list[Event]]] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    #: authority -> timer -> when it must be looked at again
    waking: dict[str, dict[str, datetime | None]] = field(default_factory=dict)


def sweep(engine: Engine, at: datetime, *, batch: int = BATCH) -> Swept:
    """Raise every breach that fell by `at` (an aware instant), in bounded batches, each a transaction of its own.

    A case that is being written to at that moment is left for the next sweep. Raises CaseBusy where a case stayed
    busy; what was raised by then stays raised, and the next sweep goes on.
    """
    finish_changes(engine)  # nothing is raised by a calendar or a law that holds no more
    total, cases = 0, 0
    while True:
        swept = engine.repeated(lambda unit: _one_batch(engine, unit, at, batch))
        if swept is None:
            return Swept(total, cases)
        total, cases = total + swept.raised, cases + swept.cases


def _one_batch(engine: Engine, unit: Transaction, at: datetime, batch: int) -> Swept | None:
    due = unit.claim_due(at, batch)
    if not due:
        return None
    found = _Batch()
    cases = 0
    for authority, by_case in _by_case(due).items():
        # A case that is being written to just now is left: whoever waits for it may be waiting for its timers.
        for case in unit.lock_free(authority, list(by_case)):
            cases += 1
            _raise_all(unit, found, case, by_case[case.case_id], at)
    if not cases:
        return None
    events = [event for _, added in found.logs for event in added]
    if events:
        unit.append_to_locked(found.logs)
        unit.write_breaches(found.breaches)
        engine.hand_on(unit, events, at)
    for authority, timers in found.waking.items():
        unit.wake(authority, timers)
    return Swept(len(found.breaches), cases)


def _by_case(due: list[DueTimer]) -> dict[str, dict[str, list[DueTimer]]]:
    """Give the timers by authority and case, both in order."""
    found: dict[str, dict[str, list[DueTimer]]] = {}
    for one in sorted(due, key=lambda one: (one.authority, one.case_id)):
        found.setdefault(one.authority, {}).setdefault(one.case_id, []).append(one)
    return found


def _raise_all(unit: Transaction, found: _Batch, case: Case, due: list[DueTimer], at: datetime) -> None:
    events: list[Event] = []
    log = unit.events(case.authority, case.case_id) if any(one.was_raised for one in due) else []
    waking = found.waking.setdefault(case.authority, {})
    ran_out = [(ran_out_at(one.timer), one) for one in due]
    # of those that fell at one moment in an order of their own: the log is the same on every database
    for fell_at, one in sorted(ran_out, key=lambda told: (told[0] or at, told[1].timer_id)):
        falls_by_now = fell_at is not None and fell_at <= at
        if falls_by_now:
            breach, event = raised(log, one.timer, at)
            found.breaches.append(breach)
            events.append(event.at_place(case.version + len(events) + 1))
        waking[one.timer_id] = None if falls_by_now else fell_at
    if events:
        found.logs.append((case, events))
