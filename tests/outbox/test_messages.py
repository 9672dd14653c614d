"""What is said to others: breaches, and episodes that moved, in the unit of work they tell of. Nothing of a child."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from story import Told, begin, instant

from caseclock.outbox.channels import ByCalling
from caseclock.outbox.dead_letters import forget
from caseclock.outbox.handing_on import Telling, register
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import OutboxMessage
from caseclock.store.schema import events
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.messages import MOVED
from caseclock.workflow.refusals import OutboxFull
from caseclock.workflow.sweep import sweep

NOON = instant("2026-03-02")


def said(told: Told) -> list[OutboxMessage]:
    with told.engine.store.snapshot() as unit:
        return unit.unfinished(999)


def moves(told: Told) -> list[tuple[str, object, object]]:
    return [
        (str(one.payload["because"]), one.payload["data"]["from"], one.payload["data"]["to"])
        for one in said(told)
        if one.kind == MOVED
    ]


def test_an_episode_s_moves_are_said_from_state_to_state() -> None:
    told = begin(authority="anywhere")
    told.referral("2026-03-02", decided="2026-03-03")

    assert [
        ("ReferralReceived", None, "awaiting_decision"),
        ("ReferralDecided", "awaiting_decision", "decided"),
    ] == moves(told)


def test_an_event_that_moves_nothing_says_nothing() -> None:
    told = begin(authority="anywhere")
    told.referral("2026-03-02")
    before = len(said(told))
    told.happened("ReferrerInformed", "2026-03-04", "R-1")

    assert before == len(said(told))


def test_a_correction_that_takes_an_episode_back_says_so() -> None:
    told = begin(authority="anywhere")
    opened = told.happened("ReferralReceived", "2026-03-02", "R-1", source="school")
    told.happened("EventRetracted", "2026-03-03", "R-1", event_id=opened.event_id, reason="wrong child")

    assert ("EventRetracted", "awaiting_decision", None) == moves(told)[-1]


def test_each_message_has_an_id_of_its_own() -> None:
    told = begin(authority="anywhere")
    told.referral("2026-03-02", decided="2026-03-03")
    told.assessment("2026-03-03")
    told.swept("2026-06-01")
    ids = [one.payload["event_id"] for one in said(told)]

    assert len(ids) == len(set(ids))
    assert {"EpisodeMoved", "BreachRaised"} == {one.kind for one in said(told)}


def test_nothing_of_what_was_written_about_a_child_is_said() -> None:
    told = begin(authority="anywhere")
    told.happened(
        "ReferralReceived", "2026-03-02", "R-1", source="school", because="Sam Jones was hurt", by="sw.jones"
    )
    told.swept("2026-06-01")
    text = json.dumps([one.payload for one in said(told)])

    assert "BreachRaised" in text
    assert not any(words in text for words in ("Sam", "hurt", "school", "sw.jones"))


def test_a_full_outbox_refuses_with_a_hint_and_writes_nothing(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as store:
        told = begin(authority="anywhere", store=store)
        told.engine = Engine(store, outbox_limit=3)
        for number in range(3):
            told.case_id = f"C-{number}"
            told.referral("2026-03-02", decided="not yet")
        told.case_id = "C-9"

        with pytest.raises(OutboxFull, match=r"3 messages wait.*Try again in 60 seconds") as refused:
            told.referral("2026-03-02", decided="not yet")

        assert 60 == refused.value.retry_after_seconds
        with store.engine.connect() as connection:
            count = select(func.count()).select_from(events).where(events.c.case_id == "C-9")
            assert 0 == connection.scalar(count)


def test_an_outbox_that_was_emptied_takes_again_and_the_case_goes_on_as_it_was() -> None:
    told = begin(authority="anywhere", store=InMemoryStore())
    store = told.engine.store
    told.engine = Engine(store, outbox_limit=1)
    told.referral("2026-03-02", decided="not yet")
    with pytest.raises(OutboxFull):
        told.happened("ReferralDecided", "2026-03-03", "R-1", outcome="assessment")
    with pytest.raises(OutboxFull):
        sweep(told.engine, instant("2026-06-01"))
    register(store, Telling("log", ByCalling(print)), NOON)
    with store.transaction() as unit:
        unit.address(NOON, 9)
    forget(store, "log", NOON)
    told.happened("ReferralDecided", "2026-03-03", "R-1", outcome="assessment")

    assert [("ReferralDecided", "awaiting_decision", "decided")] == moves(told)
    with store.snapshot() as unit:
        assert 2 == len(unit.events("anywhere", "C-1042"))
