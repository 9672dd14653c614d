"""Leaving care: needs assessed, a pathway plan made and reviewed, visits and contact by a personal adviser."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_STATUS = Field("status", ("eligible", "relevant", "former_relevant", "qualifying", ""))
_UNDER_WAY = ("preparing", "on_plan")
#: a last visit or review may be of the day on which support ends
_TOLD_STILL = (*_UNDER_WAY, "ended")

LEAVING_CARE = Process(
    name="leaving_care",
    title="Leaving care",
    version="1",
    words=(
        "From sixteen, a young person who has been looked after long enough is helped towards independence: needs are "
        "assessed, a pathway plan is made and reviewed, and a personal adviser visits and keeps in touch. A visit is "
        "also contact; contact is not a visit."
    ),
    states=(
        State("preparing", "needs are being assessed and a pathway plan is made"),
        State("on_plan", "a pathway plan is in force"),
        State("ended", "leaving-care support has ended", final=True),
    ),
    moves=(
        Move("LeavingCareStarted", when=(NOT_BEGUN,), to="preparing"),
        Move("LeavingCareStatusChanged", when=_UNDER_WAY),
        Move("NeedsAssessmentCompleted", when=_TOLD_STILL),
        Move("PathwayPlanPrepared", when=("preparing",), to="on_plan"),
        Move("PathwayPlanPrepared", when=("on_plan",)),
        Move("PathwayPlanReviewed", when=_TOLD_STILL),
        Move("AccommodationProvided", when=_UNDER_WAY),
        Move("AccommodationEnded", when=_TOLD_STILL),
        Move("PersonalAdviserVisited", when=_TOLD_STILL),
        Move("CareLeaverContacted", when=_TOLD_STILL),
        Move("TransitionPlanAgreed", when=_TOLD_STILL),
        Move("LeavingCareEnded", when=_UNDER_WAY, to="ended"),
    ),
    fields={
        "LeavingCareStarted": (_STATUS, Field("date_of_birth", is_date=True), Field("follows")),
        "LeavingCareStatusChanged": (_STATUS,),
        "PathwayPlanReviewed": (
            Field("reason", ("routine", "requested", "accommodation", "")),
            Field("accommodation_id"),
        ),
        "AccommodationProvided": (Field("accommodation_id"),),
        "AccommodationEnded": (Field("accommodation_id"),),
        "PersonalAdviserVisited": (Field("at_accommodation", ("true", "false", "")),),
        "LeavingCareEnded": (Field("reason"),),
    },
)
