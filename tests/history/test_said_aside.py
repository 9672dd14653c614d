"""What is said about facts (extensions, answers, breaches, moved timers) takes its place among them and moves none."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import begin, instant

from caseclock.processes.catalogue import EVERYWHERE
from caseclock.timers.event import ASIDE, Event, in_order
from caseclock.timers.when import When
from caseclock.workflow.verification import verify

DAY = date(2026, 3, 2)
moments = st.integers(0, 23).map(lambda hour: datetime(2026, 3, 2, hour, tzinfo=UTC))
times = st.one_of(st.just(When(DAY)), moments.map(When.instant))
types = st.sampled_from(["ReferralReceived", "ReferralDecided", *sorted(ASIDE)])


@st.composite
def days(draw: st.DrawFn) -> list[Event]:
    """One day of a case, in the order of writing."""
    return [
        Event(
            f"e-{seq}", draw(types), "anywhere", "C-1", "R-1", draw(times), draw(times), "sw.jones", seq=seq
        )
        for seq in range(1, draw(st.integers(1, 9)) + 1)
    ]


def test_every_event_that_may_happen_to_any_case_is_said_aside() -> None:
    assert set(EVERYWHERE) == ASIDE


@given(days())
def test_facts_stand_as_if_nothing_had_been_said_aside(log: list[Event]) -> None:
    def facts(events: list[Event]) -> list[str]:
        return [event.event_id for event in events if event.type not in ASIDE]

    assert facts(in_order([event for event in log if event.type not in ASIDE])) == facts(in_order(log))


@given(days())
def test_what_is_said_aside_keeps_to_the_clock(log: list[Event]) -> None:
    known = [event.occurred.at for event in in_order(log) if event.occurred.at]

    assert sorted(known) == known


@pytest.mark.parametrize("swept", ["2026-03-03 14:30", "2026-03-03 23:00"])
def test_a_sweep_does_not_decide_whether_a_visit_was_under_the_plan(swept: str) -> None:
    """A contact's 24 hours end at two; at three the plan is written up, of that day, and at four a visit at ten."""
    case = begin(authority="thurrock")
    case.happened("ContactReceived", "2026-03-02 14:00", "R-1")
    if swept < "2026-03-03 15:00":
        assert 1 == case.swept(swept)
    case.happened("PlanStarted", "2026-03-03", "P-1", recorded="2026-03-03 15:00")
    case.happened("ChildSeen", "2026-03-03 10:00", "P-1", recorded="2026-03-03 16:00")
    case.swept(swept)

    visits = [one for one in case.positions("2026-03-04") if one.timer.timescale == "local.cp.visit.10wd"]
    assert ["met", "running"] == [one.standing for one in sorted(visits, key=lambda one: one.timer.outcome)]
    assert () == verify(case.engine, instant("2026-03-03 23:00")).findings
