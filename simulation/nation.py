"""Several authorities of one kind: a nation is so many services, each with families and workers of its own.

Sizes are spread as authorities' are, and add up to so many times the scenario's children. England has 153 authorities,
from a few thousand children to a few hundred thousand.
"""

from math import exp
from statistics import NormalDist

from caseclock.simulation.scenario import Scenario, ScenarioRefused

#: spread of the logarithm of the number of children: the largest has some thirty times the smallest
SPREAD = 0.65
#: most authorities one run may have
MOST = 2000


def authorities(scenario: Scenario, count: int) -> tuple[Scenario, ...]:
    """Give so many services like a scenario's, named after it: itself where one is asked for.

    Workers, diaries and caseload grow with the children. The same count always gives the same sizes.
    """
    if not 1 <= count <= MOST:
        raise ScenarioRefused(f"Can't simulate {count} authorities. Give from 1 to {MOST}; England has 153.")
    if count == 1:
        return (scenario,)
    normal = NormalDist()
    weights = [exp(SPREAD * normal.inv_cdf((place + 0.5) / count)) for place in range(count)]
    unit = scenario.children * count / sum(weights)
    width = len(str(count))
    return tuple(
        scenario.sized(f"{scenario.authority}-{place + 1:0{width}d}", max(1, round(weight * unit)))
        for place, weight in enumerate(weights)
    )
