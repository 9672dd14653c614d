"""Early help: an assessment outside the statutory pathways, as returns tell of it."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

EARLY_HELP = Process(
    name="early_help",
    title="Early help",
    version="1",
    words="Help offered before social care is needed. No national timescale holds; local standards may.",
    states=(
        State("assessing", "needs are being assessed"),
        State("assessed", "the assessment is complete", final=True),
    ),
    moves=(
        Move("EarlyHelpAssessmentStarted", when=(NOT_BEGUN,), to="assessing"),
        Move("EarlyHelpAssessmentCompleted", when=("assessing",), to="assessed"),
    ),
    fields={"EarlyHelpAssessmentStarted": (Field("organisation"),)},
)
