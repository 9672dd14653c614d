"""`caseclock run`: breaches raised as they fall, told to others at least once and in order, stopped cleanly."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from calling import Call
from story import Told, begin, instant

from caseclock.commands.faults import WrongCall
from caseclock.commands.handing_on import hand_on, to_file
from caseclock.commands.reporting import Reports
from caseclock.commands.worker import sweeping
from caseclock.store.protocol import StoreBusy
from caseclock.store.sql import SqlStore, open_store
from caseclock.workflow.engine import Engine

BREACHED = "2026-02-03T08:00:00Z"
BEFORE = instant("2026-02-02")


def lines(file: Path) -> list[dict[str, object]]:
    """Read what was handed on, apart from what is said of episodes."""
    told = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return [line for line in told if line.get("type") != "EpisodeMoved"]


@pytest.mark.usefixtures("late_assessment")
def test_once_sweeps_hands_on_and_ends(call: Call, db: str, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    first = call("run", "--once", "--db", db, "--outbox", out, "--now", BREACHED)
    second = call("run", "--once", "--db", db, "--outbox", out, "--now", BREACHED, "--format", "json")

    assert (0, "Raised 1 breach in 1 case, and handed on 5 event lines.\n") == (first.status, first.out)
    assert {"raised": 0, "cases": 0, "handed_on": 0} == second.json()
    assert ["BreachRaised"] == [line["type"] for line in lines(out)]


def test_what_falls_later_is_left_for_later(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02", decided="not yet")

    on_the_day = call("run", "--once", "--db", db, "--now", "2026-03-03T23:59:59Z", "--format", "json")
    day_after = call("run", "--once", "--db", db, "--now", "2026-03-04T00:00:00Z", "--format", "json")

    assert (0, 1) == (on_the_day.json()["raised"], day_after.json()["raised"])


@pytest.mark.usefixtures("late_assessment")
def test_without_an_outbox_file_messages_wait(call: Call, db: str, tmp_path: Path) -> None:
    call("run", "--once", "--db", db, "--now", BREACHED)
    out = tmp_path / "out.jsonl"

    later = call("run", "--once", "--db", db, "--now", BREACHED, "--outbox", out, "--format", "json")

    assert (5, 1) == (later.json()["handed_on"], len(lines(out)))


def test_lines_are_handed_on_in_the_order_in_which_they_came_about(told: Told, tmp_path: Path) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    told.swept("2026-05-15")
    told.authorised("2026-05-06", recorded="2026-05-19")
    out = tmp_path / "out.jsonl"

    hand_on(told.engine.store, [to_file(out)], instant("2026-05-20"))

    assert ["BreachRaised", "BreachRaised", "BreachWithdrawn", "BreachWithdrawn"] == [
        line["type"] for line in lines(out)
    ]


class _Crash(RuntimeError):
    pass


def test_a_crash_before_the_mark_hands_the_same_lines_on_again(
    late_assessment: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_assessment.swept("2026-02-03")
    store, out = late_assessment.engine.store, tmp_path / "out.jsonl"

    out.touch()

    def crash(_number: int) -> None:
        raise _Crash

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", crash)
        with pytest.raises(_Crash):
            hand_on(store, [to_file(out)], instant("2026-02-04"))
    again = hand_on(store, [to_file(out)], instant("2026-02-04")).taken

    ids = [line["event_id"] for line in lines(out)]
    assert (5, 2, 1) == (again, len(ids), len(set(ids)))


def test_a_line_that_a_crash_cut_off_is_taken_out_before_its_whole_follows(
    late_assessment: Told, tmp_path: Path
) -> None:
    late_assessment.swept("2026-02-03")
    out = tmp_path / "out.jsonl"
    out.write_text('{"event_id": "earlier"}\n{"event_id": "cut o', "utf-8")

    hand_on(late_assessment.engine.store, [to_file(out)], instant("2026-02-04"))

    assert ["earlier", lines(out)[-1]["event_id"]] == [line["event_id"] for line in lines(out)]
    assert 2 == len(lines(out))


def test_a_whole_line_without_its_end_is_kept(late_assessment: Told, tmp_path: Path) -> None:
    late_assessment.swept("2026-02-03")
    out = tmp_path / "out.jsonl"
    out.write_text('{"event_id": "earlier", "data": "' + "x" * 9000 + '"}', "utf-8")

    hand_on(late_assessment.engine.store, [to_file(out)], instant("2026-02-04"))

    assert ["earlier", "BreachRaised"] == [lines(out)[0]["event_id"], lines(out)[1]["type"]]


def test_a_file_that_is_something_else_is_not_written_to(late_assessment: Told, tmp_path: Path) -> None:
    late_assessment.swept("2026-02-03")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all,\nyours", "utf-8")

    with pytest.raises(WrongCall, match="no event line"):
        hand_on(late_assessment.engine.store, [to_file(letter)], instant("2026-02-04"))

    assert "Dear all,\nyours" == letter.read_text("utf-8")


def test_a_worker_is_to_wake_when_the_next_timer_runs_out(told: Told) -> None:
    told.referral("2026-03-02", decided="not yet")
    store = told.engine.store
    assert isinstance(store, SqlStore)

    wakes_at = sweeping(Engine(store), store, Reports(None, BEFORE))(instant("2026-03-02"))

    assert datetime(2026, 3, 4, tzinfo=UTC) == wakes_at


def test_a_busy_database_puts_the_sweep_off_and_the_next_one_finds_what_fell(
    late_assessment: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from caseclock.commands.logs import configure

    configure()
    store = late_assessment.engine.store
    assert isinstance(store, SqlStore)
    work = sweeping(Engine(store), store, Reports(None, BEFORE))

    def busy(*_: object, **__: object) -> None:
        raise StoreBusy("Another program has been writing.")

    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "transaction", busy)
        put_off = work(instant("2026-02-03"))
    done = work(instant("2026-02-03"))

    assert (None, None, 1) == (put_off, done, len(late_assessment.breaches()))
    assert "event=sweep.postponed fault=StoreBusy" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_raises_what_has_fallen_and_stops_cleanly_when_told_to(
    db: str, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out.jsonl"
    with open_store(db) as store:
        begin(authority="anywhere", store=store).referral("2026-03-02", decided="2026-03-09")
    words = [sys.executable, "-m", "caseclock", "run", "--db", db, "--outbox", str(out), "--every", "0.2"]
    said = []
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        for line in worker.stderr:  # ends when the worker does
            said.append(line)
            if "event=outbox.handed_on" in line and lines(out):
                worker.send_signal(number)
        status = worker.wait(60)

    handed_on = lines(out)
    assert (0, {"BreachRaised"}) == (status, {line["type"] for line in handed_on})
    assert len(handed_on) == len({line["event_id"] for line in handed_on})
    names = [line.split("event=")[1].split()[0] for line in said]
    assert ["worker.started", "sweep.done", "worker.stopping", "worker.stopped"] == [
        name for name in names if name != "outbox.handed_on"
    ]
    assert "outbox.handed_on" in names
