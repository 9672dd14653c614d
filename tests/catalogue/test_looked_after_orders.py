"""Placement for adoption, secure accommodation, remand and transfer, walked to the last day and past it.

Bank holidays on the way: 3 and 6 April, 4 and 25 May 2026.
"""

from care import done, into_care, moved_out, out_of_care, placed, reviewed, seen, status
from walked import Walked
from walks import Step, Walk, step

from caseclock.timers.timescale import Kind

IN_CARE = (into_care(), placed())
MAY_BE_PLACED = (*IN_CARE, status("2026-02-16", "placement_order"))
WITH_ADOPTERS = (*IN_CARE, placed("2026-02-16", "adoption", "P-2"))
SECURE = done("SecureAccommodationStarted", "2026-03-06 09:00", stay_id="S-1")
OUT_OF_SECURE = done("SecureAccommodationEnded", "2026-03-31", stay_id="S-1")


def ordered(on: str, **data: object) -> Step:
    return done("SecureOrderMade", on, stay_id="S-1", **data)


ADOPTION = [
    Walk(
        "adoption.review.unplaced.3m",
        MAY_BE_PLACED,
        reviewed("2026-05-16"),
        "2026-05-17",
        placed("2026-04-01", "adoption", "P-2"),
    ),
    Walk(
        "adoption.review.unplaced.3m",
        (into_care(legal_status="E1"), placed()),
        reviewed("2026-05-02"),
        "2026-05-03",
        status("2026-04-01", "C2"),
        note="from the day of coming into care",
    ),
    Walk(
        "adoption.review.unplaced.3m",
        (*MAY_BE_PLACED, reviewed("2026-05-01")),
        reviewed("2026-11-01", "R-2"),
        "2026-11-02",
        status("2026-06-01", "care_order"),
        note="later",
    ),
    Walk(
        "adoption.review.unplaced.3m",
        (
            *MAY_BE_PLACED,
            placed("2026-03-02", "adoption", "P-2"),
            reviewed("2026-03-27"),
            placed("2026-04-20", "foster", "P-3"),
        ),
        reviewed("2026-09-27", "R-2"),
        "2026-09-28",
        placed("2026-06-01", "adoption", "P-4"),
        note="after a placement for adoption came to an end",
    ),
    Walk(
        "adoption.review.placed.4w",
        WITH_ADOPTERS,
        reviewed("2026-03-16"),
        "2026-03-17",
        placed("2026-03-02", "foster", "P-3"),
    ),
    Walk(
        "adoption.review.placed.3m",
        (*WITH_ADOPTERS, reviewed("2026-03-10")),
        reviewed("2026-06-10", "R-2"),
        "2026-06-11",
        out_of_care("2026-05-01", "adopted"),
    ),
    Walk(
        "adoption.review.placed.6m",
        (*WITH_ADOPTERS, reviewed("2026-03-10"), reviewed("2026-06-05", "R-2")),
        reviewed("2026-12-05", "R-3"),
        "2026-12-06",
        out_of_care("2026-08-03", "adopted"),
    ),
    Walk("adoption.visit.weekly", WITH_ADOPTERS, seen("2026-02-23"), "2026-02-24", out_of_care("2026-02-20")),
    Walk(
        "adoption.visit.weekly",
        (*WITH_ADOPTERS, seen("2026-02-20")),
        seen("2026-02-27"),
        "2026-02-28",
        reviewed("2026-02-25"),
        note="until the first review",
    ),
]

BESIDE = [
    Walk(
        "cla.secure.72h",
        (*IN_CARE, SECURE),
        done("SecureAccommodationEnded", "2026-03-09 09:00", stay_id="S-1"),
        "2026-03-09 09:30",
    ),
    Walk(
        "cla.secure.order",
        (*IN_CARE, SECURE, ordered("2026-03-09")),
        OUT_OF_SECURE.moved("2026-06-09"),
        "2026-06-10",
    ),
    Walk(
        "cla.secure.order",
        (*IN_CARE, SECURE, ordered("2026-03-09"), ordered("2026-06-08")),
        OUT_OF_SECURE.moved("2026-12-08"),
        "2026-12-09",
        note="renewed",
    ),
    Walk(
        "cla.secure.order",
        (into_care(legal_status="remand"), placed(), SECURE, ordered("2026-03-09")),
        OUT_OF_SECURE.moved("2026-04-06"),
        "2026-04-07",
        note="on remand",
    ),
    Walk(
        "cla.secure.order",
        (*IN_CARE, SECURE, ordered("2026-03-09", until="2026-04-20")),
        OUT_OF_SECURE.moved("2026-04-20"),
        "2026-04-21",
        note="as long as the order says",
    ),
    Walk(
        "cla.secure.review.1m",
        (*IN_CARE, SECURE),
        done("SecureReviewHeld", "2026-04-06", stay_id="S-1"),
        "2026-04-07",
        OUT_OF_SECURE,
    ),
    Walk(
        "cla.secure.review.1m",
        (*IN_CARE, SECURE, done("SecureReviewHeld", "2026-03-27", stay_id="S-1")),
        done("SecureReviewHeld", "2026-06-27", stay_id="S-1"),
        "2026-06-28",
        OUT_OF_SECURE,
        note="later",
    ),
    Walk(
        "cla.remand.careplan",
        (into_care(legal_status="remand"), placed()),
        done("CarePlanPrepared", "2026-02-09"),
        "2026-02-10",
        out_of_care("2026-02-05", "remand_ended"),
    ),
    Walk(
        "cla.remand.detentionplan.10wd",
        (into_care(legal_status="J1"), placed(kind="youth_detention")),
        done("PlacementPlanPrepared", "2026-02-16", placement_id="P-1"),
        "2026-02-17",
        moved_out("2026-02-06"),
    ),
    Walk(
        "cla.unaccompanied",
        (*IN_CARE, done("NationalTransferReferred", "2026-02-02")),
        done("NationalTransferEnded", "2026-02-16", outcome="transferred"),
        "2026-02-17",
        done("NationalTransferEnded", "2026-02-10", outcome="withdrawn"),
    ),
    Walk(
        "cla.uasc.nts.hotel.5wd",
        (step("NationalTransferReferred", "2026-02-02", "L-1", **{"from": "hotel"}),),
        into_care("2026-02-09"),
        "2026-02-10",
        done("AdmissionWithdrawn", "2026-02-05", reason="found to be an adult"),
    ),
]
WALKS = [*ADOPTION, *BESIDE]


#: rows of the catalogue on adoption, secure accommodation, remand and transfer, and how far each was checked
CATALOGUE = {
    "cla.remand.careplan": "K",
    "cla.secure.72h": "V2",
    "cla.secure.order": "V2",
    "cla.secure.review.1m": "V2",
    "cla.dol.returns": "V2",
    "cla.unaccompanied": "V2",
    "cla.uasc.nts.hotel.5wd": "V2",
    "ageassessment.none": "K",
    "cla.status.24h": "V2",
    "adoption.review.unplaced.3m": "V1",
    "adoption.review.placed.4w": "V1",
    "adoption.review.placed.3m": "V1",
    "adoption.review.placed.6m": "V1",
    "adoption.visit.weekly": "V1",
}
#: rows that run no clock: duties without a number, and how returns count
WITHOUT_CLOCK = {
    "cla.dol.returns": Kind.DEFINITION,
    "ageassessment.none": Kind.NO_CLOCK,
    "cla.status.24h": Kind.DEFINITION,
}


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
