"""Early help: an assessment and support outside the statutory pathways."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

EARLY_HELP = Process(
    name="early_help",
    title="Early help",
    version="1",
    words="Help offered before social care is needed. No national timescale holds; local standards may.",
    states=(
        State("assessing", "needs are being assessed"),
        State("assessed", "the assessment is complete; help is given where it is needed", final=True),
        State("ended", "help has ended", final=True),
    ),
    moves=(
        Move("EarlyHelpAssessmentStarted", when=(NOT_BEGUN,), to="assessing"),
        Move("ChildSeen", when=("assessing", "assessed")),
        Move("EarlyHelpAssessmentCompleted", when=("assessing",), to="assessed"),
        Move("EarlyHelpReviewHeld", when=("assessed",)),
        Move("EarlyHelpEnded", when=("assessing", "assessed"), to="ended"),
    ),
    fields={
        "EarlyHelpAssessmentStarted": (Field("organisation"),),
        "ChildSeen": (Field("alone", ("true", "false", "")),),
        "EarlyHelpEnded": (Field("reason"),),
    },
)
