"""Ways in which work is broken off at a point one chooses: an error, a kill, a connection that is cut."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import killing
from at_work import PASSING
from crashing import Crash, by_statements
from grounds import Ground, InFile, OnServer
from pieces_of_work import WORKS, two_versions
from severing import severable_wire_to
from sqlalchemy import make_url
from whole import Whole

from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine


@dataclass(frozen=True)
class Broken:
    """Work that was broken off, or done before it came to that point."""

    #: what was about to be done, or was done, at that moment; "" where it came to its end
    where: str
    #: points that it passed
    passed: int
    #: one that can go on: the one that was broken off, unless that was killed
    engine: Engine


#: does the work of a name, with a folder for its files, and breaks it off at a point counted from 1; at 0 never
Way = Callable[[Ground, str, Path, int], AbstractContextManager[Broken]]


@contextmanager
def by_an_error(ground: Ground, name: str, folder: Path, point: int) -> Iterator[Broken]:
    """Something fails that nobody expects, before or after a call or statement, in a process that lives on."""
    with ground.opened() as (store, points):
        engine = Engine(store)
        points.go_down_at(point)
        with suppress(Crash):
            WORKS[name].do(engine, folder)
        points.at = None
        yield Broken(points.where, points.passed, engine)


@contextmanager
def by_a_kill(ground: Ground, name: str, folder: Path, point: int) -> Iterator[Broken]:
    """The process is killed with SIGKILL before or after a statement or commit."""
    assert isinstance(ground, InFile | OnServer)
    note = folder / "where"
    note.write_text("")
    process = killing.start(_work_and_die, killing.mortal(ground.url), name, folder, point, note)
    process.join(killing.PATIENCE)
    ended = killing.has_ended(process)
    if isinstance(ground, OnServer):
        killing.until_gone(ground.others)
    passed, _, where = note.read_text().partition(" ")
    with ground.opened() as (store, _):
        yield Broken("" if ended else where, int(passed), Engine(store))


def _work_and_die(url: str, name: str, folder: Path, point: int, note: Path) -> None:
    with two_versions(), open_store(url, synchronous="NORMAL") as store:
        points = by_statements(store.engine)

        def die(where: str) -> NoReturn:
            note.write_text(f"{points.passed} {where}")
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("It lives on.")

        points.end = die
        points.go_down_at(point)
        WORKS[name].do(Engine(store), folder)
        note.write_text(f"{points.passed} ")


@contextmanager
def by_a_cut(ground: Ground, name: str, folder: Path, point: int) -> Iterator[Broken]:
    """The connection to the server is severed before a question reaches it, or before its answer comes back."""
    assert isinstance(ground, OnServer)
    with severable_wire_to(make_url(ground.url)) as wire, open_store(wire.url) as store:
        engine = Engine(store)
        wire.sever_at(point)
        try:
            WORKS[name].do(engine, folder)
        except PASSING:
            if not wire.where:
                raise
        wire.at = None
        if wire.where:
            ground.wait_until_gone(wire.backend)
        yield Broken(wire.where, wire.passed, engine)


def undisturbed(ground: Ground, name: str, folder: Path) -> list[Whole]:
    """Do the work to its end; give every state on the way that others see, the first and the last included."""
    ground.set_back()
    states = [ground.seen()]

    def committed() -> None:
        if states[-1] != (now := ground.seen()):
            states.append(now)

    with ground.opened() as (store, points):
        points.committed = committed
        WORKS[name].do(Engine(store), folder)
    return states
