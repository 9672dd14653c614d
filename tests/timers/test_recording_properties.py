"""Whatever happens, recording standards and practice are told apart."""

from dataclasses import replace
from datetime import timedelta

from histories import AUTHORITY, attempts, derived, took_in
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.processes.catalogue import OPENERS, rules_of
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timer import Outcome, Timer
from caseclock.timers.timescale import Kind
from caseclock.timers.when import When

THURROCK = Setting(rules_of(AUTHORITY), england_and_wales())
WITHOUT = Setting(
    Rulebook(
        AUTHORITY,
        {
            name: versions
            for name, versions in THURROCK.rulebook.rules.items()
            if not any(version.kind is Kind.RECORDING for version in versions)
        },
        OPENERS,
    ),
    THURROCK.holidays,
)


def worked_out(events: list[Event], setting: Setting = THURROCK) -> dict[str, Timer]:
    return {timer.timer_id: timer for timer in evaluate(History(events, OPENERS), setting)}


@settings(max_examples=40, deadline=None)
@given(tried=attempts())
def test_practice_stands_as_it_would_without_any_recording_standard(tried: list[Event]) -> None:
    practice = {name: timer for name, timer in worked_out(tried).items() if not timer.is_of_recording}

    assert worked_out(tried, WITHOUT) == practice


@settings(max_examples=40, deadline=None)
@given(tried=attempts(), days=st.integers(1, 60))
def test_writing_everything_up_later_makes_no_practice_late(tried: list[Event], days: int) -> None:
    def practice(events: list[Event]) -> dict[str, bool]:
        return {
            name: timer.outcome in (Outcome.MET, Outcome.RECORDED_LATE)
            for name, timer in worked_out(events).items()
            if not timer.is_of_recording
        }

    later = [
        replace(event, recorded=When.instant(event.recorded.latest() + timedelta(days=days)))
        for event in tried
    ]

    assert practice(tried) == practice(later)


@settings(max_examples=40, deadline=None)
@given(tried=attempts())
def test_no_recording_timer_ever_runs(tried: list[Event]) -> None:
    told = [timer for timer in worked_out(tried).values() if timer.is_of_recording]

    assert {Outcome.MET, Outcome.MET_LATE} >= {timer.outcome for timer in told}
    assert [timer.trigger_event for timer in told] == [timer.stop_event for timer in told]


@settings(max_examples=30, deadline=None)
@given(tried=attempts())
def test_kept_up_event_by_event_they_are_those_that_the_whole_log_gives(tried: list[Event]) -> None:
    engine = took_in(tried)
    with engine.store.snapshot() as unit:
        events = unit.events(AUTHORITY, "C-1")
    whole = {timer for timer in worked_out(events).values() if timer.is_of_recording}

    assert whole == {timer for timer in derived(engine.store).timers if timer.is_of_recording}
