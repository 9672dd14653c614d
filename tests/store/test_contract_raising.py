"""The part of a store's contract that is about raising breaches: log, breaches, outbox and timers change as one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caseclock.store.appending import linked
from caseclock.store.chain import opening
from caseclock.store.protocol import (
    BreachStanding,
    Case,
    DueTimer,
    EventIdTaken,
    Raised,
    SnapshotIsReadOnly,
    Store,
    StoredTimer,
)
from caseclock.timers.event import Event
from caseclock.timers.timer import Outcome

MakeEvent = Callable[..., Event]
MakeTimer = Callable[..., StoredTimer]
#: at the end of Thursday 7 May 2026 by the clock in London, and the morning after
FELL_AT = datetime(2026, 5, 7, 23, tzinfo=UTC)
AT = datetime(2026, 5, 8, 6, tzinfo=UTC)
#: long after
LATE = datetime(2027, 1, 1, tzinfo=UTC)


def fallen(stored: StoredTimer, *, standing: BreachStanding = BreachStanding.OPEN) -> Raised:
    """Raise the breach of a timer, in words that no sweep would use."""
    timer = DueTimer.of(stored.timer, was_raised=False)
    breach_id, event_id, data = f"b-{timer.timer_id}", f"e-{timer.timer_id}", '{"told":"once"}'
    begun = opening(timer.authority, "it fell", "sw.jones", timer.case_id, data, timer.episode_id, event_id)
    return Raised(
        timer=timer,
        breach_id=breach_id,
        fell_at=FELL_AT,
        standing=standing,
        closed_on=timer.stopped_on,
        event_id=event_id,
        type="BreachRaised",
        by="sw.jones",
        because="it fell",
        data=data,
        opening=begun,
        message=f'{{"event_id":"{event_id}"}}',
    )


def begun(store: Store, event: MakeEvent, *names: tuple[str, str]) -> list[Case]:
    """So many cases of an authority, each with one event."""
    cases = []
    for authority, case_id in names:
        first = event(f"{case_id}/1", authority=authority, case_id=case_id)
        with store.transaction() as work:
            cases.append(work.append(Case(authority, case_id), [first]))
    return cases


def raise_all(store: Store, raised: dict[Case, list[Raised]]) -> None:
    with store.transaction() as work:
        claimed = {(due.authority, due.timer_id): due for due in work.claim_due(LATE, 999)}
        for case in raised:
            assert [case] == work.lock_free(case.authority, [case.case_id])
        logs = [
            (case, [one._replace(timer=claimed[case.authority, one.timer.timer_id]) for one in its])
            for case, its in raised.items()
        ]
        work.raise_breaches(logs, AT)


def test_raising_writes_log_breaches_and_messages_and_lets_the_timers_rest(
    store: Store, event: MakeEvent, timer: MakeTimer
) -> None:
    """As many as go together in one statement, and some; done late in part; of two authorities."""
    cases = begun(store, event, ("kent", "C-1"), ("thurrock", "C-1"), ("thurrock", "C-2"))
    raised: dict[Case, list[Raised]] = {}
    for number, case in enumerate(cases):
        names = [f"{number}-{place:02}" for place in range(10 + 30 * number)]
        stored = [
            timer(
                name,
                authority=case.authority,
                case_id=case.case_id,
                key=None if number else "V-1",
                due_on=None if number else date(2026, 5, 7),
                due_at=FELL_AT - timedelta(microseconds=1) if number else None,
                outcome=Outcome.MET_LATE if number else Outcome.RUNNING,
                stopped_on=date(2026, 5, 9) if number else None,
            )
            for name in names
        ]
        with store.transaction() as work:
            work.write_timers(
                [*stored, timer(f"{number}-later", authority=case.authority, case_id=case.case_id)]
            )
        standing = BreachStanding.CLOSED if number else BreachStanding.OPEN
        raised[case] = [fallen(one, standing=standing) for one in stored]
    raise_all(store, raised)

    with store.snapshot() as reading:
        for case, its in raised.items():
            links, grown = linked(case, [one.event(AT) for one in its])
            assert grown == reading.case(case.authority, case.case_id)
            assert [(link.event.at_place(link.seq), link.previous, link.hash) for link in links] == (
                reading.chain(case.authority, case.case_id)[1:]
            )
            assert sorted((one.breach(AT) for one in its), key=lambda breach: breach.breach_id) == (
                reading.breaches(case.authority, case.case_id)
            )
            awake = [
                kept.timer.timer_id for kept in reading.timers(case.authority, case.case_id) if kept.wake_at
            ]
            assert 1 == len(awake)
        told = [
            (one.authority, one.case_id, one.kind, one.payload, one.made_at)
            for one in reading.unfinished(999)
        ]
    assert [
        (case.authority, case.case_id, "BreachRaised", {"event_id": one.event_id}, AT)
        for case, its in raised.items()
        for one in its
    ] == told


def test_a_breach_that_was_withdrawn_stands_again(store: Store, event: MakeEvent, timer: MakeTimer) -> None:
    (case,) = begun(store, event, ("thurrock", "C-1042"))
    again = fallen(timer("t-1"))
    withdrawn = replace(
        again.breach(AT), standing=BreachStanding.WITHDRAWN, cause="rescheduled", withdrawn_at=AT
    )
    with store.transaction() as work:
        work.write_timers([timer("t-1")])
        work.write_breaches([withdrawn])
    raise_all(store, {case: [again]})

    with store.snapshot() as reading:
        assert [again.breach(AT)] == reading.breaches("thurrock", "C-1042")


def test_an_event_id_that_another_case_has_refuses_all_that_was_to_be_raised(
    store: Store, event: MakeEvent, timer: MakeTimer
) -> None:
    one, other = begun(store, event, ("thurrock", "C-1"), ("thurrock", "C-2"))
    with store.transaction() as work:
        work.append(other, [event("e-t-2", case_id="C-2")])
    mine = [timer(name, case_id="C-1") for name in ("t-1", "t-2")]
    with store.transaction() as work:
        work.write_timers(mine)
    with pytest.raises(EventIdTaken, match=r"'e-t-2' is taken in thurrock, by an event of case C-2"):
        raise_all(store, {one: [fallen(stored) for stored in mine]})

    with store.snapshot() as reading:
        assert one == reading.case("thurrock", "C-1")
        assert [] == [*reading.breaches("thurrock", "C-1"), *reading.unfinished(9)]


def test_what_waits_to_be_written_is_written_before_it(
    store: Store, event: MakeEvent, timer: MakeTimer
) -> None:
    (case,) = begun(store, event, ("thurrock", "C-1042"))
    with store.transaction() as work:
        grown = work.append(case, [event("e-2")])
        work.write_timers([timer("t-1")])
        (due,) = work.claim_due(LATE, 9)
        work.raise_breaches([(grown, [fallen(timer("t-1"))._replace(timer=due)])], AT)
        assert ["C-1042/1", "e-2", "e-t-1"] == [one.event_id for one in work.events("thurrock", "C-1042")]
        assert [] == work.claim_due(LATE, 9)


def test_nothing_is_raised_in_a_snapshot(store: Store) -> None:
    with store.snapshot() as reading, pytest.raises(SnapshotIsReadOnly):
        reading.raise_breaches([], AT)
