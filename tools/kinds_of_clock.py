"""One invented case for each kind of clock, and the words that introduce it in the documentation."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Happening:
    event: str
    #: a day, or a moment by the London clock
    on: str
    episode: str
    data: dict[str, Any] = field(default_factory=dict)
    by: str = "sw.jones"
    #: when it was written up; None for at once
    recorded: str | None = None


@dataclass(frozen=True)
class Kind:
    #: heading in the page
    name: str
    #: what is particular to this kind, in Markdown
    words: str
    timescale: str
    case: tuple[Happening, ...]
    #: the day, or the moment by the London clock, on which it is explained
    as_at: str
    #: the occurrence whose timer is meant, where there are several
    key: str | None = None
    authority: str = "anywhere"


def happened(event: str, on: str, episode: str, by: str = "sw.jones", **data: Any) -> Happening:
    return Happening(event, on, episode, data, by)


ISSUED = happened("ApplicationIssued", "2026-01-12", "P-1", by="court")
ISSUED_AT_EASTER = happened("ApplicationIssued", "2026-03-30", "P-1", by="court")
INTO_CARE = happened(
    "PeriodOfCareStarted", "2025-06-02", "L-1", legal_status="interim_care_order", date_of_birth="2021-06-10"
)
PLACED = happened("PlacementStarted", "2025-06-02", "L-1", placement_id="P-1", kind="foster")
CONFERENCE = happened(
    "InitialConferenceHeld", "2026-04-28", "S-1", by="chair.ahmed", conference_id="IC-1", outcome="plan"
)
PLAN = happened(
    "PlanStarted", "2026-04-28", "CP-1", by="chair.ahmed", category="neglect", conference_held_on="2026-04-28"
)
REVIEW = happened("ReviewHeld", "2025-06-26", "L-1", by="iro.bell", review_id="R-1")

KINDS = (
    Kind(
        "Within",
        "The plain kind: done by the end of the limit.\n"
        "Here in working days, so that weekends and bank holidays are passed over.\n"
        "A referral made on a Friday afternoon before a bank holiday is to be decided by the end of the Tuesday.",
        "referral.decision.1wd",
        (happened("ReferralReceived", "2026-05-22 16:40", "R-1", source="school"),),
        "2026-05-26 12:00",
    ),
    Kind(
        "At least",
        "A minimum: what it waits for may not happen before the limit has passed.\n"
        "There is no last day, so it is never overdue; done too soon it is a breach.",
        "pf.notify.6w",
        (
            happened("PrivateFosteringNotified", "2025-05-06", "F-1", kind="proposed"),
            happened("PrivateFosteringStarted", "2025-06-14", "F-1"),
        ),
        "2025-06-16",
    ),
    Kind(
        "Window",
        "A first lawful day and a last: a hearing can be too early as well as too late.",
        "court.pd12a.cmh",
        (ISSUED_AT_EASTER,),
        "2026-04-20",
    ),
    Kind(
        "Before",
        "A gate: done before another event happens, or at the latest on the same day.\n"
        "The clock is known only once that event has happened, and looks back.",
        "leaving.visit.prereview",
        (
            happened("LeavingCareStarted", "2025-09-01", "C-1", by="pa.reid", status="former_relevant"),
            happened("AccommodationProvided", "2025-12-22", "C-1", by="pa.reid", accommodation_id="flat"),
            happened("PersonalAdviserVisited", "2025-12-29", "C-1", by="pa.reid"),
            happened("PathwayPlanReviewed", "2026-01-19", "C-1", by="pa.reid", reason="accommodation"),
        ),
        "2026-01-19",
    ),
    Kind(
        "Backwards",
        "Counted back from an appointed day.\n"
        "The clock starts when the day is appointed; where another is appointed instead, a new timer runs and the old "
        "one is void.",
        "court.directions",
        (
            ISSUED_AT_EASTER,
            happened(
                "HearingListed", "2026-04-02", "P-1", by="court", hearing_id="H-1", listed_for="2026-04-28"
            ),
        ),
        "2026-04-20",
    ),
    Kind(
        "Rolling cap",
        "No more than so much in any period of such a length, over several stays together.\n"
        "The timer of a stay ends when the cap is used up, earlier stays counted in as far as they lie within the "
        "period.",
        "cla.secure.72h",
        (
            INTO_CARE,
            happened("SecureAccommodationStarted", "2026-03-02 10:00", "L-1", stay_id="S-1"),
            happened("SecureAccommodationEnded", "2026-03-04 10:00", "L-1", stay_id="S-1"),
            happened("SecureAccommodationStarted", "2026-03-10 09:00", "L-1", stay_id="S-2"),
        ),
        "2026-03-10 12:00",
    ),
    Kind(
        "Recurring",
        "A chain: what discharges one timer starts the next, from the day on which it was really done.\n"
        "Held early, it brings the next one forward.",
        "cp.review.next.6m",
        (
            CONFERENCE,
            PLAN,
            happened(
                "ReviewConferenceHeld",
                "2026-07-14",
                "CP-1",
                by="chair.ahmed",
                conference_id="RC-1",
                outcome="continue",
            ),
        ),
        "2026-07-15",
    ),
    Kind(
        "Per occurrence",
        "One timer for each conference, placement or review, told apart by a key.\n"
        "What is done for one of them discharges no other.",
        "cla.review.decisions.5wd",
        (
            INTO_CARE,
            PLACED,
            REVIEW,
            happened("ReviewDecisionsIssued", "2025-07-03", "L-1", by="iro.bell", review_id="R-1"),
        ),
        "2025-07-03",
        key="R-1",
    ),
    Kind(
        "Switching",
        "The interval depends on something that changes, here the child's age.\n"
        "She was four when she was assessed and is five by the time six months are over, so the longer interval holds.",
        "cla.rha.5plus.12m",
        (
            INTO_CARE,
            PLACED,
            happened("HealthAssessmentCompleted", "2026-01-08", "L-1", by="nurse.fry", kind="review"),
        ),
        "2026-01-09",
    ),
    Kind(
        "Restart",
        "A move ends the rhythm that was running and begins a new one from its own day.",
        "cla.visit.first.1w",
        (
            INTO_CARE,
            PLACED,
            happened("ChildSeen", "2025-06-06", "L-1", alone=True),
            happened("PlacementEnded", "2026-02-20", "L-1", placement_id="P-1"),
            happened("PlacementStarted", "2026-02-20", "L-1", placement_id="P-2", kind="foster"),
        ),
        "2026-02-23",
    ),
    Kind(
        "Extension",
        "More time, in the way the source allows: by recorded reasons, which move nothing; with approval, up to a cap; "
        "or by a court, here by no more than eight weeks at a time.",
        "court.s31.26w",
        (
            ISSUED,
            happened("ProceedingsExtended", "2026-07-06", "P-1", by="judge", reason="an expert is awaited"),
        ),
        "2026-07-20",
    ),
    Kind(
        "Beginning with",
        "Where the law says so, the day itself is day 1, and the last day comes one sooner than one would think.\n"
        "A limit in weeks ends where it ends, on a Sunday too.",
        "court.s37.8w",
        (happened("CourtReportDirected", "2026-01-12", "D-1", by="court", kind="section_37"),),
        "2026-03-02",
    ),
    Kind(
        "Court days",
        "A court's timetable numbers the days on which it works; the day of issue is day 1.",
        "court.pd12a.allocation",
        (ISSUED_AT_EASTER,),
        "2026-03-30",
    ),
    Kind(
        "Set by an order",
        "Where a court sets the day, the order is the source of the date.",
        "court.ico",
        (ISSUED, happened("InterimOrderMade", "2026-01-14", "P-1", by="court", ends_on="2026-05-31")),
        "2026-05-25",
    ),
    Kind(
        "Deemed",
        "Nobody has to act: when the limit is over, the thing stands, and the timer is met.",
        "cla.review.la_response.5wd",
        (
            INTO_CARE,
            PLACED,
            REVIEW,
            happened("ReviewDecisionsIssued", "2025-07-03", "L-1", by="iro.bell", review_id="R-1"),
        ),
        "2025-07-11",
    ),
    Kind(
        "Hours",
        "Hours that pass, told from an instant.\n"
        "Over the last Sunday of March seventy-two of them end an hour later by the clock on the wall.",
        "court.police.72h",
        (happened("PoliceProtectionStarted", "2026-03-27 15:30", "E-1", by="police"),),
        "2026-03-30 12:00",
    ),
    Kind(
        "Recording",
        "Not what was done, but how soon it was written up: the event that starts the clock stops it by its own "
        "write-up.\n"
        "Before that nobody knows of either, so such a timer never runs; late, it is a breach of the local standard "
        "and of nothing else.\n"
        "Here a discussion held on a Thursday was written up on the Monday after.",
        "local.recording.risk.24h",
        (
            Happening(
                "StrategyDiscussionHeld",
                "2026-05-14 15:00",
                "S-1",
                {"initiates_section_47": True},
                recorded="2026-05-18 10:30",
            ),
        ),
        "2026-05-18 12:00",
        authority="thurrock",
    ),
)
