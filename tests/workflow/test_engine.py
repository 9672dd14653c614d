"""What the engine promises whoever else writes: nothing on stale knowledge, nothing half, nothing twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from story import Told, begin, instant, when

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import CalendarChange, Store, StoreBusy, Transaction
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine, Recorded
from caseclock.workflow.refusals import BadData, DifferentContent, IllegalEvent, Refused, UnknownEvent
from caseclock.workflow.verification import verify

GUIDANCE = "assessment.single.45wd"
SWEPT = instant("2026-03-03")
#: a slip of the pen that leads out of the calendar
BEYOND = {"open_case": True, "new_information_on": "2120-12-30"}


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield InMemoryStore()
        return
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as opened:
        yield opened


def elsewhere(case: Told) -> Told:
    """The same case, in the hands of another worker."""
    return Told(Engine(case.engine.store), case.authority, case.case_id, written=100)


def event(event_type: str = "ReferralReceived", **changes: Any) -> Event:
    told: dict[str, Any] = {
        "event_id": "e-1",
        "authority": "anywhere",
        "case_id": "C-1",
        "episode_id": "R-1",
        "occurred": when("2026-03-02"),
        "recorded": when("2026-03-02"),
        "by": "sw.jones",
    }
    return Event(type=event_type, **(told | changes))


def test_a_worker_who_has_a_case_at_hand_learns_what_another_recorded_meanwhile(store: Store) -> None:
    case = begin(store=store)
    case.referral("2026-03-02", decided="not yet")
    elsewhere(case).happened("ReferralDecided", "2026-03-02", "R-1", outcome="assessment")
    case.assessment("2026-03-02")

    assert ["ReferralReceived", "ReferralDecided", "AssessmentStarted"] == case.log()
    assert () == verify(case.engine, SWEPT).findings


def test_nothing_is_refused_for_what_another_has_put_right_meanwhile(store: Store) -> None:
    """Nobody can be told of the outcome of a referral that this worker has not yet seen opened."""
    case = begin(store=store)
    case.happened("ContactReceived", "2026-03-02", "R-1")
    elsewhere(case).happened("ContactDecided", "2026-03-02", "R-1", outcome="referral")
    case.happened("ReferralReceived", "2026-03-02", "R-1")

    assert ["ContactReceived", "ContactDecided", "ReferralReceived"] == case.log()


def test_what_another_made_illegal_meanwhile_is_refused(store: Store) -> None:
    case = begin(store=store)
    case.referral("2026-03-02", decided="not yet")
    elsewhere(case).happened("ReferralClosed", "2026-03-02", "R-1")

    with pytest.raises(IllegalEvent, match="it was 'closed'"):
        case.happened("ReferralDecided", "2026-03-03", "R-1", outcome="assessment")


def test_a_holiday_added_elsewhere_is_counted_in_a_case_at_hand(store: Store) -> None:
    case = begin(store=store)
    case.referral("2026-03-02", decided="not yet")
    change = CalendarChange(
        when("2026-03-05").on, "Day of thanksgiving", instant("2026-03-02"), "clerk.adams", "Proclaimed"
    )
    add_calendar_day(Engine(store), change)
    case.happened("ReferralDecided", "2026-03-03", "R-1", outcome="assessment")

    assert "2026-05-08" == case.due(GUIDANCE)
    assert () == verify(case.engine, SWEPT).findings


def test_what_the_caller_took_back_was_not_recorded(store: Store) -> None:
    """The event is part of the caller's unit of work, and can be recorded when that is done again."""
    engine = Engine(store)
    engine.record(event(), at=SWEPT)
    decided = event("ReferralDecided", event_id="e-2", data={"outcome": "assessment"})

    def and_then_fail() -> None:
        with store.transaction() as unit:
            assert 1 == engine.record(decided, at=SWEPT, transaction=unit).events
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        and_then_fail()

    assert 1 == engine.record(decided, at=SWEPT).events
    assert () == verify(engine, SWEPT).findings


class Failing:
    """A store whose commits fail while it is told to."""

    def __init__(self) -> None:
        self._store = InMemoryStore()
        self.failing = False
        self.snapshot = self._store.snapshot

    @contextmanager
    def transaction(self, *, reads: bool = True) -> Iterator[Transaction]:
        with self._store.transaction(reads=reads) as unit:
            yield unit
            if self.failing:
                raise StoreBusy("Can't write: the disk is full.")


def test_what_could_not_be_committed_was_not_recorded() -> None:
    store = Failing()
    engine = Engine(store)
    engine.record(event(), at=SWEPT)
    decided = event("ReferralDecided", event_id="e-2", data={"outcome": "assessment"})
    store.failing = True
    with pytest.raises(StoreBusy):
        engine.record(decided, at=SWEPT)
    store.failing = False

    assert 1 == engine.record(decided, at=SWEPT).events
    assert Recorded(0, 0) == engine.record(decided, at=SWEPT)
    assert () == verify(engine, SWEPT).findings


def test_an_id_is_taken_by_one_content_in_the_whole_authority(store: Store) -> None:
    engine = Engine(store)
    engine.record(event(), at=SWEPT)

    assert Recorded(0, 0) == engine.record(event(recorded=when("2026-03-03")), at=SWEPT)
    with pytest.raises(
        DifferentContent, match="is taken by ReferralReceived of 2026-03-02 with other content"
    ):
        engine.record(event(because="a call"), at=SWEPT)
    with pytest.raises(DifferentContent, match="It belongs to an event of another case"):
        engine.record(event(case_id="C-2"), at=SWEPT)
    assert 1 == engine.record(event(authority="elsewhere"), at=SWEPT).events


def test_events_are_recorded_together_or_not_at_all(store: Store) -> None:
    engine = Engine(store)
    with pytest.raises(IllegalEvent):
        engine.record(event(), event("ReferralClosed", event_id="e-2", episode_id="R-2"), at=SWEPT)

    with store.snapshot() as unit:
        assert unit.case("anywhere", "C-1") is None


@pytest.mark.parametrize(
    ("wrong", "refusal", "says"),
    [
        ({"event_type": "ReferralRecieved"}, UnknownEvent, "Did you mean ReferralReceived?"),
        ({"by": ""}, BadData, "nobody is named as its author"),
        ({"occurred": when("2026-03-05")}, BadData, "it is dated 2026-03-05, after the moment of recording"),
        ({"occurred": when("2026-03-03"), "recorded": when("2026-03-02")}, BadData, "Mend recorded_at"),
        ({"recorded": when("2026-03-05")}, BadData, "Mend recorded_at"),
        ({"data": {"date_of_birth": "May"}}, BadData, "data.date_of_birth is 'May', which is not a date"),
        ({"event_type": "AssessmentStarted", "data": BEYOND}, BadData, "its timers can't be counted"),
    ],
)
def test_what_can_not_be_right_is_refused_with_a_sentence_and_leaves_nothing(
    wrong: dict[str, Any], refusal: type[Refused], says: str
) -> None:
    engine = Engine(InMemoryStore())

    with pytest.raises(refusal) as refused:
        engine.record(event(**wrong), at=SWEPT)
    assert says in str(refused.value)
    with engine.store.snapshot() as unit:
        assert [] == list(unit.case_ids())


def test_an_event_may_carry_an_event_id_of_its_own_world_in_its_data() -> None:
    engine = Engine(InMemoryStore())

    assert 1 == engine.record(event(data={"event_id": "case-system-7"}), at=SWEPT).events


def test_a_day_that_cannot_be_counted_stops_one_record_of_an_import_and_no_other() -> None:
    engine = Engine(InMemoryStore())
    taken = engine.take_in(
        "anywhere",
        "C-1",
        [[event("AssessmentStarted", data=BEYOND)], [event(event_id="e-2", episode_id="R-2")]],
        SWEPT,
    )

    assert ["quarantined", "recorded"] == [one.status for one in taken]
    assert () == verify(engine, SWEPT).findings
