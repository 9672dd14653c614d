"""Shortcuts lead where the long way leads: after every event, whatever came late, was put right, or follows what.

The long way works out every timescale at every event that could start it. The engine, recording event by event, works
out what the event can bear on; and even a whole evaluation leaves out what nothing in the case starts.
"""

from dataclasses import replace
from datetime import timedelta

from histories import AT_LAST, AUTHORITY, attempts
from hypothesis import given, settings
from hypothesis import strategies as st
from story import when

from caseclock.processes.catalogue import OPENERS, rules_of
from caseclock.store.memory import InMemoryStore
from caseclock.timers.anchors import anchors
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.evaluation import Setting, evaluate, run
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Outcome, Timer
from caseclock.timers.timescale import Clause
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import Refused
from caseclock.workflow.replay import episodes_of
from caseclock.workflow.sweep import sweep

SETTING = Setting(rules_of(AUTHORITY), england_and_wales())


def the_long_way(history: History) -> dict[str, Timer]:
    """Work out every timescale, one by one."""
    timers: dict[str, Timer] = {}
    for versions in SETTING.rulebook.rules.values():
        for anchor in anchors(history, versions):
            timer = run(history, SETTING, anchor)
            timers.setdefault(timer.timer_id, timer)
    return timers


@settings(max_examples=60, deadline=None)
@given(tried=attempts(most=24, second_thoughts=3), data=st.data())
def test_after_every_event_timers_and_episodes_are_those_of_the_whole_log(
    tried: list[Event], data: st.DataObject
) -> None:
    """In the order of writing for the most part, so that much comes last; the rest late."""
    engine = Engine(InMemoryStore())
    for event in _in_some_order(tried, data):
        for one in [*_from_a_return(event, data), *_meanwhile(engine, event, data)]:
            try:
                engine.record(one, at=AT_LAST)
            except Refused:
                continue
            _agree(engine)


def _in_some_order(tried: list[Event], data: st.DataObject) -> list[Event]:
    by_happening = data.draw(st.booleans())
    order = sorted(tried, key=lambda event: event.occurred.earliest()) if by_happening else list(tried)
    for _ in range(data.draw(st.integers(0, 2))):
        late = order.pop(data.draw(st.integers(0, len(order) - 1)))
        order.append(late)
    return order


def _from_a_return(event: Event, data: st.DataObject) -> list[Event]:
    """Let an episode be told by a source that leaves something out, now and then, and ends somewhere."""
    if event.type not in OPENERS or data.draw(st.integers(0, 3)):
        return [event]
    types = data.draw(st.lists(st.sampled_from(_OFTEN), max_size=3, unique=True))
    until = event.occurred.on + timedelta(days=data.draw(st.integers(0, 200)))
    opener = replace(event, by="return:sample", data={**event.data, "untold": types})
    told = replace(
        event,
        event_id=f"{event.event_id}/told",
        type="SourceTold",
        occurred=event.recorded,
        by="return:sample",
    )
    return [opener, replace(told, data={"until": str(until)})]


_OFTEN = ("AssessmentAuthorised", "ChildSeen", "ReviewHeld", "CoreGroupHeld", "ReviewConferenceHeld")


def _meanwhile(engine: Engine, event: Event, data: st.DataObject) -> list[Event]:
    """Let a sweep pass, or a running timer be extended."""
    choice = data.draw(st.integers(0, 5))
    if choice == 0:
        sweep(engine, event.recorded.latest())
    running = [timer for timer in _stored(engine).values() if timer.outcome is Outcome.RUNNING]
    if choice != 1 or not running:
        return []
    timer = data.draw(st.sampled_from(sorted(running, key=lambda one: one.timer_id)))
    asked = {
        "timer_id": timer.timer_id,
        "until": str((timer.due_on or event.occurred.on) + timedelta(days=20)),
        "reason": "the court sits later",
        "approved_by": "head.of.service",
    }
    extension = replace(event, event_id=f"{event.event_id}/extended", type="TimerExtended", data=asked)
    return [replace(extension, episode_id=timer.episode_id, occurred=When(event.recorded.on))]


def _stored(engine: Engine) -> dict[str, Timer]:
    with engine.store.snapshot() as unit:
        return {kept.timer.timer_id: kept.timer for kept in unit.timers(AUTHORITY, "C-1")}


def _agree(engine: Engine) -> None:
    with engine.store.snapshot() as unit:
        log = unit.events(AUTHORITY, "C-1")
        episodes = {episode.episode_id: episode for episode in unit.episodes(AUTHORITY, "C-1")}
    history = History(log, OPENERS)

    assert the_long_way(history) == _stored(engine)
    assert the_long_way(history) == {timer.timer_id: timer for timer in evaluate(history, SETTING)}
    assert {episode.episode_id: episode for episode in episodes_of(log)} == episodes


def test_another_date_of_birth_told_last_changes_what_depends_on_age() -> None:
    """A child thought to be six is found to be three: reviews of health come twice a year under five."""
    engine = Engine(InMemoryStore())
    case = [
        _told(
            1,
            "PeriodOfCareStarted",
            "2024-01-08",
            "L-1",
            legal_status="care_order",
            date_of_birth="2018-02-01",
        ),
        _told(2, "HealthAssessmentCompleted", "2024-02-05", "L-1", kind="initial"),
        _told(3, "ReferralReceived", "2024-03-04", "R-1", source="school", date_of_birth="2021-02-01"),
    ]
    engine.record(case[0], at=AT_LAST)
    engine.record(case[1], at=AT_LAST)
    before = _stored(engine)
    engine.record(case[2], at=AT_LAST)

    assert before.items() - _stored(engine).items()
    _agree(engine)


def test_facts_that_change_at_the_end_are_asked_anew() -> None:
    """Whatever was worked out of an episode's facts is forgotten when an event changes them."""
    tale = [
        _told(1, "PeriodOfCareStarted", "2024-01-08", "L-1", legal_status="section_20"),
        _told(2, "PlacementStarted", "2024-01-08", "L-1", placement_id="P-1", kind="foster"),
        _told(3, "ChildSeen", "2024-01-11", "L-1"),
        _told(4, "PlacementStarted", "2024-02-05", "L-1", placement_id="P-2", kind="with_parents"),
        _told(5, "LegalStatusChanged", "2024-02-12", "L-1", legal_status="care_order"),
        _told(6, "ChildSeen", "2024-02-14", "L-1"),
        _told(
            7, "PlacementAssessed", "2024-03-04", "L-1", placement_id="P-2", kind="foster", outcome="approved"
        ),
        _told(8, "ChildSeen", "2024-03-06", "L-1"),
    ]
    clauses = [clause for clause in _clauses() if clause.facts]
    grown = History([], OPENERS)
    for event in tale:
        grown.take(event)

        for clause in clauses:
            places = grown.places.get(("L-1", clause.event), [])
            fitting = [place for place in places if grown.fits(grown.events[place], clause, place)]
            if clause.process in (None, "looked_after"):
                assert fitting == list(grown.matching(clause, ["L-1"]))
    assert len(tale) == len(grown.events)


def _clauses() -> list[Clause]:
    """Every clause by which a timescale starts, stops or ends."""
    versions = [version for found in SETTING.rulebook.rules.values() for version in found]
    starts = [start for version in versions for start in version.starts]
    return [
        *(start.clause for start in starts),
        *(clause for start in starts for clause in (*start.needs, *start.unless, *start.after, *start.voids)),
        *(clause for version in versions for clause in (*version.stops, *version.voids, *version.revives)),
    ]


def _told(number: int, event_type: str, on: str, episode: str, **data: object) -> Event:
    moment = When.instant(when(f"{on} 10:00").latest() + timedelta(minutes=number))
    return Event(f"e-{number}", event_type, AUTHORITY, "C-1", episode, moment, moment, "sw.jones", data=data)
