"""Whatever the order in which events reach us, the same things are known in the end, and follow from them."""

from contextlib import suppress

from fault_table import times
from histories import AT_LAST, AUTHORITY, attempts, derived, lived, took_in
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.store.memory import InMemoryStore
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine, Recorded
from caseclock.workflow.refusals import Refused
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify


@settings(max_examples=times(60, 1000), deadline=None)
@given(tried=attempts(), data=st.data())
def test_any_order_of_arrival_gives_the_same_episodes_timers_and_breaches(
    tried: list[Event], data: st.DataObject
) -> None:
    events = lived(tried)
    shuffled = data.draw(st.permutations(events))
    as_written, as_arrived = took_in(events), took_in(shuffled, sweeping=data.draw(st.booleans()))

    assert derived(as_written.store) == derived(as_arrived.store)
    assert {event.event_id for event in events} == derived(as_arrived.store).facts
    with as_arrived.store.snapshot() as unit:
        assert [] == unit.quarantined(AUTHORITY)
    assert () == verify(as_arrived, AT_LAST).findings


@settings(max_examples=times(60, 1000), deadline=None)
@given(tried=attempts(most=20, second_thoughts=4), data=st.data())
def test_recording_event_by_event_ends_where_the_whole_log_leads(
    tried: list[Event], data: st.DataObject
) -> None:
    """In any order, what does not fit refused, with sweeps in between: `verify` works it all out from the log."""
    engine = Engine(InMemoryStore())
    for event in data.draw(st.permutations(tried)):
        with suppress(Refused):
            engine.record(event, at=AT_LAST)
        if data.draw(st.booleans()):
            sweep(engine, event.recorded.latest())
    sweep(engine, AT_LAST)

    assert () == verify(engine, AT_LAST).findings


@settings(max_examples=30, deadline=None)
@given(tried=attempts())
def test_recording_again_changes_nothing(tried: list[Event]) -> None:
    events = lived(tried)
    engine = took_in(events)
    before = derived(engine.store)
    with engine.store.snapshot() as unit:
        log = unit.chain(AUTHORITY, "C-1")
    again = [engine.record(event, at=AT_LAST) for event in events]
    taken = engine.take_in(AUTHORITY, "C-1", [[event] for event in events], AT_LAST)

    assert [Recorded(0, 0)] * len(events) == again
    assert ["unchanged"] * len(events) == [one.status for one in taken]
    assert before == derived(engine.store)
    with engine.store.snapshot() as unit:
        assert log == unit.chain(AUTHORITY, "C-1")
