"""The engine and a slow, obvious model of it are told the same things in the same order, and say the same.

CASECLOCK_HISTORY_STEPS=100000 in the environment asks for so many steps, of histories that differ from run to run;
--hypothesis-seed makes a run one that can be repeated.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from holding import rules_of_the_model
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from living import LivingCase

from caseclock.store.protocol import Store
from caseclock.store.sql import open_store
from caseclock.timers.rulebook import Rulebook

#: steps of one life
LENGTH = 50
WANTED = int(os.environ.get("CASECLOCK_HISTORY_STEPS", "0"))


class InMemory(LivingCase):
    """Under the timescales that the model counts too."""

    def rules_of(self, authority: str | None) -> Rulebook:
        return rules_of_the_model(authority)


class UnderEveryTimescale(LivingCase):
    """Under all timescales of the authority; those that the model does not count are rebuilt from the log."""


class OnSqlite(LivingCase):
    """In a database on disk, as in production but for waiting until the disk has it."""

    def rules_of(self, authority: str | None) -> Rulebook:
        return rules_of_the_model(authority)

    def new_store(self) -> Store:
        self.opened = ExitStack()
        folder = self.opened.enter_context(tempfile.TemporaryDirectory())
        url = f"sqlite:///{Path(folder) / 'cases.db'}"
        return self.opened.enter_context(open_store(url, create=True, synchronous="NORMAL"))

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.opened.close()


def live(machine: type[LivingCase], steps: int) -> int:
    """Let so many steps be lived, or some more; gives how many were."""
    machine.steps = type(machine.steps)()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=steps // (LENGTH - 5) + 8,  # a few lives end early
            stateful_step_count=LENGTH,
            deadline=None,
            derandomize=not WANTED,
            database=None,
            print_blob=True,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.steps.total()


@pytest.mark.slow
def test_ten_thousand_steps_say_the_same() -> None:
    wanted = max(WANTED, 10_000)

    assert wanted <= live(InMemory, wanted)
    assert 100 < InMemory.steps["crashed"]


@pytest.mark.slow
def test_under_every_timescale_too() -> None:
    wanted = max(WANTED, 500)

    assert wanted <= live(UnderEveryTimescale, wanted)


@pytest.mark.slow
def test_in_a_database_too() -> None:
    wanted = max(WANTED, 500)

    assert wanted <= live(OnSqlite, wanted)
