"""Several recipients at once: none waits for another, and a worker that is killed loses and mixes up nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest
from recipients import NOON, Received, Receiver, message, put
from story import begin, instant

from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import AnotherRecipient, Clocks, NoSuchRecipient, Telling, Told
from caseclock.outbox.serving import Serving
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import StoreBusy
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

CLOCKS = Clocks(lambda: NOON, time.monotonic)
SECONDS = 10


class Seen:
    """Remembers what it is told of handing on."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Told]] = []
        self.faults: list[Exception] = []
        self.any = threading.Event()

    def handed_on(self, recipient: str, told: Told, seconds: float) -> None:
        self.told.append((recipient, told))
        self.any.set()

    def postponed(self, recipient: str, fault: Exception) -> None:
        self.faults.append(fault)
        self.any.set()


def nothing() -> None:
    pass


def test_one_that_hangs_holds_up_neither_the_others_nor_the_end() -> None:
    store, seen = InMemoryStore(), Seen()
    let_go, hangs, told = threading.Event(), threading.Event(), threading.Event()

    def hang(_line: object) -> None:
        hangs.set()
        let_go.wait(SECONDS)

    put(store, message(1))
    tellings = [Telling("hangs", ByCalling(hang)), Telling("well", ByCalling(lambda _: told.set()))]
    serving = Serving(store, tellings, CLOCKS, seen, poll_seconds=0.01)
    serving.start(nothing)
    try:
        assert hangs.wait(SECONDS)
        assert told.wait(SECONDS)
        assert not serving.stop(0.05)
    finally:
        let_go.set()
    assert serving.stop(SECONDS)


def test_one_that_hangs_holds_up_neither_a_recorder_nor_the_sweep(tmp_path: Path) -> None:
    """On SQLite, where there is one writer at a time: nothing of the database is held while someone is told."""
    let_go, hangs = threading.Event(), threading.Event()

    def hang(_line: object) -> None:
        hangs.set()
        let_go.wait(SECONDS)

    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as store:
        begin(case_id="C-1", store=store).referral("2026-03-02", decided="not yet")
        serving = Serving(store, [Telling("hangs", ByCalling(hang))], CLOCKS, Seen(), poll_seconds=0.01)
        serving.start(nothing)
        try:
            assert hangs.wait(SECONDS)
            begin(case_id="C-2", store=store).referral("2026-03-02", decided="not yet")
            raised = sweep(Engine(store), instant("2026-03-06")).raised
            assert not let_go.is_set()
        finally:
            let_go.set()
        assert serving.stop(SECONDS)

    assert 2 == raised


def test_it_looks_by_itself_and_at_once_where_it_is_woken() -> None:
    store, seen, told = InMemoryStore(), Seen(), threading.Event()
    serving = Serving(
        store, [Telling("desk", ByCalling(lambda _: told.set()))], CLOCKS, seen, poll_seconds=600
    )
    serving.start(nothing)
    # it may look once more on its own after it began; only being woken makes sure that it does
    while not told.is_set():
        put(store, message(1))
        serving.wake()
        told.wait(0.05)

    assert serving.stop(SECONDS)


def test_threads_share_a_recipient_s_cases_and_keep_each_in_order() -> None:
    store, seen = InMemoryStore(), Seen()
    told: dict[str, list[object]] = defaultdict(list)
    done, keeping = threading.Event(), threading.Lock()

    def listen(line: dict[str, object]) -> None:
        with keeping:
            told[str(line["case_id"])].append(line["event_id"])
            if sum(map(len, told.values())) == 200:
                done.set()

    put(store, *(message(number, f"C-{number % 20}") for number in range(200)))
    serving = Serving(
        store, [Telling("desk", ByCalling(listen, parts=16))], CLOCKS, seen, poll_seconds=0.01, threads=4
    )
    serving.start(nothing)
    assert done.wait(SECONDS)
    assert serving.stop(SECONDS)

    assert {f"C-{case}": [f"e-{number}" for number in range(case, 200, 20)] for case in range(20)} == told


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    store, seen, told = InMemoryStore(), Seen(), threading.Event()
    put(store, message(1))
    serving = Serving(
        store, [Telling("desk", ByCalling(lambda _: told.set()))], CLOCKS, seen, poll_seconds=0.01
    )
    snapshot = store.snapshot

    def away() -> None:
        raise StoreBusy("Another program has been writing.")

    with monkeypatch.context() as patched:
        patched.setattr(store, "snapshot", away)
        serving.start(nothing)
        assert seen.any.wait(SECONDS)
    assert snapshot == store.snapshot
    assert told.wait(SECONDS)
    assert serving.stop(SECONDS)
    assert {"StoreBusy"} == {type(fault).__name__ for fault in seen.faults}


def test_a_fault_that_nobody_expected_ends_it_and_is_told() -> None:
    store, ended = InMemoryStore(), threading.Event()
    serving = Serving(store, [Telling("desk", ByCalling(print))], CLOCKS, Seen(), poll_seconds=0.01)
    with store.transaction() as unit:
        unit.remove_recipient("desk")
    serving.start(ended.set)

    assert ended.wait(SECONDS)
    with pytest.raises(NoSuchRecipient):
        serving.stop(SECONDS)


def test_what_can_t_be_told_so_is_refused_before_anything_begins() -> None:
    store = InMemoryStore()
    Serving(store, [Telling("desk", ByCalling(print))], CLOCKS, Seen())

    with pytest.raises(AnotherRecipient):
        Serving(store, [Telling("desk", ByCalling(print, parts=4))], CLOCKS, Seen())


CASES, EACH = 6, 5


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_worker_killed_while_it_tells_leaves_every_message_to_be_told_in_order(
    kind: str, receiver: Receiver, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'cases.db'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("postgres_database")
    with open_store(url) as store:
        put(store, *(message(number, f"C-{number % CASES}") for number in range(CASES * EACH)))
    config = tmp_path / "recipients.toml"
    config.write_text(
        f'[[recipient]]\nname = "case-system"\nto = "webhook"\nurl = "{receiver.url}"\nplain_http = true\n'
        'unsigned = true\nallow_networks = ["127.0.0.0/8"]\ntimeout_seconds = 5\n',
        "utf-8",
    )
    words = [sys.executable, "-m", "caseclock", "run", "--db", url, "--recipients", str(config)]
    words += ["--every", "60", "--lease", "0.6"]
    killed: list[int] = []
    worker: list[subprocess.Popen[bytes]] = []
    everything = threading.Event()

    def told() -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for got in receiver.received:
            event = got.event()
            found[event["subject"]].append(event["data"]["data"]["n"])
        return found

    def answer(_: Received) -> int:
        count = len(receiver.received)
        if count in (4, 17) and len(killed) < 2:  # killed with the message taken, and not yet marked
            worker[-1].send_signal(signal.SIGKILL)
            killed.append(count)
        if sum(len(set(numbers)) for numbers in told().values()) == CASES * EACH:
            everything.set()
        return 200

    receiver.answer = answer
    while not everything.is_set() and len(worker) < 10:
        worker.append(subprocess.Popen(words, stderr=subprocess.DEVNULL))
        while worker[-1].poll() is None and not everything.wait(0.05):
            pass
    worker[-1].terminate()
    statuses = [one.wait(60) for one in worker]

    assert [-signal.SIGKILL] * 2 == statuses[:2]
    assert {f"C-{case}": list(range(case, CASES * EACH, CASES)) for case in range(CASES)} == {
        case: list(dict.fromkeys(numbers)) for case, numbers in told().items()
    }
    with open_store(url) as store, store.snapshot() as unit:
        assert [] == unit.dead_letters(9)
