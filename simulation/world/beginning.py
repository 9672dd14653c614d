"""The caseload a service begins with: families known for a while, whose plans and placements began before.

What began before the first day simulated is told from that day, so the warm-up is what makes their clocks true.
"""

from typing import TYPE_CHECKING

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.ground import Family, born_on, purpose

if TYPE_CHECKING:
    from caseclock.simulation.world.service import Service

_CASELOAD = purpose("caseload")
#: days over which what begins with is spread, so that reviews do not all fall together
_SPREAD = 84


def begin_with_caseload(service: "Service") -> None:
    """Let the families of the caseload be there, each beginning on one of the first days."""
    caseload = service.ground.scenario.caseload
    for number in range(3):
        kind = ("protection_plans", "need_plans", "looked_after")[number]
        children, place = getattr(caseload, kind), 0
        while children > 0:
            family = service.front_door.new_family((4, number, place), f"{'PNL'[number]}{place:06d}", 0)
            if number == 2:
                del family.cases[1:]
            children -= len(family.cases)
            day = Chance(family.key, _CASELOAD).whole(_SPREAD)
            day = service.ground.days.working(min(day, max(0, service.ground.days.count - 60)))
            service.ground.at(day, _known, service, family, kind, day)
            place += 1


def _known(service: "Service", family: Family, kind: str, day: int) -> None:
    """Tell a family's referral as of its first day, and what is going on with it."""
    ground, chance = service.ground, Chance(family.key, _CASELOAD, 1)
    moment = ground.office_hour(day, chance)
    for case in family.cases:
        if case.born > day - 30:
            case.born -= 200
        moment = ground.tell(
            case, "ReferralReceived", "R-1", moment, "hub", source=family.source,
            date_of_birth=born_on(ground, case), family=family.name, known_before=True, team="hub",
        )  # fmt: skip
        ground.tell(case, "ReferralDecided", "R-1", moment + 5, "manager.hub", outcome="assessment")
    family.referral = "R-1"
    if kind == "need_plans":
        service.need.begin(family, day, at_once=True)
    elif kind == "protection_plans":
        service.protection.begin(family, day, moment + 20, {})
    else:
        service.care.begin(family, day, emergency=False, status="care_order")
