"""What a start may say of its own: a day set by an order, a birth, years since something, its own way of counting."""

import pytest

from caseclock.timers.durations import Counting, Limit, Unit
from caseclock.timers.packs import PackRefused, read_pack
from caseclock.timers.timescale import Timescale

HEAD = """
[pack]
id = "test"
title = "Made for a test"
process = "public_law_outline"
reviewed_on = 2026-01-01

[[timescale]]
id = "test.order"
duty = "End the order"
basis = "court"
source = "this test"
verification = "K"
effective_from = 2000-01-01
counting = "day_after_trigger"
stops = [{ event = "InterimOrderEnded" }]
"""


def read(*lines: str) -> Timescale:
    (timescale,) = read_pack(HEAD + "\n".join(lines), "a test").timescales
    return timescale


def test_a_day_set_by_an_order_needs_no_limit() -> None:
    timescale = read('starts = [{ event = "InterimOrderMade", ends_from = "ends_on" }]')

    assert ((), "ends_on") == (timescale.limits, timescale.starts[0].ends_from)


def test_without_a_limit_every_start_must_find_its_last_day_in_an_order() -> None:
    with pytest.raises(
        PackRefused, match=r"in every start its own limit \(or ends_from, where an order sets it\)"
    ):
        read(
            'starts = [{ event = "InterimOrderMade", ends_from = "ends_on" }, { event = "ApplicationIssued" }]'
        )


def test_a_start_may_count_otherwise_than_the_others() -> None:
    timescale = read(
        "limit = { calendar_days = 8 }",
        'starts = [{ event = "InterimOrderMade" }, { event = "ApplicationIssued", counting = "beginning_with" }]',
    )

    assert [None, Counting.BEGINNING_WITH] == [start.counting for start in timescale.starts]


@pytest.mark.parametrize("half", ['year_of = "ApplicationIssued"', "to_year = 1", "from_year = 2"])
def test_years_are_years_since_something(half: str) -> None:
    with pytest.raises(PackRefused, match="year_of goes with from_year, to_year or both"):
        read("limit = { weeks = 6 }", f'starts = [{{ event = "InterimOrderMade", {half} }}]')


def test_the_event_whose_years_count_is_one_the_timer_depends_on() -> None:
    timescale = read(
        "limit = { weeks = 6 }",
        'starts = [{ event = "InterimOrderMade", year_of = "ApplicationIssued", to_year = 1 }]',
    )

    assert "ApplicationIssued" in timescale.mentions()


def test_extensions_may_be_capped_in_all() -> None:
    timescale = read(
        "limit = { years = 1 }",
        'starts = [{ event = "InterimOrderMade" }]',
        'extension = { kind = "court", by = { years = 2 }, in_all = { years = 3 } }',
    )

    assert timescale.extension is not None
    assert Limit(3, Unit.YEARS) == timescale.extension.in_all
