"""Everybody at work on one database at the same time, each in a process of their own that may be killed any moment.

Two recorders tell of their own children event by event, an importer brings files of others' in, two sweep, two hand on.
What was done is done again where its outcome is not known, as every user of Caseclock is told to.
"""

import os
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from time import monotonic

import killing
from many_children import LONG_AFTER, beginnings, in_turns, late_news, write_lines
from sqlalchemy.exc import DBAPIError
from story import ANYWHERE

from caseclock.exchange.importing import import_files
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Clocks, Post, Telling, register
from caseclock.store.protocol import StoreBusy
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import CaseBusy
from caseclock.workflow.sweep import sweep

#: what passes: to be tried again
PASSING = (CaseBusy, StoreBusy, DBAPIError)
#: children in one file that is brought in
IN_A_FILE = 6
#: seconds after which the turn of a hander-on that does not move is taken over
LEASE = 0.4
#: two workers whose clocks are so far apart are still two workers
APART = timedelta(minutes=5)
_PARTS = 4
#: tries, a fiftieth of a second or more apart, after which what fails does not pass
_TRIES = 5000


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where they work: the database, and a folder for what each knows to be done."""

    url: str
    folder: Path

    @property
    def told(self) -> Path:
        return self.folder / "told"

    def close(self) -> None:
        """Let everyone finish what they have begun, and begin nothing more."""
        (self.folder / "over").touch()

    @contextmanager
    def opened(self, post: str) -> Iterator[SqlStore]:
        """Open the database for whoever has a post, and say that they are at work."""
        with open_store(killing.mortal(self.url), create=False) as store:
            (self.folder / f"at-{post}").touch()
            yield store

    def is_closed(self) -> bool:
        return (self.folder / "over").exists()

    def acknowledged(self) -> set[str]:
        """Give the ids of all events whose recorder was told that they are recorded."""
        return {name for file in self.folder.glob("recorded-*") for name in file.read_text().split()}


def again(work: Callable[[], object]) -> None:
    """Do something until it goes through: what came of a try that failed is not known."""
    pause = threading.Event()
    for left in reversed(
        range(_TRIES)
    ):  # and not for so long: whoever is kept from working must not give up by that
        try:
            work()
        except PASSING:
            if not left:
                raise
            pause.wait(0.02)
        else:
            return


def record(place: Workplace, number: int) -> None:
    """Record children one after the other, going on where the one who had this post before was killed."""
    file = place.folder / f"recorded-{number}"
    file.touch()
    known = set(file.read_text().split())
    with place.opened(f"recording-{number}") as store, file.open("ab", buffering=0) as done:
        engine = Engine(store)
        for case_id in (f"R{number}-{child:05}" for child in count()):
            told = [event for event in story(case_id) if event.event_id not in known]
            if told and told[0].event_id == f"{case_id}/1" and place.is_closed():
                return
            for event in told:
                again(partial(engine.record, event, at=LONG_AFTER))
                done.write(event.event_id.encode() + b"\n")


def story(case_id: str) -> list[Event]:
    """Give what a recorder tells of a child."""
    return [*beginnings(case_id), *late_news(case_id)]


def bring_in(place: Workplace, _number: int) -> None:
    """Bring in files of event lines, each until it is in."""
    done = place.folder / "recorded-by-import"
    done.touch()
    with place.opened("importing") as store:
        for number in count(len(done.read_text().splitlines())):
            if place.is_closed():
                return
            names = [f"I{number:04}-{child}" for child in range(IN_A_FILE)]
            lines = in_turns(beginnings(case_id) for case_id in names)
            file = write_lines(place.folder / f"lines-{number:04}.jsonl", lines)
            bring = partial(
                import_files,
                [file],
                engine=Engine(store),
                authority=ANYWHERE,
                imported_at=LONG_AFTER,
                cases_at_once=2,
            )
            again(bring)
            with done.open("ab", buffering=0) as noted:
                noted.write(" ".join(event.event_id for event in lines).encode() + b"\n")


def raise_breaches(place: Workplace, number: int) -> None:
    """Sweep again and again, by a clock of one's own."""
    rng, pause = Random(number), threading.Event()  # noqa: S311  # it chooses sizes
    with place.opened(f"sweeping-{number}") as store:
        engine = Engine(store)
        while not place.is_closed():
            again(lambda: sweep(engine, LONG_AFTER + number * APART, batch=rng.randint(3, 60)))
            pause.wait(0.02)


def telling(place: Workplace) -> Telling:
    """Give the recipient: a file to which every message is a line, its case and its event's id."""
    lines = os.open(place.told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    heard = ByCalling(
        lambda line: os.write(lines, f"{line['case_id']} {line['event_id']}\n".encode()), parts=_PARTS
    )
    return Telling("listener", heard)


def hand_on(place: Workplace, number: int) -> None:
    """Hand on whatever there is, by a clock of one's own."""
    pause = threading.Event()
    with place.opened(f"handing-on-{number}") as store:
        post = Post(store, telling(place), clocks(number * APART), lease_seconds=LEASE)
        while not place.is_closed():
            again(lambda: post.turn() or pause.wait(0.02))


def clocks(ahead: timedelta = timedelta(0)) -> Clocks:
    """Give a clock that stands some time after everything, and a stopwatch that runs."""

    def now() -> datetime:
        return LONG_AFTER + ahead

    return Clocks(now, monotonic)


@dataclass
class Staff:
    """Those at work; whoever is killed is replaced at once."""

    place: Workplace
    rng: Random
    #: by post, how often its holder was killed
    killed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    running: dict[str, ForkServerProcess] = field(default_factory=dict)
    #: how much recorders had written down of what they have done, when last looked at
    recorded: int = 0

    def begin(self) -> None:
        """Let everybody begin."""
        with open_store(self.place.url) as store:
            register(store, telling(self.place), LONG_AFTER)
        for post in _POSTS:
            self._fill(post)

    def _fill(self, post: str) -> None:
        work, number = _POSTS[post]
        self.running[post] = killing.start(work, self.place, number)

    def all_here(self) -> None:
        """Wait until everybody is at work."""
        give_up = monotonic() + killing.PATIENCE
        while len(list(self.place.folder.glob("at-*"))) < len(_POSTS):
            assert monotonic() < give_up, "Someone does not come."
            self.work_for(0.02)

    def progress(self) -> None:
        """Wait until somebody has recorded more than when this was last asked."""
        give_up = monotonic() + killing.PATIENCE
        while (recorded := self._recorded()) <= self.recorded:
            assert monotonic() < give_up, "Nobody gets on."
            self.work_for(0.005)
        self.recorded = recorded

    def _recorded(self) -> int:
        return sum(file.stat().st_size for file in self.place.folder.glob("recorded-*"))

    def work_for(self, seconds: float) -> None:
        """Let them work; fails where one ends by itself."""
        ended = wait([one.sentinel for one in self.running.values()], seconds)
        codes = {name: one.exitcode for name, one in self.running.items() if one.sentinel in ended}
        assert {} == codes, "Someone ended, and nobody had killed them."

    def kill_one(self) -> None:
        """Kill one of them in the middle of whatever they do, and put another in their place."""
        post = self.rng.choice(sorted(self.running))
        process = self.running[post]
        process.kill()
        process.join()
        assert -signal.SIGKILL == process.exitcode
        self.killed[post] += 1
        self._fill(post)

    def finish(self) -> None:
        """Let everybody come to an end, then sweep and hand on what is left."""
        self.place.close()
        for process in self.running.values():
            killing.end(process)
        self.running.clear()
        with open_store(self.place.url) as store:
            sweep(Engine(store), LONG_AFTER + APART)
            post = Post(store, telling(self.place), clocks(), lease_seconds=LEASE)
            post.drain(threading.Event().wait)

    def leave(self) -> None:
        """Let nobody stay behind, whatever went wrong."""
        for process in self.running.values():
            process.kill()
            process.join()


_POSTS: dict[str, tuple[Callable[[Workplace, int], None], int]] = {
    "recorder 1": (record, 1),
    "recorder 2": (record, 2),
    "importer": (bring_in, 0),
    "sweeper 1": (raise_breaches, 0),
    "sweeper 2": (raise_breaches, 1),
    "hander-on 1": (hand_on, 0),
    "hander-on 2": (hand_on, 1),
}
