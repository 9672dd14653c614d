"""Versions of local standards that a living case's authority may adopt, as a pack and as the model is told of them."""

from dataclasses import dataclass
from datetime import date, datetime

from duties import DUTIES
from happenings import AUTHORITY
from model import Model
from told import NewVersion

from caseclock.store.protocol import AdoptedPack

#: what starts, discharges and ends each standard that may be given another limit, as its pack has it
_CLAUSES = {
    "local.assessment.child_seen.10wd": """
process = "assessment"
starts = [{ event = "AssessmentStarted" }]
stops = [{ event = "ChildSeen" }]
voids = [{ event = "AssessmentCancelled" }, { event = "AssessmentAuthorised" }]
""",
    "local.cp.visit.10wd": """
process = "child_protection_plan"
starts = [{ event = "PlanStarted" }, { event = "ChildSeen", unless = [{ event = "PlanEnded" }] }]
stops = [{ event = "ChildSeen" }]
voids = [{ event = "PlanEnded" }]
""",
}
ADOPTABLE = tuple(_CLAUSES)


@dataclass(frozen=True)
class Adoption:
    """A local standard with another number of working days, for clocks that start on a day or later."""

    timescale: str
    begins: date
    number: int

    def contradicts(self, model: Model) -> bool:
        """Whether a version is there already that begins then or later."""
        return any(self.begins <= version.begins for version in model.versions(self.timescale))

    def shortens(self, model: Model, today: date) -> bool:
        """Whether it has fewer days than what was in force on its first day, which is past."""
        before = [version.number for version in model.versions(self.timescale)]
        limit = next(duty.number for duty in DUTIES if duty.timescale == self.timescale)
        return self.begins < today and self.number < [limit, *before][-1]

    def told(self, known_on: date) -> NewVersion:
        return NewVersion(self.timescale, self.begins, self.number, known_on)

    def pack(self, known_at: datetime) -> AdoptedPack:
        text = f"""
[pack]
id = "newer"
title = "A newer standard"
process = "assessment"
authority = "{AUTHORITY}"
reviewed_on = 2026-01-05

[[timescale]]
id = "{self.timescale}"
duty = "See the child"
basis = "local"
source = "A newer plan"
verification = "K"
effective_from = {self.begins}
counting = "day_after_trigger"
limit = {{ working_days = {self.number} }}
{_CLAUSES[self.timescale]}
"""
        return AdoptedPack("newer", text, known_at, "head.office", "decided by the board", AUTHORITY)
