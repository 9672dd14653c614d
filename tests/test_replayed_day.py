"""The busiest day that benchmarks replay: its volumes are those published, and what is behind is counted as it was."""

from collections import defaultdict
from random import Random

from benchmarks.day import backlog
from benchmarks.day_people import Done
from benchmarks.day_plan import HOUR, asked, recorded, volumes


def _rng() -> Random:
    return Random(1)  # noqa: S311  # it spreads a day's work


def test_the_volumes_are_those_published_of_england_divided_by_its_authorities() -> None:
    """61,880 referrals in May 2022 and 21,111 case holders, over 153 authorities; four of them; a day twice as busy."""
    of = volumes()

    assert 154 == of.referrals == round(61_880 / 21 / 153 * 4 * 2)
    assert 552 == of.case_holders == round(21_111.4 / 153 * 4)
    assert 520 == of.contacts == round(154 * 611 / 181)
    assert {"P-1": 266, "L-1": 146, "N-1": 702} == of.visits


def test_a_day_s_events_are_in_order_and_each_new_case_begins_with_its_contact() -> None:
    running = {name: [f"C-{number}" for number in range(400)] for name in ("A-1", "N-1", "P-1", "L-1")}
    plan = recorded(volumes(), running, _rng(), "day")
    steps: dict[str, list[str]] = defaultdict(list)
    for one in plan:
        if one.case_id.startswith("day-"):
            steps[one.case_id].append(one.event_type)

    assert sorted(plan) == plan
    assert 0 <= plan[0].seconds < plan[-1].seconds < 24 * HOUR
    assert 520 == len(steps)
    assert {"ContactReceived"} == {told[0] for told in steps.values()}
    assert ["ContactReceived", "ContactDecided", "ReferralReceived"] == steps["day-00000"][:3]


def test_every_case_holder_reads_twelve_times_a_day() -> None:
    reads = asked(volumes(), [("t-1", "C-1")], _rng())

    assert 552 * 12 == len(reads)
    assert sorted(reads) == reads


def test_the_backlog_is_what_was_due_and_not_done_at_one_moment() -> None:
    """Two were due while the first was at work; the fourth came when nothing was left."""
    done = [Done(0, 0, 5, "a"), Done(1, 5, 6, "a"), Done(2, 6, 7, "a"), Done(9, 9, 10, "a")]

    assert 3 == backlog(done)
    assert 0 == backlog([])
