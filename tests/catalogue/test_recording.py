"""Every recording standard that ships: written up on the last moment in time, and one unit past it.

Monday 25 May 2026 is a bank holiday.
"""

from dataclasses import dataclass

import pytest
from story import ANYWHERE, begin
from walks import Step, step, tell

from caseclock.processes.catalogue import PROCESSES, shipped_packs
from caseclock.timers.timescale import Kind, Timescale

SHIPPED = {
    timescale.id: timescale
    for pack in shipped_packs()
    for timescale in pack.timescales
    if timescale.kind is Kind.RECORDING
}

PLAN = step("PlanStarted", "2026-04-28", "P-1", conference_held_on="2026-04-28")
IN_CARE = step("PeriodOfCareStarted", "2026-04-28", "L-1", legal_status="section_20")
SEEN = step("ChildSeen", "2026-05-21", "P-1", alone=True)
FOSTERED = step("PrivateFosteringNotified", "2026-04-28", "F-1", kind="existing")
DISCUSSED = step("StrategyDiscussionHeld", "2026-05-21 16:00", "S-1", initiates_section_47=True)


@dataclass(frozen=True)
class WriteUp:
    timescale: str
    authority: str
    before: tuple[Step, ...]
    event: Step
    #: the last moment in time, and the first that is too late
    in_time: str
    late: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.timescale} {self.event.event} {self.note}".strip()

    def stands(self, recorded: str) -> tuple[str, int]:
        case = tell(begin(authority=self.authority), self.before)
        written = case.happened(
            self.event.event, self.event.on, self.event.episode, recorded=recorded, **self.event.data
        )
        found = [
            (str(one.standing), one.over)
            for one in case.positions()
            if one.timer.timescale == self.timescale and one.timer.trigger_event == written.event_id
        ]
        assert 1 == len(found), f"{len(found)} timers of {self.timescale}"
        return found[0]


WRITE_UPS = [
    WriteUp(
        "local.recording.risk.24h",
        "thurrock",
        (),
        DISCUSSED,
        "2026-05-22 16:00",
        "2026-05-22 16:01",
        "to the minute",
    ),
    WriteUp(
        "local.recording.risk.24h",
        "thurrock",
        (),
        DISCUSSED.moved("2026-05-21"),
        "2026-05-22 23:59",
        "2026-05-23 00:00",
        "known to the day",
    ),
    WriteUp(
        "local.recording.other.2w",
        "thurrock",
        (PLAN,),
        SEEN.moved("2026-05-11"),
        "2026-05-25",
        "2026-05-26",
        "two weeks end on a bank holiday",
    ),
    WriteUp(
        "recording.visit.2wd",
        "example",
        (PLAN,),
        SEEN,
        "2026-05-26",
        "2026-05-27",
        "over the late May bank holiday",
    ),
    WriteUp(
        "recording.visit.2wd",
        "example",
        (IN_CARE,),
        step("VisitAttempted", "2026-05-21", "L-1"),
        "2026-05-26",
        "2026-05-27",
    ),
    WriteUp(
        "recording.visit.2wd",
        "example",
        (FOSTERED,),
        step("ChildSeen", "2026-05-21", "F-1"),
        "2026-05-26",
        "2026-05-27",
    ),
]


@pytest.mark.parametrize("walk", WRITE_UPS, ids=str)
def test_written_up_by_the_last_moment_it_is_in_time(walk: WriteUp) -> None:
    assert ("met", 0) == walk.stands(walk.in_time)


@pytest.mark.parametrize("walk", WRITE_UPS, ids=str)
def test_written_up_after_it_is_late_by_one(walk: WriteUp) -> None:
    assert ("met_late", 1) == walk.stands(walk.late)


def test_every_recording_standard_is_walked() -> None:
    assert set(SHIPPED) == {walk.timescale for walk in WRITE_UPS}


@pytest.mark.parametrize("timescale", SHIPPED.values(), ids=lambda timescale: timescale.id)
def test_recording_is_a_local_standard_and_asked_of_nobody_else(timescale: Timescale) -> None:
    assert ("local", True) == (str(timescale.basis), timescale.authority is not None)


def test_thurrock_wants_eight_in_ten_recorded_in_time() -> None:
    wanted = {name: SHIPPED[name].target_percent for name in SHIPPED if name.startswith("local.")}

    assert {"local.recording.risk.24h": 80, "local.recording.other.2w": 80} == wanted


def test_risk_and_other_work_share_no_event() -> None:
    risk, other = (
        {start.clause.event for start in SHIPPED[f"local.recording.{name}"].starts}
        for name in ("risk.24h", "other.2w")
    )

    assert set() == risk & other


@pytest.mark.parametrize("timescale", SHIPPED.values(), ids=lambda timescale: timescale.id)
def test_every_event_a_standard_names_happens_where_it_says(timescale: Timescale) -> None:
    for start in timescale.starts:
        processes = [start.clause.process] if start.clause.process else list(PROCESSES)
        assert any(start.clause.event in PROCESSES[name].events for name in processes), start.clause.event


def test_only_a_decision_for_a_strategy_discussion_tells_of_risk() -> None:
    case = begin(authority="thurrock")
    case.happened("ReferralReceived", "2026-05-21 09:00", "R-1")
    case.happened("ReferralDecided", "2026-05-21 15:00", "R-1", outcome="assessment")
    case.happened("ReferralClosed", "2026-05-26 10:00", "R-1")
    case.happened("ReferralReceived", "2026-05-28 09:00", "R-2")
    case.happened("ReferralDecided", "2026-05-28 15:00", "R-2", outcome="strategy_discussion")

    told = [
        one.timer.episode_id for one in case.positions() if one.timer.timescale == "local.recording.risk.24h"
    ]
    assert ["R-2"] == told


def test_a_visit_in_an_assessment_is_no_statutory_visit() -> None:
    case = begin(authority="example")
    case.referral("2026-05-18")
    case.assessment("2026-05-18")
    case.happened("ChildSeen", "2026-05-21", "A-1", recorded="2026-06-30", alone=True)

    assert [] == [one for one in case.positions() if one.timer.timescale in SHIPPED]


def test_an_authority_without_local_standards_is_asked_nothing_about_recording() -> None:
    case = tell(begin(authority=ANYWHERE), (PLAN,))
    case.happened("ChildSeen", "2026-05-21", "P-1", recorded="2026-06-30", alone=True)

    assert [] == [one for one in case.positions() if one.timer.is_of_recording]
