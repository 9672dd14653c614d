"""From a referral to the first review of a child protection plan in six stages: the path by which speed is measured."""

from datetime import date

from caseclock.processes.catalogue import rules_of
from caseclock.simulation.compiled_path import CompiledPath, Stage, Step
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.evaluation import Setting

STEPS = (
    Step("ReferralReceived", "R-1", {"source": "school"}),
    Step("ReferralDecided", "R-1", {"outcome": "assessment"}),
    Step("AssessmentStarted", "A-1", {"kind": "single", "follows": "R-1"}),
    Step("AssessmentAuthorised", "A-1", {"outcome": "section_47"}),
    Step("StrategyDiscussionHeld", "S-1", {"initiates_section_47": True, "follows": "R-1"}),
    Step("Section47Started", "S-1", {}),
    Step("Section47Concluded", "S-1", {"outcome": "conference"}),
    Step("InitialConferenceHeld", "S-1", {"conference_id": "K-1", "outcome": "plan"}),
    Step("PlanStarted", "P-1", {"category": "neglect", "follows": "S-1"}),
    Step("CoreGroupHeld", "P-1", {}),
    Step("ReviewConferenceHeld", "P-1", {"conference_id": "K-2", "outcome": "end"}),
    Step("PlanEnded", "P-1", {"reason": "review"}),
)
#: what happens together; between one stage and the next a case waits, six times
STAGES = (
    Stage((0,)),
    Stage((1, 2)),
    Stage((3,)),
    Stage((4, 5, 6)),
    Stage((7, 8)),
    Stage((9,)),
    Stage((10, 11)),
)
#: mean days of each wait
WAITS = (1.0, 40.0, 3.0, 15.0, 12.0, 80.0)


def six_stages(first: date, last: date) -> CompiledPath:
    """Compile the path under the national rules for clocks that start from one date to another."""
    return CompiledPath(STEPS, Setting(rules_of(None), england_and_wales()), first, last)
