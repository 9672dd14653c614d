"""Counting figures beside what is asked: once, kept, and told with when that was.

A large authority takes a minute of a processor, so it is counted in a process of its own, in which it holds up no
page, and what stands today is kept in the database: a desk that is started shows it at once. It is counted anew when
something was written since, and not more often than it can be; meanwhile the last count is shown, and said to be it.
"""

import os
import signal
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from threading import Event as Signal
from threading import Lock, Thread
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Connection, func, select

from caseclock.desk.engines import Desk
from caseclock.desk.reading.figures import MONTHS, Figures, Progress, counted
from caseclock.desk.reading.kept_figures import figures_from, keep, kept, told_of
from caseclock.desk.reading.past import events_written
from caseclock.desk.reading.stepping import stepped
from caseclock.desk.refusals import Away
from caseclock.store.engines import begun
from caseclock.store.schema import cases
from caseclock.store.sql import SqlStore, open_store
from caseclock.store.sql_transaction import SqlTransaction
from caseclock.timers.when import london_date
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question, asked

#: seconds a page waits for a count before it shows the last one, or says that it is being made
PATIENCE_SECONDS = 1.0
#: counts held in memory; those longest unasked go
KEPT = 24
#: an authority with more cases is counted in a process of its own
APART = 2_000
#: what takes longer than a page waits is counted anew after so many times as long: it takes a processor to itself
_REST = 20
#: a clock in hours may run out without anything being written
_HOLDS = timedelta(hours=1)


class BeingCounted(Away):
    """The figures are not there yet; they are being counted meanwhile."""

    heading = "The figures are being counted"

    def __init__(self, done: int, total: int) -> None:
        super().__init__(
            f"Every case is looked at to count them: {done:,} of {total:,} are done. Open this page again in a minute."
        )


class NotCounted(RuntimeError):
    """Counting was begun, and came to no figures. The log has a line of it."""

    def __init__(self, words: str, fault: str | None = None) -> None:
        super().__init__(words)
        #: what went wrong, in a word, where another process met it
        self.fault = fault or type(self).__name__


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures: of whom, over how long, as at when."""

    authority: str
    #: None for today, and for what is known today
    as_at: date | None = None
    known_at: datetime | None = None
    #: those whose cases alone are counted; None for all
    teams: frozenset[str] | None = None
    months: int = MONTHS

    @property
    def is_of_today(self) -> bool:
        return self.as_at is None and self.known_at is None


@dataclass(eq=False)
class _Count:
    ready: Signal = field(default_factory=Signal)
    done: int = 0
    total: int = 0
    figures: Figures | None = None
    failure: BaseException | None = None
    #: events there were of the authority when it was counted
    written: int = -1


class Counting:
    """The counts of one desk. One is made at a time: it takes a processor to itself."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._lock, self._making = Lock(), Lock()
        self._last: OrderedDict[Wanted, _Count] = OrderedDict()
        self._under_way: dict[Wanted, _Count] = {}

    def figures(
        self,
        authority: str,
        question: Question,
        now: datetime,
        population: int | None = None,
        teams: frozenset[str] | None = None,
        months: int = MONTHS,
    ) -> Figures:
        """Give the figures, the newest there are within a moment; raises BeingCounted where there are none yet.

        Raises NotCounted where they could not be.

        With `teams`, those of the cases that are allocated to them today; of all cases without. Those of today may be
        of a while ago: they say as at when, and that they are being counted anew.
        """
        past = question.known_at < now
        today = not past and question.as_at == london_date(now)
        wanted = Wanted(
            authority,
            None if today else question.as_at,
            question.known_at if past else None,
            teams,
            months,
        )
        found = self._newest(wanted, question, now)
        return replace(found, lines=[replace(line, population=population) for line in found.lines])

    def _newest(self, wanted: Wanted, question: Question, now: datetime) -> Figures:
        with self._store.snapshot() as unit:
            written = events_written(unit.connection, wanted.authority)
            if wanted.is_of_today and wanted not in self._last:
                self._take_up(wanted, unit)
        with self._lock:
            last = self._last.get(wanted)
            if last is not None and last.figures is not None:
                self._last.move_to_end(wanted)
                holds = last.figures.as_at == question.as_at and now - last.figures.made_at < _HOLDS
                if wanted.known_at is not None or (last.written == written and holds):
                    return last.figures
            count = self._under_way.get(wanted)
            if count is None and (last is None or _is_rested(last, now)):
                count = self._under_way[wanted] = _Count(written=written)
                Thread(target=self._make, args=(wanted, count, question, now), daemon=True).start()
        if count is None or not count.ready.wait(PATIENCE_SECONDS):
            if last is not None and last.figures is not None:
                return replace(last.figures, is_behind=True)
            raise BeingCounted(*((count.done, count.total) if count else (0, 0)))
        if count.figures is None:
            raise NotCounted("The figures could not be counted.") from count.failure
        return count.figures

    def _take_up(self, wanted: Wanted, unit: SqlTransaction) -> None:
        """Take up what this desk, or another one on the database, has kept."""
        found = kept(unit.connection, wanted.authority, wanted.teams, wanted.months)
        if found is None:
            return
        rules = Engine(self._store).setting(unit, wanted.authority).rulebook
        figures = figures_from(found.content, rules)
        if figures is not None:
            with self._lock:
                self._last.setdefault(wanted, _Count(figures=figures, written=found.written))

    def _make(self, wanted: Wanted, count: _Count, question: Question, now: datetime) -> None:
        try:
            with self._making:
                count.figures = self._counted(wanted, count, question, now)
        except Exception as error:  # noqa: BLE001  # a thread has nobody to raise to
            count.failure = error  # told to whoever waits for it
            _log(error)
        finally:
            with self._lock:
                self._under_way.pop(wanted, None)
                if count.figures is not None:
                    self._last[wanted] = count
                    while len(self._last) > KEPT:
                        self._last.popitem(last=False)
            count.ready.set()

    def _counted(self, wanted: Wanted, count: _Count, question: Question, now: datetime) -> Figures:
        def told(done: int, total: int) -> None:
            count.done, count.total = done, total

        begun_at = perf_counter()
        with self._store.snapshot() as unit:
            of_authority = (
                select(func.count()).select_from(cases).where(cases.c.authority == wanted.authority)
            )
            is_large = (unit.connection.scalar(of_authority) or 0) > APART
            rules = Engine(self._store).setting(unit, wanted.authority).rulebook
        if not is_large:
            found = counted(
                self._store, wanted.authority, question, now, None, told, wanted.teams, wanted.months
            )
            return replace(found, seconds=perf_counter() - begun_at)
        content = _counted_apart(self._store, wanted, question, now, told)
        content["seconds"] = perf_counter() - begun_at
        figures = figures_from(content, rules)
        if figures is None:
            raise NotCounted("The rules changed while the figures were being counted.", "RulesChanged")
        if wanted.is_of_today:
            with begun(self._store.engine, to_write=True) as connection:
                keep(connection, wanted.authority, wanted.teams, wanted.months, count.written, content)
        return figures


def _is_large(connection: Connection, authority: str) -> bool:
    number = connection.scalar(select(func.count()).select_from(cases).where(cases.c.authority == authority))
    return (number or 0) > APART


def _is_rested(last: _Count, now: datetime) -> bool:
    """Say whether it is time to count anew what takes long."""
    if last.figures is None or last.figures.seconds <= PATIENCE_SECONDS:
        return True
    return now - last.figures.made_at >= timedelta(seconds=_REST * last.figures.seconds)


def _counted_apart(
    store: SqlStore, wanted: Wanted, question: Question, now: datetime, told: Progress
) -> dict[str, Any]:
    """Count in a process of its own; raises NotCounted where it ends without an answer."""
    context = get_context("spawn")  # of what threads hold, nothing goes along
    ours, theirs = context.Pipe(duplex=False)
    url = store.engine.url.render_as_string(hide_password=False)
    process = context.Process(target=_count_and_tell, args=(theirs, url, wanted, question, now), daemon=True)
    process.start()
    theirs.close()
    try:
        while True:
            said = ours.recv()
            if isinstance(said, dict):
                return said
            if isinstance(said, str):
                raise NotCounted(f"Counting failed: {said}.", said)
            told(*said)
    except EOFError:
        process.join()
        raise NotCounted(
            f"Counting ended without an answer, with exit status {process.exitcode}.",
            f"exit:{process.exitcode}",
        ) from None
    finally:
        ours.close()
        process.join()


def _count_and_tell(pipe: Pipe, url: str, wanted: Wanted, question: Question, now: datetime) -> None:
    """Count, and say how far it is: what the process of its own does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the desk stops this by ending it
    if hasattr(os, "nice"):
        os.nice(10)  # pages go before
    try:
        with open_store(url, create=False) as store:
            found = counted(
                store,
                wanted.authority,
                question,
                now,
                None,
                lambda done, total: pipe.send((done, total)),
                wanted.teams,
                wanted.months,
            )
        pipe.send(told_of(found))
    except BrokenPipeError:  # whoever asked is gone
        return
    except Exception as fault:  # noqa: BLE001  # told to the process that asked
        pipe.send(type(fault).__name__)


_of_desk: "WeakKeyDictionary[Desk, Counting]" = WeakKeyDictionary()
_of_desk_lock = Lock()


def counting_of(desk: Desk) -> Counting:
    """Give the counts of a desk."""
    with _of_desk_lock:
        if desk not in _of_desk:
            _of_desk[desk] = Counting(desk.store)
        return _of_desk[desk]


def count_ahead(desk: Desk) -> None:
    """Begin to count what the board shows first, of each authority that is too large to be counted while one waits.

    For a thread, which has nobody to raise to: what hinders it is a line in the log.
    """
    try:
        now = desk.now()
        with desk.reading() as connection:
            large = [name for name in stepped(connection, cases.c.authority) if _is_large(connection, name)]
        for name in large:
            try:
                counting_of(desk).figures(name, asked(now=now), now)
            except (BeingCounted, NotCounted):
                continue  # it goes on, or its own thread has logged why not; the others are counted all the same
    except Exception as fault:  # noqa: BLE001
        _log(fault)


def _log(fault: Exception) -> None:
    word = fault.fault if isinstance(fault, NotCounted) else type(fault).__name__
    structlog.get_logger().error("desk.counting_failed", fault=word)
