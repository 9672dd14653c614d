"""A report on a few cases, each of a kind that a reader must be able to tell from the others."""

from datetime import UTC, datetime

import pytest
from story import Told, begin, instant

from caseclock.desk.breaches import standing_breaches, withdrawn_breaches
from caseclock.desk.report import BroughtIn, Report
from caseclock.indicators.scorecard import scorecard
from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import Quarantined
from caseclock.timers.explain import explain
from caseclock.timers.history import History
from caseclock.workflow.positions import asked, positions

MADE_AT = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)
#: what a hostile system might have named a case
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def cases() -> Told:
    """Met late by a day, overdue, written up late, and one with a hostile name; gives the first."""
    late = begin(authority="thurrock", case_id="LATE-1")
    late.referral("2025-11-14", decided="2025-11-17")
    late.assessment("2025-11-17")
    late.authorised("2026-01-22")
    store = late.engine.store
    in_time = begin(authority="thurrock", case_id="INTIME-1", store=store)
    in_time.referral("2026-03-02")
    in_time.assessment("2026-03-02")
    in_time.happened("ChildSeen", "2026-03-03", "A-1", alone=True)
    in_time.swept("2026-05-15")
    in_time.authorised("2026-05-06", recorded="2026-05-19")
    begin(authority="thurrock", case_id=HOSTILE, store=store).referral("2026-05-01", decided="not yet")
    return late


@pytest.fixture
def report(cases: Told) -> Report:
    """A report as at 20 May 2026."""
    engine, question = cases.engine, asked(now=MADE_AT)
    with engine.store.snapshot() as unit:
        found = list(positions(engine, unit, question, authority="thurrock"))
        stored = list(unit.all_breaches("thurrock"))
        setting = engine.setting(unit, "thurrock")
        history = History(unit.events("thurrock", "LATE-1"), OPENERS, as_at=question.as_at)
        timer = next(
            one.timer
            for one in found
            if (one.timer.case_id, one.timer.timescale) == ("LATE-1", "assessment.single.45wd")
        )
        return Report(
            authority="thurrock",
            asked=question,
            made_at=MADE_AT,
            brought_in=_brought_in(),
            positions=found,
            breaches=standing_breaches(found, stored, question),
            withdrawn=list(withdrawn_breaches(found, stored, question)),
            explanation=explain(history, setting, timer.timer_id, question.moment),
            scores=scorecard(engine, unit, question, authority="thurrock"),
            score_months=12,
            demonstration=True,
        )


def _brought_in() -> BroughtIn:
    counts = {"records": 3, "accepted": 2, "refused": 1, "quarantined": 0, "unchanged": 0, "events": 4}
    refused = Quarantined(
        quarantine_id="q1",
        authority="thurrock",
        case_id=HOSTILE,
        file="census.xml",
        row="child 2, line 40",
        column="CINreferralDate",
        value=HOSTILE,
        reason=f"CINreferralDate is {HOSTILE!r}, which is not a date written year-month-day. Correct it.",
        content={},
        kept_at=instant("2026-05-20 09:00"),
    )
    file = {
        "file": "census.xml",
        "kind": "cin_census",
        **counts,
        "not_used": {"CINplanDates": 2},
        "reason": None,
    }
    return BroughtIn([file], {"files": 1, **counts, "not_used": {"CINplanDates": 2}}, [refused])
