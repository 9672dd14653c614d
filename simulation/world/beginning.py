"""The caseload a service begins with: families known for a while, whose plans and placements began before.

Their past is told in outline: when a plan or a period of care began, the last review, the last visit. What else
was done then is not told, and says so (data.told_from), so that nobody is blamed for what the story leaves out.
"""

from typing import TYPE_CHECKING

from caseclock.simulation.world.chance import Chance, ends_of
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import BEFORE, YEAR, Family, born_on, purpose
from caseclock.simulation.world.telling import Case

if TYPE_CHECKING:
    from caseclock.simulation.world.service import Service

_CASELOAD = purpose("caseload")
_KINDS = ("protection_plans", "need_plans", "looked_after")
#: days from a referral to what came of it: the assessment is authorised half-way
_BEFORE = 60
#: mean years for which plans have run, and children have been in care, on the first day; nothing runs for longer than
_RUN = {"protection_plans": 0.6, "need_plans": 0.45, "looked_after": 3.0}
_LONGEST = 7.5
#: weight of children in care under 1, 1 to 4, 5 to 9, 10 to 15, 16 to 17
_IN_CARE = ends_of((0.05, 0.13, 0.19, 0.39, 0.24))
_AGES = ((0, 1), (1, 5), (5, 10), (10, 16), (16, 17.8))


def begin_with_caseload(service: "Service") -> None:
    """Let the families of the caseload be there on the first day simulated."""
    ground = service.ground
    for number, kind in enumerate(_KINDS):
        children, place = getattr(ground.scenario.caseload, kind), 0
        while children > 0:
            family = service.front_door.new_family(
                (4, number, place), f"{'PNL'[number]}{place:06d}", ground.days.start
            )
            chance = Chance(family.key, _CASELOAD)
            if kind == "looked_after":
                del family.cases[1:]
                _of_an_age_for_care(family.cases[0], chance, ground.days.start)
            children -= len(family.cases)
            ground.at(ground.days.start, _known, service, family, kind, chance)
            place += 1


def _of_an_age_for_care(case: Case, chance: Chance, today: int) -> None:
    youngest, oldest = _AGES[chance.place(_IN_CARE)]
    case.born = today - int((youngest + chance.share() * (oldest - youngest)) * YEAR) - 30


def _known(service: "Service", family: Family, kind: str, chance: Chance) -> None:
    """Tell how a family came to be known, and what is going on with it."""
    ground = service.ground
    today = ground.days.start
    ran = min(chance.exponential(_RUN[kind]), _LONGEST) * YEAR
    youngest = max(case.born for case in family.cases)
    if kind == "looked_after":
        ran = min(ran, 0.9 * (today - youngest))
    began = ground.days.working(today - 2 - int(ran))
    for case in family.cases:  # nobody is born after what is told of them
        case.born = min(case.born, began - _BEFORE - 20) if kind != "looked_after" else case.born
    _referred(service, family, began - _BEFORE)
    if kind == "need_plans":
        service.need.known(family, began, today)
    elif kind == "protection_plans":
        service.protection.known(family, began, today)
    else:
        service.care.known(family, began, today)


def _referred(service: "Service", family: Family, day: int) -> None:
    """Tell a referral of long ago, and its assessment."""
    ground = service.ground
    moment = ground.office_hour(ground.days.working(day), Chance(family.key, _CASELOAD, 1))
    seen, done = ground.days.after(day, 4), ground.days.after(day, 30)
    for case in family.cases:
        born = min(case.born, day - 10)
        case.born = born
        moment = ground.tell(
            case, "ReferralReceived", "R-1", moment, BEFORE, source=family.source,
            date_of_birth=born_on(ground, case), family=family.name, team="hub",
        )  # fmt: skip
        ground.tell(case, "ReferralDecided", "R-1", moment + 60, BEFORE, outcome="assessment")
        ground.tell(
            case,
            "AssessmentStarted",
            "A-1",
            moment + 90,
            BEFORE,
            kind="single",
            follows=case_referral(case),
        )
        ground.tell(case, "AssessmentAllocated", "A-1", moment + 120, BEFORE)
        ground.tell(case, "ChildSeen", "A-1", seen * 1440 + 600, BEFORE, alone=True)
        ground.tell(case, "AssessmentAuthorised", "A-1", done * 1440 + 700, BEFORE, outcome="child_in_need")
    family.referral = "R-1"
