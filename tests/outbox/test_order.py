"""Whatever fails, however often: the order of each case, held against the slow way to say it."""

from collections import defaultdict
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from recipients import NOON, Clock, message, put

from caseclock.outbox.back_off import Patience, next_try, wait_after
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Post, Telling, register
from caseclock.store.memory import InMemoryStore


def _rng(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # it spreads tries, and keeps no secret


@given(
    cases=st.lists(st.integers(0, 4), min_size=1, max_size=25),
    poisoned=st.sets(st.integers(0, 24), max_size=3),
    chance=st.floats(0, 0.9),
    parts=st.sampled_from([1, 3, 16]),
    wait=st.booleans(),
    seed=st.integers(0, 999),
)
@settings(max_examples=60, deadline=None)
def test_whatever_fails_each_case_is_told_in_order_and_nothing_is_lost(
    cases: list[int], poisoned: set[int], chance: float, parts: int, wait: bool, seed: int
) -> None:
    store, clock, rng = InMemoryStore(), Clock(), _rng(seed)
    put(store, *(message(number, f"C-{case}") for number, case in enumerate(cases)))
    told: dict[str, list[int]] = defaultdict(list)

    def listen(line: dict[str, object]) -> None:
        number = int(str(line["event_id"]).removeprefix("e-"))
        if number in poisoned or rng.random() < chance / 2:
            raise ValueError("not now")
        told[str(line["case_id"])].append(number)
        if rng.random() < chance / 2:  # it was taken, and the answer was lost
            raise TimeoutError

    patience = Patience(tries=40, first=timedelta(seconds=1), most=timedelta(seconds=8), wait_for_dead=wait)
    telling = Telling("desk", ByCalling(listen, parts=parts), patience=patience)
    register(store, telling, clock.at)
    posts = [Post(store, telling, clock.clocks(), rng=_rng(seed + n)) for n in range(2)]
    for _ in range(1000):
        for post in posts:
            post.turn()
        clock.pass_(8)
        with store.snapshot() as unit:
            if not unit.queued(1):
                break
            if wait and unit.dead_letters(1) and unit.next_try("desk") is None:
                break

    for case in set(cases):
        # the slow way to say it: each message once, until the next, in the order they were made
        mine = [number for number, of in enumerate(cases) if of == case]
        dead = [number for number in mine if number in poisoned]
        expected = [number for number in mine if number not in poisoned]
        if wait and dead:
            expected = [number for number in expected if number < dead[0]]
        assert expected == list(dict.fromkeys(told[f"C-{case}"]))
        assert sorted(told[f"C-{case}"]) == told[f"C-{case}"]


def test_waits_grow_to_the_longest_and_the_last_try_is_about_two_days_after_the_first() -> None:
    patience = Patience()
    waits = [wait_after(failures, patience, 0.0) for failures in range(1, patience.tries)]

    assert [2, 4, 8] == [wait.total_seconds() for wait in waits[:3]]
    assert patience.most == max(waits) == waits[-1]
    assert timedelta(days=1) < sum(waits, timedelta(0)) < timedelta(days=3)


@given(failures=st.integers(1, 10_000), chance=st.floats(0, 1), asked=st.none() | st.timedeltas())
def test_no_wait_is_longer_than_the_longest_or_in_the_past(
    failures: int, chance: float, asked: timedelta | None
) -> None:
    patience = Patience()

    assert NOON < next_try(NOON, failures, patience, chance, asked) <= NOON + patience.most
