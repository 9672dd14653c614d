"""Plans and placements of a looked-after child: what is due before a child is placed, soon after, and at the end.

Bank holidays on the way: 3 and 6 April, 4, 8 and 25 May in their years, 31 August 2020.
"""

from care import done, into_care, moved_out, out_of_care, placed, reviewed, status
from walked import Walked
from walks import Step, Walk

from caseclock.processes.catalogue import shipped_packs
from caseclock.timers.timescale import Kind

IN_CARE = (into_care(), placed())
UNASSESSED = (into_care(legal_status="care_order"), placed(kind="with_parents_immediate"))
BREAKS = (into_care(legal_status="short_break_series"), placed("2026-02-06", "short_break", "SB-1"))


def of_p1(event: str, on: str, **data: object) -> Step:
    return done(event, on, placement_id="P-1", **data)


def away(on: str, kind: str) -> Step:
    return done("TemporaryMoveStarted", on, move_id="M-1", kind=kind)


def back(on: str) -> Step:
    return done("TemporaryMoveEnded", on, move_id="M-1")


def in_year(year: str, kind: str) -> tuple[Step, ...]:
    """Into care and placed on the first Monday of May, under a care order."""
    return into_care(year, "care_order"), placed(year, kind)


PLANS = [
    Walk(
        "cla.careplan.10wd",
        IN_CARE,
        done("CarePlanPrepared", "2026-02-16"),
        "2026-02-17",
        status("2026-02-10", "C1"),
    ),
    Walk(
        "cla.placementplan.5wd",
        IN_CARE,
        of_p1("PlacementPlanPrepared", "2026-02-09"),
        "2026-02-10",
        moved_out("2026-02-05"),
    ),
    Walk(
        "cla.placementplan.5wd",
        (into_care("2019-02-04"), placed("2019-02-04")),
        of_p1("PlacementPlanPrepared", "2019-02-11"),
        "2019-02-12",
        moved_out("2019-02-07"),
        note="until April 2020",
    ),
    Walk(
        "cla.notify.placement",
        (into_care(), placed(emergency=True)),
        of_p1("PlacementNoticeGiven", "2026-02-09"),
        "2026-02-10",
        out_of_care("2026-02-05"),
        note="in an emergency",
    ),
    Walk(
        "cla.notify.placement",
        (into_care(), placed(emergency=False)),
        of_p1("PlacementNoticeGiven", "2026-02-02"),
        "2026-02-03",
        note="planned",
    ),
    Walk(
        "cla.iha.request.5wd",
        (into_care(), placed(emergency=True)),
        of_p1("PlacementNoticeGiven", "2026-02-09", to="health"),
        "2026-02-10",
        out_of_care("2026-02-05"),
    ),
    Walk(
        "cla.notify.areaauthority.5wd",
        (into_care(), placed(emergency=True, area="distant")),
        of_p1("PlacementNoticeGiven", "2026-02-09", to="area_authority"),
        "2026-02-10",
        out_of_care("2026-02-05"),
    ),
    Walk(
        "cla.outofarea.approval",
        (into_care(), placed(kind="residential", area="distant")),
        of_p1("OutOfAreaPlacementApproved", "2026-02-02"),
        "2026-02-03",
    ),
    Walk(
        "cla.outofarea.approval",
        (into_care("2012-02-06"), placed("2012-02-06", area="adjoining", provider="private")),
        of_p1("OutOfAreaPlacementApproved", "2012-02-06"),
        "2012-02-07",
        note="by a nominated officer, until January 2014",
    ),
    Walk(
        "cla.outofarea.emergency.5wd",
        (
            into_care(),
            placed(kind="residential", area="distant", emergency=True),
            of_p1("OutOfAreaPlacementApproved", "2026-02-02", emergency=True),
        ),
        of_p1("OutOfAreaStepsTaken", "2026-02-09"),
        "2026-02-10",
        moved_out("2026-02-05"),
    ),
    Walk(
        "cla.ks4.move.approval",
        (into_care(), placed(disrupts_key_stage_4=True)),
        of_p1("KeyStage4MoveApproved", "2026-02-02"),
        "2026-02-03",
    ),
]

LIMITED = [
    Walk(
        "cla.parents.reg19.10wd",
        UNASSESSED,
        of_p1("PlacementAssessed", "2026-02-16", outcome="approved", kind="with_parents"),
        "2026-02-17",
        moved_out("2026-02-09"),
    ),
    Walk(
        "cla.parents.reg19.10wd",
        in_year("2019-05-07", "with_parents_immediate"),
        of_p1("PlacementAssessed", "2019-05-21", outcome="approved"),
        "2019-05-22",
        moved_out("2019-05-13"),
        note="until April 2020",
    ),
    Walk(
        "cla.emergencyfoster.6wd",
        (into_care(), placed(kind="emergency_foster")),
        moved_out("2026-02-10"),
        "2026-02-11",
        out_of_care("2026-02-05"),
    ),
    Walk(
        "cla.emergencyfoster.6wd",
        in_year("2020-05-04", "emergency_foster"),
        of_p1("PlacementAssessed", "2020-10-19", outcome="terms_amended"),
        "2020-10-20",
        out_of_care("2020-08-03"),
        note="in the summer of 2020",
    ),
    Walk(
        "cla.emergencyfoster.6wd",
        in_year("2019-05-07", "emergency_foster"),
        moved_out("2019-05-15"),
        "2019-05-16",
        out_of_care("2019-05-13"),
        note="until April 2020",
    ),
    Walk(
        "cla.reg24.16w",
        (into_care(), placed(kind="connected_person_temporary")),
        of_p1("PlacementAssessed", "2026-05-25", outcome="approved"),
        "2026-05-26",
        out_of_care("2026-04-01"),
    ),
    Walk(
        "cla.reg24.16w",
        in_year("2020-05-04", "connected_person_temporary"),
        moved_out("2020-10-19"),
        "2020-10-20",
        out_of_care("2020-08-03"),
        note="in the summer of 2020",
    ),
    Walk(
        "cla.reg24.16w",
        in_year("2019-05-07", "connected_person_temporary"),
        moved_out("2019-08-27"),
        "2019-08-28",
        out_of_care("2019-07-01"),
        note="until April 2020",
    ),
    Walk(
        "cla.ssda903.temp",
        (*IN_CARE, away("2026-02-10", "hospital")),
        back("2026-03-24"),
        "2026-03-25",
        placed("2026-03-01", placement="P-2"),
        note="hospital",
    ),
    Walk(
        "cla.ssda903.temp",
        (*IN_CARE, away("2026-02-10", "carer_holiday")),
        back("2026-03-03"),
        "2026-03-04",
        out_of_care("2026-02-20"),
        note="carer's holiday",
    ),
    Walk(
        "cla.ssda903.temp",
        (*IN_CARE, away("2026-02-10", "other")),
        back("2026-02-17"),
        "2026-02-18",
        out_of_care("2026-02-12"),
        note="other",
    ),
    Walk(
        "cla.shortbreak.limits",
        BREAKS,
        moved_out("2026-04-22", "SB-1"),
        "2026-04-23",
        out_of_care("2026-03-02"),
    ),
    Walk(
        "cla.shortbreak.stay.17d",
        BREAKS,
        moved_out("2026-02-23", "SB-1"),
        "2026-02-24",
        out_of_care("2026-02-13"),
    ),
    Walk(
        "cla.shortbreak.stay.17d",
        (into_care("2019-02-04", "V4"), placed("2019-02-08", "short_break", "SB-1")),
        moved_out("2019-02-25", "SB-1"),
        "2019-02-26",
        out_of_care("2019-02-13"),
        note="until April 2020",
    ),
]

ENDINGS = [
    Walk(
        "cla.placement.end.notice.10wd",
        (*IN_CARE, moved_out("2026-03-02")),
        of_p1("PlacementEndNoticeGiven", "2026-03-16"),
        "2026-03-17",
    ),
    Walk(
        "cla.placement.end.review",
        (*IN_CARE, moved_out("2026-03-02", reason="planned")),
        reviewed("2026-03-02", placement_id="P-1"),
        "2026-03-03",
    ),
    Walk(
        "cla.ceasing.approval",
        (*IN_CARE, out_of_care("2026-03-02", "returned_home")),
        done("CeasingApproved", "2026-03-02"),
        "2026-03-03",
    ),
]
WALKS = [*PLANS, *LIMITED, *ENDINGS]


#: rows of the catalogue on plans and placements, and how far each was checked
CATALOGUE = {
    "cla.careplan.10wd": "V1",
    "cla.placementplan.5wd": "V1",
    "cla.notify.placement": "V1",
    "cla.notify.areaauthority.5wd": "V1",
    "cla.iha.request.5wd": "V1",
    "cla.outofarea.approval": "V1",
    "cla.outofarea.emergency.5wd": "K",
    "cla.ks4.move.approval": "V1",
    "cla.parents.reg19.10wd": "K",
    "cla.emergencyfoster.6wd": "V2",
    "cla.reg24.16w": "V1",
    "cla.reg25.8w": "V1",
    "cla.reg25a": "V1",
    "cla.longtermfoster": "V1",
    "cla.ssda903.temp": "V2",
    "cla.shortbreak.limits": "V1",
    "cla.ceasing.approval": "V1",
    "cla.placement.end.notice.10wd": "V1",
    "cla.placement.end.review": "V1",
}
#: rows that run no clock: duties without a number, and the extension of another row
WITHOUT_CLOCK = {
    "cla.reg25.8w": Kind.DEFINITION,
    "cla.reg25a": Kind.NO_CLOCK,
    "cla.longtermfoster": Kind.NO_CLOCK,
}
SHIPPED = [timescale for pack in shipped_packs() for timescale in pack.timescales]


def test_in_the_summer_of_2020_three_rows_had_no_number() -> None:
    assert {"cla.placementplan.5wd", "cla.parents.reg19.10wd", "cla.shortbreak.stay.17d"} == {
        timescale.id
        for timescale in SHIPPED
        if (str(timescale.effective_from), str(timescale.effective_to)) == ("2020-04-24", "2020-09-25")
        and not timescale.has_clock()
        and timescale.id.startswith("cla.")
    }


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
