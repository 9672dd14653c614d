"""What every store promises of the facts of cases and the answers to breaches: memory, SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import date

import pytest

from caseclock.store.protocol import BreachAnswer, CaseFacts, SnapshotIsReadOnly, Store
from caseclock.store.types import NotStorable
from caseclock.timers.when import start_of_day

FACTS = CaseFacts("thurrock", "C-1042", "team-3", "sw.017", "family-9", date(2019, 2, 28))
ANSWER = BreachAnswer(
    "thurrock", "b-1", "C-1042", "escalated", "manager.ahmed", date(2026, 5, 11), "workload", "head of service",
    date(2026, 6, 1),
)  # fmt: skip


def test_the_facts_of_a_case_come_back_and_are_replaced(store: Store) -> None:
    moved = replace(FACTS, team="team-4", worker=None)
    with store.transaction() as work:
        work.write_facts([FACTS, replace(FACTS, authority="kent")])
        assert FACTS == work.facts("thurrock", "C-1042")
        work.write_facts([moved])

    with store.snapshot() as reading:
        assert moved == reading.facts("thurrock", "C-1042")
        assert replace(FACTS, authority="kent") == reading.facts("kent", "C-1042")
        assert reading.facts("thurrock", "C-7") is None


def test_the_answers_to_the_breaches_of_a_case_come_back_by_breach_and_are_replaced(store: Store) -> None:
    reopened = replace(ANSWER, answer="reopened", owner=None, review_on=None, reason_code=None)
    other, elsewhere = replace(ANSWER, breach_id="b-0"), replace(ANSWER, case_id="C-7", breach_id="b-7")
    with store.transaction() as work:
        work.write_breach_answers([ANSWER, other, elsewhere])
        work.write_breach_answers([reopened])

    with store.snapshot() as reading:
        assert [other, reopened] == reading.breach_answers("thurrock", "C-1042")
        assert [elsewhere] == reading.breach_answers("thurrock", "C-7")
        assert [] == reading.breach_answers("kent", "C-1042")


def test_a_birth_is_a_date_and_no_instant(store: Store) -> None:
    with pytest.raises(Exception, match="it is an instant") as refused, store.transaction() as work:
        work.write_facts([replace(FACTS, date_of_birth=start_of_day(date(2019, 2, 28)))])

    assert isinstance(refused.value, NotStorable)


def test_nothing_of_it_is_written_in_a_snapshot(store: Store) -> None:
    with store.snapshot() as reading:
        with pytest.raises(SnapshotIsReadOnly):
            reading.write_facts([FACTS])
        with pytest.raises(SnapshotIsReadOnly):
            reading.write_breach_answers([ANSWER])
