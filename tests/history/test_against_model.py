"""The engine and a slow, obvious model of it are told the same things in the same order, and say the same."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from living import LivingCase, rules_of_the_model


class InMemory(LivingCase):
    rulebooks = staticmethod(rules_of_the_model)


def test_ten_thousand_steps_in_memory() -> None:
    InMemory.steps.clear()
    run_state_machine_as_test(
        InMemory,
        settings=settings(
            max_examples=int(__import__("os").environ.get("N", "40")),
            stateful_step_count=50,
            deadline=None,
            derandomize=not __import__("os").environ.get("R"),
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(InMemory.steps, InMemory.steps.total())
