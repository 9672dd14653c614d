"""Handing on: at least once, in the order of each case, whatever fails, and whoever dies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Event

import pytest
from recipients import NOON, Clock, message, put

from caseclock.outbox.back_off import Patience
from caseclock.outbox.channels import ByCalling, NotTaken
from caseclock.outbox.dead_letters import dead_letters, drop, forget, take_up_again
from caseclock.outbox.handing_on import AnotherRecipient, NoSuchRecipient, Post, Telling, Told, register
from caseclock.store.protocol import OutboxMessage, Store

LEASE = 60.0
HASTY = Patience(tries=3, first=timedelta(seconds=2), most=timedelta(seconds=60))


@dataclass
class Listener:
    """Someone who takes what they are told, but for what they are told to refuse."""

    parts: int = 1
    at_once: int = 1
    refused: set[str] = field(default_factory=set)
    taken: list[str] = field(default_factory=list)
    away: bool = False
    asks: timedelta | None = None

    def tell(self, messages: Sequence[OutboxMessage]) -> None:
        for one in messages:
            name = str(one.payload["event_id"])
            if self.away:
                raise NotTaken("Nobody is there.", unreachable=True, retry_after=self.asks)
            if name in self.refused:
                raise NotTaken(f"{name} is not understood.")
            self.taken.append(name)

    def close(self) -> None:
        pass


def posting(store: Store, listener: Listener, clock: Clock, **ways: object) -> Post:
    telling = Telling("desk", listener, patience=ways.pop("patience", HASTY))  # type: ignore[arg-type]
    register(store, telling, clock.at)
    return Post(store, telling, clock.clocks(), lease_seconds=LEASE, rng=_rng(1), **ways)  # type: ignore[arg-type]


def _rng(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # it spreads tries, and keeps no secret


def never(_seconds: float) -> None:
    raise AssertionError("it waits for someone, though nobody else is there")


def test_everything_is_told_once_in_order(store: Store) -> None:
    listener = Listener()
    put(store, *(message(number, f"C-{number % 2}") for number in range(1, 6)))

    told = posting(store, listener, Clock()).drain(never)

    assert (Told(5), [f"e-{number}" for number in range(1, 6)]) == (told, listener.taken)
    with store.snapshot() as unit:
        assert [] == unit.unfinished(9)


def test_what_fails_holds_back_its_own_case_and_is_tried_again_later(store: Store) -> None:
    listener, clock = Listener(refused={"e-1"}), Clock()
    put(store, message(1), message(2, "C-7"), message(3))
    post = posting(store, listener, clock)

    first, at_once = post.drain(never), post.drain(never)
    listener.refused.clear()
    clock.pass_(2)
    later = post.drain(never)

    assert (Told(1, 1), Told(), Told(2)) == (first, at_once, later)
    assert ["e-2", "e-1", "e-3"] == listener.taken


def test_after_the_last_try_the_case_goes_on_and_the_letter_is_there_to_see(store: Store) -> None:
    listener, clock = Listener(refused={"e-1"}), Clock()
    put(store, message(1), message(3))
    post = posting(store, listener, clock)
    for _ in range(3):
        post.drain(never)
        clock.pass_(60)
    post.drain(never)

    (letter,) = dead_letters(store, 9, recipient="desk")
    assert ["e-3"] == listener.taken
    assert (3, "e-1 is not understood.") == (letter.tries, letter.last_error)
    assert letter.dead_at is not None


def test_where_it_is_asked_for_a_case_waits_for_its_dead_letter(store: Store) -> None:
    listener, clock = Listener(refused={"e-1"}), Clock()
    patience = Patience(tries=1, wait_for_dead=True)
    put(store, message(1), message(2, "C-7"), message(3))
    post = posting(store, listener, clock, patience=patience)
    post.drain(never)
    before = list(listener.taken)
    listener.refused.clear()
    take_up_again(store, dead_letters(store, 9))
    post.drain(never)

    assert (["e-2"], ["e-2", "e-1", "e-3"]) == (before, listener.taken)


def test_a_dropped_letter_is_told_to_nobody(store: Store) -> None:
    listener, clock = Listener(refused={"e-1"}), Clock()
    put(store, message(1))
    post = posting(store, listener, clock, patience=Patience(tries=1))
    post.drain(never)
    listener.refused.clear()
    drop(store, dead_letters(store, 9), clock.at)

    assert (Told(), []) == (post.drain(never), dead_letters(store, 9))
    with store.snapshot() as unit:
        assert [] == unit.unfinished(9)


def test_a_recipient_that_is_away_is_left_alone_after_a_few_failures_and_then_tried_again(
    store: Store,
) -> None:
    listener, clock = Listener(away=True), Clock()
    put(store, *(message(number, f"C-{number}") for number in range(1, 51)))
    post = posting(store, listener, clock)

    tried = post.drain(never)
    with store.snapshot() as unit:
        (me,) = unit.recipients()
        waiting = sum(queue.failed for queue in unit.queues())
    listener.away = False
    clock.pass_(60)
    told = post.drain(never)

    assert (Told(0, 3), 3, 3) == (tried, me.failures, waiting)
    assert me.rests_until is not None
    assert (50, 50) == (told.taken, len(set(listener.taken)))
    with store.snapshot() as unit:
        assert (0, None) == (unit.recipients()[0].failures, unit.recipients()[0].rests_until)


def test_a_recipient_is_left_alone_for_as_long_as_it_asks(store: Store) -> None:
    listener, clock = Listener(away=True, asks=timedelta(seconds=45)), Clock()
    put(store, *(message(number, f"C-{number}") for number in range(1, 5)))
    posting(store, listener, clock).drain(never)

    with store.snapshot() as unit:
        assert NOON + timedelta(seconds=45) == unit.recipients()[0].rests_until


def test_one_message_that_nobody_can_answer_does_not_keep_others_waiting_for_long(store: Store) -> None:
    listener, clock = Listener(away=True), Clock()
    put(store, message(1))
    post = posting(store, listener, clock, patience=Patience())
    for _ in range(15):  # by now it is tried every six hours
        post.drain(never)
        clock.pass_(6 * 3600)
    post.drain(never)
    with store.snapshot() as unit:
        (me,) = unit.recipients()

    assert me.rests_until is not None
    assert me.rests_until - clock.at <= timedelta(minutes=5)


def test_a_file_that_can_t_be_written_makes_no_dead_letters(store: Store) -> None:
    listener, clock = Listener(away=True, at_once=100), Clock()
    put(store, message(1), message(2))
    post = posting(store, listener, clock, patience=Patience(tries=1, most=timedelta(seconds=60)))
    for _ in range(5):
        post.drain(never)
        clock.pass_(60)
    listener.away = False
    post.drain(never)

    assert ([], ["e-1", "e-2"]) == (dead_letters(store, 9), listener.taken)


def test_what_a_dead_worker_held_is_taken_over_once_it_has_not_moved_for_long_enough(store: Store) -> None:
    clock = Clock()
    listener = Listener()
    put(store, message(1))
    post = posting(store, listener, clock)
    post.turn()  # addresses, and tells
    put(store, message(2))
    with store.transaction() as unit:
        unit.address(clock.at, 9)
        unit.take_turn("desk", 0, None, "a worker that was killed")

    first = post.turn()
    clock.pass_(LEASE - 1)
    early = post.turn()
    clock.pass_(1)
    late = post.turn()

    assert (None, None, Told(1)) == (first, early, late)
    assert ["e-1", "e-2"] == listener.taken


def test_a_worker_that_moves_keeps_its_turn_however_wrong_its_clock_is(store: Store) -> None:
    listener, clock, other = Listener(), Clock(), Clock(at=NOON + timedelta(minutes=5))
    put(store, message(1))
    mine, theirs = posting(store, listener, clock), posting(store, listener, other)
    with store.transaction() as unit:
        unit.address(clock.at, 9)
    for turn in range(4):
        with store.transaction() as unit:
            unit.take_turn("desk", 0, str(turn - 1) if turn else None, str(turn))
        assert theirs.turn() is None
        assert theirs.held_elsewhere
        other.pass_(LEASE - 1)

    assert mine.turn() is None
    assert [] == listener.taken


def test_a_turn_ends_in_time_to_be_told_from_that_of_a_dead_worker(store: Store) -> None:
    clock = Clock()

    def slowly(_line: object) -> None:
        clock.pass_(LEASE / 4)

    telling = Telling("desk", ByCalling(slowly))
    put(store, *(message(number) for number in range(1, 9)))
    register(store, telling, clock.at)
    post = Post(store, telling, clock.clocks(), lease_seconds=LEASE)

    assert [Told(2), Told(2)] == [post.turn(), post.turn()]


def test_a_stopped_post_finishes_what_it_tells_and_leaves_the_rest(store: Store) -> None:
    stop, clock = Event(), Clock()
    telling = Telling("desk", ByCalling(lambda _: stop.set()))
    put(store, message(1), message(2))
    register(store, telling, clock.at)

    assert Told(1) == Post(store, telling, clock.clocks(), stop=stop).drain(never)
    with store.snapshot() as unit:
        assert ["e-2"] == [one.payload["event_id"] for one in unit.unfinished(9)]


def test_one_recipient_s_failures_are_nothing_to_another(store: Store) -> None:
    clock = Clock()
    broken, well = Listener(away=True), Listener()
    put(store, message(1), message(2))
    posts = []
    for name, listener in (("broken", broken), ("well", well)):
        telling = Telling(name, listener, patience=HASTY)
        register(store, telling, clock.at)
        posts.append(Post(store, telling, clock.clocks()))
    for post in posts:
        post.drain(never)

    assert ([], ["e-1", "e-2"]) == (broken.taken, well.taken)


def test_a_name_can_t_be_given_to_a_recipient_of_another_kind(store: Store) -> None:
    register(store, Telling("desk", Listener(parts=1)), NOON)

    with pytest.raises(AnotherRecipient, match=r"outbox forget desk"):
        register(store, Telling("desk", Listener(parts=16)), NOON)


def test_a_forgotten_recipient_s_messages_are_dropped(store: Store) -> None:
    post = posting(store, Listener(away=True), Clock())
    put(store, message(1), message(2))
    post.turn()

    assert 2 == forget(store, "desk", NOON)
    with pytest.raises(NoSuchRecipient, match="There are none"):
        forget(store, "desk", NOON)
    with pytest.raises(NoSuchRecipient):
        post.turn()
    with store.snapshot() as unit:
        assert [] == unit.unfinished(9)
