"""Handing on all the time: each recipient on threads of its own, so that none waits for another, nor the sweep."""

from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from time import monotonic
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from caseclock.outbox.handing_on import LEASE_SECONDS, Clocks, Post, Telling, Told, register
from caseclock.store.protocol import Store, StoreBusy

#: seconds between two looks at an outbox where nothing was to be told
POLL_SECONDS = 1.0
#: threads that tell a recipient whose cases are divided into parts
THREADS = 4


class Watch(Protocol):
    """Who is told what becomes of handing on; called from several threads."""

    def handed_on(self, recipient: str, told: Told, seconds: float) -> None: ...
    def postponed(self, recipient: str, fault: Exception) -> None: ...


class Serving:
    """Hands on to recipients until it is stopped. A fault that nobody expected ends it, and is raised by `stop`."""

    def __init__(
        self,
        store: Store,
        tellings: Sequence[Telling],
        clocks: Clocks,
        watch: Watch,
        *,
        lease_seconds: float = LEASE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
        threads: int = THREADS,
    ) -> None:
        """Register the recipients, who are told from now on."""
        self._store = store
        self._tellings = tellings
        self._clocks = clocks
        self._watch = watch
        self._failed: Callable[[], object] = lambda: None
        self._poll_seconds = poll_seconds
        self._stop = Event()
        self._failure: BaseException | None = None
        self._bells: list[Event] = []
        self._threads: list[Thread] = []
        self._keeping = Lock()
        for telling in tellings:
            register(store, telling, clocks.now())
            for number in range(min(threads, telling.channel.parts)):
                post = Post(store, telling, clocks, lease_seconds=lease_seconds, stop=self._stop)
                bell = Event()
                name = f"outbox {telling.name} {number + 1}"
                # as a daemon: what hangs in someone else's code must not keep the process from ending
                self._threads.append(Thread(target=self._serve, args=(post, bell), name=name, daemon=True))
                self._bells.append(bell)

    def start(self, failed: Callable[[], object]) -> None:
        """Begin to hand on; `failed` is called where a thread ends by a fault."""
        self._failed = failed
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Say that there may be something to tell, rather than wait until it is looked for."""
        for bell in self._bells:
            bell.set()

    def stop(self, seconds: float) -> bool:
        """End: what is being told is finished within some seconds; False where something still hangs after them.

        What hangs is told again later. Raises the fault that ended a thread.
        """
        self._stop.set()
        self.wake()
        ends = monotonic() + seconds
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, ends - monotonic()))
        if self._failure is not None:
            raise self._failure
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self, post: Post, bell: Event) -> None:
        try:
            while not self._stop.is_set():
                bell.clear()
                if not self._one_turn(post):
                    bell.wait(self._poll_seconds)
        except BaseException as failure:  # noqa: BLE001  # a thread's fault would be lost: it is raised by stop()
            with self._keeping:
                self._failure = self._failure or failure
            self._failed()
        finally:
            post.telling.channel.close()

    def _one_turn(self, post: Post) -> bool:
        began = self._clocks.seconds()
        try:
            told = post.turn()
        except (StoreBusy, DBAPIError) as fault:
            self._watch.postponed(post.telling.name, fault)
            return False
        if told is None:
            return False
        self._watch.handed_on(post.telling.name, told, self._clocks.seconds() - began)
        return True
