"""Every timescale of emergencies and of a court's directions to the authority, walked from its start to its stop."""

from story import begin
from walked import Walked
from walks import Step, Walk, step, tell

from caseclock.timers.timescale import Kind

TAKEN = step("PoliceProtectionStarted", "2026-03-27 15:30", "E-1")
ORDER = step("EmergencyProtectionOrderMade", "2026-03-10", "E-1", applicant="authority")
OFFICERS_ORDER = step("EmergencyProtectionOrderMade", "2026-03-29", "E-1", applicant="designated_officer")
DIRECTED = step("CourtReportDirected", "2026-01-12", "D-1", kind="section_37")


def order_ended(on: str) -> Step:
    return step("EmergencyProtectionOrderEnded", on, "E-1")


WALKS = [
    Walk(
        "court.police.72h",
        (TAKEN,),
        step("PoliceProtectionEnded", "2026-03-30 16:30", "E-1"),  # summer time began on the Sunday
        "2026-03-30 17:00",
    ),
    Walk("court.epo.8d", (ORDER,), order_ended("2026-03-18"), "2026-03-19"),
    Walk(
        "court.epo.8d",
        (step("EmergencyProtectionOrderMade", "2026-03-10", "E-1", ends_on="2026-03-13"),),
        order_ended("2026-03-13"),
        "2026-03-14",
        note="where the order sets a day of its own",
    ),
    Walk(
        "court.epo.8d",
        (TAKEN, OFFICERS_ORDER),
        order_ended("2026-04-03"),  # the eighth day beginning with Friday the 27th
        "2026-04-04",
        note="on the police officer's application",
    ),
    Walk(
        "court.epo.8d",
        (
            ORDER,
            step(
                "EmergencyProtectionOrderExtended", "2026-03-17", "E-1", until="2026-03-25", reason="hearing"
            ),
        ),
        order_ended("2026-03-25"),
        "2026-03-26",
        note="extended",
    ),
    Walk(
        "court.cao.7d",
        (step("ChildAssessmentOrderMade", "2026-03-02", "E-1", begins_on="2026-03-09"),),
        step("ChildAssessmentOrderEnded", "2026-03-15", "E-1"),
        "2026-03-16",
    ),
    Walk(
        "court.s34.7d",
        (step("FamilyContactRefused", "2026-03-02", "F-1"),),
        step("FamilyContactResumed", "2026-03-09", "F-1"),
        "2026-03-10",
    ),
    Walk(
        "court.s37.8w",
        (DIRECTED,),
        step("CourtReportMade", "2026-03-08", "D-1"),  # the direction's day and 55 more: a Sunday
        "2026-03-09",
        step("CourtReportDischarged", "2026-02-02", "D-1"),
    ),
    Walk(
        "court.s37.8w",
        (DIRECTED,),
        step("CourtReportMade", "2026-03-08", "D-1"),
        "2026-03-09",
        step("ApplicationIssued", "2026-02-16", "P-1", follows="D-1"),
        note="until the authority applies for an order itself",
    ),
    Walk(
        "court.s7",
        (step("CourtReportDirected", "2026-01-12", "D-1", kind="section_7", due_on="2026-04-02"),),
        step("CourtReportMade", "2026-04-02", "D-1"),
        "2026-04-03",
        step("CourtReportDischarged", "2026-02-02", "D-1"),
    ),
]


def test_an_emergency_protection_order_ends_police_protection_in_time() -> None:
    case = tell(begin(), (TAKEN, ORDER.moved("2026-03-28 11:00")))

    assert "met" == case.standing("court.police.72h")


def test_an_interim_order_in_the_proceedings_that_follow_takes_the_emergency_orders_place() -> None:
    case = tell(
        begin(),
        (
            ORDER,
            step("ApplicationIssued", "2026-03-12", "P-1", follows="E-1"),
            step("InterimOrderMade", "2026-03-17", "P-1"),
        ),
    )

    assert "met" == case.standing("court.epo.8d")


def test_police_protection_told_with_the_order_alone_still_begins_its_eight_days() -> None:
    order = step(
        "EmergencyProtectionOrderMade",
        "2026-03-29",
        "E-1",
        applicant="designated_officer",
        police_protection_on="2026-03-27",
    )

    assert "2026-04-03" == tell(begin(), (order,)).due("court.epo.8d")


def test_a_court_may_set_another_day_for_a_section_37_report() -> None:
    directed = step("CourtReportDirected", "2026-01-12", "D-1", kind="section_37", due_on="2026-03-27")

    assert "2026-03-27" == tell(begin(), (directed,)).due("court.s37.8w")


def test_a_welfare_report_for_which_the_court_set_no_day_runs_no_clock() -> None:
    case = tell(begin(), (step("CourtReportDirected", "2026-01-12", "D-1", kind="section_7"),))

    assert [] == case.positions()


#: rows of the catalogue, section 8, and how far each was checked
CATALOGUE = {
    "court.police.72h": "V2",
    "court.epo.8d": "V2",
    "court.epo.ext.7d": "V2",
    "court.cao.7d": "V1",
    "court.s34.7d": "V2",
    "court.s37.8w": "V1",
    "court.s7": "V1",
}
WITHOUT_CLOCK = {"court.epo.ext.7d": Kind.DEFINITION}


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
