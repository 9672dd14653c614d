"""Runs: every replication of every authority, over processes or machines, kept as it is finished.

Each piece of work depends on scenario, seed, replication and authority alone, so who does it and in which order changes
nothing. A piece is kept whole or not at all; a run that was interrupted goes on with those that are missing.
"""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Protocol

from caseclock.indicators.counting import Period
from caseclock.simulation.holding import held_figures, held_lines
from caseclock.simulation.intervals import TooFewReplications
from caseclock.simulation.ledger import Ledger
from caseclock.simulation.manifest import write_whole
from caseclock.simulation.monthly import monthly_figures
from caseclock.simulation.nation import authorities
from caseclock.simulation.results import Figure, Figures, added_up, figures
from caseclock.simulation.scenario import Scenario
from caseclock.timers.event import Event
from caseclock.workflow.event_lines import event_line

EVENTS, FIGURES = "events.jsonl", "figures.json"
#: how often a piece of work looks whether it is to stop, in events
_LOOKS = 2_000


class Stopped(Exception):
    """A piece of work was told to stop; what it had written is gone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One replication of one authority."""

    scenario: Scenario
    seed: int
    replication: int
    #: where it is kept; None where only its figures are wanted
    folder: Path | None
    with_events: bool
    #: whether every clock is judged and counted too (clocks.py)
    with_clocks: bool = False

    @property
    def is_finished(self) -> bool:
        return self.folder is not None and (self.folder / FIGURES).exists()


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be run, and where it is kept."""

    scenario: Scenario
    seed: int
    replications: int
    authorities: int = 1
    out: Path | None = None
    with_events: bool = True
    with_clocks: bool = False

    def pieces(self) -> Iterator[Piece]:
        """Give every piece of work; replications are numbered from 1."""
        services = authorities(self.scenario, self.authorities)
        for replication in range(1, self.replications + 1):
            for service in services:
                folder = self._folder(replication, service.authority)
                yield Piece(service, self.seed, replication, folder, self.with_events, self.with_clocks)

    def finished(self) -> int:
        """Count the pieces that are kept: what ends a run may come between keeping one and hearing of it."""
        return sum(piece.is_finished for piece in self.pieces())

    def _folder(self, replication: int, authority: str) -> Path | None:
        if self.out is None:
            return None
        folder = self.out
        if self.replications > 1:
            folder /= f"replication-{replication:04d}"
        return folder / authority if self.authorities > 1 else folder


class Engine(Protocol):
    """Does pieces of work, in any order, and gives each with its figures."""

    def __call__(self, pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]: ...


#: told after each piece how many are finished, and of how many
Progress = Callable[[int, int], None]


def run(what: Run, engine: Engine, progress: Progress | None = None) -> list[Figures]:
    """Do what is not finished yet, and give each replication's figures, its authorities added up.

    Whatever ends it early leaves the finished pieces as they are.
    """
    pieces = list(what.pieces())
    done: dict[tuple[int, str], Figures] = {}
    waiting = []
    for piece in pieces:
        if piece.is_finished:
            done[_name(piece)] = kept(piece)
        else:
            waiting.append(piece)
    if progress:
        progress(len(done), len(pieces))
    for piece, found in engine(waiting):
        done[_name(piece)] = found
        if progress:
            progress(len(done), len(pieces))
    return [
        added_up(done[_name(piece)] for piece in pieces if piece.replication == replication)
        for replication in range(1, what.replications + 1)
    ]


def _name(piece: Piece) -> tuple[int, str]:
    return piece.replication, piece.scenario.authority


def do(piece: Piece, is_to_stop: Callable[[], bool] = lambda: False) -> Figures:
    """Simulate one piece, keep its events and figures where they are wanted, and give the figures.

    Raises Stopped where it is told to stop; what was written by then is removed.
    """
    with _uncollected():
        return _done(piece, is_to_stop)


def _done(piece: Piece, is_to_stop: Callable[[], bool]) -> Figures:
    from caseclock.simulation.clocks import clock_figures
    from caseclock.simulation.world import simulate

    scenario = piece.scenario
    ledger = Ledger()
    if is_to_stop():
        raise Stopped
    simulated = simulate(scenario, piece.seed, piece.replication)
    if piece.folder is not None and piece.with_events:
        piece.folder.mkdir(parents=True, exist_ok=True)
        events = _written(_watched(iter(simulated.events()), is_to_stop), piece.folder / EVENTS)
    else:
        events = _watched(chain.from_iterable(simulated.cases.values()), is_to_stop)
    for event in events:
        ledger.take(event)
    period = Period(scenario.first_day - timedelta(days=1), scenario.last_day)
    found = dict(figures(ledger, period, simulated.setting))
    found |= monthly_figures(ledger, period, simulated.setting.holidays.as_known(None))
    if lines := held_lines(scenario.name):
        found |= held_figures(lines, simulated.cases, ledger, simulated.setting, scenario.children)
    if piece.with_clocks:
        if is_to_stop():
            raise Stopped
        found |= {"events": Figure(ledger.events), **clock_figures(simulated)}
    if piece.folder is not None:
        piece.folder.mkdir(parents=True, exist_ok=True)
        keep(piece, found)
    return found


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no circles of garbage while simulating and counting: there are none, and looking takes time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _watched(events: Iterator[Event], is_to_stop: Callable[[], bool]) -> Iterator[Event]:
    for number, event in enumerate(events):
        if number % _LOOKS == 0 and is_to_stop():
            raise Stopped
        yield event


def _written(events: Iterator[Event], path: Path) -> Iterator[Event]:
    """Write event lines as they come; the file has its name once it is whole, and is gone where it never was."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for event in events:
                file.write(json.dumps(event_line(event), separators=(",", ":")))
                file.write("\n")
                yield event
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def keep(piece: Piece, found: Figures) -> None:
    """Keep a piece's figures: from then on it is finished."""
    if piece.folder is None:
        raise ValueError("A piece without a folder is not kept.")
    told = {name: [figure.numerator, figure.denominator] for name, figure in sorted(found.items())}
    write_whole(piece.folder / FIGURES, json.dumps(told, indent=1) + "\n")


def kept(piece: Piece) -> Figures:
    """Give the figures that were kept of a finished piece."""
    if piece.folder is None:
        raise ValueError("A piece without a folder was not kept.")
    told = json.loads((piece.folder / FIGURES).read_text("utf-8"))
    return {name: Figure(above, below) for name, (above, below) in told.items()}


def enough(replications: int, what: str) -> None:
    """Refuse, before anything runs, to tell of chance from one replication."""
    if replications < 2:
        raise TooFewReplications(replications, what)
