"""What every store promises of episodes, timers and breaches: memory, SQLite and PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caseclock.store.protocol import Breach, BreachStanding, DueTimer, Episode, Store, StoredTimer
from caseclock.timers.timer import Outcome
from caseclock.timers.when import NaiveInstant

MakeEpisode = Callable[..., Episode]
MakeTimer = Callable[..., StoredTimer]
MakeBreach = Callable[..., Breach]
MIDNIGHT = datetime(2026, 5, 7, 23, tzinfo=UTC)  # the end of 7 May 2026 in London


def hours_on(hours: int) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def write(store: Store, *timers: StoredTimer) -> None:
    with store.transaction() as work:
        work.write_timers(timers)


def test_episodes_come_back_by_the_day_they_opened_and_are_replaced_by_their_id(
    store: Store, episode: MakeEpisode
) -> None:
    later = episode("A-2", opened_on=date(2026, 3, 9), follows="R-1")
    closed = episode("A-3", state="authorised", closed_on=date(2026, 4, 1))
    with store.transaction() as work:
        work.write_episodes([later, episode("A-3")])
        work.write_episodes([closed])

    with store.snapshot() as reading:
        assert [closed, later] == reading.episodes("thurrock", "C-1042")


def test_removing_an_episode_takes_that_one_of_that_case_and_authority(
    store: Store, episode: MakeEpisode
) -> None:
    others = [episode("A-1", authority="kent"), episode("A-1", case_id="C-7"), episode("A-2")]
    with store.transaction() as work:
        work.write_episodes([episode("A-1"), *others])

    with store.transaction() as work:
        work.remove_episodes("thurrock", "C-1042", ["A-1", "A-none"])

    with store.snapshot() as reading:
        found = [
            *reading.episodes("kent", "C-1042"),
            *reading.episodes("thurrock", "C-7"),
            *reading.episodes("thurrock", "C-1042"),
        ]
        assert others == found


def test_every_field_of_a_timer_comes_back(store: Store, timer: MakeTimer) -> None:
    full = timer(
        "t-1",
        key="conference-9",
        due_at=hours_on(1),
        first_due_on=date(2026, 4, 30),
        not_before=date(2026, 3, 3),
        outcome=Outcome.MET_LATE,
        stopped_on=date(2026, 5, 12),
        stopped_at=datetime(2026, 5, 12, 14, 5, 6, 789, tzinfo=UTC),
        recorded_on=date(2026, 5, 13),
        over_at_stop=3,
        stop_event="e-9",
        reason="Extended to 7 May: the family was abroad.",
    )
    assert all(getattr(full.timer, one.name) is not None for one in fields(full.timer))

    bare = timer("t-2", wake_at=None, started_at=None, due_on=None)
    write(store, full, bare)

    with store.snapshot() as reading:
        assert [full, bare] == reading.timers("thurrock", "C-1042")
        assert isinstance(reading.timers("thurrock", "C-1042")[0].timer.outcome, Outcome)


def test_a_timer_written_again_replaces_the_one_before(store: Store, timer: MakeTimer) -> None:
    write(store, timer("t-1"), timer("t-2"))
    met = timer("t-1", wake_at=None, outcome=Outcome.MET, stopped_on=date(2026, 4, 20))
    write(store, met)

    with store.snapshot() as reading:
        assert [met, timer("t-2")] == reading.timers("thurrock", "C-1042")


def test_removing_a_timer_takes_that_one_and_leaves_another_authority_s_of_the_same_id(
    store: Store, timer: MakeTimer
) -> None:
    kents = timer("t-1", authority="kent")
    write(store, timer("t-1"), timer("t-2"), kents)

    with store.transaction() as work:
        work.remove_timers("thurrock", ["t-1", "t-none"])

    with store.snapshot() as reading:
        assert [kents, timer("t-2")] == list(reading.all_timers())
        assert [kents] == reading.timers("kent", "C-1042")
        assert [] == reading.timers("medway", "C-1042")


def test_an_instant_without_an_offset_is_refused_in_a_timer(store: Store, timer: MakeTimer) -> None:
    with pytest.raises(NaiveInstant, match="has no offset"):
        write(store, timer(wake_at=datetime(2026, 5, 8)))  # noqa: DTZ001
    with pytest.raises(NaiveInstant, match="has no offset"):
        write(store, timer(falls_at=datetime(2026, 5, 8)))  # noqa: DTZ001


def test_all_timers_stream_case_by_case_page_after_page_while_they_are_rewritten(
    store: Store, timer: MakeTimer
) -> None:
    expected = [timer(f"t-{number:04}", case_id=f"C-{number // 2:04}") for number in range(1102)]
    write(store, *reversed(expected))

    with store.transaction() as work:
        seen = []
        for stored in work.all_timers("thurrock"):
            seen.append(stored)
            if stored.timer.timer_id.endswith("00"):
                work.write_timers([replace(stored, wake_at=None)])

    assert expected == seen
    with store.snapshot() as reading:
        assert 12 == sum(stored.wake_at is None for stored in reading.all_timers())
        assert [] == list(reading.all_timers("kent"))


def test_due_timers_come_earliest_first_up_to_the_limit_and_never_before_their_time(
    store: Store, timer: MakeTimer
) -> None:
    write(
        store,
        timer("t-third", wake_at=hours_on(2)),
        timer("t-first", wake_at=MIDNIGHT, authority="kent", case_id="C-1"),
        timer("t-second", wake_at=hours_on(1)),
        timer("t-later", wake_at=hours_on(2) + timedelta(microseconds=1)),
        timer("t-done", wake_at=None),
    )

    with store.transaction() as work:
        two = work.claim_due(hours_on(2), 2)
        every = work.claim_due(hours_on(2), 10)
        none = work.claim_due(MIDNIGHT - timedelta(microseconds=1), 10)

    assert [("kent", "C-1", "t-first"), ("thurrock", "C-1042", "t-second")] == [keys(due) for due in two]
    assert two == every[:2]
    assert DueTimer.of(timer("t-third").timer, was_raised=False) == every[2]._replace(place="t-third")
    assert 3 == len(every)
    assert [] == none


def keys(due: DueTimer) -> tuple[str, str, str]:
    return due.authority, due.case_id, due.timer_id


def test_a_claim_tells_whether_a_breach_of_the_timer_was_raised_before(
    store: Store, timer: MakeTimer, breach: MakeBreach
) -> None:
    write(store, timer("t-1", wake_at=MIDNIGHT), timer("t-2", wake_at=hours_on(1)))

    with store.transaction() as work:
        work.write_breaches([breach("b-1", timer_id="t-1", standing=BreachStanding.OPEN)])
        claimed = work.claim_due(hours_on(2), 5)

    assert [("t-1", True), ("t-2", False)] == [(due.timer_id, due.was_raised) for due in claimed]


def test_timers_are_woken_when_they_are_told_to_be_and_those_that_are_not_there_never(
    store: Store, timer: MakeTimer
) -> None:
    write(store, *(timer(f"t-{n:02}", wake_at=MIDNIGHT) for n in range(30)))

    with store.transaction() as work:
        later = {f"t-{n:02}": None if n else hours_on(3) for n in range(29)}
        work.wake("thurrock", later | {"t-none": MIDNIGHT})
        work.wake("kent", {"t-29": None})
        assert ["t-29"] == [due.timer_id for due in work.claim_due(hours_on(2), 40)]
    with store.snapshot() as reading:
        awake = [kept for kept in reading.all_timers() if kept.wake_at]

    assert [("t-00", hours_on(3)), ("t-29", MIDNIGHT)] == [
        (kept.timer.timer_id, kept.wake_at) for kept in awake
    ]


def test_a_claim_sees_what_its_own_transaction_has_written(store: Store, timer: MakeTimer) -> None:
    write(store, timer("t-1", wake_at=MIDNIGHT), timer("t-2", wake_at=hours_on(1), case_id="C-2"))

    with store.transaction() as work:
        work.write_timers([timer("t-1", wake_at=None), timer("t-3", wake_at=hours_on(2), case_id="C-3")])
        work.remove_timers("thurrock", ["t-none"])
        assert ["t-2", "t-3"] == [due.timer_id for due in work.claim_due(hours_on(2), 5)]
        assert hours_on(1) == work.next_wake()


def test_next_wake_is_the_earliest_of_any_authority_and_none_when_nothing_is_armed(
    store: Store, timer: MakeTimer
) -> None:
    with store.snapshot() as reading:
        assert reading.next_wake() is None

    write(store, timer("t-1", wake_at=hours_on(5)), timer("t-2", wake_at=hours_on(3), authority="kent"))
    with store.snapshot() as reading:
        assert hours_on(3) == reading.next_wake()

    write(store, timer("t-2", wake_at=hours_on(9), authority="kent"))
    with store.snapshot() as reading:
        assert hours_on(5) == reading.next_wake()


def test_breaches_come_back_whole_and_are_replaced_by_their_id(store: Store, breach: MakeBreach) -> None:
    withdrawn = breach(
        "b-1",
        standing=BreachStanding.WITHDRAWN,
        cause="recorded_late",
        withdrawn_at=datetime(2026, 5, 9, tzinfo=UTC),
    )
    closed = breach(
        "b-2", key="review-3", due_at=MIDNIGHT, standing=BreachStanding.CLOSED, closed_on=date(2026, 5, 12)
    )
    with store.transaction() as work:
        work.write_breaches([breach("b-1"), closed])
        work.write_breaches([withdrawn])

    with store.snapshot() as reading:
        assert [withdrawn, closed] == reading.breaches("thurrock", "C-1042")
        assert reading.breaches("thurrock", "C-1042")[0].standing is BreachStanding.WITHDRAWN


def test_breaches_of_one_authority_are_invisible_to_another(store: Store, breach: MakeBreach) -> None:
    ours, theirs = breach("b-1"), breach("b-1", authority="kent")
    with store.transaction() as work:
        work.write_breaches([ours, theirs])

    with store.snapshot() as reading:
        assert [ours] == list(reading.all_breaches("thurrock"))
        assert [theirs] == reading.breaches("kent", "C-1042")
        assert [] == list(reading.all_breaches("medway"))
        assert [theirs, ours] == list(reading.all_breaches())


def test_rolling_back_leaves_no_derived_row(
    store: Store, timer: MakeTimer, breach: MakeBreach, episode: MakeEpisode
) -> None:
    def write_and_stop() -> None:
        with store.transaction() as work:
            work.write_timers([timer("t-1", wake_at=MIDNIGHT - timedelta(days=1)), timer("t-2")])
            work.write_breaches([breach()])
            work.write_episodes([episode()])
            raise InterruptedError

    write(store, timer("t-1"))
    with pytest.raises(InterruptedError):
        write_and_stop()

    with store.snapshot() as reading:
        assert [timer("t-1")] == list(reading.all_timers())
        assert MIDNIGHT == reading.next_wake()
        assert [] == list(reading.all_breaches())
        assert [] == reading.episodes("thurrock", "C-1042")
