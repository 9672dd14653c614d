"""What stood as at a past day, as known at a moment: worked out from the log once, kept beside, asked like the present.

An answer about the past never changes, so a copy of it is kept for a while: timers, breaches, the facts of cases and
their answers as they were, in a database file of its own. The same questions are asked of it as of the stored tables.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event as Signal
from threading import Lock, Thread
from weakref import WeakKeyDictionary, finalize

from sqlalchemy import Connection

from caseclock.desk.engines import Desk
from caseclock.desk.refusals import Away
from caseclock.processes.catalogue import OPENERS
from caseclock.store.engines import begun
from caseclock.store.protocol import Breach, BreachStanding, StoredTimer, Transaction
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.evaluation import evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.workflow.allocation import answers_of, facts_of
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question
from caseclock.workflow.settling import breach_of, ran_out_at

#: copies kept; those longest unasked go
KEPT = 4
#: seconds a page waits for a copy before it says that it is being made
PATIENCE_SECONDS = 1.0
#: cases read and written together
TOGETHER = 200


class BeingWorkedOut(Away):
    """The answer is not there yet; it is being worked out meanwhile."""

    heading = "This is being worked out"

    def __init__(self, done: int, total: int) -> None:
        super().__init__(
            "Where every case stood on a past day is worked out from the log, which takes a while the first time: "
            f"{done:,} of {total:,} cases are done. Open this page again in a minute."
        )


#: authority, day, known at, and how much was written by then, where more may still come
_Key = tuple[str, object, datetime, int]


@dataclass(eq=False)
class _Copy:
    """One answer, being made or made."""

    folder: Path
    ready: Signal = field(default_factory=Signal)
    done: int = 0
    total: int = 0
    store: SqlStore | None = None
    failure: BaseException | None = None

    def drop(self) -> None:
        if self.store is not None:
            self.store.close()
        rmtree(self.folder, ignore_errors=True)


class Pasts:
    """The copies of one desk. One is made at a time: it takes a processor to itself."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._lock, self._making = Lock(), Lock()
        self._copies: OrderedDict[_Key, _Copy] = OrderedDict()

    @contextmanager
    def connection(self, authority: str, question: Question, now: datetime) -> Iterator[Connection]:
        """Give a connection to the answer; raises BeingWorkedOut where it is not there within a moment."""
        copy = self._copy(authority, question, now)
        if not copy.ready.wait(PATIENCE_SECONDS):
            raise BeingWorkedOut(copy.done, copy.total)
        if copy.failure is not None or copy.store is None:
            self._forget(copy)
            raise RuntimeError("A copy for a past day could not be made.") from copy.failure
        with begun(copy.store.engine, to_write=False) as connection:
            yield connection

    def _copy(self, authority: str, question: Question, now: datetime) -> _Copy:
        key = (authority, question.as_at, question.known_at, self._written(authority, question, now))
        with self._lock:
            found = self._copies.get(key)
            if found is not None:
                self._copies.move_to_end(key)
                return found
            made = self._copies[key] = _Copy(Path(mkdtemp(prefix="caseclock-past-")))
            finalize(made, rmtree, made.folder, True)  # whatever is left of it when the desk ends
            while len(self._copies) > KEPT:
                self._copies.popitem(last=False)[1].drop()
        Thread(target=self._make, args=(made, authority, question), daemon=True).start()
        return made

    def _written(self, authority: str, question: Question, now: datetime) -> int:
        """Say how much is written where what is known by then may still grow: today's knowledge of a past day."""
        if question.known_at < now:
            return 0
        with self._store.snapshot() as unit:
            return events_written(unit.connection, authority)

    def _forget(self, copy: _Copy) -> None:
        with self._lock:
            for key in [key for key, found in self._copies.items() if found is copy]:
                del self._copies[key]
        copy.drop()

    def _make(self, copy: _Copy, authority: str, question: Question) -> None:
        try:
            with self._making:
                kept = open_store(f"sqlite:///{copy.folder / 'past.db'}", synchronous="NORMAL")
                copy.store = kept
                with self._store.snapshot() as unit:
                    _fill(unit, kept, Engine(self._store), authority, question, copy)
        except Exception as error:  # noqa: BLE001  # told to whoever asks; a thread has nobody to raise to
            copy.failure = error
        finally:
            copy.ready.set()

    def close(self) -> None:
        """Drop every copy."""
        with self._lock:
            for copy in self._copies.values():
                copy.drop()
            self._copies.clear()


_of_desk: "WeakKeyDictionary[Desk, Pasts]" = WeakKeyDictionary()
_of_desk_lock = Lock()


def pasts_of(desk: Desk) -> Pasts:
    """Give the copies of a desk."""
    with _of_desk_lock:
        if desk not in _of_desk:
            _of_desk[desk] = Pasts(desk.store)
        return _of_desk[desk]


def events_written(connection: Connection, authority: str) -> int:
    """Count the events of an authority's cases: two equal counts, and nothing was written in between."""
    from sqlalchemy import func, select

    from caseclock.store.schema import cases

    number: int | None = connection.scalar(
        select(func.sum(cases.c.version)).where(cases.c.authority == authority)
    )
    return number or 0


def _fill(
    unit: Transaction, kept: SqlStore, engine: Engine, authority: str, question: Question, copy: _Copy
) -> None:
    setting = engine.setting(unit, authority)
    ids = [case_id for _, case_id in unit.case_ids(authority)]
    copy.total = len(ids)
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        unit.look_ahead(authority, some)
        with kept.transaction() as work:
            for case_id in some:
                events = unit.events(authority, case_id)
                history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
                if not history.events:
                    continue
                timers = evaluate(history, setting)
                work.write_facts([facts_of(authority, case_id, history)])
                work.write_timers([StoredTimer(timer, None) for timer in timers])
                raised = {breach.timer_id: breach for breach in unit.breaches(authority, case_id)}
                work.write_breaches(
                    [
                        breach_of(timer, fell_at, _raised_at(raised.get(timer.timer_id), fell_at))
                        for timer in timers
                        if (fell_at := ran_out_at(timer)) is not None and fell_at <= question.moment
                    ]
                )
                known = [event for event in events if is_known(event, question)]
                work.write_breach_answers(answers_of(known))
        copy.done += len(some)


def _raised_at(breach: Breach | None, fell_at: datetime) -> datetime:
    return breach.raised_at if breach and breach.standing is not BreachStanding.WITHDRAWN else fell_at


def is_known(event: Event, question: Question) -> bool:
    """Say whether an event had happened and been written down, as a question asks."""
    return event.recorded.latest() <= question.known_at and event.occurred.on <= question.as_at
