"""The sweep: finds the timers that ran out and raises each breach exactly once.

Safe to run twice, late, or side by side with others.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from caseclock.store.protocol import Breach, DueTimer, Transaction
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.engine import Engine
from caseclock.workflow.settling import raised, ran_out_at

#: timers raised in one transaction: short enough not to keep recorders waiting
BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    raised: int
    cases: int


def sweep(engine: Engine, at: datetime, *, batch: int = BATCH) -> Swept:
    """Raise every breach that fell by `at` (an aware instant), in bounded batches, each a transaction of its own.

    A case that is being written to at that moment is left for the next sweep. Raises CaseBusy where a case stayed
    busy; what was raised by then stays raised, and the next sweep goes on.
    """
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
    files: list[CaseFile] = []
    total = 0
    for authority, cases in _by_case(due).items():
        # A case that is being written to just now is left: whoever waits for it may be waiting for its timers.
        free = unit.lock_free(authority, list(cases))
        unit.look_ahead(authority, free)
        for case_id in free:
            file = _file(engine, unit, authority, case_id, cases[case_id], at)
            files.append(file)
            total += _raise_all(engine, unit, file, cases[case_id], at)
    for file in files:
        engine.hold(file)
    return Swept(total, len(files)) if files else None


def _by_case(due: list[DueTimer]) -> dict[str, dict[str, list[str]]]:
    """Give the ids of the timers by authority and case, both in order."""
    found: dict[str, dict[str, list[str]]] = {}
    for timer in sorted(due, key=lambda timer: (timer.authority, timer.case_id)):
        found.setdefault(timer.authority, {}).setdefault(timer.case_id, []).append(timer.timer_id)
    return found


def _file(
    engine: Engine, unit: Transaction, authority: str, case_id: str, timer_ids: list[str], at: datetime
) -> CaseFile:
    """Take a case in hand as the store has it: a file held may not know what moved a timer without an event."""
    file = engine.file(unit, authority, case_id)
    waking = (file.timers[timer_id].wake_at for timer_id in timer_ids if timer_id in file.timers)
    if sum(wake_at is not None and wake_at <= at for wake_at in waking) == len(timer_ids):
        return file
    return CaseFile.load(unit, file.case)


def _raise_all(engine: Engine, unit: Transaction, file: CaseFile, timer_ids: list[str], at: datetime) -> int:
    breaches: list[Breach] = []
    events = []
    looked_at = []
    for timer_id in timer_ids:
        kept = file.timers[timer_id]
        fell_at = ran_out_at(kept.timer)
        if fell_at is not None and fell_at <= at:
            breach, event = raised(file, kept.timer, at)
            file.breaches[breach.breach_id] = breach
            breaches.append(breach)
            event = event.at_place(len(file.events) + 1)
            file.add([event])
            events.append(event)
            fell_at = None
        file.keep(replace(kept, wake_at=fell_at))
        looked_at.append(file.timers[timer_id])
    if events:
        file.case = unit.append(file.case, events)
        unit.write_breaches(breaches)
        engine.hand_on(unit, events, at)
    unit.write_timers(looked_at)
    return len(breaches)
