"""Every timescale before and in court, walked from its start to its stop.

Bank holidays on the way: 3 and 6 April, 4 and 25 May, 31 August 2026; 2 and 5 April 2010, 18 and 21 April 2014.
"""

from walked import Walked
from walks import Step, Walk, step

from caseclock.timers.timescale import Kind

LETTER = step("LetterBeforeProceedingsSent", "2026-01-12", "P-1")
FIRST_MEETING = step("PreProceedingsMeetingHeld", "2026-01-20", "P-1")
STEPPED_DOWN = step("PreProceedingsEnded", "2026-01-19", "P-1", outcome="stepped_down")
#: a Monday; day 2 of the court's timetable is the Tuesday
ISSUED = step("ApplicationIssued", "2026-03-30", "P-1")
ISSUED_IN_2010 = step("ApplicationIssued", "2010-04-06", "P-1")
ISSUED_IN_PILOT = step("ApplicationIssued", "2013-10-07", "P-1", pilot=True)


def withdrawn(on: str) -> Step:
    return step("ApplicationWithdrawn", on, "P-1")


def ordered(event: str, on: str, **data: object) -> Step:
    return step(event, on, "P-1", **data)


BEFORE_COURT = [
    Walk(
        "plo.lpm",
        (step("LegalPlanningMeetingRequested", "2026-03-30", "P-1"),),
        step("LegalPlanningMeetingHeld", "2026-04-15", "P-1", outcome="pre_proceedings"),
        "2026-04-16",
        ISSUED.moved("2026-04-08"),
        "example",
    ),
    Walk("plo.letter_to_meeting", (LETTER,), FIRST_MEETING.moved("2026-01-26"), "2026-01-27", STEPPED_DOWN),
    Walk(
        "plo.max.16w",
        (LETTER,),
        step("PreProceedingsEnded", "2026-05-04", "P-1", outcome="issue"),  # a bank holiday, and no roll
        "2026-05-05",
    ),
    Walk(
        "plo.max.16w",
        (step("LegalPlanningMeetingHeld", "2026-01-12", "P-1"), FIRST_MEETING),
        ISSUED.moved("2026-05-12"),
        "2026-05-13",
        note="where there was no letter",
    ),
    Walk(
        "plo.midway.8w",
        (LETTER,),
        step("PreProceedingsReviewHeld", "2026-03-09", "P-1"),
        "2026-03-10",
        STEPPED_DOWN,
    ),
    Walk(
        "local.plo.26w",
        (LETTER,),
        step("PreProceedingsEnded", "2026-07-13", "P-1", outcome="stepped_down"),
        "2026-07-14",
        authority="thurrock",
    ),
    Walk(
        "local.plo.26w",
        (ISSUED,),
        ordered("FinalOrderMade", "2026-09-28", order="care_order"),
        "2026-09-29",
        withdrawn("2026-06-01"),
        "thurrock",
        "where there was no letter",
    ),
    Walk(
        "local.plo.tracker",
        (LETTER, step("TrackerReviewHeld", "2026-01-31", "P-1")),
        step("TrackerReviewHeld", "2026-02-28", "P-1"),
        "2026-03-01",
        STEPPED_DOWN.moved("2026-02-10"),
        "thurrock",
    ),
]

TIMETABLE = [
    Walk(
        "court.s31.26w",
        (ISSUED,),
        ordered("FinalOrderMade", "2026-09-27", order="care_order"),  # a Sunday: issue and 181 days
        "2026-09-28",
        withdrawn("2026-06-01"),
    ),
    Walk("court.pd12a.day1", (ISSUED,), ordered("ApplicationDocumentsFiled", "2026-03-30"), "2026-03-31"),
    Walk(
        "court.pd12a.allocation",
        (ISSUED,),
        ordered("AllocationDirected", "2026-03-31"),
        "2026-04-01",
        withdrawn("2026-03-31"),
    ),
    Walk(
        "court.pd12a.cmh",
        (ISSUED,),
        ordered("CaseManagementHearingHeld", "2026-04-24"),
        "2026-04-27",
        withdrawn("2026-04-08"),
    ),
    Walk(
        "court.pd12a.cmh",
        (ISSUED_IN_PILOT,),
        ordered("CaseManagementHearingHeld", "2013-10-22"),
        "2013-10-23",
        withdrawn("2013-10-15"),
        note="in a court of the pilot",
    ),
    Walk(
        "court.pd12a.fcmh",
        (ISSUED, ordered("CaseManagementHearingHeld", "2026-04-20", further_hearing=True)),
        ordered("FurtherCaseManagementHearingHeld", "2026-05-06"),
        "2026-05-07",
        withdrawn("2026-04-27"),
    ),
    Walk(
        "court.pd12a.irh",
        (ISSUED,),
        ordered("IssuesResolutionHearingHeld", "2026-08-17"),
        "2026-08-18",
        withdrawn("2026-06-01"),
    ),
    Walk(
        "court.directions",
        (ISSUED, ordered("HearingListed", "2026-04-02", hearing_id="H-1", listed_for="2026-04-28")),
        ordered("DirectionComplied", "2026-04-24", hearing_id="H-1"),
        "2026-04-27",
        ordered("HearingVacated", "2026-04-10", hearing_id="H-1"),
    ),
    *(
        Walk(
            "court.directions",
            (
                ISSUED,
                ordered(
                    "HearingListed",
                    "2026-04-02",
                    hearing_id="H-1",
                    listed_for="2026-04-28",
                    working_days_before=days,
                ),
            ),
            ordered("DirectionComplied", last_day, hearing_id="H-1"),
            late,
            note=f"{days} before",
        )
        for days, last_day, late in (
            (1, "2026-04-27", "2026-04-28"),
            (3, "2026-04-23", "2026-04-24"),
            (4, "2026-04-22", "2026-04-23"),
            (5, "2026-04-21", "2026-04-22"),
            (6, "2026-04-20", "2026-04-21"),
            (7, "2026-04-17", "2026-04-20"),
        )
    ),
    Walk(
        "court.plo2010.fa",
        (ISSUED_IN_2010,),
        ordered("FirstAppointmentHeld", "2010-04-13"),
        "2010-04-14",
        withdrawn("2010-04-08"),
    ),
    Walk(
        "court.plo2010.fa.issue",
        (ISSUED_IN_2010,),
        ordered("AllocationDirected", "2010-04-08"),
        "2010-04-09",
        withdrawn("2010-04-07"),
    ),
]

INTERIM = ordered("InterimOrderMade", "2026-04-01", ends_on="2026-05-31")
ORDERS = [
    Walk(
        "court.ico",
        (ISSUED, INTERIM),
        ordered("InterimOrderMade", "2026-05-31"),  # a Sunday, as the order says
        "2026-06-01",
        withdrawn("2026-05-01"),
    ),
    Walk(
        "court.ico.pre2014",
        (ISSUED_IN_2010, ordered("InterimOrderMade", "2010-04-08")),
        ordered("InterimOrderMade", "2010-06-02", renewal=True),
        "2010-06-03",
        withdrawn("2010-05-04"),
        note="the first",
    ),
    Walk(
        "court.ico.pre2014",
        (
            ISSUED_IN_2010,
            ordered("InterimOrderMade", "2010-04-08"),
            ordered("InterimOrderMade", "2010-06-02", renewal=True),
        ),
        ordered("InterimOrderEnded", "2010-06-29"),
        "2010-06-30",
        withdrawn("2010-06-10"),
        note="a renewal",
    ),
    Walk(
        "court.ico.17th",
        (step("ApplicationIssued", "2026-03-30", "P-1", date_of_birth="2009-06-10"), INTERIM),
        ordered("InterimOrderEnded", "2026-06-10"),
        "2026-06-11",
        withdrawn("2026-06-01"),
    ),
    Walk(
        "court.supervision.1y",
        (ISSUED.moved("2025-01-13"), ordered("FinalOrderMade", "2025-05-14", order="supervision")),
        ordered("SupervisionOrderEnded", "2026-05-13"),
        "2026-05-14",
    ),
    Walk(
        "cla.s85.3m",
        (step("LongStayStarted", "2025-11-30", "L-1", body="health"),),
        step("LongStayNotified", "2026-02-28", "L-1"),
        "2026-03-01",
        step("LongStayEnded", "2026-02-01", "L-1"),
    ),
    Walk(
        "cla.s85.3m",
        (step("LongStayStarted", "2025-11-30", "L-1", intended=True),),
        step("LongStayNotified", "2025-11-30", "L-1"),
        "2025-12-01",
        note="where three months were intended",
    ),
]

WALKS = [*BEFORE_COURT, *TIMETABLE, *ORDERS]


#: rows of the catalogue, section 8, and how far each was checked; those of emergencies have a test of their own
CATALOGUE = {
    "plo.lpm": "K",
    "plo.letter_to_meeting": "K",
    "plo.max.16w": "V2",
    "plo.midway.8w": "K",
    "plo.fgdm.before_issue": "V1",
    "court.s31.26w": "V1",
    "court.s31.ext.8w": "V2",
    "court.pd12a.day1": "K",
    "court.pd12a.allocation": "V2",
    "court.pd12a.cmh": "V2",
    "court.pd12a.fcmh": "K",
    "court.pd12a.irh": "V2",
    "court.plo.pilot": "V2",
    "court.ico": "V1",
    "court.directions": "V2",
    "court.supervision.1y": "V2",
    "cla.s20.review": "K",
    "cla.s85.3m": "V1",
    "court.ico.pre2014": "V2",
    "court.ico.17th": "V2",
    "court.count.fpr2_9": "V2",
    "court.plo2010.fa": "V2",
    "plo.stat.start": "V2",
    "plo.stat.letter_order": "V2",
    "plo.stat.step_order": "V2",
    "plo.stat.court_order": "V2",
    "plo.stat.initletter_order": "V2",
    "plo.stat.fgdm_meetings": "V2",
}
#: rows that run no clock: a duty without a number, and how courts and returns count
WITHOUT_CLOCK = {
    "court.s31.ext.8w": Kind.DEFINITION,
    "court.plo.pilot": Kind.DEFINITION,
    "cla.s20.review": Kind.NO_CLOCK,
    "court.count.fpr2_9": Kind.DEFINITION,
    "plo.stat.start": Kind.DEFINITION,
    "plo.stat.letter_order": Kind.DEFINITION,
    "plo.stat.step_order": Kind.DEFINITION,
    "plo.stat.court_order": Kind.DEFINITION,
    "plo.stat.initletter_order": Kind.DEFINITION,
    "plo.stat.fgdm_meetings": Kind.DEFINITION,
}


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
    not_walked = ("plo.fgdm.before_issue",)
