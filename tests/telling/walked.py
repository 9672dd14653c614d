"""What every file of walks checks: each walk from its start to its stop, each row of the catalogue."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

import pytest
from walks import Walk

from caseclock.processes.catalogue import shipped_packs
from caseclock.timers.timescale import Kind, Timescale


def newest() -> dict[str, Timescale]:
    """The newest version of every timescale that ships, by its id."""
    every = (one for pack in shipped_packs() for one in pack.timescales)
    return {one.id: one for one in sorted(every, key=lambda one: one.effective_from)}


class Walked:
    """A test class takes these checks over and names its walks, and the rows of the catalogue they are of."""

    walks: ClassVar[Sequence[Walk]]
    #: row of the catalogue -> how far it was checked
    rows: ClassVar[Mapping[str, str]]
    #: rows that run no clock: duties without a number, and definitions
    without_clock: ClassVar[Mapping[str, Kind]] = {}
    #: rows whose clock has a test of its own instead of a walk
    not_walked: ClassVar[Collection[str]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "walk" in metafunc.fixturenames:
            metafunc.parametrize("walk", self.walks, ids=str)
        if "ending" in metafunc.fixturenames:
            metafunc.parametrize("ending", [walk for walk in self.walks if walk.void], ids=str)

    def test_what_is_done_on_the_last_day_is_met(self, walk: Walk) -> None:
        assert ("met", 0) == walk.stands_after(walk.stop)

    def test_what_is_done_one_unit_later_is_late_by_one(self, walk: Walk) -> None:
        assert ("met_late", 1) == walk.stands_after(walk.stop.moved(walk.late))

    def test_what_is_not_done_runs_to_the_end_of_its_last_day_and_is_overdue_then(self, walk: Walk) -> None:
        assert walk.stands_on(walk.stop.on) in ("due_soon", "running", "extended")
        assert "overdue" == walk.stands_on(walk.late)

    def test_where_the_duty_ends_first_nothing_is_owed(self, ending: Walk) -> None:
        assert ending.void is not None
        assert ("void", 0) == ending.stands_after(ending.void)

    def test_every_row_of_the_catalogue_is_shipped_with_its_mark(self) -> None:
        shipped = newest()

        assert self.rows == {rule: shipped[rule].verification for rule in self.rows if rule in shipped}

    def test_rows_run_no_clock_only_where_they_give_no_number(self) -> None:
        shipped = newest()

        assert self.without_clock == {
            rule: shipped[rule].kind for rule in self.rows if not shipped[rule].has_clock()
        }

    def test_every_clock_is_walked(self) -> None:
        walked = {walk.timescale for walk in self.walks if walk.timescale in self.rows}

        assert set(self.rows) - set(self.without_clock) - set(self.not_walked) == walked
