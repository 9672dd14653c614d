"""A period of care: from the day a child becomes looked after, through every placement, to the day it ends."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

#: Kinds of placement by which the law tells duties apart. Any other word is taken as an ordinary placement.
PLACEMENT_KINDS = (
    "foster",  # approved foster carers, and those of independent agencies
    "fostering_for_adoption",  # approved prospective adopters who foster meanwhile (reg 25A)
    "emergency_foster",  # outside the carers' terms of approval, in an emergency (reg 23)
    "connected_person",  # relatives or friends who are approved as foster carers
    "connected_person_temporary",  # relatives or friends approved for the time being (reg 24)
    "with_parents",  # a child in care with a parent who was assessed first (reg 18)
    "with_parents_immediate",  # a child in care with a parent before that assessment is complete (reg 19)
    "adoption",  # with prospective adopters, under consent or a placement order
    "short_break",  # one stay of a series of short breaks (reg 48)
    "residential",  # a children's home or residential care home
    "secure",  # a secure children's home
    "youth_detention",  # youth detention accommodation
    "hospital",  # health accommodation that is no temporary stay
    "family_centre",
    "residential_school",
    "supported",  # supported or semi-independent accommodation
    "independent",
    "other",
)

#: Legal statuses by which the law tells duties apart; the codes of the return are accepted beside the words.
LEGAL_STATUSES = (
    "section_20",  # V2
    "short_break_single",  # V3, each stay a period of its own
    "short_break_series",  # V4, one agreement for all
    "interim_care_order",  # C1
    "care_order",  # C2
    "placement_order",  # E1
    "freeing_order",  # D1
    "adoption_consent",  # consent to placement without an order; the return has no code for it
    "police_protection",  # L1
    "emergency_protection_order",  # L2
    "child_assessment_order",  # L3
    "remand",  # J1
    "police_detention",  # J2
    "youth_rehabilitation_order",  # J3
)

_YES_NO = ("true", "false", "")
_IN_CARE = ("awaiting_placement", "placed")
#: what is known only to the day may be written behind the end of that day, and a review's record is due after it
_AND_AFTER = (*_IN_CARE, "ended")
#: what a planned admission brings with it may be done before the child comes
_BEFORE_TOO = ("planned", *_AND_AFTER)

_PLACEMENT = Field("placement_id", required=True)
_REVIEW = Field("review_id", required=True)
_STAY = Field("stay_id", required=True)

LOOKED_AFTER = Process(
    name="looked_after",
    title="Looked-after child",
    version="1",
    words=(
        "A child is looked after from accommodation or an order on; an admission that is planned begins before. There "
        "is a plan for the child and one for each placement; the child is visited, the case is reviewed under an "
        "independent reviewing officer, health and education are assessed. Each move starts the visits anew. Placement "
        "for adoption and a series of short breaks have reviews and visits of their own, instead of the ordinary ones. "
        "A temporary move, such as a stay in hospital, leaves the placement as it was."
    ),
    states=(
        State("planned", "the child is to come into care, or to be transferred from elsewhere"),
        State("not_admitted", "the child did not come into this authority's care", final=True),
        State("awaiting_placement", "the child is looked after and not yet placed"),
        State("placed", "the child is looked after and was placed"),
        State("ended", "the period of care has ended", final=True),
    ),
    moves=(
        Move("AdmissionPlanned", when=(NOT_BEGUN,), to="planned"),
        Move("AdmissionWithdrawn", when=("planned",), to="not_admitted"),
        Move("NationalTransferReferred", when=(NOT_BEGUN,), to="planned"),
        Move("NationalTransferReferred", when=_IN_CARE),
        Move("NationalTransferEnded", when=("planned",), to="not_admitted", if_={"outcome": ("withdrawn",)}),
        Move("NationalTransferEnded", when=_BEFORE_TOO),
        Move("PeriodOfCareStarted", when=(NOT_BEGUN, "planned"), to="awaiting_placement"),
        Move("LegalStatusChanged", when=_IN_CARE),
        Move("ReviewingOfficerAppointed", when=_BEFORE_TOO),
        # placements
        Move("PlacementStarted", when=_IN_CARE, to="placed"),
        Move("PlacementEnded", when=("placed", "ended")),
        Move("PlacementLengthDecided", when=("placed", "ended")),
        Move("PlacementAssessed", when=("placed", "ended")),
        Move("PlacementNoticeGiven", when=_BEFORE_TOO),
        Move("PlacementEndNoticeGiven", when=_AND_AFTER),
        Move("OutOfAreaPlacementApproved", when=_BEFORE_TOO),
        Move("OutOfAreaStepsTaken", when=_AND_AFTER),
        Move("KeyStage4MoveApproved", when=_BEFORE_TOO),
        Move("TemporaryMoveStarted", when=("placed",)),
        Move("TemporaryMoveEnded", when=("placed", "ended")),
        # plans
        Move("CarePlanPrepared", when=_BEFORE_TOO),
        Move("CarePlanChanged", when=_AND_AFTER),
        Move("PlacementPlanPrepared", when=_BEFORE_TOO),
        Move("PermanencePlanAgreed", when=_AND_AFTER),
        # health and education
        Move("HealthAssessmentCompleted", when=_BEFORE_TOO),
        Move("DentalCheckCompleted", when=_AND_AFTER),
        Move("EducationPlanDrafted", when=_AND_AFTER),
        Move("EducationPlanCompleted", when=_AND_AFTER),
        Move("EducationPlanReviewed", when=_AND_AFTER),
        Move("DesignatedTeacherTold", when=_BEFORE_TOO),
        # visits
        Move("ChildSeen", when=_AND_AFTER),
        Move("VisitAttempted", when=_AND_AFTER),
        Move("HomeNoticeReceived", when=_AND_AFTER),
        # reviews
        Move("ReviewArranged", when=_IN_CARE),
        Move("ReviewPapersSent", when=_AND_AFTER),
        Move("ReviewHeld", when=_AND_AFTER),
        Move("ReviewDecisionsIssued", when=_AND_AFTER),
        Move("ReviewDecisionsAnswered", when=_AND_AFTER),
        Move("ReviewRecordCompleted", when=_AND_AFTER),
        Move("ReviewRecordDistributed", when=_AND_AFTER),
        Move("ReviewDisputeRaised", when=_AND_AFTER),
        Move("ReviewDisputeResolved", when=_AND_AFTER),
        # secure accommodation
        Move("SecureAccommodationStarted", when=_IN_CARE),
        Move("SecureOrderMade", when=_AND_AFTER),
        Move("SecureReviewHeld", when=_AND_AFTER),
        Move("SecureAccommodationEnded", when=_AND_AFTER),
        # the end, and what may come after it
        Move("CeasingApproved", when=_AND_AFTER),
        Move("PeriodOfCareEnded", when=_IN_CARE, to="ended"),
        Move("DetentionStarted", when=("ended",)),
        Move("DetentionEnded", when=("ended",)),
    ),
    fields={
        "AdmissionPlanned": (Field("date_of_birth", is_date=True), Field("follows")),
        "AdmissionWithdrawn": (Field("reason"),),
        "NationalTransferReferred": (
            Field("from", ("entry_authority", "hotel", "")),
            Field("date_of_birth", is_date=True),
        ),
        "NationalTransferEnded": (Field("outcome", ("transferred", "withdrawn", "")),),
        "PeriodOfCareStarted": (
            Field("legal_status"),
            Field("date_of_birth", is_date=True),
            Field("follows"),
            Field(
                "began_earlier", _YES_NO
            ),  # a source's first sight of a period that began before it, when unknown
        ),
        "LegalStatusChanged": (Field("legal_status", required=True),),
        "PlacementStarted": (
            Field("placement_id"),
            Field("kind"),
            Field("long_term", _YES_NO),  # meant to last until the child is eighteen
            Field("child_agrees", _YES_NO),  # to be visited less often in a long-term foster placement
            Field("emergency", _YES_NO),
            Field("area", ("own", "adjoining", "distant", "outside_england", "")),
            Field(
                "provider", ("own", "other_authority", "other_public", "private", "voluntary", "parents", "")
            ),
            Field(
                "arranged_by", ("authority", "others", "")
            ),  # others: a court, a hospital, a young offender institution
            Field("disrupts_key_stage_4", _YES_NO),
            Field("agreement", _YES_NO),  # it stands for a series of short breaks whose stays are not told
            Field("began_earlier", _YES_NO),
        ),
        "PlacementEnded": (
            Field("placement_id"),
            Field("reason"),
        ),  # planned: the authority ended it after a review
        "PlacementLengthDecided": (
            _PLACEMENT,
            Field("long_term", ("true", "false"), required=True),
            Field("child_agrees", _YES_NO),
        ),
        "PlacementAssessed": (
            _PLACEMENT,
            Field("outcome", ("approved", "refused", "terms_amended"), required=True),
            Field("kind"),  # what kind of placement it is from then on
        ),
        "PlacementNoticeGiven": (_PLACEMENT, Field("to", ("everyone", "health", "area_authority", ""))),
        "PlacementEndNoticeGiven": (_PLACEMENT,),
        "OutOfAreaPlacementApproved": (_PLACEMENT, Field("emergency", _YES_NO)),
        "OutOfAreaStepsTaken": (_PLACEMENT,),
        "KeyStage4MoveApproved": (_PLACEMENT,),
        "TemporaryMoveStarted": (
            Field("move_id", required=True),
            Field("kind", ("hospital", "carer_holiday", "other", "")),
        ),
        "TemporaryMoveEnded": (Field("move_id", required=True),),
        "CarePlanChanged": (Field("review_id"),),  # the review that considered the change; none, if none did
        "PlacementPlanPrepared": (_PLACEMENT,),
        "HealthAssessmentCompleted": (Field("kind", ("initial", "review", "")),),
        "EducationPlanCompleted": (Field("review_by", is_date=True),),  # the last day of the school's term
        "EducationPlanReviewed": (Field("review_by", is_date=True),),
        "ChildSeen": (Field("alone", _YES_NO),),
        "ReviewArranged": (_REVIEW, Field("review_on", required=True, is_date=True)),
        "ReviewPapersSent": (_REVIEW,),
        "ReviewHeld": (
            Field("review_id"),
            Field("began_earlier", _YES_NO),  # there may be reviews before it that its source does not tell
            Field("placement_id"),  # the placement whose ending it considered
        ),
        "ReviewDecisionsIssued": (_REVIEW,),
        "ReviewDecisionsAnswered": (_REVIEW, Field("answer", ("agreed", "disputed"), required=True)),
        "ReviewRecordCompleted": (_REVIEW,),
        "ReviewRecordDistributed": (_REVIEW,),
        "ReviewDisputeRaised": (Field("dispute_id", required=True),),
        "ReviewDisputeResolved": (Field("dispute_id", required=True),),
        "SecureAccommodationStarted": (_STAY,),
        "SecureOrderMade": (_STAY, Field("until", is_date=True)),
        "SecureReviewHeld": (_STAY,),
        "SecureAccommodationEnded": (_STAY,),
        "PeriodOfCareEnded": (Field("reason"),),
    },
)
