"""Whether every promise was kept to those who were at work, whatever was done to them."""

from collections import defaultdict
from pathlib import Path

from at_work import APART, Workplace, story
from many_children import LONG_AFTER, beginnings
from sqlalchemy import select
from whole import Whole, whole

from caseclock.store.memory import InMemoryStore
from caseclock.store.outbox_tables import outbox
from caseclock.store.protocol import BreachStanding
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.settling import CASECLOCK
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify


def all_is_kept(place: Workplace) -> int:
    """Fail unless every promise was kept; gives the number of events in the log.

    Every acknowledged event there and none twice, no gap in a case's sequence, each breach that is due raised once and
    no other, each message handed on at least once and in the order of its case, and nothing for `verify` to find.
    """
    with open_store(place.url) as store:
        held = whole(store)  # fails where a chain is broken or has a gap
        assert () == verify(Engine(store), LONG_AFTER + APART).findings
        in_order = _messages(store)
    there = held.events()
    assert set() == place.acknowledged() - set(there)
    assert there, "Nobody has recorded anything."
    assert [] == [name for name, times in (there + held.raised()).items() if times != 1]
    twins = {len(told): _twin(told) for told in (beginnings("T-1"), story("T-1"))}
    written: dict[str, int] = {}
    for log in held.logs:
        written[log[0][0].case_id] = sum(event.by != CASECLOCK for event, _, _ in log)
    standing = _standing(held)
    assert {case_id: twins[number] for case_id, number in written.items()} == standing
    assert [] == held.outbox
    _in_order_of_case(in_order, place.told)
    return sum(there.values())


def _twin(told: list[Event]) -> list[tuple[str, str]]:
    """Give the breaches that stand for a child of whom this was told, and whom nobody disturbed."""
    engine = Engine(InMemoryStore())
    engine.record(*told, at=LONG_AFTER)
    sweep(engine, LONG_AFTER + APART)
    return _standing(whole(engine.store))["T-1"]


def _standing(held: Whole) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for breach in held.breaches:
        if breach.standing is not BreachStanding.WITHDRAWN:
            found[breach.case_id].append((breach.timescale, str(breach.due_on or breach.due_at)))
    return {case_id: sorted(breaches) for case_id, breaches in found.items()}


def _messages(store: SqlStore) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    with store.engine.connect() as connection:
        for row in connection.execute(
            select(outbox.c.case_id, outbox.c.payload).order_by(outbox.c.message_id)
        ):
            found[row.case_id].append(row.payload["event_id"])
    return found


def _in_order_of_case(expected: dict[str, list[str]], told: Path) -> None:
    heard: dict[str, dict[str, None]] = defaultdict(dict)
    for line in told.read_text().splitlines():
        case_id, event_id = line.split(" ", 1)
        heard[case_id][event_id] = None
    assert expected == {case_id: list(ids) for case_id, ids in heard.items()}
