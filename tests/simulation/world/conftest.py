"""Small services for tests: everything that an authority has, at a size that takes a moment."""

from collections.abc import Callable
from typing import Any

import pytest

from caseclock.simulation.scenario import Scenario, scenario_from

ServiceOf = Callable[..., Scenario]


@pytest.fixture(scope="session")
def service_of() -> ServiceOf:
    """Give a service of 3,000 children over four months, with changes by dotted keys (`__` for a dot)."""

    def made(**changes: Any) -> Scenario:
        told: dict[str, Any] = {
            "name": "tiny",
            "authority": "anywhere",
            "children": 3000,
            "first_day": "2026-02-02",
            "months": 4,
            "warm_up_months": 2,
            "hub": {"screeners": 0.6, "managers": 0.4},
            "teams": {
                "assessment": {"does": "assessment", "workers": 3, "supervisors": 0.6},
                "protection": {"does": "protection", "workers": 2.4, "supervisors": 0.5},
                "care": {"does": "care", "workers": 2.4, "supervisors": 0.5},
            },
            "diaries": {"conferences_a_week": 2, "reviews_a_week": 3, "hearings_a_week": 1},
            "caseload": {"protection_plans": 12, "need_plans": 24, "looked_after": 20},
        }
        told |= changes.pop("whole", {})
        return scenario_from(told, "tiny").changed(
            {key.replace("__", "."): value for key, value in changes.items()}
        )

    return made
