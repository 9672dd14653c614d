"""Court timetables and orders, where a walk from start to stop does not tell all there is to them.

Bank holidays on the way: 3 and 6 April, 4 and 25 May 2026.
"""

import pytest
from story import Told, begin
from walks import Step, step, tell

from caseclock.processes.catalogue import shipped_packs
from caseclock.timers.durations import Counting
from caseclock.timers.timescale import Kind
from caseclock.workflow.positions import Position
from caseclock.workflow.refusals import BadData

ISSUED = step("ApplicationIssued", "2026-03-30", "P-1")
INTERIM = step("InterimOrderMade", "2026-04-01", "P-1", ends_on="2026-05-31")
#: the newest version of each timescale that ships
SHIPPED = {timescale.id: timescale for pack in shipped_packs() for timescale in pack.timescales}


def ordered(event: str, on: str, **data: object) -> Step:
    return step(event, on, "P-1", **data)


def timers_of(case: Told, timescale: str, on: str | None = None) -> list[Position]:
    return sorted(
        (one for one in case.positions(on) if one.timer.timescale == timescale),
        key=lambda one: (one.timer.key or "", str(one.timer.due_on)),
    )


@pytest.mark.parametrize(
    ("held", "standing"),
    [
        ("2026-04-15", "too_early"),  # day 11
        ("2026-04-16", "met"),  # day 12
        ("2026-04-24", "met"),  # day 18
        ("2026-04-27", "met_late"),  # day 19
    ],
)
def test_a_case_management_hearing_has_a_first_lawful_day_and_a_last(held: str, standing: str) -> None:
    case = tell(begin(), (ISSUED, ordered("CaseManagementHearingHeld", held)))

    assert standing == case.standing("court.pd12a.cmh")


def test_documents_filed_before_issue_are_filed() -> None:
    case = tell(
        begin(),
        (
            step("LegalPlanningMeetingHeld", "2026-03-20", "P-1", outcome="issue"),
            ordered("ApplicationDocumentsFiled", "2026-03-27"),
            ISSUED,
        ),
    )

    assert "met" == case.standing("court.pd12a.day1")


def test_a_further_hearing_is_owed_only_where_the_first_finds_it_needed() -> None:
    case = tell(begin(), (ISSUED, ordered("CaseManagementHearingHeld", "2026-04-20")))

    assert [] == timers_of(case, "court.pd12a.fcmh")


def test_a_hearing_listed_anew_counts_from_its_new_day_and_no_longer_from_the_old() -> None:
    case = tell(
        begin(),
        (
            ISSUED,
            ordered("HearingListed", "2026-04-02", hearing_id="H-1", listed_for="2026-04-28"),
            ordered("HearingListed", "2026-04-02", hearing_id="H-2", listed_for="2026-06-02"),
            ordered("HearingListed", "2026-04-20", hearing_id="H-1", listed_for="2026-05-06"),
        ),
    )

    assert [
        ("H-1", "2026-04-24", "void"),
        ("H-1", "2026-05-01", "running"),
        ("H-2", "2026-05-29", "running"),
    ] == [
        (one.timer.key, str(one.timer.due_on), str(one.standing))
        for one in timers_of(case, "court.directions", "2026-04-20")
    ]


def test_an_interim_order_that_sets_no_day_lasts_until_the_application_is_disposed_of() -> None:
    case = tell(begin(), (ISSUED, ordered("InterimOrderMade", "2026-04-01")))

    assert [] == timers_of(case, "court.ico")


def test_an_order_that_ends_on_a_day_no_calendar_knows_is_a_slip_of_the_pen() -> None:
    order = ordered("InterimOrderMade", "2026-04-01", ends_on="2206-05-31")

    with pytest.raises(BadData, match="Check the date for a slip of the pen"):
        tell(begin(), (ISSUED, order))


def test_no_cap_at_seventeen_runs_for_a_child_whose_birth_the_case_does_not_tell() -> None:
    case = tell(begin(), (ISSUED, INTERIM))

    assert [] == timers_of(case, "court.ico.17th")


def test_the_duty_to_offer_a_family_meeting_is_there_and_has_not_begun() -> None:
    duty = SHIPPED["plo.fgdm.before_issue"]
    case = tell(begin(), (ISSUED.moved("2026-06-15"),))

    assert (Kind.BEFORE, False) == (duty.kind, duty.commenced)
    assert [] == timers_of(case, "plo.fgdm.before_issue")


def test_the_counting_rule_of_the_family_courts_is_written_down_as_clear_days() -> None:
    rule = SHIPPED["court.count.fpr2_9"]

    assert (Kind.DEFINITION, Counting.CLEAR_DAYS) == (rule.kind, rule.counting)
