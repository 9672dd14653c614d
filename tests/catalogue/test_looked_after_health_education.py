"""Health, education and permanence of a looked-after child, walked to the last day and past it."""

from care import done, into_care, out_of_care, placed, reviewed
from walked import Walked
from walks import Walk

from caseclock.timers.timescale import Kind

IN_CARE = (into_care(), placed())
BABY = (into_care(born="2025-03-01"), placed())
ASSESSED = done("HealthAssessmentCompleted", "2026-02-20", kind="initial")
PLANNED = done("EducationPlanCompleted", "2026-02-27", review_by="2026-07-17")

WALKS = [
    Walk("cla.iha.20wd", IN_CARE, ASSESSED.moved("2026-03-02"), "2026-03-03", out_of_care("2026-02-20")),
    Walk(
        "local.cla.health.20wd",
        IN_CARE,
        ASSESSED.moved("2026-03-02"),
        "2026-03-03",
        out_of_care("2026-02-20"),
        "thurrock",
    ),
    Walk(
        "cla.iha.before_review",
        (*IN_CARE, reviewed("2026-02-26")),
        ASSESSED.moved("2026-02-26"),
        "2026-02-27",
    ),
    Walk(
        "cla.rha.u5.6m",
        (*BABY, ASSESSED),
        done("HealthAssessmentCompleted", "2026-08-20", kind="review"),
        "2026-08-21",
        out_of_care("2026-06-01"),
    ),
    Walk(
        "cla.rha.5plus.12m",
        (*IN_CARE, ASSESSED),
        done("HealthAssessmentCompleted", "2027-02-20", kind="review"),
        "2027-02-21",
        out_of_care("2026-06-01"),
    ),
    Walk(
        "cla.dental.12m",
        (*IN_CARE, done("DentalCheckCompleted", "2026-02-20")),
        done("DentalCheckCompleted", "2027-02-20"),
        "2027-02-21",
        out_of_care("2026-06-01"),
    ),
    Walk(
        "cla.pep.initiate.10wd",
        IN_CARE,
        done("EducationPlanDrafted", "2026-02-16"),
        "2026-02-17",
        out_of_care("2026-02-10"),
    ),
    Walk(
        "cla.pep.first_review",
        IN_CARE,
        done("EducationPlanCompleted", "2026-03-02"),
        "2026-03-03",
        out_of_care("2026-02-10"),
    ),
    Walk(
        "cla.pep.termly",
        (*IN_CARE, PLANNED),
        done("EducationPlanReviewed", "2026-07-17"),
        "2026-07-18",
        out_of_care("2026-06-01"),
    ),
    Walk(
        "local.cla.pep",
        (*IN_CARE, PLANNED),
        done("EducationPlanReviewed", "2026-07-17"),
        "2026-07-18",
        out_of_care("2026-06-01"),
        "thurrock",
    ),
    Walk(
        "cla.permanence.2ndreview",
        (*IN_CARE, reviewed("2026-02-26")),
        done("PermanencePlanAgreed", "2026-05-26"),
        "2026-05-27",
        reviewed("2026-05-12", "R-2"),
        note="before the second review is held",
    ),
    Walk(
        "cla.permanence.2ndreview",
        (*IN_CARE, reviewed("2026-02-26"), reviewed("2026-05-12", "R-2")),
        done("PermanencePlanAgreed", "2026-05-12"),
        "2026-05-13",
        note="at the second review",
    ),
    Walk(
        "local.cla.permanence.4m",
        IN_CARE,
        done("PermanencePlanAgreed", "2026-06-02"),
        "2026-06-03",
        out_of_care("2026-05-01"),
        "thurrock",
    ),
    Walk(
        "cla.designatedteacher.48h",
        (into_care("2026-02-02 10:00"), placed("2026-02-02 11:00")),
        done("DesignatedTeacherTold", "2026-02-04 10:00"),
        "2026-02-04 10:30",
        out_of_care("2026-02-03"),
        "example",
    ),
]


#: rows of the catalogue on health, education and permanence, and how far each was checked
CATALOGUE = {
    "cla.iha.20wd": "V2",
    "cla.rha.u5.6m": "V2",
    "cla.rha.5plus.12m": "V2",
    "cla.health.copy": "V1",
    "cla.dental.12m": "V2",
    "cla.sdq.12m": "V2",
    "cla.pep.initiate.10wd": "V2",
    "cla.pep.first_review": "V2",
    "cla.pep.termly": "V2",
    "cla.school.new.20sd": "V2",
    "cla.designatedteacher.48h": "V2",
    "cla.permanence.2ndreview": "V2",
}
#: rows that run no clock: duties without a number, and what the return counts
WITHOUT_CLOCK = {
    "cla.health.copy": Kind.NO_CLOCK,
    "cla.sdq.12m": Kind.DEFINITION,
    "cla.school.new.20sd": Kind.NO_CLOCK,
}


class TestWalked(Walked):
    """Each walk from its start to its stop, and each row of the catalogue."""

    walks = WALKS
    rows = CATALOGUE
    without_clock = WITHOUT_CLOCK
