"""A long stay in hospital, a care home or a school: the authority responsible for the child is told of it."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

LONG_STAY = Process(
    name="long_stay",
    title="Long stay with a health or education body",
    version="1",
    words=(
        "A health or education body that accommodates a child for three months, or means to, tells the authority "
        "responsible for the child, and again when the stay ends. One episode for each stay."
    ),
    states=(
        State("staying", "the child is accommodated by a health or education body"),
        State("ended", "the stay has ended", final=True),
    ),
    moves=(
        Move("LongStayStarted", when=(NOT_BEGUN,), to="staying"),
        Move("LongStayNotified", when=("staying", "ended")),
        Move("LongStayEnded", when=("staying",), to="ended"),
    ),
    fields={
        "LongStayStarted": (
            Field("body", ("health", "education", "")),
            Field("intended", ("true", "false", "")),
            Field("follows"),
        ),
    },
)
