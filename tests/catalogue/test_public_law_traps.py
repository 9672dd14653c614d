"""Traps that catch engines in court, emergencies, private fostering and leaving care; each test is named after one."""

import re
from datetime import date
from typing import Any

import pytest
from story import Told, begin

from caseclock.processes.catalogue import rules_of, shipped_packs
from caseclock.timers.durations import Limit, Unit
from caseclock.timers.timescale import ExtensionKind, Kind

SHIPPED = [timescale for pack in shipped_packs() for timescale in pack.timescales]
NEWEST = {timescale.id: timescale for timescale in SHIPPED}


def proceedings(on: str, **data: Any) -> Told:
    case = begin()
    case.happened("ApplicationIssued", on, "P-1", **data)
    return case


def running(case: Told, on: str) -> set[str]:
    return {one.timer.timescale for one in case.positions(on)}


@pytest.mark.parametrize(
    ("timescale", "kind"),
    [
        ("court.s31.26w", Kind.WITHIN),
        ("court.pd12a.cmh", Kind.WINDOW),
        ("court.directions", Kind.BACKWARDS),
        ("pf.notify.6w", Kind.AT_LEAST),
        ("leaving.visit.prereview", Kind.BEFORE),
        ("plo.fgdm.before_issue", Kind.BEFORE),
    ],
)
def test_trap_6_polarity(timescale: str, kind: Kind) -> None:
    assert kind is NEWEST[timescale].kind


@pytest.mark.parametrize(
    ("timescale", "limit"),
    [
        ("leaving.visit.2m", Limit(2, Unit.MONTHS)),
        ("leaving.contact.8w", Limit(8, Unit.WEEKS)),
        ("pf.visit.later.12w", Limit(12, Unit.WEEKS)),
        ("pf.visit.7wd", Limit(7, Unit.WORKING_DAYS)),
        ("court.s34.7d", Limit(7, Unit.CALENDAR_DAYS)),
        ("court.police.72h", Limit(72, Unit.HOURS)),
        ("court.pd12a.irh", Limit(20, Unit.WEEKS)),
    ],
)
def test_trap_7_units_that_look_alike(timescale: str, limit: Limit) -> None:
    assert [limit] == [rule.limit for rule in NEWEST[timescale].limits]


def test_trap_7_seventy_two_hours_are_not_three_working_days() -> None:
    case = begin()
    case.happened("PoliceProtectionStarted", "2026-05-22 16:00", "E-1")  # the Friday before a bank holiday

    assert "2026-05-25 16:00" == case.due("court.police.72h")


def test_trap_8_offered_attempted_and_contacted_are_not_done_seen_or_visited() -> None:
    stops = {
        timescale: {clause.event for clause in NEWEST[timescale].stops}
        for timescale in ("missing.rhi.72h", "pf.visit.7wd", "pf.visit.year1.6w", "leaving.visit.2m")
    }

    assert {
        "missing.rhi.72h": {"ReturnInterviewCompleted"},
        "pf.visit.7wd": {"ChildSeen"},
        "pf.visit.year1.6w": {"ChildSeen"},
        "leaving.visit.2m": {"PersonalAdviserVisited"},
    } == stops


def test_trap_8_the_local_clock_stops_when_an_interview_is_offered_and_the_national_one_does_not() -> None:
    case = begin(authority="thurrock")
    case.happened("ChildMissing", "2026-03-02 18:00", "M-1")
    case.happened("ChildReturned", "2026-03-03 09:00", "M-1")
    case.happened("ReturnInterviewOffered", "2026-03-04 09:00", "M-1")

    assert "met" == case.standing("local.missing.interview.offered", "2026-03-06 09:01")
    assert "overdue" == case.standing("missing.rhi.72h", "2026-03-06 09:01")


def test_trap_12_a_court_extends_by_eight_weeks_as_often_as_it_must_and_nobody_else_does() -> None:
    extension = NEWEST["court.s31.26w"].extension

    assert extension is not None
    assert (ExtensionKind.COURT, "ProceedingsExtended", Limit(8, Unit.WEEKS), None) == (
        extension.kind,
        extension.event,
        extension.by,
        extension.times,
    )


def test_trap_12_an_emergency_protection_order_is_extended_once() -> None:
    case = begin()
    case.happened("EmergencyProtectionOrderMade", "2026-03-10", "E-1", applicant="authority")
    case.happened("EmergencyProtectionOrderExtended", "2026-03-17", "E-1", until="2026-03-25")
    case.happened("EmergencyProtectionOrderExtended", "2026-03-24", "E-1", until="2026-04-01")

    assert "2026-03-25" == case.due("court.epo.8d")  # fifteen days in all


def test_trap_12_a_supervision_order_lasts_no_more_than_three_years_in_all() -> None:
    case = proceedings("2025-01-13")
    case.happened("FinalOrderMade", "2025-05-14", "P-1", order="supervision_order")
    assert "2026-05-13" == case.due("court.supervision.1y")

    case.happened("SupervisionOrderExtended", "2026-05-01", "P-1", until="2027-05-13")
    case.happened("SupervisionOrderExtended", "2027-05-04", "P-1", until="2029-05-13")

    assert "2028-05-13" == case.due("court.supervision.1y")


def test_trap_13_in_the_autumn_of_2013_the_outline_differed_from_court_to_court() -> None:
    old, pilot = proceedings("2013-10-07"), proceedings("2013-10-07", pilot=True)

    assert {"court.plo2010.fa", "court.plo2010.fa.issue"} == running(old, "2013-10-07")
    assert {"court.pd12a.cmh"} == running(pilot, "2013-10-07")


def test_trap_13_what_is_enacted_and_not_commenced_holds_for_nobody() -> None:
    assert not NEWEST["plo.fgdm.before_issue"].commenced
    assert "plo.fgdm.before_issue" not in {rule.id for rule in rules_of(None).in_force(date(2030, 1, 1))}


def test_trap_14_the_rule_of_the_day_of_issue_governs_to_the_end() -> None:
    """Twenty-six weeks came on 22 April 2014, a Tuesday, for what was issued from then on."""
    before, after = proceedings("2014-04-21"), proceedings("2014-04-22")

    assert "court.s31.26w" not in running(before, "2014-12-31")
    assert "2014-10-20" == after.due("court.s31.26w")


def test_trap_14_an_interim_order_keeps_the_law_of_the_day_on_which_it_was_made() -> None:
    case = proceedings("2014-04-01")
    case.happened("InterimOrderMade", "2014-04-03", "P-1")
    case.happened("InterimOrderMade", "2014-05-20", "P-1", renewal=True, ends_on="2014-09-26")

    assert ("2014-05-28", "2014-09-26") == (case.due("court.ico.pre2014"), case.due("court.ico"))


def test_trap_19_an_interim_order_ends_with_the_seventeenth_birthday_whatever_it_says() -> None:
    case = proceedings("2026-03-30", date_of_birth="2009-06-10")
    case.happened("InterimOrderMade", "2026-04-01", "P-1", ends_on="2026-09-27")

    assert ("2026-06-10", "2026-09-27") == (case.due("court.ico.17th"), case.due("court.ico"))


def test_trap_19_born_on_29_february_one_is_seventeen_on_the_last_of_february() -> None:
    case = proceedings("2025-01-06", date_of_birth="2008-02-29")
    case.happened("InterimOrderMade", "2025-01-08", "P-1")

    assert "2025-02-28" == case.due("court.ico.17th")


def test_trap_20_english_law_only() -> None:
    """Section 76 and the fifteen-day secure review are Welsh, children's hearings Scottish: no rule rests on them."""
    foreign = re.compile(r"(?i)wales\) (regulations|act)|wellbeing \(wales\)|scotland|s ?76\b")

    assert [] == [timescale.id for timescale in SHIPPED if foreign.search(timescale.source)]


def test_trap_21_sources_lie() -> None:
    """Case systems count from submission, pages say a week, civil rules say five days: the source is followed."""
    assert ["ApplicationIssued"] == [start.clause.event for start in NEWEST["court.s31.26w"].starts]
    assert [Limit(7, Unit.WORKING_DAYS)] == [rule.limit for rule in NEWEST["pf.visit.7wd"].limits]
    assert ["PrivateFosteringEnded"] == [
        start.clause.event for start in NEWEST["pf.existing.48h.ended"].starts
    ]
