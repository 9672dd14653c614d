"""`caseclock outbox`: who is told, what waits, what was given up, and what may be done about it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from calling import Call
from story import instant

from caseclock.outbox.back_off import Patience
from caseclock.outbox.channels import ByCalling
from caseclock.outbox.handing_on import Clocks, Post, Telling, register
from caseclock.store.protocol import OutboxMessage
from caseclock.store.sql import SqlStore, open_store

NOW = instant("2026-03-02 12:00")


@pytest.fixture
def store(db: str) -> Iterator[SqlStore]:
    """Two messages that nobody understands, and one that is waiting for a recipient to be looked after."""
    with open_store(db) as opened:
        with opened.transaction() as unit:
            unit.put_outbox(
                [
                    OutboxMessage(authority, f"C-{number}", "BreachRaised", {"event_id": f"e-{number}"}, NOW)
                    for number, authority in enumerate(("thurrock", "kent"), 1)
                ]
            )

        def refuse(_line: object) -> None:
            raise ValueError("no such case")

        telling = Telling("case-system", ByCalling(refuse), patience=Patience(tries=1))
        register(opened, telling, NOW)
        Post(opened, telling, Clocks(lambda: NOW, lambda: 0.0)).turn()
        with opened.transaction() as unit:
            later = NOW + timedelta(minutes=1)
            unit.put_outbox([OutboxMessage("kent", "C-3", "EpisodeMoved", {"event_id": "e-3"}, later)])
        yield opened


@pytest.mark.usefixtures("store")
def test_who_is_told_and_what_was_given_up_is_listed(call: Call, db: str) -> None:
    shown = call("outbox", "list", "--db", db)
    told = call("outbox", "list", "--db", db, "--authority", "kent", "--format", "json").json()

    assert 0 == shown.status
    assert "case-system" in shown.out
    assert "(nobody yet)" in shown.out
    assert "The function raised ValueError: no such case" in shown.out
    assert {"case-system": (0, 2), None: (1, 0)} == {
        row["recipient"]: (row["waiting"], row["dead"]) for row in told["recipients"]
    }
    assert [(2, "kent", "C-2", 1)] == [
        (one["message"], one["authority"], one["case_id"], one["tries"]) for one in told["dead_letters"]
    ]


def test_a_dead_letter_is_taken_up_again_or_dropped(call: Call, db: str, store: SqlStore) -> None:
    retried = call("outbox", "retry", 1, "--db", db)
    dropped = call("outbox", "drop", "--all", "--recipient", "case-system", "--db", db, "--format", "json")
    with store.snapshot() as unit:
        left = [one.message.payload["event_id"] for one in unit.deliveries("case-system", 9)]

    assert (0, "1 dead letter is to be told again.\n") == (retried.status, retried.out)
    assert ["e-2"] == [one["event_id"] for one in dropped.json()["dropped"]]
    assert ["e-1"] == left


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("retry",), "Say which"),
        (("drop", 1, "--all"), "Say which"),
        (("retry", 3), "3 is not the number of a dead letter"),
        (("forget", "nobody"), "Nobody is registered as 'nobody'. There are case-system."),
    ],
)
def test_what_can_t_be_done_is_said(call: Call, db: str, words: tuple[object, ...], why: str) -> None:
    done = call("outbox", *words, "--db", db)

    assert 2 == done.status
    assert why in done.err


def test_a_recipient_is_forgotten_with_what_waits_for_it(call: Call, db: str, store: SqlStore) -> None:
    done = call("outbox", "forget", "case-system", "--db", db)

    assert (0, "case-system is told no more. 2 messages waited for it.\n") == (done.status, done.out)
    with store.snapshot() as unit:
        assert [] == unit.recipients()


@pytest.mark.usefixtures("store")
def test_a_full_outbox_puts_a_sweep_off(call: Call, db: str) -> None:
    done = call("run", "--once", "--db", db, "--outbox-limit", 1, "--now", "2026-03-02T12:00:00Z")

    assert (0, "Raised 0 breaches in 0 cases.\n") == (done.status, done.out)  # it has nothing to say


@pytest.mark.usefixtures("store")
def test_a_full_outbox_refuses_a_file_whole_with_a_hint(call: Call, db: str, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    line = {
        "event_id": "1",
        "type": "ReferralReceived",
        "authority": "anytown",
        "case_id": "C-9",
        "episode_id": "R-1",
        "occurred_at": "2026-03-02",
        "by": "duty.desk",
        "data": {"source": "school"},
    }
    file.write_text(json.dumps(line), "utf-8")

    full = call("record", file, "--db", db, "--outbox-limit", 1)
    roomy = call("record", file, "--db", db, "--outbox-limit", 9)

    assert (1, 0) == (full.status, roomy.status)
    assert "Try again in 60 seconds" in full.err


def test_a_file_of_recipients_that_can_t_be_used_is_refused(call: Call, db: str, tmp_path: object) -> None:
    done = call("run", "--once", "--db", db, "--recipients", f"{tmp_path}/none.toml")

    assert 2 == done.status
    assert "none.toml" in done.err
