"""Spreading the cases of a file over processes. Each has an engine and connections of its own; no case is in two.

What a process has taken in stays in, whatever becomes of the others: the same import again goes on from there.
"""

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import wait
from pathlib import Path

from caseclock.exchange.parts import Part
from caseclock.exchange.reports import FileReport, ImportReport
from caseclock.exchange.taking_in import TakingIn
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine


class ProcessLost(RuntimeError):
    """A process that took in part of a file died. Says what to do now."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many processes take in, and the database, by its URL, into which they do."""

    processes: int
    url: str
    outbox_limit: int | None = None

    def take_in(
        self,
        parts: Sequence[Part],
        file: Path,
        label: str,
        authority: str,
        imported_at: datetime,
        cases_at_once: int,
    ) -> Iterator[tuple[FileReport, ImportReport]]:
        """Take in the parts of a file, and give the account of each as it is done; raises ProcessLost."""
        begin = (self.url, self.outbox_limit, file, label, authority, imported_at, cases_at_once)
        # spawned: connections must not be shared, and a fork would share what is open
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            min(self.processes, len(parts)), mp_context=context, initializer=_begin, initargs=begin
        ) as pool:
            doing = [pool.submit(_take_in, part) for part in parts]
            try:
                for done in as_completed(doing):
                    yield done.result()
            except BrokenProcessPool as error:
                raise ProcessLost(
                    f"A process that was bringing in {label} has died. What was brought in stays in; run the same "
                    "import again, and it goes on from there."
                ) from error
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


@dataclass(slots=True)
class _Here:
    """What this process works with."""

    engine: Engine
    file: Path
    label: str
    authority: str
    imported_at: datetime
    cases_at_once: int


_here: list[_Here] = []


def _begin(
    url: str,
    outbox_limit: int | None,
    file: Path,
    label: str,
    authority: str,
    imported_at: datetime,
    cases_at_once: int,
) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    engine = Engine(open_store(url, create=False), outbox_limit=outbox_limit)
    _here.append(_Here(engine, file, label, authority, imported_at, cases_at_once))


def _end_with_parent() -> None:
    """End this process when the one that began it has died: it would wait for more work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _take_in(part: Part) -> tuple[FileReport, ImportReport]:
    (here,) = _here
    account, report = FileReport(here.label, "event_lines"), ImportReport()
    one = TakingIn(
        here.engine,
        here.authority,
        here.imported_at,
        "event_lines",
        {here.file: account},
        report,
        None,
        here.cases_at_once,
    )
    one.take_part(part)
    return account, report
