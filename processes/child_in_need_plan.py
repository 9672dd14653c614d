"""A child in need plan, from when it is agreed to its end."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

#: what is known only to the day may be written behind a plan that ended on that day
_ANY_DAY_OF_IT = ("in_force", "ended")

CHILD_IN_NEED_PLAN = Process(
    name="child_in_need_plan",
    title="Child in need plan",
    version="1",
    words=(
        "A child in need has a plan, is visited, and the plan is reviewed. No national timescale holds for visits or "
        "reviews; local standards do."
    ),
    states=(
        State("in_force", "the plan is in force"),
        State("ended", "the plan has ended", final=True),
    ),
    moves=(
        Move("ChildInNeedPlanStarted", when=(NOT_BEGUN,), to="in_force"),
        Move("ChildSeen", when=_ANY_DAY_OF_IT),
        Move("VisitAttempted", when=_ANY_DAY_OF_IT),
        Move("ChildInNeedReviewHeld", when=_ANY_DAY_OF_IT),
        Move("SupervisionHeld", when=_ANY_DAY_OF_IT),
        Move("ChildInNeedPlanEnded", when=("in_force",), to="ended"),
    ),
    fields={
        "ChildInNeedPlanStarted": (Field("follows"), Field("team")),
        "ChildSeen": (Field("alone", ("true", "false", "")),),
        "ChildInNeedPlanEnded": (Field("reason"),),
    },
)
