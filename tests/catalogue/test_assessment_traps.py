"""Where an engine goes wrong on assessments, each named as the catalogue names it."""

import pytest
from story import begin

from caseclock.processes.catalogue import rules_of

GUIDANCE = "assessment.single.45wd"
STATISTIC = "assessment.stat.duration"
CLOCKS = (GUIDANCE, STATISTIC)


def is_of_completing(duty: str) -> bool:
    return duty.startswith(("Complete", "Conclude"))


def test_trap_9_an_assessment_is_complete_when_a_manager_authorises_it_and_not_before() -> None:
    """Referral and start on Monday 2 March 2026: due Thursday 7 May. All the work was done; the manager was late."""
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    case.happened("AssessmentAllocated", "2026-03-03", "A-1")
    case.happened("ChildSeen", "2026-03-09", "A-1", alone=True)
    case.happened("ReferrerInformed", "2026-05-06", "R-1")

    assert ["overdue", "overdue"] == [str(case.standing(clock, "2026-05-08")) for clock in CLOCKS]

    case.authorised("2026-05-11")
    assert [("met_late", 2), ("met_late", 2)] == [
        (str(one.standing), one.over) for one in (case.timer(clock) for clock in CLOCKS)
    ]


@pytest.mark.parametrize("authority", ["thurrock", "example"])
def test_trap_9_nothing_but_authorisation_stops_a_clock_of_completing_an_assessment(authority: str) -> None:
    stops = {
        version.id: {clause.event for clause in version.stops}
        for versions in rules_of(authority).rules.values()
        for version in versions
        if version.has_clock() and version.process == "assessment" and is_of_completing(version.duty)
    }

    assert {GUIDANCE, STATISTIC} <= set(stops)
    assert {"AssessmentAuthorised"} == set().union(*stops.values())


def test_trap_1_guidance_and_statistic_count_the_same_work_from_two_days() -> None:
    """Across Christmas: referred Friday 14 November 2025, started the Monday after."""
    case = begin()
    case.referral("2025-11-14")
    case.assessment("2025-11-17")

    assert ("2026-01-21", "2026-01-22") == (case.due(GUIDANCE), case.due(STATISTIC))


@pytest.mark.parametrize(
    ("referred", "clock", "due"),
    [
        ("2013-04-12", "assessment.initial.10wd", "2013-04-26"),
        ("2013-04-15", "assessment.single.45wd", "2013-06-19"),
    ],
)
def test_trap_14_the_day_of_the_referral_chooses_between_two_regimes(
    referred: str, clock: str, due: str
) -> None:
    case = begin()
    case.referral(referred)
    case.assessment(referred, kind="initial" if "initial" in clock else "single")

    assert due == case.due(clock)
