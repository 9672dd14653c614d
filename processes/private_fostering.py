"""Private fostering: a child who lives with someone who is no close relative, by the parents' own arrangement."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_LIVING_THERE = ("in_force",)
_UNDER_WAY = ("proposed", *_LIVING_THERE)

PRIVATE_FOSTERING = Process(
    name="private_fostering",
    title="Private fostering",
    version="1",
    words=(
        "Whoever proposes to foster a child privately tells the authority, or else the authority learns of it when "
        "the child lives there already. An officer visits and sees the child, and goes on visiting: every six weeks in "
        "the first year from the day the authority became aware, every twelve weeks from then on."
    ),
    states=(
        State("proposed", "an arrangement is proposed; the child does not live there yet"),
        State("in_force", "the child lives with the private foster carer"),
        State("ended", "the child has left, or the arrangement never began", final=True),
    ),
    moves=(
        Move(
            "PrivateFosteringNotified",
            when=(NOT_BEGUN,),
            to="proposed",
            if_={"kind": ("proposed",)},
        ),
        Move("PrivateFosteringNotified", when=(NOT_BEGUN,), to="in_force"),
        Move("PrivateFosteringStarted", when=("proposed",), to="in_force"),
        Move("PrivateFosteringArrivalNotified", when=(*_LIVING_THERE, "ended")),
        # a last visit may be of the day on which the child leaves
        Move("ChildSeen", when=(*_UNDER_WAY, "ended")),
        Move("VisitAttempted", when=(*_UNDER_WAY, "ended")),
        Move("PrivateFosteringEnded", when=_UNDER_WAY, to="ended"),
        Move("PrivateFosteringEndingNotified", when=(*_LIVING_THERE, "ended")),
    ),
    fields={
        "PrivateFosteringNotified": (
            Field("kind", ("proposed", "existing", "")),
            Field("short_notice", ("true", "false", "")),
            Field("date_of_birth", is_date=True),
            Field("follows"),
        ),
        "ChildSeen": (Field("alone", ("true", "false", "")),),
        "PrivateFosteringEnded": (Field("reason"),),
    },
)
