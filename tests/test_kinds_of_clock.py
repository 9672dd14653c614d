"""The page on kinds of clock shows one of each, and says what Caseclock says."""

import pytest
from explain_kinds import PAGE, explained, page
from kinds_of_clock import KINDS, Kind

from caseclock.processes.catalogue import shipped_packs
from caseclock.timers.timescale import Kind as Shape

SHIPPED = {timescale.id: timescale for pack in shipped_packs() for timescale in pack.timescales}


def test_the_page_says_what_caseclock_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "Run: python tools/explain_kinds.py"


def test_every_shape_of_clock_is_on_the_page() -> None:
    shown = {SHIPPED[kind.timescale].kind for kind in KINDS}

    assert set(Shape) - {Shape.NO_CLOCK, Shape.DEFINITION} == shown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_names_its_trigger_its_limit_its_source_and_where_it_stands(kind: Kind) -> None:
    wanted = ("The clock", "The limit:", "The source:", "As at")

    beginnings = [" ".join(line.split()[:2]) for line in explained(kind)]
    assert list(wanted) == [beginning for beginning in beginnings if beginning in wanted]
