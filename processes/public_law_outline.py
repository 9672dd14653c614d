"""The public law outline: from a legal planning meeting, through work before proceedings, to a court's final order."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_BEFORE_LETTER = (NOT_BEGUN, "planning")
_BEFORE_COURT = ("planning", "pre_proceedings", "awaiting_issue")
_AT_COURT = ("proceedings",)
#: where work before proceedings may still be told: its last meeting and the decision it led to are of one day
_BEFORE_COURT_OR_AFTER = (*_BEFORE_COURT, "stepped_down", *_AT_COURT)
#: where what happened at court may still be told: an order and the hearing that made it are of one day
_AFTER_ISSUE = ("proceedings", "under_supervision", "concluded", "withdrawn")

PUBLIC_LAW_OUTLINE = Process(
    name="public_law_outline",
    title="Public law outline",
    version="1",
    words=(
        "A legal planning meeting decides whether the threshold for proceedings may be met. Mostly the family is told "
        "of it in a letter before proceedings, meets the authority with its lawyers, and has some weeks in which to "
        "change things, with a review midway. Then the authority steps down, or applies to the family court, where "
        "business days are numbered from the day of issue and the whole case has twenty-six weeks, unless the court "
        "extends it. In an emergency it begins with the application."
    ),
    states=(
        State("planning", "legal advice is asked for or given"),
        State("not_needed", "legal planning found no grounds for going on", final=True),
        State("pre_proceedings", "the family has had the letter before proceedings"),
        State("stepped_down", "the authority stepped down without going to court", final=True),
        State("awaiting_issue", "it is decided to apply to the court"),
        State("proceedings", "an application is before the court"),
        State("under_supervision", "the court made a supervision order, which is in force"),
        State("concluded", "the court's last order was made, or has ended", final=True),
        State("withdrawn", "the application was withdrawn", final=True),
    ),
    moves=(
        Move("LegalPlanningMeetingRequested", when=(NOT_BEGUN,), to="planning"),
        Move("LegalPlanningMeetingRequested", when=("planning", "pre_proceedings")),
        Move(
            "LegalPlanningMeetingHeld",
            when=_BEFORE_LETTER,
            to="not_needed",
            if_={"outcome": ("no_further_action",)},
        ),
        Move("LegalPlanningMeetingHeld", when=_BEFORE_LETTER, to="planning"),
        Move("LegalPlanningMeetingHeld", when=("pre_proceedings", "awaiting_issue", *_AT_COURT)),
        Move("LetterBeforeProceedingsSent", when=_BEFORE_LETTER, to="pre_proceedings"),
        Move("LetterBeforeProceedingsSent", when=("pre_proceedings",)),
        Move("FamilyGroupMeetingOffered", when=_BEFORE_COURT_OR_AFTER),
        Move("FamilyGroupMeetingHeld", when=_BEFORE_COURT_OR_AFTER),
        Move("FamilyGroupMeetingRuledOut", when=_BEFORE_COURT_OR_AFTER),
        Move("PreProceedingsMeetingHeld", when=("planning",), to="pre_proceedings"),
        Move(
            "PreProceedingsMeetingHeld",
            when=("pre_proceedings", "awaiting_issue", "stepped_down", *_AT_COURT),
        ),
        Move(
            "PreProceedingsReviewHeld", when=("pre_proceedings", "awaiting_issue", "stepped_down", *_AT_COURT)
        ),
        Move(
            "PreProceedingsEnded",
            when=("planning", "pre_proceedings"),
            to="stepped_down",
            if_={"outcome": ("stepped_down",)},
        ),
        Move(
            "PreProceedingsEnded",
            when=("planning", "pre_proceedings"),
            to="awaiting_issue",
            if_={"outcome": ("issue",)},
        ),
        Move("PreProceedingsEnded", when=_AT_COURT, if_={"outcome": ("issue",)}),
        Move(
            "TrackerReviewHeld", when=(*_BEFORE_COURT_OR_AFTER, "under_supervision", "concluded", "withdrawn")
        ),
        Move("ApplicationDocumentsFiled", when=(*_BEFORE_COURT, *_AFTER_ISSUE)),
        Move("ApplicationIssued", when=(NOT_BEGUN, *_BEFORE_COURT), to="proceedings"),
        Move("AllocationDirected", when=_AFTER_ISSUE),
        Move("FirstAppointmentHeld", when=_AFTER_ISSUE),
        Move("HearingListed", when=_AFTER_ISSUE),
        Move("HearingVacated", when=_AFTER_ISSUE),
        Move("DirectionComplied", when=_AFTER_ISSUE),
        Move("CaseManagementHearingHeld", when=_AFTER_ISSUE),
        Move("FurtherCaseManagementHearingHeld", when=_AFTER_ISSUE),
        Move("IssuesResolutionHearingHeld", when=_AFTER_ISSUE),
        Move("InterimOrderMade", when=_AFTER_ISSUE),
        Move("InterimOrderEnded", when=_AFTER_ISSUE),
        Move("ProceedingsExtended", when=_AFTER_ISSUE),
        Move(
            "FinalOrderMade",
            when=_AT_COURT,
            to="under_supervision",
            if_={"order": ("supervision", "supervision_order")},
        ),
        Move("FinalOrderMade", when=_AT_COURT, to="concluded"),
        Move("ApplicationWithdrawn", when=_AT_COURT, to="withdrawn"),
        Move("SupervisionOrderExtended", when=("under_supervision",)),
        Move("SupervisionOrderEnded", when=("under_supervision",), to="concluded"),
    ),
    fields={
        "LegalPlanningMeetingRequested": (Field("follows"),),
        "LegalPlanningMeetingHeld": (Field("outcome"), Field("follows")),
        "LetterBeforeProceedingsSent": (Field("follows"),),
        "FamilyGroupMeetingOffered": (Field("accepted", ("true", "false", "")),),
        "FamilyGroupMeetingRuledOut": (Field("reason"),),
        "PreProceedingsEnded": (Field("outcome", ("stepped_down", "issue"), required=True),),
        "ApplicationIssued": (
            Field("pilot", ("true", "false", "")),
            Field("date_of_birth", is_date=True),
            Field("follows"),
        ),
        "HearingListed": (
            Field("hearing_id", required=True),
            Field("listed_for", required=True, is_date=True),
            Field("working_days_before", ("1", "2", "3", "4", "5", "6", "7", "")),
        ),
        "HearingVacated": (Field("hearing_id", required=True),),
        "DirectionComplied": (Field("hearing_id", required=True),),
        "CaseManagementHearingHeld": (Field("further_hearing", ("true", "false", "")),),
        "InterimOrderMade": (
            Field("order"),
            Field("renewal", ("true", "false", "")),
            Field("ends_on", is_date=True),
        ),
        "InterimOrderEnded": (Field("reason"),),
        "ProceedingsExtended": (Field("until", is_date=True), Field("reason")),
        "FinalOrderMade": (Field("order"), Field("ends_on", is_date=True)),
        "SupervisionOrderExtended": (Field("until", is_date=True), Field("reason")),
        "SupervisionOrderEnded": (Field("reason"),),
    },
)
