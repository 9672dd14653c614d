"""A child missing from home or care, and the interview that is offered and held after the return."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_BACK = ("returned", "interviewed")

MISSING = Process(
    name="missing",
    title="Missing child",
    version="1",
    words=(
        "A child goes missing and returns. Then someone independent talks with the child: an interview offered is not "
        "yet one held, and one refused is not one held either. One episode for each time the child was missing."
    ),
    states=(
        State("missing", "the child is missing"),
        State("returned", "the child is back and has not been interviewed"),
        State("interviewed", "the return interview has been held", final=True),
        State("not_found", "the episode was ended without a return", final=True),
    ),
    moves=(
        Move("ChildMissing", when=(NOT_BEGUN,), to="missing"),
        Move("MissingStrategyMeetingHeld", when=("missing", "returned", "interviewed")),
        Move("ChildReturned", when=("missing",), to="returned"),
        Move("ReturnInterviewOffered", when=_BACK),
        Move("ReturnInterviewRefused", when=_BACK),
        Move("ReturnInterviewCompleted", when=_BACK, to="interviewed"),
        Move("MissingEpisodeEnded", when=("missing",), to="not_found"),
    ),
    fields={
        "ChildMissing": (
            Field("kind", ("missing", "away", "")),
            Field("from", ("home", "care", "")),
            Field("follows"),
        ),
        "ReturnInterviewRefused": (Field("reason"),),
        "ReturnInterviewCompleted": (Field("independent", ("true", "false", "")),),
        "MissingEpisodeEnded": (Field("reason"),),
    },
)
