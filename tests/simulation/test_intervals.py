"""Intervals over replications, against a table of Student's t, and what is refused."""

import pytest

from caseclock.simulation.intervals import TooFewReplications, across, interval, paired
from caseclock.simulation.results import Figure


def test_an_interval_of_the_mean_is_students_t() -> None:
    """Four replications: t with 3 degrees of freedom is 3.182; the deviation of 8, 10, 10, 12 is 1.633."""
    found = interval([8.0, 10.0, 10.0, 12.0])

    assert (10.0, 4) == (found.mean, found.replications)
    assert 10 + 3.182 * 1.633 / 2 == pytest.approx(found.high, abs=0.002)


def test_the_spread_of_one_more_replication_is_wider_than_the_interval_of_the_mean() -> None:
    found = interval([8.0, 10.0, 10.0, 12.0])

    assert 10 + 3.182 * 1.633 * (1 + 1 / 4) ** 0.5 == pytest.approx(found.spread_high, abs=0.002)
    assert found.holds(14.0)
    assert not found.holds(16.0)


def test_one_replication_is_refused_with_what_to_do() -> None:
    with pytest.raises(TooFewReplications, match="Ask for more, such as --replications 10"):
        across([{"referrals": Figure(10)}])


def test_no_interval_of_a_share_goes_beyond_all_and_none_of_a_count_below_none() -> None:
    found = across([{"assessments.in_time": Figure(9900, 100), "conferences": Figure(1)},
                    {"assessments.in_time": Figure(9000, 100), "conferences": Figure(0)}])  # fmt: skip

    assert 100 == found["assessments.in_time"].high
    assert 0 == found["conferences"].low


def test_a_difference_is_taken_replication_by_replication() -> None:
    """Ten more each time, though the replications themselves lie far apart: the difference is certain."""
    base = [{"referrals": Figure(count)} for count in (100, 200, 300)]
    other = [{"referrals": Figure(count)} for count in (110, 211, 309)]

    found = paired(base, other)["referrals"]

    assert 10 == pytest.approx(found.mean)
    assert found.is_certain
    assert found.high < 13


def test_a_replication_with_nothing_to_divide_by_is_left_out_of_a_share() -> None:
    found = across([{"conferences.in_time": Figure(100.0, one)} for one in (2.0, 0.0, 1.0)])

    assert (75, 2) == (found["conferences.in_time"].mean, found["conferences.in_time"].replications)
