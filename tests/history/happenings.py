"""What may happen to a living case, and the days between which it lives."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from duties import DUTIES
from hypothesis import strategies as st

AUTHORITY, CASE = "thurrock", "C-1"
#: a Monday morning; histories end two years on, so that nothing is due on a day no list knows
BEGINS, ENDS = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2028, 1, 5, 9, tzinfo=UTC)
#: rules that compare dates or episodes, which the tables of states can't: told by what their refusals say
RULES = re.compile(
    "the case was open then|is on one at a time|is in one period of care at a time|starts and ends on the same day|"
    "is held after that day|is held on a weekend|would come after it"
)
HAPPENS: Sequence[tuple[str, dict[str, Any]]] = (
    ("ContactReceived", {}),
    ("ContactDecided", {"outcome": "referral"}),
    ("ContactDecided", {"outcome": "advice"}),
    ("ReferralReceived", {}),
    ("ReferralDecided", {"outcome": "assessment"}),
    ("ReferralDecided", {"outcome": "no_further_action"}),
    ("ReferralClosed", {}),
    ("AssessmentStarted", {"kind": "single"}),
    ("AssessmentStarted", {"open_case": True, "new_information_on": "day"}),
    ("ChildSeen", {}),
    ("VisitAttempted", {}),
    ("AssessmentAuthorised", {}),
    ("AssessmentCancelled", {}),
    ("StrategyDiscussionHeld", {"initiates_section_47": False}),
    ("StrategyDiscussionHeld", {"initiates_section_47": True}),
    ("Section47Started", {}),
    ("Section47Concluded", {"outcome": "conference"}),
    ("Section47Concluded", {"outcome": "no_conference"}),
    ("Section47Cancelled", {}),
    ("InitialConferenceHeld", {"conference_id": "name", "outcome": "plan"}),
    ("InitialConferenceHeld", {"outcome": "adjourned"}),
    ("ConferenceDecisionsSent", {"conference_id": "name"}),
    ("PlanStarted", {}),
    ("PlanStarted", {"conference_held_on": "day"}),
    ("ReviewConferenceHeld", {"conference_id": "name", "outcome": "continue"}),
    ("ReviewConferenceHeld", {"outcome": "end"}),
    ("PlanEnded", {}),
    ("PeriodOfCareStarted", {"legal_status": "section_20"}),
    ("PlacementStarted", {"placement_id": "name", "kind": "foster"}),
    ("PlacementStarted", {"placement_id": "name", "kind": "connected_person_temporary"}),
    ("PlacementAssessed", {"placement_id": "name", "outcome": "approved"}),
    ("PlacementEnded", {"placement_id": "name"}),
    ("ReviewHeld", {}),
    ("PeriodOfCareEnded", {}),
)
FOLLOWS = {
    "assessment": ("front_door",),
    "section_47": ("front_door", "assessment"),
    "child_protection_plan": ("section_47",),
}

OURS = frozenset(duty.timescale for duty in DUTIES)

some = st.integers(0, 9999)
