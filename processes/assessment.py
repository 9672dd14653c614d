"""The assessment of a child and family, from its start to a manager's authorisation."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

ASSESSMENT = Process(
    name="assessment",
    title="Assessment",
    version="1",
    words=(
        "One assessment of the child and family, allocated to a social worker who sees the child, and complete when a "
        "manager authorises it. Until 14 April 2013 there were two: an initial and a core assessment. On a case that "
        "is open already an assessment answers new information and follows no referral."
    ),
    states=(
        State("started", "the assessment has begun and waits for a worker"),
        State("allocated", "a social worker is assessing"),
        State("authorised", "a manager has authorised it", final=True),
        State("cancelled", "it was stopped before it was complete", final=True),
    ),
    moves=(
        Move("AssessmentStarted", when=(NOT_BEGUN,), to="started"),
        Move("AssessmentAllocated", when=("started", "allocated"), to="allocated"),
        Move("ChildSeen", when=("started", "allocated")),
        Move("AssessmentAuthorised", when=("started", "allocated"), to="authorised"),
        Move("AssessmentCancelled", when=("started", "allocated"), to="cancelled"),
    ),
    fields={
        "AssessmentStarted": (
            Field("kind", ("single", "initial", "core", "")),
            Field("follows"),
            Field("open_case", ("true", "false", "")),
            Field("new_information_on", is_date=True),
        ),
        "ChildSeen": (Field("alone", ("true", "false", "")),),
        "AssessmentAuthorised": (
            Field(
                "outcome",
                ("no_further_action", "child_in_need", "section_47", "looked_after", "early_help", ""),
            ),
        ),
        "AssessmentCancelled": (Field("reason"),),
    },
)
