"""Every review of a looked-after child's case and what follows it, walked to its last day and past it.

Bank holidays on the way: 3 and 6 April, 4 and 25 May 2026.
"""

from care import done, into_care, moved_out, out_of_care, placed, reviewed, status
from story import begin
from walked import Walked
from walks import Walk, tell

from caseclock.timers.timescale import Kind

IN_CARE = (into_care(), placed())
TWICE = (*IN_CARE, reviewed("2026-02-26", "R-1"), reviewed("2026-05-20", "R-2"))
BREAKS = (into_care(legal_status="short_break_series"), placed("2026-02-06", "short_break", "SB-1"))
MAY_BE_PLACED = (*IN_CARE, status("2026-02-16", "placement_order"))
WALKS = [
    Walk(
        "cla.iro.appoint.5wd",
        IN_CARE,
        done("ReviewingOfficerAppointed", "2026-02-09"),
        "2026-02-10",
        out_of_care("2026-02-05"),
    ),
    Walk(
        "cla.review.first.20wd",
        IN_CARE,
        reviewed("2026-03-02"),
        "2026-03-03",
        placed("2026-02-16", "adoption", "P-2"),
    ),
    Walk(
        "cla.review.first.20wd",
        (into_care("2011-03-31"),),
        reviewed("2011-04-28"),
        "2011-04-29",
        out_of_care("2011-04-01"),
        note="four weeks until March 2011",
    ),
    Walk(
        "cla.review.second.3m",
        (*IN_CARE, reviewed("2026-02-26")),
        reviewed("2026-05-26", "R-2"),
        "2026-05-27",
        status("2026-04-01", "E1"),
    ),
    Walk(
        "cla.review.second.3m",
        (into_care("2010-02-01"), reviewed("2010-02-22")),
        reviewed("2010-05-22", "R-2"),
        "2010-05-23",
        out_of_care("2010-04-01"),
        note="until March 2011",
    ),
    Walk(
        "cla.review.next.6m",
        TWICE,
        reviewed("2026-11-20", "R-3"),
        "2026-11-21",
        placed("2026-08-03", "adoption", "P-2"),
    ),
    Walk(
        "cla.review.next.6m",
        (into_care("2010-02-01"), reviewed("2010-02-22"), reviewed("2010-05-10", "R-2")),
        reviewed("2010-11-10", "R-3"),
        "2010-11-11",
        out_of_care("2010-08-02"),
        note="until March 2011",
    ),
    Walk(
        "cla.review.next.6m",
        (into_care("2019-11-04"), reviewed("2019-11-25"), reviewed("2020-02-17", "R-2")),
        reviewed("2020-08-17", "R-3"),
        "2020-08-18",
        out_of_care("2020-06-01"),
        note="until April 2020",
    ),
    Walk(
        "cla.review.next.6m",
        (into_care("2020-02-03"), reviewed("2020-02-24"), reviewed("2020-05-18", "R-2")),
        reviewed("2020-11-18", "R-3"),
        "2020-11-19",
        out_of_care("2020-08-03"),
        note="in the summer of 2020",
    ),
    Walk(
        "cla.review.next.6m",
        (*MAY_BE_PLACED, reviewed("2026-05-01"), status("2026-06-01", "care_order")),
        reviewed("2026-11-01", "R-2"),
        "2026-11-02",
        out_of_care("2026-08-03"),
        note="once the authority to place has ended",
    ),
    Walk(
        "cla.careplan.change.review",
        (*IN_CARE, reviewed("2026-02-26"), done("CarePlanChanged", "2026-03-10", review_id="R-2")),
        reviewed("2026-03-10", "R-2"),
        "2026-03-11",
    ),
    Walk(
        "cla.review.decisions.5wd",
        (*IN_CARE, reviewed("2026-02-26")),
        done("ReviewDecisionsIssued", "2026-03-05", review_id="R-1"),
        "2026-03-06",
    ),
    Walk(
        "cla.review.record.15wd",
        (*IN_CARE, reviewed("2026-02-26")),
        done("ReviewRecordCompleted", "2026-03-19", review_id="R-1"),
        "2026-03-20",
    ),
    Walk(
        "cla.review.distribute.20wd",
        (*IN_CARE, reviewed("2026-02-26"), out_of_care("2026-03-02")),
        done("ReviewRecordDistributed", "2026-03-26", review_id="R-1"),
        "2026-03-27",
    ),
    Walk(
        "local.cla.review.record.20wd",
        (*IN_CARE, reviewed("2026-02-26")),
        done("ReviewRecordDistributed", "2026-03-26", review_id="R-1"),
        "2026-03-27",
        authority="thurrock",
    ),
    Walk(
        "cla.iro.dispute.20wd",
        (*IN_CARE, done("ReviewDisputeRaised", "2026-02-26", dispute_id="D-1")),
        done("ReviewDisputeResolved", "2026-03-26", dispute_id="D-1"),
        "2026-03-27",
    ),
    Walk(
        "cla.review.consult.10wd",
        (*IN_CARE, done("ReviewArranged", "2026-03-16", review_id="R-1", review_on="2026-04-16")),
        done("ReviewPapersSent", "2026-03-31", review_id="R-1"),
        "2026-04-01",
        done("ReviewArranged", "2026-03-20", review_id="R-1", review_on="2026-04-30"),
        "example",
    ),
    Walk("cla.shortbreak.review", BREAKS, reviewed("2026-05-06"), "2026-05-07", out_of_care("2026-05-01")),
    Walk(
        "cla.shortbreak.review",
        (*BREAKS, moved_out("2026-02-08", "SB-1"), reviewed("2026-05-01")),
        reviewed("2026-11-01", "R-2"),
        "2026-11-02",
        out_of_care("2026-09-01"),
        note="later",
    ),
]


#: rows of the catalogue on reviews, and how far each was checked
CATALOGUE = {
    "cla.iro.appoint.5wd": "V2",
    "cla.review.first.20wd": "V1",
    "cla.review.second.3m": "V1",
    "cla.review.next.6m": "V1",
    "cla.review.multisitting": "V2",
    "cla.review.decisions.5wd": "K",
    "cla.review.la_response.5wd": "K",
    "cla.review.record.15wd": "K",
    "cla.review.distribute.20wd": "K",
    "cla.review.consult.10wd": "V2",
    "cla.review.early": "V1",
    "cla.careplan.change.review": "V1",
    "cla.iro.dispute.20wd": "V2",
    "cla.iro.cafcass": "V2",
    "cla.shortbreak.review": "V2",
}
#: rows that run no clock: duties without a number, and how returns count
WITHOUT_CLOCK = {
    "cla.review.multisitting": Kind.NO_CLOCK,
    "cla.review.early": Kind.NO_CLOCK,
    "cla.iro.cafcass": Kind.NO_CLOCK,
}
#: nobody has to act, so it is told by itself below rather than walked
DEEMED = {"cla.review.la_response.5wd"}


def test_decisions_to_which_no_manager_objects_stand_after_five_working_days() -> None:
    case = tell(
        begin(),
        (*IN_CARE, reviewed("2026-02-26"), done("ReviewDecisionsIssued", "2026-03-04", review_id="R-1")),
    )

    assert "2026-03-11" == case.due("cla.review.la_response.5wd")
    assert "due_soon" == case.standing("cla.review.la_response.5wd", "2026-03-11")
    assert "met" == case.standing("cla.review.la_response.5wd", "2026-03-12")
    case.swept("2026-06-01")
    assert "cla.review.la_response.5wd" not in {breach.timescale for breach in case.breaches()}


def test_a_manager_who_objects_after_the_decisions_stand_is_late() -> None:
    case = tell(
        begin(),
        (
            *IN_CARE,
            reviewed("2026-02-26"),
            done("ReviewDecisionsIssued", "2026-03-04", review_id="R-1"),
            done("ReviewDecisionsAnswered", "2026-03-12", review_id="R-1", answer="disputed"),
        ),
    )

    assert ("met_late", 1) == (
        case.standing("cla.review.la_response.5wd"),
        case.timer("cla.review.la_response.5wd").over,
    )


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
    not_walked = DEEMED
