"""Emergency protection: police protection, emergency protection orders, child assessment orders; each runs out."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

EMERGENCY_PROTECTION = Process(
    name="emergency_protection",
    title="Emergency protection",
    version="1",
    words=(
        "The police may keep a child safe for seventy-two hours; a court may make an emergency protection order for "
        "days, and extend it once; or it may order an assessment. When the time is up the power is gone: to hold the "
        "child longer is unlawful. One episode for each emergency."
    ),
    states=(
        State("police_protection", "the child is in police protection"),
        State("emergency_protection_order", "an emergency protection order is in force"),
        State("child_assessment_order", "a child assessment order is in force"),
        State("ended", "protection in the emergency has ended", final=True),
    ),
    moves=(
        Move("PoliceProtectionStarted", when=(NOT_BEGUN,), to="police_protection"),
        Move("PoliceProtectionEnded", when=("police_protection",), to="ended"),
        Move("PoliceProtectionEnded", when=("emergency_protection_order", "ended")),
        Move(
            "EmergencyProtectionOrderMade",
            when=(NOT_BEGUN, "police_protection", "ended"),
            to="emergency_protection_order",
        ),
        Move("EmergencyProtectionOrderExtended", when=("emergency_protection_order",)),
        Move("EmergencyProtectionOrderEnded", when=("emergency_protection_order",), to="ended"),
        Move("ChildAssessmentOrderMade", when=(NOT_BEGUN,), to="child_assessment_order"),
        Move("ChildAssessmentOrderEnded", when=("child_assessment_order",), to="ended"),
    ),
    fields={
        "PoliceProtectionStarted": (Field("follows"),),
        "PoliceProtectionEnded": (Field("outcome"),),
        "EmergencyProtectionOrderMade": (
            Field("applicant", ("authority", "designated_officer", "other", "")),
            Field("police_protection_on", is_date=True),
            Field("ends_on", is_date=True),
            Field("follows"),
        ),
        "EmergencyProtectionOrderExtended": (Field("until", is_date=True), Field("reason")),
        "EmergencyProtectionOrderEnded": (Field("reason"),),
        "ChildAssessmentOrderMade": (
            Field("begins_on", is_date=True),
            Field("ends_on", is_date=True),
            Field("follows"),
        ),
        "ChildAssessmentOrderEnded": (Field("reason"),),
    },
)
