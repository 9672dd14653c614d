"""Who does the pieces of a run: this process, several on this machine, or a Dask cluster."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from caseclock.simulation.manifest import digest
from caseclock.simulation.results import Figures
from caseclock.simulation.running import Engine, Piece, do, kept

#: pieces handed to a process at a time beyond the one it works on: the list of a nation stays here
_AHEAD = 2

_stop: Any = None


class NoDask(ValueError):
    """Dask was asked for and is not installed, or can't be reached."""


def here(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
    """Do one piece after the other in this process."""
    for piece in pieces:
        yield piece, do(piece)


class Processes:
    """Several processes on this machine. Started anew, so it does not matter what this one holds."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else count or 1

    def __call__(self, pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
        if self.count == 1 or len(pieces) < 2:
            yield from here(pieces)
            return
        context = get_context("spawn")
        stop = context.Event()
        pool = ProcessPoolExecutor(
            min(self.count, len(pieces)), mp_context=context, initializer=_begin, initargs=(stop,)
        )
        try:
            # the largest first: one that came last would be worked on alone
            largest_first = sorted(pieces, key=lambda piece: -piece.scenario.children)
            yield from _handed_out(pool, iter(largest_first), self.count + _AHEAD)
        except BaseException:
            stop.set()  # whoever works stops within a second, and leaves nothing half-written
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _handed_out(
    pool: ProcessPoolExecutor, pieces: Iterator[Piece], most: int
) -> Iterator[tuple[Piece, Figures]]:
    """Keep so many pieces with the processes, and give each as it is finished."""
    running: dict[Future[Figures], Piece] = {pool.submit(_do, piece): piece for piece in islice(pieces, most)}
    while running:
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            piece = running.pop(future)
            yield piece, future.result()
            for following in islice(pieces, 1):
                running[pool.submit(_do, following)] = following


def _begin(stop: Any) -> None:
    """Set a process up: the terminal's interruption is answered by the one who watches."""
    global _stop  # noqa: PLW0603 - a process pool has no other way to give its processes an event
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watching = Thread(target=_end_with_parent, daemon=True)
    watching.start()


def _end_with_parent() -> None:
    """End this process where the one it works for was killed: nobody would ever give it work again."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(piece: Piece) -> Figures:
    return do(piece, _stop.is_set)


class Keeping:
    """Does pieces by another engine and keeps the figures of each, so that a long search can go on where it stopped.

    The folder is for one version of the program: a piece is known again by its settings, seed and replication alone.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder

    def __call__(self, pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
        given = {}
        waiting = []
        for piece in pieces:
            told = piece.scenario.model_dump(mode="json", exclude={"name", "title", "notes"})
            folder = self.folder / digest([told, piece.seed, piece.replication])
            own = replace(piece, folder=folder, with_events=False)
            given[_name(own)] = piece
            if own.is_finished:
                yield piece, kept(own)
            else:
                waiting.append(own)
        for own, found in self.engine(waiting):
            yield given[_name(own)], found


def _name(piece: Piece) -> tuple[str, int, int]:
    return piece.scenario.name, piece.seed, piece.replication


class Dask:
    """A Dask cluster: the one at `address`, or one made on this machine. It shares the folder that is written to."""

    def __init__(self, address: str | None = None, processes: int | None = None) -> None:
        self.address = address
        self.processes = processes

    def __call__(self, pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
        try:
            import distributed
        except ImportError as missing:
            raise NoDask(
                "Can't run on Dask: it is not installed. Install caseclock[dask], or leave --engine out."
            ) from missing
        options: dict[str, Any] = (
            {"address": self.address}
            if self.address
            else {
                "n_workers": self.processes or 2,
                "threads_per_worker": 1,
                "dashboard_address": None,
                "processes": True,
            }
        )
        library: Any = distributed  # it has no types
        with library.Client(**options) as client:
            futures = client.map(do, pieces, pure=False)
            by_key = {future.key: piece for future, piece in zip(futures, pieces, strict=True)}
            for future, found in library.as_completed(futures, with_results=True):
                yield by_key[future.key], found
