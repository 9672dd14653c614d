"""The sweep: finds the timers that ran out and raises each breach exactly once.

Safe to run twice, late, or side by side with others.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from caseclock.store.protocol import Case, DueTimer, Raised, Transaction
from caseclock.store.types import in_utc
from caseclock.timers.event import Event
from caseclock.workflow.calendar_days import finish_changes
from caseclock.workflow.engine import Engine
from caseclock.workflow.raising import raised
from caseclock.workflow.settling import ran_out_at

#: timers raised in one transaction: as many as keep recorders waiting for no more than some 50 ms
BATCH = 1000
#: when a timer falls that will not
NEVER = datetime.max.replace(tzinfo=UTC)
#: authority, case, when it fell, and its id: in this order the log is the same on every database
_Fallen = tuple[str, str, datetime, str, DueTimer]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    raised: int
    cases: int


@dataclass(slots=True)
class _Batch:
    """What comes of the timers claimed together, to be written together."""

    raised: list[tuple[Case, list[Raised]]] = field(default_factory=list)
    #: authority -> timer -> when it must be looked at again, where nothing was raised
    waking: dict[str, dict[str, datetime | None]] = field(default_factory=dict)


def sweep(engine: Engine, at: datetime, *, batch: int = BATCH) -> Swept:
    """Raise every breach that fell by `at` (an aware instant), in bounded batches, each a transaction of its own.

    A case that is being written to at that moment is left for the next sweep. Raises CaseBusy where a case stayed
    busy; what was raised by then stays raised, and the next sweep goes on.
    """
    at = in_utc(at)
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
    for authority, of_one in groupby(sorted(map(_fell, due)), itemgetter(0)):
        by_case = {case_id: list(its) for case_id, its in groupby(of_one, itemgetter(1))}
        # A case that is being written to just now is left: whoever waits for it may be waiting for its timers.
        for case in unit.lock_free(authority, list(by_case)):
            cases += 1
            _raise_all(unit, found, case, by_case[case.case_id], at)
    if not cases:
        return None
    breaches = sum(len(raised) for _, raised in found.raised)
    if breaches:
        engine.take_room(unit, breaches)
        unit.raise_breaches(found.raised, at)
    for authority, timers in found.waking.items():
        unit.wake(authority, timers)
    return Swept(breaches, cases)


def _fell(timer: DueTimer) -> _Fallen:
    return timer.authority, timer.case_id, ran_out_at(timer) or NEVER, timer.timer_id, timer


def _raise_all(unit: Transaction, found: _Batch, case: Case, due: list[_Fallen], at: datetime) -> None:
    log: list[Event] = []  # read only where a breach that was raised before is raised again
    breaches: list[Raised] = []
    for _, _, fell_at, timer_id, timer in due:
        if fell_at <= at:
            if timer.was_raised and not log:
                log = unit.events(case.authority, case.case_id)
            breaches.append(raised(log, timer, fell_at, at))
        else:
            found.waking.setdefault(case.authority, {})[timer_id] = None if fell_at is NEVER else fell_at
    if breaches:
        found.raised.append((case, breaches))
