"""Broken off at every boundary: before and after each call or statement, each commit. Nothing is ever half done.

By enumeration: how many points a piece of work passes is counted first, then it is done anew for each, and breaks off
there: by an error in a process that lives on; by SIGKILL; by a connection to the server that is severed.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from breaking_off import Way, by_a_cut, by_a_kill, by_an_error, undisturbed
from fault_databases import Databases
from fault_table import Tally, in_full
from grounds import Ground, InFile, InMemory, OnServer, Prepare
from pieces_of_work import WORKS, two_versions
from whole import nothing_half_done

from caseclock.workflow.engine import Engine

pytestmark = pytest.mark.slow

WAYS: dict[str, Way] = {"error": by_an_error, "kill": by_a_kill, "cut": by_a_cut}
#: an ordinary run breaks off at every so-manieth point, each run at others; one in full at every point
_STRIDES = {
    ("memory", "error"): 1,
    ("sqlite", "error"): 4,
    ("sqlite", "kill"): 30,
    ("postgresql", "kill"): 30,
    ("postgresql", "cut"): 10,
}
_CASES = [
    pytest.param(
        name,
        kind,
        way,
        marks=pytest.mark.skipif(way == "kill" and os.name == "nt", reason="Windows has no SIGKILL"),
        id=f"{name}-{kind}-{way}",
    )
    for name in WORKS
    for kind, way in _STRIDES
]


@pytest.fixture(scope="module")
def grounds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, Prepare], Ground]]:
    """Gives the ground of a kind that was prepared in a way, made when it is first asked for."""
    made: dict[tuple[str, Prepare], Ground] = {}

    def ground(kind: str, prepare: Prepare) -> Ground:
        if (kind, prepare) not in made:
            if kind == "memory":
                made[kind, prepare] = InMemory(prepare)
            elif kind == "sqlite":
                made[kind, prepare] = InFile(tmp_path_factory.mktemp("ground"), prepare)
            else:
                databases: Databases = request.getfixturevalue("_postgresql_databases")
                made[kind, prepare] = OnServer(databases.empty(), prepare)
        return made[kind, prepare]

    yield ground
    for one in made.values():
        if isinstance(one, OnServer):
            one.close()


@pytest.mark.parametrize(("name", "kind", "way"), _CASES)
def test_broken_off_anywhere_nothing_is_half_done_and_doing_it_again_ends_alike(
    name: str,
    kind: str,
    way: str,
    grounds: Callable[[str, Prepare], Ground],
    tmp_path: Path,
    rng: Random,
    tally: Tally,
) -> None:
    work, break_off, ground = WORKS[name], WAYS[way], grounds(kind, WORKS[name].prepare)
    with two_versions():
        states = undisturbed(ground, name, tmp_path)
        ground.set_back()
        with break_off(ground, name, tmp_path, 0) as whole:
            count = whole.passed
        stride = 1 if in_full() else _STRIDES[kind, way]
        untold = 0
        points = range(rng.randint(1, min(stride, count)), count + 1, stride)
        for point in points:
            ground.set_back()
            with break_off(ground, name, tmp_path, point) as broken:
                assert broken.where, f"It came to its end before point {point} of {count}."
                left = ground.seen()
                assert left in states, broken.where
                untold += left == states[-1]
                work.do(
                    broken.engine if goes_on(broken.where, point) else Engine(broken.engine.store), tmp_path
                )

                assert states[-1] == ground.seen(), broken.where
        with ground.opened() as (store, _):
            nothing_half_done(store)

    assert untold or not in_full(), "It was never done to its end without its doer being told."
    tally.met(
        f"broken off at every boundary by {_ARTICLES[way]}: {name}",
        kind,
        len(points),
        of=max(count if in_full() else count // stride, 2 * (len(states) - 1) // stride, 1),
        checked=f"one of {len(states)} states, {untold} times the last; again: the last; verify",
    )


_ARTICLES = {"error": "an error", "kill": "SIGKILL", "cut": "a severed connection"}


def goes_on(where: str, point: int) -> bool:
    """Say whether the engine that met the fault goes on: always about a commit, else by turns with a new one."""
    return "commit" in where.lower() or point % 2 == 0
