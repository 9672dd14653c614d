"""The store in memory answers as SQLite does, whatever is done to both."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from caseclock.store.memory import InMemoryStore
from caseclock.store.outbox_protocol import Delivery, Recipient
from caseclock.store.protocol import (
    Breach,
    BreachStanding,
    CalendarChange,
    Case,
    CaseChanged,
    Episode,
    EventIdTaken,
    OutboxMessage,
    Quarantined,
    Store,
    StoredTimer,
    Transaction,
)
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.when import When

START = datetime(2026, 3, 2, tzinfo=UTC)
authorities = st.sampled_from(["thurrock", "kent"])
case_ids = st.sampled_from(["C-1", "C-2", "Ç-3"])
numbers = st.integers(0, 6)
names = st.sampled_from(["log", "case-system"])
holders = st.sampled_from([None, "x", "y"])
HOUR = timedelta(hours=1)
instants = st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours))
days = st.integers(0, 5).map(lambda more: date(2026, 3, 2) + timedelta(days=more))


def make_timer(authority: str, case_id: str, number: int, instant: datetime) -> Timer:
    return Timer(
        timer_id=f"{case_id}/t-{number}",
        authority=authority,
        case_id=case_id,
        episode_id="A-1",
        process="assessment",
        timescale="assessment.single.45wd",
        version="2013-04-15",
        key=None,
        started_on=date(2026, 3, 2),
        started_at=None,
        due_on=date(2026, 5, 7),
        due_at=None,
        first_due_on=None,
        not_before=None,
        warns_at=instant,
        falls_at=instant,
        at_end=AtEnd.OVERDUE,
        outcome=Outcome.RUNNING,
        stopped_on=None,
        stopped_at=None,
        recorded_on=None,
        over_at_stop=0,
        unit="working_days",
        basis="statutory_guidance",
        source="Working Together to Safeguard Children",
        trigger_event="e-1",
        stop_event=None,
        calendar="england_and_wales:7",
    )


class Twins(RuleBasedStateMachine):
    """Does the same to a store in memory and to one in SQLite, in one transaction at a time on each."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        sqlite = open_store(f"sqlite:///{folder / 'twin.db'}", synchronous="NORMAL")
        self.open.callback(sqlite.close)
        self.stores: list[Store] = [InMemoryStore(), sqlite]
        self.work: list[Transaction] = []
        self.blocks: list[ExitStack] = []

    def teardown(self) -> None:
        if self.work:
            self.end(commit=False)
        self.open.close()

    def each(self, act: Callable[[Transaction], Any]) -> None:
        """Do the same on both: the same answer, or the same refusal, after which both are rolled back."""
        answers: list[object] = []
        for work in self.work:
            try:
                answers.append(act(work))
            except (CaseChanged, EventIdTaken) as refused:
                answers.append((type(refused), str(refused)))
        assert answers[0] == answers[1]
        if isinstance(answers[0], tuple) and answers[0] and isinstance(answers[0][0], type):
            self.end(commit=False)

    @precondition(lambda self: not self.work)
    @rule()
    def begin(self) -> None:
        for store in self.stores:
            block = ExitStack()
            self.work.append(block.enter_context(store.transaction()))
            self.blocks.append(block)

    @precondition(lambda self: self.work)
    @rule(commit=st.booleans())
    def end(self, commit: bool) -> None:
        for block in self.blocks:
            if commit:
                block.close()
            else:
                stop = InterruptedError()
                block.__exit__(InterruptedError, stop, None)
        self.work, self.blocks = [], []

    @precondition(lambda self: self.work)
    @rule(
        authority=authorities,
        case_id=case_ids,
        ids=st.lists(numbers, max_size=3),
        stale=st.integers(0, 9),
        instant=st.none() | instants,
        day=days,
    )
    def append(
        self, authority: str, case_id: str, ids: list[int], stale: int, instant: datetime | None, day: date
    ) -> None:
        when = When(day, instant)
        events = [
            Event(f"e-{n}", "ChildSeen", authority, case_id, "A-1", when, when, "sw", data={"n": n})
            for n in ids
        ]

        def act(work: Transaction) -> Case:
            case = work.case(authority, case_id) or Case(authority, case_id)
            if stale == 0:
                case = Case(authority, case_id, case.version + 1, case.head)
            grown = work.append(case, events)
            work.events(authority, case_id)  # a taken id may come to light only now
            return grown

        self.each(act)

    @precondition(lambda self: self.work)
    @rule(authority=authorities, case_id=case_ids, number=numbers, instant=instants, wakes=st.booleans())
    def write_timer(self, authority: str, case_id: str, number: int, instant: datetime, wakes: bool) -> None:
        stored = StoredTimer(make_timer(authority, case_id, number, instant), instant if wakes else None)
        self.each(lambda work: work.write_timers([stored]))

    @precondition(lambda self: self.work)
    @rule(authority=authorities, case_id=case_ids, number=numbers)
    def remove_timer(self, authority: str, case_id: str, number: int) -> None:
        self.each(lambda work: work.remove_timers(authority, [f"{case_id}/t-{number}"]))

    @precondition(lambda self: self.work)
    @rule(moment=instants, limit=st.integers(1, 4))
    def claim(self, moment: datetime, limit: int) -> None:
        def woken(work: Transaction) -> list[datetime | None]:
            # timers that wake at one moment may be claimed in any order: compare when, not which
            claimed = work.claim_due(moment, limit)
            return [
                stored.wake_at
                for due in claimed
                for stored in work.timers(due.authority, due.case_id)
                if stored.timer.timer_id == due.timer_id
            ]

        self.each(woken)

    @precondition(lambda self: self.work)
    @rule(authority=authorities, case_id=case_ids, number=numbers, standing=st.sampled_from(BreachStanding))
    def write_breach(self, authority: str, case_id: str, number: int, standing: BreachStanding) -> None:
        withdrawn = standing is BreachStanding.WITHDRAWN
        breach = Breach(
            f"{case_id}/b-{number}", "t-1", authority, case_id, "A-1", "assessment", "assessment.single.45wd", None,
            date(2026, 5, 7), None, START, START, standing,
            cause="retracted" if withdrawn else None, withdrawn_at=START if withdrawn else None,
        )  # fmt: skip
        self.each(lambda work: work.write_breaches([breach]))

    @precondition(lambda self: self.work)
    @rule(authority=authorities, case_id=case_ids, number=numbers, day=days)
    def write_episode(self, authority: str, case_id: str, number: int, day: date) -> None:
        episode = Episode(authority, case_id, f"A-{number}", "assessment", "2013-04-15", "assessing", day)
        self.each(lambda work: work.write_episodes([episode]))

    @precondition(lambda self: self.work)
    @rule(authority=authorities, case_id=case_ids, kind=st.sampled_from(["a", "b"]), instant=instants)
    def put(self, authority: str, case_id: str, kind: str, instant: datetime) -> None:
        message = OutboxMessage(authority, case_id, kind, {"at": instant.isoformat()}, instant)
        self.each(lambda work: work.put_outbox([message]))

    @precondition(lambda self: self.work)
    @rule(name=names, authority=st.none() | authorities, kinds=st.sampled_from([(), ("a",)]), rests=instants)
    def recipient(self, name: str, authority: str | None, kinds: tuple[str, ...], rests: datetime) -> None:
        added = Recipient(name, 1 if name == "log" else 3, START, authority, kinds, 1, rests)
        self.each(lambda work: work.write_recipient(added))

    @precondition(lambda self: self.work)
    @rule(limit=st.integers(1, 4), instant=instants)
    def address(self, limit: int, instant: datetime) -> None:
        self.each(lambda work: work.address(instant, limit))

    @precondition(lambda self: self.work)
    @rule(
        name=names,
        part=st.integers(0, 2),
        seen=holders,
        holder=st.sampled_from(["x", "y"]),
        ends=st.booleans(),
        wait=st.booleans(),
        instant=instants,
        became=st.sampled_from(["told", "failed", "died", "taken up again"]),
    )
    def tell(
        self,
        name: str,
        part: int,
        seen: str | None,
        holder: str,
        ends: bool,
        wait: bool,
        instant: datetime,
        became: str,
    ) -> None:
        def act(work: Transaction) -> object:
            taken = work.take_turn(name, part, seen, holder)
            told = work.to_tell(name, part, instant, 2, wait_for_dead=wait)
            if became == "told":
                work.done_with(told, instant)
            elif became == "taken up again":
                dead = work.dead_letters(1, recipient=name)
                work.write_tries([Delivery(name, one.message) for one in dead])
            else:
                for one in told[:1]:
                    failed = replace(
                        one, tries=one.tries + 1, next_try_at=instant + HOUR, last_error="It rained."
                    )
                    work.write_tries([replace(failed, dead_at=instant) if became == "died" else failed])
            if ends:
                work.end_turn(name, part, holder)
            return taken, told, work.next_try(name), work.open_turns(name, instant, wait_for_dead=wait)

        self.each(act)

    @precondition(lambda self: self.work)
    @rule(instant=instants, limit=st.integers(1, 3))
    def clear(self, instant: datetime, limit: int) -> None:
        self.each(lambda work: work.clear_outbox(instant, limit))

    @precondition(lambda self: self.work)
    @rule(authority=authorities, number=numbers, release=numbers, instant=instants)
    def quarantine(self, authority: str, number: int, release: int, instant: datetime) -> None:
        row = Quarantined(
            f"q-{number}",
            authority,
            "C-1",
            "file.csv",
            str(number * 5),
            None,
            None,
            "why",
            {"n": number},
            instant,
        )

        def act(work: Transaction) -> list[Quarantined]:
            work.keep([row])
            work.release(authority, [f"q-{release}"], instant)
            return work.quarantined(authority)

        self.each(act)

    @precondition(lambda self: self.work)
    @rule(authority=authorities, some=st.lists(case_ids, max_size=3))
    def look_ahead(self, authority: str, some: list[str]) -> None:
        self.each(lambda work: work.look_ahead(authority, some))

    @precondition(lambda self: self.work)
    @rule(authority=st.none() | authorities, day=days)
    def calendar(self, authority: str | None, day: date) -> None:
        change = CalendarChange(day, "Closed", START, "admin", "flood", authority)
        self.each(lambda work: work.add_calendar_change(change))

    # not after every step: reading sends off what waits to be written, and uses up what was read ahead
    @precondition(lambda self: self.work)
    @rule()
    def look_the_same_from_inside(self) -> None:
        first, second = (everything(work) for work in self.work)
        assert first == second

    @precondition(lambda self: not self.work)
    @invariant()
    def look_the_same_from_outside(self) -> None:
        found = []
        for store in self.stores:
            with store.snapshot() as reading:
                found.append(everything(reading))
        assert found[0] == found[1]


def everything(work: Transaction) -> dict[str, Any]:
    """Read all there is to read."""
    keys = [(authority, case_id) for authority in ("kent", "thurrock") for case_id in ("C-1", "C-2", "Ç-3")]
    return {
        "case_ids": list(work.case_ids()),
        "cases": [work.case(*key) for key in keys],
        "chains": [work.chain(*key) for key in keys],
        "found": [work.find_event("kent", f"e-{number}") for number in range(7)],
        "episodes": [work.episodes(*key) for key in keys],
        "timers": [work.timers(*key) for key in keys],
        "all_timers": list(work.all_timers()),
        "next_wake": work.next_wake(),
        "breaches": [work.breaches(*key) for key in keys],
        "all_breaches": list(work.all_breaches("kent")),
        "quarantined": work.quarantined("kent", "C-1"),
        "calendar": work.calendar_changes(),
        "unfinished": work.unfinished(99),
        "recipients": work.recipients(),
        "deliveries": [work.deliveries(name, 99) for name in ("log", "case-system")],
        "dead": work.dead_letters(99),
        "queues": work.queues(),
        "queued": work.queued(5),
    }


Twins.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestTwins = pytest.mark.slow(Twins.TestCase)
