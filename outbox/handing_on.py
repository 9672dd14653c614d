"""Handing on to one recipient: at least once, and in the order of each case.

One turn tells one part of a recipient's cases. It is taken and given back in short units of work; nothing in the
database is held while someone is told, however long that takes.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from threading import Event
from uuid import uuid4

from caseclock.outbox.back_off import Patience, next_try
from caseclock.outbox.channels import Channel, NotTaken
from caseclock.store.outbox_protocol import Delivery, Recipient
from caseclock.store.protocol import Store, StoreBusy

#: messages addressed in one unit of work
ADDRESSED_AT_ONCE = 500
#: messages that one turn may tell
IN_A_TURN = 500
#: after so many failures that have nothing to do with the message, one after the other, the recipient is left alone
REST_AFTER = 3
#: the longest that a recipient is left alone unless it asked for more
MOST_REST = timedelta(minutes=5)
#: seconds after which a turn that did not move is taken from its holder, who must be dead
LEASE_SECONDS = 60.0


class NoSuchRecipient(LookupError):
    """A recipient is not registered. Says which."""


class AnotherRecipient(ValueError):
    """A name is taken by a recipient that is reached in another way. Says what to do now."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of telling."""

    taken: int = 0
    failed: int = 0
    #: of those that failed, those given up
    dead: int = 0

    def __add__(self, other: "Told") -> "Told":
        return Told(self.taken + other.taken, self.failed + other.failed, self.dead + other.dead)


@dataclass(frozen=True, slots=True)
class Telling:
    """A recipient as it is to be told: who it is, what it wants to hear, how it is reached, how it is borne with."""

    name: str
    channel: Channel
    authority: str | None = None
    #: kinds of message; all where empty
    kinds: tuple[str, ...] = ()
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Who tells the time: the instant, and seconds that never go back."""

    now: Callable[[], datetime]
    seconds: Callable[[], float]


def register(store: Store, telling: Telling, at: datetime) -> None:
    """Add a recipient, who is told from now on what was not addressed yet; or say what it wants to hear from now on.

    Raises AnotherRecipient where one of that name has its cases divided otherwise: what is in its queue is in order
    only within the old parts.
    """
    with store.transaction() as unit:
        known = next((one for one in unit.recipients() if one.name == telling.name), None)
        if known is not None and known.parts != telling.channel.parts:
            raise AnotherRecipient(
                f"Can't tell {telling.name!r} in {telling.channel.parts} parts: it is registered with {known.parts}. "
                f"Give it as it was, or another name, or end the old one first with "
                f"`caseclock outbox forget {telling.name}`."
            )
        made = Recipient(telling.name, telling.channel.parts, at, telling.authority, telling.kinds)
        if known is None:
            unit.write_recipient(made)
        elif (known.authority, known.kinds) != (made.authority, made.kinds):
            unit.write_recipient(replace(known, authority=made.authority, kinds=made.kinds))


class Post:
    """Hands on to one recipient. Serves one thread; several, in any number of processes, may share a recipient."""

    def __init__(
        self,
        store: Store,
        telling: Telling,
        clocks: Clocks,
        *,
        lease_seconds: float = LEASE_SECONDS,
        rng: Random | None = None,
        stop: Event | None = None,
    ) -> None:
        self.telling = telling
        self._store = store
        self._clocks = clocks
        self._lease_seconds = lease_seconds
        self._rng = rng or Random()  # noqa: S311  # it spreads tries over time, and keeps no secret
        self._stop = stop or Event()
        #: of each part, the holder last seen and since when: one that stays longer than a turn may last is dead
        self._seen: dict[int, tuple[str, float]] = {}
        #: whether all there is to tell was in the hands of others when last looked at
        self.held_elsewhere = False

    def turn(self) -> Told | None:
        """Tell what one part has for the recipient now; None where nothing may be told just now."""
        at = self._clocks.now()
        self._address(at)
        name, wait = self.telling.name, self.telling.patience.wait_for_dead
        with self._store.snapshot() as unit:
            me = next((one for one in unit.recipients() if one.name == name), None)
            if me is None:
                raise NoSuchRecipient(
                    f"Nobody is registered as {name!r}. Start the worker again to register it."
                )
            turns = unit.open_turns(name, at, wait_for_dead=wait)
        resting = me.rests_until is not None and at < me.rests_until
        free = [] if resting else self._free(turns)
        self.held_elsewhere = bool(turns) and not resting and not free
        for part, seen in free:
            holder = uuid4().hex
            with self._store.transaction() as unit:
                if not unit.take_turn(name, part, seen, holder):
                    continue
                deliveries = unit.to_tell(name, part, at, IN_A_TURN, wait_for_dead=wait)
            try:
                return self._tell(me, part, holder, deliveries)
            except BaseException:
                self._give_back(part, holder)
                raise
        return None

    def drain(self, pause: Callable[[float], object]) -> Told:
        """Tell all there is to tell now, waiting out others who hold some of it; `pause` waits for some seconds."""
        total = Told()
        while not self._stop.is_set():
            told = self.turn()
            if told is not None:
                total += told
            elif self.held_elsewhere:
                pause(min(0.1, self._lease_seconds / 4))
            else:
                break
        return total

    def _address(self, at: datetime) -> None:
        while True:
            with self._store.snapshot() as unit:
                if unit.is_addressed():
                    return
            with self._store.transaction() as unit:
                if unit.address(at, ADDRESSED_AT_ONCE) < ADDRESSED_AT_ONCE:
                    return

    def _free(self, turns: Sequence[tuple[int, str | None]]) -> list[tuple[int, str | None]]:
        """Give the parts that nobody holds, or that a dead worker does, in an order of chance."""
        seconds = self._clocks.seconds()
        free: list[tuple[int, str | None]] = []
        seen: dict[int, tuple[str, float]] = {}
        for part, holder in turns:
            if holder is None:
                free.append((part, None))
                continue
            since = seconds
            if part in self._seen and self._seen[part][0] == holder:
                since = self._seen[part][1]
            seen[part] = holder, since
            if seconds - since >= self._lease_seconds:
                free.append((part, holder))
        self._seen = seen
        self._rng.shuffle(free)
        return free

    def _tell(self, me: Recipient, part: int, holder: str, deliveries: Sequence[Delivery]) -> Told:
        ends = self._clocks.seconds() + self._lease_seconds / 2
        done: list[Delivery] = []
        failed: list[Delivery] = []
        failures, rests_until = me.failures, None
        stopped: set[tuple[str, str]] = set()
        at_once = self.telling.channel.at_once
        waiting = list(deliveries)
        while waiting and not self._stop.is_set() and self._clocks.seconds() < ends:
            some, waiting = waiting[:at_once], waiting[at_once:]
            some = [one for one in some if _case(one) not in stopped]
            if not some:
                continue
            try:
                self.telling.channel.tell([one.message for one in some])
            except NotTaken as refusal:
                at = self._clocks.now()
                stopped.update(map(_case, some))
                if at_once == 1:
                    failed.append(self._failed(some[0], refusal, at))
                if refusal.unreachable:
                    failures += 1
                    if failures >= REST_AFTER or at_once > 1:
                        rests_until = self._rests_until(failures, refusal, at)
                        break
            else:
                done += some
                failures = 0
        self._finish(part, holder, done, failed, (failures, rests_until) if failures or me.failures else None)
        return Told(len(done), len(failed), sum(one.dead_at is not None for one in failed))

    def _rests_until(self, failures: int, refusal: NotTaken, at: datetime) -> datetime:
        """Say until when to leave the recipient alone: not for long, since one message may be all that is ill."""
        patience = self.telling.patience
        longest = max(patience.first, min(patience.most, MOST_REST))
        alone = next_try(at, failures, replace(patience, most=longest), self._rng.random())
        asked = min(refusal.retry_after or timedelta(0), patience.most)
        return max(alone, at + asked)

    def _give_back(self, part: int, holder: str) -> None:
        with (
            suppress(StoreBusy),
            self._store.transaction() as unit,
        ):  # where it can't be, its time will run out
            unit.end_turn(self.telling.name, part, holder)

    def _failed(self, delivery: Delivery, refusal: NotTaken, at: datetime) -> Delivery:
        tries, patience = delivery.tries + 1, self.telling.patience
        again_at = next_try(at, tries, patience, self._rng.random(), refusal.retry_after)
        dead_at = at if tries >= patience.tries else None
        return replace(
            delivery, tries=tries, next_try_at=again_at, last_error=str(refusal)[:2000], dead_at=dead_at
        )

    def _finish(
        self,
        part: int,
        holder: str,
        done: Sequence[Delivery],
        failed: Sequence[Delivery],
        rest: tuple[int, datetime | None] | None,
    ) -> None:
        """Write what became of the turn; again where the database was busy: what is not written is told again."""
        for last in (False, False, True):
            try:
                with self._store.transaction() as unit:
                    unit.done_with(done, self._clocks.now())
                    unit.write_tries(failed)
                    if rest is not None:
                        unit.write_rest(self.telling.name, *rest)
                    unit.end_turn(self.telling.name, part, holder)
            except StoreBusy:
                if last:
                    raise
            else:
                return


def _case(delivery: Delivery) -> tuple[str, str]:
    return delivery.message.authority, delivery.message.case_id
