"""The sweep: finds the timers that ran out and raises each breach exactly once.

Safe to run twice, late, or side by side with others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

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

    Raises CaseBusy where a case stayed busy; what was raised by then stays raised, and the next sweep goes on.
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
    by_case = list(_by_case(due))
    for authority, cases in groupby(by_case, key=lambda one: one[0][0]):
        unit.look_ahead(authority, [case_id for (_, case_id), _ in cases])
    for (authority, case_id), timers in by_case:
        file = engine.file(unit, authority, case_id)
        files.append(file)
        total += _raise_all(engine, unit, file, [timer.timer_id for timer in timers], at)
    for file in files:
        engine.hold(file)
    return Swept(total, len(files))


def _by_case(due: list[DueTimer]) -> Iterator[tuple[tuple[str, str], list[DueTimer]]]:
    def case(timer: DueTimer) -> tuple[str, str]:
        return timer.authority, timer.case_id

    for key, timers in groupby(sorted(due, key=case), key=case):
        yield key, list(timers)


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
        file.timers[timer_id] = replace(kept, wake_at=fell_at)
        looked_at.append(file.timers[timer_id])
    if events:
        file.case = unit.append(file.case, events)
        unit.write_breaches(breaches)
        engine.hand_on(unit, events, at)
    unit.write_timers(looked_at)
    return len(breaches)
