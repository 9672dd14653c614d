"""To whom a case is allocated, as its events tell it: in the order of happening, corrected, and kept beside the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from story import Told, begin, instant

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import BreachAnswer, CaseFacts, Store
from caseclock.store.sql import open_store
from caseclock.workflow.allocation import fill_in
from caseclock.workflow.verification import verify

LONG_AFTER = instant("2026-12-31")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield InMemoryStore()
        return
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}") as opened:
        yield opened


@pytest.fixture
def case(store: Store) -> Told:
    """A referral of Monday 2 March 2026 to the duty team."""
    told = begin(store=store)
    told.happened(
        "ReferralReceived", "2026-03-02", "R-1", team="duty", family="F-7", date_of_birth="2020-02-29"
    )
    told.happened("ReferralDecided", "2026-03-02", "R-1", outcome="assessment")
    return told


def facts(case: Told) -> CaseFacts:
    with case.engine.store.snapshot() as unit:
        found = unit.facts(case.authority, case.case_id)
    assert found is not None
    return found


def sound(case: Told) -> bool:
    return {"facts", "answers"}.isdisjoint(one.kind for one in verify(case.engine, LONG_AFTER).findings)


def test_the_event_that_opens_a_case_tells_its_first_allocation_and_who_the_child_is(case: Told) -> None:
    expected = CaseFacts(case.authority, case.case_id, "duty", None, "F-7", date(2020, 2, 29))

    assert expected == facts(case)
    assert sound(case)


def test_a_case_that_tells_nothing_of_the_kind_has_facts_that_are_empty(store: Store) -> None:
    case = begin(store=store)
    case.referral("2026-03-02")

    assert CaseFacts(case.authority, case.case_id) == facts(case)


def test_whatever_event_tells_a_team_or_worker_allocates_the_case_to_them_from_then_on(case: Told) -> None:
    case.happened("AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1", team="assessment")
    case.happened("AssessmentAllocated", "2026-03-04", "A-1", worker="sw.017")

    assert ("assessment", "sw.017", "F-7") == (facts(case).team, facts(case).worker, facts(case).family)
    assert sound(case)


def test_an_empty_value_takes_the_case_from_whoever_had_it(case: Told) -> None:
    case.happened("AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1", worker="sw.017")
    case.happened("ChildSeen", "2026-03-04", "A-1", alone=True, worker="")

    assert facts(case).worker is None


def test_what_is_written_up_late_does_not_undo_what_has_happened_since(case: Told) -> None:
    case.happened("AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1", worker="sw.017")
    case.happened("ChildSeen", "2026-03-10", "A-1", alone=True, worker="sw.020")
    case.happened("ChildSeen", "2026-03-05", "A-1", recorded="2026-03-12", alone=True, worker="sw.018")

    assert "sw.020" == facts(case).worker
    assert sound(case)


def test_what_is_taken_back_allocates_nothing(case: Told) -> None:
    case.happened("AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1", worker="sw.017")
    seen = case.happened("ChildSeen", "2026-03-10", "A-1", alone=True, worker="sw.020")
    case.happened("EventRetracted", "2026-03-11", "A-1", event_id=seen.event_id, reason="wrong child")

    assert "sw.017" == facts(case).worker
    assert sound(case)


def test_a_corrected_day_moves_an_allocation(case: Told) -> None:
    case.happened("AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1", worker="sw.017")
    first = case.happened("ChildSeen", "2026-03-10", "A-1", alone=True, worker="sw.020")
    case.happened("ChildSeen", "2026-03-12", "A-1", alone=True, worker="sw.021")
    case.happened(
        "EventCorrected",
        "2026-03-13",
        "A-1",
        event_id=first.event_id,
        occurred_at="2026-03-13",
        reason="slip",
    )

    assert "sw.020" == facts(case).worker
    assert sound(case)


def test_the_last_answer_to_a_breach_is_kept_with_it(case: Told) -> None:
    case.happened("AssessmentStarted", "2026-03-03", "A-1", kind="single", follows="R-1")
    case.swept("2026-06-01")
    with case.engine.store.snapshot() as unit:
        breach = unit.breaches(case.authority, case.case_id)[0]
    for kind, told in (
        ("BreachEscalated", {"to": "head of service"}),
        ("BreachExplained", {"reason_code": "workload", "text": "Two were away.", "review_on": "2026-07-01"}),
    ):
        case.happened(kind, "2026-06-02", breach.episode_id, breach_id=breach.breach_id, **told)
    with case.engine.store.snapshot() as unit:
        kept = unit.breach_answers(case.authority, case.case_id)

    expected = BreachAnswer(
        case.authority, breach.breach_id, case.case_id, "explained", "sw.jones", date(2026, 6, 2), "workload", None,
        date(2026, 7, 1),
    )  # fmt: skip
    assert [expected] == kept
    assert sound(case)


def test_verifying_finds_facts_that_are_not_as_the_log_tells_and_filling_in_mends_them(case: Told) -> None:
    with case.engine.store.transaction() as unit:
        unit.write_facts([replace(facts(case), team="elsewhere")])

    assert not sound(case)
    assert 1 == fill_in(case.engine.store)
    assert "duty" == facts(case).team
    assert sound(case)
