"""One authority's service, day by day: who comes in the morning, what is decided, held, worked through and authorised.

`simulate` is the whole of it: a scenario, a seed and the number of a replication in, a simulated history out.
"""

import gc

from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world.assessing import Assessments
from caseclock.simulation.world.beginning import begin_with_caseload
from caseclock.simulation.world.caring import Care
from caseclock.simulation.world.court import Court
from caseclock.simulation.world.enquiring import Enquiries
from caseclock.simulation.world.front_door import FrontDoor
from caseclock.simulation.world.ground import Family, Ground
from caseclock.simulation.world.needing import Need
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.protecting import Protection
from caseclock.simulation.world.simulated import Simulated


class Service:
    """A service put together: the ground, and every pathway on it."""

    def __init__(self, scenario: Scenario, seed: int, replication: int) -> None:
        self._scenario = scenario
        self.ground = ground = Ground(scenario.as_before(), scenario.setting(), seed, replication)
        paths = self.paths = Paths()
        self.front_door = FrontDoor(ground, paths)
        self.assessments = Assessments(ground, paths)
        self.enquiries = Enquiries(ground, paths)
        self.protection = Protection(ground, paths)
        self.need = Need(ground, paths)
        self.care = Care(ground, paths, self.front_door.new_family)
        self.court = Court(ground, paths)
        paths.assess, paths.discuss = self.assessments.begin, self.enquiries.discuss
        paths.assess_again = self.assessments.expect_again
        paths.protect, paths.need = self._protect, self.need.begin
        paths.care, paths.plan_for_court = self.care.begin, self.court.plan
        paths.ordered = self.care.ordered
        paths.close = self.front_door.close
        begin_with_caseload(self)

    def _protect(self, family: Family, day: int, moment: int, follows: dict[str, str]) -> None:
        """Let a child protection plan take the place of any other."""
        self.need.end_for(family, moment, "child protection plan")
        self.protection.begin(family, day, moment + 5, follows)

    def _change_to(self, scenario: Scenario) -> None:
        """Let another demand, other outcomes and other plans hold from now on."""
        self.ground.scenario = scenario
        self.front_door.expect(scenario)
        self.assessments.expect(scenario)

    def live_through(self, day: int) -> None:
        """Live through one day."""
        ground = self.ground
        if ground.scenario is not self._scenario and ground.days.dates[day] == self._scenario.first_day:
            self._change_to(self._scenario)
        ground.begin_day(day)
        self.front_door.arrive(day)
        if not ground.days.works[day]:
            return
        self.care.arrive_alone(day)
        ground.screening.work(day)
        ground.deciding.work(day)
        for staff in ground.staff.values():
            staff.allocate(day)
            staff.work(day)
        for desk in ground.supervisors.values():
            desk.work(day)
        ground.papers.work(day)
        ground.count(day)


def simulate(scenario: Scenario, seed: int, replication: int = 0) -> Simulated:
    """Simulate one authority from the first day of the warm-up to the last day reported.

    The same scenario, seed and replication give the same events to the byte.
    """
    # nothing made here is thrown away before the end, and looking for what could be takes half of the time
    collects = gc.isenabled()
    gc.disable()
    try:
        service = Service(scenario, seed, replication)
        days = service.ground.days
        for day in range(days.start, days.count):
            service.live_through(day)
        return Simulated.of(service.ground, seed, replication)
    finally:
        if collects:
            gc.enable()


__all__ = ["Service", "simulate"]
