"""Every rhythm of visits to a looked-after child, walked from its start to its last day and past it."""

from care import done, into_care, moved_out, out_of_care, placed, reviewed, seen, status
from walked import Walked
from walks import Walk

from caseclock.timers.timescale import Kind

IN_CARE = (into_care(), placed())
LONG_TERM = (into_care("2024-01-08"), placed("2024-01-08", long_term=True))
AGREED = (into_care("2024-01-08"), placed("2024-01-08", long_term=True, child_agrees=True))
AT_HOME_UNASSESSED = (into_care(legal_status="care_order"), placed(kind="with_parents_immediate"))
CONNECTED = (into_care(), placed(kind="connected_person_temporary"))
AT_HOME = (into_care(legal_status="interim_care_order"), placed(kind="with_parents"))
DETAINED = (into_care(legal_status="care_order"), placed(kind="youth_detention", arranged_by="others"))
BREAKS = (into_care(legal_status="short_break_series"), placed("2026-02-06", "short_break", "SB-1"))
MOVED = placed("2026-02-20", placement="P-2")

WALKS = [
    Walk("cla.visit.first.1w", IN_CARE, seen("2026-02-09"), "2026-02-10", out_of_care("2026-02-05")),
    Walk(
        "cla.visit.first.1w",
        (into_care(legal_status="C2"), placed(kind="with_parents")),
        seen("2026-02-09"),
        "2026-02-10",
        out_of_care("2026-02-05"),
        note="home under an older order",
    ),
    Walk("cla.visit.year1.6w", (*IN_CARE, seen("2026-02-06")), seen("2026-03-20"), "2026-03-21", MOVED),
    Walk(
        "cla.visit.year1.6w",
        (into_care("2024-01-08"), placed("2024-01-08"), seen("2025-02-03")),
        seen("2025-03-17"),
        "2025-03-18",
        out_of_care("2025-03-03"),
        note="in the second year, not meant to last",
    ),
    Walk(
        "cla.visit.year1.6w",
        (
            *CONNECTED,
            seen("2026-02-06"),
            done(
                "PlacementAssessed",
                "2026-02-12",
                placement_id="P-1",
                outcome="approved",
                kind="connected_person",
            ),
        ),
        seen("2026-03-20"),
        "2026-03-21",
        MOVED,
        note="once a temporary approval is a full one",
    ),
    Walk(
        "cla.visit.perm.3m",
        (*LONG_TERM, seen("2025-02-03")),
        seen("2025-05-03"),
        "2025-05-04",
        out_of_care("2025-04-01"),
    ),
    Walk(
        "cla.visit.perm.3m",
        (into_care("2012-01-09"), placed("2012-01-09", long_term=True), seen("2013-02-04")),
        seen("2013-05-04"),
        "2013-05-05",
        out_of_care("2013-04-01"),
        note="before April 2015",
    ),
    Walk(
        "cla.visit.perm.3m",
        (
            into_care("2024-01-08"),
            placed("2024-01-08", "residential", long_term=True, child_agrees=True),
            seen("2025-02-03"),
        ),
        seen("2025-05-03"),
        "2025-05-04",
        out_of_care("2025-04-01"),
        note="agreement counts in foster placements only",
    ),
    Walk(
        "cla.visit.ltf.6m",
        (*AGREED, seen("2025-02-03")),
        seen("2025-08-03"),
        "2025-08-04",
        out_of_care("2025-04-01"),
    ),
    Walk(
        "cla.visit.reg19.weekly",
        AT_HOME_UNASSESSED,
        seen("2026-02-09"),
        "2026-02-10",
        status("2026-02-05", "C1"),
    ),
    Walk(
        "cla.visit.reg19.weekly",
        (*AT_HOME_UNASSESSED, seen("2026-02-06")),
        seen("2026-02-13"),
        "2026-02-14",
        reviewed("2026-02-11"),
        note="until the first review",
    ),
    Walk(
        "cla.visit.reg19.weekly",
        (*AT_HOME_UNASSESSED, seen("2026-02-06"), reviewed("2026-02-11")),
        seen("2026-03-20"),
        "2026-03-21",
        MOVED,
        note="from the first review on, counted from the visit before",
    ),
    Walk(
        "cla.visit.reg19.weekly",
        (*AT_HOME_UNASSESSED, reviewed("2026-02-09"), seen("2026-02-13")),
        seen("2026-03-27"),
        "2026-03-28",
        MOVED,
        note="after the first review",
    ),
    Walk("cla.visit.reg24.weekly", CONNECTED, seen("2026-02-09"), "2026-02-10", out_of_care("2026-02-05")),
    Walk(
        "cla.visit.reg24.weekly",
        (*CONNECTED, seen("2026-02-06")),
        seen("2026-02-13"),
        "2026-02-14",
        reviewed("2026-02-11"),
        note="until the first review",
    ),
    Walk(
        "cla.visit.reg24.weekly",
        (*CONNECTED, seen("2026-02-06"), reviewed("2026-02-11")),
        seen("2026-03-06"),
        "2026-03-07",
        MOVED,
        note="four weeks from the first review on",
    ),
    Walk(
        "cla.visit.reg24.weekly",
        (*AT_HOME, seen("2026-02-06")),
        seen("2026-02-13"),
        "2026-02-14",
        status("2026-02-12", "care_order"),
        note="home under an interim order",
    ),
    Walk(
        "cla.visit.reg24.weekly",
        (
            into_care(legal_status="emergency_protection_order"),
            placed(kind="with_parents"),
            status("2026-02-16", "C1"),
        ),
        seen("2026-02-23"),
        "2026-02-24",
        MOVED,
        note="from the interim order",
    ),
    Walk(
        "cla.visit.co_home",
        (*AT_HOME, status("2026-03-02", "care_order")),
        seen("2026-03-09"),
        "2026-03-10",
        out_of_care("2026-03-05"),
    ),
    Walk(
        "cla.visit.co_home",
        (*AT_HOME, status("2026-03-02", "care_order"), seen("2026-03-05")),
        seen("2026-04-16"),
        "2026-04-17",
        placed("2026-03-31", placement="P-2"),
        note="afterwards",
    ),
    Walk("cla.visit.others_arrange", DETAINED, seen("2026-02-09"), "2026-02-10", out_of_care("2026-02-05")),
    Walk(
        "cla.visit.others_arrange",
        (*DETAINED, seen("2026-02-06")),
        seen("2026-03-20"),
        "2026-03-21",
        placed("2026-03-01", "youth_detention", "P-2", arranged_by="others"),
        note="afterwards",
    ),
    Walk(
        "cla.visit.s30a.1w",
        (
            into_care(),
            placed(kind="residential"),
            seen("2026-02-06"),
            done("HomeNoticeReceived", "2026-02-10"),
        ),
        seen("2026-02-17"),
        "2026-02-18",
        placed("2026-02-12", placement="P-2"),
    ),
    Walk(
        "cla.visit.exlac_detained.10wd",
        (*IN_CARE, out_of_care("2026-02-20"), done("DetentionStarted", "2026-03-02")),
        seen("2026-03-16"),
        "2026-03-17",
        done("DetentionEnded", "2026-03-09"),
    ),
    Walk(
        "cla.shortbreak.visit",
        (*BREAKS, moved_out("2026-02-08", "SB-1"), placed("2026-05-04", "short_break", "SB-2")),
        seen("2026-05-06"),
        "2026-05-07",
        out_of_care("2026-05-05"),
    ),
    Walk(
        "cla.shortbreak.visit",
        (
            *BREAKS,
            seen("2026-02-07"),
            moved_out("2026-02-08", "SB-1"),
            placed("2026-08-01", "short_break", "SB-2"),
        ),
        seen("2026-08-07"),
        "2026-08-08",
        out_of_care("2026-08-05"),
        note="later",
    ),
    Walk(
        "local.cla.visit.6w",
        (*LONG_TERM, seen("2025-02-03")),
        seen("2025-03-17"),
        "2025-03-18",
        out_of_care("2025-03-03"),
        authority="thurrock",
    ),
]


#: rows of the catalogue on visits and how far each was checked
CATALOGUE = {
    "cla.visit.first.1w": "V1",
    "cla.visit.year1.6w": "V1",
    "cla.visit.perm.3m": "V1",
    "cla.visit.ltf.6m": "V2",
    "cla.visit.reg19.weekly": "V1",
    "cla.visit.reg24.weekly": "V1",
    "cla.visit.co_home": "V1",
    "cla.visit.others_arrange": "V2",
    "cla.visit.request": "V2",
    "cla.visit.s30a.1w": "K",
    "cla.visit.remote": "V2",
    "cla.visit.exlac_detained.10wd": "K",
    "exlac.longterm_residential.visit": "K",
    "cla.shortbreak.visit": "K",
}
#: rows that run no clock: duties without a number
WITHOUT_CLOCK = {
    "cla.visit.request": Kind.NO_CLOCK,
    "cla.visit.remote": Kind.NO_CLOCK,
    "exlac.longterm_residential.visit": Kind.NO_CLOCK,
}


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
