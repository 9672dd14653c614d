"""A child protection plan, from the conference that makes it to the conference, or the event, that ends it."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_RUNNING = ("in_force", "to_end")
#: what is known only to the day may be written behind a plan that ended on that day
_ANY_DAY_OF_IT = (*_RUNNING, "ended")

CHILD_PROTECTION_PLAN = Process(
    name="child_protection_plan",
    title="Child protection plan",
    version="1",
    words=(
        "A child at risk of significant harm has a plan, made by an initial conference and starting on its day. A core "
        "group meets, the child is visited, and review conferences decide whether the plan goes on. It may also end "
        "without one: the child comes into care, moves for good, or turns eighteen."
    ),
    states=(
        State("in_force", "the plan is in force"),
        State("to_end", "a review conference has decided to end the plan"),
        State("ended", "the plan has ended", final=True),
    ),
    moves=(
        Move("PlanStarted", when=(NOT_BEGUN,), to="in_force"),
        Move("CoreGroupHeld", when=_ANY_DAY_OF_IT),
        Move("ChildSeen", when=_ANY_DAY_OF_IT),
        Move("VisitAttempted", when=_ANY_DAY_OF_IT),
        Move("ChildBorn", when=_ANY_DAY_OF_IT),
        Move("SupervisionHeld", when=_ANY_DAY_OF_IT),
        Move("PlanPanelHeld", when=_ANY_DAY_OF_IT),
        Move("ConferenceAppointed", when=_RUNNING),
        Move("ConferenceReportShared", when=_ANY_DAY_OF_IT),
        Move("ReviewConferenceHeld", when=_RUNNING, to="to_end", if_={"outcome": ("end",)}),
        Move("ReviewConferenceHeld", when=_RUNNING, to="in_force", if_={"outcome": ("continue", "")}),
        Move("ReviewConferenceHeld", when=("ended",)),
        Move("ConferenceDecisionsSent", when=_ANY_DAY_OF_IT),
        Move("ConferenceMinutesSent", when=_ANY_DAY_OF_IT),
        Move("PlanEnded", when=_RUNNING, to="ended"),
    ),
    fields={
        "PlanStarted": (Field("category"), Field("follows"), Field("conference_held_on", is_date=True)),
        "ChildSeen": (Field("alone", ("true", "false", "")),),
        "ChildBorn": (Field("date_of_birth", is_date=True),),
        "ConferenceAppointed": (
            Field("conference_id", required=True),
            Field("appointed_for", required=True, is_date=True),
        ),
        "ConferenceReportShared": (Field("conference_id", required=True),),
        "ReviewConferenceHeld": (Field("conference_id"), Field("outcome", ("continue", "end", ""))),
        "ConferenceDecisionsSent": (Field("conference_id", required=True),),
        "ConferenceMinutesSent": (Field("conference_id", required=True),),
        "PlanEnded": (Field("reason"),),
    },
)
